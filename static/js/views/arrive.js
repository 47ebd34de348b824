// What the page at a new address shows to who comes from the old one: whether it is he, and then he is in.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { ask, isOpened } from '../handover.js';
import { go } from '../place.js';
import { fullName } from '../state.js';
import { useStore } from '../store.js';
import { t } from '../text.js';
import { Skeleton } from '../ui.js';

export function Arrive() {
  const [offer, see] = useState(null);
  const [failure, fail] = useState(null);
  const [busy, occupy] = useState(false);
  const here = useStore((state) => state.me); // who is in at this address already
  const heading = useRef();
  const refused = (why) => {
    if (why.status === undefined) throw why;
    fail(why.status === 401 ? t('arriveUnknown') : why.message);
    occupy(false);
  };
  useEffect(() => {
    if (isOpened()) return ask(see, refused);
    go('#/', { replace: true });
    return undefined;
  }, []);
  useEffect(() => heading.current?.focus(), [offer]);
  const take = () => {
    occupy(true);
    fail(null);
    offer.take().catch(refused);
  };
  const isOther = here && offer && here.id !== offer.me.id;
  return html`<div class="door">
    <img src="/img/icon.svg" alt="" width="64" height="64" />
    ${!offer && !failure && html`<${Skeleton} rows=${3} />`}
    ${
      offer &&
      html`<h1 tabindex="-1" ref=${heading}>${t('arriveTitle', { name: fullName(offer.me) })}</h1>
        <p>${t('arriveFrom', { address: offer.from })}</p>
        ${isOther && html`<p class="note">${t('arriveOther', { name: fullName(here) })}</p>`}`
    }
    <p role="alert" class="error">${failure}</p>
    ${
      offer &&
      html`<button type="button" class="primary" disabled=${busy} onClick=${take}>${t('arriveGo')}</button>`
    }
    ${(offer || failure) && html`<p class="links"><a href="#/">${t('arriveNot')}</a></p>`}
  </div>`;
}
