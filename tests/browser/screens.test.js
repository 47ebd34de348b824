// Every screen, wide and narrow, light and dark, in high contrast too: nothing that axe finds wrong, nothing wider than the window.

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
  signOut,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  const guest = await visitor(browser, server.address);
  for (const [username, first, last] of [
    ['ana', 'Ana', 'Ionescu'],
    ['bogdan', 'Bogdan', 'Popa'],
    ['carmen', 'Carmen', 'Stan'],
  ]) {
    await register(guest.page, { username, first, last });
    await signOut(guest.page);
  }
  await guest.close();
  await fill(await asPerson(server.address, 'bogdan'), await asPerson(server.address, 'carmen'));
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A group with something of everything in it, and a private chat, both of Bogdan's. */
async function fill(bogdan, carmen) {
  const [me, other] = [await bogdan('GET', '/auth/me/'), await carmen('GET', '/auth/me/')];
  const group = await bogdan('POST', '/chat/', { name: 'Clasa a X-a B', users: [other.id], type: 'group' });
  const path = `/chat/messages/${group.id}/`;
  const first = await carmen('POST', path, { text: `Mâine începem la nouă. ${'Un cuvânt lung: ' + 'a'.repeat(200)}` });
  const reply = await bogdan('POST', path, { text: 'Bine', reply_to: first.id });
  await bogdan('PUT', `/chat/messages/${reply.id}/reactions/${encodeURIComponent('👍')}/`);
  const gone = await carmen('POST', path, { text: 'greșit' });
  await carmen('DELETE', `/chat/messages/${gone.id}/`);
  const reworded = await carmen('POST', path, { text: 'vedem' });
  await carmen('PATCH', `/chat/messages/${reworded.id}/`, { text: 'Vedem' });
  const direct = await carmen('POST', '/chat/', { name: 'x', users: [me.id], type: 'privat' });
  await carmen('POST', `/chat/messages/${direct.id}/`, { text: 'Ai un minut?' });
}

async function assertFits(page, screen) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${screen} is ${over} pixels wider than the window`);
}

/** What one's profile leads to, and something that is there when it is shown. */
const ROOMS = {
  'Name and e-mail': 'First name',
  'Change password': 'Password now',
  'Where you are signed in': 'this device',
  'Sound and notifications': 'What works here',
  'Keyboard shortcuts': 'Next chat',
};

for (const [size, options] of [
  ['wide', DESK],
  ['narrow', PHONE],
]) {
  test(size, async () => {
    const { page, faults, close } = await visitor(browser, server.address, options);
    const check = async (screen) => {
      await assertFits(page, `${screen}, ${size}`);
      await assertAccessible(page, `${screen}, ${size}`);
    };
    await page.goto('/');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This field may not be blank.').first().waitFor();
    await check('sign in with errors');
    await page.getByRole('link', { name: 'Create account' }).click();
    await page.getByLabel('First name', { exact: true }).waitFor();
    await check('create account');
    await page.goto('/#/forgot');
    await page.getByRole('button', { name: 'Show a code' }).waitFor();
    await check('forgot password');
    await page.getByRole('link', { name: 'I have a code' }).click();
    await page.getByLabel('Code', { exact: true }).waitFor();
    await check('new password');

    await page.goto('/#/');
    await signInAs(page, 'ana');
    await page.getByText('No chats yet.').waitFor();
    await check('no chats');
    await signOut(page);
    await signInAs(page, 'bogdan');
    await page.getByRole('link', { name: /^Carmen Stan/ }).waitFor();
    await check('chat list');
    await page.getByRole('searchbox', { name: 'Search' }).fill('an');
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await check('search');
    await page.getByRole('searchbox', { name: 'Search' }).fill('');
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('button', { name: /^Ana Ionescu/ }).click();
    await page.getByRole('button', { name: /^Carmen Stan/ }).click();
    await check('new chat');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Your profile' }).click();
    await page.getByRole('radio', { name: 'System' }).waitFor();
    await check('profile');
    for (const [entry, shown] of Object.entries(ROOMS)) {
      const offer = page.getByRole('button', { name: entry });
      if (entry === 'Keyboard shortcuts' && options.hasTouch) {
        assert.equal(await offer.count(), 0, 'a phone has no keys');
        continue;
      }
      await offer.click();
      await page.getByText(shown).first().waitFor();
      await check(entry);
      await page.getByRole('button', { name: 'Close' }).click();
    }
    await page.keyboard.press('Escape');

    await page.getByRole('link', { name: /^Clasa a X-a B/ }).click();
    await message(page, 'Mâine începem').waitFor();
    await attach(page, { name: 'tabla.png', mimeType: 'image/png', buffer: png(64, 48) });
    await check('group');
    await message(page, 'Mâine începem').hover();
    await message(page, 'Mâine începem').getByRole('button', { name: 'More' }).click();
    await check('message menu');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await check('emoji');
    await page.keyboard.press('Escape');
    await page.route('**/chat/messages/*/', (route) =>
      route.fulfill({ status: 507, json: { detail: 'The disk is full.' } }),
    );
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('The disk is full.').waitFor();
    await check('refused');
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByRole('switch', { name: /^Mute/ }).waitFor();
    await check('details');
    await page.getByRole('button', { name: 'Add people' }).click();
    await page
      .getByRole('dialog', { name: 'Add people' })
      .getByRole('button', { name: /^Ana Ionescu/ })
      .waitFor();
    await check('add people');
    await page.keyboard.press('Escape');
    await page.goto('/#/chat/999');
    await page.getByText('This chat is not there').waitFor();
    await check('no such chat');
    assert.deepEqual(faults, []);
    await close();
  });
}

async function signInAs(page, username) {
  await page.getByLabel('Username', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill('lemon-Harbour-41');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
