// The dialogs that begin at the list: a new chat, one's own profile.

import * as api from './api.js';
import { fullName } from './state.js';
import { t } from './text.js';
import { choice, complainOf, dialog, h, icon, keyed, languages, personAvatar, settled } from './view.js';

/** Somebody to choose. */
export const personButton = (person, onclick, attributes = {}) =>
  h(
    'button',
    { type: 'button', class: 'person', onclick, ...attributes },
    personAvatar(person, person.id),
    h('span', { class: 'name' }, fullName(person)),
    ' ',
    h('span', { class: 'words' }, `@${person.username}`),
    icon('check'),
  );

/** Choosing people: one makes a private chat, more make a group, which needs a name. */
export function newChat(state, actions) {
  const chosen = new Map();
  const search = h('input', {
    type: 'search',
    'aria-label': t('findPeople'),
    placeholder: t('findPeople'),
    autocomplete: 'off',
  });
  const list = h('ul', { class: 'people' });
  const none = h('p', { class: 'empty', hidden: true }, t('nobody'));
  const groupName = h('input', {
    maxlength: 150,
    'aria-label': t('groupName'),
    placeholder: t('groupName'),
    hidden: true,
  });
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
    const all = [
      ...[...chosen.values()].filter((person) => !others.some((other) => other.id === person.id)),
      ...others,
    ];
    none.hidden = all.length > 0;
    keyed(
      list,
      all.map((person) => ({ key: person.id, person, on: chosen.has(person.id) })),
      ({ person, on }) =>
        h(
          'li',
          {},
          personButton(person, () => choose(person), { 'aria-pressed': String(on) }),
        ),
    );
  };
  const look = async () => {
    const q = search.value.trim();
    try {
      const { results } = await api.people(q);
      if (search.value.trim() === q) shown = results;
      show();
    } catch (failure) {
      complainOf(failure);
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
export function profile(state, actions) {
  const look = (value) => {
    if (value) localStorage.setItem('look', value);
    else localStorage.removeItem('look');
    dispatchEvent(new Event('look'));
  };
  const looks = [
    ['', t('system')],
    ['light', t('light')],
    ['dark', t('dark')],
  ];
  const node = dialog(
    t('profile'),
    h(
      'div',
      { class: 'whoami' },
      personAvatar(state.me, state.me.id),
      h('p', { class: 'name' }, fullName(state.me)),
      h('p', { class: 'words' }, `@${state.me.username} · ${state.me.email}`),
    ),
    choice(t('appearance'), looks, localStorage.getItem('look') ?? '', look),
    languages(),
    h('button', { type: 'button', onclick: () => (node.close(), actions.signOut()) }, t('signOut')),
  );
}
