// What a look through the page sees: each request as it leaves, with its answer, and each event as it comes. It stands
// between the page and the network as a browser's own tools do, and only while somebody looks.

import { call } from '../api.js';
import { sayByRequests } from '../live.js';
import { store } from '../store.js';

const KEPT = 60;

let seen = [];
let restore = null; // what stops the look
const listeners = new Set();

/** What was seen, the newest first; another list after each change. */
export const list = () => seen;

export const isOn = () => restore !== null;

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next) {
  seen = next;
  for (const listener of [...listeners]) listener();
}

export const clear = () => change([]);

let keys = 0;

function add(entry) {
  keys += 1;
  const added = { key: keys, ...entry };
  change([added, ...seen].slice(0, KEPT));
  return added.key;
}

const update = (key, more) => change(seen.map((entry) => (entry.key === key ? { ...entry, ...more } : entry)));

/** Whether a request is the page's own and its answer worth a look; not the questions of this look itself. */
function isWatched(address) {
  const url = new URL(address, location.href);
  return url.origin === location.origin && !url.pathname.startsWith('/xray/');
}

/** A body in words: JSON as it is, a form by its fields. */
const bodyOf = (body) =>
  body instanceof FormData
    ? { form: [...body].map(([name, value]) => [name, value instanceof Blob ? { file: value.name } : value]) }
    : { json: body ?? null };

const SECRET = /password|pin|token|refresh/;

/** What was sent as it may stand on a projector: without what lets others in. Null where nothing was. */
export function sent({ json, form }) {
  const fields = form ?? Object.entries(json ? JSON.parse(json) : {});
  const shown = fields.map(([name, value]) => [name, SECRET.test(name) ? '…' : (value?.file ?? value)]);
  return shown.length ? Object.fromEntries(shown) : null;
}

async function show(key, status, id) {
  update(key, { status });
  if (!id) return;
  try {
    update(key, { record: await call('GET', `/xray/${id}/`) });
  } catch (failure) {
    if (failure.status === undefined) throw failure;
    update(key, { failure });
  }
}

/** Begins to look. */
export function start() {
  if (restore) return;
  const ask = globalThis.fetch;
  const { open, send } = XMLHttpRequest.prototype;
  globalThis.fetch = async (address, options = {}) => {
    const headers = new Headers(options.headers);
    if (!headers.has('Authorization') || !isWatched(address)) return ask(address, options);
    headers.set('X-Xray', '1');
    const key = add({
      kind: 'request',
      method: options.method ?? 'GET',
      path: String(address),
      body: bodyOf(options.body),
    });
    try {
      const response = await ask(address, { ...options, headers });
      show(key, response.status, response.headers.get('X-Request-Id'));
      return response;
    } catch (error) {
      update(key, { status: 0 });
      throw error;
    }
  };
  const opened = new WeakMap();
  XMLHttpRequest.prototype.open = function openWatched(method, address, ...more) {
    if (isWatched(address)) opened.set(this, { method, path: String(address) });
    return open.call(this, method, address, ...more);
  };
  XMLHttpRequest.prototype.send = function sendWatched(body) {
    const asked = opened.get(this);
    if (asked) {
      this.setRequestHeader('X-Xray', '1');
      const key = add({ kind: 'request', ...asked, body: bodyOf(body) });
      this.addEventListener('loadend', () =>
        show(key, this.status, this.status ? this.getResponseHeader('X-Request-Id') : null),
      );
    }
    return send.call(this, body);
  };
  sayByRequests(true);
  const stop = store.listen((event) => {
    if (event.type === 'events') for (const one of event.events) add({ kind: 'event', event: one });
    else if (event.type === 'cleared') clear();
  });
  restore = () => {
    globalThis.fetch = ask;
    Object.assign(XMLHttpRequest.prototype, { open, send });
    sayByRequests(false);
    stop();
  };
  change(seen);
}

/** Stops looking and forgets what was seen. */
export function end() {
  restore?.();
  restore = null;
  clear();
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A request as a line for a terminal; whoever has a token puts it into TOKEN. */
export function curl({ method, path, body }, origin) {
  const parts = ['curl'];
  if (method !== 'GET') parts.push('-X', method);
  parts.push(quoted(origin + path), '-H', '"Authorization: Bearer $TOKEN"');
  if (body.json) parts.push('-H', quoted('Content-Type: application/json'), '-d', quoted(body.json));
  for (const [name, value] of body.form ?? []) {
    // --form-string: a text that begins with @ is not a file's name.
    if (value.file === undefined) parts.push('--form-string', quoted(`${name}=${value}`));
    else parts.push('-F', quoted(`${name}=@${value.file}`));
  }
  return parts.join(' ');
}
