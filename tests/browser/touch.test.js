// What fingers do: a long press opens the menu with the quick reactions, a swipe to the right answers, and scrolling scrolls.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  asPerson,
  message,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  until,
  visitor,
} from './harness.js';

let server, browser, ana, bogdan, calls, chat, fingers;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ana = await visitor(browser, server.address, PHONE);
  bogdan = await visitor(browser, server.address, DESK);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  await say(ana.page, 'Salut');
  calls = await asPerson(server.address, 'bogdan');
  [chat] = (await calls('GET', '/chat/')).results;
  for (let at = 1; at <= 30; at += 1) await calls('POST', `/chat/messages/${chat.id}/`, { text: `rândul ${at}.` });
  await message(ana.page, 'rândul 30.').waitFor();
  fingers = await ana.context.newCDPSession(ana.page);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const touch = (type, x, y) =>
  fingers.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });

const reply = () => ana.page.locator('.composer .about');

/** A finger that goes from an article by so many pixels, and `during` before it is lifted. */
async function swipe(article, by, down = 0, during = async () => {}) {
  await article.scrollIntoViewIfNeeded();
  const box = await article.locator('.bubble').boundingBox();
  const [x, y] = [Math.max(box.x + 10, 40), box.y + box.height / 2];
  await touch('touchStart', x, y);
  for (let step = 1; step <= 10; step += 1) await touch('touchMove', x + (by * step) / 10, y + (down * step) / 10);
  await during();
  await touch('touchEnd');
}

test('a swipe to the right answers a message', async () => {
  const article = message(ana.page, 'rândul 29.');
  await swipe(article, 120, 0, async () => {
    assert.equal(await article.getAttribute('data-swipe'), 'far');
    const moved = await article.locator('.row').evaluate((node) => getComputedStyle(node).transform);
    assert.equal(moved, 'matrix(1, 0, 0, 1, 80, 0)', 'it follows the finger, so far');
  });
  await reply().getByText('rândul 29.').waitFor();
  assert.equal(await article.getAttribute('data-swipe'), null, 'it is back in its place');
  await say(ana.page, 'Da');
  await message(ana.page, 'Da').locator('[data-quote]', { hasText: 'rândul 29.' }).waitFor();
  await ana.page
    .locator('article[data-seq]')
    .filter({ has: ana.page.locator('.text', { hasText: /^Da$/ }) })
    .waitFor();
  const [answer] = (await calls('GET', `/chat/messages/?chat=${chat.id}&limit=1`)).results;
  const quoted = await calls('GET', `/chat/messages/${answer.reply_to}/`);
  assert.equal(quoted.text, 'rândul 29.');
});

test('with reduced motion it stays where it is, and is answered', async () => {
  const { page } = ana;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const article = message(page, 'rândul 28.');
  await swipe(article, 120, 0, async () => {
    assert.equal(await article.getAttribute('data-swipe'), 'far');
    assert.equal(await article.locator('.row').evaluate((node) => getComputedStyle(node).transform), 'none');
  });
  await reply().getByText('rândul 28.').waitFor();
  await reply().getByRole('button', { name: 'Cancel' }).click();
  await page.emulateMedia({ reducedMotion: 'no-preference' });
});

test('a short one, one to the left, and one from the side of the screen answer nothing', async () => {
  const article = message(ana.page, 'rândul 27.');
  await swipe(article, 50);
  await swipe(article, -100);
  const { y, height } = await article.boundingBox();
  await touch('touchStart', 8, y + height / 2);
  for (let x = 20; x <= 200; x += 20) await touch('touchMove', x, y + height / 2);
  await touch('touchEnd');
  assert.equal(await reply().count(), 0);
  assert.equal(await article.getAttribute('data-swipe'), null);
});

test('up and down scrolls, and answers nothing', async () => {
  const log = ana.page.getByRole('log');
  const before = await log.evaluate((node) => node.scrollTop);
  await swipe(message(ana.page, 'rândul 26.'), 20, 300);
  await until(ana.page, (top) => document.querySelector('[role=log]').scrollTop < top - 200, before);
  assert.equal(await reply().count(), 0);
});

test('a long press opens the menu, whose first row reacts and takes back', async () => {
  const { page } = ana;
  const press = async () => {
    await message(page, 'rândul 30.').scrollIntoViewIfNeeded();
    const box = await message(page, 'rândul 30.').locator('.bubble').boundingBox();
    await touch('touchStart', box.x + 10, box.y + 10);
    await page.getByRole('menu').waitFor();
    await touch('touchEnd');
  };
  await press();
  const quick = page.getByRole('menu').getByRole('group', { name: 'Most used' }).getByRole('menuitemcheckbox');
  assert.deepEqual(await quick.allInnerTexts(), ['👍', '❤️', '😂', '😮', '😢', '🎉']);
  for (const one of await quick.all())
    assert.ok((await one.boundingBox()).width >= 44, 'each is large enough for a finger');
  await quick.first().tap();
  await message(page, 'rândul 30.').getByRole('button', { name: '👍 1' }).waitFor();
  await press();
  assert.equal(await quick.first().getAttribute('aria-checked'), 'true');
  await quick.first().tap();
  await message(page, 'rândul 30.').getByRole('button', { name: '👍 1' }).waitFor({ state: 'detached' });
});

test('a tap shows what can be done with a message, and who is asked before it goes sees which it is', async () => {
  const { page } = ana;
  const own = message(page, 'Salut');
  await own.scrollIntoViewIfNeeded();
  await own.locator('.text').tap();
  for (const name of ['React', 'Reply', 'More']) await own.locator('.told').getByRole('button', { name }).waitFor();
  await own.locator('.told').getByRole('button', { name: 'More' }).tap();
  await page.getByRole('menuitem', { name: 'Delete' }).tap();
  const question = page.getByRole('dialog', { name: 'Delete this message for everybody?' });
  await question.getByText('Salut', { exact: true }).waitFor();
  await question.getByRole('button', { name: 'Cancel' }).tap();
  await own.locator('.text').tap();
  await own.locator('.told').waitFor({ state: 'detached' });
  assert.equal((await calls('GET', `/chat/messages/?chat=${chat.id}&limit=50`)).results.at(-1).text, 'Salut');
});

test('on a phone the way back says how much is unread in other chats', async () => {
  const { page } = ana;
  const { id: me } = await calls('GET', '/auth/me/');
  const { results } = await calls('GET', '/auth/user/?search=ana');
  const group = await calls('POST', '/chat/', { name: 'Alta', users: [results[0].id, me], type: 'group' });
  await page.getByRole('button', { name: 'Back to chats', exact: true }).waitFor();
  await calls('POST', `/chat/messages/${group.id}/`, { text: 'alături' });
  await page.getByRole('button', { name: 'Back to chats, 1 unread' }).tap();
  await page.getByRole('link', { name: /^Alta/ }).tap();
  await message(page, 'alături').waitFor();
  await page.getByRole('button', { name: 'Back to chats', exact: true }).waitFor();
});

test('what went well is told over what covers the screen', async () => {
  const { page } = ana;
  await page.goto('/#/');
  await page.getByRole('button', { name: 'Your profile' }).tap();
  await page.getByRole('button', { name: 'Name and e-mail' }).tap();
  await page.getByLabel('First name', { exact: true }).fill('Anca');
  await page.getByRole('button', { name: 'Save' }).tap();
  const said = page.getByRole('status').filter({ hasText: 'Saved' });
  await said.click({ trial: true }); // nothing lies over it
  assert.equal((await calls('GET', '/auth/user/?search=anca')).results.length, 1);
  await page.getByRole('dialog', { name: 'Your profile' }).getByRole('button', { name: 'Close' }).tap();
});

test('the arrows go through the row and the items of a menu', async () => {
  const { page } = bogdan;
  await page.getByRole('link', { name: /^Anca Ionescu/ }).click();
  await message(page, 'rândul 30.').hover();
  await message(page, 'rândul 30.').getByRole('button', { name: 'More' }).click();
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const seen = [await focused()];
  for (const key of ['ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowUp']) {
    await page.keyboard.press(key);
    seen.push(await focused());
  }
  assert.deepEqual(seen, ['React', 'Reply', 'React', '👍', '❤️', 'React', '👍', 'Delete']);
  await page.keyboard.press('Escape');
  assert.deepEqual(ana.faults.concat(bogdan.faults), []);
});
