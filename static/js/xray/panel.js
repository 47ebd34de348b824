// X-ray, for lessons: a panel beside the page that shows, for each click, the request, what the token says, the SQL with its
// plan, and the events. Fetched when somebody looks; off until he turns it on, and off again when the page is loaded anew.

import { html, render, useEffect, useReducer } from '../../vendor/preact/standalone.js';
import { dress } from '../dress.js';
import { language, learn, t } from '../text.js';
import { IconButton, copy } from '../ui.js';
import { Switch } from '../ui/forms.js';
import * as watch from './watch.js';
import * as en from './words-en.js';
import * as ro from './words-ro.js';

learn({ en, ro });
dress('xray');

function useWatch() {
  const [, again] = useReducer((count) => count + 1, 0);
  useEffect(() => watch.listen(again), []);
}

/** The page in one's profile: what it is, and the switch. */
export function Page() {
  useWatch();
  return html`
    <p>${t('xrayIs')}</p>
    <p class="hint">${t('xrayOnlyYours')}</p>
    <${Switch} label=${t('xrayOn')} checked=${watch.isOn()} onChange=${(on) => (on ? begin() : finish())} />
    ${watch.isOn() && html`<p class="hint" role="status">${t('xrayNow')}</p>`}
  `;
}

let place = null;

function begin() {
  watch.start();
  place ??= document.createElement('aside');
  place.className = 'xray';
  place.setAttribute('aria-label', t('xray'));
  document.body.append(place);
  document.body.classList.add('with-xray');
  render(html`<${Panel} />`, place);
}

function finish() {
  watch.end();
  document.body.classList.remove('with-xray');
  if (!place) return;
  render(null, place);
  place.remove();
}

addEventListener('session', finish); // who signs in next sees nothing of this

function Panel() {
  useWatch();
  const [, again] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    addEventListener('language', again);
    return () => removeEventListener('language', again);
  }, []);
  const seen = watch.list();
  return html`<header>
      <h2>${t('xray')}</h2>
      <${IconButton} icon="trash-2" label=${t('xrayClear')} onClick=${watch.clear} />
      <${IconButton} icon="x" label=${t('xrayOff')} onClick=${finish} />
    </header>
    ${seen.length === 0 && html`<p class="hint">${t('xrayNothing')}</p>`}
    <ol key=${language()}>
      ${seen.map((entry) => html`<li key=${entry.key}><${entry.kind === 'event' ? Event : Request} entry=${entry} /></li>`)}
    </ol>`;
}

const json = (value) => JSON.stringify(value, null, 2);
const milliseconds = (micros) => `${(micros / 1000).toFixed(micros < 10_000 ? 2 : 0)} ms`;

const Event = ({ entry: { event } }) =>
  html`<details>
    <summary><b>${event.kind}</b> #${event.id}<span>${t('xrayEvent')}</span></summary>
    <pre tabindex="0">${json(event)}</pre>
  </details>`;

function Request({ entry }) {
  const { method, path, status, record, failure } = entry;
  const fields = watch.sent(entry.body);
  return html`<details>
    <summary>
      <b>${method}</b> ${path}<span>${status ?? '…'}${record && ` · ${milliseconds(record.micros)}`}</span>
    </summary>
    <button type="button" class="quiet" onClick=${() => copy(watch.curl(entry, location.origin))}>
      ${t('xrayCurl')}
    </button>
    ${
      fields &&
      html`<h3>${t('xraySent')}</h3>
        <pre tabindex="0">${json(fields)}</pre>`
    }
    ${failure && html`<p class="hint">${t('xrayGone')}</p>`} ${record && html`<${Record} record=${record} />`}
  </details>`;
}

const Record = ({ record: { claims, statements, left_out: leftOut, events } }) => html`
  <h3>${t('xrayToken')}</h3>
  <pre tabindex="0">${json(claims)}</pre>
  <h3>${t('xraySql')}</h3>
  ${statements.length === 0 && html`<p class="hint">${t('xrayNoSql')}</p>`}
  ${statements.map(
    ({ sql, plan, micros, connection }) =>
      html`<pre tabindex="0">${sql.replace(/\s+/g, ' ')}<i>${[`${connection}, ${milliseconds(micros)}`, ...plan]
        .map((line) => `\n  ${line}`)
        .join('')}</i></pre>`,
  )}
  ${leftOut > 0 && html`<p class="hint">${t('xrayMore', { count: leftOut })}</p>`}
  <h3>${t('xrayTold')}</h3>
  <p>${events.length ? events.map((id) => `#${id}`).join(', ') : t('xrayToldNothing')}</p>
`;
