// The doors of a house: guests, names with PINs, the class code, and the host's page of people.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  answered,
  asPerson,
  assertAccessible,
  assertDrawn,
  message,
  qrCodes,
  say,
  signIn,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

const JOIN = 'http://192.168.1.7:8000'; // what a phone would open; this test's phones stand on this computer

let server, browser, host, phone, call;
let cards = [];

before(async () => {
  server = await startServer({}, 'gazda');
  browser = await startBrowser();
  [host, phone] = await Promise.all([visitor(browser, server.address, DESK), visitor(browser, server.address, PHONE)]);
  await host.page.goto('/');
  await signIn(host.page, 'gazda', PASSWORD);
  call = await asPerson(server.address, 'gazda');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...host.faults, ...phone.faults], []));

/** A picture of the page for whoever looks at them, where ENTRY_SHOTS names a folder. */
async function picture({ page }, name) {
  if (!process.env.ENTRY_SHOTS) return;
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: `${process.env.ENTRY_SHOTS}/${name}-${scheme}.png` });
  }
}

test('what the host has not switched on is not at the door', async () => {
  const { page } = phone;
  await page.goto('/');
  await page.getByRole('link', { name: 'Create account' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Come in as a guest' }).count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Choose your name' }).count(), 0);
});

test('the host switches guests and names on', async () => {
  const { page } = host;
  await page.getByRole('link', { name: 'Host' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('switch', { name: /^Guests/ }).click();
  await page.getByRole('group', { name: 'A guest stays' }).getByText('2 hours', { exact: true }).click();
  await page.getByRole('switch', { name: /^Names at the door/ }).click();
  await page.getByRole('switch', { name: /^Names at the door/, checked: true }).waitFor();
  await page.getByRole('radio', { name: '2 hours', exact: true }).and(page.locator(':checked')).waitFor();
  await assertAccessible(page, 'settings');
  await picture(host, 'settings-desk');
  const settings = await call('GET', '/host/settings/');
  assert.deepEqual([settings.guests, settings.guest_hours, settings.roster], [true, 2, true]);
});

test('pasted names become cards, and what is wrong is said', async () => {
  const { page } = host;
  const said = qrCodes(page);
  await answered(page, '/host/lobby/', () => ({ join: JOIN }));
  await page.getByRole('link', { name: 'People' }).click();
  const paste = page.getByLabel('Names, one a line');
  await paste.fill('Ana Pop\nana  pop');
  await page.getByRole('button', { name: 'Make PINs' }).click();
  await page.getByText('ana pop is there twice.').waitFor();
  await paste.fill('Nume\tPrenume\nPop\tAna\nIonescu\tDan\nȘerban\tIoana\n');
  await page.getByRole('button', { name: 'Make PINs' }).click();
  const made = page.getByRole('region', { name: 'Cards' });
  await made.getByText('Ioana Șerban').waitFor();
  cards = await made.getByRole('listitem').evaluateAll((items) =>
    items.map((item) => ({
      name: item.querySelector('b').textContent,
      pin: item.querySelector('.digits').textContent,
    })),
  );
  assert.deepEqual(
    cards.map(({ name }) => name),
    ['Ana Pop', 'Dan Ionescu', 'Ioana Șerban'],
  );
  assert.ok(cards.every(({ pin }) => /^\d{6}$/.test(pin)));
  await page.getByText('3 names').waitFor();
  await assertAccessible(page, 'people');
  await picture(host, 'people-desk');
  // A code on each, which leads to the names.
  const drawn = async () => {
    for (const card of await made.getByRole('listitem').all()) {
      await card.getByText('192.168.1.7:8000', { exact: true }).waitFor();
      assert.equal(await card.locator('img').count(), 1);
      await assertDrawn(card.locator('img'));
    }
  };
  await made.locator('img').first().waitFor();
  await drawn();
  assert.deepEqual(said, [`${JOIN}/#/names`]);
  // On paper there are the cards alone.
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.getByRole('button', { name: 'Make PINs' }).isVisible(), false);
  assert.equal(await page.getByRole('navigation', { name: 'Host' }).isVisible(), false);
  for (const { name, pin } of cards) {
    const card = made.getByRole('listitem').filter({ hasText: name });
    assert.equal(await card.getByText(pin, { exact: true }).isVisible(), true);
  }
  await drawn();
  await page.emulateMedia({ media: 'screen' });
  await page.unroute('**/host/lobby/');
});

test('a name is tapped and its PIN typed, after a wrong one', async () => {
  const { page } = phone;
  await page.goto('/');
  await page.reload();
  await page.getByRole('link', { name: 'Choose your name' }).waitFor();
  await assertAccessible(page, 'the door');
  await picture(phone, 'door-phone');
  await page.getByRole('link', { name: 'Choose your name' }).click();
  await page.getByRole('button', { name: 'Dan Ionescu' }).waitFor();
  await assertAccessible(page, 'names');
  await picture(phone, 'names-phone');
  await page.getByRole('button', { name: 'Dan Ionescu' }).click();
  const { pin } = cards[1];
  const wrong = pin === '000000' ? '111111' : '000000';
  const type = async (digits) => {
    for (const digit of digits) await page.getByRole('button', { name: digit, exact: true }).click();
  };
  await type(wrong);
  await page.getByText('That is not the PIN of this name.').waitFor();
  await assertAccessible(page, 'the PIN pad');
  await picture(phone, 'pin-phone');
  await type(`${pin.slice(0, 1)}9`);
  await page.getByRole('button', { name: 'Take the last digit back' }).click();
  await type(pin.slice(1));
  await page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByText('Dan Ionescu').first().waitFor();
});

test('a PIN is typed on a keyboard, too', async () => {
  const desk = await visitor(browser, server.address, DESK);
  await desk.page.goto('/#/names');
  await desk.page.getByRole('button', { name: 'Ana Pop' }).click();
  await picture(desk, 'pin-desk');
  await desk.page.keyboard.type(cards[0].pin);
  await desk.page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
  assert.deepEqual(desk.faults, []);
  await desk.close();
});

test('a guest comes in with a name, is marked, and writes where he is added', async () => {
  const guest = await visitor(browser, server.address, PHONE);
  const { page } = guest;
  await page.goto('/');
  await page.getByRole('link', { name: 'Come in as a guest' }).click();
  const field = page.getByLabel('Your name', { exact: true });
  await field.fill('Ana Pop');
  await page.getByRole('button', { name: 'Come in', exact: true }).click();
  await page.getByText('Somebody here has this name').waitFor();
  await assertAccessible(page, 'the guests’ door');
  await picture(guest, 'guest-phone');
  await field.fill('Gina');
  await page.getByRole('button', { name: 'Come in', exact: true }).click();
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
  for (const name of ['Name and e-mail', 'Change password', 'New chat']) {
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
  }
  await page.goto('/#/');

  const { results } = await call('GET', '/auth/user/?search=gina');
  assert.equal(results[0].role, 'guest');
  await call('POST', '/chat/', { name: 'Clasa', users: [results[0].id], type: 'group' });
  await page.getByRole('link', { name: /^Clasa/ }).click();
  await say(page, 'Bună ziua');

  const desk = host.page;
  await desk.goto('/');
  await desk.getByRole('link', { name: /^Clasa/ }).click();
  await message(desk, 'Bună ziua').locator('.by').getByText('guest', { exact: true }).waitFor();
  await desk.getByRole('button', { name: 'Details', exact: true }).click();
  const details = desk.getByRole('complementary', { name: 'Details' });
  await details.getByRole('button', { name: /^Gina/ }).getByText('guest', { exact: true }).waitFor();
  await picture(host, 'guest-desk');
  assert.deepEqual(guest.faults, []);
  await guest.close();
});

test('the host makes somebody staff, who sees the rooms at once, and signs him out', async () => {
  const { page } = host;
  await page.goto('/#/host/people');
  await phone.page.goto('/#/');
  await phone.page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
  assert.equal(await phone.page.getByRole('link', { name: 'Host' }).count(), 0);
  await page.getByLabel('What Dan Ionescu may do').selectOption('staff');
  await phone.page.getByRole('link', { name: 'Host' }).waitFor();
  const row = page.getByRole('listitem').filter({ has: page.getByLabel('What Dan Ionescu may do') });
  await row.getByRole('button', { name: 'Actions for Dan Ionescu' }).click();
  await page.getByRole('menuitem', { name: 'Devices' }).click();
  await page
    .getByRole('dialog', { name: 'Devices of Dan Ionescu' })
    .getByRole('button', { name: 'Sign out everywhere' })
    .click();
  await page
    .getByRole('dialog', { name: /^Sign Dan Ionescu out/ })
    .getByRole('button', { name: 'Sign out everywhere' })
    .click();
  await phone.page.getByRole('link', { name: 'Choose your name' }).waitFor();
});

test('who has forgotten his password gets back in by a code that the host shows', async () => {
  const { page } = host;
  await page.goto('/#/host/people');
  const row = page.getByRole('listitem').filter({ has: page.getByLabel('What Dan Ionescu may do') });
  const dialog = page.getByRole('dialog', { name: 'A new password for Dan Ionescu' });
  const ask = async () => {
    await row.getByRole('button', { name: 'Actions for Dan Ionescu' }).click();
    await page.getByRole('menuitem', { name: 'New password (one-time code)' }).click();
    await dialog.locator('.one-time').waitFor();
  };
  // A picture is there where another device can open what it says.
  const looked = page.waitForResponse('**/host/lobby/');
  await ask();
  await looked;
  assert.equal(await dialog.getByRole('img').count(), 0);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await answered(page, '/host/lobby/', () => ({ join: JOIN }));
  await ask();
  await dialog.getByRole('img', { name: 'QR code that leads to a new password' }).waitFor();
  await page.unroute('**/host/lobby/');
  await assertAccessible(page, 'a one-time code');
  await picture(host, 'code-desk');
  const code = await dialog.locator('.one-time').textContent();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await phone.page.goto(`/#/code/${code}`);
  assert.equal(await phone.page.getByLabel('Code', { exact: true }).inputValue(), code);
  await phone.page.getByLabel('New password', { exact: true }).fill('walnut-Lantern-72');
  await phone.page.getByLabel('Repeat password', { exact: true }).fill('walnut-Lantern-72');
  await phone.page.getByRole('button', { name: 'Set password' }).click();
  await phone.page.getByText('Your new password is set.').waitFor();
});

test('the door asks for the class code, and shuts', async () => {
  await call('PATCH', '/host/settings/', { registration: 'code', class_code: 'fox 7' });
  const somebody = await visitor(browser, server.address, PHONE);
  const { page } = somebody;
  await page.goto('/#/create');
  await page.getByLabel('Class code').fill('wolf');
  await page.getByLabel('Username', { exact: true }).fill('mara');
  await page.getByLabel('First name', { exact: true }).fill('Mara');
  await page.getByLabel('Last name', { exact: true }).fill('Dinu');
  await page.getByLabel('E-mail', { exact: true }).fill('mara@example.org');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Repeat password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account', exact: true }).click();
  await page.getByText('This is not the class code.').waitFor();
  await page.getByLabel('Class code').fill('FOX7');
  await page.getByRole('button', { name: 'Create account', exact: true }).click();
  await page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
  await somebody.close();

  await call('PATCH', '/host/settings/', { registration: 'closed', guests: false, roster: false });
  const late = await visitor(browser, server.address, PHONE);
  await late.page.goto('/');
  await late.page.getByRole('link', { name: 'Create account' }).waitFor({ state: 'detached' });
  await late.page.goto('/#/create');
  await late.page.getByText('Nobody can make an account here right now.').waitFor();
  await assertAccessible(late.page, 'a shut door');
  await picture(late, 'shut-phone');
  await late.page.goto('/#/guest');
  await late.page.getByText('There are no guests here right now.').waitFor();
  await late.page.goto('/#/names');
  await late.page.getByText('There are no names to choose from right now.').waitFor();
  assert.deepEqual([...somebody.faults, ...late.faults], []);
  await late.close();
});
