// The demo as an audience sees it: a class with history, and a bot that answers who speaks to him.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  assertAccessible,
  message,
  say,
  signIn,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

let server, browser, catalin, costin;

before(async () => {
  server = await startServer({}, null, ['demo']);
  browser = await startBrowser();
  [catalin, costin] = await Promise.all([
    visitor(browser, server.address, DESK),
    visitor(browser, server.address, PHONE),
  ]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...catalin.faults, ...costin.faults], []));

test('the two of the README sign in: the one is host, the other has a class with pictures and history', async () => {
  await catalin.page.goto('/');
  await signIn(catalin.page, 'catalin', 'Barus123!');
  await catalin.page.getByRole('link', { name: 'Host' }).waitFor();
  const { page } = costin;
  await page.goto('/');
  await signIn(page, 'costin', 'Brebu123!');
  assert.equal(await page.getByRole('link', { name: 'Host' }).count(), 0);
  await page.getByRole('link', { name: /^Clasa a X-a B/ }).click();
  await page.getByRole('heading', { name: 'Clasa a X-a B' }).waitFor();
  await page.getByRole('log').getByText('New', { exact: true }).waitFor();
  const photo = page.getByRole('log').getByRole('img', { name: /^Photo/ }).last();
  await photo.scrollIntoViewIfNeeded();
  await page.waitForFunction((image) => image.naturalWidth > 0, await photo.elementHandle());
  await assertAccessible(page, 'the demo’s class');
});

test('a bot types, and answers who speaks to him', async () => {
  const { page } = costin;
  await page.goto('/#/');
  await startChat(page, ['Leo']);
  await page.getByRole('heading', { name: /^Leo/ }).waitFor();
  await say(page, 'Hello Leo');
  await page.locator('.chat > header').getByText('Leo is typing').waitFor();
  await message(page, 'Hello! How are you?').waitFor();
});
