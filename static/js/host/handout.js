// Handing out: the same words and file for several groups at once.

import { html, useRef, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { preparePhoto } from '../photos.js';
import { isPrivate, title } from '../state.js';
import { useStore } from '../store.js';
import { bytes, counted, t } from '../text.js';
import { Empty, Icon, IconButton, Name, say } from '../ui.js';
import { Form, Switch } from '../ui/forms.js';
import { Chooser } from './chooser.js';

export function Page() {
  const state = useStore((now) => now);
  const groups = Object.values(state.chats).filter((chat) => !isPrivate(chat));
  const [wanted, choose] = useState(() => new Set(groups.length === 1 ? [groups[0].id] : []));
  const [file, take] = useState(null);
  const [part, progress] = useState(null);
  const [round, next] = useState(0);
  const tried = useRef(null); // what was sent under which client_id: the same again is the same handout
  if (!groups.length) return html`<${Empty} icon="users">${t('handoutNone')}<//>`;
  const chats = groups.filter((chat) => wanted.has(chat.id)).map((chat) => chat.id);
  const set = (id, on) => {
    const others = new Set(wanted);
    if (on) others.add(id);
    else others.delete(id);
    choose(others);
  };
  const handOut = async ({ text }) => {
    const what = { text, file, chats: chats.join() };
    const isSame = tried.current && Object.keys(what).every((key) => tried.current[key] === what[key]);
    if (!isSame) {
      const client_id = crypto.getRandomValues(new Uint32Array(4)).join('');
      tried.current = { ...what, client_id, ready: file && (await preparePhoto(file)) };
    }
    const { client_id, ready } = tried.current;
    const form = api.form({ text: text || null, client_id, ...(ready && { [ready.kind]: [ready.blob, ready.name] }) });
    for (const id of chats) form.append('chats', id);
    progress(0);
    try {
      const { results } = await api.upload('POST', '/host/handout/', form, progress);
      tried.current = null;
      take(null);
      next(round + 1);
      say(t('handoutDone', { groups: counted('handoutGroups', results.length) }));
    } finally {
      progress(null);
    }
  };
  return html`
    <p>${t('handoutHint')}</p>
    <${Form}
      key=${round}
      fields=${[{ name: 'text', label: t('handoutText'), rows: 3, maxlength: 10_000, 'aria-required': 'false' }]}
      button=${t('handoutNow')}
      run=${handOut}
      explain=${({ fields, message }) => (fields?.chats ? t('handoutNobody') : message)}
    >
      <div class="buttons">
        <${Chooser} label=${t(file ? 'handoutOther' : 'handoutFile')} disabled=${part !== null} onFile=${take} />
      </div>
      ${
        file &&
        html`<ul class="things" aria-label=${t('handoutFile')}>
          <li>
            <${Icon} id="file" />
            <div class="what">
              <strong><${Name}>${file.name}<//></strong>
              <span class="hint">${bytes(file.size)}</span>
            </div>
            <${IconButton} icon="x" label=${t('handoutWithout')} disabled=${part !== null} onClick=${() => take(null)} />
          </li>
        </ul>`
      }
      ${part !== null && html`<progress value=${part} aria-label=${t('handoutNow')}></progress>`}
      <div class="groups" role="group" aria-labelledby="handout-to">
        <h2 id="handout-to">${t('handoutTo')}</h2>
        ${groups.map(
          (chat) =>
            html`<${Switch}
              key=${chat.id}
              label=${html`<${Name}>${title(state, chat)}<//>`}
              hint=${counted('peopleCount', chat.users.length)}
              checked=${wanted.has(chat.id)}
              onChange=${(on) => set(chat.id, on)}
            />`,
        )}
      </div>
    <//>
  `;
}
