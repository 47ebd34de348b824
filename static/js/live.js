// What happens, as it happens: the snapshot, then a socket from its cursor on, for ever. A cursor that the server can't
// serve means reading the snapshot again; a lost connection means trying again, at growing distances, and at once when
// the network is back or the page is looked at. Where no socket comes through (some proxies, some school networks), long
// polls from the same cursor tell the same events.

const WAIT_SECONDS = 25;
const POLL_MILLISECONDS = (WAIT_SECONDS + 10) * 1000;
const POLLING_MILLISECONDS = 60_000; // then a socket is tried again
const OPEN_MILLISECONDS = 8000;
const ANSWER_MILLISECONDS = 10_000;
const LOOK_MILLISECONDS = 4000; // for an answer when somebody looks: a laptop that was shut has dead sockets
const TYPING_MILLISECONDS = 6000;
const HERE_MILLISECONDS = 2500; // after `live` the server tells who is here, or nobody is
const GATHER_MILLISECONDS = 40;
const PAUSE_MILLISECONDS = 500;
const PAUSE_MAX_MILLISECONDS = 15_000;

/** Milliseconds before the n-th try again, n from 0: doubling, half by chance, so that a room does not come at once. */
export const pauseBefore = (tries, chance) =>
  Math.min(PAUSE_MAX_MILLISECONDS, PAUSE_MILLISECONDS * 2 ** tries) * (0.5 + chance / 2);

const awake = new EventTarget();

/** Ends all pauses: trying again makes sense now. */
export const wake = () => awake.dispatchEvent(new Event('wake'));

/** Waits, but not past the moment when the network is back, the page is looked at, or the connection is there again. */
export function pause(milliseconds, signal) {
  const woken = new AbortController();
  return new Promise((resolve) => {
    const once = { signal: woken.signal };
    setTimeout(resolve, milliseconds);
    awake.addEventListener('wake', resolve, once);
    addEventListener('online', resolve, once);
    document.addEventListener('visibilitychange', () => document.hidden || resolve(), once);
    signal?.addEventListener('abort', resolve, once);
  }).finally(() => woken.abort());
}

/** The pause after the n-th failure, n from 0: as long as the server asks for, or at growing distances. */
export const pauseAfter = (failure, tries, signal) =>
  pause(failure.seconds * 1000 || pauseBefore(tries, Math.random()), signal);

/** An error of the connection, or `passes` as a `Failure` does: what is worth trying again. */
class Broken extends Error {
  status = 0;
  passes = true;
  seconds = 0;
}

/** What the server refused over the socket, as `Failure` says it of HTTP. */
class Nack extends Error {
  constructor({ status, detail, retry_after = 0 }) {
    super(detail);
    this.status = status;
    this.seconds = retry_after;
    this.passes = [429, 500, 503].includes(status);
  }
}

let open = null; // the connection that is live

let byRequests = false;

/** Lets all that is said go by requests, though there is a socket: for who looks into how each is carried out. */
export const sayByRequests = (on) => {
  byRequests = on;
};

/** Whether what is said now goes over a socket. */
export const isOpen = () => open !== null && !byRequests;

/** Says something small that needs no answer: typing, how far one has read. False where it did not go over a socket. */
export function mention(frame) {
  if (!open || (byRequests && frame.type !== 'typing')) return false; // nothing but a socket tells of typing
  open.say(frame);
  return true;
}

/** Sends a text and waits for its acknowledgement. Rejects with `status`, `passes`, `seconds` as a `Failure` has them. */
export function send({ client_id, chat_id, text, reply_to }) {
  if (!open) return Promise.reject(new Broken());
  return open.ask({ type: 'send', client_id, chat_id, text, reply_to });
}

/**
 * Follows until `signal` is aborted. `tell` gets the events of the state: snapshot, events, connected, lost, presence,
 * seen, typing. `api`: sync, events, access, refresh.
 */
export async function follow({ api, tell: tellAlways, signal }) {
  const tell = (event) => signal.aborted || tellAlways(event);
  // `barred` counts the sockets in a row that were not let in, `unsure` whether that is the socket or the whole server.
  const progress = { at: null, tries: 0, lost: false, barred: 0, unsure: false, pollingUntil: 0 };
  const connected = () => {
    Object.assign(progress, { tries: 0, lost: false });
    tell({ type: 'connected' });
    wake();
  };
  while (!signal.aborted) {
    try {
      if (progress.at === null) {
        const snapshot = await api.sync();
        progress.at = { epoch: snapshot.epoch, cursor: snapshot.cursor };
        tell({ type: 'snapshot', ...snapshot });
      }
      if (progress.unsure || Date.now() < progress.pollingUntil) await poll(api, progress, tell, connected, signal);
      else await listen(api, progress, tell, connected, signal);
    } catch (failure) {
      if (failure.status === undefined) throw failure; // a fault of this page, not of the network
      if (signal.aborted || failure.status === 401) return;
      if (!progress.lost) tell({ type: 'lost' });
      progress.lost = true;
      await pauseAfter(failure, progress.tries, signal);
      progress.tries += 1;
    }
  }
}

/** One long poll. After a failure it does not wait: it tells whether the server can be reached. */
async function poll(api, progress, tell, connected, signal) {
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  const timer = setTimeout(stop, POLL_MILLISECONDS); // a dead network may never say so
  signal.addEventListener('abort', stop);
  try {
    const { epoch, cursor } = progress.at;
    const wait = progress.lost || progress.unsure ? 0 : WAIT_SECONDS;
    const answer = await api.events(epoch, cursor, wait, waiting.signal);
    progress.at = answer.reset ? null : { epoch: answer.epoch, cursor: answer.cursor };
    if (answer.events?.length) tell({ type: 'events', events: answer.events });
    if (progress.unsure && progress.barred > 1) progress.pollingUntil = Date.now() + POLLING_MILLISECONDS;
    progress.unsure = false;
    if (Date.now() < progress.pollingUntil) connected();
  } catch (failure) {
    progress.barred = 0; // it was not the socket
    throw failure;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** One socket, from its opening to its end, which is thrown unless it is a reset. */
function listen(api, progress, tell, connected, signal) {
  return new Promise((resolve, reject) => {
    const token = api.access();
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws/`);
    const asked = new Map();
    const timers = new Map();
    let waiting = [];
    let ready = null;
    let afresh = true; // nobody has said yet who is here
    const later = (name, milliseconds, run) => {
      clearTimeout(timers.get(name));
      timers.set(name, setTimeout(run, milliseconds));
    };
    const end = (failure) => {
      for (const timer of timers.values()) clearTimeout(timer);
      if (open === connection) open = null;
      signal.removeEventListener('abort', stop);
      document.removeEventListener('visibilitychange', look);
      socket.onmessage = socket.onclose = socket.onopen = null;
      socket.close();
      flush();
      for (const { reject: refuse } of asked.values()) refuse(new Broken());
      if (failure) reject(failure);
      else resolve();
    };
    const stop = () => end(new Broken());
    // What comes within a moment is shown at once: a burst of messages costs one rendering.
    const flush = () => {
      const events = waiting;
      waiting = [];
      if (events.length) tell({ type: 'events', events });
    };
    // Silence is asked about before it is taken for the end: timers of a page that nobody sees come late.
    const heard = () => later('silence', ready.ping_seconds * 1000, () => ask(ANSWER_MILLISECONDS));
    const ask = (milliseconds) => {
      connection.say({ type: 'ping' });
      later('silence', milliseconds, stop);
    };
    const look = () => document.hidden || (ready && ask(LOOK_MILLISECONDS));
    const present = (users) => {
      tell({ type: 'presence', users, whole: afresh });
      afresh = false;
      clearTimeout(timers.get('here'));
    };
    const connection = {
      say: (frame) => socket.send(JSON.stringify(frame)),
      ask: (frame) =>
        new Promise((acknowledge, refuse) => {
          asked.set(frame.client_id, { acknowledge, reject: refuse });
          connection.say(frame);
          // A socket that swallows what it is told is no better than a closed one.
          later(`ask ${frame.client_id}`, ANSWER_MILLISECONDS, () => asked.has(frame.client_id) && stop());
        }),
    };
    const settle = (frame, how) => {
      clearTimeout(timers.get(`ask ${frame.client_id}`));
      timers.delete(`ask ${frame.client_id}`);
      const waits = asked.get(frame.client_id);
      asked.delete(frame.client_id);
      if (waits) how(waits);
    };
    const frames = {
      ready: (frame) => {
        ready = frame;
      },
      reset: () => {
        progress.at = null;
        end();
      },
      event: (frame) => {
        waiting.push(frame);
        progress.at.cursor = frame.id;
        if (waiting.length === 1) setTimeout(flush, open ? gathering() : GATHER_MILLISECONDS);
      },
      live: ({ cursor }) => {
        flush();
        progress.at.cursor = cursor;
        progress.barred = 0;
        open = connection;
        connected();
        later('here', HERE_MILLISECONDS, () => present([]));
      },
      ack: (frame) => settle(frame, ({ acknowledge }) => acknowledge(frame)),
      nack: (frame) => settle(frame, ({ reject: refuse }) => refuse(new Nack(frame))),
      presence: ({ users }) => present(users),
      seen: tell,
      typing: ({ chat_id, user_id }) => {
        const told = { type: 'typing', chat_id, user_id };
        tell({ ...told, on: true });
        later(`typing ${chat_id} ${user_id}`, TYPING_MILLISECONDS, () => tell({ ...told, on: false }));
      },
    };
    let last = -Infinity;
    // The first of a burst is shown at once, what follows on it together.
    const gathering = () => {
      const now = performance.now();
      const wait = now - last < GATHER_MILLISECONDS ? GATHER_MILLISECONDS : 0;
      last = now + wait;
      return wait;
    };
    socket.onopen = () => connection.say({ type: 'auth', token, ...progressOf(progress) });
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      frames[frame.type]?.(frame);
      if (ready && socket.onmessage) heard();
    };
    socket.onclose = ({ code }) => {
      if (code === 4401) return api.refresh(token).then(() => end(new Broken()), end);
      if (ready) return end(new Broken());
      // Never let in: perhaps something in between knows no sockets. A poll will tell; who has polled already just goes on.
      progress.barred += 1;
      progress.unsure = true;
      end(progress.barred > 2 ? null : new Broken());
    };
    signal.addEventListener('abort', stop);
    document.addEventListener('visibilitychange', look);
    later('silence', OPEN_MILLISECONDS, () => socket.onclose({ code: 1006 }));
  });
}

const progressOf = ({ at }) => ({ epoch: at.epoch, since: at.cursor });
