// Choosing people: one makes a private chat, more make a group, which has a name and may have a picture.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { back } from '../place.js';
import { fullName } from '../state.js';
import { store } from '../store.js';
import { t } from '../text.js';
import { Dialog, Empty, Icon, IconButton, Name, Skeleton, attempted } from '../ui.js';
import { PictureButton } from './crop.js';
import { Person } from './list.js';

const SETTLED_MILLISECONDS = 150;

/** People to choose from, read page by page as one scrolls. `chosen`: by id; those in `without` are not there. */
export function People({ chosen, toggle, without }) {
  const [typed, type] = useState('');
  const [found, show] = useState(null); // { q, people, next: page or null }
  const q = typed.trim();
  const wanted = useRef(q);
  wanted.current = q;
  const read = async (page) => {
    const answer = await attempted(api.people(q, page));
    if (!answer || wanted.current !== q) return;
    const before = page > 1 ? found.people : [];
    show({ q, people: [...before, ...answer.results], next: answer.next ? page + 1 : null });
  };
  useEffect(() => {
    const timer = setTimeout(() => read(1), found ? SETTLED_MILLISECONDS : 0);
    return () => clearTimeout(timer);
  }, [q]);
  const people = (found?.people ?? []).filter((person) => !without.includes(person.id));
  const scroll = ({ currentTarget: list }) => {
    const isNear = list.scrollHeight - list.scrollTop - list.clientHeight < 200;
    if (isNear && found.next && !found.isReading) {
      found.isReading = true;
      read(found.next);
    }
  };
  return html`
    <input
      type="search"
      dir="auto"
      aria-label=${t('findPeople')}
      placeholder=${t('findPeople')}
      autocomplete="off"
      value=${typed}
      onInput=${(event) => type(event.currentTarget.value)}
      onKeyDown=${(event) => event.key === 'Enter' && event.preventDefault()}
    />
    ${chosen.size > 0 &&
    html`<ul class="chips">
      ${[...chosen.values()].map(
        (person) => html`<li key=${person.id}>
          <${Name}>${fullName(person)}<//>
          <${IconButton} icon="x" label=${t('removeFile', { name: fullName(person) })} onClick=${() => toggle(person)} />
        </li>`,
      )}
    </ul>`}
    <ul class="people" tabindex="-1" onScroll=${scroll}>
      ${people.map(
        (person) => html`<li key=${person.id}>
          <${Person} person=${person} aria-pressed=${String(chosen.has(person.id))} onClick=${() => toggle(person)} />
        </li>`,
      )}
      ${!found && html`<li><${Skeleton} rows=${3} /></li>`}
      ${found && !people.length && html`<li><${Empty} icon="users">${q ? t('nobody') : t('nobodyYet')}<//></li>`}
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
  const isGroup = wantsGroup || chosen.size > 1;
  const ready = !busy && (isGroup ? name.trim() : chosen.size === 1);
  const submit = async (event) => {
    event.preventDefault();
    if (!ready) return;
    occupy(true);
    await attempted(actions.startChat([...chosen.values()], isGroup ? name.trim() : '', picture));
    occupy(false);
  };
  return html`<${Dialog} name=${t('newChat')} class="tall" onClose=${back}>
    <form onSubmit=${submit}>
      ${isGroup &&
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
      </div>`}
      ${!isGroup &&
      html`<button type="button" class="quiet" onClick=${() => wantGroup(true)}>
        <${Icon} id="users" />${t('newGroup')}
      </button>`}
      <${People} chosen=${chosen} toggle=${toggle} without=${[store.get().me.id]} />
      <button class="primary" disabled=${!ready}>${t('startChat')}</button>
    </form>
  <//>`;
}
