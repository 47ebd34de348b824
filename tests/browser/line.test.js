// Exactly once, on a line that breaks: what is written is never lost, never doubled, and stays in order, whatever is cut.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  DESK,
  PHONE,
  asPerson,
  attach,
  message,
  register,
  say,
  signIn,
  startBrowser,
  startChat,
  startLine,
  startServer,
  visitor,
  PASSWORD,
} from './harness.js';

let server, line, browser, ana, bogdan, bogdanCalls, chat;

before(async () => {
  // On every address of this computer: one is the old one, another the new.
  server = await startServer({ ROCKET_ADDRESS: '0.0.0.0', ROCKET_MDNS: 'false' });
  line = await startLine(server.address);
  browser = await startBrowser();
  [ana, bogdan] = await Promise.all([visitor(browser, line.address, PHONE), visitor(browser, server.address, DESK)]);
  await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(ana.page, ['Bogdan Popa']);
  await say(ana.page, 'Începem');
  await bogdan.page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await message(bogdan.page, 'Începem').waitFor();
  bogdanCalls = await asPerson(server.address, 'bogdan');
  [{ id: chat }] = (await bogdanCalls('GET', '/chat/')).results;
});

after(async () => {
  await browser?.close();
  line?.stop();
  await server?.stop();
});

/** The texts of the chat that begin so, as the server has them, the oldest first. */
async function stored(prefix) {
  const { results } = await bogdanCalls('GET', `/chat/messages/?chat=${chat}&limit=200`);
  return results
    .map((one) => one.text)
    .filter((text) => text.startsWith(prefix))
    .reverse();
}

/** The same as a page shows them. */
const shown = (page, prefix) =>
  page
    .locator('[role=log] article .text')
    .evaluateAll((all, start) => all.map((one) => one.innerText).filter((text) => text.startsWith(start)), prefix);

const numbered = (prefix, count) => Array.from({ length: count }, (_, at) => `${prefix} ${at + 1}`);

async function assertOnce(prefix, texts) {
  await message(bogdan.page, texts.at(-1)).waitFor();
  await message(ana.page, texts.at(-1))
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  assert.deepEqual(await stored(prefix), texts);
  assert.deepEqual(await shown(bogdan.page, prefix), texts);
  assert.deepEqual(await shown(ana.page, prefix), texts);
}

test('what is written without a line waits in its order, and leaves when the line is back', async () => {
  line.cut();
  await ana.page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
  const texts = numbered('fără linie', 3);
  for (const text of texts) await say(ana.page, text);
  await message(ana.page, texts[2]).getByRole('img', { name: 'Sending' }).waitFor();
  assert.deepEqual(await stored('fără linie'), []);
  line.mend();
  await assertOnce('fără linie', texts);
  await ana.page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor({ state: 'detached' });
});

test('a tab that is closed with messages waiting has them when it is opened again', async () => {
  line.cut();
  const texts = numbered('închis', 2);
  for (const text of texts) await say(ana.page, text);
  await message(ana.page, texts[1]).getByRole('img', { name: 'Sending' }).waitFor();
  await ana.page.close();
  line.mend();
  ana.page = await ana.context.newPage();
  await ana.page.goto(`/#/chat/${chat}`);
  await assertOnce('închis', texts);
});

test('a server that dies in the middle of it and comes back has each message once', async () => {
  const texts = numbered('curent', 30);
  for (const text of texts.slice(0, 10)) await say(ana.page, text);
  await server.kill();
  for (const text of texts.slice(10, 20)) await say(ana.page, text);
  await server.start();
  for (const text of texts.slice(20)) await say(ana.page, text);
  await assertOnce('curent', texts);
});

test('a laptop that was shut and is opened again has everybody back, with what they wrote', async () => {
  const texts = numbered('capac', 4);
  server.sleep();
  for (const text of texts.slice(0, 2)) await say(ana.page, text);
  await ana.page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
  await say(ana.page, texts[2]);
  assert.deepEqual(await shown(bogdan.page, 'capac'), []);
  server.wake();
  await say(ana.page, texts[3]);
  await assertOnce('capac', texts);
  await ana.page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor({ state: 'detached' });
});

test('who comes by the new address of a server that has moved finds all, and what waited at the old one is not lost', async () => {
  const { port } = new URL(server.address);
  const texts = numbered('mutat', 3);
  line.cut(); // the address that the phone knows is no more
  await ana.page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
  await say(ana.page, texts[0]);
  const again = await visitor(browser, `http://127.0.0.2:${port}`, PHONE);
  await again.page.goto('/');
  await signIn(again.page, 'ana', PASSWORD);
  await again.page.getByRole('link', { name: /^Bogdan Popa/ }).tap();
  await message(again.page, 'capac 4').waitFor();
  await say(again.page, texts[1]);
  await message(bogdan.page, texts[1]).waitFor();
  line.mend(); // it has its old address again
  await message(again.page, texts[0]).waitFor();
  await say(bogdan.page, texts[2]);
  const inOrder = [texts[1], texts[0], texts[2]];
  for (const { page } of [ana, again, bogdan]) {
    await message(page, texts[2]).waitFor();
    assert.deepEqual(await shown(page, 'mutat'), inOrder);
  }
  assert.deepEqual(await stored('mutat'), inOrder);
  assert.deepEqual(again.faults, []);
  await again.close();
});

test('who still has the old page open goes on at the new address, with what waits and what is begun', async () => {
  const { port } = new URL(server.address);
  const moved = `http://127.0.0.2:${port}`;
  const elena = await visitor(browser, line.address, PHONE);
  const { page } = elena;
  await register(page, { username: 'elena', first: 'Elena', last: 'Dinu' });
  await page.evaluate(() => localStorage.setItem('look', 'dark'));
  await startChat(page, ['Bogdan Popa']);
  await say(page, 'de la adresa veche');
  await message(page, 'de la adresa veche')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  const { hash } = new URL(page.url());
  const tab = await elena.context.newPage();
  await tab.goto(page.url());
  await message(tab, 'de la adresa veche').waitFor();
  await page.bringToFront();
  line.cut();
  await say(page, 'scris pe drum');
  await attach(page, { name: 'pe drum.txt', mimeType: 'text/plain', buffer: Buffer.from('tot aici') });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('article').filter({ hasText: 'pe drum.txt' }).waitFor();
  await attach(page, { name: 'de ales.txt', mimeType: 'text/plain', buffer: Buffer.from('nu încă') });
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('abia început');

  await page.getByRole('button', { name: 'New address?' }).tap();
  const dialog = page.getByRole('dialog', { name: 'Go on at a new address' });
  const goThere = async (typed) => {
    await dialog.getByLabel('Address', { exact: true }).fill(typed);
    await dialog.getByRole('button', { name: 'Go on there' }).tap();
  };
  for (const typed of ['', 'două cuvinte', 'http://', line.address, '1.2.3.4:99999']) {
    await goThere(typed);
    await dialog.getByText('That is not another address of the server.').waitFor();
  }
  const opening = elena.context.waitForEvent('page');
  await goThere(`127.0.0.2:${port}`);
  const there = await opening;
  await there.getByRole('heading', { name: 'Go on as Elena Dinu?' }).waitFor();
  await there.getByText(`You were signed in at ${line.address}.`).waitFor();
  assert.equal(await there.evaluate(() => localStorage.getItem('tokens')), null, 'nothing is taken unasked');
  // What is written meanwhile, here or in another tab, comes along, too.
  await tab.bringToFront();
  await say(tab, 'din altă filă');
  await message(tab, 'din altă filă').getByRole('img', { name: 'Sending', exact: true }).waitFor();
  await page.bringToFront();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('încă ceva');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await attach(page, { name: 'rămas.txt', mimeType: 'text/plain', buffer: Buffer.from('tot începută') });
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('abia început');
  await there.bringToFront();
  await there.getByRole('button', { name: 'Go on', exact: true }).tap();

  for (const text of ['scris pe drum', 'pe drum.txt', 'încă ceva', 'de ales.txt', 'din altă filă']) {
    await message(there, text)
      .getByRole('img', { name: /^(Sent|Read)$/ })
      .waitFor();
  }
  await message(there, 'de la adresa veche').waitFor();
  assert.equal(there.url(), `${moved}/${hash}`);
  assert.equal(await there.getByRole('textbox', { name: 'Message', exact: true }).inputValue(), 'abia început');
  await there.locator('.composer .tiles').getByText('rămas.txt').waitFor();
  assert.equal(await there.evaluate(() => localStorage.getItem('look')), 'dark');
  // Pictures are asked for with a cookie, which is of the new address.
  const cookies = await elena.context.cookies(`${moved}/media/`);
  assert.ok(cookies.some(({ httpOnly }) => httpOnly));
  // The old page has followed, and one session is what there is.
  await page.waitForURL(`${moved}/${hash}`);
  await message(page, 'scris pe drum').waitFor();
  const calls = await asPerson(server.address, 'elena');
  const { results } = await calls('GET', `/chat/messages/?chat=${hash.split('/').at(-1)}`);
  assert.deepEqual(
    results.map(({ text, file_name }) => text || file_name).sort(),
    ['din altă filă', 'încă ceva', 'pe drum.txt', 'scris pe drum', 'de la adresa veche'].sort(),
  );
  assert.equal((await calls('GET', '/auth/sessions/')).count, 2, 'that one, and this test’s own');
  line.mend();
  await page.goto(`${line.address}/`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => /tokens|draft/.test(key))), []);
  assert.deepEqual(
    elena.faults.filter((fault) => !fault.includes(`://127.0.0.2:${port}/`)),
    [],
  );
  await elena.close();
});

test('a page that opens ours can hand over only what the server knows, and nothing of somebody else', async () => {
  const { port } = new URL(server.address);
  const [ours, theirs] = [`http://127.0.0.2:${port}`, `http://127.0.0.3:${port}`];
  const { context, page, close } = await visitor(browser, theirs);
  await page.goto(theirs);
  const session = await page.evaluate(async (password) => {
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const answer = await fetch('/auth/login/', { ...json, body: JSON.stringify({ username: 'elena', password }) });
    return answer.json();
  }, PASSWORD);
  const { id: bogdanId } = await bogdanCalls('GET', '/auth/me/');
  // What ours asks, and what a page of somebody else's would say to it.
  const opened = async (session, handed = {}) => {
    const opening = context.waitForEvent('page');
    await page.evaluate(
      ([address, offer, all]) => {
        const there = open(`${address}/#/arrive`);
        addEventListener('message', ({ source, data }) => {
          if (source !== there) return;
          if (data === 'messenger: arrived') there.postMessage(offer, address);
          if (data === 'messenger: wanted') there.postMessage({ all }, address);
        });
      },
      [
        ours,
        { session, name: 'Victima' },
        { session, hash: '#/', outbox: [], drafts: { texts: [], files: [] }, settings: [], ...handed },
      ],
    );
    return opening;
  };
  const unknown = await opened({ refresh: 'stale' });
  await unknown.getByText('This server does not know that session. Sign in.').waitFor();
  assert.equal(await unknown.evaluate(() => localStorage.getItem('tokens')), null);
  await unknown.close();

  const item = { client_id: 'strecurat', user: bogdanId, chat_id: chat, text: 'strecurat', order: 1, part: 0 };
  const draft = `draft ${bogdanId} ${chat}`;
  const texts = [
    [draft, '{"text":"strecurat"}'],
    ['tokens', '{}'],
  ];
  const settings = [
    ['tokens', '{}'],
    ['draft 1 1', '{}'],
    ['look', '<x>'],
    ['language', '../x'],
  ];
  const there = await opened(session, { outbox: [item], drafts: { texts, files: [] }, settings });
  // Whose it is the server says, and nobody else.
  await there.getByRole('heading', { name: 'Go on as Elena Dinu?' }).waitFor();
  await there.getByRole('button', { name: 'Go on', exact: true }).click();
  await there.getByRole('button', { name: 'New chat', exact: true }).waitFor();
  const kept = await there.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.open('messenger').onsuccess = ({ target: { result } }) => {
          result.transaction('outbox').objectStore('outbox').getAllKeys().onsuccess = (event) =>
            resolve([
              event.target.result,
              Object.keys(localStorage),
              JSON.parse(localStorage.getItem('tokens')).refresh,
            ]);
        };
      }),
  );
  assert.deepEqual(kept[0], []);
  assert.ok(!kept[1].some((key) => /draft|look|language/.test(key)), `${kept[1]}`);
  assert.ok(kept[2], 'the session is the one that was handed over');
  // Who comes here without a page that has opened it is at the door.
  await there.evaluate(() => localStorage.clear());
  const alone = await context.newPage();
  await alone.goto(`${ours}/#/arrive`);
  await alone.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await close();
});

test('lines that break again and again make no doubles', async () => {
  const texts = numbered('des', 12);
  for (const [at, text] of texts.entries()) {
    await say(ana.page, text);
    if (at % 3 === 0) line.cut();
    if (at % 3 === 1) line.mend();
  }
  line.mend();
  await assertOnce('des', texts);
});

test('an upload that breaks off goes again by itself, and arrives whole, once', async () => {
  const bytes = randomBytes(3_000_000);
  line.cutAfter(1_000_000);
  await attach(ana.page, { name: 'mare.bin', mimeType: 'application/octet-stream', buffer: bytes });
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  await message(bogdan.page, 'mare.bin').waitFor();
  await ana.page.getByRole('progressbar').waitFor({ state: 'detached' });
  const { results } = await bogdanCalls('GET', `/chat/messages/?chat=${chat}&limit=200`);
  const files = results.filter((one) => one.file_name === 'mare.bin');
  assert.equal(files.length, 1);
  const path = new URL(files[0].file).pathname;
  const back = await bogdan.page.evaluate(async (path) => {
    const response = await fetch(path);
    return new Uint8Array(await response.arrayBuffer()).reduce((sum, byte) => (sum * 31 + byte) % 1000003, 7);
  }, path);
  assert.equal(
    back,
    bytes.reduce((sum, byte) => (sum * 31 + byte) % 1000003, 7),
  );
});

test('an upload survives the tab that it was begun in', async () => {
  line.cut();
  await attach(ana.page, { name: 'temă.txt', mimeType: 'text/plain', buffer: Buffer.from('gata') });
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  // That it is kept is said by its clock.
  await ana.page
    .getByRole('article')
    .filter({ hasText: 'temă.txt' })
    .getByRole('img', { name: 'Sending', exact: true })
    .waitFor();
  await ana.page.close();
  line.mend();
  ana.page = await ana.context.newPage();
  await ana.page.goto(`/#/chat/${chat}`);
  await message(bogdan.page, 'temă.txt').waitFor();
  await message(ana.page, 'temă.txt')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  assert.equal(await message(bogdan.page, 'temă.txt').count(), 1);
});

test('without sockets everything works, only not as quick; a server’s bad moment is waited out', async () => {
  const carmen = await visitor(browser, server.address);
  await carmen.page.routeWebSocket('**/ws/', (socket) => socket.close());
  await register(carmen.page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  await startChat(carmen.page, ['Bogdan Popa']);
  let refused = 0;
  await carmen.page.route('**/chat/messages/*/', (route) => {
    refused += 1;
    if (refused > 2) return route.continue();
    return route.fulfill({ status: 500, json: { detail: 'Internal error.' } });
  });
  await say(carmen.page, 'prin HTTP');
  await message(carmen.page, 'prin HTTP').getByRole('img', { name: 'Sent' }).waitFor();
  await bogdan.page.getByRole('link', { name: /^Carmen Stan.*prin HTTP/ }).click();
  await bogdan.page.getByRole('heading', { name: 'Carmen Stan' }).waitFor();
  await say(bogdan.page, 'răspuns');
  await message(carmen.page, 'răspuns').waitFor();
  assert.equal(await message(bogdan.page, 'prin HTTP').count(), 1);
  assert.deepEqual(carmen.faults, []);
  await carmen.close();
  await bogdan.page.goto(`/#/chat/${chat}`);
  await bogdan.page.getByRole('heading', { name: 'Ana Ionescu' }).waitFor();
});

test('two tabs renew one session without ending it', async () => {
  await say(bogdan.page, 'în două file');
  await message(bogdan.page, 'în două file')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  const other = await bogdan.context.newPage();
  await other.goto(`/#/chat/${chat}`);
  await message(other, 'în două file').waitFor();
  const renewals = [];
  bogdan.context.on('request', (request) => request.url().endsWith('/auth/login/refresh/') && renewals.push(request));
  await bogdan.page.evaluate(() => {
    const tokens = JSON.parse(localStorage.getItem('tokens'));
    localStorage.setItem('tokens', JSON.stringify({ ...tokens, access: 'stale' }));
  });
  await Promise.all([bogdan.page.reload(), other.reload()]);
  await Promise.all([message(bogdan.page, 'în două file').waitFor(), message(other, 'în două file').waitFor()]);
  await say(other, 'din a doua filă');
  await message(bogdan.page, 'din a doua filă').waitFor();
  assert.equal(renewals.length, 1);
  await other.close();
  assert.deepEqual([...ana.faults, ...bogdan.faults], []);
});

test('a laptop that was shut for long has everybody back by themselves, though their tokens have run out', async () => {
  const sides = [
    { page: ana.page, prefix: 'noapte la Ana', texts: numbered('noapte la Ana', 4) },
    { page: bogdan.page, prefix: 'noapte la Bogdan', texts: numbered('noapte la Bogdan', 4) },
  ];
  server.sleep();
  for (const { page, texts } of sides) {
    await page.evaluate(() => {
      const tokens = JSON.parse(localStorage.getItem('tokens'));
      localStorage.setItem('tokens', JSON.stringify({ ...tokens, access: 'stale' }));
    });
    for (const text of texts.slice(0, 2)) await say(page, text);
  }
  for (const { page, texts } of sides) {
    await page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor();
    await say(page, texts[2]);
    await message(page, texts[2]).getByRole('img', { name: 'Sending' }).waitFor();
  }
  const renewals = sides.map(({ page }) => page.waitForResponse('**/auth/login/refresh/'));
  server.wake();
  for (const renewal of renewals) assert.equal((await renewal).status(), 200);
  for (const { page } of sides) {
    await page.getByRole('status').filter({ hasText: 'Reconnecting…' }).waitFor({ state: 'detached' });
    assert.ok(page.url().endsWith(`/#/chat/${chat}`), 'nobody was sent to the door');
  }
  for (const { page, texts } of sides) await say(page, texts[3]);
  for (const { page, prefix, texts } of sides) {
    await message(page, texts[3])
      .getByRole('img', { name: /^(Sent|Read)$/ })
      .waitFor();
    for (const other of sides) {
      await message(other.page, texts[3]).waitFor();
      assert.deepEqual(await shown(other.page, prefix), texts);
    }
    assert.deepEqual(await stored(prefix), texts);
    const access = await page.evaluate(() => JSON.parse(localStorage.getItem('tokens')).access);
    assert.notEqual(access, 'stale');
  }
  assert.deepEqual([...ana.faults, ...bogdan.faults], []);
});
