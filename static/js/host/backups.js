// Backups: made, fetched, deleted, put in place of everything. What is restored begins anew at once, for everybody.

import { html, useEffect, useReducer, useState } from '../../vendor/preact/standalone.js';
import { call, form, query, sync, upload } from '../api.js';
import { bytes, clock, counted, day, t } from '../text.js';
import { Empty, Failed, Icon, IconButton, Skeleton, attempted, local, say, useList } from '../ui.js';
import { ask } from '../ui/over.js';
import { Chooser } from './chooser.js';

const LOOK_MILLISECONDS = 500;

const list = async (page) => {
  const { next, results } = await call('GET', `/host/backups/?${query({ page })}`);
  return { items: results, next: next && (page ?? 1) + 1 };
};

/** Saves a backup as the browser saves any file: by an address that counts once, since it sends no token. */
async function fetchFile(name) {
  const ticket = await attempted(call('POST', `/host/backups/${name}/ticket/`));
  if (!ticket) return;
  const link = document.createElement('a');
  link.href = local(ticket.url);
  link.download = name;
  link.click();
}

/** Waits until the server has begun again: its history has another name then. */
async function begunAgain(epoch) {
  for (;;) {
    await new Promise((wake) => setTimeout(wake, LOOK_MILLISECONDS));
    const found = await sync().catch((failure) => {
      if (failure.status === 401) throw failure; // whoever looks is not in the backup
      if (failure.status === undefined) throw failure;
    });
    if (found && found.epoch !== epoch) return;
  }
}

export function Page() {
  const [version, changed] = useReducer((count) => count + 1, 0);
  const [doing, set] = useState(null); // 'backup', 'restart', or the part of a file that has left
  const { items, more, failure, again } = useList(list, [version]);

  const make = async () => {
    set('backup');
    if (await attempted(call('POST', '/host/backups/'))) say(t('hostBackedUp'));
    set(null);
    changed();
  };
  const drop = async ({ name, created }) => {
    const question = t('hostBackupDrop', { when: `${day(created)}, ${clock(created)}` });
    if (!(await ask({ question, button: t('hostBackupDelete') }))) return;
    await attempted(call('DELETE', `/host/backups/${name}/`));
    changed();
  };
  const restore = async (what, send) => {
    const question = t('hostRestoreAsk', { what });
    if (!(await ask({ question, button: t('hostRestore') }))) return;
    const before = await attempted(sync());
    if (before && (await attempted(send()))) {
      set('restart');
      if ((await attempted(begunAgain(before.epoch).then(() => true))) === true) say(t('hostRestored'));
    }
    set(null);
    changed();
  };
  const restoreOwn = ({ name, created }) =>
    restore(`${day(created)}, ${clock(created)}`, () => call('POST', '/host/restore/', { backup: name }));
  const restoreFile = (file) =>
    restore(file.name, () => {
      set(0);
      return upload('POST', '/host/restore/', form({ file: [file, file.name] }), set);
    });

  const isMaking = doing === 'backup';
  return html`
    <p class="hint">${t('hostBackupsHint')}</p>
    <div class="buttons">
      <button type="button" class="primary" disabled=${doing !== null} onClick=${make}>
        ${t(isMaking ? 'hostBackingUp' : 'hostBackUp')}
      </button>
      <${Chooser} label=${t('hostRestoreFile')} accept=".db" disabled=${doing !== null} onFile=${restoreFile} />
    </div>
    ${typeof doing === 'number' && html`<progress aria-label=${t('hostRestoreSending')} value=${doing} />`}
    ${doing === 'restart' && html`<p role="status">${t('hostRestarting')}</p>`}
    <${Nights} />
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${3} />`}
    ${items?.length === 0 && html`<${Empty} icon="download">${t('hostBackupsNone')}<//>`}
    <ul class="things" aria-label=${t('hostBackups')}>
      ${items?.map(
        (backup) =>
          html`<${Row}
            key=${backup.name}
            backup=${backup}
            disabled=${doing !== null}
            onRestore=${restoreOwn}
            onDelete=${drop}
          />`,
      )}
    </ul>
    ${more && html`<button type="button" onClick=${more}>${t('hostMore')}</button>`}
    <p class="hint">${t('hostRestoreHint')}</p>
  `;
}

function Row({ backup, disabled, onRestore, onDelete }) {
  const { name, created, nightly, bytes: size } = backup;
  const about = `${day(created)}, ${clock(created)}`;
  return html`<li>
    <div class="what">
      <strong>${about}</strong>
      <span class="hint">${bytes(size)}${nightly ? ` · ${t('hostBackupNightly')}` : ''}</span>
    </div>
    <button
      type="button"
      disabled=${disabled}
      aria-label=${`${t('hostRestore')}: ${about}`}
      onClick=${() => onRestore(backup)}
    >
      ${t('hostRestore')}
    </button>
    <${IconButton} icon="download" label=${`${t('download')}: ${about}`} onClick=${() => fetchFile(name)} />
    <${IconButton}
      icon="x"
      label=${`${t('hostBackupDelete')}: ${about}`}
      disabled=${disabled}
      onClick=${() => onDelete(backup)}
    />
  </li>`;
}

/** Whether the nights are backed up, which the settings' file says. */
function Nights() {
  const [storage, keep] = useState(null);
  useEffect(() => {
    attempted(call('GET', '/host/storage/')).then((answer) => keep(answer ?? null));
  }, []);
  if (!storage) return null;
  const { backup_nightly: isOn, backups_kept: kept } = storage;
  return html`<p class="hint nights">
    <${Icon} id="clock" /> ${isOn ? counted('hostNightsKept', kept) : t('hostNightsOff')}
  </p>`;
}
