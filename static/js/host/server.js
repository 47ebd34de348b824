// The server itself: what runs here, on which file, and whether mail arrives.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { bytes, clock, t, when } from '../text.js';
import { Failed, Skeleton } from '../ui.js';
import { Form } from '../ui/forms.js';

export function Page() {
  return html`<${About} /><${Mail} />`;
}

function About() {
  const [{ about, failure }, keep] = useState({});
  const read = () =>
    call('GET', '/host/about/').then(
      (answer) => keep({ about: answer }),
      (refused) => {
        if (refused.status === undefined) throw refused;
        keep({ failure: refused });
      },
    );
  useEffect(() => void read(), []);
  if (failure) return html`<${Failed} failure=${failure} again=${read} />`;
  if (!about) return html`<${Skeleton} rows=${6} />`;
  const { people, chats, messages, files, sessions } = about.counts;
  const figures = [
    { name: 'hostPeople', value: people },
    { name: 'hostByChat', value: chats },
    { name: 'hostCountMessages', value: messages },
    { name: 'hostFiles', value: files },
    { name: 'hostDevices', value: sessions },
    { name: 'hostDatabase', value: bytes(about.bytes) },
  ];
  const facts = [
    { name: 'hostVersion', value: about.version },
    { name: 'hostBuild', value: about.build },
    { name: 'hostSqlite', value: about.sqlite },
    { name: 'hostStarted', value: [...new Set([when(about.started), clock(about.started)])].join(', ') },
    { name: 'hostFile', value: about.database },
  ];
  return html`
    <dl class="figures">
      ${figures.map((figure) => html`<${Entry} key=${figure.name} ...${figure} />`)}
    </dl>
    <dl class="facts">${facts.map((fact) => html`<${Entry} key=${fact.name} ...${fact} />`)}</dl>
  `;
}

const Entry = ({ name, value }) =>
  html`<div>
    <dt>${t(name)}</dt>
    <dd>${value}</dd>
  </div>`;

/** One mail to an address, and what came of it. */
function Mail() {
  const me = useStore((state) => state.me);
  const [tried, keep] = useState(null);
  const email = {
    name: 'email',
    label: t('email'),
    type: 'email',
    value: me.email,
    maxlength: 254,
    hint: t('hostMailHint'),
  };
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
