// The server itself: what runs here, on which file, and whether mail arrives.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { bytes, clock, t, when } from '../text.js';
import { Failed, Skeleton } from '../ui.js';
import { Form } from '../ui/forms.js';

export function Page() {
  return html`<${About} /><${Mail} /><${Journal} /><${Startup} />`;
}

/** What an address answers, read once and again on demand. */
function useAnswer(path) {
  const [{ answer, failure }, keep] = useState({});
  const read = () =>
    call('GET', path).then(
      (said) => keep({ answer: said }),
      (refused) => {
        if (refused.status === undefined) throw refused;
        keep({ failure: refused });
      },
    );
  useEffect(() => void read(), []);
  return { answer, failure, read };
}

function About() {
  const { answer: about, failure, read } = useAnswer('/host/about/');
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

/** The end of the log, the newest line last, as in a terminal. */
function Journal() {
  const { answer, failure, read } = useAnswer('/host/journal/');
  return html`<section>
    <h2>${t('hostJournal')}</h2>
    ${failure && html`<${Failed} failure=${failure} again=${read} />`}
    ${answer?.lines.length === 0 && html`<p class="hint">${t('hostJournalNone')}</p>`}
    ${
      answer?.lines.length > 0 &&
      html`<ol class="journal" tabindex="0" aria-label=${t('hostJournal')} lang="en">
        ${answer.lines.map(
          (line, at) => html`<li key=${at} class=${/ (ERROR|WARN) /.exec(line)?.[1].toLowerCase()}>${line}</li>`,
        )}
      </ol>`
    }
    <div class="buttons"><button type="button" onClick=${read}>${t('hostJournalAgain')}</button></div>
  </section>`;
}

const FROM = { file: 'hostFromFile', environment: 'hostFromEnvironment', flag: 'hostFromFlag' };

/** What the server was started with; it can't be changed here. */
function Startup() {
  const { answer, failure, read } = useAnswer('/host/startup/');
  return html`<section>
    <h2>${t('hostStartup')}</h2>
    <p class="hint">${t('hostStartupHint')}</p>
    ${failure && html`<${Failed} failure=${failure} again=${read} />`}
    <dl class="startup">
      ${answer?.map(
        ({ name, value, default: usual, meaning, from }) =>
          html`<div key=${name}>
            <dt><code>${name}</code></dt>
            <dd>
              <code>${value}</code>
              ${FROM[from] && html`<span class="hint">${t(FROM[from])} · ${t('hostDefault', { value: usual })}</span>`}
              ${meaning && html`<p class="hint">${meaning}</p>`}
            </dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

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
