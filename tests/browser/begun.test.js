// What somebody has begun: it is not lost by what he does next, and not left for who comes after him.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  asPerson,
  attach,
  choose,
  message,
  png,
  register,
  say,
  signIn,
  signOut,
  startBrowser,
  startChat,
  startLine,
  startServer,
  visitor,
  PASSWORD,
} from './harness.js';

let server, line, browser, ana, bogdan, group;

before(async () => {
  server = await startServer();
  line = await startLine(server.address);
  browser = await startBrowser();
  [ana, bogdan] = await Promise.all([visitor(browser, line.address, DESK), visitor(browser, server.address, PHONE)]);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(bogdan.page, ['Ana Ionescu']);
  await say(bogdan.page, 'Salut');
  const call = await asPerson(server.address, 'bogdan');
  const { results } = await call('GET', '/auth/user/?search=ana');
  group = await call('POST', '/chat/', { name: 'Clasa', users: [results[0].id], type: 'group' });
  await ana.page.getByRole('link', { name: /^Clasa/ }).click();
});

after(async () => {
  await browser?.close();
  line?.stop();
  await server?.stop();
});

afterEach(() => assert.deepEqual([...ana.faults, ...bogdan.faults], []));

const field = (page) => page.getByRole('textbox', { name: 'Message', exact: true });

test('Enter in the search for an emoji sends nothing, found or not', async () => {
  const { page } = ana;
  await field(page).fill('pe jumătate');
  await page.getByRole('button', { name: 'Emoji', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Find emoji' }).fill('zzzzzz');
  await page.getByRole('searchbox', { name: 'Find emoji' }).press('Enter');
  await page.getByText('Nothing found.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await field(page).inputValue(), 'pe jumătate');
  await field(page).fill('');
});

test('another language in the middle leaves the chat and the edit where they were', async () => {
  const { page } = ana;
  await say(page, 'un cuvent');
  await choose(page, message(page, 'un cuvent'), 'Edit');
  await field(page).fill('un cuvânt întreg');
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByText('Română', { exact: true }).click();
  await page.getByRole('dialog', { name: 'Profilul tău' }).getByText('English', { exact: true }).click();
  await page.getByRole('dialog', { name: 'Your profile' }).getByRole('button', { name: 'Close' }).click();
  await page.getByText('Editing your message').waitFor();
  assert.equal(await field(page).inputValue(), 'un cuvânt întreg');
  await page.reload();
  await page.getByText('Editing your message').waitFor();
  await field(page).press('Enter');
  await message(page, 'un cuvânt întreg').getByText('edited').waitFor();
  assert.equal(await field(page).inputValue(), '');
});

test('a photo that is sent before it is ready goes, though one has left the chat', async () => {
  const { page } = bogdan;
  await page.goto(`/#/chat/${group.id}`);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach', exact: true }).click();
  await (await chooser).setFiles({ name: 'mare.png', mimeType: 'image/png', buffer: png(3000, 3000) });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.goto('/#/');
  const photo = ana.page.getByRole('log').getByRole('img', { name: 'Photo, Bogdan' });
  await photo.waitFor();
  await photo.evaluate((image) => image.decode());
  const call = await asPerson(server.address, 'ana');
  const { results } = await call('GET', `/chat/messages/?chat=${group.id}&media=any`);
  assert.equal(results.length, 1);
  assert.ok(results[0].photo && results[0].photo_width < 3000, 'it was made smaller first');
});

test('who signs out with something unsent is asked, and may stay', async () => {
  const { page } = ana;
  line.cut();
  await page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
  await say(page, 'încă pe drum');
  await message(page, 'încă pe drum').getByRole('img', { name: 'Sending' }).waitFor();
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const question = page.getByRole('dialog', { name: /not been sent/ });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('dialog', { name: 'Your profile' }).getByRole('button', { name: 'Close' }).click();
  line.mend();
  await message(bogdan.page, 'încă pe drum').waitFor({ state: 'detached' });
  await bogdan.page.getByRole('link', { name: /^Clasa.*încă pe drum/ }).waitFor();
});

test('a session that is renewed while its person signs out stays ended', async () => {
  const { page } = ana;
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route('**/auth/login/refresh/', async (route) => {
    const response = await route.fetch();
    await held;
    await route.fulfill({ response });
  });
  await page.evaluate(() => {
    const tokens = JSON.parse(localStorage.getItem('tokens'));
    localStorage.setItem('tokens', JSON.stringify({ ...tokens, access: 'stale' }));
  });
  const asked = page.waitForRequest('**/auth/login/refresh/');
  await page.getByRole('searchbox', { name: 'Search' }).fill('orice');
  await asked;
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await signOut(page);
  const answered = page.waitForResponse('**/auth/login/refresh/');
  release();
  await answered;
  await page.unroute('**/auth/login/refresh/');
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('tokens')), null);
  await signIn(page, 'ana', PASSWORD);
});

test('who signs out without a connection is out on the server once it can be reached', async () => {
  const { page, context } = ana;
  const call = await asPerson(server.address, 'ana');
  const signedIn = async () => (await call('GET', '/auth/sessions/')).results.length;
  const before = await signedIn();
  const out = () => page.waitForResponse((response) => response.url().endsWith('/auth/logout/'));
  line.cut();
  await page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
  await signOut(page);
  assert.equal(await page.evaluate(() => localStorage.getItem('tokens')), null, 'nothing of it stays on the device');
  assert.equal(await signedIn(), before);
  let heard = out();
  line.mend();
  assert.equal((await heard).status(), 205);
  assert.equal(await signedIn(), before - 1);

  await signIn(page, 'ana', PASSWORD);
  await page.route('**/auth/logout/', (route) => route.abort());
  await signOut(page);
  await signIn(page, 'bogdan', PASSWORD);
  await page.getByRole('link', { name: /^Clasa/ }).waitFor();
  heard = out();
  await page.unroute('**/auth/logout/');
  assert.equal((await heard).status(), 205);
  assert.equal(await signedIn(), before - 1);
  const opens = (await context.cookies()).filter(({ name }) => name === 'media');
  assert.equal(opens.length, 1, 'who came after keeps what opens his pictures');
  await signOut(page);
  await signIn(page, 'ana', PASSWORD);
});

test('nothing of one person is left for the next on the same page', async () => {
  const { page } = ana;
  await page.goto(`/#/chat/${group.id}`);
  await attach(page, { name: 'secret.txt', mimeType: 'text/plain', buffer: Buffer.from('secret') });
  await field(page).fill('o ciornă');
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page
    .getByRole('dialog', { name: /not been sent/ })
    .getByRole('button', { name: 'Sign out' })
    .click();
  await signIn(page, 'bogdan', PASSWORD);
  await page.getByRole('link', { name: /^Clasa/ }).click();
  await field(page).waitFor();
  assert.equal(await page.locator('.composer .tiles').count(), 0);
  assert.equal(await field(page).inputValue(), '');
  await signOut(page);
  await signIn(page, 'ana', PASSWORD);
  await page.getByRole('link', { name: /^Clasa/ }).click();
  await field(page).waitFor();
  assert.equal(await field(page).inputValue(), '', 'it was said that it would be lost');
});

test('an invitation is for who followed it, once', async () => {
  const { page } = ana;
  const call = await asPerson(server.address, 'bogdan');
  const { code } = await call('POST', `/chat/${group.id}/link/`);
  await page.goto(`/#/join/${code}`);
  await page.getByRole('heading', { name: 'Clasa' }).waitFor();
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.equal(await page.getByText('You have been invited').count(), 0);
  await signIn(page, 'ana', PASSWORD);
});

test('a question is not left over the door when its session ends', async () => {
  const { page } = ana;
  await page.getByRole('link', { name: /^Clasa/ }).click();
  await choose(page, message(page, 'un cuvânt întreg'), 'Delete');
  await page.getByRole('dialog').waitFor();
  const call = await asPerson(server.address, 'ana');
  await call('POST', '/auth/logout_all/');
  await page.getByText('Your session has ended. Sign in again.').waitFor();
  assert.equal(await page.getByRole('dialog').count(), 0);
});
