// Keeping order as people see it: all eyes on the host, what waits, what is reported, hands.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  asPerson,
  assertAccessible,
  choose,
  message,
  register,
  say,
  signIn,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

let server, browser, host, bogdan, chat;

before(async () => {
  server = await startServer({}, 'elena');
  browser = await startBrowser();
  bogdan = await visitor(browser, server.address, PHONE);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  host = await visitor(browser, server.address, DESK);
  await host.page.goto('/');
  await signIn(host.page, 'elena', PASSWORD);
  const call = await asPerson(server.address, 'elena');
  const { results } = await call('GET', '/auth/user/?search=bogdan');
  chat = await call('POST', '/chat/', { name: 'Grupa', users: [results[0].id], type: 'group' });
  await bogdan.page.getByRole('link', { name: /^Grupa/ }).click();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const box = (page) => page.getByRole('textbox', { name: 'Message', exact: true });

test('all eyes on the host, and back', async () => {
  const { page } = host;
  await page.getByRole('link', { name: 'Host' }).click();
  await page.getByRole('link', { name: 'Order' }).click();
  await page.getByRole('heading', { name: 'Order' }).waitFor();
  await assertAccessible(page, 'order');
  await page.getByRole('switch', { name: 'Eyes on me' }).check();
  await bogdan.page.getByText('Nobody can write right now.').waitFor();
  await bogdan.page.getByText('Eyes on the host').waitFor();
  assert.equal(await box(bogdan.page).isVisible(), false);
  await assertAccessible(bogdan.page, 'a chat that is frozen');
  await page.getByRole('switch', { name: 'Eyes on me' }).uncheck();
  await box(bogdan.page).waitFor();
  await page.getByText('changed settings').first().waitFor();
});

test('what waits stands once it is let through', async () => {
  const { page } = host;
  await page.goto(`/#/chat/${chat.id}/details`);
  await page.getByRole('switch', { name: 'Approve before it is shown' }).check();
  await say(bogdan.page, 'se poate?');
  await bogdan.page.getByText('Waits until somebody has looked at it').waitFor();
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  assert.equal(await message(page, 'se poate?').count(), 0);
  await assertAccessible(page, 'what waits');
  await page.getByRole('button', { name: 'Let it through' }).click();
  await message(page, 'se poate?').waitFor();
  await bogdan.page.getByText('Waits until somebody has looked at it').waitFor({ state: 'detached' });
  await message(bogdan.page, 'se poate?').waitFor();
  assert.equal(await message(bogdan.page, 'se poate?').count(), 1);
  await page.getByRole('switch', { name: 'Approve before it is shown' }).uncheck();
});

test('a message is reported, and taken away', async () => {
  await say(host.page, 'un mesaj');
  const article = message(bogdan.page, 'un mesaj');
  await article.waitFor();
  await choose(bogdan.page, article, 'Report');
  await bogdan.page.getByRole('textbox', { name: 'What is wrong with it?' }).fill('nu e bine');
  await bogdan.page.getByRole('button', { name: 'Report', exact: true }).click();
  await bogdan.page.getByText('Staff will look at it.').waitFor();
  const { page } = host;
  await page.goto('/#/host/order');
  await page.getByText('nu e bine').waitFor();
  await page.locator('.reports').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing was reported.').waitFor();
  await bogdan.page.getByRole('log').getByText('Message deleted').waitFor();
});

test('hands are raised and answered', async () => {
  await bogdan.page.getByRole('button', { name: 'Raise your hand' }).click();
  await bogdan.page.getByRole('button', { name: 'Lower your hand' }).waitFor();
  const { page } = host;
  await page.goto(`/#/chat/${chat.id}/details`);
  await page.getByRole('heading', { name: 'Raised hands' }).waitFor();
  await page.getByRole('button', { name: 'Answered' }).click();
  await bogdan.page.getByRole('button', { name: 'Raise your hand' }).waitFor();
  assert.deepEqual(host.faults, []);
  assert.deepEqual(bogdan.faults, []);
});
