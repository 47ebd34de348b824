// What people type is text and stays text, wherever it is shown.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  PASSWORD,
  choose,
  message,
  png,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

const ATTACKS = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  '<svg/onload=alert(3)>',
  '<mark onclick=alert(4)>&lt;b&gt;</mark>',
  'javascript:alert(5)',
];
const [IMAGE, SCRIPT, SVG, MARK, LINK] = ATTACKS;

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Elements that only an attack could have made. */
const planted = (page) =>
  page.locator('script:not([src^="/"]), img[src="x"], [onerror], [onload], [onclick], a[href^="javascript:"]').count();

test('in every field of the door', async () => {
  const { page, faults } = await visitor(browser, server.address);
  const fields = {
    '#/': ['Username', 'Password'],
    '#/create': ['Username', 'First name', 'Last name', 'E-mail', 'Password', 'Repeat password'],
    '#/forgot': ['E-mail'],
    '#/code': ['Code', 'New password', 'Repeat password'],
  };
  for (const [hash, labels] of Object.entries(fields)) {
    for (const attack of ATTACKS) {
      await page.goto(`/${hash}`);
      await page.reload();
      for (const label of labels) await page.getByLabel(label, { exact: true }).fill(attack);
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.locator('form .primary').click();
      assert.ok((await answered).status() >= 400, `${hash} ${attack}`);
      await page.locator('.error:not(:empty)').first().waitFor();
      assert.equal(await planted(page), 0);
    }
  }
  assert.deepEqual(faults, []);
});

test('in names, chats, messages, files, replies, edits and searches', async () => {
  const [ana, eve] = [await visitor(browser, server.address), await visitor(browser, server.address)];
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await register(eve.page, { username: 'eve', first: IMAGE, last: SCRIPT });
  await startChat(eve.page, ['Ana']);
  for (const attack of ATTACKS) await say(eve.page, attack);
  const chooser = eve.page.waitForEvent('filechooser');
  await eve.page.getByRole('button', { name: 'Attach' }).click();
  await (
    await chooser
  ).setFiles([
    {
      name: '<img src=x onerror=alert(6)>.html',
      mimeType: 'text/html',
      buffer: Buffer.from('<script>alert(7)</script>'),
    },
    { name: '<svg onload=alert(8)>.png', mimeType: 'image/png', buffer: png(8, 8) },
  ]);
  await eve.page.getByRole('button', { name: 'Send', exact: true }).click();
  await eve.page.getByRole('img', { name: /^Photo/ }).waitFor();
  await choose(eve.page, message(eve.page, SVG), 'Edit');
  await say(eve.page, `${SVG}${IMAGE}`);
  await choose(eve.page, message(eve.page, MARK), 'Reply');
  await say(eve.page, SCRIPT);

  const { page } = ana;
  await page
    .getByRole('link')
    .filter({ hasText: `${IMAGE} ${SCRIPT}` })
    .first()
    .click();
  await page.getByRole('heading', { name: `${IMAGE} ${SCRIPT}` }).waitFor();
  for (const text of [IMAGE, SCRIPT, `${SVG}${IMAGE}`, MARK, LINK])
    await page.locator('.text').getByText(text, { exact: true }).first().waitFor();
  await page.getByRole('link', { name: /onerror=alert\(6\)/ }).waitFor();
  assert.equal(await planted(page), 0);

  await page.getByRole('searchbox', { name: 'Search' }).fill('alert');
  const results = page.locator('.results');
  await results.getByText(MARK.slice(0, 20)).first().waitFor();
  assert.ok((await results.locator('mark').count()) >= ATTACKS.length);
  await page.getByRole('searchbox', { name: 'Search' }).fill(IMAGE);
  await results.getByText(IMAGE).first().waitFor();
  assert.equal(await planted(page), 0);
  await page.getByRole('searchbox', { name: 'Search' }).fill('');

  await startChat(page, [IMAGE.slice(0, 8)]);
  await page.getByRole('heading', { name: `${IMAGE} ${SCRIPT}` }).waitFor();
  assert.equal(await planted(page), 0);
  assert.deepEqual([...ana.faults, ...eve.faults], []);
});

test('in a group’s name and in the address', async () => {
  const { page, faults } = await visitor(browser, server.address);
  await page.goto('/');
  await page.getByLabel('Username', { exact: true }).fill('ana');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const dan = await visitor(browser, server.address);
  await register(dan.page, { username: 'dan', first: 'Dan', last: 'Moldovan' });
  await startChat(dan.page, ['Ana', IMAGE.slice(0, 8)], `${SVG}${MARK}`);
  await say(dan.page, 'hello');
  await page
    .getByRole('link')
    .filter({ hasText: `${SVG}${MARK}` })
    .click();
  await page.getByRole('heading', { name: `${SVG}${MARK}` }).waitFor();
  assert.equal(await planted(page), 0);
  await page.goto(`/#/chat/${encodeURIComponent(IMAGE)}`);
  await page.goto(`/#/chat/1/${IMAGE}`);
  await page.getByText('Choose a chat').waitFor();
  assert.equal(await planted(page), 0);
  assert.deepEqual([...faults, ...dan.faults], []);
});
