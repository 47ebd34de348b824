// The host's first page: one form that makes the server his, or a backup in its place. Who comes without the link that the
// server's own window shows is told whom to ask.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { go } from '../place.js';
import { folded, t } from '../text.js';
import { Failed, Skeleton } from '../ui.js';
import { Form } from '../ui/forms.js';
import { Languages } from '../views/look.js';
import './begin.js';

/** A username made of a person's names: "Ana Popescu" is "ana.popescu". */
export const suggestion = (...names) =>
  names
    .map((name) => folded(name).replace(/[^a-z0-9]+/g, ''))
    .filter(Boolean)
    .join('.')
    .slice(0, 150);

export function SetUp({ token }) {
  const [server, see] = useState(null);
  const [failure, fail] = useState(null);
  const heading = useRef();
  const look = () => {
    fail(null);
    api.server().then(see, fail);
  };
  useEffect(look, []);
  useEffect(() => heading.current?.focus(), [server]);
  const isWanted = server?.setup && token;
  return html`<div class="door setup">
    <img src="/img/icon.svg" alt="" width="64" height="64" />
    ${failure && html`<${Failed} failure=${failure} again=${look} />`}
    ${!failure && !server && html`<${Skeleton} rows=${6} />`}
    ${
      server &&
      html`<h1 tabindex="-1" ref=${heading}>${t(isWanted ? 'setupTitle' : 'setupAsk')}</h1>
        ${
          isWanted
            ? html`<p>${t('setupHint')}</p>
                <${Found} token=${token} />
                <${Restore} token=${token} />`
            : html`<p>${t(server.setup ? 'setupAskHint' : 'setupDone')}</p>
                <p class="links"><a href="#/">${t('backToDoor')}</a></p>`
        }`
    }
    <${Languages} />
  </div>`;
}

function Found({ token }) {
  const isTheirs = useRef(false); // a username that was typed is left alone
  const suggest = ({ currentTarget: { form } }) => {
    const { first_name, last_name, username } = form.elements;
    if (!isTheirs.current) username.value = suggestion(first_name.value, last_name.value);
  };
  const found = async (fields) => {
    const pair = await api.setUp({ ...fields, token, username: fields.username.trim() });
    go('#/host/lobby', { replace: true });
    api.enter(pair);
  };
  return html`<${Form}
    button=${t('setupStart')}
    fields=${[
      { name: 'server_name', label: t('hostName'), maxlength: 60, autocomplete: 'off', hint: t('setupNameHint') },
      { name: 'first_name', label: t('firstName'), maxlength: 150, autocomplete: 'given-name', onInput: suggest },
      {
        name: 'last_name',
        label: t('lastName'),
        maxlength: 150,
        autocomplete: 'family-name',
        'aria-required': 'false',
        onInput: suggest,
      },
      {
        name: 'username',
        label: t('username'),
        maxlength: 150,
        autocomplete: 'username',
        autocapitalize: 'off',
        spellcheck: false,
        hint: t('usernameHint'),
        onInput: ({ currentTarget }) => (isTheirs.current = currentTarget.value !== ''),
      },
      {
        name: 'password',
        label: t('password'),
        type: 'password',
        autocomplete: 'new-password',
        hint: t('passwordHint'),
      },
    ]}
    run=${found}
  />`;
}

/** A backup in the place of a new server: its people and its host come with it. */
function Restore({ token }) {
  const [said, tell] = useState('');
  const [wrong, complain] = useState('');
  const chosen = async ({ currentTarget }) => {
    const [file] = currentTarget.files;
    if (!file) return;
    complain('');
    tell(t('setupRestoring'));
    try {
      await api.restoreByLink(token, file);
      tell(t('setupRestored'));
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      tell('');
      complain(refused.message);
    }
    currentTarget.value = '';
  };
  return html`<div class="restore">
    <label class="pick">
      ${t('setupRestore')}
      <input type="file" class="spoken" onChange=${chosen} />
    </label>
    <p role="status">${said}</p>
    <p role="alert" class="error">${wrong}</p>
  </div>`;
}
