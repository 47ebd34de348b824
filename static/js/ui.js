// The parts that every room is made of.

import {
  html,
  render,
  useEffect,
  useLayoutEffect,
  useReducer,
  useRef,
  useState,
} from '../vendor/preact/standalone.js';
import { fullName, partner } from './state.js';
import { store, useStore } from './store.js';
import { t } from './text.js';

/** The path of one of the server's addresses: whichever host it names, the page asks its own. */
export function local(url) {
  const { pathname, search } = new URL(url, location.origin);
  return pathname + search;
}

/** An icon of vendor/lucide; with a label it says something, without it is there for the eye. */
export const Icon = ({ id, label }) => html`<svg
  class="icon"
  role=${label ? 'img' : undefined}
  aria-label=${label}
  aria-hidden=${label ? undefined : 'true'}
>
  ${label && html`<title>${label}</title>`}
  <use href=${`/vendor/lucide/icons.svg#${id}`} />
</svg>`;

/** A round button that shows an icon and says its label. */
export const IconButton = ({ icon, label, class: more = '', ...attributes }) => html`<button
  type="button"
  class=${`icon-button ${more}`}
  aria-label=${label}
  title=${label}
  ...${attributes}
>
  <${Icon} id=${icon} />
</button>`;

/** Somebody's or something's name: isolated, so that one written from right to left leaves what is around it alone. */
export const Name = ({ children }) => html`<bdi>${children}</bdi>`;

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

// Forms

let count = 0;
const useId = (name) => useRef((count += 1) && `${name}-${count}`).current;

/** A labelled field with room for a hint and an error below it; a password can be shown. */
export function Field({ label, error = '', hint = '', type = 'text', input, ...attributes }) {
  const id = useId('field');
  const [shown, show] = useReducer((now) => !now, false);
  const isPassword = type === 'password';
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="control">
      <input
        id=${id}
        ref=${input}
        type=${isPassword && shown ? 'text' : type}
        dir="auto"
        aria-required="true"
        aria-invalid=${error ? 'true' : 'false'}
        aria-describedby=${`${id}-hint ${id}-error`}
        ...${attributes}
      />
      ${isPassword &&
      html`<${IconButton}
        icon=${shown ? 'eye-off' : 'eye'}
        label=${t(shown ? 'hidePassword' : 'showPassword')}
        onClick=${show}
      />`}
    </div>
    <p id=${`${id}-hint`} class="hint">${hint}</p>
    <p id=${`${id}-error`} class="error">${error}</p>
  </div>`;
}

/**
 * A form of fields with one button. `fields`: `[{name, label, ...}]`; `run(values)` may be refused: why is shown beside the
 * field it is about, or above the button.
 */
export function Form({ fields, button, run, explain = (failure) => failure.message, children }) {
  const [failure, fail] = useState(null);
  const [busy, occupy] = useState(false);
  const form = useRef();
  const wrong = failure && fields.find((field) => failure.fields?.[field.name]);
  useEffect(() => {
    if (wrong) form.current.elements[wrong.name].focus();
  }, [failure]);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    occupy(true);
    fail(null);
    try {
      await run(Object.fromEntries(new FormData(form.current)));
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      fail(refused);
    } finally {
      occupy(false);
    }
  };
  return html`<form class="form" novalidate ref=${form} onSubmit=${submit}>
    ${fields.map(
      (field) => html`<${Field} key=${field.name} ...${field} error=${failure?.fields?.[field.name] ?? ''} />`,
    )}
    ${children}
    <p role="alert" class="error">${failure && !wrong ? explain(failure) : ''}</p>
    <button class="primary" disabled=${busy}>${button}</button>
  </form>`;
}

/** Something that is on or off. */
export function Switch({ label, hint = '', checked, onChange, disabled = false }) {
  const id = useId('switch');
  return html`<div class="switch">
    <label for=${id}>${label}${hint && html`<span class="hint">${hint}</span>`}</label>
    <input
      id=${id}
      type="checkbox"
      role="switch"
      checked=${checked}
      disabled=${disabled}
      onChange=${(event) => onChange(event.currentTarget.checked)}
    />
  </div>`;
}

/** Choices of which one holds: radio buttons in a named group. `options`: `[value, label, language]`. */
export function Choice({ legend, options, value, onChange }) {
  const name = useId('choice');
  return html`<fieldset class="choice">
    <legend>${legend}</legend>
    <div>
      ${options.map(
        ([option, label, lang]) => html`<label key=${option} lang=${lang}>
          <input
            type="radio"
            name=${name}
            value=${option}
            checked=${option === value}
            onChange=${() => onChange(option)}
          />
          <span>${label}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}

// What lies over the page

/** A dialog; `onClose` is told when somebody wants it gone. */
export function Dialog({ name, onClose, children, class: more = '' }) {
  const node = useRef();
  const closing = useRef();
  closing.current = onClose;
  useLayoutEffect(() => {
    const opener = document.activeElement;
    node.current.showModal();
    return () => {
      const alert = document.getElementById('alert');
      if (node.current?.contains(alert)) document.body.prepend(alert);
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return html`<dialog
    ref=${node}
    class=${more}
    aria-label=${name}
    onCancel=${(event) => {
      event.preventDefault();
      closing.current();
    }}
    onMouseDown=${(event) => event.target === node.current && closing.current()}
  >
    <header>
      <h2>${name}</h2>
      <${IconButton} icon="x" label=${t('close')} onClick=${() => closing.current()} />
    </header>
    ${children}
  </dialog>`;
}

/** Asks before something that can't be taken back; resolves with whether it is wanted. */
export function ask({ question, button, danger = true }) {
  const place = document.createElement('div');
  document.body.append(place);
  return new Promise((resolve) => {
    const close = (wanted) => {
      render(null, place);
      place.remove();
      resolve(wanted);
    };
    const view = html`<${Dialog} name=${question} class="ask" onClose=${() => close(false)}>
      <div class="buttons">
        <button type="button" onClick=${() => close(false)}>${t('cancel')}</button>
        <button type="button" class=${danger ? 'danger' : 'primary'} onClick=${() => close(true)}>${button}</button>
      </div>
    <//>`;
    render(view, place);
  });
}

/** Runs when Escape is pressed, unless something inside has used it. */
export function useEscape(run) {
  const latest = useRef();
  latest.current = run;
  useEffect(() => {
    const press = (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
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

const PRESS_MILLISECONDS = 450;
const MOVED = 10; // pixels after which a touch is a scroll

/** Attributes that run something when an element is pressed for long, or by the menu key or button. */
export function useLongPress(run) {
  const press = useRef({});
  const cancel = () => clearTimeout(press.current.timer);
  useEffect(() => cancel, []);
  return {
    onTouchStart(event) {
      const [{ clientX: x, clientY: y }] = event.touches;
      press.current = { x, y, timer: setTimeout(() => run({ x, y }), PRESS_MILLISECONDS) };
    },
    onTouchMove(event) {
      const [{ clientX: x, clientY: y }] = event.touches;
      if (Math.hypot(x - press.current.x, y - press.current.y) > MOVED) cancel();
    },
    onTouchEnd: cancel,
    onTouchCancel: cancel,
  };
}

const EDGE = 8; // pixels that stay free around what lies over the page

/** Puts a box beside its anchor (an element or a point), inside the window. */
function place(node, anchor) {
  const beside = anchor.getBoundingClientRect?.() ?? {
    left: anchor.x,
    right: anchor.x,
    top: anchor.y,
    bottom: anchor.y,
  };
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.max(EDGE, Math.min(beside.left, innerWidth - width - EDGE));
  const below = beside.bottom + height + EDGE < innerHeight;
  const top = below ? beside.bottom + 4 : Math.max(EDGE, beside.top - height - 4);
  node.style.left = `${left}px`;
  node.style.top = `${Math.min(top, innerHeight - height - EDGE)}px`;
}

/** What lies beside its anchor until one clicks elsewhere or presses Escape; on a phone a sheet from below. */
function Beside({ anchor, onClose, children, class: kind, ...attributes }) {
  const node = useRef();
  const isSheet = useMedia('(max-width: 719px) and (pointer: coarse)');
  const closing = useRef();
  closing.current = onClose;
  useLayoutEffect(() => {
    const opener = anchor.focus ? anchor : document.activeElement;
    if (!isSheet) place(node.current, anchor);
    const button = opener?.matches?.('button') ? opener : null;
    button?.setAttribute('aria-expanded', 'true');
    const outside = (event) => node.current.contains(event.target) || anchor.contains?.(event.target) || closing.current();
    const resized = () => isSheet || place(node.current, anchor); // a keyboard that comes up is one, too
    addEventListener('pointerdown', outside, true);
    addEventListener('resize', resized);
    return () => {
      removeEventListener('pointerdown', outside, true);
      removeEventListener('resize', resized);
      button?.setAttribute('aria-expanded', 'false');
      if (opener?.isConnected && (!document.activeElement || document.activeElement === document.body)) opener.focus();
    };
  }, []);
  const onKeyDown = (event) => {
    attributes.onKeyDown?.(event);
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    closing.current();
  };
  return html`<div
    ...${attributes}
    ref=${node}
    class=${isSheet ? `${kind} sheet` : kind}
    onKeyDown=${onKeyDown}
  >
    ${children}
  </div>`;
}

/** A box of anything beside its anchor. */
export const Popover = ({ anchor, onClose, label, children }) => html`<${Beside}
  anchor=${anchor}
  onClose=${onClose}
  class="popover"
  role="dialog"
  aria-label=${label}
>
  ${children}
<//>`;

/** A menu: arrows, Home and End move, letters find, Escape closes. Items: `{label, icon, run, danger, checked}`. */
export function Menu({ anchor, items, onClose, name = t('more') }) {
  const list = useRef();
  const all = () => [...list.current.querySelectorAll('button')];
  useLayoutEffect(() => all()[0]?.focus({ preventScroll: true }), []);
  const choose = (item) => {
    onClose();
    item.run();
  };
  const onKeyDown = (event) => {
    const buttons = all();
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      buttons.at(to % buttons.length).focus();
    } else if (event.key === 'Tab') {
      event.preventDefault();
      onClose();
    } else if (event.key.length === 1 && event.key !== ' ') {
      const after = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
      after.find((one) => one.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    }
  };
  return html`<${Beside}
    anchor=${anchor}
    onClose=${onClose}
    class="menu"
    role="menu"
    aria-label=${name}
    onKeyDown=${onKeyDown}
  >
    <div class="items" role="none" ref=${list}>
      ${items.filter(Boolean).map(
        (item) => html`<button
          key=${item.label}
          type="button"
          role=${item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked=${item.checked === undefined ? undefined : String(item.checked)}
          tabindex="-1"
          class=${item.danger ? 'danger' : ''}
          onClick=${() => choose(item)}
        >
          ${item.icon && html`<${Icon} id=${item.icon} />`}${item.label}
        </button>`,
      )}
    </div>
  <//>`;
}

// What is said without a place of its own

const SAID_MILLISECONDS = 4000;
let said = null;

/** Something that went well and can't be seen; it goes by itself. */
export function say(text) {
  const node = document.getElementById('said');
  node.textContent = text;
  clearTimeout(said);
  said = setTimeout(() => (node.textContent = ''), SAID_MILLISECONDS);
}

/**
 * Something that went wrong and has no place of its own; it stays until it is closed or something else is shown. Over a
 * dialog it is part of that: what lies under one can't be reached.
 */
export function complain(text) {
  const place = document.getElementById('alert');
  const over = [...document.querySelectorAll('dialog[open]')].at(-1);
  (over ?? document.body).prepend(place);
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
  const dialogs = document.querySelectorAll('dialog[open]');
  ([...dialogs].at(-1) ?? document.body).append(area);
  const focused = document.activeElement;
  area.select();
  document.execCommand('copy');
  area.remove();
  focused?.focus?.({ preventScroll: true });
  say(t('copied'));
}

/** Rows that are not there yet, seen only where loading takes long enough. */
export const Skeleton = ({ rows = 4 }) => html`<div class="skeleton" aria-hidden="true">
  ${Array.from({ length: rows }, (_, at) => html`<span key=${at} />`)}
</div>`;

/** What is said where nothing is. */
export const Empty = ({ icon, children }) => html`<div class="empty">
  ${icon && html`<${Icon} id=${icon} />`}
  <p>${children}</p>
</div>`;
