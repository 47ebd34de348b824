// How the client follows what happens: over a socket, over long polls where there is none, and through losses of both.

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { clientModule } from './harness.js';

let live, place;

/** The last socket that the page has opened; the test plays the server. */
class Socket {
  constructor(url) {
    this.url = url;
    this.said = [];
    Socket.opened.push(this);
    Socket.arrived?.(this);
  }

  send(text) {
    this.said.push(JSON.parse(text));
    this.heard?.(this.said.at(-1));
  }

  close() {
    this.closed = true;
  }

  says(...frames) {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ends(code = 1006) {
    this.onclose?.({ code });
  }
}

before(async () => {
  globalThis.location = { origin: 'http://localhost:1', hash: '' };
  globalThis.document = new EventTarget();
  globalThis.addEventListener = () => {};
  globalThis.WebSocket = Socket;
  live = await clientModule('js/live.js');
  place = await clientModule('js/place.js');
});

beforeEach(() => {
  Socket.opened = [];
  Socket.arrived = null;
});

const READY = { type: 'ready', epoch: 'e', head: 5, user_id: 1, ping_seconds: 25 };
const event = (id) => ({ type: 'event', id, kind: 'message.created', chat_id: 7, data: {} });

/** Follows with an API of which parts are given; `heard(type)` waits for an event of the state. */
function following(api = {}) {
  const stop = new AbortController();
  const told = [];
  const waits = new Set();
  const tell = (one) => {
    told.push(one);
    for (const wait of [...waits]) wait();
  };
  const heard = (type, count = 1) =>
    new Promise((resolve) => {
      const look = () => {
        const all = told.filter((one) => one.type === type);
        if (all.length < count) return;
        waits.delete(look);
        resolve(all.at(-1));
      };
      waits.add(look);
      look();
    });
  const socket = (number = 1) =>
    new Promise((resolve) => {
      const look = () => Socket.opened.length >= number && resolve(Socket.opened[number - 1]);
      Socket.arrived = look;
      look();
    });
  const done = live.follow({
    api: { sync: async () => ({ epoch: 'e', cursor: 3 }), access: () => 'token', ...api },
    tell,
    signal: stop.signal,
  });
  const end = async () => {
    stop.abort();
    live.wake();
    await done;
  };
  return { told, heard, socket, end, done };
}

test('a snapshot, then the socket from its cursor on', async () => {
  const { told, heard, socket, end } = following();
  const line = await socket();
  assert.equal(line.url, 'ws://localhost:1/ws/');
  line.onopen();
  assert.deepEqual(line.said, [{ type: 'auth', token: 'token', epoch: 'e', since: 3 }]);
  line.says(READY, event(4), event(5), { type: 'live', cursor: 5 });
  await heard('connected');
  assert.deepEqual(
    told.map((one) => one.type),
    ['snapshot', 'events', 'connected'],
  );
  assert.deepEqual(
    told[1].events.map((one) => one.id),
    [4, 5],
  );
  await end();
  assert.ok(line.closed);
});

test('after a loss it resumes where it was, and says so', async () => {
  const { heard, socket, end } = following();
  const first = await socket();
  first.onopen();
  first.says(READY, { type: 'live', cursor: 5 }, event(6));
  first.ends();
  await heard('lost');
  live.wake();
  const second = await socket(2);
  second.onopen();
  assert.deepEqual(second.said[0], { type: 'auth', token: 'token', epoch: 'e', since: 6 });
  second.says(READY, { type: 'live', cursor: 6 });
  await heard('connected', 2);
  await end();
});

test('a reset means the snapshot again', async () => {
  let snapshots = 0;
  const sync = async () => ({ epoch: 'f', cursor: 10 * (snapshots += 1) });
  const { heard, socket, end } = following({ sync });
  const first = await socket();
  first.onopen();
  first.says(READY, { type: 'reset', reason: 'too_far', cursor: 9 });
  await heard('snapshot', 2);
  const second = await socket(2);
  second.onopen();
  assert.equal(second.said[0].since, 20);
  await end();
});

test('a send is answered by its own acknowledgement, or refused with what it says', async () => {
  const { heard, socket, end } = following();
  const line = await socket();
  line.onopen();
  line.says(READY, { type: 'live', cursor: 5 });
  await heard('connected');
  const one = live.send({ client_id: 'a', chat_id: 7, text: 'one', reply_to: null });
  const two = live.send({ client_id: 'b', chat_id: 7, text: 'two', reply_to: null });
  const [, ...sent] = line.said;
  assert.deepEqual(
    sent.map(({ client_id, type }) => `${type} ${client_id}`),
    ['send a', 'send b'],
  );
  line.says(
    { type: 'nack', client_id: 'b', status: 429, detail: 'slower', retry_after: 3 },
    { type: 'ack', client_id: 'a', id: 1, seq: 1 },
  );
  assert.equal((await one).seq, 1);
  await assert.rejects(two, (failure) => failure.passes && failure.seconds === 3 && failure.message === 'slower');
  const lost = live.send({ client_id: 'c', chat_id: 7, text: 'three', reply_to: null });
  line.ends();
  await assert.rejects(lost, (failure) => failure.passes && failure.status === 0);
  assert.equal(live.isOpen(), false);
  await end();
});

test('a socket that the server refuses for its token is opened again with a fresh one', async () => {
  let token = 'stale';
  const refresh = async (stale) => {
    assert.equal(stale, 'stale');
    token = 'fresh';
  };
  const { socket, end, heard } = following({ access: () => token, refresh });
  const first = await socket();
  first.onopen();
  first.ends(4401);
  await heard('lost');
  live.wake();
  const second = await socket(2);
  second.onopen();
  assert.equal(second.said[0].token, 'fresh');
  await end();
});

test('where no socket is let in but the server answers, polls tell the same', async () => {
  const polls = [];
  const events = (epoch, since, wait, signal) => {
    polls.push([since, wait]);
    if (wait === 0) return Promise.resolve({ epoch, cursor: since + 1, events: [event(since + 1)] });
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => reject(Object.assign(new Error('over'), { status: 0 }))),
    );
  };
  const { heard, socket, end } = following({ events });
  for (const number of [1, 2]) {
    (await socket(number)).ends();
    await heard('lost');
    live.wake();
  }
  await heard('connected');
  await heard('events', 2);
  assert.deepEqual(polls.slice(0, 3), [
    [3, 0],
    [4, 0],
    [5, 25],
  ]);
  await end();
});

test('while the whole server is away nothing is taken for a barred socket', async () => {
  const gone = Object.assign(new Error('gone'), { status: 0 });
  let up = false;
  const events = async (epoch, since) => {
    if (!up) throw gone;
    return { epoch, cursor: since, events: [] };
  };
  const { heard, socket, end } = following({ events });
  (await socket()).ends();
  await heard('lost');
  live.wake();
  up = true;
  const again = setInterval(live.wake, 5);
  const second = await socket(2);
  clearInterval(again);
  second.onopen();
  second.says(READY, { type: 'live', cursor: 3 });
  await heard('connected');
  await end();
});

test('following ends with the session', async () => {
  const ended = Object.assign(new Error('ended'), { status: 401 });
  const { told, done } = following({ sync: () => Promise.reject(ended) });
  await done;
  assert.deepEqual(told, []);
});

test('pauses double, keep a half to chance, and end at fifteen seconds', () => {
  assert.deepEqual(
    [0, 1, 2, 10].map((tries) => live.pauseBefore(tries, 1)),
    [500, 1000, 2000, 15_000],
  );
  assert.deepEqual(
    [0, 10].map((tries) => live.pauseBefore(tries, 0)),
    [250, 7500],
  );
});

test('an address is a place, and one that is none is the list', () => {
  const places = {
    '': { room: 'list' },
    '#/': { room: 'list' },
    '#/chat/7': { room: 'chat', id: 7 },
    '#/chat/7/12': { room: 'chat', id: 7, seq: 12 },
    '#/chat/7/details': { room: 'details', id: 7 },
    '#/join/aZ09_-': { room: 'join', code: 'aZ09_-' },
    '#/me': { room: 'me', page: undefined },
    '#/me/sessions': { room: 'me', page: 'sessions' },
    '#/new': { room: 'new' },
    '#/code': { room: 'code' },
    '#/chat/<img>': { room: 'list' },
    '#/chat/7/x': { room: 'list' },
  };
  for (const [hash, wanted] of Object.entries(places)) assert.deepEqual(place.parse(hash), wanted, hash);
});
