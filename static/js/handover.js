// From one of the server's addresses to another: when the computer gets a new one in the middle of a lesson, the page at the
// old one is still open and has nobody to speak to, and for the browser the new one is a stranger's. So the old page opens one
// there and hands over who is signed in, what waits to be sent, what is begun, and where one was. It keeps all of it until
// the other has it.
//
// Who takes is asked first and shown whose it is: any page may open one of ours and offer it something.

import * as api from './api.js';
import * as drafts from './drafts.js';
import * as outbox from './outbox.js';
import * as place from './place.js';
import { fullName } from './state.js';
import { store } from './store.js';
import { t } from './text.js';

const ARRIVED = 'messenger: arrived';
const TAKEN = 'messenger: taken';
const ARRIVE_MILLISECONDS = 20_000; // for a page to open, on a phone that has just changed networks

/**
 * Opens the page at another address, which a click must have asked for, and hands over to it. Resolves with when that has
 * come; refused if no page of ours does. What happens there then ends the session here.
 */
export function handOver(typed) {
  const origin = place.originOf(typed, location);
  const refused = (why) => Object.assign(new Error(why), { status: 400, fields: { address: why } });
  if (!origin || origin === location.origin) return Promise.reject(refused(t('moveWrong')));
  const there = open(`${origin}/#/arrive`, '_blank');
  if (!there) return Promise.reject(refused(t('moveBlocked')));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      removeEventListener('message', hear);
      there.close();
      reject(refused(t('moveSilent')));
    }, ARRIVE_MILLISECONDS);
    const hear = ({ source, origin: from, data }) => {
      if (source !== there || from !== origin) return;
      if (data === ARRIVED) {
        clearTimeout(timer);
        there.postMessage(pack(), origin);
        resolve();
      } else if (data === TAKEN) {
        leave();
        location.replace(`${origin}/${location.hash}`);
      }
    };
    addEventListener('message', hear);
  });
}

const SETTINGS = ['look', 'language', 'quiet']; // of this device, in localStorage

const pack = () => ({
  name: fullName(store.get().me),
  session: api.pack(),
  outbox: outbox.pack(),
  drafts: drafts.pack(),
  settings: SETTINGS.map((name) => [name, localStorage.getItem(name)]),
  hash: location.hash,
});

function leave() {
  outbox.empty();
  drafts.forget();
  api.leave();
}

/** Whether another page has opened this one, and may have something to hand over. */
export const isOpened = () => Boolean(globalThis.opener);

/**
 * Asks the page that has opened this one for what it has. `offered({name, from, take})` is told whose it is and where he was;
 * `take()` brings him in here, and is refused where the server doesn't know him. Gives what stops the asking.
 */
export function ask(offered) {
  const { opener } = globalThis;
  const hear = ({ source, origin: from, data }) => {
    if (source !== opener || !data?.session) return;
    stop();
    const take = async () => {
      const { pair, me } = await api.unpack(data.session);
      await outbox.unpack(me.id, data.outbox);
      for (const [name, value] of data.settings)
        if (SETTINGS.includes(name) && value) localStorage.setItem(name, value);
      dispatchEvent(new Event('look'));
      place.go(data.hash, { replace: true });
      api.enter(pair);
      drafts.unpack(me.id, data.drafts);
      opener.postMessage(TAKEN, from);
    };
    offered({ name: data.name, from, take });
  };
  const stop = () => removeEventListener('message', hear);
  addEventListener('message', hear);
  opener.postMessage(ARRIVED, '*'); // no secret, and whose page it is is not known yet
  return stop;
}
