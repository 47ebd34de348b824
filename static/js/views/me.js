// Oneself: who one is, how the page looks and sounds, where one is signed in, and the way out.

import { html, useEffect, useReducer, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import * as notify from '../notify.js';
import { back, go } from '../place.js';
import { SHORTCUTS } from '../shortcuts.js';
import { fullName, isGuest } from '../state.js';
import { useStore } from '../store.js';
import { t, when } from '../text.js';
import { Failed, Icon, Name, PersonAvatar, Skeleton, attempted, say, useList, useMedia } from '../ui.js';
import { Form, Switch } from '../ui/forms.js';
import { Dialog, ask } from '../ui/over.js';
import { PictureButton } from './crop.js';
import { Appearance, Languages } from './look.js';

export function Me({ page }) {
  const pages = {
    profile: Profile,
    password: Password,
    sessions: Sessions,
    notifications: Notifications,
    shortcuts: Shortcuts,
    xray: Xray,
    own: Own,
  };
  const titles = {
    profile: 'editProfile',
    password: 'changePassword',
    sessions: 'sessions',
    notifications: 'notifications',
    shortcuts: 'shortcuts',
    xray: 'xray',
    own: 'ownData',
  };
  const Page = pages[page] ?? Overview;
  return html`<${Dialog} key=${page ?? ''} name=${t(titles[page] ?? 'profile')} class="profile" onClose=${back}
    ><${Page}
  /><//>`;
}

async function signOut() {
  const sure = !actions.hasUnsent() || (await ask({ question: t('signOutAsk'), button: t('signOut') }));
  if (sure) actions.signOut();
}

const Entry = ({ to, icon, label }) =>
  html`<li>
    <button type="button" class="entry" onClick=${() => go(to)}>
      <${Icon} id=${icon} />${label}<${Icon} id="chevron-right" />
    </button>
  </li>`;

function Overview() {
  const me = useStore((state) => state.me);
  const hasKeys = useMedia('(hover: hover)'); // a phone may have some, but seldom does
  const [hasXray, offer] = useState(false);
  useEffect(
    () =>
      void api.server().then(
        ({ xray }) => offer(xray),
        () => {},
      ),
    [],
  );
  const isDefault = !me.profile_picture || me.profile_picture.endsWith('/media/profile.png');
  const remove = async () => {
    if (await ask({ question: t('removePictureAsk'), button: t('remove') })) attempted(actions.dropPicture());
  };
  return html`
    <div class="card">
      <${PictureButton} label=${t('changePicture')} onPicture=${(blob) => attempted(actions.setPicture(blob))}>
        <${PersonAvatar} person=${me} id=${me.id} size=${96} />
      <//>
      ${!isDefault && html`<button type="button" class="link" onClick=${remove}>${t('removePicture')}</button>`}
      <p class="name"><${Name}>${fullName(me)}<//></p>
      <p class="words">@${me.username}${me.email && ` · ${me.email}`}</p>
    </div>
    <${Appearance} />
    <${Languages} />
    <ul class="entries">
      ${
        !isGuest(me) &&
        html`<${Entry} to="#/me/profile" icon="user" label=${t('editProfile')} />
          <${Entry} to="#/me/password" icon="key" label=${t('changePassword')} />`
      }
      <${Entry} to="#/me/sessions" icon="monitor-smartphone" label=${t('sessions')} />
      <${Entry} to="#/me/notifications" icon="bell" label=${t('notifications')} />
      ${hasKeys && html`<${Entry} to="#/me/shortcuts" icon="keyboard" label=${t('shortcuts')} />`}
      ${hasXray && html`<${Entry} to="#/me/xray" icon="search" label=${t('xray')} />`}
      <${Entry} to="#/me/own" icon="download" label=${t('ownData')} />
    </ul>
    <button type="button" onClick=${signOut}><${Icon} id="log-out" />${t('signOut')}</button>
  `;
}

function Profile() {
  const me = useStore((state) => state.me);
  const field = (name, label, more) => ({ name, label, value: me[name], maxlength: 150, ...more });
  const [fields] = useState(() => [
    field('first_name', t('firstName'), { autocomplete: 'given-name' }),
    field('last_name', t('lastName'), { autocomplete: 'family-name' }),
    field('username', t('username'), {
      autocomplete: 'username',
      autocapitalize: 'off',
      spellcheck: false,
      hint: t('usernameHint'),
    }),
    field('email', t('email'), { type: 'email', maxlength: 254, autocomplete: 'email' }),
  ]);
  const [needsPassword, needPassword] = useState(false);
  const password = { name: 'password', label: t('password'), type: 'password', autocomplete: 'current-password' };
  const save = async (values) => {
    try {
      await actions.saveProfile(values);
    } catch (failure) {
      // Some servers ask for the password before the address changes that can set a new one.
      if (failure.fields?.password) needPassword(true);
      throw failure;
    }
    say(t('saved'));
    back();
  };
  return html`<${Form} fields=${needsPassword ? [...fields, password] : fields} button=${t('save')} run=${save} />`;
}

function Password() {
  const change = async (fields) => {
    if (fields.password !== fields.password2) {
      throw Object.assign(new Error(), { status: 400, fields: { password2: t('passwordsDiffer') } });
    }
    await actions.changePassword(fields);
    say(t('passwordChanged'));
    back();
  };
  return html`<${Form}
    button=${t('changePassword')}
    fields=${[
      { name: 'old_password', label: t('oldPassword'), type: 'password', autocomplete: 'current-password' },
      {
        name: 'password',
        label: t('newPassword'),
        type: 'password',
        autocomplete: 'new-password',
        hint: t('passwordHint'),
      },
      { name: 'password2', label: t('repeat'), type: 'password', autocomplete: 'new-password' },
    ]}
    run=${change}
  />`;
}

/** What a browser calls itself, in two words; or whatever it says. */
function device(text) {
  const find = (names) => names.find(([pattern]) => pattern.test(text))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'Mac'],
    [/Linux/, 'Linux'],
  ]);
  return [browser, system].filter(Boolean).join(', ') || text || t('unknownDevice');
}

/** A device that is signed in, in a list; `since` when, where that is asked. One's own is not ended here. */
export function Session({ session, since, onEnd }) {
  const name = device(session.device);
  const used = session.current ? t('thisDevice') : t('lastUsed', { when: when(session.last_used) });
  return html`<li>
    <p class="name">${name}</p>
    <p class="words">${[used, session.address, since].filter(Boolean).join(' · ')}</p>
    ${
      !session.current &&
      html`<button type="button" aria-label=${`${t('endSession')}: ${name}`} onClick=${onEnd}>${t('endSession')}</button>`
    }
  </li>`;
}

function Sessions() {
  const read = async () => {
    const answer = await api.sessions();
    return { items: answer.results ?? answer, next: null };
  };
  const { items: sessions, failure, again } = useList(read, []);
  const end = (...ended) => attempted(Promise.all(ended.map(({ id }) => api.endSession(id)))).then(again);
  if (failure) return html`<${Failed} failure=${failure} again=${again} />`;
  if (!sessions) return html`<${Skeleton} rows=${3} />`;
  const others = sessions.filter((session) => !session.current);
  return html`
    <ul class="sessions">
      ${sessions.map(
        (session) => html`<${Session} key=${session.id} session=${session} onEnd=${() => end(session)} />`,
      )}
    </ul>
    ${
      others.length > 0 &&
      html`<button type="button" class="danger" onClick=${() => end(...others)}>${t('endOthers')}</button>`
    }
  `;
}

/** What this page may do here, honestly: over plain HTTP a browser forbids some of it, and no button changes that. */
function Notifications() {
  const [, again] = useReducer((count) => count + 1, 0);
  const settings = notify.settings();
  const set = (name, on) => {
    notify.set(name, on);
    again();
  };
  const may = notify.permission(); // 'insecure', 'missing', 'default', 'granted', 'denied'
  const allow = async () => {
    await notify.askPermission();
    again();
  };
  const can = (works, text) =>
    html`<li><${Icon} id=${works ? 'check' : 'x'} label=${t(works ? 'works' : 'worksNot')} />${text}</li>`;
  return html`
    <${Switch}
      label=${t('sound')}
      hint=${t('soundHint')}
      checked=${settings.sound}
      onChange=${(on) => set('sound', on)}
    />
    ${
      may === 'granted' &&
      html`<${Switch} label=${t('popups')} checked=${settings.popups} onChange=${(on) => set('popups', on)} />`
    }
    ${may === 'default' && html`<button type="button" class="primary" onClick=${allow}>${t('allowPopups')}</button>`}
    <h3>${t('whatWorks')}</h3>
    <ul class="can">
      ${can(true, t('titleCount'))} ${can(true, t('soundWhileOpen'))} ${can(may === 'granted', t('popupsWork'))}
      ${can(globalThis.isSecureContext, t('installable'))}
    </ul>
    ${may === 'insecure' && html`<p class="hint">${t('insecureHint')}</p>`}
    ${may === 'denied' && html`<p class="hint">${t('deniedHint')}</p>`}
    <button type="button" class="quiet" onClick=${notify.ring}><${Icon} id="bell" />${t('tryIt')}</button>
  `;
}

/** How requests are carried out: fetched when somebody looks, since few servers show it. */
const Xray = () => html`<${Fetched} load=${() => import('../xray/panel.js')} />`;

/** Export and the end of the account, fetched when somebody wants it. */
const Own = () => html`<${Fetched} load=${() => import('../host/leaving.js')} />`;

/** The `Page` of a part that most people never open. */
function Fetched({ load }) {
  const [part, open] = useState(null);
  const [failure, fail] = useState(null);
  const enter = () => {
    fail(null);
    load().then(open, () => fail(new Error(t('noConnection'))));
  };
  useEffect(enter, []);
  if (failure) return html`<${Failed} failure=${failure} again=${enter} />`;
  return part ? html`<${part.Page} />` : html`<${Skeleton} rows=${3} />`;
}

function Shortcuts() {
  return html`<table class="shortcuts">
    <tbody>
      ${SHORTCUTS.map(
        ({ keys, what }) =>
          html`<tr key=${what}>
            <th scope="row">${t(what)}</th>
            <td>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
