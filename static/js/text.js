// Words, numbers and times in the language of the page. Every sentence stands in `words/`, once a language.

import * as en from './words/en.js';
import * as ro from './words/ro.js';

const LANGUAGES = { en, ro };

/** "en" or "ro". */
export const language = () => (document.documentElement.lang === 'ro' ? 'ro' : 'en');

/** A sentence; `{name}` in it is what `values` has under that name. */
export function t(key, values) {
  const text = LANGUAGES[language()].words[key];
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text;
}

/** Adds the words of rooms that only some people go to: `{en, ro}`, each as in `words/`. */
export function learn(added) {
  for (const [name, known] of Object.entries(LANGUAGES)) {
    Object.assign(known.words, added[name].words);
    Object.assign(known.counted, added[name].counted);
  }
}

const number = (value) => new Intl.NumberFormat(language()).format(value);

const rules = {};
const plural = () => (rules[language()] ??= new Intl.PluralRules(language()));

/** A sentence with a number, in the form that the number asks for. */
export function counted(key, value) {
  const forms = LANGUAGES[language()].counted[key];
  const form = forms[plural().select(value)] ?? forms.other;
  return form.replace('#', number(value));
}

const formats = new Map();

/** Formats are kept: making one takes longer than a hundred uses of it. */
function format(time, options) {
  const key = language() + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language(), options));
  return formats.get(key).format(time);
}

/** "14:05" */
export const clock = (time) => format(new Date(time), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

const isSameDay = (one, other) => one.toDateString() === other.toDateString();

/** "Today", "Yesterday", or the day's date, with the year unless it is this one. */
export function day(time, now = new Date()) {
  const then = new Date(time);
  if (isSameDay(then, now)) return t('today');
  if (isSameDay(then, new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1))) return t('yesterday');
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  return format(then, { weekday: 'long', day: 'numeric', month: 'long', ...year });
}

/** The clock today, the day before that. */
export function when(time, now = new Date()) {
  const then = new Date(time);
  if (isSameDay(then, now)) return clock(time);
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: '2-digit' };
  return format(then, { day: 'numeric', month: 'short', ...year });
}

/** "1.5 MB" */
export function bytes(size) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, size)) / 3));
  if (!power) return `${number(size)} B`; // "byte", as browsers write it out, reads like a word that lost its plural
  const style = { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: power ? 1 : 0 };
  return new Intl.NumberFormat(language(), style).format(size / 1000 ** power);
}

/** A text without marks and capitals, as it is looked for. */
export const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
