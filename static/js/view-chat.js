// One chat: who it is with, its messages, and where in them one is.

import { atEnd, atStart, isPrivate, lines, partner, shortName, title, unread } from './state.js';
import { counted, t } from './text.js';
import { chatAvatar, h, icon, keyed } from './view.js';
import { compose } from './view-composer.js';
import { article, leaving, shown } from './view-message.js';

const NEAR = 80; // pixels from an edge that count as being there

/**
 * A chat's view. `actions`: send (text and files), edit, remove, react, retry, drop; and for the history older, newer,
 * newest, read.
 */
export function chatView(actions) {
  let state, chat, history, visited;
  let wasAtEnd = true;
  const heading = h('h1', { id: 'chat-name', tabindex: '-1' });
  const members = h('p', { class: 'members' });
  const picture = h('span', {});
  const older = h(
    'button',
    { type: 'button', class: 'link older', onclick: () => actions.older(chat.id) },
    t('earlier'),
  );
  const empty = h('p', { class: 'empty' }, t('emptyChat'));
  const list = h('div', {});
  const going = h('div', {});
  const log = h('div', { role: 'log', 'aria-label': t('messages'), tabindex: '0' }, older, empty, list, going);
  const jump = h('button', { type: 'button', class: 'jump', onclick: () => actions.newest(chat.id) });
  const composer = compose({ ...actions, chat: () => chat });
  const node = h(
    'section',
    { class: 'chat', 'aria-labelledby': 'chat-name' },
    h(
      'header',
      {},
      h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('back'), title: t('back') }, icon('arrow-left')),
      picture,
      h('div', {}, heading, members),
    ),
    log,
    jump,
    composer.node,
  );

  const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;
  const toEnd = () => (log.scrollTop = log.scrollHeight);
  const find = (seq) => list.querySelector(`[data-seq="${Number(seq)}"]`);

  /** What follows from where one is: more to load, read up to the end, the button that leads there. */
  const look = () => {
    jump.hidden = true;
    if (!history) return;
    wasAtEnd = below() < NEAR;
    if (log.scrollTop < NEAR && !atStart(history)) actions.older(chat.id);
    if (wasAtEnd && !atEnd(history, chat)) actions.newer(chat.id);
    const all = wasAtEnd && atEnd(history, chat);
    if (all && unread(chat) && !document.hidden) actions.read(chat.id, chat.last_seq);
    jump.hidden = all;
    jump.replaceChildren(icon('arrow-down'), unread(chat) ? String(unread(chat)) : '');
    jump.setAttribute('aria-label', counted('jump', unread(chat)));
  };
  log.addEventListener('scroll', look);
  document.addEventListener('visibilitychange', look);
  new ResizeObserver(() => wasAtEnd && toEnd()).observe(log);
  node.addEventListener('dragover', (event) => event.preventDefault());
  node.addEventListener('drop', (event) => {
    event.preventDefault();
    composer.attach(event.dataTransfer.files);
  });

  const own = { ...actions, edit: composer.edit, reply: composer.reply };
  const make = (line) =>
    line.kind === 'message' ? article(line, own) : h('p', { class: line.kind }, h('span', {}, line.text));

  function showHead() {
    const name = title(state, chat);
    const person = state.people[partner(state, chat)];
    heading.textContent = name;
    keyed(picture, [{ key: 'picture', name, url: chat.chat_picture, person }], () => chatAvatar(state, chat));
    const names = chat.users.map((user) => (user === state.me.id ? t('you') : shortName(state, chat, user)));
    members.textContent = isPrivate(chat) ? '' : `${counted('people', names.length)}: ${names.join(', ')}`;
  }

  function showLog(newFrom) {
    log.setAttribute('aria-busy', String(!history));
    older.hidden = !history || atStart(history);
    const byId = new Map(history?.map((message) => [message.id, message]));
    keyed(
      list,
      lines(history ?? [], newFrom).map((line) => shown(state, chat, line, byId)),
      make,
    );
    const items = state.outbox.filter((item) => item.chat_id === chat.id);
    const name = shortName(state, chat, state.me.id);
    // How far an upload is changes often: it is set on what is there, not made anew under one's finger.
    keyed(
      going,
      items.map(({ file, part, ...item }) => ({
        ...item,
        key: item.client_id,
        name,
        size: file?.size,
        file: file?.name,
      })),
      (item) => leaving(item, actions),
    );
    items.forEach(({ part }, at) => going.children[at].querySelector('progress')?.setAttribute('value', part ?? 0));
    empty.hidden = !history || history.length + items.length > 0;
  }

  /** To the message that was asked for, else to the first new one, else to the end. */
  function goTo(at) {
    const wanted = at ? find(at) : list.querySelector('.new');
    if (wanted) wanted.scrollIntoView({ block: at ? 'center' : 'start' });
    else toEnd();
    list.querySelector('.found')?.classList.remove('found');
    if (at) wanted.classList.add('found');
  }

  /** Shows a chat as of now. `visit` counts the addresses that were gone to; `at` is the seq of such an address. */
  function show(now, { id, at, newFrom, visit }) {
    const other = chat?.id !== id;
    const last = history?.at(-1)?.seq;
    const hadGoing = going.children.length;
    [state, chat, history] = [now, now.chats[id], now.histories[id]];
    if (other) composer.open(chat);
    showHead();
    const anchor = [...list.children].find(
      (child) => child.dataset.seq && child.offsetTop + child.offsetHeight > log.scrollTop,
    );
    const [seq, top] = [anchor?.dataset.seq, anchor?.offsetTop];
    showLog(newFrom);
    const mine = history?.at(-1)?.seq > last && history.at(-1).from_user === state.me.id;
    if (history && visit !== visited && (!at || find(at))) {
      visited = visit;
      goTo(at);
    } else if (wasAtEnd || mine || going.children.length > hadGoing) toEnd();
    else if (anchor && find(seq)) log.scrollTop += find(seq).offsetTop - top;
    if (other && matchMedia('(pointer: coarse)').matches) heading.focus();
    else if (other) composer.focus();
    look();
  }
  return { node, show };
}
