// The end of a lesson: take everything along as one file, then keep it, or wipe it.

import { html, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { counted, t } from '../text.js';
import { attempted, say } from '../ui.js';
import { Choice, Form, Switch } from '../ui/forms.js';
import { saveArchive } from './save.js';

export function Page() {
  const name = useStore((state) => state.serverName);
  const [secrets, take] = useState(false);
  const [busy, occupy] = useState(false);
  const [what, choose] = useState('messages');
  const fetchAll = async () => {
    occupy(true);
    await attempted(saveArchive('/host/archive/', name, secrets)).finally(() => occupy(false));
  };
  const putAway = (away) =>
    attempted(
      call(away ? 'PUT' : 'DELETE', '/host/archived/').then(({ chats }) =>
        say(counted(away ? 'archivePutAway' : 'archiveBroughtBack', chats)),
      ),
    );
  const erase = async ({ confirm }) => {
    const { messages, people } = await call('POST', '/host/wipe/', { confirm, what });
    say(t('archiveWiped', { messages, people }));
  };
  return html`
    <h2>${t('archiveTake')}</h2>
    <p>${t('archiveTakeHint')}</p>
    <${Switch} label=${t('archiveSecrets')} hint=${t('archiveSecretsHint')} checked=${secrets} onChange=${take} />
    <button type="button" class="primary" disabled=${busy} onClick=${fetchAll}>
      ${t(busy ? 'archiveMaking' : 'archiveDownload')}
    </button>
    <h2>${t('archiveThen')}</h2>
    <p>${t('archiveKeepHint')}</p>
    <div class="buttons">
      <button type="button" onClick=${() => putAway(true)}>${t('archivePut')}</button>
      <button type="button" onClick=${() => putAway(false)}>${t('archiveBring')}</button>
    </div>
    <p class="hint">${t('archivePutHint')}</p>
    <${Choice}
      legend=${t('archiveWipe')}
      options=${['messages', 'everything'].map((value) => [value, t(`archiveWipe_${value}`)])}
      value=${what}
      onChange=${choose}
    />
    <p class="hint">${t(`archiveWipeHint_${what}`)}</p>
    <${Form}
      key=${what}
      fields=${[{ name: 'confirm', label: t('archiveConfirm', { name }), autocomplete: 'off', hint: t('archiveConfirmHint') }]}
      button=${t(`archiveWipeNow_${what}`)}
      danger
      run=${erase}
    />
  `;
}
