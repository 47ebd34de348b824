// Keeping order as people see it: all eyes on the host, what waits, what is reported, hands.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, asPerson, assertAccessible, choose, lesson, message, register, say, visitor } from './harness.js';

let server, browser, host, bogdan, who, asElena, asBogdan, chat;

lesson(async (lesson) => {
  ({ server, browser, host, bogdan, who, call: asElena } = lesson);
  asBogdan = await asPerson(lesson.server.address, 'bogdan');
  chat = await lesson.group('Grupa');
  await bogdan.page.getByRole('link', { name: /^Grupa/ }).click();
});

const box = (page) => page.getByRole('textbox', { name: 'Message', exact: true });

test('all eyes on the host, and back', async () => {
  const { page } = host;
  await page.getByRole('link', { name: 'Host' }).click();
  await page.getByRole('link', { name: 'Order' }).click();
  await page.getByRole('heading', { name: 'Order' }).waitFor();
  await assertAccessible(page, 'order');
  await page.getByRole('switch', { name: 'Eyes on me' }).check();
  await bogdan.page.getByText('Nobody can write right now.').waitFor();
  await bogdan.page.getByText('Eyes on the host').waitFor();
  assert.equal(await box(bogdan.page).isVisible(), false);
  await assertAccessible(bogdan.page, 'a chat that is frozen');
  await page.getByRole('switch', { name: 'Eyes on me' }).uncheck();
  await box(bogdan.page).waitFor();
  await page.getByText('changed settings').first().waitFor();
});

test('eyes on the host until a time that everybody sees', async () => {
  const { page } = host;
  await page.getByRole('group', { name: 'For how long' }).getByText('5 min', { exact: true }).click();
  await page.getByRole('switch', { name: 'Eyes on me' }).check();
  await bogdan.page.getByText(/^Nobody can write right now\. You can write again at \d/).waitFor();
  const { frozen_until: until } = await asElena('GET', '/host/settings/');
  const minutes = (new Date(until) - Date.now()) / 60_000;
  assert.ok(minutes > 0 && minutes <= 5, `it ends in ${minutes} minutes`);
  await page.getByRole('switch', { name: 'Eyes on me' }).uncheck();
  await box(bogdan.page).waitFor();
});

test('slow mode says what it is, and what is written in haste comes later by itself', async () => {
  const { page } = host;
  const slow = page.getByRole('group', { name: 'Slow mode' });
  await slow.getByText('5 s', { exact: true }).click();
  await bogdan.page.getByText('Slow mode: one message every 5 s.').waitFor();
  await assertAccessible(bogdan.page, 'a chat in slow mode');
  for (const text of ['în grabă 1', 'în grabă 2']) await say(bogdan.page, text);
  await message(bogdan.page, 'în grabă 2')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  const { results } = await asBogdan('GET', `/chat/messages/?chat=${chat.id}`);
  const [second, first] = results.filter((one) => one.text.startsWith('în grabă'));
  assert.deepEqual([first.text, second.text], ['în grabă 1', 'în grabă 2']);
  const apart = new Date(second.time) - new Date(first.time);
  assert.ok(apart >= 5000, `the server let them come ${apart} ms apart`);
  await slow.getByText('Off', { exact: true }).click();
  await bogdan.page.getByText(/^Slow mode/).waitFor({ state: 'detached' });
});

test('what waits stands once it is let through', async () => {
  const { page } = host;
  await page.goto(`/#/chat/${chat.id}/details`);
  await page.getByRole('switch', { name: 'Approve before it is shown' }).check();
  await say(bogdan.page, 'se poate?');
  await bogdan.page.getByText('Waits until somebody has looked at it').waitFor();
  await page.getByRole('heading', { name: 'Waiting' }).waitFor();
  assert.equal(await message(page, 'se poate?').count(), 0);
  await assertAccessible(page, 'what waits');
  await page.getByRole('button', { name: 'Let it through' }).click();
  await message(page, 'se poate?').waitFor();
  await bogdan.page.getByText('Waits until somebody has looked at it').waitFor({ state: 'detached' });
  await message(bogdan.page, 'se poate?').waitFor();
  assert.equal(await message(bogdan.page, 'se poate?').count(), 1);
  await page.getByRole('switch', { name: 'Approve before it is shown' }).uncheck();
});

test('a message is reported, and taken away', async () => {
  await say(host.page, 'un mesaj');
  const article = message(bogdan.page, 'un mesaj');
  await article.waitFor();
  await choose(bogdan.page, article, 'Report');
  await bogdan.page.getByRole('textbox', { name: 'What is wrong with it?' }).fill('nu e bine');
  await bogdan.page.getByRole('button', { name: 'Report', exact: true }).click();
  await bogdan.page.getByText('Staff will look at it.').waitFor();
  const { page } = host;
  await page.goto('/#/host/order');
  await page.getByText('nu e bine').waitFor();
  await page.locator('.reports').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Nothing was reported.').waitFor();
  await bogdan.page.getByRole('log').getByText('Message deleted').waitFor();
});

test('a report that is left alone leaves the queue, the message stays, and the log says who let it', async () => {
  const { page } = host;
  await page.goto(`/#/chat/${chat.id}`);
  await say(page, 'nimic rău');
  const article = message(bogdan.page, 'nimic rău');
  await article.waitFor();
  await choose(bogdan.page, article, 'Report');
  await bogdan.page.getByRole('textbox', { name: 'What is wrong with it?' }).fill('mă supără');
  await bogdan.page.getByRole('button', { name: 'Report', exact: true }).click();
  await bogdan.page.getByText('Staff will look at it.').waitFor();
  await page.goto('/#/host/order');
  await page.getByRole('link', { name: /^Order.*1 report$/ }).waitFor();
  const report = page.locator('.reports').getByRole('listitem').filter({ hasText: 'mă supără' });
  await report.getByText('nimic rău', { exact: true }).waitFor();
  await assertAccessible(page, 'a report');
  await report.getByRole('button', { name: 'Leave it' }).click();
  await page.getByText('Nothing was reported.').waitFor();
  await page.getByRole('link', { name: 'Order', exact: true }).waitFor();
  await page.locator('.deeds li').first().getByText('elena: closed a report about elena').waitFor();
  await article.waitFor();

  const { results: open } = await asElena('GET', '/host/reports/?open=true');
  assert.deepEqual(open, []);
  const { results: all } = await asElena('GET', '/host/reports/');
  const { closed, removed, text } = all.find(({ reason }) => reason === 'mă supără');
  assert.deepEqual([closed, removed, text], [true, false, 'nimic rău']);
  const { results: messages } = await asBogdan('GET', `/chat/messages/?chat=${chat.id}`);
  assert.equal(messages.filter((one) => one.text === 'nimic rău' && !one.deleted).length, 1);
  const { results: deeds } = await asElena('GET', '/host/log/');
  assert.deepEqual([deeds[0].deed, deeds[0].actor_name], ['dismiss_report', 'elena']);
});

test('hands are raised and answered', async () => {
  await bogdan.page.getByRole('button', { name: 'Raise your hand' }).click();
  await bogdan.page.getByRole('button', { name: 'Lower your hand' }).waitFor();
  const { page } = host;
  await page.goto(`/#/chat/${chat.id}/details`);
  await page.getByRole('heading', { name: 'Raised hands' }).waitFor();
  await page.getByRole('button', { name: 'Answered' }).click();
  await bogdan.page.getByRole('button', { name: 'Raise your hand' }).waitFor();
});

test('what is turned down is seen by nobody, and its author is told', async () => {
  const carmen = await visitor(browser, server.address, PHONE);
  await register(carmen.page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  const [{ id }] = (await asElena('GET', '/auth/user/?search=carmen')).results;
  const debate = await asElena('POST', '/chat/', { name: 'Dezbatere', users: [who, id], type: 'group' });
  const { page } = host;
  await page.goto(`/#/chat/${debate.id}/details`);
  await page.getByRole('switch', { name: 'Approve before it is shown' }).check();
  await bogdan.page.goto(`/#/chat/${debate.id}`);
  await bogdan.page.getByRole('heading', { name: 'Dezbatere' }).waitFor();
  await say(bogdan.page, 'o răutate');
  await bogdan.page.getByText('Waits until somebody has looked at it').waitFor();
  const details = page.getByRole('complementary', { name: 'Details' });
  await details.getByText('o răutate').waitFor();
  await details.getByRole('button', { name: 'Turn down' }).click();
  await details.getByRole('heading', { name: 'Waiting' }).waitFor({ state: 'detached' });

  const refused = bogdan.page.getByRole('article').filter({ hasText: 'o răutate' });
  await refused.getByRole('alert').getByText('This message was turned down.').waitFor();
  assert.equal(await bogdan.page.getByText('Waits until somebody has looked at it').count(), 0);
  await assertAccessible(bogdan.page, 'a message that was turned down');
  await bogdan.page.getByRole('button', { name: 'Details', exact: true }).click();
  const own = bogdan.page.getByRole('complementary', { name: 'Details' });
  await own.getByText('Turned down', { exact: true }).waitFor();
  await own.getByText('o răutate').waitFor();
  await bogdan.page.goto(`/#/chat/${debate.id}`);
  await refused.getByRole('button', { name: 'Delete', exact: true }).click();
  await refused.waitFor({ state: 'detached' });

  // What comes after it is all that the others have, on the page and on the server.
  await carmen.page.getByRole('link', { name: /^Dezbatere/ }).click();
  await say(page, 'mai departe');
  for (const one of [page, bogdan.page, carmen.page]) {
    await message(one, 'mai departe').waitFor();
    assert.equal(await one.getByText('o răutate').count(), 0);
  }
  const asCarmen = await asPerson(server.address, 'carmen');
  for (const call of [asElena, asBogdan, asCarmen]) {
    const { results } = await call('GET', `/chat/messages/?chat=${debate.id}`);
    assert.deepEqual(
      results.map(({ text }) => text),
      ['mai departe'],
    );
  }
  const waiting = (call) => call('GET', `/chat/${debate.id}/held/`);
  assert.deepEqual(await waiting(asElena), []);
  assert.deepEqual(await waiting(asCarmen), []);
  const [kept] = await waiting(asBogdan);
  assert.deepEqual([kept.text, kept.refused], ['o răutate', true]);
  const { results: deeds } = await asElena('GET', '/host/log/');
  assert.equal(deeds[0].deed, 'turn_down');
  await page.goto('/#/host/order');
  const newest = page.locator('.deeds li').first();
  await newest.getByText('elena: turned down a message of Bogdan Popa · Dezbatere').waitFor();
  assert.deepEqual(carmen.faults, []);
  await carmen.close();
});
