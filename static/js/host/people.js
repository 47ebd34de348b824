// Who is in this house: what each may do, the end of his sessions, and the roster.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { fullName } from '../state.js';
import { useStore } from '../store.js';
import { clock, t, when } from '../text.js';
import { Empty, Failed, Guest, Name, PersonAvatar, Skeleton, attempted, inPages, say, useList } from '../ui.js';
import { Search } from '../ui/forms.js';
import { Dialog, ask } from '../ui/over.js';
import { Qr } from './qr.js';
import { Roster, lobbyAddress } from './roster.js';

const SETTLED_MILLISECONDS = 200;

export function Page() {
  const [typed, type] = useState('');
  const q = typed.trim();
  const read = inPages((page) => api.people(q, page));
  const [handed, hand] = useState(null);
  const { items, more, failure, again } = useList(read, [q], typed ? SETTLED_MILLISECONDS : 0);
  return html`
    <${Search} label=${t('findPeople')} value=${typed} onType=${type} />
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${6} />`}
    ${items?.length === 0 && html`<${Empty}>${t('nothing')}<//>`}
    <ul class="rows">
      ${(items ?? []).map((person) => html`<${Row} key=${person.id} person=${person} changed=${again} hand=${hand} />`)}
    </ul>
    ${more && html`<button type="button" class="quiet" onClick=${more}>${t('hostMore')}</button>`}
    <${Roster} />
    ${handed && html`<${Recovery} ...${handed} onClose=${() => hand(null)} />`}
  `;
}

/** A way back in for who has forgotten his password: shown once, on this screen. */
function Recovery({ person, code, expires, onClose }) {
  const [address, lead] = useState(location.origin);
  useEffect(() => {
    lobbyAddress().then(lead, () => {}); // this page's own leads there as well, from this computer
  }, []);
  const link = `${address}/#/code/${code}`;
  return html`<${Dialog} name=${t('hostRecoverFor', { name: fullName(person) })} class="card" onClose=${onClose}>
    <p>${t('hostRecoverHint', { time: clock(expires) })}</p>
    <${Qr} text=${link} label=${t('hostRecoverQr')} />
    <p class="one-time">${code}</p>
  <//>`;
}

function Row({ person, changed, hand }) {
  const me = useStore((state) => state.me);
  const known = useStore((state) => state.people[person.id]);
  const isOnline = known?.online ?? person.online;
  const make = async (role) => {
    const done = await attempted(api.call('PATCH', `/host/people/${person.id}/`, { role }));
    if (done) say(t('saved'));
    changed();
  };
  const end = async () => {
    const question = t('hostEndSessionsAsk', { name: fullName(person) });
    if (!(await ask({ question, button: t('hostEndSessions') }))) return;
    const done = await attempted(api.call('DELETE', `/host/people/${person.id}/sessions/`).then(() => true));
    if (done) say(t('saved'));
  };
  const recover = async () => {
    const made = await attempted(api.call('POST', `/host/people/${person.id}/recovery/`));
    if (made) hand({ person, ...made });
  };
  const roles = person.role === 'guest' ? ['guest', 'member', 'staff', 'host'] : ['member', 'staff', 'host'];
  const seen = isOnline ? t('online') : t('lastSeen', { when: when(person.last_online) });
  return html`<li>
    <${PersonAvatar} person=${person} id=${person.id} online=${isOnline} />
    <span class="name">
      <span><${Name}>${fullName(person)}<//><${Guest} person=${person} /></span>
      <span class="words">@${person.username} · ${person.id === me.id ? t('you') : seen}</span>
    </span>
    <select
      aria-label=${t('hostRole', { name: fullName(person) })}
      value=${person.role}
      onChange=${(event) => make(event.currentTarget.value)}
    >
      ${roles.map(
        (role) =>
          html`<option key=${role} value=${role} disabled=${role === 'guest'}>${t(`hostRole_${role}`)}</option>`,
      )}
    </select>
    <button type="button" class="quiet" disabled=${person.id === me.id} onClick=${recover}>${t('hostRecover')}</button>
    <button type="button" class="quiet" disabled=${person.id === me.id} onClick=${end}>${t('hostEndSessions')}</button>
  </li>`;
}
