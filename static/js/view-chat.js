// One chat: who it is with, its messages, and the composer.

import { atEnd, atStart, isPrivate, lines, partner, readByAll, shortName, title, unread } from './state.js';
import { bytes, clock, counted, day, t } from './text.js';
import { ask, h, icon, iconButton, keyed, local, menu, personAvatar, say } from './view.js';
import { chatAvatar, words } from './view-list.js';

const REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🎉'];
const EMOJI = [...'😀😂🙂😉😍😘🤔😎😢😭😡😱🙏👍👎👏👋💪🎉🔥💯✅❌', '❤️'];
const TEXT_MAX = 10_000;
const NEAR = 80; // pixels from an edge that count as being there
const PHOTO_WIDTH = 320;
const PHOTO_HEIGHT = 360;

/** The photo in a size that fits, known before it loads so that nothing jumps. */
function photo(message, name) {
  const { photo_width: width, photo_height: height } = message;
  const scale = Math.min(1, PHOTO_WIDTH / width, PHOTO_HEIGHT / height) || 1;
  const size = width ? { width: Math.round(width * scale), height: Math.round(height * scale) } : {};
  return h('a', { class: 'photo', href: local(message.photo), target: '_blank', rel: 'noopener' },
    h('img', { src: local(message.photo_thumb ?? message.photo), alt: `${t('photo')}, ${name}`, ...size }));
}

const file = (message) =>
  h('a', { class: 'file', href: local(message.file), download: message.file_name ?? '' }, icon('file'),
    h('span', { class: 'name' }, message.file_name ?? t('file')), ' ',
    h('span', { class: 'size' }, bytes(message.file_size ?? 0)));

function copy(text) {
  // The clipboard's own interface is there over https only, and a room's laptop speaks http.
  const area = h('textarea', { class: 'spoken', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  say(t('copied'));
}

/** One message of the log. `actions` as in `chatView`. */
function article(line, actions) {
  const { message, name, mine, first } = line;
  const more = iconButton('ellipsis', t('more'), () => openMenu(), { class: 'icon-button more', 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
  const react = (emoji) => {
    const set = line.reactions.some((one) => one.emoji === emoji && one.mine);
    actions.react(message, emoji, !set);
  };
  const openMenu = () => menu(more, [
    [t('react'), () => menu(more, REACTIONS.map((emoji) => [emoji, () => react(emoji)]), { name: t('react'), grid: true }), 'smile-plus'],
    [t('reply'), () => actions.reply(message), 'reply'],
    message.text && [t('copyText'), () => copy(message.text), 'copy'],
    [t('copyLink'), () => copy(`${location.origin}/#/chat/${message.chat_id}/${message.seq}`), 'link'],
    mine && [t('edit'), () => actions.edit(message), 'pencil'],
    mine && [t('delete'), () => ask(t('deleteAsk'), t('delete'), () => actions.remove(message)), 'trash-2'],
  ].filter(Boolean));
  const reaction = ({ emoji, count, mine: set }) =>
    h('button', { type: 'button', class: 'reaction', 'aria-pressed': String(set), onclick: () => react(emoji) }, `${emoji} ${count}`);
  const quote = line.quote && h('a', { class: 'quote', href: `#/chat/${message.chat_id}/${line.quote.seq}` },
    h('strong', {}, line.quote.name), ' ', line.quote.words);
  const seen = mine && icon(line.read ? 'check-check' : 'check', line.read ? t('read') : t('sent'));
  return h('article', { 'aria-label': `${name}, ${clock(message.time)}`, 'data-seq': message.seq, class: [mine ? 'own' : 'other', first && 'first'].filter(Boolean).join(' ') },
    !mine && first && personAvatar(line.person, message.from_user),
    h('div', { class: 'bubble' },
      !mine && first && h('p', { class: 'name' }, name),
      quote,
      message.deleted && h('p', { class: 'gone' }, t('deleted')),
      message.photo && photo(message, name),
      message.file && file(message),
      message.text && h('p', { class: 'text' }, message.text),
      h('p', { class: 'below' }, message.edited && !message.deleted && `${t('edited')} · `,
        h('time', { datetime: message.time }, clock(message.time)), ' ', seen)),
    !message.deleted && more,
    line.reactions.length > 0 && h('div', { class: 'reactions' }, line.reactions.map(reaction)));
}

/** A message on its way out, or one that was refused. */
function leaving({ client_id, name, time, text, file, size, reason }, actions) {
  const button = (label, run) => h('button', { type: 'button', class: 'link', onclick: () => run(client_id) }, label);
  return h('article', { class: 'own first leaving', 'aria-label': `${name}, ${clock(time)}` },
    h('div', { class: 'bubble' },
      file && h('p', { class: 'file' }, icon('file'), h('span', { class: 'name' }, file), ' ', h('span', { class: 'size' }, bytes(size))),
      text && h('p', { class: 'text' }, text),
      file && !reason && h('progress', { max: 1, 'aria-label': t('sending') }),
      reason && h('p', { class: 'error', role: 'alert' }, icon('circle-alert'), ' ', reason),
      h('p', { class: 'below' },
        (reason || file) && button(reason ? t('delete') : t('cancel'), actions.drop), ' ',
        reason ? button(t('tryAgain'), actions.retry) : icon('clock', t('sending')))));
}

/** What a line shows, as data: it is made again when this differs. */
function shown(state, chat, line, earlier) {
  if (line.kind !== 'message') return { ...line, text: line.kind === 'day' ? day(line.time) : t('newLine') };
  const { message } = line;
  const quoted = message.reply_to && (earlier.get(message.reply_to) ?? state.quotes[message.reply_to]);
  const mine = message.from_user === state.me.id;
  return {
    ...line,
    mine,
    name: shortName(state, chat, message.from_user),
    person: state.people[message.from_user],
    read: mine && readByAll(state, chat, message.seq),
    quote: quoted && { seq: quoted.seq, name: shortName(state, chat, quoted.from_user), words: words(quoted) },
    reactions: message.reactions.map(({ emoji, users }) => ({ emoji, count: users.length, mine: users.includes(state.me.id) })),
  };
}

/**
 * A chat's view. `actions`: send (text and files), edit, remove, react, retry, drop; and for the history older, newer,
 * newest, read.
 */
export function chatView(actions) {
  let state, chat, history, visited;
  let wasAtEnd = true;
  const heading = h('h1', { tabindex: '-1' });
  const members = h('p', { class: 'members' });
  const picture = h('span', {});
  const older = h('button', { type: 'button', class: 'link older', onclick: () => actions.older(chat.id) }, t('earlier'));
  const empty = h('p', { class: 'empty' }, t('emptyChat'));
  const list = h('div', {});
  const going = h('div', {});
  const log = h('div', { role: 'log', 'aria-label': t('messages'), tabindex: '0' }, older, empty, list, going);
  const jump = h('button', { type: 'button', class: 'jump', onclick: () => actions.newest(chat.id) });
  const composer = compose({ ...actions, chat: () => chat });
  const node = h('main', { class: 'chat' },
    h('header', {}, h('a', { class: 'icon-button back', href: '#/', 'aria-label': t('back'), title: t('back') }, icon('arrow-left')),
      picture, h('div', {}, heading, members)),
    log, jump, composer.node);

  const below = () => log.scrollHeight - log.scrollTop - log.clientHeight;
  const toEnd = () => (log.scrollTop = log.scrollHeight);
  const find = (seq) => list.querySelector(`[data-seq="${Number(seq)}"]`);

  /** What follows from where one is: more to load, read up to the end, the button that leads there. */
  const look = () => {
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
  const make = (line) => (line.kind === 'message' ? article(line, own) : h('p', { class: line.kind }, h('span', {}, line.text)));

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
    keyed(list, lines(history ?? [], newFrom).map((line) => shown(state, chat, line, byId)), make);
    const items = state.outbox.filter((item) => item.chat_id === chat.id);
    const name = shortName(state, chat, state.me.id);
    // How far an upload is changes often: it is set on what is there, not made anew under one's finger.
    keyed(going, items.map(({ file, part, ...item }) => ({ ...item, key: item.client_id, name, size: file?.size, file: file?.name })),
      (item) => leaving(item, actions));
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
    const anchor = [...list.children].find((child) => child.dataset.seq && child.offsetTop + child.offsetHeight > log.scrollTop);
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
  return { node, show, toEnd };
}

/** The composer: text, attachments above it, and what it is about when it replies or edits. */
function compose(actions) {
  const drafts = new Map();
  let about = null; // { kind: 'reply' | 'edit', message }
  let files = [];
  const text = h('textarea', { 'aria-label': t('message'), placeholder: t('message'), rows: 1 });
  const bar = h('div', { class: 'about', hidden: true });
  const tiles = h('ul', { class: 'tiles' });
  const tooLong = h('p', { class: 'error', role: 'alert' });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, 'aria-hidden': 'true', tabindex: '-1' });
  const emoji = iconButton('smile', t('emoji'), () =>
    menu(emoji, EMOJI.map((one) => [one, () => (text.focus(), text.setRangeText(one, text.selectionStart, text.selectionEnd, 'end'))]), { name: t('emoji'), grid: true }),
  { 'aria-haspopup': 'menu', 'aria-expanded': 'false' });

  const grow = () => {
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`; // and its border
    const over = [...text.value.trim()].length - TEXT_MAX;
    tooLong.textContent = over > 0 ? counted('tooLong', over) : '';
    return over <= 0;
  };
  const showFiles = () => tiles.replaceChildren(...files.map((one) =>
    h('li', {}, icon('file'), h('span', { class: 'name' }, one.name), ' ', h('span', { class: 'size' }, bytes(one.size)),
      iconButton('x', `${t('remove')} ${one.name}`, () => {
        files = files.filter((other) => other !== one);
        showFiles();
      }))));
  const attach = (more) => {
    files = [...files, ...more];
    showFiles();
    text.focus();
  };
  const turn = (kind, message) => {
    about = kind && { kind, message };
    bar.hidden = !about;
    bar.replaceChildren(...(about ? [
      h('span', {}, t(kind === 'edit' ? 'editing' : 'replyingTo'), ': ', h('q', {}, words(message))),
      iconButton('x', t('cancel'), () => turn(null)),
    ] : []));
    if (kind === 'edit') text.value = message.text;
    else if (!kind) text.value = '';
    grow();
    text.focus();
  };
  const submit = (event) => {
    event?.preventDefault();
    const value = text.value.trim();
    const editing = about?.kind === 'edit' && about.message;
    if (!grow() || !(value || files.length || (editing && (editing.photo || editing.file)))) return;
    if (editing) actions.edit(editing, value);
    else actions.send(actions.chat().id, value, about?.message.id ?? null, files);
    if (!editing) files = [];
    showFiles();
    turn(null);
  };
  text.addEventListener('input', grow);
  text.addEventListener('keydown', (event) => {
    const breaks = event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches;
    if (event.key === 'Enter' && !breaks) submit(event);
    if (event.key === 'Escape' && about) turn(null);
  });
  text.addEventListener('paste', (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  picker.addEventListener('change', () => {
    attach(picker.files);
    picker.value = '';
  });
  const node = h('form', { class: 'composer', onsubmit: submit }, bar, tiles, tooLong,
    h('div', {}, iconButton('paperclip', t('attach'), () => picker.click()), picker, text, emoji,
      h('button', { class: 'icon-button send', 'aria-label': t('send'), title: t('send') }, icon('send-horizontal'))));
  let current = null;
  return {
    node,
    focus: () => text.focus(),
    edit: (message) => turn('edit', message),
    reply: (message) => turn('reply', message),
    open: (chat) => {
      if (current) drafts.set(current, { value: about?.kind === 'edit' ? '' : text.value, files });
      current = chat.id;
      turn(null);
      const draft = drafts.get(chat.id);
      text.value = draft?.value ?? '';
      files = draft?.files ?? [];
      showFiles();
      grow();
    },
    attach,
  };
}
