// The list of chats with its search.

import * as api from './api.js';
import { inOrder, isPrivate, partner, shortName, title, unread } from './state.js';
import { counted, t, when } from './text.js';
import { chatAvatar, complainOf, h, iconButton, keyed, personAvatar, settled, spoken } from './view.js';
import { newChat, personButton, profile } from './view-dialogs.js';
import { words } from './view-message.js';

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** An excerpt of the server's, which is text with <mark> around the hits and five characters escaped, as nodes. */
export function excerpt(html) {
  const escaped = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return html.split(/<mark>(.*?)<\/mark>/s).map((part, at) => {
    const text = part.replace(/&(lt|gt|quot|#39|amp);/g, (one) => escaped[one]);
    return at % 2 ? h('mark', {}, text) : text;
  });
}

function row(state, chat, openId) {
  const last = chat.last_message;
  const from = last && !isPrivate(chat) && state.people[last.from_user] && shortName(state, chat, last.from_user);
  const mine = last?.from_user === state.me.id;
  return {
    key: `chat ${chat.id}`,
    id: chat.id,
    open: chat.id === openId,
    name: title(state, chat),
    person: state.people[partner(state, chat)],
    picture: chat.chat_picture,
    time: last && when(last.time),
    text: last && (mine ? `${t('you')}: ` : from ? `${from}: ` : '') + words(last),
    unread: unread(chat),
  };
}

const link = (state) => (shown) =>
  h(
    'li',
    {},
    h(
      'a',
      { href: `#/chat/${shown.id}`, 'aria-current': shown.open && 'page' },
      chatAvatar(state, state.chats[shown.id]),
      h('span', { class: 'name' }, shown.name),
      ' ',
      h('span', { class: 'time' }, shown.time),
      ' ',
      h('span', { class: 'words' }, shown.text),
      ' ',
      shown.unread > 0 &&
        h(
          'span',
          { class: 'badge' },
          h('span', { 'aria-hidden': 'true' }, shown.unread),
          spoken(counted('unread', shown.unread)),
        ),
    ),
  );

/** The list. `actions`: start(people, name) opens a chat, signOut. */
export function chatList(actions) {
  let state,
    openId,
    found = null;
  const search = h('input', {
    type: 'search',
    'aria-label': t('search'),
    placeholder: t('search'),
    autocomplete: 'off',
  });
  const list = h('ul', {});
  const results = h('div', { class: 'results' });
  const empty = h('p', { class: 'empty', hidden: true });
  const loading = h('div', { class: 'skeleton' });
  const face = h('span', {});
  const me = h(
    'button',
    { type: 'button', class: 'me', title: t('profile'), onclick: () => profile(state, actions) },
    face,
    spoken(t('profile')),
  );
  const nav = h('nav', { 'aria-label': t('chats') }, loading, list, empty, results);
  const node = h(
    'div',
    { class: 'side' },
    h(
      'header',
      {},
      me,
      h('h1', {}, 'Messenger'),
      iconButton('plus', t('newChat'), () => newChat(state, actions), { class: 'icon-button start' }),
    ),
    h('div', { role: 'search' }, search),
    nav,
  );

  const look = settled(async (q) => {
    try {
      const [people, messages] = await Promise.all([api.people(q), api.search(q)]);
      if (search.value.trim() === q) found = { people: people.results, messages: messages.results };
    } catch (failure) {
      complainOf(failure);
    }
    show(state, openId);
  });
  search.addEventListener('input', () => {
    found = null;
    if (search.value.trim()) look(search.value.trim());
    show(state, openId);
  });

  function showFound(chats) {
    const there = new Set([state.me.id, ...chats.map((one) => one.person?.id)]);
    const people = found.people.filter((person) => !there.has(person.id));
    const message = (hit) => {
      const chat = state.chats[hit.chat_id];
      return (
        chat &&
        h(
          'li',
          {},
          h(
            'a',
            { href: `#/chat/${hit.chat_id}/${hit.seq}` },
            chatAvatar(state, chat),
            h('span', { class: 'name' }, title(state, chat)),
            ' ',
            h('span', { class: 'time' }, when(hit.time)),
            ' ',
            h('span', { class: 'words' }, excerpt(hit.excerpt)),
          ),
        )
      );
    };
    const messages = found.messages.map(message).filter(Boolean);
    results.replaceChildren(
      ...(people.length
        ? [
            h('h2', {}, t('people')),
            h(
              'ul',
              {},
              people.map((person) =>
                h(
                  'li',
                  {},
                  personButton(person, () => actions.start([person], '')),
                ),
              ),
            ),
          ]
        : []),
      ...(messages.length ? [h('h2', {}, t('messages')), h('ul', {}, messages)] : []),
    );
  }

  function show(now, open) {
    [state, openId] = [now, open];
    loading.hidden = state.me !== null;
    if (!state.me) return;
    const q = plain(search.value.trim());
    const chats = inOrder(state)
      .map((chat) => row(state, chat, openId))
      .filter((one) => plain(one.name).includes(q));
    keyed(list, chats, link(state));
    keyed(face, [{ key: 'me', me: state.me }], () => personAvatar(state.me, state.me.id));
    if (q && found) showFound(chats);
    else results.replaceChildren();
    empty.hidden = chats.length > 0 || (q && !found) || results.children.length > 0;
    empty.replaceChildren(
      q ? t('nothing') : t('noChats'),
      ' ',
      q ? '' : h('button', { type: 'button', class: 'link', onclick: () => newChat(state, actions) }, t('startOne')),
    );
  }
  return { node, show, profile: () => profile(state, actions) };
}
