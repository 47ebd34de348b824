// Who is in this house and who is kept out: what each may do, silence and ban, the end of his sessions, and the roster.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { fullName, isStaff } from '../state.js';
import { store, useStore } from '../store.js';
import { clock, t, when } from '../text.js';
import {
  Empty,
  Failed,
  Guest,
  IconButton,
  Name,
  PersonAvatar,
  Skeleton,
  attempted,
  inPages,
  say,
  useList,
} from '../ui.js';
import { Choice, Form, Search, Switch } from '../ui/forms.js';
import { Dialog, Menu, ask } from '../ui/over.js';
import { Session } from '../views/me.js';
import { Qr } from './qr.js';
import { Roster, lobbyAddress } from './roster.js';

const SETTLED_MILLISECONDS = 200;

/** Minutes that somebody can be silenced for here; 0: until it is undone. The API takes any. */
const MINUTES = [5, 15, 60, 24 * 60, 0];

const ROLES = ['guest', 'member', 'staff', 'host'];

/** Nobody keeps order over his like, nor over a host: as the server has it. */
const isOver = (me, person) => ROLES.indexOf(person.role) < ROLES.indexOf(me.role) && person.role !== 'host';

const path = (person, what) => `/host/people/${person.id}/${what}/`;

/** The clock, with the day unless that is today. */
const moment = (time) => (when(time) === clock(time) ? clock(time) : `${when(time)}, ${clock(time)}`);

export function Page() {
  const isHost = useStore((state) => state.me.role === 'host');
  const [typed, type] = useState('');
  const q = typed.trim();
  const read = inPages((page) => api.call('GET', `/host/people/?${api.query({ search: q, page })}`));
  const [over, open] = useState(null);
  const { items, more, failure, again } = useList(read, [q], typed ? SETTLED_MILLISECONDS : 0);
  const close = () => open(null);
  return html`
    <${Search} label=${t('findPeople')} value=${typed} onType=${type} />
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${6} />`}
    ${items?.length === 0 && html`<${Empty}>${t('nothing')}<//>`}
    <ul class="rows">
      ${(items ?? []).map((person) => html`<${Row} key=${person.id} person=${person} changed=${again} open=${open} />`)}
    </ul>
    ${more && html`<button type="button" class="quiet" onClick=${more}>${t('hostMore')}</button>`}
    ${isHost && html`<${Roster} />`}
    ${over && html`<${over.View} ...${over} changed=${again} onClose=${close} />`}
  `;
}

/** A way back in for who has forgotten his password: shown once, on this screen. */
function Recovery({ person, code, expires, onClose }) {
  const [address, lead] = useState(null);
  useEffect(() => {
    lobbyAddress().then(lead, () => {}); // the code itself is enough
  }, []);
  return html`<${Dialog} name=${t('hostRecoverFor', { name: fullName(person) })} class="card" onClose=${onClose}>
    <p>${t('hostRecoverHint', { time: clock(expires) })}</p>
    ${address && html`<${Qr} text=${`${address}/#/code/${code}`} label=${t('hostRecoverQr')} />`}
    <p class="one-time">${code}</p>
  <//>`;
}

/** For how long somebody is not to write. */
function Silencing({ person, changed, onClose }) {
  const [minutes, choose] = useState(MINUTES[0]);
  const run = async () => {
    await api.call('PUT', path(person, 'silence'), minutes ? { minutes } : {});
    onClose();
    changed();
  };
  const label = (value) => {
    if (!value) return t('hostSilenceEver');
    return value < 24 * 60 ? t('orderMinutes', { n: value }) : t('hostSilenceDay');
  };
  return html`<${Dialog} name=${t('hostSilenceFor', { name: fullName(person) })} onClose=${onClose}>
    <p class="hint">${t('hostSilenceHint')}</p>
    <${Form} fields=${[]} button=${t('hostSilence')} run=${run}>
      <${Choice}
        legend=${t('orderFor')}
        options=${MINUTES.map((value) => [value, label(value)])}
        value=${minutes}
        onChange=${choose}
      />
    <//>
  <//>`;
}

/** Whether what somebody wrote goes with him. */
function Banning({ person, changed, onClose }) {
  const [remove, choose] = useState(false);
  const run = async () => {
    await api.call('PUT', path(person, 'ban'), { remove });
    onClose();
    changed();
  };
  return html`<${Dialog} name=${t('hostBanFor', { name: fullName(person) })} onClose=${onClose}>
    <p class="hint">${t('hostBanHint')}</p>
    <${Form} fields=${[]} button=${t('hostBan')} danger run=${run}>
      <${Switch} label=${t('hostBanRemove')} hint=${t('hostBanRemoveHint')} checked=${remove} onChange=${choose} />
    <//>
  <//>`;
}

/** Where somebody is signed in, each to be ended; or all of them. */
function Devices({ person, onClose }) {
  const read = inPages((page) => api.call('GET', `${path(person, 'sessions')}?${api.query({ page })}`));
  const { items, more, failure, again } = useList(read, []);
  const end = ({ id }) => attempted(api.call('DELETE', `${path(person, 'sessions')}${id}/`)).then(again);
  const endAll = async () => {
    const question = t('hostEndSessionsAsk', { name: fullName(person) });
    if (!(await ask({ question, button: t('hostEndSessions') }))) return;
    const done = await attempted(api.call('DELETE', path(person, 'sessions')).then(() => true));
    if (!done) return again();
    say(t('saved'));
    onClose();
  };
  return html`<${Dialog} name=${t('hostDevicesOf', { name: fullName(person) })} onClose=${onClose}>
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${3} />`}
    ${items?.length === 0 && html`<${Empty} icon="monitor-smartphone">${t('hostDevicesNone')}<//>`}
    <ul class="sessions">
      ${items?.map(
        (session) =>
          html`<${Session}
            key=${session.id}
            session=${session}
            since=${t('hostSince', { when: moment(session.created) })}
            onEnd=${() => end(session)}
          />`,
      )}
    </ul>
    ${more && html`<button type="button" class="quiet" onClick=${more}>${t('hostMore')}</button>`}
    ${
      items?.length > 0 &&
      person.id !== store.get().me.id &&
      html`<button type="button" class="danger" onClick=${endAll}>${t('hostEndSessions')}</button>`
    }
  <//>`;
}

/** What was done about somebody, in words; nothing where that is nothing. */
function Standing({ person: { banned, silence } }) {
  if (banned) return html`<span class="standing">${t('hostBanned')}</span>`;
  if (!silence.silenced) return null;
  const words = silence.until ? t('hostSilencedUntil', { when: moment(silence.until) }) : t('hostSilenced');
  return html`<span class="standing">${words}</span>`;
}

function Row({ person, changed, open }) {
  const me = useStore((state) => state.me);
  const known = useStore((state) => state.people[person.id]);
  const [anchor, show] = useState(null);
  const isOnline = known?.online ?? person.online;
  const isHost = me.role === 'host';
  const isMe = person.id === me.id;
  const make = async (role) => {
    const done = await attempted(api.call('PATCH', `/host/people/${person.id}/`, { role }));
    if (done) say(t('saved'));
    changed();
  };
  const recover = async () => {
    const made = await attempted(api.call('POST', path(person, 'recovery')));
    if (made) open({ View: Recovery, person, ...made });
  };
  const undo = (what) => attempted(api.call('DELETE', path(person, what))).then(changed);
  const { banned, silence } = person;
  const items = [
    isHost &&
      !banned && {
        label: t('hostDevices'),
        icon: 'monitor-smartphone',
        run: () => open({ View: Devices, person }),
      },
    isHost && !banned && !isMe && { label: t('hostRecover'), icon: 'key', run: recover },
    isOver(me, person) &&
      !banned &&
      (silence.silenced
        ? { label: t('hostUnsilence'), icon: 'message-circle', run: () => undo('silence') }
        : { label: t('hostSilence'), icon: 'clock', run: () => open({ View: Silencing, person }) }),
    isOver(me, person) &&
      (banned
        ? { label: t('hostUnban'), icon: 'user-plus', run: () => undo('ban') }
        : { label: t('hostBan'), icon: 'user-minus', danger: true, run: () => open({ View: Banning, person }) }),
  ].filter(Boolean);
  const name = t('hostDo', { name: fullName(person) });
  const roles = person.role === 'guest' ? ROLES : ROLES.slice(1);
  const seen = isOnline ? t('online') : t('lastSeen', { when: when(person.last_online) });
  return html`<li>
    <${PersonAvatar} person=${person} id=${person.id} online=${isOnline} />
    <span class="name">
      <span><${Name}>${fullName(person)}<//><${Guest} person=${person} /></span>
      <span class="words">
        @${person.username} · ${!isHost && isStaff(person) && `${t(`hostRole_${person.role}`)} · `}
        ${isMe ? t('you') : seen}
      </span>
      <${Standing} person=${person} />
    </span>
    ${
      isHost &&
      !banned &&
      html`<select
        aria-label=${t('hostRole', { name: fullName(person) })}
        value=${person.role}
        onChange=${(event) => make(event.currentTarget.value)}
      >
        ${roles.map(
          (role) =>
            html`<option key=${role} value=${role} disabled=${role === 'guest'}>${t(`hostRole_${role}`)}</option>`,
        )}
      </select>`
    }
    ${
      items.length > 0 &&
      html`<${IconButton}
        icon="ellipsis"
        label=${name}
        aria-haspopup="menu"
        aria-expanded="false"
        onClick=${(event) => show(event.currentTarget)}
      />`
    }
    ${anchor && html`<${Menu} anchor=${anchor} items=${items} name=${name} onClose=${() => show(null)} />`}
  </li>`;
}
