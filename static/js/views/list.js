// The list of chats with its search.

import { html, useMemo, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import * as drafts from '../drafts.js';
import { go } from '../place.js';
import {
  fullName,
  inOrder,
  isGuest,
  isPrivate,
  isStaff,
  mentionsMe,
  partner,
  shortName,
  title,
  typists,
  unread,
} from '../state.js';
import { store, useStore } from '../store.js';
import { counted, folded, t, when } from '../text.js';
import {
  ChatAvatar,
  Empty,
  Failed,
  Guest,
  Icon,
  IconButton,
  Name,
  PersonAvatar,
  Skeleton,
  attempted,
  useList,
} from '../ui.js';
import { Search } from '../ui/forms.js';
import { words } from './message.js';

const SETTLED_MILLISECONDS = 200;

export function Side({ openId }) {
  const me = useStore((state) => state.me);
  const serverName = useStore((state) => state.serverName);
  const reports = useStore((state) => state.desk?.reports ?? 0);
  const host = reports ? `${t('host')}, ${counted('reports', reports)}` : t('host');
  const [typed, type] = useState('');
  const q = typed.trim();
  const search = useRef();
  const move = (event) => {
    if (event.key === 'Escape' && typed) {
      event.preventDefault();
      type('');
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [search.current, ...event.currentTarget.querySelectorAll('nav a, nav li button, nav summary')];
    const stops = all.filter((node) => node.offsetParent !== null); // not what is folded up
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return html`<div class="side" onKeyDown=${move}>
    <header>
      <button type="button" class="me" aria-label=${t('profile')} title=${t('profile')} onClick=${() => go('#/me')}>
        ${me && html`<${PersonAvatar} person=${me} id=${me.id} />`}
      </button>
      <h1><${Name}>${serverName}<//></h1>
      ${
        isStaff(me) &&
        html`<a class="icon-button" href="#/host" aria-label=${host} title=${t('host')}
          ><${Icon} id="presentation" />${reports > 0 && html`<span class="badge" aria-hidden="true">${reports}</span>`}</a
        >`
      }
      ${
        !isGuest(me) &&
        html`<${IconButton} icon="plus" label=${t('newChat')} class="start" onClick=${() => go('#/new')} />`
      }
    </header>
    <div role="search">
      <${Search} input=${search} label=${t('search')} value=${typed} onType=${type} />
    </div>
    <nav aria-label=${t('chats')}>
      ${!me && html`<${Skeleton} rows=${6} />`} ${me && !q && html`<${Chats} openId=${openId} />`}
      ${me && q && html`<${Results} q=${q} openId=${openId} done=${() => type('')} />`}
    </nav>
  </div>`;
}

function Chats({ openId }) {
  const state = useStore((now) => now);
  const chats = inOrder(state);
  if (!chats.length) {
    return html`<${Empty} icon="message-circle"
      >${t('noChats')} ${!isGuest(state.me) && html`<a href="#/new">${t('startOne')}</a>`}<//
    >`;
  }
  const rows = (some) =>
    html`<ul>
      ${some.map((chat) => html`<${Row} key=${chat.id} chat=${chat} isOpen=${chat.id === openId} />`)}
    </ul>`;
  const away = chats.filter((chat) => chat.archived);
  return html`
    ${rows(chats.filter((chat) => !chat.archived))}
    ${
      away.length > 0 &&
      html`<details class="away" open=${away.some(({ id }) => id === openId)}>
        <summary>${counted('putAway', away.length)}</summary>
        ${rows(away)}
      </details>`
    }
  `;
}

function lastWords(state, chat, isOpen) {
  const typing = typists(state, chat.id);
  const [one] = typing;
  if (typing.length === 1 && isPrivate(chat)) return { kind: 'typing', text: t('typing') };
  if (typing.length === 1) return { kind: 'typing', text: t('typingOne', { name: shortName(state, chat, one) }) };
  if (typing.length) return { kind: 'typing', text: counted('typingMany', typing.length) };
  const waiting = !isOpen && drafts.read(chat.id).text?.trim();
  if (waiting) return { kind: 'draft', text: waiting };
  const last = chat.last_message;
  if (!last) return { kind: 'words', text: '' };
  const from = last.from_user === state.me.id ? t('you') : !isPrivate(chat) && shortName(state, chat, last.from_user);
  return { kind: 'words', from, text: words(last) };
}

/** One chat. What it shows is worked out at each change, and made anew only when it differs. */
function Row({ chat, isOpen }) {
  const state = store.get();
  const name = title(state, chat);
  const last = chat.last_message;
  const said = lastWords(state, chat, isOpen);
  const count = unread(chat);
  const isCalled = count > 0 && last && last.seq > chat.read_seq && mentionsMe(last, state.me);
  const other = state.people[partner(state, chat)];
  const isHere = Boolean(other?.online);
  const time = last && when(last.time);
  return useMemo(
    () =>
      html`<li>
        <a href=${`#/chat/${chat.id}`} aria-current=${isOpen ? 'page' : undefined} class=${chat.muted ? 'muted' : ''}>
          <${ChatAvatar} chat=${chat} />
          <span class="name"><${Name}>${name}<//><${Guest} person=${other} /></span>${' '}
          ${isHere && html`<span class="spoken">${t('online')}</span>`}
          ${chat.muted && html`<${Icon} id="bell-off" label=${t('muted')} />`} <span class="time">${time}</span>${' '}
          <span class=${`words ${said.kind}`}>
            ${said.kind === 'draft' && html`<b>${t('draft')}: </b>`} ${said.from && html`<${Name}>${said.from}<//>: `}
            <span dir="auto">${said.text}</span> </span
          >${' '}
          ${
            count > 0 &&
            html`<span class="badge"
              >${isCalled && html`<span aria-hidden="true">@</span><span class="spoken">${t('mentioned')}, </span>`}
              <span aria-hidden="true">${count}</span><span class="spoken">${counted('unread', count)}</span></span
            >`
          }
        </a>
      </li>`,
    [
      name,
      chat.id,
      chat.muted,
      chat.chat_picture,
      isOpen,
      isHere,
      other?.role,
      time,
      said.kind,
      said.from,
      said.text,
      count,
      isCalled,
    ],
  );
}

/** An excerpt of the server's, which is text with <mark> around the hits and five characters escaped. */
export function excerpt(text) {
  const escaped = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return text.split(/<mark>(.*?)<\/mark>/s).map((marked, at) => {
    const part = marked.replace(/&(lt|gt|quot|#39|amp);/g, (one) => escaped[one]);
    return at % 2 ? html`<mark>${part}</mark>` : part;
  });
}

/** Chats by their names, people one has no chat with yet, and messages, each leading to its place. */
function Results({ q, openId, done }) {
  const state = useStore((now) => now);
  const read = async () => {
    const [{ results: people }, { results: messages }] = await Promise.all([api.people(q), api.search(q)]);
    return { items: [{ q, people, messages }], next: null };
  };
  const { items, failure, again } = useList(read, [q], SETTLED_MILLISECONDS);
  const found = items?.[0].q === q ? items[0] : { people: [], messages: [] };
  const chats = inOrder(state).filter((chat) => folded(title(state, chat)).includes(folded(q)));
  const there = new Set([state.me.id, ...chats.map((chat) => partner(state, chat))]);
  const people = found.people.filter((person) => !there.has(person.id));
  const messages = found.messages.filter((hit) => state.chats[hit.chat_id]);
  const isNothing = found.q === q && !chats.length && !people.length && !messages.length;
  return html`
    <ul>
      ${chats.map((chat) => html`<${Row} key=${chat.id} chat=${chat} isOpen=${chat.id === openId} />`)}
    </ul>
    <div class="results">
      ${
        people.length > 0 &&
        html`<h2>${t('people')}</h2>
          <ul>
            ${people.map(
              (person) =>
                html`<li key=${person.id}>
                  <${Person}
                    person=${person}
                    onClick=${() => attempted(actions.startChat([person], '')).then((chat) => chat && done())}
                  />
                </li>`,
            )}
          </ul>`
      }
      ${
        messages.length > 0 &&
        html`<h2>${t('messages')}</h2>
          <ul>
            ${messages.map((hit) => html`<${Hit} key=${hit.id} hit=${hit} chat=${state.chats[hit.chat_id]} />`)}
          </ul>`
      }
    </div>
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${isNothing && !failure && html`<${Empty} icon="search">${t('nothing')}<//>`}
  `;
}

function Hit({ hit, chat }) {
  const state = store.get();
  const from = hit.from_user === state.me.id ? t('you') : !isPrivate(chat) && shortName(state, chat, hit.from_user);
  return html`<li>
    <a href=${`#/chat/${hit.chat_id}/${hit.seq}`}>
      <${ChatAvatar} chat=${chat} presence=${false} />
      <span class="name"><${Name}>${title(state, chat)}<//></span
      >${' '} <span class="time">${when(hit.time)}</span>${' '}
      <span class="words">${from && html`<${Name}>${from}<//>: `}<span dir="auto">${excerpt(hit.excerpt)}</span></span>
    </a>
  </li>`;
}

/** Somebody to choose. */
export const Person = ({ person, note, ...attributes }) =>
  html`<button type="button" class="person" ...${attributes}>
    <${PersonAvatar} person=${person} id=${person.id} online=${person.online} />
    <span class="name"><${Name}>${fullName(person)}<//><${Guest} person=${person} /></span>${' '}
    <span class="words">@${person.username}${note && ` · ${note}`}</span>
    ${person.online && html`<span class="spoken">${t('online')}</span>`}
    <${Icon} id="check" />
  </button>`;
