// What the page weighs and how quick it is: sizes are promised and asserted, times are measured and printed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { DESK, PHONE, asPerson, message, register, signIn, startBrowser, startServer, visitor } from './harness.js';

const FIRST_LOAD_BYTES = 120 * 1024; // all that is fetched before somebody types, as it goes over the wire
const FAST_3G = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const LIVE = Number(process.env.MESSENGER_LIVE ?? 1000); // messages that arrive in an open chat
const LIVE_A_SECOND = 100;
const SOME = 10; // that are said at once
const STEP = 500; // pixels of a scroll
const SHOWN_MOST = 300; // messages that are in the page at once
const HISTORY = Number(process.env.MESSENGER_HISTORY ?? 3000); // messages of the chat that is scrolled through

let server, browser, call, chat;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  for (const [username, first, last] of [
    ['ana', 'Ana', 'Ionescu'],
    ['bogdan', 'Bogdan', 'Popa'],
  ]) {
    const guest = await visitor(browser, server.address);
    await register(guest.page, { username, first, last });
    await guest.close();
  }
  call = await asPerson(server.address, 'bogdan');
  const ana = await asPerson(server.address, 'ana');
  const { id } = await ana('GET', '/auth/me/');
  chat = await call('POST', '/chat/', { name: 'Mult', users: [id], type: 'group' });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

const say = (text) => call('POST', `/chat/messages/${chat.id}/`, { text });

/** Says so many things, some at a time, and no more of them a second than is wanted. */
async function sayMany(count, prefix, perSecond = Infinity) {
  const start = Date.now();
  for (let at = 0; at < count; at += SOME) {
    await pause(start + (at / perSecond) * 1000 - Date.now());
    const some = Array.from({ length: Math.min(SOME, count - at) }, (_, more) => say(`${prefix} ${at + more + 1}.`));
    await Promise.all(some);
  }
}

test('the first load is small, comes from here, and is all there is', async (context) => {
  const { page, faults, close } = await visitor(browser, server.address, PHONE);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const sizes = new Map();
  const urls = new Map();
  devtools.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto('/', { waitUntil: 'networkidle' });
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const known = new Set(urls.values());
  context.diagnostic(`first load: ${known.size} files, ${(total / 1024).toFixed(1)} KiB over the wire`);
  assert.ok(total <= FIRST_LOAD_BYTES, `${total} bytes`);
  await signIn(page, 'ana', 'lemon-Harbour-41');
  await page.getByRole('link', { name: /^Mult/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.keyboard.press('Escape');
  const later = [...urls.values()].filter((url) => !known.has(url) && !/\/(auth|chat|media|ws)\//.test(url));
  assert.deepEqual(later, [], 'nothing is fetched afterwards but answers and media');
  assert.deepEqual(faults, []);
  await close();
});

test('interactive on a slow phone and a slow network', async (context) => {
  const { page, close } = await visitor(browser, server.address, PHONE);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', FAST_3G);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto('/', { waitUntil: 'commit' });
  await page.getByRole('textbox', { name: 'Username' }).fill('ana');
  const first = await page.evaluate(() => performance.now());
  await page.reload({ waitUntil: 'commit' });
  await page.getByRole('textbox', { name: 'Username' }).fill('ana');
  const again = await page.evaluate(() => performance.now());
  context.diagnostic(
    `4x CPU slowdown, 150 ms, 1.6 Mbit/s: interactive after ${first.toFixed(0)} ms, when it was there before ${again.toFixed(0)} ms`,
  );
  await close();
});

test('what is sent is seen in the next frame', async (context) => {
  const { page, close } = await visitor(browser, server.address, DESK);
  await page.goto('/');
  await signIn(page, 'ana', 'lemon-Harbour-41');
  await page.getByRole('link', { name: /^Mult/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('cadru');
  const frames = await page.evaluate(
    () =>
      new Promise((resolve) => {
        document.querySelector('.composer button.send').click();
        let count = 0;
        const look = () => {
          count += 1;
          const there = [...document.querySelectorAll('[role=log] article')].some((one) => /cadru/.test(one.innerText));
          if (there) resolve(count);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
  context.diagnostic(`a message is there in frame ${frames} after Send`);
  assert.equal(frames, 1);
  await message(page, 'cadru').waitFor();
  await close();
});

test('many messages arriving leave the page smooth', async (context) => {
  const { page, close } = await visitor(browser, server.address, DESK);
  await page.goto('/');
  await signIn(page, 'ana', 'lemon-Harbour-41');
  await page.getByRole('link', { name: /^Mult/ }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
  await page.evaluate(() => {
    const frames = (globalThis.frames_ = []);
    const count = (now) => {
      frames.push(now);
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await sayMany(LIVE, 'val', LIVE_A_SECOND);
  await message(page, `val ${LIVE}.`).waitFor();
  const times = await page.evaluate(() => globalThis.frames_);
  const gaps = times.slice(1).map((time, at) => time - times[at]);
  const seconds = (times.at(-1) - times[0]) / 1000;
  context.diagnostic(
    `${LIVE} messages in ${seconds.toFixed(1)} s: ${(gaps.length / seconds).toFixed(0)} frames a second, ` +
      `the longest took ${Math.max(...gaps).toFixed(0)} ms`,
  );
  await close();
});

/** Scrolls up and answers, two frames later: what is in the page, and how far what was on top is from where it should be. */
async function scrollUp(log, by) {
  const top = (node) => node.getBoundingClientRect().top;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const held = [...log.querySelectorAll('[data-seq]')].find((node) => top(node) >= top(log));
  const [before, from] = [top(held), log.scrollTop];
  log.scrollTop -= by;
  const scrolled = from - log.scrollTop;
  await frame();
  await frame();
  const seqs = [...log.querySelectorAll('[data-seq]')].map((node) => Number(node.dataset.seq));
  return { seqs, wrong: Math.abs(top(held) - before - scrolled), isThere: held.isConnected };
}

test('a long history is scrolled through in flat memory, nothing is skipped and nothing jumps', async (context) => {
  await sayMany(HISTORY, 'rând');
  const { page, close } = await visitor(browser, server.address, DESK);
  const devtools = await page.context().newCDPSession(page);
  await page.goto('/');
  await signIn(page, 'ana', 'lemon-Harbour-41');
  await page.getByRole('link', { name: /^Mult/ }).click();
  await page.getByRole('button', { name: /^Jump to newest/ }).click(); // it opens at the first that is new
  await message(page, `rând ${HISTORY}.`).waitFor();
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
  };
  const before = await heap();
  const seen = new Set();
  const log = page.getByRole('log', { name: 'Messages' });
  let [most, farthest] = [0, 0];
  while (!seen.has(1)) {
    const { seqs, wrong, isThere } = await log.evaluate(scrollUp, STEP);
    assert.ok(isThere, `what one reads is still there, above ${seqs[0]}`);
    for (const seq of seqs) seen.add(seq);
    most = Math.max(most, seqs.length);
    farthest = Math.max(farthest, wrong);
  }
  const last = Math.max(...seen);
  context.diagnostic(
    `${last} messages scrolled through: ${before.toFixed(1)} MiB before, ${(await heap()).toFixed(1)} MiB at the first, ` +
      `at most ${most} messages in the page`,
  );
  assert.equal(seen.size, last, 'each seq was shown on the way up');
  assert.ok(farthest < 1, `what one reads jumped by ${farthest} pixels`);
  assert.ok(most <= SHOWN_MOST, `${most} messages in the page`);
  await page.getByRole('button', { name: /^Jump to newest/ }).click();
  await message(page, `rând ${HISTORY}.`).waitFor();
  await close();
});
