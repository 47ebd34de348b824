// What is one's own: taking it along, and leaving for good. Fetched when somebody asks for it.

import { html, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import { call } from '../api.js';
import { useStore } from '../store.js';
import { t } from '../text.js';
import { attempted } from '../ui.js';
import { Form } from '../ui/forms.js';
import './begin.js';
import { saveArchive } from './save.js';

export function Page() {
  const name = useStore((state) => state.serverName);
  const [busy, occupy] = useState(false);
  const take = async () => {
    occupy(true);
    await attempted(saveArchive('/auth/export/', name)).finally(() => occupy(false));
  };
  const leave = async ({ password }) => {
    await call('DELETE', '/auth/me/', { password });
    actions.signOut();
  };
  return html`
    <p>${t('leavingTakeHint')}</p>
    <button type="button" class="primary" disabled=${busy} onClick=${take}>
      ${t(busy ? 'archiveMaking' : 'leavingTake')}
    </button>
    <h3>${t('leavingDelete')}</h3>
    <p>${t('leavingDeleteHint')}</p>
    <${Form}
      fields=${[{ name: 'password', label: t('password'), type: 'password', autocomplete: 'current-password' }]}
      button=${t('leavingDelete')}
      run=${leave}
    />
  `;
}
