// The parts that every room is made of.

import { html, render, useEffect, useReducer, useRef, useState } from '../vendor/preact/standalone.js';
import { fullName, isGuest, partner } from './state.js';
import { store, useStore } from './store.js';
import { t } from './text.js';

/** The path of one of the server's addresses: whichever host it names, the page asks its own. */
export function local(url) {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

const ICONS = new URL('../vendor/lucide/icons.svg', import.meta.url).pathname;

/** An icon of vendor/lucide; with a label it says something, without it is there for the eye. */
export const Icon = ({ id, label }) =>
  html`<svg
    class="icon"
    role=${label ? 'img' : undefined}
    aria-label=${label}
    aria-hidden=${label ? undefined : 'true'}
  >
    ${label && html`<title>${label}</title>`}
    <use href=${`${ICONS}#${id}`} />
  </svg>`;

/** A round button that shows an icon and says its label. */
export const IconButton = ({ icon, label, class: more = '', ...attributes }) =>
  html`<button type="button" class=${`icon-button ${more}`} aria-label=${label} title=${label} ...${attributes}>
    <${Icon} id=${icon} />
  </button>`;

/** Somebody's or something's name: isolated, so that one written from right to left leaves what is around it alone. */
export const Name = ({ children }) => html`<bdi>${children}</bdi>`;

/** Marks who is here with a name only. */
export const Guest = ({ person }) => isGuest(person) && html`<span class="guest">${t('guest')}</span>`;

const COLOURS = 6;
const DEFAULTS = ['/media/profile.png', '/media/group.png'];

function initials(name) {
  const letters = name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  return (letters.length > 1 ? letters[0] + letters.at(-1) : (letters[0] ?? '?')).toUpperCase();
}

/**
 * A picture; without one the initials, in a colour of their own. `size`: 28, 40 or 96 pixels. It is for the eye: who shows
 * it says the name, and whether somebody is here.
 */
export function Avatar({ name, url, id, size = 40, online = false }) {
  const path = url && local(url);
  const [failed, fail] = useState(null);
  const sized = `avatar size-${size}`;
  const face =
    path && !DEFAULTS.includes(path) && failed !== path
      ? html`<img
          class=${sized}
          src=${path}
          alt=""
          width=${size}
          height=${size}
          loading="lazy"
          onError=${() => fail(path)}
        />`
      : html`<span class=${`${sized} colour-${id % COLOURS}`} data-letters=${initials(name)} />`;
  return html`<span class="face" aria-hidden="true">${face}${online && html`<span class="online" />`}</span>`;
}

export const PersonAvatar = ({ person, id, size, online }) =>
  html`<${Avatar} name=${fullName(person)} url=${person?.profile_picture} id=${id} size=${size} online=${online} />`;

/** A chat's picture: a private one has the other's, with whether he is here. */
export function ChatAvatar({ chat, size, presence = true }) {
  const other = partner(store.get(), chat);
  const person = useStore((state) => state.people[other]);
  if (!other) return html`<${Avatar} name=${chat.name} url=${chat.chat_picture} id=${chat.id} size=${size} />`;
  return html`<${PersonAvatar} person=${person} id=${other} size=${size} online=${presence && person?.online} />`;
}

/** Whether a media query holds, shown anew when that changes. */
export function useMedia(query) {
  const media = useRef();
  media.current ??= matchMedia(query);
  const [, again] = useReducer((number) => number + 1, 0);
  useEffect(() => {
    media.current.addEventListener('change', again);
    return () => media.current.removeEventListener('change', again);
  }, []);
  return media.current.matches;
}

// What is said without a place of its own

const SAID_MILLISECONDS = 4000;
let said = ''; // what is shown now
let fading = null;

/** The dialog that lies over everything, else the page: what lies under one can't be seen or reached. */
const onTop = () => [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;

/** Takes what is being said along when another dialog lies over everything, or the one that did is closed. */
export function carrySaid() {
  const top = onTop();
  const [alert, node] = [document.getElementById('alert'), document.getElementById('said')];
  if (alert.parentNode !== top) top.prepend(alert);
  if (node.parentNode !== top) read();
}

/** Shows what is said where it is seen; it comes after its place, since only what comes into a place is read out. */
function read() {
  const node = document.getElementById('said');
  if (node.parentNode !== onTop()) onTop().append(node);
  node.textContent = '';
  setTimeout(() => (node.textContent = said));
}

/** Something that went well and can't be seen; it goes by itself. */
export function say(text) {
  said = text;
  read();
  clearTimeout(fading);
  fading = text && setTimeout(say, SAID_MILLISECONDS, '');
}

/** Something that went wrong and has no place of its own; it stays until it is closed or something else is shown. */
export function complain(text) {
  const place = document.getElementById('alert');
  if (place.parentNode !== onTop()) onTop().prepend(place);
  const close = () => complain(null);
  const bar = text && html`<span>${text}</span><${IconButton} icon="x" label=${t('close')} onClick=${close} />`;
  render(bar || null, place);
}

/** Waits for something that may be refused, and says why; that the session has ended is said at the door. */
export async function attempted(promise) {
  try {
    return await promise;
  } catch (failure) {
    if (failure.status === undefined) throw failure;
    if (failure.status !== 401) complain(failure.message);
    return undefined;
  }
}

/** Puts a text on the clipboard, whose own interface is there over https only, and a room's laptop speaks http. */
export function copy(text) {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'spoken';
  area.setAttribute('aria-hidden', 'true');
  onTop().append(area);
  const focused = document.activeElement;
  area.select();
  document.execCommand('copy');
  area.remove();
  focused?.focus?.({ preventScroll: true });
  say(t('copied'));
}

/** Rows that are not there yet, seen only where loading takes long enough. */
export const Skeleton = ({ rows = 4 }) =>
  html`<div class="skeleton" aria-hidden="true">
    ${Array.from({ length: rows }, (_, at) => html`<span key=${at} />`)}
  </div>`;

/** What is said where nothing is. */
export const Empty = ({ icon, children }) =>
  html`<div class="empty">
    ${icon && html`<${Icon} id=${icon} />`}
    <p>${children}</p>
  </div>`;

// What is read while one looks

/**
 * A list that is read part by part: `read(next)` gives `{items, next}`, where `next` asks for the part after it; null is
 * the beginning, and the end. It is read anew when one of `deps` changes, after `delay` milliseconds without another; an
 * answer that is no longer asked for is left alone. Gives `{items, more, failure, again}`: `items` null before the first answer,
 * `more` what reads on, or null.
 */
export function useList(read, deps, delay = 0) {
  const [list, show] = useState({ items: null, next: null });
  const [tries, again] = useReducer((count) => count + 1, 0);
  const asked = useRef({});
  const ask = (next, before) => {
    const asking = (asked.current = {});
    const isAsked = () => asked.current === asking;
    read(next).then(
      (part) => isAsked() && show({ items: [...before, ...part.items], next: part.next }),
      (failure) => {
        if (failure.status === undefined) throw failure;
        if (isAsked()) show((now) => ({ ...now, next: null, failure }));
      },
    );
  };
  useEffect(() => {
    const timer = setTimeout(() => ask(null, []), delay);
    return () => {
      clearTimeout(timer);
      asked.current = {};
    };
  }, [...deps, tries]);
  const more = () => {
    show((now) => ({ ...now, next: null })); // once
    ask(list.next, list.items);
  };
  return { items: list.items, more: list.next === null ? null : more, failure: list.failure, again };
}

/** What `useList` asks for, of answers in pages: `ask(page)` gives `{results, next}`. */
export const inPages = (ask) => async (page) => {
  const { results, next } = await ask(page ?? 1);
  return { items: results, next: next ? (page ?? 1) + 1 : null };
};

/** What could not be read, and why; mostly a moment later it can. */
export const Failed = ({ failure, again }) =>
  html`<div class="empty" role="alert">
    <p>${failure.message}</p>
    <button type="button" onClick=${again}>${t('tryAgain')}</button>
  </div>`;
