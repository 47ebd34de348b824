// What the views are made of. Text becomes text nodes, never markup.

import { language, t } from './text.js';
import { fullName, partner } from './state.js';

/** An element with attributes (`on...` are listeners, true is an empty one) and children (text, nodes, or nothing). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== null && value !== false)
      node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Runs the last of quick calls, a quarter of a second after it. */
export function settled(run) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...values), 250);
  };
}

const SVG = 'http://www.w3.org/2000/svg';

/** One of the vendored icons; a name makes it an image, else it is decoration. */
export function icon(id, name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/vendor/lucide/icons.svg#${id}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute(name ? 'role' : 'aria-hidden', name ? 'img' : 'true');
  if (name) svg.setAttribute('aria-label', name);
  svg.append(use);
  return svg;
}

/** A square button with an icon and a name. */
export const iconButton = (id, name, onclick, attributes = {}) =>
  h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': name, title: name, onclick, ...attributes },
    icon(id),
  );

/** Text that only assistive technology reads. */
export const spoken = (text) => h('span', { class: 'spoken' }, text);

/**
 * Makes a parent's children the given ones. A child is made by `make` again only when what it shows has changed, so
 * focus, scroll and selection stay; `item.key` says which is which.
 */
export function keyed(parent, items, make) {
  const known = parent.known ?? new Map();
  parent.known = new Map();
  let at = parent.firstChild;
  for (const item of items) {
    const shows = JSON.stringify([language(), item]);
    const old = known.get(item.key);
    const node = old?.shows === shows ? old.node : make(item);
    parent.known.set(item.key, { shows, node });
    known.delete(item.key);
    if (old && old.node !== node) {
      if (at === old.node) at = node;
      replace(old.node, node);
    }
    if (at === node) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  for (const { node } of known.values()) node.remove();
}

/** Puts a node in another's place; who was on its second button is then on the new one's second button. */
function replace(old, node) {
  const stops = (within) => [...within.querySelectorAll('a, button')];
  const at = stops(old).indexOf(document.activeElement);
  old.replaceWith(node);
  if (at >= 0) stops(node)[at]?.focus({ preventScroll: true });
}

/** The path of one of the server's addresses: whichever host it names, the page asks its own. */
export function local(url) {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

const COLOURS = 6;

/** Somebody's picture; without one the initials, in a colour of their own. */
export function avatar(name, url, id) {
  const path = url && local(url);
  if (path && path !== '/media/profile.png') {
    return h('img', { class: 'avatar', src: path, alt: '', width: 40, height: 40, loading: 'lazy' });
  }
  const initials = name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const letters = (initials.length > 1 ? initials[0] + initials.at(-1) : (initials[0] ?? '?')).toUpperCase();
  return h('span', { class: `avatar colour-${id % COLOURS}`, 'aria-hidden': 'true' }, letters);
}

export const personAvatar = (person, id) => avatar(fullName(person), person?.profile_picture, id);

/** A chat's picture: a private one has the other's. */
export const chatAvatar = (state, chat) => {
  const other = partner(state, chat);
  return other ? personAvatar(state.people[other], other) : avatar(chat.name, chat.chat_picture, chat.id);
};

let count = 0;

/** A labelled field with room for a hint and an error below it. */
export function field(name, label, attributes = {}, hint = '') {
  const id = `field-${(count += 1)}`;
  const input = h('input', { id, name, 'aria-required': 'true', ...attributes });
  const error = h('p', { id: `${id}-error`, class: 'error' });
  const below = h('p', { id: `${id}-hint`, class: 'hint' }, hint);
  input.setAttribute('aria-describedby', `${id}-hint ${id}-error`);
  const complain = (sentence = '') => {
    error.textContent = sentence;
    input.setAttribute('aria-invalid', sentence ? 'true' : 'false');
  };
  return {
    name,
    input,
    complain,
    node: h('div', { class: 'field' }, h('label', { for: id }, label), input, hint && below, error),
  };
}

/** A form of fields with one button. `run` gets the values; why it is refused is shown beside the field it is about. */
export function form({ fields, button, run, explain = (failure) => failure.message }) {
  const problem = h('p', { role: 'alert', class: 'error' });
  const submit = h('button', { class: 'primary' }, button);
  const complain = (failure) => {
    for (const one of fields) one.complain(failure?.fields[one.name]);
    const wrong = fields.find((one) => failure?.fields[one.name]);
    problem.textContent = failure && !wrong ? explain(failure) : '';
    wrong?.input.focus();
  };
  const onsubmit = async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    complain(null);
    try {
      await run(Object.fromEntries(fields.map((one) => [one.name, one.input.value])));
    } catch (failure) {
      if (failure.status === undefined) throw failure;
      complain(failure);
    } finally {
      submit.disabled = false;
    }
  };
  return h(
    'form',
    { novalidate: true, onsubmit },
    fields.map((one) => one.node),
    problem,
    submit,
  );
}

/** Choices of which one holds: radio buttons in a named group. */
export function choice(legend, options, chosen, choose) {
  const name = `choice-${(count += 1)}`;
  const option = ([value, label, lang]) =>
    h(
      'label',
      { lang },
      h('input', { type: 'radio', name, value, checked: value === chosen, onchange: () => choose(value) }),
      h('span', {}, label),
    );
  return h('fieldset', { class: 'choice' }, h('legend', {}, legend), h('div', {}, options.map(option)));
}

/** The choice of language; each is named in itself. */
export function languages() {
  const choose = (value) => {
    localStorage.setItem('language', value);
    dispatchEvent(new Event('look'));
    dispatchEvent(new Event('language'));
  };
  const node = choice(
    t('language'),
    [
      ['en', 'English', 'en'],
      ['ro', 'Română', 'ro'],
    ],
    language(),
    choose,
  );
  node.classList.add('languages');
  return node;
}

/** A dialog over the page; gone when it is closed. */
export function dialog(name, ...children) {
  const node = h(
    'dialog',
    { 'aria-label': name, onclose: () => node.remove() },
    h(
      'header',
      {},
      h('h2', {}, name),
      iconButton('x', t('close'), () => node.close()),
    ),
    ...children,
  );
  node.addEventListener('click', (event) => event.target === node && node.close());
  document.body.append(node);
  node.showModal();
  return node;
}

/** Asks before something that can't be taken back. */
export function ask(question, button, run) {
  const node = dialog(
    question,
    h(
      'div',
      { class: 'buttons' },
      h('button', { type: 'button', onclick: () => node.close() }, t('cancel')),
      h('button', { type: 'button', class: 'danger', onclick: () => (node.close(), run()) }, button),
    ),
  );
}

/** A menu beside what opened it: arrows move, Escape and a click elsewhere close. Items: [label, run, icon]. */
export function menu(opener, items, { name = t('more'), grid = false } = {}) {
  if (opener.closeMenu) return opener.closeMenu();
  const close = () => {
    node.remove();
    opener.closeMenu = null;
    opener.setAttribute('aria-expanded', 'false');
    removeEventListener('pointerdown', outside, true);
    if (opener.isConnected) opener.focus();
  };
  const outside = (event) => node.contains(event.target) || opener.contains(event.target) || close();
  const item = ([label, run, id]) =>
    h('button', { type: 'button', role: 'menuitem', onclick: () => (close(), run()) }, id && icon(id), label);
  const onkeydown = (event) => {
    const all = [...node.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[
      event.key
    ];
    if (to !== undefined) all.at(to % all.length).focus();
    if (event.key === 'Escape' || event.key === 'Tab') close();
    if (to !== undefined || event.key === 'Escape') event.preventDefault();
  };
  const node = h(
    'div',
    { role: 'menu', 'aria-label': name, class: grid ? 'menu grid' : 'menu', onkeydown },
    items.map(item),
  );
  document.getElementById('page').append(node);
  const beside = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.min(beside.left, innerWidth - width - 8);
  const below = beside.bottom + height + 8 < innerHeight;
  node.style.left = `${Math.max(8, left)}px`;
  node.style.top = `${below ? beside.bottom + 4 : Math.max(8, beside.top - height - 4)}px`;
  opener.closeMenu = close;
  opener.setAttribute('aria-expanded', 'true');
  addEventListener('pointerdown', outside, true);
  node.firstChild.focus();
}

const SAID_MILLISECONDS = 4000;

/** Something that went wrong and has no place of its own; it stays until it is closed or something else is shown. */
export function complain(text) {
  const place = document.getElementById('alert');
  place.replaceChildren(...(text ? [h('span', {}, text), iconButton('x', t('close'), () => complain(''))] : []));
}

/** The same of a request that was refused; that the session has ended is said at the door. */
export const complainOf = (failure) => failure.status === 401 || complain(failure.message);

/** Something that went well and can't be seen; it goes by itself. */
export function say(text) {
  const place = document.getElementById('status');
  place.textContent = text;
  setTimeout(() => place.textContent === text && (place.textContent = ''), SAID_MILLISECONDS);
}
