// An evening from its first second: the host starts, the lobby stands, two phones come in, and there is a first message.
// Where EVENING_SHOTS names a folder, the pictures that the README shows are put there.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PASSWORD, PHONE, assertAccessible, message, say, startBrowser, startServer, visitor } from './harness.js';

const JOIN = 'http://192.168.1.7:8000'; // what a phone would open; this test's phones stand on this computer

let browser;

before(async () => {
  browser = await startBrowser();
});

after(() => browser?.close());

async function picture({ page }, name) {
  const folder = process.env.EVENING_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/evening-${name}.png` });
}

/** Counts what a finger does, not what a keyboard does. */
const countTaps = (page) =>
  page.addInitScript(() => {
    globalThis.taps = 0;
    addEventListener('click', ({ isTrusted }) => (globalThis.taps += Number(isTrusted)), true);
  });

test('from the start to the first guest’s message: two taps for the guest', async () => {
  const begun = performance.now();
  const server = await startServer({ ROCKET_BASE_URL: JOIN });
  const [, token] = await server.heard(/\/#\/setup\/(\w+)$/);
  const idle = await server.memory();
  console.log(`# ${idle.toFixed(1)} MiB while nobody is there`);
  assert.ok(idle <= 30, `${idle} MiB`);
  const host = await visitor(browser, server.address, DESK);
  const desk = host.page;
  await desk.goto(`/#/setup/${token}`);
  await desk.getByLabel('Name of this server').fill('Clasa a 9-a');
  await desk.getByLabel('First name').fill('Elena');
  await desk.getByLabel('Last name').fill('Popescu');
  await desk.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await picture(host, '1-start');
  await desk.getByRole('button', { name: 'Start', exact: true }).click();
  await desk.getByRole('heading', { name: 'Lobby' }).waitFor();
  await desk.getByRole('link', { name: 'Settings' }).click();
  await desk.getByRole('switch', { name: /^Guests/ }).check();
  await desk.getByRole('link', { name: 'Lobby' }).click();
  await desk.getByRole('img', { name: `QR code of ${JOIN}` }).waitFor();

  // The QR code leads to the guests' door.
  const guest = await visitor(browser, server.address, PHONE);
  const phone = guest.page;
  await countTaps(phone);
  await phone.goto('/#/guest');
  await phone.getByLabel('Your name', { exact: true }).fill('Gina');
  await picture(guest, '2-guest');
  await phone.getByRole('button', { name: 'Come in', exact: true }).tap();
  await message(phone, 'Welcome to Clasa a 9-a!').waitFor();
  await phone.getByRole('textbox', { name: 'Message', exact: true }).fill('Bună seara!');
  await phone.getByRole('button', { name: 'Send', exact: true }).tap();
  await message(phone, 'Bună seara!').waitFor();
  const seconds = (performance.now() - begun) / 1000;
  console.log(`# ${seconds.toFixed(1)} s from the start of the program to the first guest's message`);
  assert.ok(seconds < 60, `${seconds} seconds`);
  assert.equal(await phone.evaluate(() => globalThis.taps), 2);

  const other = await visitor(browser, server.address, PHONE);
  await other.page.goto('/#/guest');
  await other.page.getByLabel('Your name', { exact: true }).fill('Matei');
  await other.page.getByRole('button', { name: 'Come in', exact: true }).tap();
  await message(other.page, 'Bună seara!').waitFor();
  await say(other.page, 'Salut, Gina!');
  await message(phone, 'Salut, Gina!').waitFor();
  await desk.locator('.joined li').getByText('Matei', { exact: true }).waitFor();
  await assertAccessible(phone, 'a guest’s chat');
  await picture(host, '3-lobby');
  await picture(guest, '4-chat');
  assert.deepEqual([...host.faults, ...guest.faults, ...other.faults], []);
  await Promise.all([host, guest, other].map((one) => one.close()));
  await server.stop();
});
