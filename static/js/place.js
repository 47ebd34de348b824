// Where one is: the address after its `#`, so that every place has one, "back" works as everywhere, and a link to a chat
// or to a message in it can be sent to somebody.

import { useEffect, useReducer } from '../vendor/preact/standalone.js';

const ROOMS = [
  [/^#\/chat\/(\d+)$/, ([id]) => ({ room: 'chat', id: Number(id) })],
  [/^#\/chat\/(\d+)\/(\d+)$/, ([id, seq]) => ({ room: 'chat', id: Number(id), seq: Number(seq) })],
  [/^#\/chat\/(\d+)\/details$/, ([id]) => ({ room: 'details', id: Number(id) })],
  [/^#\/join\/([A-Za-z0-9_-]+)$/, ([code]) => ({ room: 'join', code })],
  [/^#\/me(?:\/([a-z]+))?$/, ([page]) => ({ room: 'me', page })],
  [/^#\/setup(?:\/([A-Za-z0-9]+))?$/, ([token]) => ({ room: 'setup', token })],
  [/^#\/host(?:\/([a-z]+))?$/, ([page]) => ({ room: 'host', page })],
  [/^#\/code\/([0-9a-f]+)$/, ([code]) => ({ room: 'code', code })],
  [/^#\/(new|create|forgot|code|guest|names|arrive)$/, ([room]) => ({ room })],
];

/** An address as a place: its `room` and what it names. An address that is none is the list. */
export function parse(hash) {
  for (const [pattern, place] of ROOMS) {
    const match = pattern.exec(hash);
    if (match) return place(match.slice(1));
  }
  return { room: 'list' };
}

/** A server's address as people type it, as an origin; the scheme and port of `here` where it says none. Null if it is none. */
export function originOf(typed, here) {
  const [, scheme = here.protocol, host, port = here.port] =
    /^\s*(?:(https?:)\/\/)?(\[[\da-f:.]+\]|[^\s/:?#@\\]+)(?::(\d+))?(?:[/?#]\S*)?\s*$/i.exec(typed) ?? [];
  try {
    return new URL(`${scheme}//${host.toLowerCase()}${port && `:${port}`}`).origin;
  } catch {
    return null;
  }
}

let visits = 0;
let here = { ...parse(globalThis.location?.hash ?? ''), visit: visits };
const listeners = new Set();

const INVITED = 'invited'; // kept for this tab: who has to make an account first comes back to it

/** The address one was invited to, once; else the list. */
export function takeInvitation() {
  const hash = sessionStorage.getItem(INVITED) ?? '#/';
  sessionStorage.removeItem(INVITED);
  return hash;
}

/** Whether one has come by an invitation. */
export const isInvited = () => sessionStorage.getItem(INVITED) !== null;

function note() {
  if (here.room === 'join') sessionStorage.setItem(INVITED, location.hash);
}

function arrive() {
  visits += 1;
  here = { ...parse(location.hash), visit: visits };
  note();
  history.replaceState({ within: true, ...history.state }, '');
  for (const listener of [...listeners]) listener(here);
}

if (globalThis.history) {
  // What one comes to first has nothing of this page before it, and keeps that when one comes back to it.
  history.replaceState({ within: false, ...history.state }, '');
  note();
}
globalThis.addEventListener?.('hashchange', arrive);

/** Where one is: `room`, `id`, `seq`, `page`, `code`; `visit` is another number at each coming, also to the same place. */
export const get = () => here;

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Goes to an address; `replace` leaves no way back to this one. */
export function go(hash, { replace = false } = {}) {
  if (location.hash === hash) return arrive();
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(history.state, '', hash);
  arrive();
}

/** Out of where one is: back if one came from a place of this page, else to what this place stands in. */
export function back() {
  if (history.state?.within) history.back();
  else go(here.room === 'details' ? `#/chat/${here.id}` : '#/', { replace: true });
}

/** The place, shown anew when it changes. */
export function usePlace() {
  const [, again] = useReducer((count) => count + 1, 0);
  useEffect(() => listen(again), []);
  return here;
}
