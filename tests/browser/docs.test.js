// The page that shows the API.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, assertAccessible, startBrowser, startServer, visitor } from './harness.js';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('every operation of the description is on the page', async () => {
  const { page, faults, close } = await visitor(browser, server.address);
  await page.goto('/docs');
  await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  const api = await (await fetch(`${server.address}/openapi.json`)).json();
  const described = Object.entries(api.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const shown = await page
    .locator('.operation')
    .evaluateAll((nodes) =>
      nodes.map((node) => `${node.querySelector('.method').textContent} ${node.querySelector('.path').textContent}`),
    );
  assert.ok(shown.length > 30);
  assert.deepEqual(shown.sort(), described.sort());
  assert.deepEqual(faults, []);
  await close();
});

test('an operation tells its fields, its answers and a command that works', async () => {
  const { page, faults, close } = await visitor(browser, server.address, { ...DESK, permissions: ['clipboard-read'] });
  await page.goto('/docs#post-auth-login');
  const operation = page.locator('#post-auth-login');
  await operation.getByText('lemon-Harbour-41').waitFor();
  for (const field of ['username', 'password', 'access', 'refresh'])
    await operation.locator('.tree .name', { hasText: new RegExp(`^${field}$`) }).waitFor();
  await operation.getByRole('button', { name: 'Copy' }).click();
  await operation.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.startsWith(`curl -X POST '${server.address}/auth/login`), copied);
  assert.deepEqual(JSON.parse(copied.match(/-d '(.*)'/)[1]), { username: 'ana', password: 'lemon-Harbour-41' });
  assert.deepEqual(faults, []);
  await close();
});

test('search narrows it down, from the keyboard', async () => {
  const { page, close } = await visitor(browser, server.address);
  await page.goto('/docs');
  await page.getByRole('heading', { name: 'Accounts' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('reactions/{');
  await page
    .getByRole('status')
    .filter({ hasText: /^2 of \d+$/ })
    .waitFor();
  const shown = await page.locator('.operation:visible .path').allInnerTexts();
  assert.deepEqual(new Set(shown), new Set(['/chat/messages/{message}/reactions/{emoji}']));
  assert.equal(await page.getByRole('heading', { name: 'Accounts' }).isVisible(), false);
  await close();
});

for (const [size, options] of [
  ['wide', DESK],
  ['narrow', PHONE],
]) {
  test(`it is accessible and fits, ${size}`, async () => {
    const { page, faults, close } = await visitor(browser, server.address, options);
    await page.goto('/docs#post-chat-messages-chat');
    await page.locator('#post-chat-messages-chat .example').waitFor();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} pixels wider than the window`);
    await assertAccessible(page, `docs, ${size}`);
    assert.deepEqual(faults, []);
    await close();
  });
}
