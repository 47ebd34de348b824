// The walk of bin/room: the laptop's address changes in the middle of a lesson. Lobby, doctor and the network's own name follow,
// and who still has the page of the old address goes on at the new with what he wrote in between.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { fileURLToPath } from 'node:url';
import {
  DESK,
  PASSWORD,
  PHONE,
  message,
  register,
  say,
  signIn,
  startBrowser,
  startServer,
  visitor,
} from './harness.js';

const [OLD, NEW, OWN] = ['192.168.77.1', '192.168.77.50', '192.168.77.2'];
const HOST = 'elena';

/** Asks the network for messenger.local, as a phone does, and prints the address that it is told. */
function ask() {
  const name = Buffer.from('\x09messenger\x05local\x00', 'latin1');
  const question = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), name, Buffer.from([0, 1, 0, 1])]);
  const socket = createSocket('udp4');
  socket.on('message', (answer) => {
    console.log([...answer.subarray(-4)].join('.'));
    socket.close();
  });
  socket.bind(0, OWN, () => {
    socket.setMulticastInterface(OWN);
    socket.send(question, 5353, '224.0.0.251');
  });
}

const within = (end, ...command) =>
  execFileSync('ip', ['netns', 'exec', `room-${end}`, ...command], { timeout: 10_000 });
const named = () => String(within('phone', process.execPath, fileURLToPath(import.meta.url), 'ask')).trim();

/** A browser in one of the two. */
function browserOf(chromium) {
  process.env.CHROMIUM = chromium;
  return startBrowser();
}

async function walk() {
  const server = await startServer({ ROCKET_ADDRESS: '0.0.0.0' }, HOST);
  const { port } = new URL(server.address);
  const [laptop, phone] = [await browserOf(process.env.LAPTOP_CHROMIUM), await browserOf(process.env.PHONE_CHROMIUM)];
  const [before, after] = [`http://${OLD}:${port}`, `http://${NEW}:${port}`];
  const host = await visitor(laptop, server.address, DESK);
  const ana = await visitor(phone, before, PHONE);
  await host.page.goto('/');
  await signIn(host.page, HOST, PASSWORD);
  await register(ana.page, { username: 'ana', first: 'Ana', last: 'Ionescu' });
  await host.page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = host.page.getByRole('dialog', { name: 'New chat' });
  await dialog.getByRole('button', { name: /^Ana Ionescu/ }).click();
  await dialog.getByRole('button', { name: 'Start chat' }).click();
  await say(host.page, 'Bun venit');
  await ana.page.getByRole('link', { name: /^elena/ }).tap();
  await message(ana.page, 'Bun venit').waitFor();
  await host.page.goto('/#/host/doctor');
  await host.page
    .locator('.addresses li')
    .filter({ hasText: before })
    .getByText('Another device has reached this')
    .waitFor();
  await host.page.goto('/#/host/lobby');
  await host.page.getByText(`${OLD}:${port}`, { exact: true }).waitFor();
  assert.equal(named(), OLD);

  const moved = performance.now();
  within('laptop', 'ip', 'addr', 'del', `${OLD}/24`, 'dev', 'room-l');
  within('laptop', 'ip', 'addr', 'add', `${NEW}/24`, 'dev', 'room-l');
  within('laptop', 'ip', 'route', 'replace', '224.0.0.0/4', 'dev', 'room-l');
  const since = () => `${((performance.now() - moved) / 1000).toFixed(1)} s`;
  await host.page.getByText(`${NEW}:${port}`, { exact: true }).waitFor();
  await host.page.getByRole('img', { name: `QR code of ${after}` }).waitFor();
  await host.page.getByText(/^This address is a new one\./).waitFor();
  console.log(`the lobby and its QR code follow after ${since()}`);
  await say(ana.page, 'scris pe drum');
  await ana.page.getByRole('button', { name: 'New address?' }).waitFor({ timeout: 90_000 });
  console.log(`the phone's page asks for it after ${since()}`);
  await ana.page.getByRole('button', { name: 'New address?' }).tap();
  await ana.page.getByLabel('Address', { exact: true }).fill(`${NEW}:${port}`);
  const opening = ana.context.waitForEvent('page');
  await ana.page.getByRole('button', { name: 'Go on there' }).tap();
  const there = await opening;
  await there.getByRole('button', { name: 'Go on', exact: true }).tap();
  await message(there, 'scris pe drum')
    .getByRole('img', { name: /^(Sent|Read)$/ })
    .waitFor();
  assert.equal(new URL(there.url()).origin, after);
  await host.page.goto('/#/');
  await host.page.getByRole('link', { name: /^Ana Ionescu/ }).click();
  await message(host.page, 'scris pe drum').waitFor();
  const texts = await host.page.locator('[role=log] article .text').allInnerTexts();
  assert.deepEqual(texts, ['Bun venit', 'scris pe drum']);
  assert.equal(named(), NEW);
  console.log(`messenger.local is ${NEW}, and nothing is lost`);
  assert.deepEqual(host.faults, []);
  await Promise.all([laptop.close(), phone.close()]);
  await server.stop();
}

if (process.argv[2] === 'ask') ask();
else await walk();
