// The host's first minutes: from the link in the server's window to a room of phones, and what the room sees of it.

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
  register,
  say,
  signIn,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

const JOIN = 'http://192.168.1.7:8000'; // what a phone would open; this test's phones stand on this computer

let server, browser, host, ana, bogdan, token;

before(async () => {
  server = await startServer({ ROCKET_BASE_URL: JOIN });
  browser = await startBrowser();
  [, token] = await server.heard(/\/#\/setup\/(\w+)$/);
  host = await visitor(browser, server.address, DESK);
  [ana, bogdan] = await Promise.all([visitor(browser, server.address, PHONE), visitor(browser, server.address, PHONE)]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...host.faults, ...ana.faults, ...bogdan.faults], []));

const people = (page) => page.locator('.joined li');

test('who comes without the link is told whom to ask, and may make an account', async () => {
  const { page } = ana;
  await page.goto('/');
  await page.getByText('This server has no host yet.').waitFor();
  await page.goto('/#/setup');
  await page.getByRole('heading', { name: 'Ask the host' }).waitFor();
  assert.equal(await page.getByLabel('Password', { exact: true }).count(), 0);
  await page.goto('/#/setup/guess');
  await page.getByLabel('Name of this server').fill('Mine');
  await page.getByLabel('First name').fill('Eve');
  await page.getByLabel('Username').fill('eve');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('This is not the link that makes a host.').waitFor();
  await register(page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
});

test('the link makes a host and leads to the lobby', async () => {
  const { page } = host;
  await page.goto(`/#/setup/${token}`);
  await page.getByRole('heading', { name: 'Your server' }).waitFor();
  await assertAccessible(page, 'the first page');
  await page.getByLabel('Name of this server').fill('Clasa a 9-a');
  await page.getByLabel('First name').fill('Elena');
  await page.getByLabel('Last name').fill('Țăranu Popescu');
  assert.equal(await page.getByLabel('Username').inputValue(), 'elena.taranupopescu');
  await page.getByLabel('Username').fill('elena');
  await page.getByLabel('First name').fill('Ileana');
  assert.equal(await page.getByLabel('Username').inputValue(), 'elena', 'what was typed is left alone');
  await page.getByLabel('Password', { exact: true }).fill('12345678');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByText('This password is entirely numeric.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('heading', { name: 'Lobby' }).waitFor();
  assert.ok(!page.url().includes(token), 'the token is gone from the address');
  await page.getByText('192.168.1.7:8000', { exact: true }).waitFor();
  await page.getByRole('img', { name: `QR code of ${JOIN}` }).waitFor();
  await people(page).getByText('Ana Ionescu').waitFor();
  // The address is read from ten metres.
  assert.equal(await page.locator('.address').evaluate((node) => getComputedStyle(node).fontSize), '48px');
});

test('a guest comes in, and the room sees his name and his first message', async () => {
  const { page } = bogdan;
  await page.goto('/');
  await register(page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await people(host.page).getByText('Bogdan Popa').waitFor();
  await host.page.locator('.joined h2').getByText('Joined: 2', { exact: true }).waitFor();
  // Two taps: the group that he is in already, and send.
  await page.getByRole('link', { name: /^Everyone/ }).click();
  await message(page, 'Welcome to Clasa a 9-a!').waitFor();
  await say(page, 'Salut!');
  await ana.page.goto('/');
  await ana.page.getByRole('link', { name: /^Everyone/ }).click();
  await message(ana.page, 'Salut!').waitFor();
});

test('the Wi-Fi stands beside the address once it is typed', async () => {
  const { page } = host;
  await page.getByRole('button', { name: 'Show the Wi-Fi here, too' }).click();
  await page.getByLabel('Name of the Wi-Fi').fill('Sala 12');
  await page.getByLabel('Password of the Wi-Fi').fill('short');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Ensure this field has at least 8 characters.').waitFor();
  await page.getByLabel('Password of the Wi-Fi').fill('violet41');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('img', { name: 'QR code of the Wi-Fi' }).waitFor();
  await page.locator('.way').getByText('violet41').waitFor();
  await assertAccessible(page, 'the lobby');
});

test('the codes say the address and the Wi-Fi, and with guests their door; the class code stands in letters', async () => {
  const { page } = host;
  const call = await asPerson(server.address, 'elena');
  const [join, wifi] = [`QR code of ${JOIN}`, 'QR code of the Wi-Fi'];
  const drawn = (name) => assertDrawn(page.getByRole('img', { name, exact: true }));
  const said = qrCodes(page);
  await page.reload();
  for (const name of [wifi, join]) await drawn(name);
  const set = async (changes) => {
    const asked = page.waitForResponse(/\/host\/qr\//);
    await call('PATCH', '/host/settings/', changes);
    await asked;
    await drawn(join);
  };
  await set({ guests: true });
  await set({ guests: false, registration: 'code', class_code: 'vulpe 7' });
  assert.deepEqual(said, ['WIFI:T:WPA;S:Sala 12;P:violet41;;', JOIN, `${JOIN}/#/guest`, JOIN]);
  const { class_code } = await call('GET', '/host/settings/');
  const way = page.locator('.way').filter({ hasText: 'Open this address' });
  await way.getByText(`Class code: ${class_code}`, { exact: true }).waitFor();
  await assertAccessible(page, 'the lobby with a class code');
  await call('PATCH', '/host/settings/', { registration: 'open' });
  await way.getByText(/^Class code/).waitFor({ state: 'detached' });
});

test('no code leads a phone to itself where nobody else can come', async () => {
  const alone = await startServer({}, 'dana');
  const { page, faults, close } = await visitor(browser, alone.address, DESK);
  const said = qrCodes(page);
  await page.goto('/');
  await signIn(page, 'dana', PASSWORD);
  await page.goto('/#/host/lobby');
  await page.getByText('No other device can reach this computer now.').waitFor();
  const call = await asPerson(alone.address, 'dana');
  await call('PATCH', '/host/settings/', { guests: true });
  await call('PUT', '/host/wifi/', { name: 'Sala 12', password: '' });
  await page.getByRole('img', { name: 'QR code of the Wi-Fi' }).waitFor();
  assert.deepEqual(said, ['WIFI:T:nopass;S:Sala 12;;']);
  assert.deepEqual(faults, []);
  await close();
  await alone.stop();
});

test('a locked door keeps everybody new out, and opens as it was', async () => {
  const { page } = host;
  const lock = page.getByRole('switch', { name: /^Lock the door/ });
  const call = await asPerson(server.address, 'elena');
  const door = { registration: 'code', guests: true, class_code: 'fox 7' };
  await call('PATCH', '/host/settings/', door);
  const late = await visitor(browser, server.address, PHONE);
  await late.page.goto('/#/guest');
  await late.page.getByLabel('Your name').fill('Gina');
  await late.page.getByLabel('Class code').fill('fox 7');
  await lock.check();
  await page.getByRole('switch', { name: /^Lock the door/, checked: true }).waitFor();
  await page.waitForFunction(async () => (await (await fetch('/auth/server/')).json()).registration === 'closed');
  // Who stands before the form already is told, and who comes now finds no form.
  await late.page.getByRole('button', { name: 'Come in' }).click();
  await late.page.getByText('The door is locked right now. Ask the host.').waitFor();
  await late.page.reload();
  await late.page.getByText('There are no guests here right now. Ask the host.').waitFor();
  await late.page.goto('/#/create');
  await late.page.getByText('Nobody can make an account here right now. Ask the host.').waitFor();
  await late.page.goto('/#/');
  await late.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('switch', { name: /^Lock the door/, checked: true }).waitFor();
  await lock.uncheck();
  await page.waitForFunction(async () => (await (await fetch('/auth/server/')).json()).registration === 'code');
  const { locked, registration, guests, class_code } = await call('GET', '/host/settings/');
  assert.deepEqual({ locked, registration, guests, class_code }, { locked: false, ...door });
  await call('PATCH', '/host/settings/', { registration: 'open', guests: false });
  assert.deepEqual(late.faults, []);
  await late.close();
});

test('the doctor says who has come, and what to do where nobody does', async () => {
  const { page } = host;
  await page.getByRole('link', { name: 'Connection' }).first().click();
  await page.getByRole('heading', { name: 'Connection' }).waitFor();
  await page.getByText('Nobody has come from another device yet.').waitFor();
  // This test's server listens to this computer alone, and that is what keeps people out.
  await page.getByText('Messenger listens only to this computer.').waitFor();
  await page.getByText('This is plain HTTP: fine in a network that is yours.').waitFor();
  await assertAccessible(page, 'the connection');
});

test('the doctor tells the address that was reached from the one that was not, and the usual causes', async () => {
  const { page } = host;
  const address = (ip, kind, reached) => ({ url: `http://${ip}:8000`, interface: 'x', kind, reached });
  const causes = ['firewall', 'isolation', 'mobile'].map((cause) => ({ cause, text: `It may be the ${cause}.` }));
  await answered(page, '/host/doctor/', () => ({
    addresses: [address('192.168.1.7', 'wifi', true), address('10.0.0.7', 'cable', false)],
    guests: 1,
    advice: causes,
  }));
  await page.reload();
  const line = (url) => page.locator('.addresses li').filter({ hasText: url });
  await line('http://192.168.1.7:8000').getByText('Another device has reached this').waitFor();
  await line('http://10.0.0.7:8000').getByText('Not yet').waitFor();
  await page.getByText('1 other device has come.').waitFor();
  assert.equal(await page.locator('.advice li').count(), 3);
  await page.unroute('**/host/doctor/');
});

test('the lobby and its QR code follow the address while it stands', async () => {
  const { page } = host;
  let join = 'http://192.168.1.7:8000';
  await answered(page, '/host/lobby/', () => ({ join }));
  await page.goto('/#/host/lobby');
  await page.getByRole('img', { name: `QR code of ${join}` }).waitFor();
  const before = await page.getByRole('img', { name: `QR code of ${join}` }).getAttribute('src');
  join = 'http://10.0.0.7:8000';
  await page.getByRole('img', { name: `QR code of ${join}` }).waitFor();
  await page.getByText('10.0.0.7:8000', { exact: true }).waitFor();
  assert.notEqual(await page.getByRole('img', { name: `QR code of ${join}` }).getAttribute('src'), before);
  await page.unroute('**/host/lobby/');
});

test('a link that was used leads to the door', async () => {
  const late = await visitor(browser, server.address, PHONE);
  await late.page.goto(`/#/setup/${token}`);
  await late.page.getByText('This server has a host.').waitFor();
  await late.page.getByRole('link', { name: 'Back to sign in' }).click();
  await late.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.deepEqual(late.faults, []);
  await late.close();
});
