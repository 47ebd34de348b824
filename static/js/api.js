// The one place that speaks to the server: paths, tokens, and what an error means.
//
// The tokens are kept in localStorage: who closes the page on a phone is still signed in, and all tabs share a session.
// A script that could read them there could as well use a cookie; that no foreign script runs is the work of the content
// policy and of the views, which never turn text into markup. "Sign out" removes them and ends the session on the server.

import { language, t } from './text.js';

const KEPT = 'tokens';

/** What went wrong: the status (0 where nothing came back), the fields' errors, a sentence for the rest. */
export class Failure extends Error {
  constructor(status, body, seconds = 0) {
    const fields = Object.entries(body ?? {}).filter(([, value]) => Array.isArray(value));
    super(body?.detail ?? fields[0]?.[1][0] ?? t('noConnection'));
    this.status = status;
    this.seconds = seconds;
    this.fields = Object.fromEntries(fields.map(([name, sentences]) => [name, sentences.join(' ')]));
  }

  /** Whether the same request may do better later. */
  get passes() {
    return [0, 429, 500, 502, 503, 504].includes(this.status);
  }
}

const tokens = () => JSON.parse(localStorage.getItem(KEPT));

/** Whether somebody is signed in on this device, as far as the page knows. */
export const isSignedIn = () => tokens() !== null;

/** Calls back when the session is over, or when another tab signs in or out. */
export function onSessionChange(changed) {
  addEventListener('session', changed);
  addEventListener('storage', ({ key, oldValue, newValue }) => {
    if (key === null || (key === KEPT && !(oldValue && newValue))) changed();
  });
}

function forget() {
  localStorage.removeItem(KEPT);
  dispatchEvent(new Event('session'));
}

async function request(method, path, { json, access, signal } = {}) {
  const headers = { 'Accept-Language': language() };
  if (access) headers.Authorization = `Bearer ${access}`;
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  let response, body;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json === undefined ? undefined : JSON.stringify(json),
      signal,
    });
    body = await response.text();
  } catch {
    throw new Failure(0);
  }
  return answer(response.status, body, response.headers.get('Retry-After'));
}

function answer(status, text, seconds) {
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    throw new Failure(502); // not our server: a proxy, or the sign-in page of a network
  }
  if (status >= 200 && status < 300) return body;
  throw new Failure(status, body, Number(seconds) || 0);
}

/** Runs a request with the access token; refused, once more with a fresh one. */
async function signedIn(run) {
  const access = tokens()?.access;
  try {
    return await run(access);
  } catch (failure) {
    if (failure.status !== 401) throw failure;
    await refresh(access);
    return run(tokens()?.access);
  }
}

let refreshing = null;

/** Gets the next tokens, once for all requests that wait, and where the browser has locks once for all tabs. */
function refresh(stale) {
  const alone = navigator.locks ? (run) => navigator.locks.request('refresh', run) : (run) => run();
  refreshing ??= alone(() => renew(stale)).finally(() => (refreshing = null));
  return refreshing;
}

async function renew(stale) {
  const kept = tokens();
  if (kept && kept.access !== stale) return; // another tab was faster
  try {
    if (!kept) throw new Failure(401);
    localStorage.setItem(
      KEPT,
      JSON.stringify(await request('POST', '/auth/login/refresh/', { json: { refresh: kept.refresh } })),
    );
  } catch (failure) {
    if (failure.status === 401) forget();
    throw failure;
  }
}

const call = (method, path, json, signal) => signedIn((access) => request(method, path, { json, access, signal }));

/** Sends a form with files; `progress` is told which part of it has left. */
function upload(path, form, progress, signal) {
  return signedIn(
    (access) =>
      new Promise((resolve, reject) => {
        const sending = new XMLHttpRequest();
        sending.open('POST', path);
        sending.setRequestHeader('Authorization', `Bearer ${access}`);
        sending.setRequestHeader('Accept-Language', language());
        sending.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
        sending.onerror = sending.onabort = () => reject(new Failure(0));
        sending.onload = () => {
          try {
            resolve(answer(sending.status, sending.responseText, sending.getResponseHeader('Retry-After')));
          } catch (failure) {
            reject(failure);
          }
        };
        signal.addEventListener('abort', () => sending.abort());
        sending.send(form);
      }),
  );
}

const query = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value != null)).toString();

export const register = (fields) => request('POST', '/auth/register/', { json: fields });
export const askForCode = (email) => request('POST', '/auth/password_reset/', { json: { email } });
export const setPassword = (token, password) =>
  request('POST', '/auth/password_reset/confirm/', { json: { token, password } });

/** Signs in and keeps the tokens; the cookie that opens `/media` comes with them. */
export async function signIn(username, password) {
  const pair = await request('POST', '/auth/login/', { json: { username, password } });
  localStorage.setItem(KEPT, JSON.stringify(pair));
}

/** Ends the session, here at once; on the server too if it can be reached. */
export async function signOut() {
  const refresh = tokens()?.refresh;
  forget();
  await request('POST', '/auth/logout/', { json: { refresh } }).catch(() => {});
}

export const sync = () => call('GET', '/chat/sync/');
export const events = (epoch, since, wait, signal) =>
  call('GET', `/chat/events/?${query({ epoch, since, wait })}`, undefined, signal);
export const people = (search) => call('GET', `/auth/user/?${query({ search })}`);
export const person = (id) => call('GET', `/auth/user/${id}/`);
export const chat = (id) => call('GET', `/chat/${id}/`);
export const startChat = (name, users, type) => call('POST', '/chat/', { name, users, type });
export const markRead = (id, seq) => call('PUT', `/chat/${id}/read/`, { seq });
export const history = (chat, { before, after } = {}) =>
  call('GET', `/chat/messages/?${query({ chat, before, after })}`);
export const message = (id) => call('GET', `/chat/messages/${id}/`);
export const edit = (id, text) => call('PATCH', `/chat/messages/${id}/`, { text });
export const remove = (id) => call('DELETE', `/chat/messages/${id}/`);
export const react = (id, emoji, set) =>
  call(set ? 'PUT' : 'DELETE', `/chat/messages/${id}/reactions/${encodeURIComponent(emoji)}/`);
export const search = (q) => call('GET', `/chat/search/?${query({ q, page_size: 20 })}`);

const PHOTOS = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];
const PHOTO_BYTES = 10 * 1024 * 1024;

/** Whether a file is shown as a photo; a larger picture is sent as a file. */
export const isPhoto = (file) => PHOTOS.includes(file.type) && file.size <= PHOTO_BYTES;

/** Sends a message; the same client_id again is the same message, so this may be tried until an answer comes. */
export function send({ chat_id, client_id, text, reply_to, file }, progress, signal) {
  const path = `/chat/messages/${chat_id}/`;
  if (!file) return call('POST', path, { text, client_id, reply_to });
  const form = new FormData();
  form.set('client_id', client_id);
  if (text) form.set('text', text);
  if (reply_to) form.set('reply_to', reply_to);
  form.set(isPhoto(file) ? 'photo' : 'file', file);
  return upload(path, form, progress, signal);
}
