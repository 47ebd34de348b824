// Other browsers than Chromium, each by the standard it speaks: Firefox by WebDriver BiDi, WebKit by WebDriver. Both take the
// same actions of keys and pointer, and nothing else is used of them but going somewhere and asking the page.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';

const FIREFOX = process.env.FIREFOX ?? '/usr/bin/firefox-esr';
const WEBKIT_DRIVER = process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver';
const WEBKIT = process.env.WEBKIT ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const DISPLAY_SERVER = process.env.XVFB ?? '/usr/bin/Xvfb';
const WAIT_MILLISECONDS = 30_000;
const LOOK_MILLISECONDS = 50; // between two looks for what is not there yet

/** A program of one's own; resolves with what matches in its lines. Its `stop` ends it. */
async function start(binary, args, env, pattern) {
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const said = [];
  const match = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`${binary} ended, having said: ${said.join('\n')}`)));
    const look = (line) => {
      said.push(line);
      const found = pattern.exec(line);
      if (found) resolve(found);
    };
    for (const one of [child.stdout, child.stderr, child.stdio[3]]) createInterface({ input: one }).on('line', look);
  });
  return { match, stop };
}

/** A port that nobody listens on. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Firefox with a new profile. */
export async function startFirefox() {
  const folder = await mkdtemp(join(tmpdir(), 'messenger-firefox-'));
  const args = ['--headless', '--remote-debugging-port', '0', '--profile', folder, '--no-remote'];
  const { match, stop } = await start(FIREFOX, args, { HOME: folder }, /^WebDriver BiDi listening on (ws:\S+)$/);
  const socket = new WebSocket(`${match[1]}/session`);
  await once(socket, 'open');
  const waiting = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const { id, type, result, message } = JSON.parse(data);
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (type === 'success') resolve?.(result);
    else reject?.(new Error(message));
  });
  const call = (method, params) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await call('session.new', { capabilities: {} });
  const [{ context }] = (await call('browsingContext.getTree', {})).contexts;
  return page({
    goto: (url) => call('browsingContext.navigate', { context, url, wait: 'complete' }),
    reload: () => call('browsingContext.reload', { context, wait: 'complete' }),
    act: (actions) => call('input.performActions', { context, actions }),
    async run(expression) {
      const { result, exceptionDetails } = await call('script.evaluate', {
        expression,
        target: { context },
        awaitPromise: true,
      });
      assert.equal(exceptionDetails, undefined, exceptionDetails?.text);
      return JSON.parse(result.value ?? 'null');
    },
    async stop() {
      socket.terminate();
      await stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  });
}

/** WebKit, as GTK has it, on a screen of its own. */
export async function startWebkit() {
  const screen = await start(DISPLAY_SERVER, ['-displayfd', '3', '-screen', '0', '1280x800x24'], {}, /^(\d+)$/);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'messenger-webkit-'));
  // Its sandbox needs more than a container gives, and all it is shown is ours.
  const env = {
    HOME: folder,
    DISPLAY: `:${screen.match[1]}`,
    GDK_BACKEND: 'x11',
    LIBGL_ALWAYS_SOFTWARE: '1',
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  };
  const child = spawn(WEBKIT_DRIVER, [`--port=${port}`], { env: { ...process.env, ...env }, stdio: 'ignore' });
  process.once('exit', () => child.kill('SIGKILL'));
  const base = `http://127.0.0.1:${port}/session`;
  const call = async (method, path, body) => {
    const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await response.json();
    assert.ok(response.ok, `${path}: ${value?.message}`);
    return value;
  };
  const wanted = { alwaysMatch: { 'webkitgtk:browserOptions': { binary: WEBKIT, args: ['--automation'] } } };
  const { sessionId } = await patiently(() => call('POST', '', { capabilities: wanted }), 'a session');
  const at = `/${sessionId}`;
  return page({
    goto: (url) => call('POST', `${at}/url`, { url }),
    reload: () => call('POST', `${at}/refresh`, {}),
    act: (actions) => call('POST', `${at}/actions`, { actions }),
    async run(expression) {
      const script = `const done = arguments[0]; (${expression}).then(done, (error) => done('!' + error));`;
      const text = await call('POST', `${at}/execute/async`, { script, args: [] });
      assert.ok(!text?.startsWith('!'), text);
      return JSON.parse(text ?? 'null');
    },
    async stop() {
      await call('DELETE', at);
      child.kill();
      await once(child, 'exit');
      await screen.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  });
}

/** Tries until it does not fail, or has for long. */
async function patiently(run, what) {
  const end = Date.now() + WAIT_MILLISECONDS;
  for (;;) {
    try {
      return await run();
    } catch (failure) {
      if (Date.now() > end) throw new Error(`waited for ${what}: ${failure.message}`);
      await pause(LOOK_MILLISECONDS);
    }
  }
}

/** What a person does at a page, by the roles and names that the client's words have. */
function page({ goto, reload, act, run, stop }) {
  /** Runs a function in the page, with values that JSON knows. */
  const ask = (work, ...values) => run(`(async () => JSON.stringify(await (${work})(...${JSON.stringify(values)})))()`);
  const until = (work, ...values) =>
    patiently(async () => {
      const answer = await ask(work, ...values);
      assert.ok(answer, 'not yet');
      return answer;
    }, `${work} of ${values}`);
  const click = async (role, name) => {
    const { x, y } = await until(middleOf, role, name);
    const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } };
    const steps = [
      { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await act([{ ...pointer, actions: steps }]);
  };
  const type = async (text) => {
    const keys = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]);
    await act([{ type: 'key', id: 'keys', actions: keys }]);
  };
  const fill = async (name, text) => {
    await click('field', name);
    await type(text);
    await until((wanted) => document.activeElement.value === wanted, text);
  };
  return { goto, reload, ask, until, click, type, fill, stop };
}

/** In the page: the middle of what is seen and has this role and name; null when there is none, or something lies over it. */
function middleOf(role, name) {
  const kinds = {
    field: 'input, textarea',
    button: 'button',
    person: 'dialog button',
    link: 'a',
    radio: 'input[type=radio]',
  };
  const nameOf = (node) => {
    const labels = [...(node.labels ?? [])].map((label) => label.innerText);
    return (node.getAttribute('aria-label') ?? labels[0] ?? node.innerText).trim();
  };
  const begins = ['link', 'person'].includes(role);
  const isNamed = (node) => (begins ? nameOf(node).startsWith(name) : nameOf(node) === name);
  const node = [...document.querySelectorAll(kinds[role])].find((one) => one.checkVisibility() && isNamed(one));
  if (!node || node.disabled) return null;
  const shown = role === 'radio' ? node.labels[0] : node;
  shown.scrollIntoView({ block: 'nearest' });
  const { left, top, width, height } = shown.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return shown.contains(document.elementFromPoint(x, y)) ? { x, y } : null;
}
