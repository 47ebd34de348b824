// What the page knows, as a function of what happened: no browser, no clock, no network, so it is tested without them.
//
// Events may come twice, late, or after the answer that they tell of: a message is known by its chat and seq, a number
// that only rises is taken as the higher one, and what a client sent is known by its client_id.

/** Nothing known yet. */
export const nothing = () => ({
  serverName: 'Messenger',
  door: {}, // what the server tells everybody: who may come in, whether it sends mail, what a file may have
  me: null,
  people: {},
  chats: {},
  histories: {}, // of each chat a window without holes, the oldest first
  stale: {}, // chats whose history may have holes
  quotes: {},
  outbox: [],
  typing: {}, // by chat, then by person
  silenced: null, // whether one may write: the `silenced` of a snapshot
  desk: null, // what waits for who keeps order: its `desk`
  order: null, // what the host has set: the `server` of a snapshot
  connection: 'starting', // then 'live' or 'lost'
});

/** The state after an event; events of unknown types change nothing. */
export const next = (state, event) => (changes[event.type] ? changes[event.type](state, event) : state);

const changes = {
  /** Everything as of one moment. What is on its way out stays; so do histories, until they are read again. */
  snapshot: (state, { me, chats, users, server, silenced, desk }) => ({
    ...nothing(),
    serverName: server.name || state.serverName,
    door: state.door,
    order: server,
    silenced,
    desk,
    connection: state.connection,
    outbox: state.outbox.filter((item) => !item.acked),
    histories: state.histories,
    stale: Object.fromEntries(Object.keys(state.histories).map((id) => [id, true])),
    me,
    people: Object.fromEntries(users.map((person) => [person.id, person])),
    chats: Object.fromEntries(chats.map((chat) => [chat.id, asChat(chat, null, me.id)])),
  }),
  server: (state, { name, door = state.door }) => ({ ...state, serverName: name, door }),
  events: (state, { events }) => events.reduce(afterEvent, state),
  history: withHistory,
  trimmed: withoutFarEnd,
  quote: (state, { message }) => ({ ...state, quotes: { ...state.quotes, [message.id]: message } }),
  chat: (state, { chat }) => withChat(state, chat),
  person: (state, { person }) => withPerson(state, person),
  me: (state, { me }) => ({
    ...withPerson(state, personOf({ ...state.people[me.id], ...me })),
    me: { ...state.me, ...me },
  }),
  read: (state, { chat_id, seq }) => withMark(state, chat_id, state.me?.id, seq),
  seen: (state, { chat_id, marks }) => marks.reduce((now, [user, seq]) => withMark(now, chat_id, user, seq), state),
  presence: withPresence,
  typing: (state, { chat_id, user_id, on }) => withTyping(state, chat_id, user_id, on),
  connected: (state) => ({ ...state, connection: 'live' }),
  lost: (state) => ({ ...state, connection: 'lost', typing: {} }),
  queued: (state, { items }) => ({ ...state, outbox: [...state.outbox, ...items] }),
  progress: (state, { client_id, part }) => withItem(state, client_id, { part }),
  /** Whether closing the page would lose it; before this is known nothing is said of it. */
  kept: (state, { client_id, isKept }) => withItem(state, client_id, { isKept }),
  acked: withAck,
  refused: (state, { client_id, reason }) => withItem(state, client_id, { reason }),
  /** It waits until somebody has looked at it; its event ends that. */
  held: (state, { client_id }) => withItem(state, client_id, { isHeld: true }),
  retried: (state, { client_id }) => withItem(state, client_id, { reason: null, part: 0 }),
  dropped: (state, { client_id }) => ({
    ...state,
    outbox: state.outbox.filter((item) => item.client_id !== client_id),
  }),
};

function afterEvent(state, { kind, data }) {
  switch (kind) {
    case 'message.created':
    case 'message.updated':
    case 'message.deleted':
      return withMessage(state, data);
    case 'chat.created':
    case 'chat.updated':
      return withChat(state, data);
    case 'member.added':
      return withChat(state, data.chat);
    case 'member.removed':
      return withoutMember(state, data.chat_id, data.user_id);
    case 'user.updated':
      return withPerson(state, data);
    case 'read':
      return withMark(state, data.chat_id, data.user_id, data.seq);
    case 'held.refused':
      // Which one it was is told to who offers it again.
      return {
        ...state,
        outbox: state.outbox.map((item) => (item.chat_id === data.chat_id ? { ...item, isHeld: false } : item)),
      };
    case 'silenced':
      return { ...state, silenced: data };
    case 'desk.updated':
      return { ...state, desk: data };
    case 'server.updated':
      return { ...state, order: data, serverName: data.name || state.serverName };
    case 'muted':
      return withChange(state, data.chat_id, { muted: data.muted });
    default:
      return state;
  }
}

/** A chat as it is kept: events leave out what differs from reader to reader, but among the marks is one's own. */
function asChat(chat, known, me) {
  const marks = { ...known?.marks };
  for (const [user, seq] of chat.marks) marks[user] = Math.max(marks[user] ?? 0, seq);
  const newer = (known?.last_message?.seq ?? 0) > (chat.last_message?.seq ?? 0) ? known : chat;
  return {
    ...chat,
    marks,
    last_message: newer.last_message,
    last_seq: Math.max(known?.last_seq ?? 0, chat.last_seq),
    read_seq: Math.max(known?.read_seq ?? 0, chat.read_seq ?? marks[me] ?? 0),
    muted: chat.muted ?? known?.muted ?? false,
  };
}

function withChat(state, chat) {
  return { ...state, chats: { ...state.chats, [chat.id]: asChat(chat, state.chats[chat.id], state.me?.id) } };
}

const personOf = ({ id, username, first_name, last_name, profile_picture, last_online, online }) => ({
  id,
  username,
  first_name,
  last_name,
  profile_picture,
  last_online,
  online,
});

function withPerson(state, person) {
  const me = state.me?.id === person.id ? { ...state.me, ...person, last_online: state.me.last_online } : state.me;
  return { ...state, me, people: { ...state.people, [person.id]: { ...state.people[person.id], ...person } } };
}

/** Who is here; `whole` means that nobody else is. */
function withPresence(state, { users, whole = false }) {
  const people = { ...state.people };
  if (whole) for (const [id, person] of Object.entries(people)) people[id] = { ...person, online: false };
  for (const { user_id, online, last_online } of users) {
    if (people[user_id]) people[user_id] = { ...people[user_id], online, last_online };
  }
  return { ...state, people };
}

function withTyping(state, id, user, on) {
  if (Boolean(state.typing[id]?.[user]) === on) return state;
  const { [user]: _, ...others } = state.typing[id] ?? {};
  return { ...state, typing: { ...state.typing, [id]: on ? { ...others, [user]: true } : others } };
}

function withChange(state, id, change) {
  const chat = state.chats[id];
  return chat ? { ...state, chats: { ...state.chats, [id]: { ...chat, ...change } } } : state;
}

function withMark(state, id, user, seq) {
  const chat = state.chats[id];
  if (!chat) return state;
  const marks = { ...chat.marks, [user]: Math.max(chat.marks[user] ?? 0, seq) };
  const read_seq = user === state.me?.id ? Math.max(chat.read_seq, seq) : chat.read_seq;
  return withChange(state, id, { marks, read_seq });
}

function withoutMember(state, id, user) {
  const chat = state.chats[id];
  if (!chat) return state;
  const { [id]: _chat, ...chats } = state.chats;
  const { [id]: _history, ...histories } = state.histories;
  if (user === state.me?.id) return { ...state, chats, histories };
  return { ...state, chats: { ...chats, [id]: { ...chat, users: chat.users.filter((one) => one !== user) } } };
}

function withItem(state, client_id, change) {
  return {
    ...state,
    outbox: state.outbox.map((item) => (item.client_id === client_id ? { ...item, ...change } : item)),
  };
}

/**
 * The server has what was sent. It is shown by its event, which may be here already, or come soon: the item stays until
 * then, so that nothing blinks.
 */
function withAck(state, { client_id, seq }) {
  const item = state.outbox.find((one) => one.client_id === client_id);
  const told = item && (state.chats[item.chat_id]?.last_seq ?? Infinity) >= seq;
  return told ? changes.dropped(state, { client_id }) : withItem(state, client_id, { acked: true, part: 1 });
}

/** A message that is new, or has changed: in its chat's history if that reaches it, as the chat's last, as a quote. */
function withMessage(state, message) {
  const chat = state.chats[message.chat_id];
  if (!chat) return state;
  const { seq, from_user } = message;
  const marks = { ...chat.marks, [from_user]: Math.max(chat.marks[from_user] ?? 0, seq) };
  const known = {
    ...chat,
    marks,
    last_seq: Math.max(chat.last_seq, seq),
    last_message: seq >= (chat.last_message?.seq ?? 0) ? message : chat.last_message,
    read_seq: from_user === state.me?.id ? Math.max(chat.read_seq, seq) : chat.read_seq,
  };
  const history = state.histories[chat.id];
  const fits = history && seq <= (history.at(-1)?.seq ?? 0) + 1 && seq >= (history[0]?.seq ?? 1);
  const mine = from_user === state.me?.id && message.client_id;
  return {
    ...withTyping(state, chat.id, from_user, false),
    chats: { ...state.chats, [chat.id]: known },
    histories: fits ? { ...state.histories, [chat.id]: joined(history, [message]) } : state.histories,
    quotes: state.quotes[message.id] ? { ...state.quotes, [message.id]: message } : state.quotes,
    outbox: mine ? state.outbox.filter((item) => item.client_id !== message.client_id) : state.outbox,
  };
}

/** A window of a chat's history: joined to the one there is where they touch, else, or if that is stale, in its place. */
function withHistory(state, { chat_id, messages }) {
  const there = (!state.stale[chat_id] && state.histories[chat_id]) || [];
  const seqs = messages.map((message) => message.seq);
  const touches =
    there.length && seqs.length && Math.min(...seqs) <= there.at(-1).seq + 1 && Math.max(...seqs) >= there[0].seq - 1;
  const history = joined(touches || !seqs.length ? there : [], messages);
  const stale = { ...state.stale, [chat_id]: false };
  return { ...state, stale, histories: { ...state.histories, [chat_id]: history } };
}

const WINDOW = 300; // messages: what is read further away is read again when one comes back to it

/** A history cut to a window that keeps its start or its end, since a page must not grow with what one has scrolled by. */
function withoutFarEnd(state, { chat_id, keep }) {
  const history = state.histories[chat_id];
  if (!history || history.length <= WINDOW) return state;
  const window = keep === 'end' ? history.slice(-WINDOW) : history.slice(0, WINDOW);
  return { ...state, histories: { ...state.histories, [chat_id]: window } };
}

function joined(there, more) {
  if (more.length === 1 && more[0].seq > (there.at(-1)?.seq ?? 0)) return [...there, more[0]]; // by far the most frequent
  const bySeq = new Map([...there, ...more].map((message) => [message.seq, message]));
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

/** Messages of others that one has not read. */
export const unread = (chat) => Math.max(0, chat.last_seq - chat.read_seq);

/** The same over all chats but those that are muted. */
export const totalUnread = (state) =>
  Object.values(state.chats).reduce((sum, chat) => sum + (chat.muted || chat.archived ? 0 : unread(chat)), 0);

/** Whether what is shown of a chat begins at its first message, and whether it ends at its last. */
export const atStart = (history) => (history[0]?.seq ?? 1) === 1;
export const atEnd = (history, chat) => (history.at(-1)?.seq ?? 0) >= chat.last_seq;

/** The chats, the one with the newest words first. */
export const inOrder = (state) => {
  const time = (chat) => chat.last_message?.time ?? chat.created;
  return Object.values(state.chats).sort((one, other) => time(other).localeCompare(time(one)) || other.id - one.id);
};

/** Whether somebody keeps order here. */
export const isStaff = (person) => ['staff', 'host'].includes(person?.role);

/** Whether somebody came in with a name only: he reads and writes, and nothing else. */
export const isGuest = (person) => person?.role === 'guest';

export const isPrivate = (chat) => chat.type === 'privat' || chat.type === 'private';

/** A person's whole name. */
export const fullName = (person) =>
  [person?.first_name, person?.last_name].filter(Boolean).join(' ') || person?.username || '…';

/** Whether somebody decides about a group: its owner, and staff that is in it. */
export const leads = (me, chat) => !isPrivate(chat) && (chat.owner === me.id || isStaff(me));

/** Why one may not write in a chat now, as the server would say; null where one may. */
export function heldBack({ me, order, silenced, people }, chat) {
  if (chat.archived) return 'archived';
  if (!order || isStaff(me)) return null;
  if (order.frozen) return 'frozen';
  if (silenced.silenced) return 'silenced';
  if (isPrivate(chat)) {
    const other = chat.users.find((user) => user !== me.id);
    if (order.private_chats === 'off') return 'privateOff';
    return order.private_chats === 'staff' && !isStaff(people[other]) ? 'privateStaff' : null;
  }
  const isWatched = chat.users.some((user) => user !== me.id && (!people[user] || isStaff(people[user])));
  if (order.private_chats !== 'everyone' && !isWatched) return 'groupStaff';
  return chat.announces && chat.owner !== me.id ? 'announces' : null;
}

/** Whether one may change what stands in a chat: nobody has to look at it first, and nothing holds one back. */
export const mayReword = (state, chat) => !heldBack(state, chat) && (!chat.approves || leads(state.me, chat));

/** Seconds between two of one's messages, as slow mode has them here; 0 where it does not hold one up. */
export const slowedBy = ({ me, order }, chat) => (order && !isStaff(me) && !leads(me, chat) ? order.slow_seconds : 0);

/** The other one of a private chat. */
export const partner = (state, chat) => isPrivate(chat) && chat.users.find((user) => user !== state.me.id);

/** What a chat is called: a private one by the other's name. */
export const title = (state, chat) => {
  const person = state.people[partner(state, chat)];
  return person ? fullName(person) : chat.name;
};

/** What a person is called in a chat: the first name where that is enough. */
export function shortName(state, chat, user) {
  const first = (id) => state.people[id]?.first_name;
  const alone = first(user) && !chat.users.some((other) => other !== user && first(other) === first(user));
  return alone ? first(user) : fullName(state.people[user]);
}

/** Who else in the chat has read as far as this. */
export const readers = (state, chat, seq) =>
  chat.users.filter((user) => user !== state.me.id && (chat.marks[user] ?? 0) >= seq);

/** Who is typing in a chat. */
export const typists = (state, id) => Object.keys(state.typing[id] ?? {}).map(Number);

/** The names after an @ in a text: what stands before the sign must not be part of a word, as it is in an address. */
const MENTION = /(?<![\p{L}\p{N}_.+-])@([\p{L}\p{N}_][\p{L}\p{N}_.+@-]*)/gu;

/** Whether a text calls for this person; a full stop after the name may be the sentence's. */
export const mentionsMe = (message, me) =>
  message.from_user !== me.id &&
  [...message.text.matchAll(MENTION)].some(([, name]) =>
    [name, name.replace(/[.+@-]+$/, '')].some((one) => one.toLowerCase() === me.username.toLowerCase()),
  );

/** People who are spoken of but not known: who has left a chat is in no snapshot. */
export function unknownPeople(state) {
  const ids = new Set();
  for (const chat of Object.values(state.chats)) {
    for (const user of chat.users) ids.add(user);
    if (chat.last_message) ids.add(chat.last_message.from_user);
  }
  for (const history of Object.values(state.histories)) for (const message of history) ids.add(message.from_user);
  return [...ids].filter((id) => !state.people[id]);
}

const GROUP_MILLISECONDS = 5 * 60_000;

/** Whether something follows closely on what was said before it, or on nothing. */
export const isClose = (before, one) => before && new Date(one.time) - new Date(before.time) < GROUP_MILLISECONDS;

const ALBUM_MILLISECONDS = 60_000;

const isAlone = (one) => one.photo && !one.deleted && !one.text && !one.reply_to;

/** Whether a photo stands in one grid with those before it: the same person's, and nothing was said with any. */
function joins(album, message) {
  const [begun] = album;
  const isSame = begun && isAlone(begun) && isAlone(message) && begun.from_user === message.from_user;
  return isSame && new Date(message.time) - new Date(begun.time) < ALBUM_MILLISECONDS;
}

/** Lines in which photos that came in one go are one: `{kind: 'album', messages, first}`. */
export function withAlbums(all) {
  const shown = [];
  for (const line of all) {
    const before = shown.at(-1);
    const messages = before?.messages ?? (before?.message ? [before.message] : []);
    if (line.kind !== 'message' || line.first || !joins(messages, line.message)) shown.push(line);
    else if (before.kind === 'album') before.messages.push(line.message);
    else shown[shown.length - 1] = { ...before, kind: 'album', messages: [...messages, line.message] };
  }
  return shown;
}

const leavesAlone = (item) => item.kind === 'photo' && item.file && !item.text && !item.reply_to && !item.reason;

/** What is on its way out, as groups of which each is one grid, or one message alone. */
export function leavingGroups(items) {
  const groups = [];
  for (const item of items) {
    const last = groups.at(-1);
    if (last && leavesAlone(last[0]) && leavesAlone(item)) last.push(item);
    else groups.push([item]);
  }
  return groups;
}

/** A history as lines to show: messages, the first of each group marked, between day lines and one "new" line. */
export function lines(history, newFrom) {
  const all = [];
  let before = null;
  for (const message of history) {
    const date = new Date(message.time).toDateString();
    const sameDay = before && new Date(before.time).toDateString() === date;
    if (!sameDay) all.push({ kind: 'day', key: `day ${date}`, time: message.time });
    if (message.seq === newFrom) all.push({ kind: 'new', key: 'new' });
    const first = !(
      sameDay &&
      isClose(before, message) &&
      before.from_user === message.from_user &&
      message.seq !== newFrom
    );
    all.push({ kind: 'message', key: `message ${message.seq}`, message, first });
    before = message;
  }
  return all;
}
