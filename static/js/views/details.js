// What there is to know of a chat, and to do with it: who is in it, its photos and files, its sound, its link, the way out.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { back } from '../place.js';
import { fullName, isGuest, isPrivate, leads, partner, title } from '../state.js';
import { useStore } from '../store.js';
import { bytes, counted, t, when } from '../text.js';
import {
  ChatAvatar,
  Failed,
  Guest,
  Icon,
  IconButton,
  Name,
  PersonAvatar,
  Skeleton,
  attempted,
  copy,
  local,
  useList,
} from '../ui.js';
import { Switch } from '../ui/forms.js';
import { Dialog, ask } from '../ui/over.js';
import { PictureButton } from './crop.js';
import { Lightbox } from './lightbox.js';
import { People, useChosen } from './newchat.js';

export function Details({ chat }) {
  const state = useStore((now) => now);
  const other = partner(state, chat);
  const isGroup = !isPrivate(chat);
  const may = isGroup && !isGuest(state.me);
  const name = title(state, chat);
  const mayChange = leads(state.me, chat);
  return html`<aside class="details" aria-label=${t('details')}>
    <header>
      <${IconButton} icon="x" label=${t('close')} onClick=${back} />
      <h1>${t('details')}</h1>
    </header>
    <div class="scroll">
      <div class="card">
        ${
          may
            ? html`<${PictureButton}
                label=${t('changeGroupPicture')}
                onPicture=${(blob) => attempted(actions.setChatPicture(chat.id, blob))}
              >
                <${ChatAvatar} chat=${chat} size=${96} />
              <//>`
            : html`<${ChatAvatar} chat=${chat} size=${96} />`
        }
        ${may ? html`<${Rename} key=${chat.name} chat=${chat} />` : html`<p class="name"><${Name}>${name}<//><${Guest} person=${state.people[other]} /></p>`}
        <p class="words">
          ${isGroup ? counted('peopleCount', chat.users.length) : html`<${Presence} person=${state.people[other]} />`}
        </p>
      </div>
      <${Switch}
        label=${t('mute')}
        hint=${t('muteHint')}
        checked=${chat.muted}
        onChange=${(on) => actions.mute(chat.id, on)}
      />
      ${isGroup && html`<${Order} state=${state} chat=${chat} />`}
      ${isGroup && html`<${Members} state=${state} chat=${chat} mayChange=${mayChange} />`}
      ${may && html`<${Link} chat=${chat} mayChange=${mayChange} />`}
      <${HandIn} chat=${chat} />
      <${Photos} chat=${chat} state=${state} />
      <${Files} chat=${chat} />
      ${
        isGroup &&
        html`<button type="button" class="danger" onClick=${() => leave(chat)}>
          <${Icon} id="log-out" />${t('leave')}
        </button>`
      }
    </div>
  </aside>`;
}

/** The group's rules and queues: fetched when one looks. */
function Order(shows) {
  const [order, open] = useState(null);
  useEffect(() => {
    import('../host/group.js').then(open, () => {}); // without it the rest of the details is there
  }, []);
  return order && html`<${order.GroupOrder} ...${shows} />`;
}

async function leave(chat) {
  if (await ask({ question: t('leaveAsk'), button: t('leave') })) attempted(actions.leave(chat.id));
}

const Presence = ({ person }) => {
  if (!person) return null;
  const seen = person.online ? t('online') : t('lastSeen', { when: when(person.last_online) });
  return html`@${person.username} · ${seen}`;
};

function Rename({ chat }) {
  const [typed, type] = useState(null);
  if (typed === null) {
    return html`<p class="name">
      <${Name}>${chat.name}<//>
      <${IconButton} icon="pencil" label=${t('rename')} onClick=${() => type(chat.name)} />
    </p>`;
  }
  const save = async (event) => {
    event.preventDefault();
    const name = typed.trim();
    if (name && name !== chat.name) await attempted(actions.renameChat(chat.id, name));
    type(null);
  };
  return html`<form class="rename" onSubmit=${save}>
    <input
      dir="auto"
      maxlength="150"
      aria-label=${t('groupName')}
      value=${typed}
      ref=${(input) => input && document.activeElement === document.body && input.focus()}
      onInput=${(event) => type(event.currentTarget.value)}
      onKeyDown=${(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        type(null);
      }}
    />
    <button class="primary">${t('save')}</button>
  </form>`;
}

function Members({ state, chat, mayChange }) {
  const [isAdding, add] = useState(false);
  const people = chat.users
    .map((id) => state.people[id] ?? { id })
    .sort(
      (one, other) =>
        Number(other.online ?? 0) - Number(one.online ?? 0) || fullName(one).localeCompare(fullName(other)),
    );
  const write = (person) => attempted(actions.startChat([person], ''));
  const remove = async (person) => {
    const wanted = await ask({ question: t('removeAsk', { name: fullName(person) }), button: t('remove') });
    if (wanted) attempted(actions.removeMember(chat.id, person.id));
  };
  return html`<section>
    <h2>${t('people')}</h2>
    ${
      !isGuest(state.me) &&
      html`<button type="button" class="quiet" onClick=${() => add(true)}>
        <${Icon} id="user-plus" />${t('addPeople')}
      </button>`
    }
    <ul class="members-list">
      ${people.map(
        (person) =>
          html`<li key=${person.id}>
            <button
              type="button"
              class="person"
              disabled=${person.id === state.me.id || isGuest(state.me) || !person.username}
              title=${person.id === state.me.id ? undefined : t('writeTo', { name: fullName(person) })}
              onClick=${() => write(person)}
            >
              <${PersonAvatar} person=${person} id=${person.id} online=${person.online || person.id === state.me.id} />
              <span class="name"><${Name}>${fullName(person)}<//><${Guest} person=${person} /></span>${' '}
              <span class="words">
                ${[
                  person.id === state.me.id && t('you'),
                  person.id === chat.owner && t('owner'),
                  person.id !== state.me.id &&
                    (person.online ? t('online') : t('lastSeen', { when: when(person.last_online ?? 0) })),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </button>
            ${
              mayChange &&
              person.id !== state.me.id &&
              html`<${IconButton}
                icon="user-minus"
                label=${t('removeFile', { name: fullName(person) })}
                onClick=${() => remove(person)}
              />`
            }
          </li>`,
      )}
    </ul>
    ${isAdding && html`<${AddPeople} chat=${chat} onClose=${() => add(false)} />`}
  </section>`;
}

function AddPeople({ chat, onClose }) {
  const [chosen, toggle] = useChosen();
  const submit = async (event) => {
    event.preventDefault();
    const done = await attempted(actions.addMembers(chat.id, [...chosen.keys()]));
    if (done) onClose();
  };
  return html`<${Dialog} name=${t('addPeople')} class="tall" onClose=${onClose}>
    <form onSubmit=${submit}>
      <${People} chosen=${chosen} toggle=${toggle} without=${chat.users} />
      <button class="primary" disabled=${!chosen.size}>${t('add')}</button>
    </form>
  <//>`;
}

/** The link that lets others in by themselves; shown once it is asked for, since making one opens the group. */
function Link({ chat, mayChange }) {
  const [link, show] = useState(null);
  const url = link && `${location.origin}/#/join/${link.code}`;
  const drop = async () => {
    if (!(await ask({ question: t('dropLinkAsk'), button: t('dropLink') }))) return;
    await attempted(api.dropChatLink(chat.id));
    show(null);
  };
  return html`<section>
    <h2>${t('link')}</h2>
    <p class="hint">${t('linkHint')}</p>
    ${
      !link &&
      html`<button
        type="button"
        class="quiet"
        onClick=${() => attempted(api.chatLink(chat.id)).then((made) => made && show(made))}
      >
        <${Icon} id="link" />${t('showLink')}
      </button>`
    }
    ${
      link &&
      html`<p class="url">
          <input readonly aria-label=${t('link')} value=${url} onFocus=${(event) => event.currentTarget.select()} />
        </p>
        <div class="buttons">
          ${mayChange && html`<button type="button" onClick=${drop}>${t('dropLink')}</button>`}
          <button type="button" class="primary" onClick=${() => copy(url)}>${t('copyLink')}</button>
        </div>`
    }
  </section>`;
}

/** What is to be handed in: fetched when the details are opened, and quiet where that fails. */
function HandIn({ chat }) {
  const [panel, open] = useState(null);
  useEffect(() => void import('../boxes/panel.js').then(open, () => {}), []);
  return panel && html`<${panel.Boxes} chat=${chat} />`;
}

const PAGE = 50; // messages that an answer has at most

/** A chat's messages with photos or with files, the newest first; read anew when one more has come. */
function useAttachments(chat, media) {
  const newest = chat.last_message?.[media] ? chat.last_message.seq : 0;
  const read = async (before) => {
    const { results } = await api.attachments(chat.id, media, before);
    return { items: results, next: results.length === PAGE ? results.at(-1).seq : null };
  };
  return useList(read, [chat.id, newest]);
}

/** The rest of such a list: what is there before it is, where nothing is, and how one comes to more. */
const Rest = ({ list: { items, more, failure, again }, none }) => html`
  ${failure && html`<${Failed} failure=${failure} again=${again} />`}
  ${!items && !failure && html`<${Skeleton} rows=${1} />`} ${items?.length === 0 && html`<p class="hint">${none}</p>`}
  ${more && html`<button type="button" class="quiet" onClick=${more}>${t('showMore')}</button>`}
`;

function Photos({ chat, state }) {
  const list = useAttachments(chat, 'photo');
  const photos = list.items ?? [];
  const [at, open] = useState(null);
  return html`<section>
    <h2>${t('photos')}</h2>
    ${
      photos.length > 0 &&
      html`<ul class="grid">
        ${photos.map(
          (message, place) =>
            html`<li key=${message.id}>
              <button type="button" onClick=${() => open(place)}>
                <img
                  src=${local(message.photo_thumb ?? message.photo)}
                  alt=${`${t('photo')}, ${fullName(state.people[message.from_user])}, ${when(message.time)}`}
                  loading="lazy"
                />
              </button>
            </li>`,
        )}
      </ul>`
    }
    <${Rest} list=${list} none=${t('noPhotos')} />
    ${at !== null && html`<${Lightbox} photos=${photos} at=${at} onClose=${() => open(null)} />`}
  </section>`;
}

function Files({ chat }) {
  const list = useAttachments(chat, 'file');
  const files = list.items ?? [];
  return html`<section>
    <h2>${t('files')}</h2>
    ${
      files.length > 0 &&
      html`<ul class="files">
        ${files.map(
          (message) =>
            html`<li key=${message.id}>
              <a href=${local(message.file)} download=${message.file_name ?? ''}>
                <${Icon} id="file" />
                <span class="name"><${Name}>${message.file_name ?? t('file')}<//></span
                >${' '}
                <span class="words">${bytes(message.file_size ?? 0)} · ${when(message.time)}</span>
              </a>
            </li>`,
        )}
      </ul>`
    }
    <${Rest} list=${list} none=${t('noFiles')} />
  </section>`;
}
