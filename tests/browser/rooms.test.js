// The rooms beside the chat: a group's details and its link, one's profile and picture, drafts and mentions.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  asPerson,
  attach,
  message,
  png,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

let server, browser, ana, bogdan;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  [ana, bogdan] = await Promise.all([visitor(browser, server.address, DESK), visitor(browser, server.address, PHONE)]);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  await say(ana.page, 'Salut');
  await ana.page.goto('/#/');
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...ana.faults, ...bogdan.faults], []));

test('a group of one is made, and somebody new comes in by its link', async () => {
  const { page } = ana;
  await page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New chat' });
  await dialog.getByRole('button', { name: 'New group' }).click();
  await dialog.getByLabel('Group name', { exact: true }).fill('Excursie');
  await dialog.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('heading', { name: 'Excursie' }).waitFor();
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await page.getByRole('button', { name: 'Show the link' }).click();
  const link = await page.getByLabel('Link to join').inputValue();

  const dan = await visitor(browser, server.address, PHONE);
  await dan.page.goto(link);
  await dan.page.getByText('You have been invited to a group.').waitFor();
  await dan.page.getByRole('link', { name: 'Create account' }).click();
  await dan.page.getByLabel('Username', { exact: true }).fill('dan');
  await dan.page.getByLabel('First name', { exact: true }).fill('Dan');
  await dan.page.getByLabel('Last name', { exact: true }).fill('Moldovan');
  await dan.page.getByLabel('E-mail', { exact: true }).fill('dan@example.org');
  await dan.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await dan.page.getByLabel('Repeat password', { exact: true }).fill(PASSWORD);
  await dan.page.getByRole('button', { name: 'Create account', exact: true }).click();
  const join = dan.page.getByRole('dialog', { name: 'Join a group' });
  await join.getByText('Excursie').waitFor();
  await join.getByRole('button', { name: 'Join' }).click();
  await dan.page.getByRole('heading', { name: 'Excursie' }).waitFor();
  await say(dan.page, 'Am venit prin link');
  await page.getByRole('complementary', { name: 'Details' }).getByText('2 people').waitFor();
  await message(page, 'Am venit prin link').waitFor();
  assert.deepEqual(dan.faults, []);
  await dan.close();
});

test('a group is renamed, somebody is added and removed, and each hears of it', async () => {
  const { page } = ana;
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByRole('button', { name: 'Rename' }).click();
  await details.getByLabel('Group name').fill('Excursie la munte');
  await details.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Excursie la munte' }).waitFor();
  await details.getByRole('button', { name: 'Add people' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add people' });
  await dialog.getByRole('button', { name: /^Bogdan Popa/ }).click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await bogdan.page.getByRole('link', { name: /^Excursie la munte/ }).waitFor();
  await details.getByRole('button', { name: 'Remove Bogdan Popa' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await bogdan.page.getByRole('link', { name: /^Excursie la munte/ }).waitFor({ state: 'detached' });
});

test('a muted chat looks so on every device of its person, and nobody else’s', async () => {
  const { page } = ana;
  await page.getByRole('switch', { name: /^Mute/ }).check();
  const other = await ana.context.newPage();
  await other.goto('/');
  await other
    .getByRole('link', { name: /^Excursie la munte/ })
    .getByRole('img', { name: 'Muted' })
    .waitFor();
  await page.getByRole('switch', { name: /^Mute/ }).uncheck();
  await other
    .getByRole('link', { name: /^Excursie la munte/ })
    .getByRole('img', { name: 'Muted' })
    .waitFor({ state: 'detached' });
  await other.close();
});

test('the photos and files of a chat are together, and a photo opens large', async () => {
  const { page } = ana;
  await attach(page, { name: 'harta.png', mimeType: 'image/png', buffer: png(300, 200) });
  await say(page, 'Harta');
  await attach(page, { name: 'lista.txt', mimeType: 'text/plain', buffer: Buffer.from('lista') });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByRole('link', { name: /^lista\.txt/ }).waitFor();
  await details.getByRole('button', { name: /^Photo, Ana Ionescu/ }).click();
  await page.keyboard.press('Escape');
  await details.getByRole('button', { name: /^Photo, Ana Ionescu/ }).waitFor();
  assert.equal(await details.getByRole('link', { name: /\.txt/ }).count(), 1);
});

test('what is begun in one chat waits there, over a reload too', async () => {
  const { page } = ana;
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('pe jumătate');
  await page.getByRole('link', { name: /^Bogdan Popa/ }).click();
  await page.getByRole('heading', { name: 'Bogdan Popa' }).waitFor();
  await page.getByRole('link', { name: /^Excursie la munte.*Draft: pe jumătate/ }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: /^Excursie la munte/ }).click();
  await page.getByRole('heading', { name: 'Excursie la munte' }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Message', exact: true }).inputValue(), 'pe jumătate');
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('');
});

test('a mention is completed, and calls through', async () => {
  const { page } = bogdan;
  await page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('hei @an');
  await page.getByRole('option', { name: /Ana Ionescu/ }).waitFor();
  await page.keyboard.press('Tab');
  assert.match(await page.getByRole('textbox', { name: 'Message', exact: true }).inputValue(), /^hei @ana /);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await ana.page.getByRole('link', { name: /^Bogdan Popa.*you are mentioned.*1 unread/ }).waitFor();
});

test('arrow up in an empty field edits what one said last', async () => {
  const { page } = ana;
  await say(page, 'greșeală');
  await message(page, 'greșeală')
    .getByRole('img', { name: /^(Sent|Read)/ })
    .waitFor();
  await page.getByRole('textbox', { name: 'Message', exact: true }).press('ArrowUp');
  await page.getByText('Editing your message').waitFor();
  await say(page, 'corectat');
  await message(page, 'corectat').getByText('edited').waitFor();
  assert.equal(await message(page, 'greșeală').count(), 0);
});

test('one’s picture is cut and seen by the other, one’s name changes everywhere', async () => {
  const { page } = bogdan;
  await page.goto('/#/me');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Change your picture' }).click();
  await (await chooser).setFiles({ name: 'eu.png', mimeType: 'image/png', buffer: png(900, 600) });
  await page.getByRole('dialog', { name: 'Choose what is seen' }).getByRole('slider').press('ArrowRight');
  await page.getByRole('button', { name: 'Use this picture' }).click();
  await ana.page.locator('nav img.avatar').waitFor();
  const [path] = await ana.page
    .locator('nav img.avatar')
    .evaluateAll((all) => all.map((one) => one.getAttribute('src')));
  const size = await ana.page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, path);
  assert.equal(size[0], size[1]);
  await page.getByRole('button', { name: 'Name and e-mail' }).click();
  await page.getByLabel('First name', { exact: true }).fill('Bogdănel');
  await page.getByRole('button', { name: 'Save' }).click();
  await ana.page.getByRole('link', { name: /^Bogdănel Popa/ }).waitFor();
});

test('another session is seen and ended', async () => {
  const guest = await visitor(browser, server.address);
  const { page } = guest;
  await page.goto('/');
  await page.getByLabel('Username', { exact: true }).fill('bogdan');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: /^Ana Ionescu/ }).waitFor();
  await bogdan.page.goto('/#/me/sessions');
  await bogdan.page.getByText('this device').waitFor();
  await bogdan.page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await page.getByText('Your session has ended. Sign in again.').waitFor();
  const call = await asPerson(server.address, 'ana');
  assert.ok((await call('GET', '/auth/me/')).id, 'another’s sessions go on');
  await guest.close();
});

test('who leaves a group has it no more', async () => {
  const { page } = ana;
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await page.getByRole('button', { name: 'Leave the group' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave the group' }).click();
  await page.getByRole('link', { name: /^Excursie la munte/ }).waitFor({ state: 'detached' });
});
