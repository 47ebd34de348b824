// What is on its way out. Each message is kept in the browser until the server has it, so it survives a closed tab, a
// dead battery and a day without network; its `client_id` makes it one message, however often it is sent, and by
// whichever tab.

import * as api from './api.js';
import * as live from './live.js';
import { preparePhoto } from './photos.js';
import { transact } from './storage.js';
import { store } from './store.js';

const FADE_MILLISECONDS = 5000; // for the event of what the server has: then the history is read without it

let user = null;
let session = null; // aborted when it is over
const leaving = new Map();

const tabs = globalThis.BroadcastChannel && new BroadcastChannel('outbox');
tabs?.addEventListener('message', ({ data }) => forget(data, { tell: false }));

/** Begins for somebody who has signed in: what he had not sent yet goes out now. */
export async function begin(id, signal) {
  user = id;
  session = signal;
  const kept = await listKept();
  if (signal.aborted) return;
  const there = new Set(store.get().outbox.map((item) => item.client_id));
  const items = [...kept, ...brought]
    .filter((item) => item.user === id && !there.has(item.client_id))
    .sort((one, other) => one.order - other.order)
    .map((item) => ({ ...item, part: 0, reason: null, isHeld: false }));
  brought = [];
  if (items.length) store.tell({ type: 'queued', items });
  deliver();
}

/** What somebody has not sent yet, from whichever tab, for a page of his at another address. */
export async function pack() {
  const here = store.get().outbox;
  const known = new Set(here.map((item) => item.client_id));
  const others = (await listKept()).filter((item) => item.user === user && !known.has(item.client_id));
  return [...here.filter((item) => !item.acked && !item.isHeld), ...others];
}

let brought = []; // what another page has packed, until its person is in

/** Takes what another page has packed, if it is this person's; it goes out once he is in. */
export async function unpack(id, packed) {
  const own = packed.filter((item) => item.user === id);
  const isKept = await transact('outbox', 'readwrite', (items, give) => {
    for (const item of own) items.put(item);
    give(true);
  });
  brought = isKept ? [] : own.map((item) => ({ ...item, isKept: false }));
}

async function listKept() {
  const kept = await transact('outbox', 'readonly', (items, give) => {
    const asking = items.getAll();
    asking.onsuccess = () => give(asking.result);
  });
  return (kept ?? []).map((item) => ({ ...item, isKept: true }));
}

/** Forgets what somebody had not sent: he has signed out, and the next at this device must not find it. */
export const empty = () =>
  transact('outbox', 'readwrite', (items) => {
    const asking = items.getAll();
    asking.onsuccess = () => asking.result.forEach((item) => item.user === user && items.delete(item.client_id));
  });

/** A name by which what is sent twice is known to be one. */
export const newClientId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Sends messages: `[{chat_id, text, reply_to, file, file_name, file_size, kind, width, height, isRaw}]`. They are shown at
 * once; a raw file may be a photo that has to be made ready first.
 */
export function queue(messages) {
  const now = Date.now();
  const items = messages.map((message, at) => ({
    reply_to: null,
    file: null,
    kind: null,
    ...message,
    client_id: newClientId(),
    user,
    order: now + at / 1000,
    time: new Date(now).toISOString(),
    part: 0,
    reason: null,
  }));
  store.tell({ type: 'queued', items });
  for (const item of items) {
    const { client_id } = item;
    const keep = (kept, give) => {
      kept.put(item);
      give(true);
    };
    transact('outbox', 'readwrite', keep).then((isKept = false) => store.tell({ type: 'kept', client_id, isKept }));
  }
  deliver();
}

/** Once more for what was refused. */
export function retry(client_id) {
  store.tell({ type: 'retried', client_id });
  deliver();
}

/** No longer wanted; an upload on its way stops. */
export const drop = (client_id) => forget(client_id, { tell: true });

function forget(client_id, { tell }) {
  leaving.get(client_id)?.abort();
  transact('outbox', 'readwrite', (items) => items.delete(client_id));
  store.tell({ type: 'dropped', client_id });
  if (tell) tabs?.postMessage(client_id);
  deliver();
}

store.listen(({ type, events }) => {
  if (type === 'events' && events.some(({ kind }) => kind === 'held.refused')) deliver();
});

/** One after the other in each chat, so that they stay in order; but a text does not wait for an upload. */
function deliver() {
  if (!session || session.aborted) return;
  const taken = new Set();
  for (const item of store.get().outbox) {
    if (item.reason || item.acked || item.isHeld) continue;
    const line = `${item.chat_id} ${Boolean(item.file)}`;
    if (!taken.has(line) && !leaving.has(item.client_id)) attempt(item);
    taken.add(line);
  }
}

async function prepared(item) {
  const { blob, name, kind, width, height } = await preparePhoto(item.file);
  return { ...item, file: blob, file_name: name, kind, width, height, isRaw: false };
}

async function attempt(item) {
  const { client_id } = item;
  const abort = new AbortController();
  const { signal } = abort;
  const stop = () => abort.abort();
  leaving.set(client_id, abort);
  session.addEventListener('abort', stop);
  let ready = item;
  const progress = (part) => store.tell({ type: 'progress', client_id, part });
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      if (ready.isRaw) ready = await prepared(ready);
      const said = !item.file && live.isOpen() ? live.send(item) : api.send(ready, progress, signal);
      const { seq } = await said;
      if (!signal.aborted) arrived(item, seq);
      break;
    } catch (failure) {
      if (failure.status === undefined) throw failure;
      if (signal.aborted || failure.status === 401) break; // without a session it waits for the next one
      if (failure.status === api.HELD) {
        store.tell({ type: 'held', client_id });
        break;
      }
      if (!failure.passes) {
        store.tell({ type: 'refused', client_id, reason: failure.message });
        break;
      }
      await live.pauseAfter(failure, tries, signal);
    }
  }
  leaving.delete(client_id);
  session?.removeEventListener('abort', stop);
  deliver();
}

function arrived({ client_id }, seq) {
  store.tell({ type: 'acked', client_id, seq });
  transact('outbox', 'readwrite', (items) => items.delete(client_id));
  setTimeout(() => store.tell({ type: 'dropped', client_id }), FADE_MILLISECONDS);
}
