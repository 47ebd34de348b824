// Who is in this house: what each may do, the end of his sessions, and the roster.

import { html, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { call } from '../api.js';
import { fullName } from '../state.js';
import { useStore } from '../store.js';
import { t, when } from '../text.js';
import { Empty, Failed, Guest, Name, PersonAvatar, Skeleton, attempted, say, useList } from '../ui.js';
import { ask } from '../ui/over.js';
import { Roster } from './roster.js';

const SETTLED_MILLISECONDS = 200;

export function Page() {
  const [typed, type] = useState('');
  const q = typed.trim();
  const read = async (page) => {
    const { results, next } = await api.people(q, page);
    return { items: results, next: next ? (page ?? 1) + 1 : null };
  };
  const { items, more, failure, again } = useList(read, [q], typed ? SETTLED_MILLISECONDS : 0);
  return html`
    <input
      type="search"
      dir="auto"
      aria-label=${t('findPeople')}
      placeholder=${t('findPeople')}
      autocomplete="off"
      value=${typed}
      onInput=${(event) => type(event.currentTarget.value)}
    />
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${6} />`}
    ${items?.length === 0 && html`<${Empty}>${t('nothing')}<//>`}
    <ul class="rows">
      ${(items ?? []).map((person) => html`<${Row} key=${person.id} person=${person} changed=${again} />`)}
    </ul>
    ${more && html`<button type="button" class="quiet" onClick=${more}>${t('hostMore')}</button>`}
    <${Roster} />
  `;
}

function Row({ person, changed }) {
  const me = useStore((state) => state.me);
  const known = useStore((state) => state.people[person.id]);
  const isOnline = known?.online ?? person.online;
  const make = async (role) => {
    const done = await attempted(call('PATCH', `/host/people/${person.id}/`, { role }));
    if (done) say(t('saved'));
    changed();
  };
  const end = async () => {
    const question = t('hostEndSessionsAsk', { name: fullName(person) });
    if (!(await ask({ question, button: t('hostEndSessions') }))) return;
    const done = await attempted(call('DELETE', `/host/people/${person.id}/sessions/`).then(() => true));
    if (done) say(t('saved'));
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
    <button type="button" class="quiet" disabled=${person.id === me.id} onClick=${end}>${t('hostEndSessions')}</button>
  </li>`;
}
