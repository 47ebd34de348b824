// The list of chats with its search, and the dialogs that begin there: a new chat, one's own profile.

import * as api from './api.js';
import { fullName, inOrder, isPrivate, partner, shortName, title, unread } from './state.js';
import { counted, t, when } from './text.js';
import { avatar, choice, complain, dialog, h, icon, iconButton, keyed, languages, personAvatar, spoken } from './view.js';

/** Runs the last of quick calls, a quarter of a second after it. */
function settled(run) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), 250);
  };
}

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export const chatAvatar = (state, chat) => {
  const other = partner(state, chat);
  return other ? personAvatar(state.people[other], other) : avatar(chat.name, chat.chat_picture, chat.id);
};

/** A message in a few words. */
export const words = (message) =>
  message.deleted ? t('deleted') : message.text || (message.photo ? t('photo') : message.file_name ?? t('file'));

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
  h('li', {}, h('a', { href: `#/chat/${shown.id}`, 'aria-current': shown.open && 'page' },
    chatAvatar(state, state.chats[shown.id]),
    h('span', { class: 'name' }, shown.name), ' ',
    h('span', { class: 'time' }, shown.time), ' ',
    h('span', { class: 'words' }, shown.text), ' ',
    shown.unread > 0 && h('span', { class: 'badge' },
      h('span', { 'aria-hidden': 'true' }, shown.unread), spoken(counted('unread', shown.unread)))));

/** The list. `actions`: start(people, name) opens a chat, signOut. */
export function chatList(actions) {
  let state, openId, found = null;
  const search = h('input', { type: 'search', 'aria-label': t('search'), placeholder: t('search'), autocomplete: 'off' });
  const list = h('ul', {});
  const results = h('div', { class: 'results' });
  const empty = h('p', { class: 'empty', hidden: true });
  const loading = h('div', { class: 'skeleton' });
  const me = h('button', { type: 'button', class: 'me', 'aria-label': t('profile'), title: t('profile'), onclick: () => profile(state, actions) });
  const nav = h('nav', { 'aria-label': t('chats') }, loading, list, empty, results);
  const node = h('div', { class: 'side' },
    h('header', {}, me, h('h1', {}, 'Messenger'),
      iconButton('plus', t('newChat'), () => newChat(state, actions), { class: 'icon-button start' })),
    h('div', { role: 'search' }, search), nav);

  const look = settled(async (q) => {
    try {
      const [people, messages] = await Promise.all([api.people(q), api.search(q)]);
      if (search.value.trim() === q) found = { people: people.results, messages: messages.results };
    } catch (failure) {
      complain(failure.message);
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
      return chat && h('li', {}, h('a', { href: `#/chat/${hit.chat_id}/${hit.seq}` }, chatAvatar(state, chat),
        h('span', { class: 'name' }, title(state, chat)), ' ', h('span', { class: 'time' }, when(hit.time)), ' ',
        h('span', { class: 'words' }, excerpt(hit.excerpt))));
    };
    const messages = found.messages.map(message).filter(Boolean);
    results.replaceChildren(
      ...(people.length ? [h('h2', {}, t('people')), h('ul', {}, people.map((person) =>
        h('li', {}, personButton(person, () => actions.start([person], '')))))] : []),
      ...(messages.length ? [h('h2', {}, t('messages')), h('ul', {}, messages)] : []));
  }

  function show(now, open) {
    [state, openId] = [now, open];
    loading.hidden = state.me !== null;
    if (!state.me) return;
    const q = plain(search.value.trim());
    const chats = inOrder(state).map((chat) => row(state, chat, openId)).filter((one) => plain(one.name).includes(q));
    keyed(list, chats, link(state));
    keyed(me, [{ key: 'me', me: state.me }], () => personAvatar(state.me, state.me.id));
    if (q && found) showFound(chats);
    else results.replaceChildren();
    empty.hidden = chats.length > 0 || (q && !found) || results.children.length > 0;
    empty.replaceChildren(q ? t('nothing') : t('noChats'), ' ',
      q ? '' : h('button', { type: 'button', class: 'link', onclick: () => newChat(state, actions) }, t('startOne')));
  }
  return { node, show, profile: () => profile(state, actions) };
}

const personButton = (person, onclick, attributes = {}) =>
  h('button', { type: 'button', class: 'person', onclick, ...attributes }, personAvatar(person, person.id),
    h('span', { class: 'name' }, fullName(person)), ' ', h('span', { class: 'words' }, `@${person.username}`), icon('check'));

/** Choosing people: one makes a private chat, more make a group, which needs a name. */
function newChat(state, actions) {
  const chosen = new Map();
  const search = h('input', { type: 'search', 'aria-label': t('findPeople'), placeholder: t('findPeople'), autocomplete: 'off' });
  const list = h('ul', { class: 'people' });
  const none = h('p', { class: 'empty', hidden: true }, t('nobody'));
  const groupName = h('input', { maxlength: 150, 'aria-label': t('groupName'), placeholder: t('groupName'), hidden: true });
  const start = h('button', { class: 'primary', disabled: true }, t('startChat'));
  let shown = [];

  const choose = (person) => {
    if (!chosen.delete(person.id)) chosen.set(person.id, person);
    show();
  };
  const show = () => {
    groupName.hidden = chosen.size < 2;
    start.disabled = !chosen.size || (chosen.size > 1 && !groupName.value.trim());
    const others = shown.filter((person) => person.id !== state.me.id);
    const all = [...[...chosen.values()].filter((person) => !others.some((other) => other.id === person.id)), ...others];
    none.hidden = all.length > 0;
    keyed(list, all.map((person) => ({ key: person.id, person, on: chosen.has(person.id) })), ({ person, on }) =>
      h('li', {}, personButton(person, () => choose(person), { 'aria-pressed': String(on) })));
  };
  const look = async () => {
    const q = search.value.trim();
    try {
      const { results } = await api.people(q);
      if (search.value.trim() === q) shown = results;
      show();
    } catch (failure) {
      complain(failure.message);
    }
  };
  search.addEventListener('input', settled(look));
  groupName.addEventListener('input', show);
  const onsubmit = (event) => {
    event.preventDefault();
    node.close();
    actions.start([...chosen.values()], groupName.value.trim());
  };
  const node = dialog(t('newChat'), h('form', { onsubmit }, search, list, none, groupName, start));
  look();
}

/** Who one is, how the page looks, and the way out. */
function profile(state, actions) {
  const look = (value) => {
    if (value) localStorage.setItem('look', value);
    else localStorage.removeItem('look');
    dispatchEvent(new Event('look'));
  };
  const looks = [['', t('system')], ['light', t('light')], ['dark', t('dark')]];
  const node = dialog(t('profile'),
    h('div', { class: 'whoami' }, personAvatar(state.me, state.me.id),
      h('p', { class: 'name' }, fullName(state.me)), h('p', { class: 'words' }, `@${state.me.username} · ${state.me.email}`)),
    choice(t('appearance'), looks, localStorage.getItem('look') ?? '', look),
    languages(),
    h('button', { type: 'button', onclick: () => (node.close(), actions.signOut()) }, t('signOut')));
}
