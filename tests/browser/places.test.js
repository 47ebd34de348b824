// Where one is and how one gets out of it; and answers that come late or not at all.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  asPerson,
  message,
  png,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

let server, browser, ana, bogdan, chat;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  [ana, bogdan] = await Promise.all([visitor(browser, server.address, PHONE), visitor(browser, server.address, DESK)]);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  await say(ana.page, 'hello de la mine');
  await message(ana.page, 'hello de la mine')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  const call = await asPerson(server.address, 'ana');
  [{ id: chat }] = (await call('GET', '/chat/')).results;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...ana.faults, ...bogdan.faults], []));

/** A new tab that begins at an address, with nothing before it. */
async function tab(person, address) {
  const page = await person.context.newPage();
  await page.goto(address);
  return page;
}

test('from a link to a chat one gets to its details, back, and to the list', async () => {
  const page = await tab(ana, `/#/chat/${chat}`);
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await page.getByRole('complementary', { name: 'Details' }).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Back to chats' }).click();
  await page.getByRole('navigation', { name: 'Chats' }).waitFor();
  await page.close();
});

test('from a link to one’s profile one gets out of it', async () => {
  const page = await tab(ana, '/#/me');
  await page.getByRole('button', { name: 'Name and e-mail' }).click();
  await page.getByRole('dialog', { name: 'Name and e-mail' }).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog', { name: 'Your profile' }).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('navigation', { name: 'Chats' }).waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.close();
});

test('a dialog closes by a press beside it, not by one on its edge or by a file that is not chosen', async () => {
  const { page } = bogdan;
  await page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New chat' });
  await dialog.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Group name', { exact: true }).fill('Excursie');
  await dialog.locator('input[type=file]').dispatchEvent('cancel', { bubbles: true });
  const box = await dialog.boundingBox();
  await page.mouse.click(box.x + 8, box.y + box.height / 2);
  assert.equal(await dialog.getByLabel('Group name', { exact: true }).inputValue(), 'Excursie');
  await page.mouse.click(box.x - 20, box.y + box.height / 2);
  await dialog.waitFor({ state: 'detached' });
});

test('what is left with all that lies over it takes nothing along', async () => {
  const { page } = bogdan;
  await page.goto('/#/');
  await page.getByRole('button', { name: 'Your profile' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Change your picture' }).click();
  await (await chooser).setFiles({ name: 'eu.png', mimeType: 'image/png', buffer: png(900, 600) });
  await page.getByRole('dialog', { name: 'Choose what is seen' }).waitFor();
  await page.goBack();
  await page.getByRole('dialog').first().waitFor({ state: 'detached' });
  assert.equal(await page.locator('body > #alert, body > #said').count(), 2, 'what is said has its places');
  await page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await page.getByRole('heading', { name: 'Ana Ionescu' }).waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), /null/);
});

test('an answer to an older search changes nothing', async () => {
  const { page } = bogdan;
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/chat/search/?q=hel&*', async (route) => {
    await held;
    await route.continue();
  });
  const search = page.getByRole('searchbox', { name: 'Search' });
  const asked = page.waitForRequest('**/chat/search/?q=hel&*');
  await search.fill('hel');
  await asked;
  await search.fill('hello');
  const hit = page.locator('.results').getByRole('link', { name: /hello de la mine/ });
  await hit.waitFor();
  const answered = page.waitForResponse('**/chat/search/?q=hel&*');
  release();
  await answered;
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await hit.count(), 1);
  await search.fill('');
});

test('people, sessions and searches that could not be read can be asked for again', async () => {
  const { page } = bogdan;
  const fail = { status: 503, json: { detail: 'Busy.' } };
  await page.route('**/auth/user/?**', (route) => route.fulfill(fail), { times: 1 });
  await page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New chat' });
  await dialog.getByText('Busy.').waitFor();
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await dialog.getByRole('button', { name: /^Ana Ionescu/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.route('**/auth/sessions/', (route) => route.fulfill(fail), { times: 1 });
  await page.goto('/#/me/sessions');
  await page.getByText('Busy.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('this device').waitFor();
  await page.goto('/#/');
  await page.route('**/chat/search/?**', (route) => route.fulfill(fail), { times: 1 });
  await page.getByRole('searchbox', { name: 'Search' }).fill('hello');
  await page.locator('.side').getByText('Busy.').waitFor();
  await page.locator('.side').getByRole('button', { name: 'Try again' }).click();
  await page
    .locator('.results')
    .getByRole('link', { name: /hello de la mine/ })
    .waitFor();
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
});

test('a history that was read before a change and comes after it does not undo it', async () => {
  const { page } = bogdan;
  const call = await asPerson(server.address, 'ana');
  const { results } = await call('GET', `/chat/messages/?chat=${chat}`);
  await page.reload();
  await page.getByRole('link', { name: /^Ana Ionescu/ }).waitFor();
  let release;
  const held = new Promise((resolve) => (release = resolve));
  let arrived;
  const read = new Promise((resolve) => (arrived = resolve));
  await page.route('**/chat/messages/?chat=*', async (route) => {
    const response = await route.fetch();
    arrived();
    await held;
    await route.fulfill({ response });
  });
  await page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await read;
  await call('PATCH', `/chat/messages/${results[0].id}/`, { text: 'hello, altfel' });
  await page.getByRole('link', { name: /^Ana Ionescu.*hello, altfel/ }).waitFor();
  release();
  await message(page, 'hello, altfel').waitFor();
  assert.equal(await message(page, 'hello de la mine').count(), 0);
  await page.unroute('**/chat/messages/?chat=*');
});
