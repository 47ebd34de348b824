// The door: signing in, making an account, a forgotten password. Each has an address of its own.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { go, isInvited, usePlace } from '../place.js';
import { useStore } from '../store.js';
import { t } from '../text.js';
import { complain } from '../ui.js';
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
  const pages = { create: Create, forgot: Forgot, code: Code, guest: Other, names: Other };
  const Page = pages[place.room] ?? SignIn;
  useEffect(() => {
    // Where focus would bring up a keyboard, the heading takes it.
    const isTouch = matchMedia('(pointer: coarse)').matches;
    const first = document.querySelector('.door input');
    (isTouch ? heading.current : (first ?? heading.current))?.focus();
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
      room=${place.room}
      code=${place.code}
    />
    <${Languages} />
  </div>`;
}

/** The doors that only some houses have, which come when one stands before them. */
function Other(props) {
  const [doors, open] = useState();
  useEffect(() => void import('../entry/entry.js').then(open, () => complain(t('noConnection'))), []);
  return doors && html`<${doors.Entry} ...${props} />`;
}

export function Page({ title, heading, note, children, links }) {
  return html`
    <h1 tabindex="-1" ref=${heading}>${title}</h1>
    <p class="note" role="status" hidden=${!note}>${note}</p>
    ${children}
    <p class="links">${links}</p>
  `;
}

const refusedLogin = (failure) => {
  if (failure.code === 'account_closed') return t('accountClosed');
  return failure.status === 401 ? t('wrongLogin') : failure.message;
};

function SignIn({ heading, note, say }) {
  const { registration, guests, roster, setup } = useStore((state) => state.door);
  return html`<${Page}
    title=${useStore((state) => state.serverName)}
    heading=${heading}
    note=${note || (setup && t('noHost'))}
    links=${html`<a href="#/forgot" onClick=${() => say('')}>${t('forgot')}</a>`}
  >
    ${roster && html`<a class="doorway" href="#/names">${t('chooseName')}</a>`}
    ${guests && html`<a class="doorway" href="#/guest">${t('guestIn')}</a>`}
    <${Form}
      button=${t('signIn')}
      fields=${[
        { ...USERNAME, label: t('username') },
        { name: 'password', label: t('password'), type: 'password', autocomplete: 'current-password' },
      ]}
      explain=${refusedLogin}
      run=${({ username, password }) => actions.signIn(username.trim(), password)}
    />
    ${registration !== 'closed' && html`<a class="doorway" href="#/create">${t('account')}</a>`}
  <//>`;
}

/** What is asked for where the class code is. */
export const classCode = () => ({
  name: 'class_code',
  label: t('classCode'),
  hint: t('classCodeHint'),
  autocomplete: 'off',
  maxlength: 60,
});

function Create({ heading, note }) {
  const { registration } = useStore((state) => state.door);
  const create = async (fields) => {
    // With what the server finds wrong beside it: nobody wants to be told one thing after the other.
    await actions.register({ ...fields, username: fields.username.trim() });
  };
  const isClosed = registration === 'closed';
  return html`<${Page}
    title=${t('account')}
    heading=${heading}
    note=${isClosed ? t('registrationClosed') : note}
    links=${html`<a href="#/">${t('backToDoor')}</a>`}
  >
    ${
      !isClosed &&
      html`<${Form}
        button=${t('account')}
        fields=${[
          ...(registration === 'code' ? [classCode()] : []),
          { ...USERNAME, label: t('username'), hint: t('usernameHint') },
          { name: 'first_name', label: t('firstName'), maxlength: 150, autocomplete: 'given-name' },
          { name: 'last_name', label: t('lastName'), maxlength: 150, autocomplete: 'family-name' },
          {
            name: 'email',
            label: t('email'),
            type: 'email',
            hint: t('emailHint'),
            maxlength: 254,
            autocomplete: 'email',
          },
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
      />`
    }
  <//>`;
}

function Forgot({ heading, note, setEmail }) {
  const { mail } = useStore((state) => state.door);
  const links = [html`<a href="#/">${t('backToDoor')}</a>`, html`<a href="#/code">${t('haveCode')}</a>`];
  const run = async ({ email }) => {
    await api.askForCode(email.trim());
    setEmail(email.trim());
    go('#/code');
  };
  return html`<${Page} title=${t('forgot')} heading=${heading} note=${note} links=${links}>
    <p>${t(mail === false ? 'forgotAsk' : 'forgotHint')}</p>
    <${Form}
      button=${t(mail === false ? 'showCode' : 'sendCode')}
      fields=${[{ name: 'email', label: t('email'), type: 'email', maxlength: 254, autocomplete: 'email' }]}
      run=${run}
    />
  <//>`;
}

function Code({ heading, note, say, email, code }) {
  const { mail } = useStore((state) => state.door);
  const run = async ({ code, password, password2 }) => {
    if (password !== password2) throw refusal({ password2: t('passwordsDiffer') });
    await api.setPassword(code.trim(), password);
    say(t('passwordSet'));
    go('#/', { replace: true });
  };
  return html`<${Page}
    title=${t('newPassword')}
    heading=${heading}
    note=${note || (email && t(mail === false ? 'codeShown' : 'codeSent', { email }))}
    links=${html`<a href="#/">${t('backToDoor')}</a>`}
  >
    <${Form}
      button=${t('setPassword')}
      fields=${[
        {
          name: 'code',
          value: code,
          label: t('code'),
          hint: t('codeHint'),
          autocomplete: 'one-time-code',
          spellcheck: false,
        },
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
