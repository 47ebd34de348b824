// The client in other browsers: somebody signs up, writes, hears, sends a photo, comes back, and turns it dark.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startFirefox, startWebkit } from './engines.js';
import { asPerson, PASSWORD, register, startBrowser, startServer, visitor } from './harness.js';

let server, bogdan, bogdanId;

before(async () => {
  server = await startServer();
  const browser = await startBrowser();
  const guest = await visitor(browser, server.address);
  await register(guest.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await browser.close();
  bogdan = await asPerson(server.address, 'bogdan');
  ({ id: bogdanId } = await bogdan('GET', '/auth/me/'));
});

after(() => server?.stop());

const says = (text) => [...document.querySelectorAll('[role=log] article .text')].some((one) => one.innerText === text);

for (const [name, start] of [
  ['Firefox', startFirefox],
  ['WebKit', startWebkit],
]) {
  test(name, async () => {
    const page = await start();
    try {
      await walk(page, name.toLowerCase());
    } finally {
      await page.stop();
    }
  });
}

async function walk(page, username) {
  // By its address: what the door says of the server comes a moment later, and would move a link under the pointer.
  await page.goto(`${server.address}/#/create`);
  for (const [field, text] of Object.entries({
    Username: username,
    'First name': 'Ana',
    'Last name': 'Ionescu',
    'E-mail': `${username}@example.org`,
    Password: PASSWORD,
    'Repeat password': PASSWORD,
  })) {
    await page.fill(field, text);
  }
  await page.click('button', 'Create account');
  await page.click('button', 'New chat');
  await page.fill('Find people', 'Bogdan');
  await page.click('person', 'Bogdan Popa');
  await page.click('button', 'Start chat');

  await page.fill('Message', 'Salut');
  await page.click('button', 'Send');
  await page.until(says, 'Salut');
  const { id: chat } = (await bogdan('GET', `/chat/?search=Ana`)).results.find(({ users }) => users.includes(bogdanId));
  const path = `/chat/messages/${chat}/`;
  await bogdan('POST', path, { text: 'Bună, Ana' });
  await page.until(says, 'Bună, Ana');

  // As it is dropped: what a file dialog gives a page comes the same way.
  await page.ask(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
    canvas.getContext('2d').fillRect(0, 0, 320, 480);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    const data = new DataTransfer();
    data.items.add(new File([blob], 'tabla.png', { type: 'image/png' }));
    const input = document.querySelector('.composer input[type=file]');
    input.files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.until(() => document.querySelector('.tile.seen img')?.complete);
  await page.click('button', 'Send');
  const isShown = () => {
    const image = document.querySelector('[role=log] article[data-seq] .photo img');
    return image?.complete && image.naturalWidth > 0;
  };
  await page.until(isShown);
  const { results } = await bogdan('GET', `/chat/messages/?chat=${chat}`);
  assert.equal(results.length, 3);
  assert.deepEqual([results[0].photo_width, results[0].photo_height], [640, 480]);

  await page.reload();
  await page.until(says, 'Bună, Ana');
  await page.until(isShown);
  await page.click('button', 'Your profile');
  await page.click('radio', 'Dark');
  await page.until(() => getComputedStyle(document.body).backgroundColor === 'rgb(18, 23, 29)');
  const wide = await page.ask(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, 'nothing is wider than the window');
}
