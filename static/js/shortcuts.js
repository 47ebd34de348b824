// What the keyboard does beside what every control does by itself. No key that a browser or a screen reader wants.

import * as place from './place.js';
import { inOrder } from './state.js';
import { store } from './store.js';

/** What the page about them shows; `what` is a key of the words. */
export const SHORTCUTS = [
  { keys: ['Ctrl', 'K'], what: 'keySearch' },
  { keys: ['Alt', '↑'], what: 'keyPrevious' },
  { keys: ['Alt', '↓'], what: 'keyNext' },
  { keys: ['Alt', 'N'], what: 'newChat' },
  { keys: ['Enter'], what: 'send' },
  { keys: ['Shift', 'Enter'], what: 'keyBreak' },
  { keys: ['↑'], what: 'keyEditLast' },
  { keys: ['Esc'], what: 'keyLeave' },
  { keys: ['?'], what: 'shortcuts' },
];

const isTyping = ({ target }) => target.closest?.('input, textarea, [contenteditable]');

function step(by) {
  const chats = inOrder(store.get());
  const at = chats.findIndex((chat) => chat.id === place.get().id);
  const chat = chats[at < 0 ? 0 : (at + by + chats.length) % chats.length];
  if (chat) place.go(`#/chat/${chat.id}`);
}

function search() {
  if (place.get().room !== 'list' && matchMedia('(max-width: 719px)').matches) place.go('#/');
  requestAnimationFrame(() => document.querySelector('[role=search] input')?.focus());
}

function press(event) {
  if (!store.get().me || event.defaultPrevented || document.querySelector('dialog[open]')) return;
  const control = event.ctrlKey || event.metaKey;
  const plain = !control && !event.altKey;
  const run =
    (control && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k' && search) ||
    (event.altKey && !control && event.code === 'KeyN' && (() => place.go('#/new'))) ||
    (event.altKey && !control && event.key === 'ArrowUp' && (() => step(-1))) ||
    (event.altKey && !control && event.key === 'ArrowDown' && (() => step(1))) ||
    (plain && event.key === '?' && !isTyping(event) && (() => place.go('#/me/shortcuts'))) ||
    (plain &&
      event.key === 'Escape' &&
      !isTyping(event) &&
      ['details', 'chat'].includes(place.get().room) &&
      place.back);
  if (!run) return;
  event.preventDefault();
  run();
}

/** From now on, for as long as the page is there. */
export const listen = () => addEventListener('keydown', press);
