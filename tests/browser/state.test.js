// What the client knows after which events: its pure core.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { clientModule } from './harness.js';

let state;

before(async () => {
  state = await clientModule('js/state.js');
});

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
  server: { name: 'Messenger' },
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
    { type: 'queued', items: [item] },
    event('message.created', message(1, { from_user: 1, client_id: 'c1' })),
  );
  assert.equal(state.unread(now.chats[7]), 0);
  assert.deepEqual(now.outbox, []);
});

test('what closing the page would not lose is known, and of what has left already nothing is', () => {
  const items = ['c1', 'c2'].map((client_id) => ({ client_id, chat_id: 7, text: client_id }));
  const now = known(
    snapshot(),
    { type: 'queued', items },
    { type: 'kept', client_id: 'c2', isKept: true },
    { type: 'kept', client_id: 'c3', isKept: true },
  );
  assert.deepEqual(now.outbox, [items[0], { ...items[1], isKept: true }]);
});

test('another’s message with the same client_id leaves the outbox alone', () => {
  const item = { client_id: 'c1', chat_id: 7, text: 'mine' };
  const now = known(
    snapshot(),
    { type: 'queued', items: [item] },
    event('message.created', message(1, { client_id: 'c1' })),
  );
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
    { type: 'queued', items: [item] },
    { type: 'lost' },
    snapshot(),
  );
  assert.deepEqual([texts(now), now.outbox, now.connection], [['text 1'], [item], 'lost']);
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

test('photos of one person within a minute are one grid, unless something is said with one', () => {
  const photo = (seq, time, change) => message(seq, { time: `2026-11-22T10:${time}`, photo: 'p', text: '', ...change });
  const shown = (history, newFrom) =>
    state
      .withAlbums(state.lines(history, newFrom))
      .filter((line) => line.kind !== 'day')
      .map((line) => line.messages?.map((one) => one.seq) ?? line.message?.seq ?? line.kind);
  const three = [photo(1, '00:00'), photo(2, '00:20'), photo(3, '00:59')];
  assert.deepEqual(shown(three), [[1, 2, 3]]);
  assert.deepEqual(shown([...three, photo(4, '01:00')]), [[1, 2, 3], 4], 'a minute from the first');
  assert.deepEqual(shown([...three, photo(4, '00:59', { from_user: 1 })]), [[1, 2, 3], 4]);
  assert.deepEqual(shown([photo(1, '00:00', { text: 'Iată' }), photo(2, '00:01'), photo(3, '00:02')]), [1, [2, 3]]);
  assert.deepEqual(shown([photo(1, '00:00'), photo(2, '00:01', { reply_to: 9 }), photo(3, '00:02')]), [1, 2, 3]);
  assert.deepEqual(shown([photo(1, '00:00'), photo(2, '00:01', { deleted: true, photo: null })]), [1, 2]);
  assert.deepEqual(shown(three, 3), [[1, 2], 'new', 3], 'what is new begins its own');
  assert.deepEqual(shown([message(1), message(2)]), [1, 2]);
});

test('photos on their way out are one grid, one that is refused stands alone', () => {
  const item = (client_id, change) => ({ client_id, kind: 'photo', file: {}, text: '', reply_to: null, ...change });
  const groups = (...items) => state.leavingGroups(items).map((group) => group.map((one) => one.client_id).join(' '));
  assert.deepEqual(groups(item('a'), item('b'), item('c')), ['a b c']);
  assert.deepEqual(groups(item('a', { text: 'Iată' }), item('b'), item('c')), ['a', 'b c']);
  assert.deepEqual(groups(item('a'), item('b', { reason: 'too large' }), item('c')), ['a', 'b', 'c']);
  assert.deepEqual(groups(item('a'), item('b', { kind: 'file' }), item('c')), ['a', 'b', 'c']);
});

const sent = { client_id: 'c1', chat_id: 7, text: 'text 2' };

test('what the server has acknowledged stays until its event is here, and no longer', () => {
  const queued = known(snapshot([chat({ last_seq: 1 })]), { type: 'queued', items: [sent] });
  const acked = state.next(queued, { type: 'acked', client_id: 'c1', seq: 2 });
  assert.equal(acked.outbox[0].acked, true);
  const mine = message(2, { from_user: 1, client_id: 'c1' });
  assert.deepEqual(state.next(acked, event('message.created', mine)).outbox, []);
  const told = state.next(queued, event('message.created', message(2, { client_id: null })));
  assert.deepEqual(state.next(told, { type: 'acked', client_id: 'c1', seq: 2 }).outbox, [], 'its event came before');
  assert.deepEqual(state.next(acked, snapshot([chat({ last_seq: 2 })])).outbox, [], 'a snapshot has it');
});

test('a refused message keeps its reason until it is tried again', () => {
  const queued = known(snapshot(), { type: 'queued', items: [sent] });
  const refused = state.next(queued, { type: 'refused', client_id: 'c1', reason: 'too long' });
  assert.equal(refused.outbox[0].reason, 'too long');
  assert.equal(state.next(refused, { type: 'retried', client_id: 'c1' }).outbox[0].reason, null);
});

test('who is here is told of the people who are known, and a whole list means nobody else', () => {
  const here = (user_id, online = true) => ({ user_id, online, last_online: 'now' });
  const now = known(snapshot(), { type: 'presence', users: [here(2), here(99)] });
  assert.deepEqual([now.people[2].online, now.people[99]], [true, undefined]);
  const later = state.next(now, { type: 'presence', users: [here(1)], whole: true });
  assert.deepEqual([later.people[1].online, later.people[2].online], [true, false]);
});

test('typing ends with the message, with time, and with the connection', () => {
  const typing = (on) => ({ type: 'typing', chat_id: 7, user_id: 2, on });
  const now = known(snapshot(), typing(true));
  assert.deepEqual(state.typists(now, 7), [2]);
  for (const end of [typing(false), { type: 'lost' }, event('message.created', message(1))]) {
    assert.deepEqual(state.typists(state.next(now, end), 7), []);
  }
  assert.equal(state.next(now, typing(true)), now, 'told again, nothing changes');
});

test('gathered read marks move everybody’s, and never back', () => {
  const group = chat({ type: 'group', users: [1, 2, 3], last_seq: 5 });
  const now = known(
    snapshot([group]),
    {
      type: 'seen',
      chat_id: 7,
      marks: [
        [2, 4],
        [3, 5],
      ],
    },
    { type: 'seen', chat_id: 7, marks: [[2, 1]] },
  );
  assert.deepEqual(state.readers(now, now.chats[7], 4), [2, 3]);
  assert.deepEqual(state.readers(now, now.chats[7], 5), [3]);
});

test('a muted chat is left out of what is unread in all, whoever tells of it', () => {
  const now = known(snapshot([chat({ last_seq: 3 }), chat({ id: 8, last_seq: 2 })]));
  assert.equal(state.totalUnread(now), 5);
  const muted = state.next(now, event('muted', { chat_id: 7, user_id: 1, muted: true }));
  assert.equal(state.totalUnread(muted), 2);
  const renamed = state.next(muted, event('chat.updated', chat({ name: 'Other', last_seq: 3 })));
  assert.equal(renamed.chats[7].muted, true, 'an event says nothing of it');
});

test('a window is cut at the end that one is away from', () => {
  const many = Array.from({ length: 350 }, (_, at) => message(at + 1));
  const read = { type: 'history', chat_id: 7, messages: many };
  const cut = (keep) => known(snapshot([chat({ last_seq: 350 })]), read, { type: 'trimmed', chat_id: 7, keep });
  const ends = (now) => [now.histories[7][0].seq, now.histories[7].at(-1).seq];
  assert.deepEqual(
    [ends(cut('start')), ends(cut('end'))],
    [
      [1, 300],
      [51, 350],
    ],
  );
});

test('a mention is a name after an @ that no word stands before', () => {
  const calls = (text) => state.mentionsMe(message(1, { text }), ANA);
  for (const text of ['@ana', 'hey @Ana!', '(@ana)', 'thanks, @ana.', '@bogdan @ana']) assert.ok(calls(text), text);
  for (const text of ['ana', 'mail@ana', '@anabel', '@ana.maria', '@ ana']) assert.ok(!calls(text), text);
  assert.ok(!state.mentionsMe(message(1, { text: '@ana', from_user: 1 }), ANA), 'one does not call oneself');
});
