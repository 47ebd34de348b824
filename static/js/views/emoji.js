// Choosing an emoji: the quick ones, those used lately, all of them by kind, and a search in English and Romanian.

import { html, useEffect, useMemo, useRef, useState } from '../../vendor/preact/standalone.js';
import { allEmoji, find, nameOf, recent, remember } from '../emoji.js';
import { language, t } from '../text.js';
import { Skeleton } from '../ui.js';
import { Search } from '../ui/forms.js';

/** The most frequent reactions. */
export const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🎉'];

/** `onChoose(emoji)`; `quick` puts the most frequent reactions on top. */
export function EmojiPicker({ onChoose, quick = false }) {
  const [all, setAll] = useState(null);
  const [wanted, setWanted] = useState('');
  const [group, setGroup] = useState(null); // null: those used lately, or the first
  const lately = useMemo(recent, []);
  const node = useRef();
  const search = useRef();

  useEffect(() => {
    let isHere = true;
    allEmoji().then(
      (groups) => isHere && setAll(groups),
      () => {},
    );
    // Where focus would bring up a keyboard it goes to the first emoji.
    const first = matchMedia('(pointer: coarse)').matches ? node.current.querySelector('.emoji') : search.current;
    (first ?? node.current).focus();
    return () => (isHere = false);
  }, []);

  const choose = (emoji) => {
    remember(emoji);
    onChoose(emoji);
  };
  const opened = group ?? (lately.length ? 'lately' : all?.[0].id);
  const shown = useMemo(() => {
    if (!all) return [];
    if (wanted.trim()) return find(all, wanted);
    if (opened === 'lately') return lately.map((emoji) => all.byEmoji.get(emoji) ?? { emoji, en: '', ro: '' });
    return all.find((one) => one.id === opened)?.emoji ?? [];
  }, [all, wanted, opened]);

  const onKeyDown = (event) => {
    const buttons = [...node.current.querySelectorAll('.emoji')];
    const at = buttons.indexOf(document.activeElement);
    if (document.activeElement === search.current) {
      if (event.key === 'Enter')
        shown.length && choose(shown[0].emoji); // and never what is around the picker
      else if (event.key === 'ArrowDown') node.current.querySelector('.signs .emoji')?.focus();
      else return;
    } else if (at >= 0) {
      const next = neighbour(buttons, at, event.key);
      if (next === search) search.current.focus();
      else if (next) next.focus();
      else return;
    } else return;
    event.preventDefault();
  };
  const neighbour = (buttons, at, key) => {
    if (key === 'ArrowRight') return buttons[at + 1] ?? buttons[at];
    if (key === 'ArrowLeft') return buttons[at - 1] ?? buttons[at];
    if (key === 'Home') return buttons[0];
    if (key === 'End') return buttons.at(-1);
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    // In another row, the nearest to where one is.
    const here = buttons[at].getBoundingClientRect();
    const isThere = ({ top }) => (key === 'ArrowDown' ? top > here.bottom - 4 : top < here.top - 4);
    let best = null;
    for (const button of buttons) {
      const box = button.getBoundingClientRect();
      const away = Math.abs(box.top - here.top) * 100 + Math.abs(box.left - here.left);
      if (isThere(box) && (!best || away < best.away)) best = { button, away };
    }
    return best?.button ?? (key === 'ArrowUp' ? search : buttons[at]);
  };
  const button = (one, at) =>
    html`<button
      key=${one.emoji}
      type="button"
      class="emoji"
      tabindex=${at ? -1 : 0}
      title=${nameOf(one, language())}
      onClick=${() => choose(one.emoji)}
    >
      ${one.emoji}
    </button>`;
  const tab = (id, face, label) =>
    html`<button
      key=${id}
      type="button"
      aria-pressed=${String(opened === id)}
      aria-label=${label}
      title=${label}
      onClick=${() => setGroup(id)}
    >
      ${face}
    </button>`;

  return html`<div class="emoji-picker" ref=${node} tabindex="-1" onKeyDown=${onKeyDown}>
    ${
      quick &&
      html`<div class="quick" role="group" aria-label=${t('quick')}>
        ${QUICK.map((emoji, at) => button(all?.byEmoji.get(emoji) ?? { emoji, en: '', ro: '' }, at))}
      </div>`
    }
    <${Search} input=${search} label=${t('findEmoji')} value=${wanted} onType=${setWanted} />
    ${
      !wanted.trim() &&
      all &&
      html`<div class="kinds" role="group" aria-label=${t('emojiKinds')}>
        ${lately.length > 0 && tab('lately', '🕘', t('emojiLately'))}
        ${all.map((one) => tab(one.id, one.emoji[0].emoji, t(`emoji${one.id[0].toUpperCase()}${one.id.slice(1)}`)))}
      </div>`
    }
    <div
      class="signs"
      key=${wanted ? 'found' : opened}
      role="group"
      aria-label=${wanted.trim() ? t('found') : t('emoji')}
    >
      ${all ? shown.map(button) : html`<${Skeleton} rows=${4} />`}
      ${all && wanted.trim() && !shown.length && html`<p class="empty">${t('nothing')}</p>`}
    </div>
  </div>`;
}
