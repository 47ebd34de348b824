// The rooms of who keeps order: the host's and his staff's. None of this is part of the first load; what may be done is
// decided by the server, these pages only offer it.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { isStaff } from '../state.js';
import { useStore } from '../store.js';
import { counted, language, t } from '../text.js';
import { Failed, Icon, Skeleton } from '../ui.js';
import './begin.js';

/** Each page with its name, and a `Page` in its file; `hosts`: not for staff; `wide`: for a projector. */
const PAGES = [
  { page: 'lobby', label: 'hostLobby', icon: 'presentation', wide: true, load: () => import('./lobby.js') },
  { page: 'doctor', label: 'hostDoctor', icon: 'monitor-smartphone', load: () => import('./doctor.js') },
  { page: 'order', label: 'hostOrder', icon: 'hand', load: () => import('./order.js') },
  { page: 'handout', label: 'handout', icon: 'paperclip', load: () => import('./handout.js') },
  { page: 'settings', label: 'hostSettings', icon: 'settings', load: () => import('./settings.js') },
  { page: 'backups', label: 'hostBackups', icon: 'download', hosts: true, load: () => import('./backups.js') },
  { page: 'storage', label: 'hostStorage', icon: 'file', hosts: true, load: () => import('./storage.js') },
  { page: 'people', label: 'hostPeople', icon: 'users', load: () => import('./people.js') },
  { page: 'server', label: 'hostServer', icon: 'info', hosts: true, load: () => import('./server.js') },
  { page: 'archive', label: 'hostArchive', icon: 'download', hosts: true, load: () => import('./archive.js') },
];

export function Rooms({ page }) {
  const me = useStore((state) => state.me);
  const reports = useStore((state) => state.desk?.reports ?? 0);
  const pages = PAGES.filter(({ hosts }) => !hosts || me?.role === 'host');
  const chosen = pages.find((one) => one.page === page) ?? pages[0];
  const here = useRef();
  useEffect(() => here.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [chosen.page, Boolean(me)]);
  if (me && !isStaff(me))
    return html`<div class="none">
      <h1>${t('hostOnly')}</h1>
      <a href="#/">${t('back')}</a>
    </div>`;
  return html`<div class="host">
    <header>
      <a class="icon-button" href="#/" aria-label=${t('back')} title=${t('back')}><${Icon} id="arrow-left" /></a>
      <nav aria-label=${t('host')}>
        ${pages.map(
          ({ page: name, label, icon }) =>
            html`<a
              key=${name}
              ref=${name === chosen.page ? here : undefined}
              href=${`#/host/${name}`}
              aria-current=${name === chosen.page ? 'page' : undefined}
              ><${Icon} id=${icon} />${t(label)}${
                name === 'order' &&
                reports > 0 &&
                html` <span class="badge"
                  ><span aria-hidden="true">${reports}</span><span class="spoken">${counted('reports', reports)}</span></span
                >`
              }</a
            >`,
        )}
      </nav>
    </header>
    ${me && html`<${Room} key=${`${chosen.page} ${language()}`} load=${chosen.load} title=${t(chosen.label)} wide=${chosen.wide} />`}
  </div>`;
}

function Room({ load, title, wide }) {
  const [room, open] = useState(null);
  const [failure, fail] = useState(null);
  const enter = () => {
    fail(null);
    load().then(open, () => fail(new Error(t('noConnection'))));
  };
  useEffect(enter, []);
  return html`<section class=${wide ? 'room wide' : 'room'}>
    <h1>${title}</h1>
    ${failure && html`<${Failed} failure=${failure} again=${enter} />`}
    ${!room && !failure && html`<${Skeleton} rows=${6} />`} ${room && html`<${room.Page} />`}
  </section>`;
}
