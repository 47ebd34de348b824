// What the client is made of: whatever it imports is asked for ahead, and whatever is not ours is what its note says.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { test } from 'node:test';
import { STATIC } from './harness.js';

const read = (path) => readFile(new URL(path, STATIC), 'utf8');

/** A module and all that it imports, by their paths from the root. */
async function graph(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = await read(path);
  for (const [, other] of text.matchAll(/^(?:import|export) [^;]*?['"](\.{1,2}\/[^'"]+)['"];/gm)) {
    await graph(posix.join(dirname(path), other), found);
  }
  for (const [, other] of text.matchAll(/\bimport\('([^']+)'\)/g)) await graph(posix.join(dirname(path), other), found);
  return found;
}

/** Whether it comes later, when somebody goes there: rooms that most people never open. */
const isLater = (path) => /^css\/(host|entry|xray)\.css/.test(path);

test('what the scripts of a first visit are joined to is asked for by the page itself, so that none waits', async () => {
  const page = await read('index.html');
  const asked = [...page.matchAll(/<link rel="modulepreload" href="\/([^"]+)"/g)].map(([, path]) => path);
  const foreign = [...(await graph('js/main.js'))].filter((path) => path.startsWith('vendor/'));
  assert.deepEqual(asked.sort(), ['js/views/home.js', ...foreign].sort());
});

test('every style is one that the page has', async () => {
  const page = await read('index.html');
  const asked = [...page.matchAll(/<link rel="stylesheet" href="\/css\/([^"]+)"/g)].map(([, name]) => name);
  const there = (await readdir(new URL('css/', STATIC))).filter((name) => !isLater(`css/${name}`));
  assert.deepEqual(asked.sort(), there.sort());
});

test('what is not ours is what it says it is', async () => {
  const lines = (await read('vendor/VERSIONS')).split(/\r?\n/).filter((line) => line && !line.startsWith('#'));
  const noted = new Map(lines.map((line) => line.split(' | ')).map(([path, , , sum]) => [path, sum]));
  for (const [path, sum] of noted) {
    const bytes = await readFile(new URL(`vendor/${path}`, STATIC));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), sum, path);
  }
  const there = (await readdir(new URL('vendor/', STATIC), { recursive: true }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(js|svg)$/.test(path));
  assert.deepEqual(there.sort(), [...noted.keys()].sort());
});

test('every icon that is shown is there', async () => {
  const sprite = await read('vendor/lucide/icons.svg');
  const there = new Set([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map(([, id]) => id));
  const modules = [...(await graph('js/main.js'))].filter((path) => path.startsWith('js/'));
  for (const path of modules) {
    const text = await read(path);
    for (const [, id] of text.matchAll(/<\$\{Icon(?:Button)?\}\s[^>]*?\b(?:id|icon)="([a-z0-9-]+)"/g)) {
      assert.ok(there.has(id), `${path}: ${id}`);
    }
  }
});
