// What the page knows, for everybody who shows it. It changes only in `tell`; who shows a part of it is shown anew when
// that part has changed, once for all changes of a moment.

import { useEffect, useReducer, useRef } from '../vendor/preact/standalone.js';
import { next, nothing } from './state.js';

let state = nothing();
const listeners = new Set();

export const store = {
  get: () => state,

  /** Something happened: see `state.js` for what can. */
  tell(event) {
    const before = state;
    state = next(state, event);
    for (const listener of [...listeners]) listener(event, before);
  },

  /** Begins anew, with nothing known but where one is. */
  clear() {
    const before = state;
    state = { ...nothing(), serverName: state.serverName };
    for (const listener of [...listeners]) listener({ type: 'cleared' }, before);
  },

  /** Calls `listener(event, before)` after each event; gives what stops that. */
  listen(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** A part of the state. `select` must give the same object as long as nothing has changed in it. */
export function useStore(select) {
  const [, again] = useReducer((count) => count + 1, 0);
  const selected = select(state);
  const latest = useRef();
  latest.current = { select, selected };
  useEffect(() => {
    const look = () => latest.current.select(state) === latest.current.selected || again();
    look(); // it may have changed between being shown and being listened to
    return store.listen(look);
  }, []);
  return selected;
}
