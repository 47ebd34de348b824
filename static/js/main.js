// Puts it together: the address, the state, the views, and what follows from what. State changes only in `tell`.

import * as api from './api.js';
import { follow, pause, pauseBefore } from './live.js';
import { atEnd, isPrivate, next, nothing, readByAll, title, unknownPeople, unread } from './state.js';
import { language, t } from './text.js';
import { complain, complainOf, h, say } from './view.js';
import { chatView } from './view-chat.js';
import { door } from './view-door.js';
import { chatList } from './view-list.js';

const page = document.getElementById('page');
const OUTBOX = 'outbox';
const SEEN_MILLISECONDS = 10_000;

let state = nothing();
let session = null; // aborted when it is over
let views = null;
let note = ''; // what the door says
let place = { id: null, at: null, newFrom: undefined, visit: 0 };
let shownDoor = null;
let waiting = false;

function tell(event) {
  state = next(state, event);
  refresh();
}

/** Shows the state soon: many changes at once are shown once. */
function refresh() {
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    if (session) {
      showHome();
      followUp();
    } else showDoor();
  });
}

// Showing

function showDoor() {
  document.title = 'Messenger';
  const shows = [location.hash, language(), note].join();
  if (shows === shownDoor) return;
  shownDoor = shows;
  page.className = 'outside';
  page.replaceChildren(door(location.hash, note, { done: begin, leave }));
  const touch = matchMedia('(pointer: coarse)').matches; // where focus would bring up a keyboard
  page.querySelector(touch ? 'h1' : 'input').focus();
}

function leave(said) {
  note = said;
  location.hash = '#/';
  refresh();
}

function showHome() {
  views ??= { list: chatList({ start, signOut }), chat: chatView(actions), none: h('div', { class: 'none' }) };
  const chat = state.chats[place.id];
  if (chat && place.newFrom === undefined) place.newFrom = unread(chat) ? chat.read_seq + 1 : null;
  const beside = chat ? views.chat.node : views.none;
  if (beside.parentNode !== page) page.replaceChildren(views.list.node, beside);
  page.className = place.id ? 'home at-chat' : 'home at-list';
  if (state.me && !chat) views.none.replaceChildren(...(place.id ? noSuchChat() : [h('p', {}, t('choose'))]));
  views.list.show(state, place.id);
  if (chat) views.chat.show(state, place);
  const all = Object.values(state.chats).reduce((sum, one) => sum + unread(one), 0);
  document.title = [all ? `(${all})` : '', chat ? `${title(state, chat)} ·` : '', 'Messenger']
    .filter(Boolean)
    .join(' ');
  const status = document.getElementById('status');
  if (!state.connected) status.textContent = t('reconnecting');
  else if (status.textContent === t('reconnecting')) say('');
}

const noSuchChat = () => [h('h1', {}, t('noSuchChat')), h('p', {}, h('a', { href: '#/' }, t('back')))];

/** Reads the address: `#/chat/<id>` or, for one message, `#/chat/<id>/<seq>`. */
function visit() {
  const [, id, at] = /^#\/chat\/(\d+)(?:\/(\d+))?$/.exec(location.hash) ?? [];
  place = { id: Number(id) || null, at: Number(at) || null, newFrom: undefined, visit: place.visit + 1 };
  complain('');
  look(place.id);
  refresh();
}

// What follows from the state

const asked = new Set(); // people and quotes, each asked for once

function followUp() {
  const { id, at } = place;
  const chat = state.chats[id];
  const history = state.histories[id];
  const missing = at && at <= chat?.last_seq && !history?.some((message) => message.seq === at);
  if (chat && (!history || state.stale[id] || missing)) load(id, missing ? { before: at + 25 } : {});
  for (const user of unknownPeople(state))
    once(`person ${user}`, async () => tell({ type: 'person', person: await api.person(user) }));
  const there = new Set(history?.map((message) => message.id));
  for (const { reply_to } of history ?? []) {
    if (!reply_to || there.has(reply_to) || state.quotes[reply_to]) continue;
    once(`quote ${reply_to}`, async () => tell({ type: 'quote', message: await api.message(reply_to) }));
  }
  deliver();
}

function once(what, run) {
  if (asked.has(what)) return;
  asked.add(what);
  run().catch((failure) => failure.passes && asked.delete(what));
}

const loading = new Set();

async function load(id, range) {
  if (loading.has(id)) return;
  loading.add(id);
  try {
    const { results } = await api.history(id, range);
    tell({ type: 'history', chat_id: id, messages: results });
  } catch (failure) {
    if (failure.status !== 404) complainOf(failure);
  } finally {
    loading.delete(id);
  }
}

/** Others' read marks come with their chat only: it is asked for again while somebody has not read what one wrote. */
let lookedAt = 0;
async function look(id, milliseconds = 0) {
  const chat = state.chats[id];
  const last = state.histories[id]?.findLast((message) => message.from_user === state.me.id);
  if (!chat || !last || readByAll(state, chat, last.seq) || Date.now() - lookedAt < milliseconds) return;
  lookedAt = Date.now();
  await api.chat(id).then(
    (chat) => tell({ type: 'chat', chat }),
    () => {},
  );
}

// Sending: each message until an answer comes, however often; its client_id makes it one message.

const leaving = new Map();

function deliver() {
  const texts = state.outbox.filter((item) => !item.file);
  if (session) sessionStorage.setItem(OUTBOX, JSON.stringify(texts)); // survives a reload; files can't
  const taken = new Set();
  for (const item of state.outbox) {
    // One after the other, so that they stay in order; but a text does not wait for an upload.
    const queue = `${item.chat_id} ${Boolean(item.file)}`;
    if (!item.reason && !taken.has(queue) && !leaving.has(item.client_id)) attempt(item);
    if (!item.reason) taken.add(queue);
  }
}

async function attempt(item) {
  const { client_id } = item;
  const abort = new AbortController();
  leaving.set(client_id, abort);
  const stop = () => abort.abort();
  session.signal.addEventListener('abort', stop);
  for (let tries = 0; !abort.signal.aborted; tries += 1) {
    try {
      const message = await api.send(item, (part) => tell({ type: 'progress', client_id, part }), abort.signal);
      tell({ type: 'message', message });
      tell({ type: 'dropped', client_id });
      break;
    } catch (failure) {
      if (failure.status === undefined) throw failure;
      if (abort.signal.aborted) break;
      if (item.file || !failure.passes) {
        tell({ type: 'refused', client_id, reason: failure.message });
        break;
      }
      await pause(failure.seconds * 1000 || pauseBefore(tries, Math.random()), abort.signal);
    }
  }
  leaving.delete(client_id);
  refresh();
}

const newClientId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

// What people do

/** Runs something that may be refused, and says so. */
const attempted =
  (run) =>
  async (...values) => {
    try {
      await run(...values);
    } catch (failure) {
      if (failure.status === undefined) throw failure;
      complainOf(failure);
    }
  };

const reading = new Set();

const actions = {
  send(chat_id, text, reply_to, files) {
    const parts = files.length
      ? [...files].map((file, at) => (at ? { file, text: '' } : { file, text, reply_to }))
      : [{ text, reply_to }];
    for (const part of parts) {
      tell({
        type: 'queued',
        item: { reply_to: null, ...part, chat_id, client_id: newClientId(), time: new Date().toISOString() },
      });
    }
  },
  retry: (client_id) => tell({ type: 'retried', client_id }),
  drop(client_id) {
    leaving.get(client_id)?.abort();
    tell({ type: 'dropped', client_id });
  },
  edit: attempted(async (message, text) => tell({ type: 'message', message: await api.edit(message.id, text) })),
  remove: attempted(async (message) => {
    await api.remove(message.id);
    tell({ type: 'message', message: { ...message, deleted: true, text: '', photo: null, file: null, reactions: [] } });
  }),
  react: attempted(async (message, emoji, set) =>
    tell({ type: 'message', message: await api.react(message.id, emoji, set) }),
  ),
  older: (id) => load(id, { before: state.histories[id][0].seq }),
  newer: (id) => load(id, { after: state.histories[id].at(-1)?.seq ?? 0 }),
  async newest(id) {
    if (!atEnd(state.histories[id], state.chats[id])) await load(id, {});
    place = { ...place, at: null, newFrom: null, visit: place.visit + 1 };
    refresh();
  },
  async read(id, seq) {
    if (reading.has(id)) return;
    reading.add(id);
    await api.markRead(id, seq).then(
      () => tell({ type: 'read', chat_id: id, seq }),
      () => {},
    );
    reading.delete(id);
  },
};

/** Opens a private chat with one person, which there is once, or makes a group. */
const start = attempted(async (people, name) => {
  const group = people.length > 1;
  // Shown by clients that do not call a private chat by the other's name; no longer than a chat's name may be.
  const both = [...`${state.me.first_name}, ${people[0].first_name}`].slice(0, 150).join('');
  const users = people.map((person) => person.id);
  const chat = await api.startChat(group ? name : both, users, group ? 'group' : 'privat');
  tell({ type: 'chat', chat });
  for (const person of people) tell({ type: 'person', person });
  location.hash = `#/chat/${chat.id}`;
});

function signOut() {
  end();
  api.signOut();
  location.hash = '#/';
}

// Sessions

function begin() {
  note = '';
  shownDoor = null;
  session = new AbortController();
  state = { ...nothing(), outbox: JSON.parse(sessionStorage.getItem(OUTBOX) ?? '[]') };
  const tellAll = (event) => {
    tell(event);
    if (event.type === 'events') look(place.id, SEEN_MILLISECONDS);
  };
  follow({ api, tell: tellAll, pause, signal: session.signal });
  visit();
}

function end() {
  session?.abort();
  session = views = null;
  state = nothing();
  asked.clear();
  sessionStorage.removeItem(OUTBOX);
  document.querySelector('dialog')?.close();
  refresh();
}

api.onSessionChange(() => {
  if (session && !api.isSignedIn()) {
    note = t('signedOut');
    end();
  } else if (!session && api.isSignedIn()) begin();
});

addEventListener('hashchange', () => {
  if (session) visit();
  else {
    if (location.hash.length > 2) note = '';
    refresh();
  }
});

addEventListener('language', () => {
  const dialog = document.querySelector('dialog');
  dialog?.close();
  views = null;
  if (session) showHome();
  else showDoor();
  if (dialog) views.list.profile();
  document.querySelector('.languages input:checked').focus();
});

if (api.isSignedIn()) begin();
else refresh();
