// The lobby, made for a projector: how to come in, and who has. It follows the computer's address by itself.

import { html, useRef, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { counted, t } from '../text.js';
import { Failed, Icon, Name, Skeleton, say } from '../ui.js';
import { Form, Switch } from '../ui/forms.js';
import { useGlance } from './glance.js';
import { saveSettings } from './house.js';
import { Qr } from './qr.js';

export function Page() {
  const isHost = useStore((state) => state.me.role === 'host');
  const { answer, failure, again } = useGlance('/host/lobby/');
  const first = useRef(null);
  const [isEditing, edit] = useState(false);
  if (!answer) return failure ? html`<${Failed} failure=${failure} again=${again} />` : html`<${Skeleton} rows=${6} />`;
  const { join, also, trust, wifi, registration, class_code, guests, locked, joined, people } = answer;
  first.current ??= join;
  const lock = async (wanted) => {
    await saveSettings({ locked: wanted });
    again();
  };
  const saveWifi = async ({ name, password }) => {
    await call('PUT', '/host/wifi/', { name, password });
    edit(false);
    say(t('saved'));
    again();
  };
  return html`<div class="lobby">
    ${
      join
        ? html`<p class="address">${join.replace(/^http:\/\//, '')}</p>
            ${join !== first.current && html`<p class="note" role="status">${t('lobbyMoved')}</p>`}
            ${also && html`<p class="also">${t('lobbyAlso', { url: also })}</p>`}`
        : html`<p class="note">${t('lobbyAlone')} <a href="#/host/doctor">${t('hostDoctor')}</a></p>`
    }
    <div class="ways">
      ${
        wifi.code &&
        html`<section class="way">
          <h2><span class="step">1</span>${t('lobbyWifi')}</h2>
          <${Qr} text=${wifi.code} label=${t('lobbyWifiQr')} />
          <p class="said"><${Name}>${wifi.name}<//></p>
          ${wifi.password && html`<p class="said code">${wifi.password}</p>`}
        </section>`
      }
      ${
        join &&
        html`<section class="way">
          <h2>${wifi.code && html`<span class="step">2</span>`}${t('lobbyJoin')}</h2>
          <${Qr}
            key=${`${join} ${guests}`}
            text=${guests ? `${join}/#/guest` : join}
            label=${t('lobbyJoinQr', { url: join })}
          />
          <p class="said">${join}</p>
          ${registration === 'code' && html`<p class="said">${t('hostCode')}: <span class="code">${class_code}</span></p>`}
        </section>`
      }
    </div>
    ${
      trust &&
      html`<section class="trust">
        <h2>${t('lobbyTrust')}</h2>
        <p><b>${trust.url}</b></p>
        <p class="hint">${t('lobbyTrustHint')}</p>
        <p class="print">${trust.fingerprint}</p>
      </section>`
    }
    <${Switch} label=${t('lobbyLock')} hint=${t('lobbyLockHint')} checked=${locked} onChange=${lock} />
    <section class="joined">
      <h2><span role="status">${counted('lobbyJoined', joined)}</span></h2>
      ${!joined && html`<p class="hint">${t('lobbyNobody')}</p>`}
      <ul>
        ${people.map(({ id, name }) => html`<li key=${id}><${Name}>${name}<//></li>`)}
      </ul>
    </section>
    ${
      isHost &&
      !isEditing &&
      html`<p class="links">
        <button type="button" class="link" onClick=${() => edit(true)}>
          ${t(wifi.code ? 'lobbyChangeWifi' : 'lobbyAddWifi')}
        </button>
        <a href="#/host/doctor"><${Icon} id="info" />${t('lobbyTrouble')}</a>
      </p>`
    }
    ${
      isEditing &&
      // What is typed is not taken back by a look at the server meanwhile.
      html`<${Form}
        fields=${[
          {
            name: 'name',
            label: t('lobbyWifiName'),
            defaultValue: wifi.name,
            maxlength: 32,
            autocomplete: 'off',
            hint: t('lobbyWifiHint'),
          },
          {
            name: 'password',
            label: t('lobbyWifiPassword'),
            defaultValue: wifi.password,
            maxlength: 63,
            autocomplete: 'off',
            spellcheck: false,
          },
        ]}
        button=${t('save')}
        run=${saveWifi}
      />`
    }
  </div>`;
}
