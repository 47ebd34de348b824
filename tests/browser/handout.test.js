// Handing out, as the host does it and as two groups get it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, lesson, message } from './harness.js';

let host, bogdan, call, chats;

lesson(async (lesson) => {
  ({ host, bogdan, call } = lesson);
  chats = [];
  for (const name of ['9A', '9B', '9C']) chats.push(await lesson.group(name));
});

const group = (page, name) => page.getByRole('switch', { name: new RegExp(`^${name}`) });

test('a file goes to the chosen groups, once to each', async () => {
  const { page } = host;
  await page.getByRole('link', { name: 'Host' }).click();
  await page.getByRole('link', { name: 'Hand out' }).click();
  await page.getByRole('heading', { name: 'Hand out' }).waitFor();
  for (const name of ['9A', '9B']) await group(page, name).check();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles({ name: 'tema.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF tema') });
  await page.getByText('tema.pdf').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).fill('Pentru joi');
  await assertAccessible(page, 'handing out');
  await page.getByRole('button', { name: 'Hand out' }).click();
  await page.getByText(/^Handed out to \d groups$/).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Message' }).inputValue(), '', 'the next one begins empty');
  await bogdan.page.getByRole('link', { name: /^9A/ }).click();
  await message(bogdan.page, 'Pentru joi').getByText('tema.pdf').waitFor();
  for (const [at, wanted] of [1, 1, 0].entries()) {
    const { results } = await call('GET', `/chat/messages/?chat=${chats[at].id}`);
    assert.equal(results.length, wanted, chats[at].name);
  }
});

test('who chose no group is told so, and nothing is sent', async () => {
  const { page } = host;
  const switches = page.getByRole('switch');
  assert.ok((await switches.count()) > 1);
  for (const one of await switches.all()) await one.uncheck();
  await page.getByRole('textbox', { name: 'Message' }).fill('Pentru nimeni');
  await page.getByRole('button', { name: 'Hand out' }).click();
  await page.getByText('Choose at least one group.').waitFor();
  await switches.first().check();
  await page.getByRole('button', { name: 'Hand out' }).click();
  await page.getByText('Handed out to 1 group', { exact: true }).waitFor();
});
