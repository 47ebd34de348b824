// What the page at a new address shows to who comes from the old one: whether it is he, and then he is in.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { ask, isOpened } from '../handover.js';
import { go } from '../place.js';
import { t } from '../text.js';
import { Skeleton } from '../ui.js';

export function Arrive() {
  const [offer, see] = useState(null);
  const [failure, fail] = useState(null);
  const [busy, occupy] = useState(false);
  const heading = useRef();
  useEffect(() => {
    if (isOpened()) return ask(see);
    go('#/', { replace: true });
    return undefined;
  }, []);
  useEffect(() => heading.current?.focus(), [offer]);
  const take = async () => {
    occupy(true);
    fail(null);
    try {
      await offer.take();
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      fail(refused.status === 401 ? t('arriveUnknown') : refused.message);
      occupy(false);
    }
  };
  return html`<div class="door">
    <img src="/img/icon.svg" alt="" width="64" height="64" />
    ${!offer && html`<${Skeleton} rows=${3} />`}
    ${
      offer &&
      html`<h1 tabindex="-1" ref=${heading}>${t('arriveTitle', { name: offer.name })}</h1>
        <p>${t('arriveFrom', { address: offer.from })}</p>
        <p role="alert" class="error">${failure}</p>
        <button type="button" class="primary" disabled=${busy} onClick=${take}>${t('arriveGo')}</button>
        <p class="links"><a href="#/">${t('arriveNot')}</a></p>`
    }
  </div>`;
}
