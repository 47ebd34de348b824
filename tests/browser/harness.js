// What the tests need: a server in an empty folder, a browser, people at it, and eyes that see what must never happen.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { deflateSync, inflateRawSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The client's sources: beside this folder in the repository; `bin/check` runs a copy of it elsewhere, and says where. */
export const STATIC = process.env.MESSENGER_STATIC
  ? pathToFileURL(`${process.env.MESSENGER_STATIC}/`)
  : new URL('../../static/', import.meta.url);

/** A password that the server takes, whoever has it. */
export const PASSWORD = 'lemon-Harbour-41';

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESK = { viewport: { width: 1280, height: 800 } };

/**
 * Starts the server of MESSENGER_BIN, with these `settings` as variables. `address` is where it listens; `heard(pattern)` is the first match in what it has
 * printed, or will print; `stop` ends it; `kill` is a power cut, after which `start` starts it again, on the same file and port;
 * `sleep` and `wake` are a laptop that is shut and opened: it says nothing, and breaks no connection. `memory()` is what it has
 * resident, in MiB.
 * `host` is the username of who is its host from the beginning; `command` is what is run in place of serving.
 */
export async function startServer(settings = {}, host = null, command = []) {
  const binary = process.env.MESSENGER_BIN;
  assert.ok(binary, 'MESSENGER_BIN must name the server binary');
  const folder = await mkdtemp(join(tmpdir(), 'messenger-browser-'));
  const env = { ...process.env, ROCKET_RATE_LIMITS: 'false', ...settings };
  const printed = [];
  const waiting = new Set();
  let server;
  let port = '0';
  const heard = (pattern) =>
    new Promise((resolve, reject) => {
      const look = (line) => {
        const match = line === null ? null : pattern.exec(line);
        if (!match && line !== null) return;
        waiting.delete(look);
        if (match) resolve(match);
        else reject(new Error(`the server ended without printing ${pattern}`));
      };
      waiting.add(look);
      printed.forEach(look);
    });
  const start = async () => {
    const listens = settings.ROCKET_ADDRESS ?? '127.0.0.1';
    server = spawn(binary, [...command, '--address', listens, '--port', port, '--no-open'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    printed.length = 0;
    createInterface({ input: server.stdout })
      .on('line', (line) => {
        printed.push(line);
        for (const look of waiting) look(line);
      })
      .on('close', () => {
        for (const look of waiting) look(null);
      });
    const [, address] = await heard(/^Messenger is running on (https?:\/\/localhost:\d+)$/);
    ({ port } = new URL(address));
    return address;
  };
  const ended = async (signal) => {
    server.kill(signal);
    const [code] = await once(server, 'exit');
    return code;
  };
  // Nobody else ends it where a test run is broken off.
  process.once('exit', () => server.kill('SIGKILL'));
  const stop = async () => {
    const code = await ended('SIGTERM');
    await rm(folder, { recursive: true });
    assert.equal(code, 0, 'the server ends with exit code 0');
  };
  if (host) await addHost(binary, folder, host);
  const address = await start();
  const told = (signal) => () => server.kill(signal);
  const memory = async () =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
  const [kill, sleep, wake] = [() => ended('SIGKILL'), told('SIGSTOP'), told('SIGCONT')];
  return { address, heard, stop, start, kill, sleep, wake, memory };
}

/** Makes an account for the host, as he does from the command line. */
async function addHost(binary, folder, name) {
  const adding = spawn(binary, ['user', 'add', name, '--host', '--password-stdin'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  adding.stdin.end(PASSWORD);
  const [code] = await once(adding, 'exit');
  assert.equal(code, 0, 'the host has an account');
}

/**
 * A line to a server that can be bad: `cut()` breaks what goes over it and lets nobody in, `cutAfter(bytes)` breaks the next
 * connection that sends so many, `mend()` makes it good again.
 */
export async function startLine(address) {
  const { port } = new URL(address);
  const ends = new Set();
  let isCut = false;
  let left = Infinity;
  const proxy = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(Number(port), '127.0.0.1');
    ends.add(near);
    const drop = () => {
      near.destroy();
      far.destroy();
      ends.delete(near);
    };
    let sent = 0;
    near.on('data', (bytes) => {
      sent += bytes.length;
      if (sent > left) {
        left = Infinity;
        drop();
      }
    });
    for (const end of [near, far]) end.on('error', drop).on('close', drop);
    near.pipe(far).pipe(near);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `http://localhost:${proxy.address().port}`,
    cut() {
      isCut = true;
      for (const near of ends) near.destroy();
    },
    cutAfter: (bytes) => (left = bytes),
    mend: () => (isCut = false),
    stop() {
      for (const near of ends) near.destroy();
      proxy.close();
    },
  };
}

export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/**
 * Somebody's own browser window. `faults` gathers what must never happen: a dialog, a script error, a request to
 * another host, something that the content policy had to stop.
 */
export async function visitor(browser, address, options = DESK) {
  const context = await browser.newContext({ baseURL: address, locale: 'en-GB', ...options });
  const page = await context.newPage();
  const faults = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && url.origin !== address)
      faults.push(`a request to ${url}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('pageerror', (error) => faults.push(`a script error: ${error.stack}`));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) faults.push(message.text());
  });
  return { context, page, faults, close: () => context.close() };
}

/** Makes an account through the page, which signs in with it. */
export async function register(page, person) {
  await page.goto('/#/create');
  await page.getByLabel('Username', { exact: true }).fill(person.username);
  await page.getByLabel('First name', { exact: true }).fill(person.first);
  await page.getByLabel('Last name', { exact: true }).fill(person.last);
  await page.getByLabel('E-mail', { exact: true }).fill(`${person.username}@example.org`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Repeat password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account', exact: true }).click();
  await page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
}

export async function signIn(page, username, password) {
  await page.getByLabel('Username', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'New chat', exact: true }).waitFor();
}

/** Signs out, with nothing that would have to be asked about. */
export async function signOut(page) {
  await page.getByRole('button', { name: 'Your profile' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
}

/** Opens a chat with people, through the page's directory; with more than one, a group of that name. */
export async function startChat(page, names, group) {
  await page.getByRole('button', { name: 'New chat', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New chat' });
  for (const name of names) {
    await dialog.getByRole('searchbox', { name: 'Find people' }).fill(name);
    await dialog.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  }
  if (group) await dialog.getByLabel('Group name').fill(group);
  await dialog.getByRole('button', { name: 'Start chat' }).click();
  await page.getByRole('textbox', { name: 'Message', exact: true }).waitFor();
}

export async function say(page, text) {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

/** Puts files into the composer and waits until the last of them stands there. */
export async function attach(page, ...files) {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach', exact: true }).click();
  await (await chooser).setFiles(files);
  await page.locator('.composer .tiles').getByText(files.at(-1).name).waitFor();
}

/** The message with this text, or a file of this name; not one that quotes it. */
export const message = (page, text) =>
  page.getByRole('article').filter({ has: page.locator('.text, .file', { hasText: text }) });

/** Chooses from a message's menu. */
export async function choose(page, article, item) {
  await article.hover();
  await article.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** Waits until the page has answered a condition with a true value. */
export const until = (page, condition, value) => page.waitForFunction(condition, value);

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const LOOKS = [
  ['light', 'no-preference'],
  ['dark', 'no-preference'],
  ['dark', 'more'],
  ['light', 'more'],
];

/** Fails with what axe finds wrong on the screen as it is. */
export async function assertSound(page, screen) {
  // As the debugger, since the page's own policy lets no foreign script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`,
  );
  assert.deepEqual(found, [], screen);
}

/** Fails with what axe finds wrong on the screen, in light and in dark, each in high contrast too. */
export async function assertAccessible(page, screen) {
  for (const [scheme, contrast] of LOOKS) {
    await page.emulateMedia({ colorScheme: scheme, contrast, reducedMotion: 'reduce' });
    const wanted = { look: scheme, isHigh: contrast === 'more' };
    const isShown = ({ look, isHigh }) => {
      const { dataset, classList } = document.documentElement;
      return dataset.look === look && classList.contains('contrast') === isHigh;
    };
    await until(page, isShown, wanted);
    await assertSound(page, `${screen}, ${scheme}${contrast === 'more' ? ', high contrast' : ''}`);
  }
  await page.emulateMedia({ contrast: 'no-preference' });
}

/** Answers a path as the server does, but with `change` made to it: what this computer's network would have to do for it. */
export const answered = (page, path, change) =>
  page.route(`**${path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...change() } });
  });

/** What the QR codes on a page say, from now on, in the order in which it has them drawn. */
export function qrCodes(page) {
  const said = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === '/host/qr/') said.push(searchParams.get('text'));
  });
  return said;
}

/** Waits until a picture is there and can be seen. */
export async function assertDrawn(picture) {
  await picture.scrollIntoViewIfNeeded();
  await picture.evaluate((image) => image.decode());
  const drawn = await picture.evaluate((image) => [image.naturalWidth, image.getBoundingClientRect().width]);
  assert.ok(drawn.every(Boolean), `it is ${drawn} pixels wide`);
}

/** One of the client's modules as it is written, with what it imports; another instance for each call. */
export async function clientModule(path) {
  const folder = await mkdtemp(join(tmpdir(), 'messenger-module-'));
  try {
    await cp(STATIC, folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    return await import(pathToFileURL(join(folder, path)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Unpacks a ZIP into a folder of its own, as any system does; its path. */
export async function unpacked(zip) {
  const folder = await mkdtemp(join(tmpdir(), 'messenger-archive-'));
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, size] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place));
    const path = join(folder, zip.toString('utf8', at + 46, at + 46 + name));
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(from, from + size);
    await mkdir(dirname(path), { recursive: true });
    if (!path.endsWith('/')) await writeFile(path, method ? inflateRawSync(packed) : packed);
    at += 46 + name + extra + comment;
  }
  return folder;
}

/** A PNG of one colour. */
export function png(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x7a)]);
  const rows = deflateSync(Buffer.concat(Array(height).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/**
 * A lesson for the tests of a file: elena, its host, at a desk, and bogdan with a phone, both signed in. `begin` is given them as
 * visitors, the server and its browser, `call`, the API as elena, `who`, bogdan's id, and `group(name)`, which makes one of the
 * two. What must never happen on a page fails the test that it happened in.
 */
export function lesson(begin, settings) {
  let server, browser, host, bogdan;
  before(async () => {
    server = await startServer(settings, 'elena');
    browser = await startBrowser();
    bogdan = await visitor(browser, server.address, PHONE);
    await register(bogdan.page, { username: 'bogdan', first: 'Bogdan', last: 'Popa' });
    host = await visitor(browser, server.address, DESK);
    await host.page.goto('/');
    await signIn(host.page, 'elena', PASSWORD);
    const call = await asPerson(server.address, 'elena');
    const [{ id: who }] = (await call('GET', '/auth/user/?search=bogdan')).results;
    const group = (name) => call('POST', '/chat/', { name, users: [who], type: 'group' });
    await begin({ server, browser, host, bogdan, call, who, group });
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => assert.deepEqual([...host.faults, ...bogdan.faults], []));
}

/** Calls the API beside the page, as somebody: what a test needs many of. */
export async function asPerson(address, username) {
  const call = async (method, path, json, access) => {
    const headers = { 'Content-Type': 'application/json', ...(access && { Authorization: `Bearer ${access}` }) };
    const response = await fetch(address + path, { method, headers, body: json && JSON.stringify(json) });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    const text = await response.text();
    return text ? JSON.parse(text) : null;
  };
  const { access } = await call('POST', '/auth/login/', { username, password: PASSWORD });
  return (method, path, json) => call(method, path, json, access);
}
