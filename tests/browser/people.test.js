// Two people, a phone and a desk: what they do, what the other sees of it, and what survives a reload and a bad line.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  asPerson,
  attach,
  choose,
  message,
  png,
  register,
  say,
  signIn,
  startBrowser,
  startChat,
  startServer,
  until,
  visitor,
} from './harness.js';

const ANA = { username: 'ana', first: 'Ana', last: 'Ionescu' };
const BOGDAN = { username: 'bogdan', first: 'Bogdan', last: 'Popa' };

let server, browser, ana, bogdan;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  [ana, bogdan] = await Promise.all([visitor(browser, server.address, PHONE), visitor(browser, server.address, DESK)]);
  await register(ana.page, ANA);
  await register(bogdan.page, BOGDAN);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...ana.faults, ...bogdan.faults], []));

test('they find each other and write, live', async () => {
  await ana.page.getByText('No chats yet.').waitFor();
  await startChat(ana.page, ['Bogdan Popa']);
  await ana.page.getByRole('heading', { name: 'Bogdan Popa' }).waitFor();
  await say(ana.page, 'Bună, Bogdan!');
  await bogdan.page
    .getByRole('navigation', { name: 'Chats' })
    .getByRole('link', { name: /^Ana Ionescu.*Bună, Bogdan!.*1 unread/ })
    .click();
  const heard = bogdan.page.getByRole('log', { name: 'Messages' }).getByRole('article', { name: /^Ana, \d\d:\d\d$/ });
  await heard.getByText('Bună, Bogdan!').waitFor();
  await bogdan.page.getByRole('textbox', { name: 'Message', exact: true }).fill('Salut!');
  await bogdan.page.keyboard.press('Enter');
  await message(ana.page, 'Salut!').waitFor();
  assert.equal(await bogdan.page.getByRole('textbox', { name: 'Message', exact: true }).inputValue(), '');
});

test('who types a name and presses Enter has found somebody, and again has a chat', async () => {
  const { page } = bogdan;
  const here = page.url();
  await page.goto('/#/');
  await page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New chat' });
  const find = dialog.getByRole('searchbox', { name: 'Find people' });
  await find.fill('nobody at all');
  await dialog.getByText('Nobody by that name.').waitFor();
  await find.press('Enter');
  assert.equal(await dialog.getByRole('button', { name: 'Start chat' }).isDisabled(), true);
  await find.fill('ionescu');
  await dialog.getByRole('button', { name: /^Ana Ionescu/ }).waitFor();
  await find.press('Enter');
  await dialog.getByRole('button', { name: 'Remove Ana Ionescu' }).waitFor();
  assert.equal(await find.inputValue(), '');
  await find.press('Enter');
  await page.waitForURL(here);
});

test('what is read is marked, here and there', async () => {
  await bogdan.page
    .getByRole('link', { name: /^Ana Ionescu/ })
    .filter({ hasNotText: 'unread' })
    .waitFor();
  await ana.page.reload();
  await message(ana.page, 'Bună, Bogdan!').getByRole('img', { name: 'Read' }).waitFor();
  assert.equal(await bogdan.page.title(), 'Ana Ionescu · Messenger');
  // That she is here stands under her name.
  const name = await bogdan.page.getByRole('heading', { name: 'Ana Ionescu' }).boundingBox();
  const presence = await bogdan.page.locator('.members').filter({ hasText: /^online$/ }).boundingBox();
  assert.ok(presence.x === name.x && presence.y > name.y && presence.y < name.y + 40, JSON.stringify([name, presence]));
});

test('a photo has its size before it loads, and opens by the cookie', async () => {
  await attach(ana.page, { name: 'tabla.png', mimeType: 'image/png', buffer: png(640, 480) });
  await say(ana.page, 'Poza de la tablă');
  for (const { page } of [ana, bogdan]) {
    const photo = message(page, 'Poza de la tablă').getByRole('img', { name: 'Photo, Ana' });
    await photo.waitFor();
    assert.deepEqual([await photo.getAttribute('width'), await photo.getAttribute('height')], ['320', '240']);
    await photo.evaluate((image) => image.decode());
  }
});

test('a file shows how far it has left, and comes back byte by byte', async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await bogdan.page.route('**/chat/messages/*/', async (route) => {
    await held;
    await route.continue();
  });
  await attach(bogdan.page, {
    name: 'Proiect final.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('not really'),
  });
  await bogdan.page.getByRole('button', { name: 'Send', exact: true }).click();
  await bogdan.page.getByRole('progressbar', { name: 'Sending' }).waitFor();
  release();
  await bogdan.page.getByRole('progressbar', { name: 'Sending' }).waitFor({ state: 'detached' });
  await bogdan.page.unroute('**/chat/messages/*/');
  const tile = message(ana.page, 'Proiect final.pdf').getByRole('link', { name: /^Proiect final\.pdf/ });
  const download = ana.page.waitForEvent('download');
  await tile.click();
  assert.equal(await readFile(await (await download).path(), 'utf8'), 'not really');
});

test('edits, reactions, replies and deletions reach the other', async () => {
  await say(ana.page, 'Ne vedem la noua');
  await choose(ana.page, message(ana.page, 'Ne vedem la noua'), 'Edit');
  await say(ana.page, 'Ne vedem la zece');
  await message(bogdan.page, 'Ne vedem la zece').getByText('edited').waitFor();

  await choose(bogdan.page, message(bogdan.page, 'Ne vedem la zece'), 'React');
  await bogdan.page.getByRole('button', { name: '👍', exact: true }).first().click();
  const reaction = message(ana.page, 'Ne vedem la zece').getByRole('button', { name: '👍 1' });
  await reaction.click();
  await message(bogdan.page, 'Ne vedem la zece').getByRole('button', { name: '👍 2', pressed: true }).click();
  await message(ana.page, 'Ne vedem la zece').getByRole('button', { name: '👍 1', pressed: true }).waitFor();

  await choose(bogdan.page, message(bogdan.page, 'Ne vedem la zece'), 'Reply');
  await say(bogdan.page, 'Bine');
  await message(ana.page, 'Bine').getByRole('link', { name: 'Ana Ne vedem la zece' }).waitFor();

  await choose(ana.page, message(ana.page, 'Poza de la tablă'), 'Delete');
  await ana.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await bogdan.page.getByText('Message deleted').waitFor();
  assert.equal(await bogdan.page.getByRole('img', { name: 'Photo, Ana' }).count(), 0);
});

test('one has no say over another’s message', async () => {
  const article = message(bogdan.page, 'Ne vedem la zece');
  await article.hover();
  await article.getByRole('button', { name: 'More' }).click();
  const items = await bogdan.page.getByRole('menuitem').allInnerTexts();
  assert.deepEqual(items, ['React', 'Reply', 'Copy text', 'Copy link', 'Report']);
  await bogdan.page.keyboard.press('Escape');
  await bogdan.page.getByRole('menu').waitFor({ state: 'detached' });
});

test('a refused message says why and can be tried again', async () => {
  await ana.page.route('**/chat/messages/*/', (route) =>
    route.fulfill({ status: 507, json: { detail: 'The disk is full.' } }),
  );
  await attach(ana.page, { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') });
  await say(ana.page, 'Mai târziu');
  await ana.page.getByRole('alert').filter({ hasText: 'The disk is full.' }).waitFor();
  await ana.page.unroute('**/chat/messages/*/');
  await ana.page.getByRole('button', { name: 'Try again' }).click();
  await message(bogdan.page, 'Mai târziu').waitFor();
});

test('an access token that has run out is renewed once for all that wait', async () => {
  const renewals = [];
  ana.page.on('request', (request) => request.url().endsWith('/auth/login/refresh/') && renewals.push(request));
  await ana.page.evaluate(() => {
    const tokens = JSON.parse(localStorage.getItem('tokens'));
    localStorage.setItem('tokens', JSON.stringify({ ...tokens, access: 'stale' }));
  });
  await ana.page.reload();
  await message(ana.page, 'Mai târziu').waitFor();
  await say(ana.page, 'Încă aici');
  await message(bogdan.page, 'Încă aici').waitFor();
  assert.equal(renewals.length, 1);
});

test('search finds messages without their marks and diacritics, and leads there', async () => {
  await bogdan.page.getByRole('searchbox', { name: 'Search' }).fill('tarziu');
  const hit = bogdan.page.getByRole('link', { name: /^Ana Ionescu.*Mai târziu/ });
  assert.equal(await hit.locator('mark').innerText(), 'târziu');
  await hit.click();
  await message(bogdan.page, 'Mai târziu').and(bogdan.page.locator('.found')).waitFor();
  await bogdan.page.getByRole('searchbox', { name: 'Search' }).fill('');
});

test('earlier messages come when one scrolls up, and nothing jumps', async () => {
  const [call, other] = await Promise.all([asPerson(server.address, 'bogdan'), asPerson(server.address, 'ana')]);
  const { id } = await other('GET', '/auth/me/');
  const chat = await call('POST', '/chat/', { name: 'Istorie', users: [id], type: 'group' });
  for (let number = 1; number <= 120; number += 1)
    await call('POST', `/chat/messages/${chat.id}/`, { text: `numărul ${number}.` });
  const { page } = bogdan;
  await page.getByRole('link', { name: /^Istorie/ }).click();
  await message(page, 'numărul 120.').waitFor();
  assert.equal(await message(page, 'numărul 70.').count(), 0);
  const first = message(page, 'numărul 71.');
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/chat/messages/?*before=*', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('log', { name: 'Messages' }).evaluate((node) => (node.scrollTop = 40));
  const before = await first.boundingBox();
  release();
  await message(page, 'numărul 21.').waitFor({ state: 'attached' });
  const moved = (await first.boundingBox()).y - before.y;
  assert.ok(Math.abs(moved) <= 2, `it moved by ${moved} pixels`);
  await page.getByRole('button', { name: /^Jump to newest/ }).click();
  await until(page, () => {
    const node = document.querySelector('[role=log]');
    return node.scrollHeight - node.scrollTop - node.clientHeight < 2;
  });
});

test('a phone shows one thing at a time, and its own back button leads home', async () => {
  const { page } = ana;
  await page.goto('/#/');
  await page.getByRole('link', { name: /^Bogdan Popa/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Chats' }).isVisible(), false);
  await page.goBack();
  await page.getByRole('navigation', { name: 'Chats' }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Message', exact: true }).isVisible(), false);
});

test('a group has a name and everybody in it', async () => {
  const carmen = await visitor(browser, server.address);
  await register(carmen.page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  await startChat(carmen.page, ['Ana Ionescu', 'Bogdan Popa'], 'Clasa a X-a');
  await carmen.page.getByRole('heading', { name: 'Clasa a X-a' }).waitFor();
  await carmen.page.getByText('3 people').waitFor();
  await say(carmen.page, 'Mâine la nouă');
  for (const { page } of [ana, bogdan])
    await page.getByRole('link', { name: /^Clasa a X-a.*Carmen: Mâine la nouă.*1 unread/ }).waitFor();
  assert.deepEqual(carmen.faults, []);
  await carmen.close();
});

test('the page speaks Romanian when asked to, and so does the server', async () => {
  const guest = await visitor(browser, server.address);
  await guest.page.goto('/');
  await guest.page.getByText('Română').click();
  await guest.page.getByRole('button', { name: 'Intră' }).click();
  await guest.page.getByText('Acest câmp nu poate fi gol.').first().waitFor();
  assert.equal(await guest.page.locator('html').getAttribute('lang'), 'ro');
  assert.deepEqual(guest.faults, []);
  await guest.close();
  const { page } = bogdan;
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByText('Română').click();
  await page.getByRole('dialog', { name: 'Profilul tău' }).getByText('English').click();
  await page.getByRole('dialog', { name: 'Your profile' }).getByRole('button', { name: 'Close' }).click();
});

test('a forgotten password is set anew with the code from the terminal, and ends every session', async () => {
  const guest = await visitor(browser, server.address, PHONE);
  const { page } = guest;
  await page.goto('/');
  await page.getByRole('link', { name: 'Forgot password?' }).click();
  await page.getByLabel('E-mail', { exact: true }).fill('ana@example.org');
  await page.getByText(/^This server sends no mail\. Ask the host/).waitFor();
  await page.getByRole('button', { name: 'Show a code' }).click();
  await page.getByText('If ana@example.org is known here, a code is shown on the host’s computer.').waitFor();
  const [, code] = await server.heard(/^>>> Password reset code for ana: ([0-9a-f]{32}) /);
  await page.getByLabel('Code', { exact: true }).fill('0'.repeat(32));
  await page.getByLabel('New password', { exact: true }).fill('maple-Station-63');
  await page.getByLabel('Repeat password', { exact: true }).fill('maple-Station-63');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Your new password is set.').waitFor();
  await page.getByLabel('Username', { exact: true }).fill('ana');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'No account with this name and password.' }).waitFor();
  await signIn(page, 'ana', 'maple-Station-63');
  await page.getByRole('link', { name: /^Bogdan Popa/ }).waitFor();
  await ana.page.getByText('Your session has ended. Sign in again.').waitFor();
  assert.deepEqual(guest.faults, []);
  await guest.close();
});

test('signing out leaves nothing to sign in with', async () => {
  const { page } = bogdan;
  await page.getByRole('button', { name: 'Your profile' }).click();
  const told = page.waitForResponse('**/auth/logout/');
  await page.getByRole('button', { name: 'Sign out' }).click();
  assert.equal((await told).status(), 205);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('tokens')), null);
});
