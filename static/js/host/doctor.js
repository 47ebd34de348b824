// Why nobody comes in: each address of this computer with whether somebody has come by it, and what to do.

import { html } from '../../vendor/preact/standalone.js';
import { counted, t } from '../text.js';
import { Failed, Icon, Skeleton } from '../ui.js';
import { useGlance } from './glance.js';

export function Page() {
  const { answer, failure, again } = useGlance('/host/doctor/');
  if (!answer) return failure ? html`<${Failed} failure=${failure} again=${again} />` : html`<${Skeleton} rows=${6} />`;
  const { addresses, guests, advice } = answer;
  const isEncrypted = location.protocol === 'https:';
  return html`<div class="doctor">
    <p role="status">${guests ? counted('doctorGuests', guests) : t('doctorNobody')}</p>
    <ul class="addresses">
      ${addresses.map(
        ({ url, kind, reached }) =>
          html`<li key=${url} class=${reached ? 'reached' : ''}>
            <${Icon} id=${reached ? 'check-check' : 'clock'} />
            <span><b>${url}</b><span class="hint">${t(`doctorKind_${kind}`)}</span></span>
            <span class="verdict">${t(reached ? 'doctorReached' : 'doctorNotYet')}</span>
          </li>`,
      )}
    </ul>
    ${
      advice.length > 0 &&
      html`<section class="advice">
        <h2>${t('doctorAdvice')}</h2>
        <ol>
          ${advice.map(({ cause, text }) => html`<li key=${cause}>${text}</li>`)}
        </ol>
      </section>`
    }
    <p class="hint">${t(isEncrypted ? 'doctorHttps' : 'doctorHttp')}</p>
  </div>`;
}
