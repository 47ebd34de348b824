// How one is told of what one does not see: a count in the title and on the icon, a sound, a notification where the
// browser lets a page show one. A muted chat says nothing, unless one is called by name.

import * as place from './place.js';
import { isPrivate, mentionsMe, shortName, title, totalUnread } from './state.js';
import { store } from './store.js';
import { words } from './views/message.js';

const KEPT = 'quiet';
const TOLD_MILLISECONDS = 3000; // between two sounds: a burst rings once

const ICON = '/img/icon.svg';

/** What one wants of it: { sound, popups }. */
export function settings() {
  const kept = new Set(localStorage.getItem(KEPT)?.split(' ')); // what is switched off
  return { sound: !kept.has('sound'), popups: !kept.has('popups') };
}

export function set(name, on) {
  const off = Object.entries({ ...settings(), [name]: on }).filter(([, wanted]) => !wanted);
  localStorage.setItem(KEPT, off.map(([one]) => one).join(' '));
  if (name === 'popups' && !on) workers?.getRegistration().then((registered) => registered?.unregister());
}

/** Whether this page may show notifications: 'insecure', 'missing', 'default' (not asked yet), 'granted' or 'denied'. */
export function permission() {
  if (!globalThis.isSecureContext) return 'insecure';
  return globalThis.Notification?.permission ?? 'missing';
}

export async function askPermission() {
  const answer = await Notification.requestPermission();
  if (answer === 'granted') await worker();
  return answer;
}

const workers = navigator.serviceWorker; // missing where the page is not secure, and in some private windows

/** What shows notifications, on phones too, where a page may not; it is there once they are wanted. See `worker.js`. */
const worker = async () => workers?.register('/worker.js').then(() => workers.ready);

workers?.addEventListener('message', ({ data }) => place.go(data.place));

let sounds = null;

/** Two short notes, made here: there is no file to fetch. */
export function ring() {
  const Sounds = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Sounds) return;
  sounds ??= new Sounds();
  sounds.resume?.();
  const now = sounds.currentTime;
  for (const [at, pitch] of [
    [0, 880],
    [0.11, 1174.7],
  ]) {
    const [note, volume] = [sounds.createOscillator(), sounds.createGain()];
    note.type = 'sine';
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0, now + at);
    volume.gain.linearRampToValueAtTime(0.12, now + at + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.25);
    note.connect(volume).connect(sounds.destination);
    note.start(now + at);
    note.stop(now + at + 0.26);
  }
}

let last = -Infinity;

function tell(message, state) {
  const chat = state.chats[message.chat_id];
  const wanted = settings();
  const now = performance.now();
  if (wanted.sound && now - last > TOLD_MILLISECONDS) {
    last = now;
    ring();
  }
  if (!wanted.popups || permission() !== 'granted') return;
  const name = title(state, chat);
  const about = isPrivate(chat) ? name : `${shortName(state, chat, message.from_user)} · ${name}`;
  const there = `#/chat/${chat.id}/${message.seq}`;
  notice(about, { body: words(message), icon: ICON, tag: `chat ${chat.id}`, data: { place: there } });
}

async function notice(about, options) {
  const registered = await worker();
  if (registered) return registered.showNotification(about, options);
  const told = new Notification(about, options);
  told.onclick = () => {
    focus();
    place.go(options.data.place);
    told.close();
  };
}

function hear(event, before) {
  if (event.type !== 'events') return;
  const state = store.get();
  for (const { kind, data } of event.events) {
    if (kind !== 'message.created' || data.from_user === state.me?.id || data.deleted) continue;
    const chat = state.chats[data.chat_id];
    const isKnown = (before.chats[data.chat_id]?.last_seq ?? 0) >= data.seq;
    const isSeen = place.get().id === data.chat_id && !document.hidden && document.hasFocus();
    if (!chat || isKnown || isSeen || chat.read_seq >= data.seq) continue;
    if (!chat.muted || mentionsMe(data, state.me)) tell(data, state);
  }
}

// The count

const SIDE = 64;
let drawn = null;

/** The icon with a number on it, as a picture of its own; null for none. */
async function badge(count) {
  const image = new Image();
  image.src = ICON;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE });
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0, SIDE, SIDE);
  context.fillStyle = '#d3261b';
  context.beginPath();
  context.arc(SIDE - 22, SIDE - 22, 22, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = '#fff';
  context.font = 'bold 30px sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(count > 9 ? '9+' : count, SIDE - 22, SIDE - 20);
  return canvas.toDataURL();
}

async function count(number) {
  const shown = Math.min(number, 10);
  if (shown === drawn) return;
  drawn = shown;
  const url = shown ? await badge(shown).catch(() => ICON) : ICON;
  if (drawn === shown) document.querySelector('link[rel=icon]').href = url;
}

function show() {
  const state = store.get();
  if (!state.me) {
    document.title = state.serverName;
    return count(0);
  }
  const number = totalUnread(state);
  const { id } = place.get();
  const chat = state.chats[id];
  const text = [number ? `(${number})` : '', chat ? `${title(state, chat)} ·` : '', state.serverName]
    .filter(Boolean)
    .join(' ');
  if (document.title !== text) document.title = text;
  return count(number);
}

/** From now on, for as long as the page is there. */
export function watch() {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      show();
    });
  };
  store.listen((event, before) => {
    hear(event, before);
    soon();
  });
  place.listen(soon);
}
