// Who may write to whom, and what a lesson leaves: taken along as one file, wiped, and one's own when one goes.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  PASSWORD,
  asPerson,
  assertAccessible,
  assertDrawn,
  attach,
  lesson,
  message,
  png,
  register,
  say,
  unpacked,
  visitor,
} from './harness.js';

let browser, host, bogdan, call, group, pair;

lesson(async (lesson) => {
  ({ browser, host, bogdan, call } = lesson);
  const { server, who } = lesson;
  // Carmen is no staff: what the house says of private chats is about hers.
  const carmen = await visitor(browser, server.address);
  await register(carmen.page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  await carmen.close();
  const asCarmen = await asPerson(server.address, 'carmen');
  pair = await asCarmen('POST', '/chat/', { name: 'doi', users: [who], type: 'privat' });
  group = await lesson.group('Clasa');
  await bogdan.page.getByRole('link', { name: /^Clasa/ }).click();
  await bogdan.page.getByRole('heading', { name: 'Clasa' }).waitFor();
  await say(bogdan.page, 'De păstrat');
  await message(bogdan.page, 'De păstrat')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
});

const box = () => bogdan.page.getByRole('textbox', { name: 'Message', exact: true });

test('in a group that announces others see that they can’t write, until it no longer does', async () => {
  const { page } = host;
  await page.goto(`/#/chat/${group.id}/details`);
  await page.getByRole('switch', { name: /^Announcements only/ }).check();
  await bogdan.page.getByText('Only the owner and staff write here.').waitFor();
  assert.equal(await box().isVisible(), false);
  await page.getByRole('switch', { name: /^Announcements only/ }).uncheck();
  await box().waitFor();
});

test('private chats are as the house has them', async () => {
  const { page } = host;
  await bogdan.page.goto(`/#/chat/${pair.id}`);
  await box().waitFor();
  await page.goto('/#/host/settings');
  const choices = page.getByRole('group', { name: 'Private chats' });
  await choices.getByText('Only with staff', { exact: true }).click();
  await bogdan.page.getByText('Private chats are only with staff here.').waitFor();
  await choices.getByText('None', { exact: true }).click();
  await bogdan.page.getByText('Private chats are switched off here.').waitFor();
  assert.equal(await box().isVisible(), false);
  await choices.getByText('Everyone with everyone', { exact: true }).click();
  await box().waitFor();
});

test('files that are switched off are refused with a reason, and staff still send theirs', async () => {
  const { page } = host;
  await bogdan.page.goto(`/#/chat/${group.id}`);
  await bogdan.page.getByRole('heading', { name: 'Clasa' }).waitFor();
  await page.goto('/#/host/order');
  await attach(bogdan.page, { name: 'joc.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
  await page.getByRole('switch', { name: /^Photos and files/ }).uncheck();
  await bogdan.page.getByRole('button', { name: 'Attach', exact: true }).waitFor({ state: 'detached' });
  await bogdan.page.getByRole('button', { name: 'Send', exact: true }).click();
  await bogdan.page.getByText('Photos and files are switched off right now.').waitFor();
  await bogdan.page.getByRole('log').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.goto(`/#/chat/${group.id}`);
  await attach(page, { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('Planul lecției') });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await message(bogdan.page, 'plan.txt').waitFor();
  const { results } = await call('GET', `/chat/messages/?chat=${group.id}&media=any`);
  assert.deepEqual(
    results.map(({ file_name }) => file_name),
    ['plan.txt'],
  );
  await page.goto('/#/host/order');
  await page.getByRole('switch', { name: /^Photos and files/ }).check();
});

test('all groups are put away at the end of a lesson, and brought back', async () => {
  const { page } = host;
  await bogdan.page.goto(`/#/chat/${group.id}`);
  await box().waitFor();
  await page.goto('/#/host/archive');
  await page.getByRole('button', { name: 'Put all groups away' }).click();
  await page.getByText(/^\d+ groups? (is|are) put away$/).waitFor();
  await bogdan.page.getByText('This chat is put away: nobody writes in it.').waitFor();
  assert.equal(await box().isVisible(), false);
  await message(bogdan.page, 'De păstrat').waitFor();
  assert.equal((await call('GET', `/chat/${group.id}/`)).archived, true);
  await assertAccessible(bogdan.page, 'a chat that is put away');
  // In the list it is folded up with the others.
  await bogdan.page.goto('/#/');
  const away = bogdan.page.locator('details.away');
  const link = away.getByRole('link', { name: /^Clasa/ });
  await away.getByText(/^\d+ chats? put away$/).waitFor();
  assert.equal(await link.isVisible(), false);
  await away.locator('summary').click();
  await link.click();
  await message(bogdan.page, 'De păstrat').waitFor();
  await page.getByRole('button', { name: 'Bring them back' }).click();
  await page.getByText(/^\d+ groups? (is|are) back$/).waitFor();
  await away.waitFor({ state: 'detached' });
  await bogdan.page.goto(`/#/chat/${group.id}`);
  await box().waitFor();
  await page.goto('/#/host/order');
  await page
    .locator('.deeds')
    .getByText(/put all groups away/)
    .waitFor();
});

/** A file that a page has handed out; its first bytes and its length. */
async function handedOut(page, press) {
  const coming = page.waitForEvent('download');
  await press();
  const download = await coming;
  const bytes = await readFile(await download.path());
  return { name: download.suggestedFilename(), begins: bytes.subarray(0, 2).toString(), bytes };
}

/** Opens the archive from a folder, in a browser that has no network: what was written, a photo, and a file with these bytes. */
async function assertOpensOffline(bytes, { name, buffer }) {
  const folder = await unpacked(bytes);
  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(join(folder, 'index.html')).href);
  await page.getByRole('link', { name: /Clasa/ }).click();
  await page.getByText('De păstrat').waitFor();
  await assertDrawn(page.getByRole('article').getByRole('img'));
  const target = fileURLToPath(await page.getByRole('link', { name }).evaluate((link) => link.href));
  assert.ok(target.startsWith(join(folder, '/')), target);
  assert.deepEqual(await readFile(target), buffer);
  assert.deepEqual(
    asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:')),
    [],
  );
  JSON.parse(await readFile(join(folder, 'messenger.json'), 'utf8'));
  await context.close();
  await rm(folder, { recursive: true });
}

test('everything is taken along as one file, and wiped by who types the server’s name', async () => {
  const { page } = host;
  const file = { name: 'lecția 1.bin', mimeType: 'application/octet-stream', buffer: randomBytes(70_000) };
  for (const one of [{ name: 'tabla.png', mimeType: 'image/png', buffer: png(300, 200) }, file]) {
    await attach(bogdan.page, one);
    await bogdan.page.getByRole('button', { name: 'Send', exact: true }).click();
  }
  await bogdan.page
    .getByRole('log')
    .getByRole('img', { name: /^Photo/ })
    .waitFor();
  await message(bogdan.page, file.name)
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  await page.goto('/#/host/archive');
  const archive = await handedOut(page, () => page.getByRole('button', { name: 'Download the archive' }).click());
  assert.match(archive.name, /^Messenger-\d{4}-\d\d-\d\d\.zip$/);
  assert.equal(archive.begins, 'PK');
  await assertOpensOffline(archive.bytes, file);
  await assertAccessible(page, 'the end of a lesson');
  const name = page.getByLabel("To be sure, type the server's name: Messenger");
  await name.fill('Mess');
  await page.getByRole('button', { name: 'Wipe the messages' }).click();
  await page.locator('#' + (await name.getAttribute('id')) + '-error:not(:empty)').waitFor();
  assert.equal((await call('GET', `/chat/messages/?chat=${group.id}`)).results.length, 4);
  await name.fill('Messenger');
  await page.getByRole('button', { name: 'Wipe the messages' }).click();
  await page
    .getByRole('status')
    .filter({ hasText: /^Wiped: / })
    .waitFor();
  assert.deepEqual((await call('GET', `/chat/messages/?chat=${group.id}`)).results, []);
  await bogdan.page.goto(`/#/chat/${group.id}`);
  await box().waitFor();
  await message(bogdan.page, 'De păstrat').waitFor({ state: 'detached' });
});

test('one takes one’s chats along, and goes for good', async () => {
  const { page } = bogdan;
  await page.goto('/#/me/own');
  const own = await handedOut(page, () => page.getByRole('button', { name: 'Export my chats' }).click());
  assert.equal(own.begins, 'PK');
  await assertAccessible(page, 'what is one’s own');
  await page.getByLabel('Password', { exact: true }).fill('not it at all');
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.locator('.error:not(:empty)').first().waitFor();
  assert.equal((await call('GET', '/auth/user/?search=bogdan')).results.length, 1);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Delete my account' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal((await call('GET', '/auth/user/?search=bogdan')).results.length, 0);
});
