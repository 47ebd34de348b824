// Photos that are sent in one go stand in one grid, and each is a message of its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  asPerson,
  assertAccessible,
  attach,
  message,
  png,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  until,
  visitor,
} from './harness.js';

let server, browser, ana, bogdan, calls, chat;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ana = await visitor(browser, server.address, PHONE);
  bogdan = await visitor(browser, server.address, DESK);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  await say(ana.page, 'Pozele');
  await bogdan.page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await message(bogdan.page, 'Pozele').waitFor();
  calls = await asPerson(server.address, 'bogdan');
  [chat] = (await calls('GET', '/chat/')).results;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const photo = (at) => ({ name: `poza-${at}.png`, mimeType: 'image/png', buffer: png(60 + at, 40) });
const tiles = (page) => page.locator('[role=log] .album').last().getByRole('article');
const newest = async () => (await calls('GET', `/chat/messages/?chat=${chat.id}&limit=1`)).results[0];

async function send(page, count) {
  await attach(page, ...Array.from({ length: count }, (_, at) => photo(at)));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

test('three photos are one grid, and three messages', async () => {
  await send(ana.page, 3);
  for (const { page } of [ana, bogdan]) {
    await until(page, () => document.querySelectorAll('[role=log] .album article[data-seq]').length === 3);
    assert.equal(await page.getByRole('log').getByRole('article').count(), 4);
    const boxes = await Promise.all((await tiles(page).all()).map((tile) => tile.boundingBox()));
    assert.ok(boxes[0].width > boxes[1].width * 1.9, 'the first is wide');
    assert.equal(boxes[1].y, boxes[2].y, 'the others stand side by side');
    await assertAccessible(page, 'three photos');
  }
  const { results } = await calls('GET', `/chat/messages/?chat=${chat.id}`);
  assert.equal(results.filter((one) => one.photo).length, 3);
});

test('each has its own menu and its own reactions', async () => {
  const { page } = bogdan;
  const second = tiles(page).nth(1);
  await second.hover();
  await second.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitemcheckbox', { name: '❤️' }).click();
  await tiles(ana.page).nth(1).getByRole('button', { name: '❤️ 1' }).waitFor();
  assert.equal(await page.locator('[role=log] .reaction').count(), 1);
  const stored = (await calls('GET', `/chat/messages/?chat=${chat.id}&limit=3`)).results.map(
    (one) => one.reactions.length,
  );
  assert.deepEqual(stored, [0, 1, 0]);
});

test('the photos over the page go from one to the next', async () => {
  const { page } = bogdan;
  await tiles(page).first().getByRole('link').click();
  const over = page.getByRole('dialog', { name: 'Photo' });
  await over.getByText('1 / 3').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await over.getByText('3 / 3').waitFor();
  await page.keyboard.press('Escape');
  await over.waitFor({ state: 'detached' });
});

test('of many photos four are shown, and the others when they are asked for', async () => {
  await say(ana.page, 'Și restul');
  await send(ana.page, 7);
  const { page } = bogdan;
  const more = page.getByRole('button', { name: 'Show all photos, +3' });
  await more.getByText('+3').waitFor();
  assert.equal(await tiles(page).count(), 4);
  await assertAccessible(page, 'a folded grid');
  await more.click();
  await until(page, () => [...document.querySelectorAll('.album')].at(-1).querySelectorAll('article').length === 7);
});

test('a link to one that is not shown shows it', async () => {
  const { page } = ana;
  await page.getByText('+3').waitFor();
  const { seq } = await newest();
  await page.goto(`/#/chat/${chat.id}/${seq}`);
  await page.locator(`article.found[data-seq="${seq}"]`).waitFor();
  assert.equal(await tiles(page).count(), 7);
});

test('a grid that grows at its beginning moves nothing that one reads', async () => {
  const { page } = bogdan;
  // Of the seven photos the last two come with the first page of the history, the others with the second.
  for (let at = 1; at <= 48; at += 1) await calls('POST', `/chat/messages/${chat.id}/`, { text: `rândul ${at}.` });
  await page.goto('/#/');
  await page.reload();
  await page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await message(page, 'rândul 48.').waitFor();
  await until(page, () => document.querySelectorAll('[data-seq]').length === 50);
  assert.equal(await tiles(page).count(), 2);
  const place = () => message(page, 'rândul 5.').evaluate((node) => node.getBoundingClientRect().top);
  await page.getByRole('log').evaluate((node) => (node.scrollTop = 200));
  const before = await place();
  await until(page, () => document.querySelectorAll('[data-seq]').length > 55);
  assert.equal(await place(), before);
  assert.equal(await tiles(page).count(), 4);
  await page.getByText('+3').waitFor();
});

test('photos that come while one reads further up move nothing either', async () => {
  const { page } = bogdan;
  const place = () => message(page, 'rândul 5.').evaluate((node) => node.getBoundingClientRect().top);
  const before = await place();
  await send(ana.page, 3);
  await page.getByRole('button', { name: 'Jump to newest, 3 new' }).waitFor();
  await until(page, () => [...document.querySelectorAll('.album')].at(-1).querySelectorAll('article').length === 3);
  assert.equal(await place(), before);
  assert.deepEqual(ana.faults.concat(bogdan.faults), []);
});

test('they are a grid while they are on their way, and one can be taken back', async () => {
  const { page } = ana;
  await say(page, 'Încă trei');
  await page.locator('article[data-seq]').getByText('Încă trei').waitFor();
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  await page.route('**/chat/messages/*/', (route) => opened.then(() => route.continue()));
  await send(page, 3);
  const leaving = page.locator('.album .leaving');
  await until(page, () => document.querySelectorAll('.album .leaving').length === 3);
  await assertAccessible(page, 'photos on their way');
  await leaving.nth(2).getByRole('button', { name: 'Cancel' }).click();
  await until(page, () => document.querySelectorAll('.album .leaving').length === 2);
  open();
  await until(page, () => !document.querySelector('.leaving'));
  assert.equal(await tiles(page).count(), 2);
  const { results } = await calls('GET', `/chat/messages/?chat=${chat.id}&limit=3`);
  assert.deepEqual(
    results.map((one) => Boolean(one.photo)),
    [true, true, false],
  );
  assert.deepEqual(ana.faults.concat(bogdan.faults), []);
});
