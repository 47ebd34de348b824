// The messages of a chat: a window of its history that is read on at both ends as one comes near.

import { html, useLayoutEffect, useMemo, useReducer, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import { go, usePlace } from '../place.js';
import {
  atEnd,
  atStart,
  fullName,
  isClose,
  isGuest,
  isPrivate,
  isStaff,
  leavingGroups,
  lines,
  mayReword,
  readers,
  shortName,
  unread,
  withAlbums,
} from '../state.js';
import { store, useStore } from '../store.js';
import { counted, day, t } from '../text.js';
import { attempted, copy, Empty, Icon, Name, PersonAvatar } from '../ui.js';
import { ask, Dialog, Menu, Popover, useLongPress, useSwipe } from '../ui/over.js';
import { Album, LeavingAlbum } from './album.js';
import { EmojiPicker, QUICK } from './emoji.js';
import { Lightbox } from './lightbox.js';
import { Leaving, Message, words } from './message.js';
import { Scroller } from './scroller.js';

const WINDOW = 300; // messages that are kept; see `state.js`
const OVER = 40; // and how many more may come before the window is cut

/** How many of some numbers, which are in order, are at least this. */
function countFrom(numbers, least) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] >= least) high = middle;
    else low = middle + 1;
  }
  return numbers.length - low;
}

/** Who may be meant by an @name here; the same object as long as these are the same people under the same names. */
function useNames(chat, people, me) {
  const all = chat.users.map((user) => people[user]).filter(Boolean);
  const key = all.map((person) => `${person.id} ${person.username} ${fullName(person)}`).join('\n');
  return useMemo(() => {
    const named = (person) => [person.username.toLowerCase(), { name: fullName(person), isMe: person.id === me.id }];
    return new Map(all.map(named));
  }, [key]);
}

/** A history as what each line of the log shows. */
function shownLines(state, chat, history, newFrom) {
  const { me, people, quotes } = state;
  const isGroup = !isPrivate(chat);
  const others = chat.users.filter((user) => user !== me.id);
  const marks = others.map((user) => chat.marks[user] ?? 0).sort((one, other) => one - other);
  const names = new Map();
  const nameOf = (user) => {
    if (!names.has(user)) names.set(user, shortName(state, chat, user));
    return names.get(user);
  };
  const byId = new Map(history.map((message) => [message.id, message]));
  const who = (one) => (one === me.id ? t('you') : nameOf(one));
  const shows = (message, first) => {
    const user = message.from_user;
    const mine = user === me.id;
    const quote = message.reply_to ? (byId.get(message.reply_to) ?? quotes[message.reply_to]) : undefined;
    return {
      message,
      first,
      mine,
      isGroup,
      me: me.id,
      name: nameOf(user),
      fullName: first && isGroup && !mine ? fullName(people[user]) : '',
      isGuest: isGuest(people[user]),
      picture: first && isGroup && !mine ? people[user]?.profile_picture : null,
      quote,
      quoteName: quote ? nameOf(quote.from_user) : '',
      readers: mine ? countFrom(marks, message.seq) : 0,
      others: others.length,
      reacted: message.reactions.map(({ users }) => users.map(who).join(', ')).join('\n'),
    };
  };
  return withAlbums(lines(history, newFrom)).map((line) => {
    if (line.kind === 'message') return { ...line, shows: shows(line.message, line.first) };
    if (line.kind === 'album')
      return { ...line, photos: line.messages.map((one, at) => shows(one, line.first && !at)) };
    return line;
  });
}

/** The messages of a chat. `composer` gives what replies and edits: its `current` has `reply` and `edit`. */
export function Log({ id, composer }) {
  const chat = useStore((state) => state.chats[id]);
  const history = useStore((state) => state.histories[id]);
  const people = useStore((state) => state.people);
  const me = useStore((state) => state.me);
  const quotes = useStore((state) => state.quotes);
  const outbox = useStore((state) => state.outbox);
  const isLive = useStore((state) => state.connection === 'live');
  const here = usePlace();
  const [, again] = useReducer((count) => count + 1, 0);
  const [sticks, setSticks] = useState(true);
  const [failed, setFailed] = useState(null);
  const [isSought, setSought] = useState(false);
  const [over, setOver] = useState(null);
  const [newFrom, setNewFrom] = useState(() => (unread(chat) ? chat.read_seq + 1 : null));
  const goal = useRef({ kind: 'open' });
  const isOpen = useRef(false);
  const visited = useRef({});
  const busy = useRef(false);
  const scroller = useRef();
  const now = useRef();
  now.current = { chat, history, sticks };

  // A deep link, and one that is followed again.
  const isHere = here.room === 'chat' && here.id === id;
  if (visited.current.visit !== here.visit) {
    const isBack = !visited.current.isHere && here.seq === goal.current.seq; // from a dialog over the page
    if (isHere && here.seq && here.seq <= chat.last_seq && !isBack) goal.current = { kind: 'seq', seq: here.seq };
    visited.current = { visit: here.visit, isHere };
  }
  // The first message that is new may be further back than what is read at first.
  const isFar = newFrom !== null && history?.length > 0 && goal.current.kind === 'open' && newFrom < history[0].seq;
  const seeks = isFar && !isSought && !isOpen.current;
  useLayoutEffect(() => {
    isOpen.current ||= history !== undefined && !seeks;
  });
  useLayoutEffect(() => {
    const sought = () => setSought(true); // found or not: then it is shown as it is
    // A moment later, when what was read just now is no longer being read.
    if (seeks) setTimeout(() => actions.around(id, newFrom).then(sought, sought));
  }, [seeks]);

  const goTo = (kind) => {
    goal.current = { kind };
    again();
  };

  // What comes while one looks elsewhere is new when one looks again.
  const count = unread(chat);
  const lastCount = useRef(count);
  useLayoutEffect(() => {
    if (count && !lastCount.current && (document.hidden || !sticks)) setNewFrom(chat.read_seq + 1);
    lastCount.current = count;
  }, [count]);

  const read = (which) => {
    if (busy.current) return;
    busy.current = true;
    actions[which](id)
      .then(
        () => setFailed(null),
        (failure) => {
          if (failure.status === undefined) throw failure;
          setFailed(which);
        },
      )
      .finally(() => {
        busy.current = false;
        setTimeout(() => scroller.current?.look());
      });
  };
  useLayoutEffect(() => setFailed(null), [isLive]);

  const whole = history !== undefined && atEnd(history, chat);
  const toNewest = () => {
    if (whole) goTo('end');
    else attempted(actions.newest(id).then(() => goTo('end')));
  };

  // What one sends oneself is where one looks next.
  const items = useMemo(() => outbox.filter((item) => item.chat_id === id), [outbox]);
  const lastItem = items.at(-1)?.client_id;
  const wentOut = useRef(lastItem);
  useLayoutEffect(() => {
    if (lastItem && lastItem !== wentOut.current) {
      setNewFrom(null);
      toNewest();
    }
    wentOut.current = lastItem;
  }, [lastItem]);

  const onLook = (view) => {
    const { chat, history } = now.current;
    if (view.sticks !== now.current.sticks) setSticks(view.sticks);
    if (history.length > WINDOW + OVER || (history.length > WINDOW && !view.sticks)) {
      store.tell({ type: 'trimmed', chat_id: id, keep: view.sticks || view.isLate ? 'end' : 'start' });
    }
    const seen = view.sticks && !document.hidden ? chat.last_seq : view.seen;
    if (seen > chat.read_seq) actions.read(id, seen);
  };

  const on = useMemo(
    () => ({
      menu: (message, anchor) => setOver({ kind: 'menu', id: message.id, anchor }),
      pick: (message, anchor) => setOver({ kind: 'pick', id: message.id, anchor }),
      readers: (message) => setOver({ kind: 'readers', id: message.id }),
      photo: (message) => setOver({ kind: 'photo', id: message.id }),
      react: (message, emoji, set) => attempted(actions.react(message, emoji, set)),
      reply: (message) => composer.current.reply(message),
      report: async (message) => (await import('../host/group.js')).report(message),
      retry: actions.retry,
      drop: actions.drop,
    }),
    [],
  );

  const messageOf = (node) => {
    const seq = Number(node?.closest?.('article[data-seq]')?.dataset.seq);
    return now.current.history?.find((message) => message.seq === seq);
  };
  const press = useLongPress((point) => {
    const message = messageOf(document.elementFromPoint(point.x, point.y));
    if (!message || message.deleted) return;
    // Lifting the finger is no tap on what has come to lie under it.
    const lifted = (event) => event.cancelable && event.preventDefault();
    addEventListener('touchend', lifted, { once: true, capture: true, passive: false });
    on.menu(message, point);
  });
  const swipe = useSwipe(
    (target) => (messageOf(target)?.deleted === false ? target.closest('article[data-seq]') : null),
    (node) => on.reply(messageOf(node)),
  );
  const onContextMenu = (event) => {
    if (event.pointerType === 'touch' && event.target.closest('article[data-seq]')) event.preventDefault();
  };
  const onKey = (event) => {
    const asks = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey) || event.key === 'Enter';
    if (!asks || !event.target.matches('article[data-seq]')) return;
    event.preventDefault();
    const message = messageOf(event.target);
    if (!message.deleted) on.menu(message, event.target.querySelector('.more') ?? event.target);
  };
  // From quote to quote there is one way back, not one for each.
  const onClick = (event) => {
    const quote = event.target.closest('[data-quote]');
    if (!quote || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(quote.getAttribute('href'), { replace: here.seq !== undefined });
  };

  const names = useNames(chat, people, me);
  const isRead = history !== undefined && !seeks;
  const all = useMemo(
    () => (isRead ? shownLines(store.get(), chat, history, newFrom) : []),
    [isRead, chat, history, newFrom, people, quotes, me],
  );
  const isEmpty = isRead && whole && !history.length && !items.length;
  const found = goal.current.kind === 'seq' ? goal.current.seq : null;
  const choose = (emoji) => {
    setOver(null);
    on.react(message, emoji, !hasReacted(message, emoji, me));
  };
  const message = over && history?.find((one) => one.id === over.id);
  const close = (kind) => () => setOver((open) => (open?.kind === kind ? null : open));

  return html`<div class="log-frame" onKeyDown=${onKey} onClick=${onClick} onContextMenu=${onContextMenu}>
    <${Scroller}
      ref=${scroller}
      id=${id}
      goal=${goal.current}
      isRead=${isRead}
      isWhole=${whole}
      isEmpty=${isEmpty}
      hasOlder=${isRead && !atStart(history) && failed !== 'older'}
      onOlder=${() => read('older')}
      onNewer=${() => failed !== 'newer' && read('newer')}
      onLook=${onLook}
      touch=${{ ...press, ...swipe }}
    >
      ${!isRead && html`<${Waiting} />`}
      ${
        isRead &&
        history.length > 0 &&
        !atStart(history) &&
        html`<${Edge} key="older" run=${() => read('older')} failed=${failed === 'older'}>${t('earlier')}<//>`
      }
      ${
        isEmpty
          ? html`<${Empty} icon="message-circle">${t('emptyChat')}<//>`
          : all.map((line) => {
              if (line.kind === 'day') return html`<p class="day" key=${line.key}><span>${day(line.time)}</span></p>`;
              if (line.kind === 'new') return html`<p class="new" key=${line.key}><span>${t('newLine')}</span></p>`;
              if (line.kind === 'album')
                return html`<${Album} key=${line.key} photos=${line.photos} found=${found} on=${on} />`;
              const isFound = line.message.seq === found;
              return html`<${Message} key=${line.key} ...${line.shows} names=${names} isFound=${isFound} on=${on} />`;
            })
      }
      ${isRead && whole && html`<${Outgoing} ...${{ items, chat, names, on }} state=${store.get()} />`}
      ${
        isRead &&
        !whole &&
        html`<${Edge} key="newer" run=${() => read('newer')} failed=${failed === 'newer'}>${t('later')}<//>`
      }
    <//>
    ${
      isRead &&
      !(sticks && whole) &&
      html`<button
        type="button"
        class="jump"
        aria-label=${count ? counted('jumpNew', count) : t('jump')}
        title=${t('jump')}
        onClick=${toNewest}
      >
        <${Icon} id="arrow-down" />${count > 0 && html`<span class="badge">${count > 999 ? '999+' : count}</span>`}
      </button>`
    }
    ${
      over?.kind === 'menu' &&
      message &&
      html`<${MessageMenu} ...${{ message, chat, me, composer, on }} anchor=${over.anchor} onClose=${close('menu')} />`
    }
    ${
      over?.kind === 'pick' &&
      message &&
      html`<${Popover} anchor=${over.anchor} label=${t('react')} onClose=${close('pick')}>
        <${EmojiPicker} quick onChoose=${choose} />
      <//>`
    }
    ${
      over?.kind === 'readers' &&
      message &&
      html`<${Readers} ...${{ chat, message, people, me }} onClose=${close('readers')} />`
    }
    ${over?.kind === 'photo' && message && html`<${Photos} ...${{ history, message }} onClose=${close('photo')} />`}
  </div>`;
}

const hasReacted = (message, emoji, me) =>
  message.reactions.some((one) => one.emoji === emoji && one.users.includes(me.id));

/** What is beyond an edge; mostly it is read before one sees this. */
const Edge = ({ run, failed, children }) =>
  html`<p class="edge">
    <button type="button" class="link" onClick=${run}>${failed ? t('tryAgain') : children}</button>
  </p>`;

/** Where messages will be, once it takes long enough to be seen. */
const Waiting = () =>
  html`<div class="waiting" aria-hidden="true">
    ${[56, 38, 72, 44, 64, 30, 52].map((share, at) => html`<span key=${at} style=${{ width: `${share}%` }}></span>`)}
  </div>`;

/** What is on its way out. */
function Outgoing({ items, state, chat, names, on }) {
  const { me, histories, quotes } = state;
  const history = histories[chat.id];
  const name = shortName(state, chat, me.id);
  let before = history.at(-1);
  return leavingGroups(items).map((group) => {
    const [item] = group;
    const first = !(isClose(before, item) && (before.from_user ?? me.id) === me.id);
    before = group.at(-1);
    if (group.length > 1)
      return html`<${LeavingAlbum} key=${item.client_id} items=${group} ...${{ name, first, on }} />`;
    const quote = item.reply_to
      ? (history.find((message) => message.id === item.reply_to) ?? quotes[item.reply_to])
      : undefined;
    const quoteName = quote ? shortName(state, chat, quote.from_user) : '';
    const shows = { item, name, first, quote, quoteName, names, on };
    return html`<${Leaving} key=${item.client_id} ...${shows} />`;
  });
}

function MessageMenu({ anchor, message, chat, me, composer, on, onClose }) {
  const mine = message.from_user === me.id;
  const isGroup = !isPrivate(chat);
  const mayDelete = mine || isStaff(me) || (isGroup && chat.owner === me.id);
  const link = `${location.origin}/#/chat/${message.chat_id}/${message.seq}`;
  const remove = async () => {
    const sure = await ask({ question: t('deleteAsk'), quote: words(message), button: t('delete') });
    if (sure) attempted(actions.remove(message));
  };
  const react = (emoji) => {
    const checked = hasReacted(message, emoji, me);
    return { label: emoji, checked, run: () => on.react(message, emoji, !checked) };
  };
  const items = [
    !chat.archived && { label: t('react'), icon: 'smile-plus', run: () => on.pick(message, anchor) },
    !chat.archived && { label: t('reply'), icon: 'reply', run: () => composer.current.reply(message) },
    message.text && { label: t('copyText'), icon: 'copy', run: () => copy(message.text) },
    { label: t('copyLink'), icon: 'link', run: () => copy(link) },
    mine && mayReword(store.get(), chat) && { label: t('edit'), icon: 'pencil', run: () => composer.current.edit(message) },
    mine && isGroup && { label: t('whoRead'), icon: 'check-check', run: () => on.readers(message) },
    !mine && { label: t('report'), icon: 'flag', run: () => on.report(message) },
    mayDelete && { label: t('delete'), icon: 'trash-2', run: remove, danger: true },
  ];
  return html`<${Menu} ...${{ anchor, items, onClose }} quick=${chat.archived ? [] : QUICK.map(react)} />`;
}

/** Who has read a message, and who has not yet. */
function Readers({ chat, message, people, me, onClose }) {
  const read = readers(store.get(), chat, message.seq);
  const unread = chat.users.filter((user) => user !== me.id && !read.includes(user));
  const list = (users) =>
    html`<ul class="readers">
      ${users.map(
        (user) =>
          html`<li key=${user}>
            <${PersonAvatar} person=${people[user]} id=${user} size=${40} /><${Name}>${fullName(people[user])}<//>
          </li>`,
      )}
    </ul>`;
  return html`<${Dialog} name=${t('whoRead')} onClose=${onClose}>
    ${read.length ? list(read) : html`<p class="hint">${t('nobodyRead')}</p>`}
    ${unread.length > 0 && [html`<h3 key="title">${t('notRead')}</h3>`, list(unread)]}
  <//>`;
}

/** The photos of what is read of a chat, over the page. */
function Photos({ history, message, onClose }) {
  const photos = history.filter((one) => one.photo && !one.deleted);
  return html`<${Lightbox} photos=${photos} at=${photos.indexOf(message)} onClose=${onClose} />`;
}
