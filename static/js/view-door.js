// The door: signing in, making an account, a forgotten password. Each has an address of its own.

import * as api from './api.js';
import { t } from './text.js';
import { field, form, h, languages } from './view.js';

const name = { maxlength: 150, autocapitalize: 'off', spellcheck: 'false' };

const signIn = ({ done }) => ({
  title: 'Messenger',
  node: form({
    button: t('signIn'),
    fields: [
      field('username', t('username'), { ...name, autocomplete: 'username' }),
      field('password', t('password'), { type: 'password', autocomplete: 'current-password' }),
    ],
    explain: (failure) => (failure.status === 401 ? t('wrongLogin') : failure.message),
    run: async ({ username, password }) => {
      await api.signIn(username, password);
      done();
    },
  }),
  links: [
    ['#/create', t('account')],
    ['#/forgot', t('forgot')],
  ],
});

const create = ({ leave }) => ({
  title: t('account'),
  node: form({
    button: t('account'),
    fields: [
      field('username', t('username'), { ...name, autocomplete: 'username' }, t('usernameHint')),
      field('first_name', t('firstName'), { maxlength: 150, autocomplete: 'given-name' }),
      field('last_name', t('lastName'), { maxlength: 150, autocomplete: 'family-name' }),
      field('email', t('email'), { type: 'email', maxlength: 254, autocomplete: 'email' }),
      field(
        'password',
        t('password'),
        { type: 'password', maxlength: 256, autocomplete: 'new-password' },
        t('passwordHint'),
      ),
      field('password2', t('repeat'), { type: 'password', maxlength: 256, autocomplete: 'new-password' }),
    ],
    run: async (values) => {
      if (values.password !== values.password2) throw differ('password2');
      await api.register(values);
      leave(t('accountMade'));
    },
  }),
  links: [['#/', t('backToDoor')]],
});

const forgot = () => ({
  title: t('forgot'),
  hint: t('forgotHint'),
  node: form({
    button: t('sendCode'),
    fields: [field('email', t('email'), { type: 'email', maxlength: 254, autocomplete: 'email' })],
    run: async ({ email }) => {
      await api.askForCode(email);
      location.hash = '#/forgot/code';
    },
  }),
  links: [
    ['#/forgot/code', t('haveCode')],
    ['#/', t('backToDoor')],
  ],
});

const code = ({ leave }) => ({
  title: t('newPassword'),
  node: form({
    button: t('setPassword'),
    fields: [
      field('token', t('code'), { maxlength: 100, autocomplete: 'one-time-code', spellcheck: 'false' }, t('codeHint')),
      field(
        'password',
        t('newPassword'),
        { type: 'password', maxlength: 256, autocomplete: 'new-password' },
        t('passwordHint'),
      ),
      field('password2', t('repeat'), { type: 'password', maxlength: 256, autocomplete: 'new-password' }),
    ],
    explain: (failure) => (failure.status === 404 ? t('wrongCode') : failure.message),
    run: async ({ token, password, password2 }) => {
      if (password !== password2) throw differ('password2');
      await api.setPassword(token.trim(), password);
      leave(t('passwordSet'));
    },
  }),
  links: [
    ['#/forgot', t('sendCode')],
    ['#/', t('backToDoor')],
  ],
});

const differ = (name) => new api.Failure(400, { [name]: [t('passwordsDiffer')] });

const ROOMS = { '#/create': create, '#/forgot': forgot, '#/forgot/code': code };

/** The room that an address names. `done` is called when somebody is in, `leave` goes to sign in with a note. */
export function door(hash, note, actions) {
  const { title, hint, node, links } = (ROOMS[hash] ?? signIn)(actions);
  return h(
    'div',
    { class: 'door' },
    h('img', { src: '/img/icon.svg', alt: '', width: 56, height: 56 }),
    h('h1', { tabindex: '-1' }, title),
    note && h('p', { class: 'note' }, note),
    hint && h('p', {}, hint),
    node,
    h(
      'p',
      { class: 'links' },
      links.map(([href, text]) => h('a', { href }, text)),
    ),
    languages(),
  );
}
