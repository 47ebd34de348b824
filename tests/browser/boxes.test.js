// Hand in: a teacher makes a box, a pupil hands in from a phone, each sees what is his to see, and all comes home as a ZIP.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, PHONE, assertAccessible, register, startBrowser, startChat, startServer, visitor } from './harness.js';

let server, browser;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

test('a pupil hands in, the owner sees it at once and downloads all', async () => {
  const pupil = await visitor(browser, server.address, PHONE);
  await register(pupil.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
  const other = await visitor(browser, server.address);
  await register(other.page, { username: 'dan', first: 'Dan', last: 'Moldovan' });
  await other.close();
  const { page, faults, close } = await visitor(browser, server.address, DESK);
  await register(page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await startChat(page, ['Bogdan Popa', 'Dan Moldovan'], 'Clasa');
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await page.getByRole('button', { name: 'New box' }).click();
  await page.getByLabel('What is to be handed in?').fill('Referat');
  await page.getByRole('button', { name: 'Make the box' }).click();
  const box = page.getByRole('group', { name: 'Referat' });
  await box.getByText('0 handed in, 2 not yet').waitFor();

  await pupil.page.getByRole('link', { name: /^Clasa/ }).click();
  await pupil.page.getByRole('button', { name: 'Details', exact: true }).click();
  const own = pupil.page.getByRole('group', { name: 'Referat' });
  const [chooser] = await Promise.all([
    pupil.page.waitForEvent('filechooser'),
    own.getByRole('button', { name: 'Hand in a file' }).click(),
  ]);
  await chooser.setFiles({ name: 'referat.txt', mimeType: 'text/plain', buffer: Buffer.from('Despre fulgere') });
  await own.getByRole('link', { name: /Yours: referat.txt/ }).waitFor();
  assert.equal(await own.getByText(/handed in/).count(), 0, 'others are none of his business');
  await assertAccessible(pupil.page, 'a box on a phone');

  await box.getByRole('link', { name: /Bogdan Popa: referat.txt/ }).waitFor();
  await box.getByText('1 handed in, 1 not yet').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    box.getByRole('link', { name: 'Download all' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'Referat.zip');
  await box.getByRole('button', { name: 'Close', exact: true }).click();
  await own.getByText('closed').waitFor();
  assert.equal(await own.getByRole('button').count(), 0, 'nothing is taken any more');
  assert.deepEqual([...faults, ...pupil.faults], []);
  await close();
  await pupil.close();
});
