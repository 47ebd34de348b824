// The host's data: backed up, fetched, restored in front of everybody, and what takes the room.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  attach,
  message,
  png,
  register,
  say,
  signIn,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

const HOST = 'gazda';
const ANA = { username: 'ana', first: 'Ana', last: 'Ionescu' };

let server, browser, host, ana;

before(async () => {
  server = await startServer({}, HOST);
  browser = await startBrowser();
  [host, ana] = await Promise.all([visitor(browser, server.address, DESK), visitor(browser, server.address, PHONE)]);
  await register(ana.page, ANA);
  await host.page.goto('/');
  await signIn(host.page, HOST, PASSWORD);
});

after(async () => {
  await browser?.close();
  await server?.kill();
});

afterEach(() => assert.deepEqual([...host.faults, ...ana.faults], []));

const backups = () => host.page.getByRole('list', { name: 'Backups' }).getByRole('listitem');
const saved = (download) => download.path().then((path) => readFile(path));

test('the host backs up and saves the file', async () => {
  await startChat(host.page, ['Ana Ionescu']);
  await say(host.page, 'before the backup');
  await host.page.goto('/#/host/backups');
  await host.page.getByRole('heading', { name: 'Backups' }).waitFor();
  await host.page.getByText('No backup yet.').waitFor();
  await host.page.getByRole('button', { name: 'Back up now' }).click();
  await backups().first().waitFor();
  const [download] = await Promise.all([
    host.page.waitForEvent('download'),
    host.page.getByRole('button', { name: /^Download: / }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^messenger-\d{4}-\d\d-\d\dT\d{4}-by-hand\.db$/);
  const bytes = await saved(download);
  assert.equal(bytes.subarray(0, 15).toString(), 'SQLite format 3');
});

test('a restored backup comes to everybody by itself', async () => {
  await ana.page.getByRole('navigation', { name: 'Chats' }).getByRole('link').first().click();
  await message(ana.page, 'before the backup').waitFor();
  await ana.page.getByRole('textbox', { name: 'Message', exact: true }).fill('after the backup');
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  await message(ana.page, 'after the backup').waitFor();
  await host.page.getByRole('button', { name: /^Restore: / }).click();
  const question = host.page.getByRole('dialog');
  await question.getByText(/in place of everything there is now\?$/).waitFor();
  await question.getByRole('button', { name: 'Restore' }).click();
  await host.page.getByText('The backup is in place.').waitFor();
  await message(ana.page, 'after the backup').waitFor({ state: 'detached' });
  await message(ana.page, 'before the backup').waitFor();
  assert.equal(await backups().count(), 1);
});

test('what is no backup is told so and changes nothing', async () => {
  const file = { name: 'photo.db', mimeType: 'application/octet-stream', buffer: Buffer.from('a photo, perhaps') };
  const [chooser] = await Promise.all([
    host.page.waitForEvent('filechooser'),
    host.page.getByRole('button', { name: 'Restore a file…' }).click(),
  ]);
  await chooser.setFiles(file);
  await host.page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await host.page.getByRole('alert').getByText('This file is not a backup of Messenger.').waitFor();
  await host.page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
  await message(ana.page, 'before the backup').waitFor();
});

test('a backup that is not wanted goes', async () => {
  await host.page.getByRole('button', { name: /^Delete: / }).click();
  await host.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await host.page.getByText('No backup yet.').waitFor();
});

test('whether the nights are backed up is said, and theirs are marked', async () => {
  await host.page.getByText('Not backed up at night.').waitFor();
  const nightly = await startServer({ ROCKET_BACKUP_NIGHTLY: 'true', ROCKET_BACKUPS_KEPT: '3' }, HOST);
  const desk = await visitor(browser, nightly.address, DESK);
  await desk.page.goto('/');
  await signIn(desk.page, HOST, PASSWORD);
  await desk.page.goto('/#/host/backups');
  await desk.page.getByText('Backed up every night; the last 3 are kept.').waitFor();
  // The first chance after three at night is the start.
  await desk.page.getByRole('list', { name: 'Backups' }).getByText(/of the night$/).waitFor();
  assert.deepEqual(desk.faults, []);
  await desk.close();
  await nightly.stop();
});

/** "1.5 MB" */
function sized(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const unit = ['kilobyte', 'megabyte', 'gigabyte'][power - 1];
  const style = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 };
  return new Intl.NumberFormat('en', style).format(bytes / 1000 ** power);
}

test('the sizes on the page of storage are those that the server has', async () => {
  const files = [
    { name: 'film.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(1_500_000, 'film') },
    { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.alloc(640, 'note') },
    { name: 'tabla.png', mimeType: 'image/png', buffer: png(300, 200) },
  ];
  for (const file of files) {
    await attach(ana.page, file);
    await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  }
  // One leaves after the other.
  const photo = ana.page.getByRole('article').filter({ has: ana.page.getByRole('img', { name: /^Photo/ }) });
  await photo.getByRole('img', { name: /^(Sent|Read)$/ }).waitFor();
  const { page } = host;
  await page.goto('/#/host/backups');
  await page.getByRole('button', { name: 'Back up now' }).click();
  await backups().first().waitFor();
  const answer = page.waitForResponse('**/host/storage/');
  await page.goto('/#/host/storage');
  const storage = await (await answer).json();
  await page.getByRole('heading', { name: 'Biggest files' }).waitFor();
  const figures = await page
    .locator('.figures > div')
    .evaluateAll((all) => all.map((one) => [...one.children].map((part) => part.innerText)));
  assert.deepEqual(Object.fromEntries(figures), {
    Everything: sized(storage.bytes),
    'Free on this disk': sized(storage.free),
    Backups: sized(storage.backups.bytes),
  });
  assert.ok(storage.bytes > 1_500_000 && storage.backups.bytes > 1_500_000);
  const rows = (title) =>
    page
      .locator('.room > section')
      .filter({ has: page.getByRole('heading', { name: title }) })
      .locator('li')
      .evaluateAll((all) =>
        all.map((one) => [...one.querySelectorAll('strong, .hint, li > span')].map((part) => part.innerText)),
      );
  const [chat] = storage.chats;
  const { messages, photos } = chat;
  assert.deepEqual(await rows('Chats'), [
    [
      'gazda, ana',
      `${messages.count} messages · 1 photo (${sized(photos.bytes)}) · 2 files (1.5 MB)`,
      sized(messages.bytes + photos.bytes + 1_500_640),
    ],
  ]);
  assert.deepEqual(
    await rows('People'),
    storage.people.map(({ username, uploads: { count, bytes } }) => [username, `${count} files`, sized(bytes)]),
  );
  const biggest = await rows('Biggest files');
  assert.deepEqual(
    biggest.filter(([name]) => files.some((file) => file.name === name && !name.endsWith('.png'))),
    [
      ['film.bin', 'ana', '1.5 MB'],
      ['note.txt', 'ana', '640 B'],
    ],
  );
  assert.equal(biggest.length, storage.biggest.length);
  await page.goto('/#/host/backups');
  await page.getByRole('button', { name: /^Delete: / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No backup yet.').waitFor();
});

test('the host sees what takes the room and lets a chat forget', async () => {
  await host.page.goto('/#/host/storage');
  await host.page.getByRole('heading', { name: 'Storage' }).waitFor();
  const keep = host.page.getByRole('combobox', { name: 'Keep messages: gazda, ana' });
  await keep.selectOption('30');
  await host.page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click();
  await host.page.getByRole('dialog').waitFor({ state: 'detached' });
  await host.page.reload();
  await keep.waitFor();
  assert.equal(await keep.inputValue(), '30');
});

test('others do not find these rooms', async () => {
  await ana.page.goto('/#/host/backups');
  await ana.page.getByText('This is for the host and his staff.').waitFor();
});

test('a new server begins with a backup from its first page, and takes nothing else for one', async () => {
  const { page } = host;
  await page.goto('/#/host/backups');
  await page.getByRole('button', { name: 'Back up now' }).click();
  await backups().first().waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Download: / }).first().click(),
  ]);
  const bytes = await saved(download);
  const other = await startServer();
  const [, token] = await other.heard(/\/#\/setup\/(\w+)$/);
  const desk = await visitor(browser, other.address, DESK);
  await desk.page.goto(`/#/setup/${token}`);
  const file = desk.page.getByLabel('or restore a backup');
  await file.setInputFiles({ name: 'notes.db', mimeType: '', buffer: bytes.subarray(0, bytes.length / 2) });
  await desk.page.locator('.restore .error').filter({ hasText: /\w/ }).waitFor();
  await file.setInputFiles({ name: 'messenger.db', mimeType: '', buffer: bytes });
  await desk.page.getByText(/^The backup is in place/).waitFor();
  // The server has begun anew, with the host of the backup, once it says that it has one.
  const isHosted = async () => !(await (await fetch(`${other.address}/auth/server/`)).json()).setup;
  while (!(await isHosted().catch(() => false)));
  await desk.page.goto('/#/');
  await desk.page.reload();
  await signIn(desk.page, HOST, PASSWORD);
  await desk.page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await message(desk.page, 'before the backup').waitFor();
  // The link was good for one beginning.
  await desk.page.goto(`/#/setup/${token}`);
  await desk.page.getByRole('heading', { name: 'Ask the host' }).waitFor();
  await desk.close();
  await other.kill();
});
