// HTTPS of the server's own: the page that says how to trust it, and the client past the door.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  answered,
  assertAccessible,
  assertSound,
  register,
  signIn,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

let server, browser, plain;

before(async () => {
  server = await startServer({ ROCKET_HTTPS: 'true' }, 'dana');
  plain = server.address.replace('https:', 'http:');
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [lang, heading, other] of [
  ['en', 'Trust this server', 'Română'],
  ['ro', 'Încredere în acest server', 'English'],
])
  for (const [width, device] of [
    ['wide', DESK],
    ['narrow', PHONE],
  ])
    test(`the page says how a device is made to trust the server: ${lang}, ${width}`, async () => {
      const options = { ...device, locale: lang === 'ro' ? 'ro-RO' : 'en-GB' };
      const { page, faults, close } = await visitor(browser, plain, options);
      await page.goto('/');
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      const [, fingerprint] = await server.heard(/^Its certificate's SHA-256 is (.+)$/);
      assert.equal(await page.locator('.print').textContent(), fingerprint);
      for (const details of await page.locator('details').all()) await details.locator('summary').click();
      await page.locator('details li').last().waitFor();
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await assertSound(page, `trust, ${lang}, ${width}, ${colorScheme}`);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(content <= window, `${content} wider than ${window}`);
      }
      const open = page.getByRole('link', { name: server.address });
      assert.equal(await open.getAttribute('href'), server.address);
      await page.getByRole('link', { name: other }).click();
      await page.waitForURL(/\?lang=/);
      assert.notEqual(await page.locator('html').getAttribute('lang'), lang);
      assert.deepEqual(faults, []);
      await close();
    });

for (const [lang, systems] of [
  ['en', ['iPhone and iPad', 'Android', 'Windows', 'macOS', 'Linux: Chrome and Chromium', 'Firefox on any computer']],
  ['ro', ['iPhone și iPad', 'Android', 'Windows', 'macOS', 'Linux: Chrome și Chromium', 'Firefox pe orice calculator']],
])
  test(`each system has its steps, one after the other: ${lang}`, async () => {
    const { page, faults, close } = await visitor(browser, plain, PHONE);
    await page.goto(`/trust/?lang=${lang}`);
    assert.deepEqual(await page.locator('details > summary').allInnerTexts(), systems);
    for (const system of systems) {
      const part = page.locator('details').filter({ hasText: system }).first();
      const steps = part.getByRole('listitem');
      assert.equal(await steps.first().isVisible(), false, 'only what one needs is open');
      await part.locator('summary').tap();
      const count = await part.locator('ol > li').count();
      assert.ok(count > 1, `${system}: ${count} steps`);
      for (const step of await steps.all()) assert.ok((await step.innerText()).trim());
      await steps.last().waitFor();
    }
    // What a step speaks of is there.
    await page.locator('a[href="/trust/messenger-ca.crt"]').waitFor();
    await page.getByText('certutil -hashfile messenger-ca.crt SHA256').waitFor();
    assert.deepEqual(faults, []);
    await close();
  });

test('the certificate is a download of its own', async () => {
  const answer = await fetch(`${plain}/trust/messenger-ca.crt`);
  assert.equal(answer.headers.get('content-type'), 'application/x-x509-ca-cert');
  const digest = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer());
  const shown = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  const [, fingerprint] = await server.heard(/^Its certificate's SHA-256 is (.+)$/);
  assert.equal(shown, fingerprint);
});

test('past the door everything is live and secure, and the lobby says what to trust', async () => {
  const trusting = { ...DESK, ignoreHTTPSErrors: true };
  const ana = await visitor(browser, server.address, trusting);
  await register(ana.page, { first: 'Ana', last: 'Pop', username: 'ana' });
  assert.equal(await ana.page.evaluate(() => globalThis.isSecureContext), true);
  await ana.close();
  const { page, faults, close } = await visitor(browser, server.address, trusting);
  await page.goto('/');
  await signIn(page, 'dana', PASSWORD);
  await page.goto('/#/host/lobby');
  const trust = page.locator('.lobby .trust');
  await trust.getByText(`${plain}/trust`).waitFor();
  const [, fingerprint] = await server.heard(/^Its certificate's SHA-256 is (.+)$/);
  await trust.getByText(fingerprint).waitFor();
  await assertAccessible(page, 'lobby with https');
  const reached = { url: 'https://192.168.1.7:8000', interface: 'x', kind: 'wifi', reached: true };
  await answered(page, '/host/doctor/', () => ({ addresses: [reached] }));
  await page.goto('/#/host/doctor');
  await page.getByText('What is said here is encrypted.').waitFor();
  assert.equal(await page.getByText('This is plain HTTP').count(), 0);
  assert.deepEqual(faults, []);
  await close();
});
