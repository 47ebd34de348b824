// The words of the client: both languages say the same things, and everything that is said is shown somewhere.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { before, test } from 'node:test';
import { STATIC } from './harness.js';

const FOLDER = new URL('js/', STATIC);

let languages, sources;

before(async () => {
  languages = {};
  for (const language of ['en', 'ro']) {
    const rooms = ['host', 'xray', 'boxes'].map((room) => `${room}/words-${language}.js`);
    const parts = [`words/${language}.js`, ...rooms].map(async (name) => {
      const text = await readFile(new URL(name, FOLDER), 'utf8');
      // As data, since nothing says that the files of this folder are modules.
      return import(`data:text/javascript,${encodeURIComponent(text)}`);
    });
    const files = await Promise.all(parts);
    for (const kind of ['words', 'counted']) {
      const keys = files.flatMap((file) => Object.keys(file[kind]));
      const twice = keys.filter((key, at) => keys.indexOf(key) < at);
      assert.deepEqual(twice, [], `${language}: a word stands in one place`);
    }
    languages[language] = {
      words: Object.assign({}, ...files.map(({ words }) => words)),
      counted: Object.assign({}, ...files.map(({ counted }) => counted)),
    };
  }
  const names = (await readdir(FOLDER, { recursive: true })).filter(
    (name) => name.endsWith('.js') && !/(^|\/)words/.test(name),
  );
  sources = await Promise.all(names.map((name) => readFile(new URL(name, FOLDER), 'utf8')));
});

const placeholders = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

/** The keys that calls of a function name, also either of two: `t('a')`, `t(is ? 'a' : 'b')`. */
function named(call) {
  const pattern = new RegExp(`(?<![\\w.])${call}\\((?:[^'"\`(),]*\\? )?'(\\w+)'(?: : '(\\w+)')?`, 'g');
  const calls = sources.flatMap((source) => [...source.matchAll(pattern)]);
  return new Set(calls.flatMap(([, ...keys]) => keys.filter(Boolean)));
}

/** What a key that is put together begins with: t(`emoji${...}`). */
const beginnings = () => sources.flatMap((source) => [...source.matchAll(/\bt\(`(\w+)\$\{/g)].map(([, text]) => text));

test('both languages have the same keys', () => {
  const { en, ro } = languages;
  assert.deepEqual(Object.keys(ro.words).sort(), Object.keys(en.words).sort());
  assert.deepEqual(Object.keys(ro.counted).sort(), Object.keys(en.counted).sort());
});

test('both languages fill in the same values', () => {
  const { en, ro } = languages;
  for (const [key, text] of Object.entries(en.words)) {
    assert.deepEqual(placeholders(ro.words[key]), placeholders(text), key);
  }
});

test('nothing is left without words, and a number stands in each form that its language has', () => {
  for (const [language, { words, counted }] of Object.entries(languages)) {
    for (const [key, text] of Object.entries(words)) assert.ok(text.trim(), `${language}: ${key}`);
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, forms] of Object.entries(counted)) {
      assert.deepEqual(Object.keys(forms).sort(), [...pluralCategories].sort(), `${language}: ${key}`);
      for (const form of Object.values(forms)) assert.ok(form.includes('#'), `${language}: ${key}: ${form}`);
    }
  }
});

test('every key that the sources name is there', () => {
  const { words, counted } = languages.en;
  assert.deepEqual(
    [...named('t')].filter((key) => !(key in words)),
    [],
  );
  assert.deepEqual(
    [...named('counted')].filter((key) => !(key in counted)),
    [],
  );
});

test('every key that is there is used', () => {
  const { words, counted } = languages.en;
  const all = named('t');
  const begun = beginnings();
  // Some keys stand in a table and are looked up from there: `what: 'keySearch'`, `profile: 'editProfile'`.
  const stands = (key) => sources.some((source) => new RegExp(`\\w: '${key}'|\\?\\? '${key}'`).test(source));
  const isUsed = (key) => all.has(key) || begun.some((text) => key.startsWith(text)) || stands(key);
  assert.deepEqual(
    Object.keys(words).filter((key) => !isUsed(key)),
    [],
  );
  assert.deepEqual(
    Object.keys(counted).filter((key) => !named('counted').has(key)),
    [],
  );
});
