// What changes by itself, read again every few seconds for as long as a room is open.

import { useEffect, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { store } from '../store.js';

const AGAIN_MILLISECONDS = 3000;

/**
 * What a path answers, read again every few seconds, at once when somebody has come, and by `again`. What could not be
 * read leaves what was.
 */
export function useGlance(path) {
  const [seen, see] = useState({ answer: null, failure: null });
  const [look, set] = useState(() => () => {});
  useEffect(() => {
    let timer = null;
    let asked = 0;
    const again = () => {
      clearTimeout(timer);
      const turn = (asked += 1);
      const next = (change) => {
        if (turn !== asked) return;
        see(change);
        timer = setTimeout(again, AGAIN_MILLISECONDS);
      };
      call('GET', path).then(
        (answer) => next({ answer, failure: null }),
        (failure) => {
          if (failure.status === undefined) throw failure;
          next((before) => ({ ...before, failure }));
        },
      );
    };
    set(() => again);
    again();
    const deaf = store.listen(({ type, events }) => {
      if (type === 'events' && events.some(({ kind }) => ['member.added', 'server.updated'].includes(kind))) again();
    });
    return () => {
      asked = Infinity;
      clearTimeout(timer);
      deaf();
    };
  }, [path]);
  return { ...seen, again: look };
}
