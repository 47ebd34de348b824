// What takes the room, and how long chats keep what was said in them.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { call } from '../api.js';
import { store } from '../store.js';
import { bytes, counted, t } from '../text.js';
import { Failed, Name, Skeleton, attempted } from '../ui.js';
import { ask } from '../ui/over.js';

/** Days that can be chosen; a chat may have others by the API. */
const DAYS = [1, 7, 30, 90, 365];

const sum = ({ messages, photos, files }) => messages.bytes + photos.bytes + files.bytes;

export function Page() {
  const [storage, keep] = useState(null);
  const [failure, fail] = useState(null);
  const read = () =>
    call('GET', '/host/storage/').then(
      (answer) => (fail(null), keep(answer)),
      (refused) => {
        if (refused.status === undefined) throw refused;
        fail(refused);
      },
    );
  useEffect(() => void read(), []);
  if (failure) return html`<${Failed} failure=${failure} again=${read} />`;
  if (!storage) return html`<${Skeleton} rows=${6} />`;
  const set = async (chat, days) => {
    const question = t('hostKeepAsk', { chat: chat.name, days: counted('hostDays', days) });
    // What goes can't be had back; to keep longer takes nothing away.
    const isMore = days === null || (chat.retention_days !== null && days >= chat.retention_days);
    if (isMore || (await ask({ question, button: t('hostKeepSet') })))
      await attempted(call('PUT', `/chat/${chat.id}/retention/`, { days }));
    await read();
  };
  const { chats, people, biggest, backups } = storage;
  return html`
    <dl class="figures">
      <${Figure} name=${t('hostDatabase')} value=${bytes(storage.bytes)} />
      ${storage.free !== null && html`<${Figure} name=${t('hostFree')} value=${bytes(storage.free)} />`}
      <${Figure} name=${t('hostBackups')} value=${bytes(backups.bytes)} />
    </dl>
    <section>
      <h2>${t('hostByChat')}</h2>
      <p class="hint">${t('hostKeepHint')}</p>
      <ul class="things">
        ${chats.map((chat) => html`<${Chat} key=${`${chat.id} ${chat.retention_days}`} chat=${chat} onSet=${set} />`)}
      </ul>
    </section>
    ${
      people.length > 0 &&
      html`<section>
        <h2>${t('hostByPerson')}</h2>
        <ul class="things">
          ${people.map(
            (person) =>
              html`<li key=${person.id}>
                <div class="what">
                  <strong><${Name}>${person.username}<//></strong>
                  <span class="hint">${counted('hostFilesCount', person.uploads.count)}</span>
                </div>
                <span>${bytes(person.uploads.bytes)}</span>
              </li>`,
          )}
        </ul>
      </section>`
    }
    ${
      biggest.length > 0 &&
      html`<section>
        <h2>${t('hostBiggest')}</h2>
        <ul class="things">
          ${biggest.map((file, at) => html`<${File} key=${at} file=${file} people=${people} />`)}
        </ul>
      </section>`
    }
  `;
}

const Figure = ({ name, value }) =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;

function Chat({ chat, onSet }) {
  const { name, messages, photos, files, retention_days: days } = chat;
  const parts = [
    counted('hostMessagesCount', messages.count),
    photos.count > 0 && `${counted('hostPhotosCount', photos.count)} (${bytes(photos.bytes)})`,
    files.count > 0 && `${counted('hostFilesCount', files.count)} (${bytes(files.bytes)})`,
  ];
  const choices = days === null || DAYS.includes(days) ? DAYS : [...DAYS, days].sort((one, other) => one - other);
  return html`<li>
    <div class="what">
      <strong><${Name}>${name}<//></strong>
      <span class="hint">${parts.filter(Boolean).join(' · ')}</span>
    </div>
    <span>${bytes(sum(chat))}</span>
    <select
      aria-label=${`${t('hostKeep')}: ${name}`}
      value=${days ?? ''}
      onChange=${(event) => onSet(chat, Number(event.currentTarget.value) || null)}
    >
      <option value="">${t('hostKeepEver')}</option>
      ${choices.map((choice) => html`<option key=${choice} value=${choice}>${counted('hostDays', choice)}</option>`)}
    </select>
  </li>`;
}

function File({ file, people }) {
  const owner =
    people.find(({ id }) => id === file.from_user)?.username ?? store.get().people[file.from_user]?.username;
  return html`<li>
    <div class="what">
      <strong><${Name}>${file.name}<//></strong>
      <span class="hint"><${Name}>${owner}<//></span>
    </div>
    <span>${bytes(file.bytes)}</span>
  </li>`;
}
