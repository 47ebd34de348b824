// Choosing people: one makes a private chat, more make a group, which has a name and may have a picture.

import { html, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { newClientId } from '../outbox.js';
import { back } from '../place.js';
import { fullName } from '../state.js';
import { store } from '../store.js';
import { folded, t } from '../text.js';
import { Empty, Failed, Icon, IconButton, Name, Skeleton, attempted, inPages, useList } from '../ui.js';
import { Search } from '../ui/forms.js';
import { Dialog } from '../ui/over.js';
import { PictureButton } from './crop.js';
import { Person } from './list.js';

const SETTLED_MILLISECONDS = 150;
const NEAR = 200; // pixels from the end at which the next page is read

/** People to choose from, read page by page as one scrolls. `chosen`: by id; those in `without` are not there. */
export function People({ chosen, toggle, without }) {
  const [typed, type] = useState('');
  const q = typed.trim();
  const read = inPages((page) => api.people(q, page));
  const { items, more, failure, again } = useList(read, [q], typed ? SETTLED_MILLISECONDS : 0);
  const people = (items ?? []).filter((person) => !without.includes(person.id));
  /** Enter takes who is found first, and nobody where what is shown is not yet what was typed; then it goes on. */
  const enter = (event) => {
    if (event.key !== 'Enter' || !q) return;
    event.preventDefault();
    const [first] = people;
    if (!first || !folded(`${fullName(first)} ${first.username}`).includes(folded(q))) return;
    if (!chosen.has(first.id)) toggle(first);
    type('');
  };
  const scroll = ({ currentTarget: list }) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR && more?.();
  return html`
    <${Search} label=${t('findPeople')} value=${typed} onType=${type} onKeyDown=${enter} />
    ${
      chosen.size > 0 &&
      html`<ul class="chips">
        ${[...chosen.values()].map(
          (person) =>
            html`<li key=${person.id}>
              <${Name}>${fullName(person)}<//>
              <${IconButton}
                icon="x"
                label=${t('removeFile', { name: fullName(person) })}
                onClick=${() => toggle(person)}
              />
            </li>`,
        )}
      </ul>`
    }
    <ul class="people" tabindex="-1" onScroll=${scroll}>
      ${people.map(
        (person) =>
          html`<li key=${person.id}>
            <${Person} person=${person} aria-pressed=${String(chosen.has(person.id))} onClick=${() => toggle(person)} />
          </li>`,
      )}
      ${failure && html`<li><${Failed} failure=${failure} again=${again} /></li>`}
      ${!items && !failure && html`<li><${Skeleton} rows=${3} /></li>`}
      ${
        items &&
        !people.length &&
        !failure &&
        html`<li><${Empty} icon="users">${q ? t('nobody') : t('nobodyYet')}<//></li>`
      }
    </ul>
  `;
}

/** A set of people that others are added to and taken from. */
export function useChosen() {
  const [chosen, choose] = useState(new Map());
  const toggle = (person) =>
    choose((before) => {
      const after = new Map(before);
      if (!after.delete(person.id)) after.set(person.id, person);
      return after;
    });
  return [chosen, toggle];
}

export function NewChat() {
  const [chosen, toggle] = useChosen();
  const [wantsGroup, wantGroup] = useState(false);
  const [name, setName] = useState('');
  const [picture, setPicture] = useState(null);
  const [busy, occupy] = useState(false);
  const tried = useRef({}); // what was asked for without an answer: the same again is the same group
  const isGroup = wantsGroup || chosen.size > 1;
  const ready = !busy && (isGroup ? name.trim() : chosen.size === 1);
  const submit = async (event) => {
    event.preventDefault();
    if (!ready) return;
    occupy(true);
    const wanted = [isGroup && name.trim(), ...chosen.keys()].join();
    if (tried.current.wanted !== wanted) tried.current = { wanted, client_id: newClientId() };
    const { client_id } = tried.current;
    await attempted(actions.startChat([...chosen.values()], isGroup ? name.trim() : '', picture, client_id));
    occupy(false);
  };
  const isNameless = isGroup && chosen.size > 0 && !name.trim();
  return html`<${Dialog} name=${t('newChat')} class="tall" onClose=${back}>
    <form onSubmit=${submit}>
      ${
        isGroup &&
        html`<div class="naming">
          <${PictureButton} label=${t('groupPicture')} blob=${picture} onPicture=${setPicture} />
          <input
            dir="auto"
            maxlength="150"
            aria-label=${t('groupName')}
            placeholder=${t('groupName')}
            value=${name}
            onInput=${(event) => setName(event.currentTarget.value)}
          />
        </div>`
      }
      ${
        !isGroup &&
        html`<button type="button" class="quiet" onClick=${() => wantGroup(true)}>
          <${Icon} id="users" />${t('newGroup')}
        </button>`
      }
      <${People} chosen=${chosen} toggle=${toggle} without=${[store.get().me.id]} />
      ${isNameless && html`<p class="hint">${t('nameIt')}</p>`}
      <button class="primary" disabled=${!ready}>${t('startChat')}</button>
    </form>
  <//>`;
}
