// What the host and his staff do about people, and what they see of the server itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DESK,
  PASSWORD,
  PHONE,
  asPerson,
  assertAccessible,
  lesson,
  message,
  register,
  say,
  signIn,
  visitor,
} from './harness.js';

let server, browser, host, bogdan, call, chat;

lesson(async (lesson) => {
  ({ server, browser, host, bogdan, call } = lesson);
  chat = await lesson.group('Grupa');
  await bogdan.page.getByRole('link', { name: /^Grupa/ }).click();
});

/** Looks at a page as a phone and as a desk have it: what axe finds, and whether it is wider than the window. */
async function look(page, name) {
  for (const { viewport } of [PHONE, DESK]) {
    await page.setViewportSize(viewport);
    await assertAccessible(page, `${name}, ${viewport.width}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${name} is ${over} pixels too wide at ${viewport.width}`);
    if (!process.env.ADMIN_SHOTS) continue;
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.ADMIN_SHOTS}/${name}-${viewport.width}-${colorScheme}.png` });
    }
  }
}

const idOf = async (name) => (await call('GET', `/host/people/?search=${name}`)).results[0].id;

const row = (page, name) => page.getByRole('listitem').filter({ hasText: name });

async function act(page, name, item) {
  await row(page, name).getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

test('the host silences somebody, whose page says so, and lets him write again', async () => {
  const { page } = host;
  const box = bogdan.page.getByRole('textbox', { name: 'Message', exact: true });
  await say(bogdan.page, 'pa pa');
  await page.goto('/#/host/people');
  await act(page, 'Bogdan Popa', 'Silence');
  const dialog = page.getByRole('dialog', { name: 'Silence Bogdan Popa' });
  await dialog.getByText('15 min', { exact: true }).click();
  await look(page, 'silence');
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await row(page, 'Bogdan Popa')
    .getByText(/^Silenced until /)
    .waitFor();
  await look(page, 'people');
  await bogdan.page.getByText('You can’t write right now. Ask the host.').waitFor();
  assert.equal(await box.isVisible(), false);
  const [{ silence }] = (await call('GET', '/host/people/?search=bogdan')).results;
  assert.ok(silence.silenced && silence.until, JSON.stringify(silence));
  await act(page, 'Bogdan Popa', 'Let write again');
  await row(page, 'Bogdan Popa')
    .getByText(/^Silenced/)
    .waitFor({ state: 'detached' });
  await box.waitFor();
});

test('staff keep order over members and not over their like', async () => {
  const dan = await visitor(browser, server.address, PHONE);
  const { page } = dan;
  await register(page, { username: 'dan', first: 'Dan', last: 'Ionescu' });
  const [{ id }] = (await call('GET', '/host/people/?search=dan')).results;
  await call('PATCH', `/host/people/${id}/`, { role: 'staff' });
  const carmen = await visitor(browser, server.address);
  await register(carmen.page, { username: 'carmen', first: 'Carmen', last: 'Stan' });
  await carmen.close();
  const [other] = (await call('GET', '/host/people/?search=carmen')).results;
  await call('PATCH', `/host/people/${other.id}/`, { role: 'staff' });
  await page.getByRole('link', { name: 'Host' }).click();
  await page.getByRole('link', { name: 'People' }).click();
  await row(page, 'Bogdan Popa').getByRole('button', { name: 'Actions for Bogdan Popa' }).click();
  assert.deepEqual(await page.getByRole('menuitem').allInnerTexts(), ['Silence', 'Ban']);
  await page.keyboard.press('Escape');
  for (const name of ['Carmen Stan', 'Dan Ionescu', 'elena']) {
    await row(page, name).waitFor();
    assert.equal(await row(page, name).getByRole('button').count(), 0, name);
  }
  assert.equal(await page.getByRole('combobox').count(), 0, 'roles are the host’s to give');
  const asStaff = await asPerson(server.address, 'dan');
  await assert.rejects(asStaff('PUT', `/host/people/${other.id}/silence/`, {}), /403/);
  assert.deepEqual(dan.faults, []);
  await dan.close();
});

test('who is banned is out at once, with what he wrote, and can be let in again', async () => {
  const { page } = host;
  await page.goto('/#/host/people');
  await act(page, 'Bogdan Popa', 'Ban');
  const dialog = page.getByRole('dialog', { name: 'Ban Bogdan Popa?' });
  await dialog.getByRole('switch', { name: /^Take away what was written/ }).check();
  await look(page, 'ban');
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await row(page, 'Bogdan Popa').getByText('Banned', { exact: true }).waitFor();
  await bogdan.page.getByText('Your session has ended. Sign in again.').waitFor();
  await page.goto(`/#/chat/${chat.id}`);
  await page.getByRole('log').getByText('Removed by staff').waitFor();
  assert.equal(await message(page, 'pa pa').count(), 0);
  await page.goto('/#/host/people');
  await act(page, 'Bogdan Popa', 'Let in again');
  await row(page, 'Bogdan Popa').getByText('Banned', { exact: true }).waitFor({ state: 'detached' });
  await bogdan.page.goto('/#/');
  await signIn(bogdan.page, 'bogdan', PASSWORD);
});

test('what was done stands in the log, with names, in both languages', async () => {
  const { page } = host;
  await call('PATCH', '/host/settings/', { slow_seconds: 10, guests: false });
  await call('PATCH', '/host/settings/', { slow_seconds: 0 });
  await call('PUT', `/chat/${chat.id}/retention/`, { days: 365 });
  await call('PUT', `/chat/${chat.id}/retention/`, { days: null });
  await page.goto('/#/host/order');
  const deeds = page.locator('.deeds');
  await deeds.getByText('elena: banned Bogdan Popa (with all that was written)').waitFor();
  await deeds.getByText('elena: changed the role of Dan Ionescu (Staff)').waitFor();
  await deeds.getByText('elena: let in again Bogdan Popa').waitFor();
  await deeds.getByText('elena: changed settings (Slow mode: 10 s, Guests: off)').waitFor();
  await deeds.getByText('elena: changed how long messages are kept · Grupa (365 days)').waitFor();
  await deeds.getByText('elena: changed how long messages are kept · Grupa (for ever)').waitFor();
  await look(page, 'log-of-deeds');
  const speak = async (now, language) => {
    await page.goto('/#/me');
    await page.getByRole('dialog', { name: now }).getByText(language).click();
  };
  await speak('Your profile', 'Română');
  await page.goto('/#/host/order');
  await deeds.getByText('elena: a dat afară pe Bogdan Popa (cu tot ce a scris)').waitFor();
  await deeds.getByText('elena: a schimbat setări (Mod lent: 10 s, Oaspeți: nu)').waitFor();
  await speak('Profilul tău', 'English');
});

test('the host sees where somebody is signed in, and ends one of them', async () => {
  const { page } = host;
  const other = await visitor(browser, server.address, DESK);
  await other.page.goto('/');
  await signIn(other.page, 'bogdan', PASSWORD);
  await page.goto('/#/host/people');
  await act(page, 'Bogdan Popa', 'Devices');
  const dialog = page.getByRole('dialog', { name: 'Devices of Bogdan Popa' });
  const ends = dialog.getByRole('button', { name: /^Sign out there: / });
  await ends.nth(1).waitFor();
  const { results, count } = await call('GET', `/host/people/${await idOf('bogdan')}/sessions/`);
  assert.equal(await ends.count(), count);
  await look(page, 'devices');
  await ends.first().click(); // the last used stands first
  await other.page.getByText('Your session has ended. Sign in again.').waitFor();
  const after = await call('GET', `/host/people/${await idOf('bogdan')}/sessions/`);
  assert.deepEqual(
    after.results.map(({ id }) => id),
    results.slice(1).map(({ id }) => id),
  );
  await dialog.getByRole('button', { name: 'Close' }).click();
  await other.close();
});

test('the host tries whether mail arrives, and reads what to set', async () => {
  const { page } = host;
  await page.goto('/#/host/server');
  const { version, sqlite, database } = await call('GET', '/host/about/');
  for (const fact of [version, sqlite, database]) await page.getByText(fact, { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'Does mail arrive?' }).waitFor();
  await page.getByLabel('E-mail', { exact: true }).fill('not an address');
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('Enter a valid email address.').waitFor();
  await page.getByLabel('E-mail', { exact: true }).fill('head@example.org');
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('status').getByText(/Set smtp_url and smtp_from in Rocket.toml/).waitFor();
  // Each setting of the start with what it means, and the log, which has nothing to say of a quiet evening.
  const kept = page.locator('.startup > div').filter({ hasText: 'events_kept' });
  await kept.getByText(/How many events are kept/).waitFor();
  await page.locator('.startup > div').filter({ hasText: 'rate_limits' }).getByText(/default true/).waitFor();
  await page.getByRole('heading', { name: 'Log', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Read again' }).click();
  await look(page, 'server');
});

/** Brings a backup with holes in it, as from a stick that has lain in the sun, as who is signed in; what is answered. */
const bringDamaged = (page) =>
  page.evaluate(async () => {
    const { access } = JSON.parse(localStorage.getItem('tokens'));
    const ask = (method, path, body) => fetch(path, { method, body, headers: { Authorization: `Bearer ${access}` } });
    const { name } = await (await ask('POST', '/host/backups/')).json();
    const bytes = new Uint8Array(await (await ask('GET', `/host/backups/${name}`)).arrayBuffer());
    for (let at = 3; at < 30; at += 1) bytes.fill(0x55, at * 4096, at * 4096 + 2048);
    const form = new FormData();
    form.set('file', new Blob([bytes]), name);
    return (await ask('POST', '/host/restore/', form)).status;
  });

test('what the log has to say is read on the page, and read again', async () => {
  const { page } = host;
  await page.goto('/#/host/server');
  await page.getByRole('heading', { name: 'Log', exact: true }).waitFor();
  const log = page.getByRole('list', { name: 'Log' });
  const warned = log.getByRole('listitem').filter({ hasText: / WARN .*a backup that was to come in is damaged/ });
  for (const times of [1, 2]) {
    assert.equal(await bringDamaged(page), 400);
    assert.equal(await warned.count(), times - 1, 'what is not asked for does not move');
    await page.getByRole('button', { name: 'Read again' }).click();
    await warned.nth(times - 1).waitFor();
    const { lines } = await call('GET', '/host/journal/');
    assert.deepEqual(await log.getByRole('listitem').allTextContents(), lines);
  }
  await look(page, 'server-log');
});
