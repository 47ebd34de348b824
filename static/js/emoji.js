// Which emoji there are and what they are called. The list comes with its first use: few need it in a first second.

import { folded } from './text.js';

const KEPT = 'recent emoji';
const KEPT_MAX = 24;
const FOUND_MAX = 64;
const BETWEEN = /[^\p{L}\p{N}]+/u;

let loading = null;

/** All emoji by kind: `[{id, emoji: [{emoji, en, ro, words}]}]`, with `byEmoji` beside it. */
export function allEmoji() {
  loading ??= import('../vendor/unicode/emoji.js').then(({ EMOJI }) => read(EMOJI));
  loading.catch(() => (loading = null));
  return loading;
}

/** The list as `bin/emoji` writes it. */
export function read({ en, enWords, ro, roWords, ...kinds }) {
  const [english, romanian] = [en, ro].map((names) => names.split('|'));
  const named = [];
  const asEmoji = (sign) => {
    if (/^[A-Z]{2}$/.test(sign)) return new Flag(sign);
    const at = named.length;
    named.push({ emoji: sign, en: english[at], ro: romanian[at], words: [] });
    return named[at];
  };
  const groups = Object.entries(kinds).map(([id, signs]) => ({ id, emoji: signs.split(' ').map(asEmoji) }));
  for (const line of `${enWords}\n${roWords}`.split('\n')) {
    const [word, ...steps] = line.split(' ');
    let at = 0;
    for (const step of steps) {
      at += parseInt(step, 36);
      named[at].words.push(word);
    }
  }
  groups.byEmoji = new Map(groups.flatMap((group) => group.emoji.map((one) => [one.emoji, one])));
  return groups;
}

const regions = {};

/** The flag of a country, whose name the browser knows; it is asked for only where it is needed. */
class Flag {
  words = [];

  constructor(code) {
    this.code = code;
    this.emoji = [...code].map((letter) => String.fromCodePoint(letter.charCodeAt(0) - 65 + 0x1f1e6)).join('');
  }

  named(language) {
    try {
      regions[language] ??= new Intl.DisplayNames(language, { type: 'region' });
      return regions[language].of(this.code);
    } catch {
      return this.code;
    }
  }

  get en() {
    return this.named('en');
  }

  get ro() {
    return this.named('ro');
  }
}

/** What an emoji is called in a language. */
export const nameOf = (one, language) => one[language] ?? '';

const searchable = new WeakMap();

/** An emoji's names without their marks, and all words it is found by. */
function searched(one) {
  if (!searchable.has(one)) {
    const names = [folded(one.en), folded(one.ro)];
    searchable.set(one, { names, words: [...names.flatMap((name) => name.split(BETWEEN)), ...one.words] });
  }
  return searchable.get(one);
}

/** The emoji that all words of a question fit, best first: whole words before beginnings, names before others. */
export function find(groups, question) {
  const wanted = folded(question).split(BETWEEN).filter(Boolean);
  if (!wanted.length) return groups.byEmoji.has(question.trim()) ? [groups.byEmoji.get(question.trim())] : [];
  const [first] = wanted;
  const found = [];
  for (const one of groups.byEmoji.values()) {
    const { names, words } = searched(one);
    if (!wanted.every((begun) => words.some((word) => word.startsWith(begun)))) continue;
    const begins = names.some((name) => name.startsWith(first));
    const isWhole = words.includes(first);
    found.push({ one, rank: names.includes(first) ? 0 : begins && isWhole ? 1 : isWhole ? 2 : begins ? 3 : 4 });
  }
  return found
    .sort((one, other) => one.rank - other.rank)
    .slice(0, FOUND_MAX)
    .map(({ one }) => one);
}

/** Those used lately on this device, the last first. */
export function recent() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

export function remember(emoji) {
  try {
    localStorage.setItem(KEPT, JSON.stringify([emoji, ...recent().filter((one) => one !== emoji)].slice(0, KEPT_MAX)));
  } catch {
    // A browser without room for it remembers none.
  }
}
