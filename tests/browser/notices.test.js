// Notifications, where the page is secure and somebody has asked for them: shown by a worker that does nothing else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  asPerson,
  message,
  register,
  signOut,
  startBrowser,
  startChat,
  startServer,
  until,
  visitor,
} from './harness.js';

let server, browser, ana, calls, chat;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  ana = await visitor(browser, server.address, DESK);
  await register(ana.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await signOut(ana.page);
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  calls = await asPerson(server.address, 'bogdan');
  [chat] = (await calls('GET', '/chat/')).results;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const workers = (page) => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);

async function openSettings(page) {
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Sound and notifications' }).click();
}

async function closeSettings(page) {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('until somebody asks there is no worker', async () => {
  const { page, context } = ana;
  assert.equal(await workers(page), 0);
  await openSettings(page);
  await context.grantPermissions(['notifications'], { origin: server.address });
  await page.evaluate(() => Notification.requestPermission());
  await closeSettings(page);
  assert.equal(await workers(page), 0);
});

test('a message elsewhere is a notification, whose click opens it', async () => {
  const { page, context } = ana;
  await page.goto('/#/');
  // Without a desktop a browser shows none for long, so what it is asked to show is kept.
  await page.evaluate(() => {
    const { prototype } = ServiceWorkerRegistration;
    const { showNotification } = prototype;
    prototype.showNotification = function (title, options) {
      globalThis.told = { title, body: options.body, data: options.data };
      return showNotification.call(this, title, options);
    };
  });
  const starting = context.waitForEvent('serviceworker');
  const sent = await calls('POST', `/chat/messages/${chat.id}/`, { text: 'Vii mâine?' });
  const worker = await starting;
  assert.equal(worker.url(), `${server.address}/worker.js`);
  await until(page, () => globalThis.told);
  const place = `#/chat/${chat.id}/${sent.seq}`;
  const told = await page.evaluate(() => globalThis.told);
  assert.deepEqual(told, { title: 'Bogdan Popa', body: 'Vii mâine?', data: { place } });
  const isClosed = await worker.evaluate(async (data) => {
    let [waited, isClosed] = [null, false];
    const notification = { data, close: () => (isClosed = true) };
    const click = Object.assign(new Event('notificationclick'), { notification, waitUntil: (end) => (waited = end) });
    self.dispatchEvent(click);
    await waited.catch(() => {}); // only a person's own click brings a window to the front
    return isClosed;
  }, told.data);
  assert.ok(isClosed);
  await page.waitForURL(`/${place}`);
  await message(page, 'Vii mâine?').waitFor();
});

test('it keeps nothing and stands in the way of nothing', async () => {
  const { page } = ana;
  assert.deepEqual(await page.evaluate(() => caches.keys()), []);
  await page.reload();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  const reply = await fetch(`${server.address}/worker.js`);
  assert.equal(reply.headers.get('cache-control'), 'no-cache');
  assert.doesNotMatch(await reply.text(), /fetch|cache/);
});

test('who wants no notifications has no worker', async () => {
  const { page } = ana;
  await openSettings(page);
  await page.getByRole('switch', { name: 'Notifications' }).click();
  await until(page, async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
  await closeSettings(page);
  await page.goto('/#/');
  await calls('POST', `/chat/messages/${chat.id}/`, { text: 'Încă ceva' });
  await page
    .getByRole('link', { name: /^Bogdan Popa/ })
    .getByText('Încă ceva')
    .waitFor();
  assert.equal(await workers(page), 0);
  assert.deepEqual(ana.faults, []);
});
