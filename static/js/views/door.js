// The door: signing in, making an account, a forgotten password. Each has an address of its own.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { go, isInvited, usePlace } from '../place.js';
import { useStore } from '../store.js';
import { t } from '../text.js';
import { Form } from '../ui/forms.js';
import { Languages } from './look.js';

const NAME = { maxlength: 150, autocapitalize: 'off', spellcheck: false };
const USERNAME = { name: 'username', autocomplete: 'username', ...NAME };

/** A refusal of this page's own, in the form of the server's. */
const refusal = (fields) => Object.assign(new Error(), { status: 400, fields });

export function Door({ note }) {
  const place = usePlace();
  const [said, say] = useState(note);
  const [email, setEmail] = useState('');
  const heading = useRef();
  const pages = { create: Create, forgot: Forgot, code: Code };
  const Page = pages[place.room] ?? SignIn;
  useEffect(() => {
    // Where focus would bring up a keyboard, the heading takes it.
    const isTouch = matchMedia('(pointer: coarse)').matches;
    const first = document.querySelector('.door input');
    (isTouch ? heading.current : (first ?? heading.current)).focus();
  }, [place.room]);
  const invited = isInvited() && !said;
  return html`<div class="door">
    <img src="/img/icon.svg" alt="" width="64" height="64" />
    <${Page}
      heading=${heading}
      note=${invited ? t('invited') : said}
      say=${say}
      email=${email}
      setEmail=${setEmail}
      code=${place.code}
    />
    <${Languages} />
  </div>`;
}

function Page({ title, heading, note, children, links }) {
  return html`
    <h1 tabindex="-1" ref=${heading}>${title}</h1>
    <p class="note" role="status" hidden=${!note}>${note}</p>
    ${children}
    <p class="links">${links}</p>
  `;
}

function SignIn({ heading, note, say }) {
  const links = [
    html`<a href="#/create">${t('account')}</a>`,
    html`<a href="#/forgot" onClick=${() => say('')}>${t('forgot')}</a>`,
  ];
  const isHostless = useStore((state) => state.isHostless);
  return html`<${Page}
    title=${useStore((state) => state.serverName)}
    heading=${heading}
    note=${note || (isHostless && t('noHost'))}
    links=${links}
  >
    <${Form}
      button=${t('signIn')}
      fields=${[
        { ...USERNAME, label: t('username') },
        { name: 'password', label: t('password'), type: 'password', autocomplete: 'current-password' },
      ]}
      explain=${(failure) => (failure.status === 401 ? t('wrongLogin') : failure.message)}
      run=${({ username, password }) => actions.signIn(username.trim(), password)}
    />
  <//>`;
}

function Create({ heading, note }) {
  const create = async (fields) => {
    if (fields.password !== fields.password2) throw refusal({ password2: t('passwordsDiffer') });
    await actions.register({ ...fields, username: fields.username.trim() });
  };
  return html`<${Page}
    title=${t('account')}
    heading=${heading}
    note=${note}
    links=${html`<a href="#/">${t('backToDoor')}</a>`}
  >
    <${Form}
      button=${t('account')}
      fields=${[
        { ...USERNAME, label: t('username'), hint: t('usernameHint') },
        { name: 'first_name', label: t('firstName'), maxlength: 150, autocomplete: 'given-name' },
        { name: 'last_name', label: t('lastName'), maxlength: 150, autocomplete: 'family-name' },
        { name: 'email', label: t('email'), type: 'email', maxlength: 254, autocomplete: 'email' },
        {
          name: 'password',
          label: t('password'),
          type: 'password',
          autocomplete: 'new-password',
          hint: t('passwordHint'),
        },
        { name: 'password2', label: t('repeat'), type: 'password', autocomplete: 'new-password' },
      ]}
      run=${create}
    />
  <//>`;
}

function Forgot({ heading, note, setEmail }) {
  const links = [html`<a href="#/">${t('backToDoor')}</a>`, html`<a href="#/code">${t('haveCode')}</a>`];
  const run = async ({ email }) => {
    await api.askForCode(email.trim());
    setEmail(email.trim());
    go('#/code');
  };
  return html`<${Page} title=${t('forgot')} heading=${heading} note=${note} links=${links}>
    <p>${t('forgotHint')}</p>
    <${Form}
      button=${t('sendCode')}
      fields=${[{ name: 'email', label: t('email'), type: 'email', maxlength: 254, autocomplete: 'email' }]}
      run=${run}
    />
  <//>`;
}

function Code({ heading, note, say, email }) {
  const run = async ({ code, password, password2 }) => {
    if (password !== password2) throw refusal({ password2: t('passwordsDiffer') });
    await api.setPassword(code.trim(), password);
    say(t('passwordSet'));
    go('#/', { replace: true });
  };
  return html`<${Page}
    title=${t('newPassword')}
    heading=${heading}
    note=${note || (email && t('codeSent', { email }))}
    links=${html`<a href="#/">${t('backToDoor')}</a>`}
  >
    <${Form}
      button=${t('setPassword')}
      fields=${[
        { name: 'code', label: t('code'), hint: t('codeHint'), autocomplete: 'one-time-code', spellcheck: false },
        {
          name: 'password',
          label: t('newPassword'),
          type: 'password',
          autocomplete: 'new-password',
          hint: t('passwordHint'),
        },
        { name: 'password2', label: t('repeat'), type: 'password', autocomplete: 'new-password' },
      ]}
      explain=${(failure) => (failure.status === 404 ? t('wrongCode') : failure.message)}
      run=${run}
    />
  <//>`;
}
