// The server itself: whether mail arrives.

import { html, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { t } from '../text.js';
import { Form } from '../ui/forms.js';

export function Page() {
  return html`<${Mail} />`;
}

/** One mail to an address, and what came of it. */
function Mail() {
  const me = useStore((state) => state.me);
  const [tried, keep] = useState(null);
  const email = { name: 'email', label: t('email'), type: 'email', value: me.email, maxlength: 254, hint: t('hostMailHint') };
  const run = async (values) => {
    keep(null);
    keep(await call('POST', '/host/mail/test/', values));
  };
  return html`<section class="mail-test">
    <h2>${t('hostMail')}</h2>
    <${Form} fields=${[email]} button=${t('hostMailTry')} run=${run} />
    <div role="status">
      ${tried && html`<p class=${tried.outcome === 'sent' ? 'sent' : 'unsent'}>${tried.text}</p>`}
      ${tried?.answer && html`<p class="hint">${t('hostMailAnswer')} <code>${tried.answer}</code></p>`}
    </div>
  </section>`;
}
