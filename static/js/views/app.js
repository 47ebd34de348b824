// The page as a whole: the door, or all that lies behind it, which comes while one is at the door.

import { html, useEffect, useErrorBoundary, useReducer, useState } from '../../vendor/preact/standalone.js';
import { usePlace } from '../place.js';
import { language, t } from '../text.js';
import { Door } from './door.js';

/** What is neither, each fetched when somebody comes there. */
const ASIDE = {
  setup: () => import('../host/setup.js').then(({ SetUp }) => SetUp),
  arrive: () => import('./arrive.js').then(({ Arrive }) => Arrive),
};

/** Everything. `note` is what the door says to who has been sent there. */
export function App({ signedIn, note }) {
  const [, again] = useReducer((count) => count + 1, 0);
  const [error] = useErrorBoundary((fault) => console.error(fault));
  const [failed, fail] = useState(null);
  const [behind, open] = useState(null);
  const [aside, enter] = useState({});
  const { room, token } = usePlace();
  const isAside = room in ASIDE;
  useEffect(() => {
    addEventListener('language', again);
    return () => removeEventListener('language', again);
  }, []);
  useEffect(() => {
    if (signedIn && !behind) import('./home.js').then(open, fail);
  }, [signedIn]);
  useEffect(() => {
    if (isAside && !aside[room]) ASIDE[room]().then((Page) => enter({ ...aside, [room]: Page }), fail);
  }, [room]);
  if (error || failed) return html`<${Broken} />`;
  const key = `${language()} ${signedIn}`; // every word is read when it is shown
  const Aside = aside[room];
  if (isAside) return Aside && html`<${Aside} key=${key} token=${token} />`;
  if (!signedIn) return html`<${Door} key=${key} note=${note} />`;
  return behind && html`<${behind.Home} key=${key} />`;
}

/** A fault of this page: what is written is kept, so that beginning anew loses nothing. */
const Broken = () =>
  html`<div class="none">
    <h1>${t('broken')}</h1>
    <p>${t('brokenHint')}</p>
    <p><button type="button" class="primary" onClick=${() => location.reload()}>${t('reload')}</button></p>
  </div>`;
