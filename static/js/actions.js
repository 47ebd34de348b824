// What people do. Each is a request, and what it changes here once it is answered; those that can be refused give a
// promise that rejects with a `Failure`.

import * as api from './api.js';
import * as drafts from './drafts.js';
import * as live from './live.js';
import * as outbox from './outbox.js';
import * as place from './place.js';
import { atEnd } from './state.js';
import { store } from './store.js';

const AROUND = 25; // messages after the one that is looked for; as many as that before it
const TYPING_MILLISECONDS = 3000;
const READ_MILLISECONDS = 500;

const { tell } = store;

// Sessions

/** Signs in; `main.js` hears of it and begins. */
const signIn = (username, password) => api.signIn(username, password);

async function register(fields) {
  await api.register(fields);
  await signIn(fields.username, fields.password);
}

/** Whether there is something that signing out would lose. */
const hasUnsent = () => drafts.any() || store.get().outbox.some((item) => !item.acked && !item.isHeld);

/**
 * Ends the session, here at once; on the server as soon as it hears of it, as long as the page is there: what could end
 * it later is what could use it, and does not stay on a device that somebody has left.
 */
async function signOut() {
  outbox.empty();
  drafts.forget();
  const say = api.signOut();
  place.go('#/', { replace: true });
  for (let tries = 0; ; tries += 1) {
    try {
      return await say(tries > 0);
    } catch (failure) {
      if (!failure.passes) return; // it is over already
      await live.pauseAfter(failure, tries);
    }
  }
}

// Messages

/** `files`: `{blob, name, kind, width, height, isReady}`, each a message; the text goes with the first. */
function send(chat_id, { text, reply_to = null, files = [] }) {
  const uploads = files.map(({ blob, name, kind, width, height, isReady }) => ({
    file: blob,
    file_name: name,
    file_size: blob.size,
    kind,
    width,
    height,
    isRaw: !isReady,
  }));
  const [first = {}, ...others] = uploads;
  outbox.queue([
    { chat_id, text, reply_to, ...first },
    ...others.map((upload) => ({ chat_id, text: '', reply_to: null, ...upload })),
  ]);
  typed = { chat_id: null, at: -Infinity }; // who types on is told of at once
}

// What they change is shown by its event, which comes in order: an answer may come late.
const edit = (message, text) => api.edit(message.id, text);
const remove = (message) => api.remove(message.id);
const react = (message, emoji, set) => api.react(message.id, emoji, set);

// How far one has read: shown at once, said at most twice a second, and said again until the server has told of it.

const unsaid = new Map();
let saying = null;

function read(chat_id, seq) {
  if (store.get().chats[chat_id]?.read_seq >= seq) return;
  tell({ type: 'read', chat_id, seq });
  unsaid.set(chat_id, seq);
  if (saying !== null) return;
  sayRead();
  saying = setTimeout(() => {
    saying = null;
    sayRead();
  }, READ_MILLISECONDS);
}

function sayRead() {
  for (const [chat_id, seq] of unsaid) {
    if (live.mention({ type: 'read', chat_id, seq })) continue;
    const said = () => unsaid.get(chat_id) === seq && unsaid.delete(chat_id);
    api.markRead(chat_id, seq).then(said, (failure) => failure.passes || said());
  }
}

store.listen((event) => {
  if (event.type === 'cleared') unsaid.clear();
  if (event.type === 'connected') sayRead();
  if (event.type !== 'events') return;
  for (const { kind, data } of event.events) {
    if (kind === 'read' && unsaid.get(data.chat_id) <= data.seq) unsaid.delete(data.chat_id);
  }
});

let typed = { chat_id: null, at: -Infinity };

function typing(chat_id) {
  const at = performance.now();
  if (typed.chat_id === chat_id && at - typed.at < TYPING_MILLISECONDS) return;
  typed = { chat_id, at };
  live.mention({ type: 'typing', chat_id });
}

// History

const loading = new Map(); // by chat: what is being read, as {key, reading}

/** Reads a part of a chat's history: one part after the other, and the same part once. */
function load(chat_id, range) {
  const key = JSON.stringify(range);
  const before = loading.get(chat_id);
  if (before?.key === key) return before.reading;
  const read = () => readHistory(chat_id, range);
  const reading = (before ? before.reading.then(read, read) : read()).finally(
    () => loading.get(chat_id)?.reading === reading && loading.delete(chat_id),
  );
  loading.set(chat_id, { key, reading });
  return reading;
}

/** The answer may be older than what is told while one waits for it: that is told once more. */
async function readHistory(chat_id, range) {
  const meanwhile = [];
  const stop = store.listen((event) => event.type === 'events' && meanwhile.push(...event.events));
  try {
    const { results } = await api.history(chat_id, range);
    stop();
    tell({ type: 'history', chat_id, messages: results });
    tell({ type: 'events', events: meanwhile.filter((event) => event.data.chat_id === chat_id) });
  } finally {
    stop();
  }
}

const older = (chat_id) =>
  load(chat_id, { before: store.get().histories[chat_id]?.[0]?.seq }).then(() =>
    tell({ type: 'trimmed', chat_id, keep: 'start' }),
  );

const newer = (chat_id) =>
  load(chat_id, { after: store.get().histories[chat_id]?.at(-1)?.seq ?? 0 }).then(() =>
    tell({ type: 'trimmed', chat_id, keep: 'end' }),
  );

async function newest(chat_id) {
  const { histories, chats, stale } = store.get();
  if (stale[chat_id] || !histories[chat_id] || !atEnd(histories[chat_id], chats[chat_id])) await load(chat_id, {});
}

const around = (chat_id, seq) => load(chat_id, { before: seq + AROUND });

// Chats

/** Opens the private chat with one person, which there is once, or makes a group; under the same client_id once. */
async function startChat(people, name, picture, client_id) {
  const { me } = store.get();
  const isGroup = people.length !== 1 || Boolean(name);
  // Shown by clients that do not call a private chat by the other's name; no longer than a chat's name may be.
  const both = isGroup ? name : [...`${me.first_name}, ${people[0].first_name}`].slice(0, 150).join('');
  const users = people.map((person) => person.id);
  const chat = await api.startChat(both, users, isGroup ? 'group' : 'privat', client_id);
  for (const person of people) tell({ type: 'person', person });
  tell({ type: 'chat', chat });
  place.go(`#/chat/${chat.id}`, { replace: place.get().room === 'new' });
  if (isGroup && picture) await api.setChatPicture(chat.id, picture);
  return chat;
}

// These too are shown by their events.
const renameChat = (id, name) => api.changeChat(id, { name });
const setChatPicture = (id, blob) => api.setChatPicture(id, blob);
const addMembers = (id, users) => api.changeChat(id, { users });
const removeMember = (id, user) => api.removeMember(id, user);
const mute = (id, muted) => api.mute(id, muted);

async function leave(id) {
  await api.removeMember(id, store.get().me.id);
  place.go('#/', { replace: true });
}

async function joinByLink(code) {
  const chat = await api.joinByLink(code);
  tell({ type: 'chat', chat });
  place.go(`#/chat/${chat.id}`, { replace: true });
  return chat;
}

// Oneself

const knowMe = (me) => tell({ type: 'me', me: { id: store.get().me.id, ...me } });

const saveProfile = (fields) => api.saveProfile(store.get().me.id, fields).then(knowMe);
const changePassword = (fields) => api.changePassword(store.get().me.id, fields);
const setPicture = (blob) => api.setPicture(blob).then(knowMe);
const dropPicture = () => api.dropPicture().then(api.me).then(knowMe);

export const actions = {
  signIn,
  register,
  hasUnsent,
  signOut,
  send,
  retry: outbox.retry,
  drop: outbox.drop,
  edit,
  remove,
  react,
  read,
  typing,
  older,
  newer,
  newest,
  around,
  startChat,
  renameChat,
  setChatPicture,
  addMembers,
  removeMember,
  leave,
  mute,
  joinByLink,
  saveProfile,
  changePassword,
  setPicture,
  dropPicture,
};
