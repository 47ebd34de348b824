// Puts it together: a session from its beginning to its end, and what has to be read because of where one is. State
// changes only in `store.tell`; what is seen is made in `views/`.

import { html, render } from '../vendor/preact/standalone.js';
import { actions } from './actions.js';
import * as api from './api.js';
import { follow, pause } from './live.js';
import * as outbox from './outbox.js';
import * as place from './place.js';
import { unknownPeople } from './state.js';
import { store } from './store.js';
import { complain } from './ui.js';
import { t } from './text.js';
import { App } from './views/app.js';

const AGAIN_MILLISECONDS = 3000;

const { tell } = store;
let session = null; // aborted when it is over

// Sessions

function begin() {
  session = new AbortController();
  const { signal } = session;
  complain(null);
  if (['list', 'create', 'forgot', 'code', 'guest', 'names'].includes(place.get().room))
    place.go(place.takeInvitation(), { replace: true });
  const hear = (event) => {
    tell(event);
    if (event.type === 'snapshot') outbox.begin(event.me.id, signal);
  };
  follow({ api, tell: hear, signal });
  show();
}

function end(note) {
  session?.abort();
  session = null;
  asked.clear();
  store.clear();
  show(note);
  knock();
}

const show = (note = '') =>
  render(html`<${App} signedIn=${session !== null} note=${note} />`, document.getElementById('page'));

api.onSessionChange((isRefused) => {
  if (session && !api.isSignedIn()) end(isRefused ? t('signedOut') : '');
  else if (!session && api.isSignedIn()) begin();
});

// What follows from the state and the place

const asked = new Set(); // people and quotes, each asked for once
let waiting = false;

/** Looks soon what has to be read: many changes at once are looked at once. */
function look() {
  if (waiting) return;
  waiting = true;
  queueMicrotask(() => {
    waiting = false;
    if (session && store.get().me) read();
  });
}

function read() {
  const state = store.get();
  const { id, seq, visit } = place.get();
  const chat = state.chats[id];
  const history = state.histories[id];
  if (chat) {
    const missing = seq && seq <= chat.last_seq && !history?.some((message) => message.seq === seq);
    if (missing) once(`around ${id} ${seq} ${visit}`, () => actions.around(id, seq));
    else if (!history || state.stale[id]) once(`history ${id}`, () => actions.newest(id));
  }
  for (const user of unknownPeople(state)) {
    once(`person ${user}`, async () => tell({ type: 'person', person: await api.person(user) }));
  }
  const there = new Set(history?.map((message) => message.id));
  for (const { reply_to } of history ?? []) {
    if (!reply_to || there.has(reply_to) || state.quotes[reply_to]) continue;
    once(`quote ${reply_to}`, async () => tell({ type: 'quote', message: await api.message(reply_to) }));
  }
}

/** Runs unless it has run or is running; what failed for want of a connection is tried again. */
function once(what, run) {
  if (asked.has(what)) return;
  asked.add(what);
  const again = () => {
    asked.delete(what);
    look();
  };
  const { signal } = session;
  run().then(
    () => what.startsWith('history') && asked.delete(what),
    (failure) => {
      if (failure.status === undefined) throw failure;
      if (failure.passes) pause(AGAIN_MILLISECONDS, signal).then(again);
    },
  );
}

store.listen(look);
place.listen(() => {
  complain(null);
  look();
});
const NAMED = 'server name'; // kept, so that the door has it before it is asked for

/** Reads what stands on the door. */
function knock() {
  api.server().then(
    (door) => {
      localStorage.setItem(NAMED, door.name);
      tell({ type: 'server', name: door.name, door });
    },
    () => {}, // there is one, whatever it is called
  );
}

tell({ type: 'server', name: localStorage.getItem(NAMED) ?? store.get().serverName });
knock();

if (api.isSignedIn()) begin();
else show();
