// X-ray: a pupil turns it on, clicks around and sees how it was carried out; where it is off nothing offers it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  assertAccessible,
  register,
  say,
  startBrowser,
  startChat,
  startServer,
  visitor,
} from './harness.js';

let server, plain, browser;

before(async () => {
  [server, plain] = await Promise.all([startServer({ ROCKET_XRAY: 'true' }), startServer()]);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await plain?.stop();
});

test('each click is shown with its token, its SQL with the plan, and as a line of curl', async () => {
  const bogdan = await visitor(browser, server.address, PHONE);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  const { page, faults, close } = await visitor(browser, server.address, DESK);
  await register(page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(page, ['Bogdan Popa']);
  await page.goto('/#/me/xray');
  await page.getByRole('switch', { name: 'Show the panel' }).click();
  const panel = page.getByRole('complementary', { name: 'X-ray' });
  await page.keyboard.press('Escape');
  await page.goto('/#/new');
  await page.getByRole('dialog', { name: 'New chat' }).waitFor();
  const asked = panel.locator('details').filter({ hasText: 'GET /auth/user/' }).first();
  await page.keyboard.press('Escape');
  await asked.locator('summary').click();
  await asked.getByRole('heading', { name: 'SQL and its plan' }).waitFor();
  const text = await asked.innerText();
  assert.match(text, /"username": "ana"/);
  assert.match(text, /SELECT .* FROM users/);
  assert.match(text, /(SCAN|SEARCH)/);
  await assertAccessible(page, 'the X-ray panel');

  // What is said is a request like any other, with its event; without the panel it goes over the socket.
  await page
    .getByRole('navigation', { name: 'Chats' })
    .getByRole('link', { name: /^Bogdan Popa/ })
    .click();
  await say(page, 'Salut');
  await panel.locator('summary').filter({ hasText: 'message.created' }).first().waitFor();
  const posted = panel.locator('details').filter({ hasText: 'POST /chat/messages/' }).first();
  await posted.locator('summary').click();
  await posted.getByRole('heading', { name: 'SQL and its plan' }).waitFor();
  const said = await posted.innerText();
  assert.match(said, /What was sent[^]*"text": "Salut"/);
  assert.match(said, /INSERT INTO messages/);
  assert.match(said, /"username": "ana"/);

  // Off is off: nothing is asked to be watched any more, and the panel has gone.
  await panel.getByRole('button', { name: 'Turn X-ray off' }).click();
  await panel.waitFor({ state: 'detached' });
  const request = page.waitForRequest(/\/auth\/user\//);
  await page.goto('/#/new');
  assert.equal((await request).headers()['x-xray'], undefined);
  assert.deepEqual([...faults, ...bogdan.faults], []);
  await close();
  await bogdan.close();
});

test('what lets others in is not shown of what was sent', async () => {
  const { page, close } = await visitor(browser, server.address, DESK);
  await page.goto('/');
  const shown = await page.evaluate(async () => {
    const { sent } = await import('/js/xray/watch.js');
    return [
      sent({ json: null }),
      sent({ json: '{"old_password":"a","password":"b","name":"Ana","users":[1,2]}' }),
      sent({
        form: [
          ['text', 'hei'],
          ['file', { file: 'a.txt' }],
        ],
      }),
    ];
  });
  assert.deepEqual(shown, [
    null,
    { old_password: '…', password: '…', name: 'Ana', users: [1, 2] },
    { text: 'hei', file: 'a.txt' },
  ]);
  await close();
});

test('a request is copied as the line of curl that makes it', async () => {
  const options = { ...DESK, permissions: ['clipboard-read'] };
  const { page, faults, close } = await visitor(browser, server.address, options);
  await register(page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  await page.goto('/#/me/xray');
  await page.getByRole('switch', { name: 'Show the panel' }).click();
  await page.keyboard.press('Escape');
  const panel = page.getByRole('complementary', { name: 'X-ray' });
  const copied = async (summary) => {
    const asked = panel.locator('details').filter({ hasText: summary }).first();
    await asked.locator('summary').click();
    await asked.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const reading = page.waitForRequest(/\/auth\/user\//);
  await startChat(page, ['Bogdan Popa']);
  const { pathname, search } = new URL((await reading).url());
  const bearer = '-H "Authorization: Bearer $TOKEN"';
  assert.equal(await copied(`GET ${pathname}${search}`), `curl '${server.address}${pathname}${search}' ${bearer}`);
  const line = await copied('POST /chat/');
  const [before, sent] = line.split(" -d '");
  assert.equal(before, `curl -X POST '${server.address}/chat/' ${bearer} -H 'Content-Type: application/json'`);
  const { type, users } = JSON.parse(sent.slice(0, -1));
  assert.deepEqual([type, users.length], ['privat', 1]);
  const { access } = JSON.parse(await page.evaluate(() => localStorage.getItem('tokens')));
  assert.ok(!line.includes(access), 'the token itself stays where it is');
  assert.deepEqual(faults, []);
  await close();
});

test('a line of curl says what was sent and never the token', async () => {
  const { page, close } = await visitor(browser, server.address, DESK);
  await page.goto('/');
  const lines = await page.evaluate(async () => {
    const { curl } = await import('/js/xray/watch.js');
    const asked = (method, path, body) => curl({ method, path, body }, 'http://host:8000');
    return [
      asked('GET', '/chat/?name=a', { json: null }),
      asked('POST', '/chat/messages/1/', { json: '{"text":"it\'s $HOME"}' }),
      asked('POST', '/chat/messages/1/', {
        form: [
          ['text', '@etc'],
          ['file', { file: 'a.txt' }],
        ],
      }),
    ];
  });
  assert.deepEqual(lines, [
    `curl 'http://host:8000/chat/?name=a' -H "Authorization: Bearer $TOKEN"`,
    `curl -X POST 'http://host:8000/chat/messages/1/' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"text":"it'\\''s $HOME"}'`,
    `curl -X POST 'http://host:8000/chat/messages/1/' -H "Authorization: Bearer $TOKEN" --form-string 'text=@etc' -F 'file=@a.txt'`,
  ]);
  await close();
});

test('a server without it does not offer it', async () => {
  const { page, close } = await visitor(browser, plain.address, DESK);
  await register(page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'X-ray' }).count(), 0);
  await close();
});
