// What lies over the page: dialogs, questions, menus, boxes beside what opened them.

import { html, render, useEffect, useLayoutEffect, useRef } from '../../vendor/preact/standalone.js';
import { store } from '../store.js';
import { t } from '../text.js';
import { Icon, IconButton, carrySaid, useMedia } from '../ui.js';

/** Whether a press was inside a box, on its empty parts too. */
function isInside(node, { clientX: x, clientY: y }) {
  const { left, right, top, bottom } = node.getBoundingClientRect();
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** A dialog; `onClose` is told when somebody wants it gone. */
export function Dialog({ name, onClose, children, class: more = '' }) {
  const node = useRef();
  useLayoutEffect(() => {
    const dialog = node.current;
    const opener = document.activeElement;
    dialog.showModal();
    carrySaid();
    return () => {
      dialog.close();
      carrySaid();
      if (opener?.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  // Fields in it have a `cancel` of their own, when no file is chosen.
  const cancel = (event) => {
    if (event.target !== node.current) return;
    event.preventDefault();
    onClose();
  };
  const press = (event) => event.target === node.current && !isInside(node.current, event) && onClose();
  return html`<dialog ref=${node} class=${more} aria-label=${name} onCancel=${cancel} onMouseDown=${press}>
    <header>
      <h2>${name}</h2>
      <${IconButton} icon="x" label=${t('close')} onClick=${onClose} />
    </header>
    ${children}
  </dialog>`;
}

const QUOTED = 200; // characters

function shortened(text) {
  const characters = [...text];
  return characters.length > QUOTED ? `${characters.slice(0, QUOTED).join('')}…` : text;
}

/**
 * Asks before something that can't be taken back, with the words that it is about; resolves with whether it is wanted. It
 * ends with the session.
 */
export function ask({ question, quote = '', button, danger = true }) {
  const place = document.createElement('div');
  document.body.append(place);
  return new Promise((resolve) => {
    const close = (wanted) => {
      stop();
      render(null, place);
      place.remove();
      resolve(wanted);
    };
    const stop = store.listen(({ type }) => type === 'cleared' && close(false));
    const view = html`<${Dialog} name=${question} class="ask" onClose=${() => close(false)}>
      ${quote && html`<p class="quoted" dir="auto">${shortened(quote)}</p>`}
      <div class="buttons">
        <button type="button" onClick=${() => close(false)}>${t('cancel')}</button>
        <button type="button" class=${danger ? 'danger' : 'primary'} onClick=${() => close(true)}>${button}</button>
      </div>
    <//>`;
    render(view, place);
  });
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

const SWIPED = 56; // pixels after which lifting the finger runs it
const SWIPED_MOST = 80;
const SYSTEM_EDGE = 24; // pixels at the side where a swipe is the system's

/**
 * Attributes that run something when an element that `find(target)` gives is swiped to the right by a finger. It is moved
 * by its style: `data-swipe` says that it is on its way ("far" enough or not), `--swipe` how far.
 */
export function useSwipe(find, run) {
  const swipe = useRef(null);
  const show = (node, by) => {
    node.dataset.swipe = by >= SWIPED ? 'far' : 'near';
    node.style.setProperty('--swipe', `${Math.min(by, SWIPED_MOST)}px`);
  };
  const end = () => {
    swipe.current?.node.removeAttribute('data-swipe');
    swipe.current = null;
  };
  useEffect(() => end, []);
  return {
    onPointerDown(event) {
      end(); // a second finger is no swipe
      const { pointerId, pointerType, isPrimary, clientX: x, clientY: y } = event;
      if (pointerType !== 'touch' || !isPrimary || x < SYSTEM_EDGE) return;
      const node = find(event.target);
      if (node) swipe.current = { pointerId, node, x, y, by: 0 };
    },
    onPointerMove(event) {
      const now = swipe.current;
      if (!now || event.pointerId !== now.pointerId) return;
      now.by = Math.max(0, event.clientX - now.x - MOVED);
      if (Math.abs(event.clientY - now.y) > Math.max(MOVED, now.by)) end();
      else if (now.by) show(now.node, now.by);
    },
    onPointerUp() {
      const { node, by } = swipe.current ?? {};
      end();
      if (by >= SWIPED) run(node);
    },
    onPointerCancel: end,
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
    const outside = (event) =>
      node.current.contains(event.target) || anchor.contains?.(event.target) || closing.current();
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
  return html`<div ...${attributes} ref=${node} class=${isSheet ? `${kind} sheet` : kind} onKeyDown=${onKeyDown}>
    ${children}
  </div>`;
}

/** A box of anything beside its anchor. */
export const Popover = ({ anchor, onClose, label, children }) =>
  html`<${Beside} anchor=${anchor} onClose=${onClose} class="popover" role="dialog" aria-label=${label}>
    ${children}
  <//>`;

/**
 * A menu: arrows, Home and End move, letters find, Escape closes. Items: `{label, icon, run, danger, checked}`; those of
 * `quick` stand in a row above the others.
 */
export function Menu({ anchor, items, quick = [], onClose, name = t('more') }) {
  const list = useRef();
  const all = () => [...list.current.querySelectorAll('button')];
  useLayoutEffect(() => all()[quick.length]?.focus({ preventScroll: true }), []);
  const choose = (item) => {
    onClose();
    item.run();
  };
  const onKeyDown = (event) => {
    const buttons = all();
    const at = buttons.indexOf(document.activeElement);
    const isQuick = at < quick.length;
    const [down, up] = isQuick ? [quick.length, -1] : [at + 1, at > quick.length ? at - 1 : 0];
    const to = {
      ArrowDown: down,
      ArrowUp: at === 0 ? -1 : up,
      ArrowRight: isQuick ? at + 1 : undefined,
      ArrowLeft: isQuick ? at - 1 : undefined,
      Home: 0,
      End: -1,
    }[event.key];
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
  const button = (item, children) =>
    html`<button
      key=${item.label}
      type="button"
      role=${item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
      aria-checked=${item.checked === undefined ? undefined : String(item.checked)}
      tabindex="-1"
      class=${item.danger ? 'danger' : ''}
      onClick=${() => choose(item)}
    >
      ${children}
    </button>`;
  return html`<${Beside}
    anchor=${anchor}
    onClose=${onClose}
    class="menu"
    role="menu"
    aria-label=${name}
    onKeyDown=${onKeyDown}
  >
    <div class="items" role="none" ref=${list}>
      ${
        quick.length > 0 &&
        html`<div class="quick" role="group" aria-label=${t('quick')}>
          ${quick.map((item) => button(item, html`<i class="glyph">${item.label}</i>`))}
        </div>`
      }
      ${items.filter(Boolean).map((item) => button(item, [item.icon && html`<${Icon} id=${item.icon} />`, item.label]))}
    </div>
  <//>`;
}
