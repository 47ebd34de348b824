// The switches of the house, read when a room opens and again whenever somebody sets one.

import { useEffect, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { t } from '../text.js';

/** Sets switches; all of them as they then are. */
export const saveSettings = (changes) => call('PATCH', '/host/settings/', changes);

/** The switches as the server has them; `keep` takes what an answer said. */
export function useSettings() {
  const order = useStore((state) => state.order); // another one for each change
  const [settings, keep] = useState(null);
  const [failure, fail] = useState(null);
  const again = () => {
    let late = false;
    call('GET', '/host/settings/').then(
      (answer) => !late && (fail(null), keep(answer)),
      (refused) => {
        if (refused.status === undefined) throw refused;
        if (!late) fail(refused);
      },
    );
    return () => (late = true);
  };
  useEffect(again, [order]);
  return { settings, failure, again, keep };
}

const switched = (on) => t(on ? 'deedOn' : 'deedOff');

/** What a switch means, and what it is on a new server. */
export const withDefault = (meaning, value, said = switched) => `${meaning} ${t('hostUsual', { value: said(value) })}`;
