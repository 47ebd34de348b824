// One chat: who it is with, its messages, and what one writes.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { back, get, go } from '../place.js';
import { heldBack, isPrivate, partner, shortName, slowedBy, title, totalUnread, typists, unread } from '../state.js';
import { store, useStore } from '../store.js';
import { clock, counted, t, when } from '../text.js';
import { ChatAvatar, Guest, Icon, IconButton, Name, attempted, say } from '../ui.js';
import { Composer } from './composer.js';
import { Log } from './log.js';

const NAMED = 2; // people who are named while they type; more are counted
const MOST = 99; // that a badge counts
const LISTED = 12; // people who are named under a group's name: more find no room there

/** A chat that is known. Another chat is another room: nothing of the one before is left in it. */
export const Chat = ({ id }) => html`<${Room} key=${id} id=${id} />`;

function Room({ id }) {
  const chat = useStore((state) => state.chats[id]);
  const held = useStore((state) => state.chats[id] && heldBack(state, state.chats[id]));
  const slow = useStore((state) => state.chats[id] && slowedBy(state, state.chats[id]));
  const node = useRef();
  const composer = useRef();
  const heading = useRef();

  useEffect(() => {
    // Where focus would bring up a keyboard, the name is what one hears first.
    if (get().seq) return;
    if (matchMedia('(pointer: coarse)').matches) heading.current?.focus({ preventScroll: true });
    else composer.current?.focus();
  }, []);
  useTyping(node, composer);
  const [isOver, drop] = useDrop((files) => composer.current.attach(files));

  if (!chat) return null;
  return html`<section class="chat" aria-labelledby="chat-name" ref=${node} ...${drop}>
    <${Head} chat=${chat} heading=${heading} />
    <${Log} id=${id} composer=${composer} />
    ${held && html`<p class="held-back" role="status"><${Icon} id="hand" />${t(`held_${held}`)}<${Until} held=${held} /></p>`}
    <div class="writes" hidden=${held !== null}>
      ${slow > 0 && html`<p class="slow" role="status"><${Icon} id="clock" />${t('slowMode', { n: slow })}</p>`}
      <${Composer} id=${id} handle=${composer} />
    </div>
    ${isOver && html`<p class="drop"><${Icon} id="paperclip" />${t('dropHere')}</p>`}
  </section>`;
}

/** When one may write again, where that is known. */
function Until({ held }) {
  const until = useStore(({ silenced, order }) => ({ silenced: silenced?.until, frozen: order?.frozen_until })[held]);
  const [at, time] = until ? [when(until), clock(until)] : [];
  return until && html` ${t('heldUntil', { time: at === time ? at : `${at}, ${time}` })}`;
}

function Head({ chat, heading }) {
  const state = store.get();
  useStore((now) => now.people);
  const name = title(state, chat);
  const toDetails = () => go(`#/chat/${chat.id}/details`);
  return html`<header>
    <${Back} id=${chat.id} />
    <div class="who" onClick=${toDetails}>
      <${ChatAvatar} chat=${chat} size=${40} />
      <h1 id="chat-name" tabindex="-1" ref=${heading}>
        <${Name}>${name}<//><${Guest} person=${state.people[partner(state, chat)]} />
      </h1>
      <${Below} chat=${chat} />
    </div>
    ${chat.muted && html`<${Icon} id="bell-off" label=${t('muted')} />`}
    ${!isPrivate(chat) && !chat.archived && html`<${Hand} chat=${chat} me=${state.me} />`}
    <${IconButton} icon="info" label=${t('details')} onClick=${toDetails} />
  </header>`;
}

/** The way to the list, with how much is unread there: on a phone nothing else tells of the other chats. */
function Back({ id }) {
  const others = useStore((state) => {
    const { muted, ...chat } = state.chats[id] ?? { muted: true };
    return totalUnread(state) - (muted ? 0 : unread(chat));
  });
  const label = others ? `${t('back')}, ${counted('unread', others)}` : t('back');
  return html`<button type="button" class="icon-button back" aria-label=${label} title=${t('back')} onClick=${leave}>
    <${Icon} id="arrow-left" />${others > 0 && html`<span class="badge">${others > MOST ? `${MOST}+` : others}</span>`}
  </button>`;
}

/** Raises one's hand, and says how many are up. */
function Hand({ chat, me }) {
  const isUp = chat.hands.includes(me.id);
  const raise = async () => {
    const done = await attempted(api.raiseHand(chat.id, !isUp).then(() => true));
    if (done && !isUp) say(t('handRaised'));
  };
  return html`<button
    type="button"
    class=${isUp ? 'icon-button raised' : 'icon-button'}
    aria-pressed=${String(isUp)}
    aria-label=${t(isUp ? 'lowerHand' : 'raiseHand')}
    title=${t(isUp ? 'lowerHand' : 'raiseHand')}
    onClick=${raise}
  >
    <${Icon} id="hand" />${chat.hands.length > 0 && html`<span class="badge">${chat.hands.length}</span>`}
  </button>`;
}

/** To the list, not back through the messages one has looked up. */
const leave = () => (get().seq ? go('#/', { replace: true }) : back());

/** Who is typing, else who is here. */
function Below({ chat }) {
  useStore((now) => now.typing[chat.id]);
  const state = store.get();
  const users = typists(state, chat.id);
  if (users.length) return html`<p class="members typing">${typing(state, chat, users)}</p>`;
  if (isPrivate(chat)) {
    const person = state.people[partner(state, chat)];
    if (!person) return null;
    if (person.online) return html`<p class="members here">${t('online')}</p>`;
    return html`<p class="members">${person.last_online ? t('lastSeen', { when: when(person.last_online) }) : ''}</p>`;
  }
  const others = chat.users.filter((user) => user !== state.me.id);
  const here = others.filter((user) => state.people[user]?.online).length;
  const names = others.slice(0, LISTED).map((user) => [', ', html`<${Name}>${shortName(state, chat, user)}<//>`]);
  return html`<p class="members">
    ${counted('peopleCount', chat.users.length)}${here > 0 && `, ${counted('hereCount', here + 1)}`}: ${t('you')}${names}
  </p>`;
}

function typing(state, chat, users) {
  if (users.length > NAMED) return counted('typingMany', users.length);
  const [one, other] = users.map((user) => html`<${Name}>${shortName(state, chat, user)}<//>`);
  const said = t(other ? 'typingTwo' : 'typingOne', { name: '\u0000', other: '\u0001' });
  return said.split(/([\u0000\u0001])/).map((part) => ({ '\u0000': one, '\u0001': other })[part] ?? part);
}

/** A letter that is typed anywhere in the chat goes into the message. */
function useTyping(node, composer) {
  useEffect(() => {
    const hear = (event) => {
      const isLetter = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
      const { activeElement } = document;
      const isFree = activeElement === document.body || activeElement?.matches('.log, .log article, .chat h1');
      if (isLetter && isFree && node.current?.offsetParent && !event.defaultPrevented) composer.current?.focus();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  }, []);
}

/** Files that are dragged over the chat: whether some are, and what listens for them. */
function useDrop(take) {
  const [isOver, setOver] = useState(false);
  const depth = useRef(0);
  const carries = (event) => event.dataTransfer?.types.includes('Files');
  const enter = (step) => (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const isFolder = (item) => item.webkitGetAsEntry?.()?.isDirectory;
    const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file' && !isFolder(item));
    take(items.map((item) => item.getAsFile()).filter(Boolean));
  };
  const over = (event) => carries(event) && event.preventDefault();
  return [isOver, { onDragEnter: enter(1), onDragLeave: enter(-1), onDragOver: over, onDrop: drop }];
}
