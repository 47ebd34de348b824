// Hand in: a chat's boxes, each with what one has handed in, and for its owner and staff all that was. Fetched when the
// details of a chat are opened; who may see what is decided by the server.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { fullName, isStaff } from '../state.js';
import { store, useStore } from '../store.js';
import { bytes, learn, t, when } from '../text.js';
import { Icon, Name, attempted, local } from '../ui.js';
import { Form } from '../ui/forms.js';
import { ask } from '../ui/over.js';
import * as en from './words-en.js';
import * as ro from './words-ro.js';

learn({ en, ro });

/** A chat's boxes, read again when something has changed in them; none before they are there. */
function useBoxes(chat) {
  const [boxes, keep] = useState([]);
  const again = () =>
    api.call('GET', `/chat/${chat.id}/boxes/`).then(
      ({ results }) => keep(results),
      () => {},
    );
  useEffect(() => {
    again();
    const isHere = ({ kind, chat_id }) => chat_id === chat.id && ['boxes.updated', 'chat.updated'].includes(kind);
    return store.listen(({ type, events }) => type === 'events' && events.some(isHere) && again());
  }, [chat.id]);
  return { boxes, again };
}

export function Boxes({ chat }) {
  const me = useStore((state) => state.me);
  const { boxes, again } = useBoxes(chat);
  const leads = chat.owner === me.id || isStaff(me);
  if (!boxes.length && !leads) return null;
  return html`<section>
    <h2>${t('boxes')}</h2>
    ${boxes.map((box) => html`<${Box} key=${box.id} box=${box} chat=${chat} again=${again} />`)}
    ${leads && html`<${New} chat=${chat} again=${again} />`}
  </section>`;
}

function New({ chat, again }) {
  const [isOpen, open] = useState(false);
  if (!isOpen) {
    return html`<button type="button" class="quiet" onClick=${() => open(true)}>
      <${Icon} id="plus" />${t('boxNew')}
    </button>`;
  }
  const make = async ({ title, due }) => {
    await api.call('POST', `/chat/${chat.id}/boxes/`, { title, due: due ? new Date(due).toISOString() : null });
    open(false);
    again();
  };
  return html`<${Form}
    fields=${[
      { name: 'title', label: t('boxTitle'), maxlength: 150, autocomplete: 'off' },
      { name: 'due', label: t('boxDue'), type: 'datetime-local' },
    ]}
    button=${t('boxMake')}
    run=${make}
  />`;
}

function Box({ box, chat, again }) {
  const people = useStore((state) => state.people);
  const [part, progress] = useState(null);
  const input = useRef();
  const handIn = async (file) => {
    if (!file) return;
    progress(0);
    const path = `/chat/boxes/${box.id}/files/`;
    await attempted(api.upload('POST', path, api.form({ file: [file, file.name] }), progress));
    progress(null);
    again();
  };
  const takeBack = async () => {
    if (!(await ask({ question: t('boxTakeBackAsk'), button: t('boxTakeBack') }))) return;
    await attempted(api.call('DELETE', `/chat/boxes/${box.id}/files/`));
    again();
  };
  const close = async () => {
    await attempted(api.call('PATCH', `/chat/boxes/${box.id}/`, { closed: !box.closed }));
    again();
  };
  const state = [box.due && t('boxUntil', { when: when(box.due) }), box.closed && t('boxClosed')].filter(Boolean);
  const isAsked = (id) => id !== chat.owner && !isStaff(people[id]);
  const missing = chat.users.filter((id) => isAsked(id) && !box.files?.some(({ user_id }) => user_id === id)).length;
  return html`<div role="group" aria-label=${box.title}>
    <h3 dir="auto">${box.title}</h3>
    ${state.length > 0 && html`<p class="hint">${state.join(' · ')}</p>`}
    ${
      box.mine &&
      html`<ul class="files">
        <${File} file=${box.mine} name=${t('boxMine')} />
      </ul>`
    }
    ${part !== null && html`<progress value=${part} aria-label=${t('boxHandIn')}></progress>`}
    ${
      !box.closed &&
      html`<div class="buttons">
        <input
          type="file"
          hidden
          ref=${input}
          onChange=${({ currentTarget }) => {
            handIn(currentTarget.files[0]);
            currentTarget.value = '';
          }}
        />
        ${box.mine && html`<button type="button" onClick=${takeBack}>${t('boxTakeBack')}</button>`}
        <button type="button" class="primary" disabled=${part !== null} onClick=${() => input.current.click()}>
          ${t(box.mine ? 'boxReplace' : 'boxHandIn')}
        </button>
      </div>`
    }
    ${
      box.files &&
      html`<p class="hint">${t('boxCount', { count: box.files.length, missing })}</p>
        <ul class="files">
          ${box.files.map(
            (file) =>
              html`<${File}
                key=${file.user_id}
                file=${file}
                name=${fullName(people[file.user_id] ?? { id: file.user_id })}
              />`,
          )}
        </ul>
        <div class="buttons">
          <button type="button" onClick=${close}>${t(box.closed ? 'boxOpen' : 'boxClose')}</button>
          ${box.files.length > 0 && html`<a class="button" href=${local(box.zip)} download>${t('boxZip')}</a>`}
        </div>`
    }
  </div>`;
}

const File = ({ file, name }) =>
  html`<li>
    <a href=${local(file.file)} download=${file.file_name}>
      <${Icon} id="file" />
      <span class="name"><${Name}>${name}: ${file.file_name}<//></span
      >${' '}
      <span class="words">
        ${[bytes(file.file_size), when(file.time), file.late && t('boxLate')].filter(Boolean).join(' · ')}
      </span>
    </a>
  </li>`;
