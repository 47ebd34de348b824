// What happens, as it happens: the snapshot, then long polls from its cursor, for ever. A cursor that the server can't
// serve means reading the snapshot again; a lost connection means trying again, at growing distances, and at once when
// the network is back or the page is looked at.

const WAIT_SECONDS = 25;
const TIMEOUT_MILLISECONDS = (WAIT_SECONDS + 10) * 1000;
const PAUSE_MILLISECONDS = 1000;
const PAUSE_MAX_MILLISECONDS = 30_000;

/** Milliseconds before the n-th try again, n from 0: doubling, half by chance, so that a room does not come at once. */
export const pauseBefore = (tries, chance) =>
  Math.min(PAUSE_MAX_MILLISECONDS, PAUSE_MILLISECONDS * 2 ** tries) * (0.5 + chance / 2);

/**
 * Follows until `signal` is aborted. `tell` gets the events of the state: snapshot, events, connected, lost; `pause`
 * waits so many milliseconds or until trying again makes sense.
 */
export async function follow({ api, tell, pause, signal }) {
  let at = null;
  let tries = 0;
  while (!signal.aborted) {
    try {
      if (at === null) {
        const snapshot = await api.sync();
        at = { epoch: snapshot.epoch, cursor: snapshot.cursor };
        if (!signal.aborted) tell({ type: 'snapshot', ...snapshot });
      } else {
        // After a failure the first poll does not wait: it tells whether the connection is back.
        const answer = await within(TIMEOUT_MILLISECONDS, signal, (limit) =>
          api.events(at.epoch, at.cursor, tries ? 0 : WAIT_SECONDS, limit),
        );
        at = answer.reset ? null : { epoch: answer.epoch, cursor: answer.cursor };
        if (at && !signal.aborted) tell({ type: 'events', events: answer.events });
      }
      if (tries && !signal.aborted) tell({ type: 'connected' });
      tries = 0;
    } catch (failure) {
      if (failure.status === undefined) throw failure; // a fault of this page, not of the network
      if (signal.aborted || failure.status === 401) return;
      tell({ type: 'lost' });
      await pause(pauseBefore(tries, Math.random()), signal);
      tries += 1;
    }
  }
}

/** Runs with a signal that is aborted when `signal` is, or when the time is over: a dead network may never say so. */
async function within(milliseconds, signal, run) {
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, milliseconds);
  signal.addEventListener('abort', stop);
  try {
    return await run(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Waits, but not past the moment when the network is back or the page is looked at. */
export function pause(milliseconds, signal) {
  const woken = new AbortController();
  return new Promise((resolve) => {
    const once = { signal: woken.signal };
    setTimeout(resolve, milliseconds);
    addEventListener('online', resolve, once);
    document.addEventListener('visibilitychange', () => document.hidden || resolve(), once);
    signal.addEventListener('abort', resolve, once);
  }).finally(() => woken.abort());
}
