// The one place that speaks to the server: paths, tokens, and what an error means.
//
// The tokens are kept in localStorage: who closes the page on a phone is still signed in, and all tabs share a session.
// A script that could read them there could as well use a cookie; that no foreign script runs is the work of the content
// policy and of the views, which never turn text into markup. "Sign out" removes them and ends the session on the server.

import { exclusively } from './storage.js';
import { language, t } from './text.js';

const KEPT = 'tokens';

/** The status of a message that waits until somebody has looked at it. */
export const HELD = 202;

/** What went wrong: the status (0 where nothing came back), the fields' errors, a sentence for the rest. */
export class Failure extends Error {
  constructor(status, body, seconds = 0) {
    const fields = Object.entries(body ?? {}).filter(([, value]) => Array.isArray(value));
    super(body?.detail ?? fields[0]?.[1][0] ?? t('noConnection'));
    this.status = status;
    this.code = body?.code;
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

/**
 * Calls `changed(isRefused)` when a session has begun or is over, in this tab or another; refused is one that the server
 * has ended.
 */
export function onSessionChange(changed) {
  addEventListener('session', ({ detail }) => changed(detail));
  addEventListener('storage', ({ key, oldValue, newValue }) => {
    if (key === null || (key === KEPT && !(oldValue && newValue))) changed(false);
  });
}

const keep = (pair) => localStorage.setItem(KEPT, JSON.stringify(pair));

const tellSession = (isRefused) => dispatchEvent(new CustomEvent('session', { detail: isRefused }));

function forget(isRefused) {
  localStorage.removeItem(KEPT);
  tellSession(isRefused);
}

async function request(method, path, { json, form, access, token, credentials, signal } = {}) {
  const headers = { 'Accept-Language': language() };
  if (token) headers['X-Setup-Token'] = token;
  if (access) headers.Authorization = `Bearer ${access}`;
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  let response, body;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json === undefined ? form : JSON.stringify(json),
      credentials,
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

/** Gets the next tokens, once for all requests that wait and for all tabs: a refresh token is good for one use. */
export function refresh(stale) {
  refreshing ??= exclusively('refresh', () => renew(stale)).finally(() => (refreshing = null));
  return refreshing;
}

/** The access token as of now: what the socket says first. */
export const access = () => tokens()?.access;

async function renew(stale) {
  const kept = tokens();
  if (kept && kept.access !== stale) return; // another tab was faster
  const isStillIn = () => tokens()?.refresh === kept?.refresh; // not signed out meanwhile, nor somebody else in
  let pair;
  try {
    if (!kept) throw new Failure(401);
    pair = await request('POST', '/auth/login/refresh/', { json: { refresh: kept.refresh } });
  } catch (failure) {
    if (failure.status === 401 && isStillIn()) forget(true);
    throw failure;
  }
  if (!isStillIn()) throw new Failure(401);
  keep(pair);
}

/** Asks as who is signed in. */
export const call = (method, path, json, signal) =>
  signedIn((access) => request(method, path, { json, access, signal }));

/** A file that the server makes, whole. */
export const blob = (path) =>
  signedIn(async (access) => {
    const headers = { Authorization: `Bearer ${access}`, 'Accept-Language': language() };
    const response = await fetch(path, { headers }).catch(() => Promise.reject(new Failure(0)));
    if (!response.ok) answer(response.status, await response.text(), response.headers.get('Retry-After'));
    return response.blob().catch(() => Promise.reject(new Failure(0)));
  });

/** Sends a form with files; `progress` is told which part of it has left. */
export function upload(method, path, form, progress = () => {}, signal = null) {
  return signedIn(
    (access) =>
      new Promise((resolve, reject) => {
        const sending = new XMLHttpRequest();
        sending.open(method, path);
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
        signal?.addEventListener('abort', () => sending.abort());
        sending.send(form);
      }),
  );
}

/** Fetches a picture that no `<img>` can ask for: as who is signed in. */
export const picture = (path) =>
  signedIn(async (access) => {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${access}` } });
    if (!response.ok) throw new Failure(response.status);
    return response.blob();
  });

/** A form of these fields; a file is `[blob, name]`. */
export const form = (fields) => {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value != null) made.set(name, ...[value].flat());
  return made;
};

/** The part of an address after its `?`. */
export const query = (fields) =>
  new URLSearchParams(Object.entries(fields).filter(([, value]) => value != null)).toString();

/** What the host calls his server and who may come in: {name, registration, guests, roster}. */
export const server = () => request('GET', '/auth/server/');
export const register = (fields) => request('POST', '/auth/register/', { json: fields });
export const askForCode = (email) => request('POST', '/auth/password_reset/', { json: { email } });
export const setPassword = (token, password) =>
  request('POST', '/auth/password_reset/confirm/', { json: { token, password } });

/** Asks as nobody. */
export const ask = (method, path, json) => request(method, path, { json });

/** Comes in by one of the doors; the cookie that opens `/media` comes with the tokens. */
export const comeIn = async (path, fields) => enter(await ask('POST', path, fields));

export const signIn = (username, password) => comeIn('/auth/login/', { username, password });

/** Begins the session of these tokens; one that there was is over. */
export function enter(pair) {
  if (isSignedIn()) forget(false);
  keep(pair);
  tellSession(false);
}

/** Makes the host, by the token of the link that the server's window shows; his tokens. */
export const setUp = (fields) => request('POST', '/host/setup/', { json: fields });
export const restoreByLink = (token, file) =>
  request('POST', '/host/restore/', { token, form: form({ file: [file, file.name] }) });

/** The session of this device, for a page of the same server at another address. */
export const pack = () => tokens();

/** Takes the session that another page has packed; gives its tokens, renewed, and whose it is. With them comes the cookie. */
export async function unpack({ refresh }) {
  const pair = await request('POST', '/auth/login/refresh/', { json: { refresh } });
  return { pair, me: await request('GET', '/auth/me/', { access: pair.access }) };
}

/** The session goes on elsewhere: here it is forgotten, and the server not told. */
export const leave = () => forget(false);

/**
 * Ends the session here, at once: gives what tells the server, once and again, and rejects with a `Failure` as long as that
 * has not heard.
 */
export function signOut() {
  const refresh = tokens()?.refresh;
  forget(false);
  // Who comes in meanwhile keeps the cookie that opens his pictures: an answer to the first try alone takes it.
  return (isAgain) => request('POST', '/auth/logout/', { json: { refresh }, credentials: isAgain ? 'omit' : undefined });
}

// Accounts
export const people = (search, page) => call('GET', `/auth/user/?${query({ search, page })}`);
export const person = (id) => call('GET', `/auth/user/${id}/`);
export const saveProfile = (id, fields) => call('PATCH', `/auth/update_profile/${id}/`, fields);
export const changePassword = (id, fields) => call('PUT', `/auth/change_password/${id}/`, fields);
export const setPicture = (blob) =>
  upload('PUT', '/auth/profile_picture/', form({ profile_picture: [blob, 'picture.jpg'] }));
export const dropPicture = () => call('DELETE', '/auth/profile_picture/');
export const me = () => call('GET', '/auth/me/');
export const sessions = () => call('GET', '/auth/sessions/');
export const endSession = (id) => call('DELETE', `/auth/sessions/${id}/`);

// Chats
export const sync = () => call('GET', '/chat/sync/');
export const events = (epoch, since, wait, signal) =>
  call('GET', `/chat/events/?${query({ epoch, since, wait })}`, undefined, signal);
export const chat = (id) => call('GET', `/chat/${id}/`);
export const startChat = (name, users, type, client_id) => call('POST', '/chat/', { name, users, type, client_id });
export const changeChat = (id, fields) => call('PATCH', `/chat/${id}/`, fields);
export const setChatPicture = (id, blob) =>
  upload('PATCH', `/chat/${id}/`, form({ chat_picture: [blob, 'picture.jpg'] }));
export const removeMember = (id, user) => call('DELETE', `/chat/${id}/users/${user}/`);
export const mute = (id, muted) => call(muted ? 'PUT' : 'DELETE', `/chat/${id}/mute/`);
export const raiseHand = (id, up) => call(up ? 'PUT' : 'DELETE', `/chat/${id}/hand/`);
export const markRead = (id, seq) => call('PUT', `/chat/${id}/read/`, { seq });

/** The address by which others may come into a group by themselves: {code, url}; made if there is none. */
export const chatLink = (id) => call('POST', `/chat/${id}/link/`);
export const dropChatLink = (id) => call('DELETE', `/chat/${id}/link/`);
export const linkPreview = (code) => call('GET', `/chat/join/${encodeURIComponent(code)}/`);
export const joinByLink = (code) => call('POST', `/chat/join/${encodeURIComponent(code)}/`);

// Messages
export const history = (chat, { before, after, limit } = {}) =>
  call('GET', `/chat/messages/?${query({ chat, before, after, limit })}`);
/** A chat's messages with photos or files (`media`: "photo" or "file"), the newest first. */
export const attachments = (chat, media, before) => call('GET', `/chat/messages/?${query({ chat, media, before })}`);
export const message = (id) => call('GET', `/chat/messages/${id}/`);
export const edit = (id, text) => call('PATCH', `/chat/messages/${id}/`, { text });
export const remove = (id) => call('DELETE', `/chat/messages/${id}/`);
export const react = (id, emoji, set) =>
  call(set ? 'PUT' : 'DELETE', `/chat/messages/${id}/reactions/${encodeURIComponent(emoji)}/`);
export const report = (id, reason) => call('POST', `/chat/messages/${id}/report/`, { reason });
export const search = (q, chat) => call('GET', `/chat/search/?${query({ q, chat, page_size: 20 })}`);

/** Sends a message; the same client_id again is the same message, so this may be tried until an answer comes. */
export async function send({ chat_id, client_id, text, reply_to, kind, file, file_name }, progress, signal) {
  const path = `/chat/messages/${chat_id}/`;
  const fields = { client_id, text: text || null, reply_to, [kind]: [file, file_name] };
  const said = file
    ? upload('POST', path, form(fields), progress, signal)
    : call('POST', path, { text, client_id, reply_to });
  const answer = await said;
  if (answer.code === 'held') throw new Failure(HELD, answer);
  return answer;
}
