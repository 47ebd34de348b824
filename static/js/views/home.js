// What lies behind the door: the list, with what is open beside it. Wide, they stand side by side; on a phone one of them is
// there at a time, and the address says which.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { handOver } from '../handover.js';
import { watch } from '../notify.js';
import { usePlace } from '../place.js';
import { listen } from '../shortcuts.js';
import { store, useStore } from '../store.js';
import { t } from '../text.js';
import { Failed, Skeleton } from '../ui.js';
import { Chat } from './chat.js';
import { Details } from './details.js';
import { Form } from '../ui/forms.js';
import { Dialog } from '../ui/over.js';
import { Join } from './join.js';
import { Me } from './me.js';
import { NewChat } from './newchat.js';
import { Side } from './list.js';

watch();
listen();

let under = { room: 'list' }; // what a dialog is opened over; the language may change meanwhile
store.listen(({ type }) => {
  if (type === 'cleared') under = { room: 'list' };
});

export function Home() {
  const place = usePlace();
  if (!['me', 'new', 'join'].includes(place.room)) under = place;
  if (place.room === 'host') return html`<${Status} /><${HostRooms} page=${place.page} />`;
  const { room, id } = under;
  const known = useStore((state) => state.me !== null);
  const chat = useStore((state) => state.chats[id]);
  const isInChat = room === 'chat' || room === 'details';
  return html`
    <${Status} />
    <div class=${`home ${isInChat ? 'at-chat' : 'at-list'} ${room === 'details' ? 'at-details' : ''}`}>
      <${Side} openId=${isInChat ? id : null} />
      ${isInChat && chat && html`<${Chat} id=${id} />`}
      ${isInChat && chat && room === 'details' && html`<${Details} key=${id} chat=${chat} />`}
      ${!(isInChat && chat) && html`<${None} isMissing=${isInChat && known} isLoading=${isInChat && !known} />`}
    </div>
    ${known && place.room === 'me' && html`<${Me} page=${place.page} />`}
    ${known && place.room === 'new' && html`<${NewChat} />`}
    ${known && place.room === 'join' && html`<${Join} code=${place.code} />`}
  `;
}

/** The rooms of who keeps order: fetched when one goes there, since most people never do. */
function HostRooms({ page }) {
  const [rooms, open] = useState(null);
  const [failure, fail] = useState(null);
  const enter = () => {
    fail(null);
    import('../host/rooms.js').then(open, () => fail(new Error(t('noConnection'))));
  };
  useEffect(enter, []);
  if (failure) return html`<${Failed} failure=${failure} again=${enter} />`;
  return rooms && html`<${rooms.Rooms} page=${page} />`;
}

const None = ({ isMissing, isLoading }) =>
  html`<div class="none">
    ${isLoading && html`<${Skeleton} rows=${6} />`}
    ${
      isMissing &&
      html`<h1>${t('noSuchChat')}</h1>
        <p><a href="#/">${t('back')}</a></p>`
    }
    ${!isMissing && !isLoading && store.get().me && html`<p>${t('choose')}</p>`}
  </div>`;

const LONG_MILLISECONDS = 8000; // after which a connection may be lost because the server is elsewhere

/**
 * One quiet line while the server can't be reached; nothing else moves. Empty it takes no room, but is read when it is not.
 * When that lasts, it leads to where the server may be.
 */
function Status() {
  const isLost = useStore((state) => state.connection === 'lost');
  const isFrozen = useStore((state) => state.order?.frozen);
  const [isLong, last] = useState(false);
  const [isMoving, move] = useState(false);
  useEffect(() => {
    const timer = isLost && setTimeout(last, LONG_MILLISECONDS, true);
    return () => {
      clearTimeout(timer);
      last(false);
      move(false);
    };
  }, [isLost]);
  return html`<div class="status">
      <span role="status">${isLost ? t('reconnecting') : isFrozen ? t('eyes') : ''}</span>
      ${isLong && html`<button type="button" class="link" onClick=${() => move(true)}>${t('move')}</button>`}
    </div>
    ${isMoving && html`<${Move} onClose=${() => move(false)} />`}`;
}

/** Asks for the server's new address, and goes on there with all that is here. */
const Move = ({ onClose }) =>
  html`<${Dialog} name=${t('moveTitle')} onClose=${onClose}>
    <p>${t('moveHint')}</p>
    <${Form}
      fields=${[
        {
          name: 'address',
          label: t('moveAddress'),
          hint: t('moveExample'),
          inputmode: 'url',
          autocapitalize: 'off',
          autocomplete: 'off',
          spellcheck: false,
          maxlength: 300,
        },
      ]}
      button=${t('moveGo')}
      run=${({ address }) => handOver(address).then(onClose)}
    />
  <//>`;
