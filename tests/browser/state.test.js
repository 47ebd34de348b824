// The client's pure parts, as the server serves them: what is known after which events, and how it is followed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clientModule, startServer } from './harness.js';

let server, state, live;

before(async () => {
  server = await startServer();
  [state, live] = await Promise.all(['js/state.js', 'js/live.js'].map((path) => clientModule(server.address, path)));
});

after(() => server.stop());

const ANA = { id: 1, username: 'ana', first_name: 'Ana', last_name: 'Ionescu' };
const BOGDAN = { id: 2, username: 'bogdan', first_name: 'Bogdan', last_name: 'Popa' };

const message = (seq, change = {}) => ({
  id: 100 + seq,
  chat_id: 7,
  seq,
  from_user: 2,
  text: `text ${seq}`,
  time: `2026-11-22T10:${String(seq % 60).padStart(2, '0')}:00Z`,
  client_id: null,
  reply_to: null,
  deleted: false,
  edited: false,
  reactions: [],
  ...change,
});

const chat = (change = {}) => ({
  id: 7,
  name: 'Chat',
  type: 'privat',
  users: [1, 2],
  marks: [
    [1, 0],
    [2, 0],
  ],
  last_message: null,
  last_seq: 0,
  created: '2026-11-01T00:00:00Z',
  ...change,
});

const snapshot = (chats = [chat()]) => ({
  type: 'snapshot',
  epoch: 'e',
  cursor: 1,
  me: ANA,
  users: [ANA, BOGDAN],
  chats,
});
const event = (kind, data) => ({ type: 'events', events: [{ kind, data }] });
const known = (...events) => events.reduce(state.next, state.nothing());
const texts = (now) => now.histories[7].map((one) => one.text);

test('a message raises the unread count, once, however often it is told', () => {
  const told = event('message.created', message(1));
  const now = known(snapshot(), told, told);
  assert.equal(state.unread(now.chats[7]), 1);
  assert.equal(now.chats[7].last_message.text, 'text 1');
});

test('one’s own message is read, and leaves the outbox by its client_id', () => {
  const item = { client_id: 'c1', chat_id: 7, text: 'text 1' };
  const now = known(
    snapshot(),
    { type: 'queued', item },
    event('message.created', message(1, { from_user: 1, client_id: 'c1' })),
  );
  assert.equal(state.unread(now.chats[7]), 0);
  assert.deepEqual(now.outbox, []);
});

test('another’s message with the same client_id leaves the outbox alone', () => {
  const item = { client_id: 'c1', chat_id: 7, text: 'mine' };
  const now = known(snapshot(), { type: 'queued', item }, event('message.created', message(1, { client_id: 'c1' })));
  assert.deepEqual(now.outbox, [item]);
});

test('a read mark never moves back, whoever tells of it', () => {
  const before = known(
    snapshot([
      chat({
        last_seq: 9,
        marks: [
          [1, 5],
          [2, 9],
        ],
      }),
    ]),
  );
  assert.equal(state.unread(before.chats[7]), 4);
  const read = state.next(before, event('read', { chat_id: 7, user_id: 1, seq: 8 }));
  const late = state.next(
    read,
    event(
      'chat.updated',
      chat({
        last_seq: 9,
        marks: [
          [1, 3],
          [2, 9],
        ],
      }),
    ),
  );
  assert.equal(state.unread(late.chats[7]), 1);
});

test('windows that touch become one history, in order and without doubles', () => {
  const window = (...seqs) => ({ type: 'history', chat_id: 7, messages: seqs.map((seq) => message(seq)) });
  const joined = known(snapshot([chat({ last_seq: 6 })]), window(6, 5, 4), window(4, 3), window(2, 1));
  assert.deepEqual(
    texts(joined),
    [1, 2, 3, 4, 5, 6].map((seq) => `text ${seq}`),
  );
  assert.ok(state.atStart(joined.histories[7]) && state.atEnd(joined.histories[7], joined.chats[7]));
  const apart = known(snapshot([chat({ last_seq: 90 })]), window(90, 89), window(5, 4));
  assert.deepEqual(texts(apart), ['text 4', 'text 5']);
  assert.ok(!state.atEnd(apart.histories[7], apart.chats[7]));
});

test('a message beyond a gap waits until what is between is read', () => {
  const now = known(
    snapshot(),
    { type: 'history', chat_id: 7, messages: [message(1)] },
    event('message.created', message(3)),
  );
  assert.deepEqual(texts(now), ['text 1']);
  assert.ok(!state.atEnd(now.histories[7], now.chats[7]));
});

test('edits and deletions reach the history, the last words and the quote', () => {
  const gone = message(1, { deleted: true, text: '' });
  const now = known(
    snapshot(),
    { type: 'history', chat_id: 7, messages: [message(1)] },
    { type: 'quote', message: message(1) },
    event('message.deleted', gone),
  );
  assert.deepEqual([now.histories[7][0], now.chats[7].last_message, now.quotes[101]], [gone, gone, gone]);
});

test('who is added sees the chat, who is removed loses it with its history', () => {
  const added = known(
    snapshot([]),
    event('member.added', {
      chat_id: 7,
      user_id: 1,
      chat: chat({
        last_seq: 4,
        marks: [
          [1, 4],
          [2, 4],
        ],
      }),
    }),
  );
  assert.equal(state.unread(added.chats[7]), 0);
  const read = state.next(added, { type: 'history', chat_id: 7, messages: [message(4)] });
  const removed = state.next(read, event('member.removed', { chat_id: 7, user_id: 1 }));
  assert.deepEqual([removed.chats, removed.histories], [{}, {}]);
  const other = state.next(added, event('member.removed', { chat_id: 7, user_id: 2 }));
  assert.deepEqual(other.chats[7].users, [1]);
});

test('a snapshot replaces what was known, but not what is on its way out', () => {
  const item = { client_id: 'c1', chat_id: 7, text: 'on its way' };
  const now = known(
    snapshot(),
    { type: 'history', chat_id: 7, messages: [message(1)] },
    { type: 'queued', item },
    { type: 'lost' },
    snapshot(),
  );
  assert.deepEqual([texts(now), now.outbox, now.connected], [['text 1'], [item], true]);
  const read = state.next(now, { type: 'history', chat_id: 7, messages: [message(2)] });
  assert.deepEqual(texts(read), ['text 2'], 'there may be a hole between the old history and the new');
});

test('a private chat is called by the other’s name, a group by its own', () => {
  const now = known(snapshot([chat(), chat({ id: 8, type: 'group', name: 'Class' })]));
  assert.equal(state.title(now, now.chats[7]), 'Bogdan Popa');
  assert.equal(state.title(now, now.chats[8]), 'Class');
});

test('a first name is enough where only one has it', () => {
  const other = { ...BOGDAN, id: 3, last_name: 'Stan' };
  const now = known({ ...snapshot([chat({ users: [1, 2, 3] })]), users: [ANA, BOGDAN, other] });
  assert.equal(state.shortName(now, now.chats[7], 1), 'Ana');
  assert.equal(state.shortName(now, now.chats[7], 3), 'Bogdan Stan');
});

test('who has left is asked for by name', () => {
  const now = known(snapshot(), { type: 'history', chat_id: 7, messages: [message(1, { from_user: 9 })] });
  assert.deepEqual(state.unknownPeople(now), [9]);
});

test('messages of five minutes are one group, a new day and the new line begin another', () => {
  const at = (seq, time, change) => message(seq, { time: `2026-11-22T${time}:00`, ...change });
  const lines = state.lines(
    [
      at(1, '10:00'),
      at(2, '10:04'),
      at(3, '10:20'),
      at(4, '10:21', { from_user: 1 }),
      at(5, '10:22', { from_user: 1 }),
      message(6, { from_user: 1, time: '2026-11-23T00:01:00' }),
    ],
    5,
  );
  const shown = lines.map((line) =>
    line.kind === 'message' ? `${line.message.seq}${line.first ? ' first' : ''}` : line.kind,
  );
  assert.deepEqual(shown, ['day', '1 first', '2', '3 first', '4 first', 'new', '5 first', 'day', '6 first']);
});

test('following: snapshot, events, and the snapshot again where the cursor is too old', async () => {
  const stop = new AbortController();
  const told = [];
  const asked = [];
  const answers = [
    { epoch: 'e', cursor: 2, events: ['one'] },
    { epoch: 'e', cursor: 9, reset: 'too_far' },
    { epoch: 'e', cursor: 10, events: [] },
  ];
  const api = {
    sync: async () => ({ epoch: 'e', cursor: told.length ? 9 : 1 }),
    events: async (epoch, since) => {
      asked.push(since);
      if (answers.length === 1) stop.abort();
      return answers.shift();
    },
  };
  await live.follow({ api, tell: (one) => told.push(one.type), pause: assert.fail, signal: stop.signal });
  assert.deepEqual(told, ['snapshot', 'events', 'snapshot']);
  assert.deepEqual(asked, [1, 2, 9]);
});

test('following: a lost connection is told, waited out, and asked at once whether it is back', async () => {
  const stop = new AbortController();
  const told = [];
  const waits = [];
  const failure = Object.assign(new Error('lost'), { status: 0 });
  const outcomes = [failure, failure, { epoch: 'e', cursor: 2, events: [] }];
  const api = {
    sync: async () => ({ epoch: 'e', cursor: 1 }),
    events: async (epoch, since, wait) => {
      waits.push(wait);
      const outcome = outcomes.shift();
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  };
  const tell = (one) => {
    told.push(one.type);
    if (one.type === 'connected') stop.abort();
  };
  await live.follow({ api, tell, pause: async () => {}, signal: stop.signal });
  assert.deepEqual(told, ['snapshot', 'lost', 'lost', 'events', 'connected']);
  assert.deepEqual(waits, [25, 0, 0]);
});

test('following ends with the session', async () => {
  const ended = Object.assign(new Error('ended'), { status: 401 });
  const told = [];
  const api = { sync: async () => Promise.reject(ended) };
  await live.follow({ api, tell: (one) => told.push(one), pause: assert.fail, signal: new AbortController().signal });
  assert.deepEqual(told, []);
});

test('pauses double, keep a half to chance, and end at thirty seconds', () => {
  assert.deepEqual(
    [0, 1, 2, 10].map((tries) => live.pauseBefore(tries, 1)),
    [1000, 2000, 4000, 30_000],
  );
  assert.deepEqual(
    [0, 10].map((tries) => live.pauseBefore(tries, 0)),
    [500, 15_000],
  );
});
