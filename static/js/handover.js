// From one of the server's addresses to another: when the computer gets a new one in the middle of a lesson, the page at the
// old one is still open and has nobody to speak to, and for the browser the new one is a stranger's. So the old page opens one
// there, which asks whether to go on; then it hands over who is signed in, what waits to be sent, what is begun, and where one
// was, as it is at that moment. It keeps all of it until the other has it.
//
// Whose session it is the new page asks the server: any page may open one of ours and offer it something.

import * as api from './api.js';
import * as drafts from './drafts.js';
import * as outbox from './outbox.js';
import * as place from './place.js';
import { t } from './text.js';

// What the new page says; the old one answers with an offer, with all of it, and by going.
const ARRIVED = 'messenger: arrived';
const WANTED = 'messenger: wanted';
const TAKEN = 'messenger: taken';
const ARRIVE_MILLISECONDS = 20_000; // for a page to open, on a phone that has just changed networks
const LOOK_MILLISECONDS = 500;

/**
 * Opens the page at another address, which a click must have asked for, and offers it what is here. Resolves when that has
 * come; refused if no page of ours does. What is decided there then ends the session here.
 */
export function handOver(typed) {
  const origin = place.originOf(typed, location);
  const refused = (why) => Object.assign(new Error(why), { status: 400, fields: { address: why } });
  const isLess = location.protocol === 'https:' && origin?.startsWith('http:'); // anybody could read along
  if (!origin || isLess || origin === location.origin) return Promise.reject(refused(t('moveWrong')));
  const there = open(`${origin}/#/arrive`, '_blank');
  if (!there) return Promise.reject(refused(t('moveBlocked')));
  return new Promise((resolve, reject) => {
    const late = performance.now() + ARRIVE_MILLISECONDS;
    const looking = setInterval(() => {
      if (!there.closed && performance.now() < late) return;
      clearInterval(looking); // it may come all the same, where a browser has asked something first
      reject(refused(t('moveSilent')));
    }, LOOK_MILLISECONDS);
    addEventListener('message', async ({ source, origin: from, data }) => {
      if (source !== there || from !== origin) return;
      if (data === ARRIVED) {
        clearInterval(looking);
        there.postMessage({ session: api.pack() }, origin);
        resolve();
      } else if (data === WANTED) {
        there.postMessage({ all: await pack() }, origin);
      } else if (data === TAKEN) {
        const { hash } = location;
        await outbox.empty();
        drafts.forget();
        api.leave();
        location.replace(`${origin}/${hash}`);
      }
    });
  });
}

/** What this device keeps of how the page is, and what that may be. */
const SETTINGS = { look: /^(light|dark|contrast)$/, language: /^(en|ro)$/, quiet: /^[a-z ]+$/ };

const pack = async () => ({
  session: api.pack(),
  outbox: await outbox.pack(),
  drafts: drafts.pack(),
  settings: Object.keys(SETTINGS).map((name) => [name, localStorage.getItem(name)]),
  hash: location.hash,
});

/** Whether another page has opened this one, and may have something to hand over. */
export const isOpened = () => Boolean(globalThis.opener);

/**
 * Asks the page that has opened this one for what it has. `offered({me, from, take})` is told whose it is, as the server says,
 * and where he was; `take()` brings him in here. `refused` is told of a session that the server doesn't know. Gives what stops
 * the asking.
 */
export function ask(offered, refused) {
  const { opener } = globalThis;
  let arrived = () => {};
  const hear = ({ source, origin: from, data }) => {
    if (source !== opener) return;
    if (data?.all) arrived(data.all);
    if (!data?.session) return;
    const take = async () => {
      const all = await new Promise((resolve) => {
        arrived = resolve;
        opener.postMessage(WANTED, from);
      });
      await unpack(all);
      opener.postMessage(TAKEN, from);
    };
    api.unpack(data.session).then(({ me }) => offered({ me, from, take }), refused);
  };
  addEventListener('message', hear);
  opener.postMessage(ARRIVED, '*'); // no secret, and whose page it is is not known yet
  return () => removeEventListener('message', hear);
}

/** Brings somebody in with what he has. */
async function unpack({ session, outbox: waiting, drafts: begun, settings, hash }) {
  const { pair, me } = await api.unpack(session);
  await outbox.unpack(me.id, waiting);
  for (const [name, value] of settings) if (SETTINGS[name]?.test(value)) localStorage.setItem(name, value);
  dispatchEvent(new Event('look'));
  place.go(hash, { replace: true });
  api.enter(pair);
  drafts.unpack(me.id, begun);
}
