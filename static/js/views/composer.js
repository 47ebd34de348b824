// What one writes: text, attachments above it, and what it is about when it replies or edits. What is begun in a chat
// waits there, the text also beyond a reload.

import { html, useEffect, useLayoutEffect, useReducer, useRef, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import * as drafts from '../drafts.js';
import { looksLikePhoto, preparePhoto } from '../photos.js';
import { fullName, isStaff, mayReword, shortName } from '../state.js';
import { store, useStore } from '../store.js';
import { bytes, counted, folded, t } from '../text.js';
import { attempted, complain, Icon, IconButton, Name, PersonAvatar, useMedia } from '../ui.js';
import { Popover } from '../ui/over.js';
import { EmojiPicker } from './emoji.js';
import { preview, words } from './message.js';

const TEXT_MAX = 10_000;
const SUGGESTED = 8;
const LOOK_BACK = 80; // characters in which an @name that is being written stands
const MENTIONING = /(?:^|[^\p{L}\p{N}_.+-])@([\p{L}\p{N}_.+-]*)$/u;
const MARKS = { b: '**', i: '*' };

/** A message that is known, or soon will be. */
async function messageOf(chat, id) {
  const { histories, quotes } = store.get();
  const there = histories[chat]?.find((message) => message.id === id) ?? quotes[id];
  if (there) return there;
  const message = await api.message(id);
  store.tell({ type: 'quote', message });
  return message;
}

/** The members of a chat whose name or username has a word that begins so, those first who begin with it. */
function suggestions(chat, begun) {
  const { people, me } = store.get();
  const wanted = folded(begun);
  const rank = (person) => {
    const all = [person.username, fullName(person)].map(folded);
    if (all.some((name) => name.startsWith(wanted))) return 0;
    return all.some((name) => name.split(/[\s._+-]+/).some((word) => word.startsWith(wanted))) ? 1 : 2;
  };
  return chat.users
    .filter((user) => user !== me.id && people[user])
    .map((user) => ({ person: people[user], rank: rank(people[user]) }))
    .filter((one) => one.rank < 2)
    .sort((one, other) => one.rank - other.rank || fullName(one.person).localeCompare(fullName(other.person)))
    .slice(0, SUGGESTED)
    .map((one) => one.person);
}

/** The composer of a chat. `handle.current` becomes what the chat may do with it: focus, reply, edit, attach. */
export function Composer({ id, handle }) {
  const me = useStore((state) => state.me);
  const text = useRef();
  const frame = useRef();
  const picker = useRef();
  const camera = useRef();
  const smile = useRef();
  const aside = useRef(null); // what was written before one began to edit, and what it answers
  const [about, setAbout] = useState(null); // { kind: 'reply' | 'edit', message }
  const [over, setOver] = useState(0);
  const [isEmpty, setEmpty] = useState(true);
  const [picking, setPicking] = useState(false);
  const [asked, setAsked] = useState(null); // { from, people, at }: who may be meant by the @name that is being written
  const [, again] = useReducer((count) => count + 1, 0);
  const isTouch = useMedia('(pointer: coarse)');
  const mayAttach = useStore(({ order }) => order?.files !== false) || isStaff(me);
  const dismissed = useRef(null); // where an @name begins that is to be left alone
  const now = useRef();
  now.current = { about };

  const files = drafts.filesOf(id);
  const setFiles = (list) => {
    drafts.setFiles(id, list);
    again();
  };

  const grown = () => {
    const { value } = text.current;
    frame.current.dataset.text = value;
    const length = value.length > TEXT_MAX ? [...value.trim()].length : 0;
    setOver(Math.max(0, length - TEXT_MAX));
    setEmpty(!value.trim());
  };
  const remember = () => {
    const { kind, message } = now.current.about ?? {};
    const { value } = text.current;
    if (kind === 'edit') drafts.write(id, { ...aside.current, edit: { id: message.id, text: value } });
    else drafts.write(id, { text: value, reply_to: message?.id });
  };
  const write = (value) => {
    text.current.value = value;
    text.current.setSelectionRange(value.length, value.length);
    grown();
  };

  /** Turns to a message, or to none. */
  const turn = (kind, message) => {
    const { about } = now.current;
    if (kind === 'edit') {
      if (about?.kind !== 'edit') aside.current = { text: text.current.value, reply_to: about?.message.id };
      write(message.text);
    } else if (about?.kind === 'edit') write(aside.current.text);
    now.current.about = kind ? { kind, message } : null;
    setAbout(now.current.about);
    setAsked(null);
    remember();
    if (!kind && about?.kind === 'edit') answer(aside.current.reply_to);
  };
  /** Turns to what was to be answered. */
  const answer = (reply_to) => {
    if (!reply_to) return;
    const reply = (message) => text.current && !now.current.about && !message.deleted && turn('reply', message);
    messageOf(id, reply_to).then(reply, () => {});
  };
  const begin = (kind) => (message) => {
    turn(kind, message);
    text.current.focus();
  };

  const attach = (more) => {
    // A photo is made small before it leaves; a file is as large as it is.
    const { file_max_bytes: most = Infinity } = store.get().door;
    const isTooLarge = (file) => file.size > most && !looksLikePhoto(file);
    const fitting = [...more].filter((file) => !isTooLarge(file));
    if (fitting.length < more.length) complain(t('fileTooLarge', { size: bytes(most) }));
    const entries = fitting.map((file) => {
      const isPhoto = looksLikePhoto(file);
      const entry = { key: Math.random(), blob: file, name: file.name || 'file', kind: 'file', isReady: !isPhoto };
      if (isPhoto) {
        const ready = (change) => {
          Object.assign(entry, change, { isReady: true });
          again();
        };
        preparePhoto(file).then(ready, () => ready({}));
      }
      return entry;
    });
    setFiles([...drafts.filesOf(id), ...entries]);
    if (!isTouch) text.current.focus();
  };

  useLayoutEffect(() => {
    handle.current = { focus: () => text.current.focus(), reply: begin('reply'), edit: begin('edit'), attach };
  });
  useLayoutEffect(() => {
    const { text: begun = '', reply_to, edit } = drafts.read(id);
    write(begun);
    if (!edit) return answer(reply_to);
    const resume = (message) => {
      if (!text.current || now.current.about || message.deleted) return;
      aside.current = { text: begun, reply_to };
      now.current.about = { kind: 'edit', message };
      setAbout(now.current.about);
      write(edit.text);
    };
    messageOf(id, edit.id).then(resume, () => {});
  }, []);
  // What one answers or edits may go, or change, meanwhile.
  const aboutNow = useStore((state) => state.histories[id]?.find((message) => message.id === about?.message.id));
  useEffect(() => {
    if (aboutNow?.deleted) turn(null);
  }, [aboutNow?.deleted]);

  const send = () => {
    const value = text.current.value.trim();
    const { kind, message } = now.current.about ?? {};
    const list = drafts.filesOf(id);
    if ([...value].length > TEXT_MAX) return;
    if (kind === 'edit') {
      if (!value && !message.photo && !message.file) return;
      turn(null);
      if (value !== message.text) attempted(change(message, value));
      return;
    }
    if (!value && !list.length) return;
    setFiles([]);
    write('');
    turn(null);
    actions.send(id, { text: value, reply_to: message?.id, files: list });
  };
  /** What could not be changed is not lost: it is there again to be tried once more, here or when one comes back. */
  const change = (message, value) =>
    actions.edit(message, value).catch((failure) => {
      if (text.current && now.current.about?.kind !== 'edit') {
        turn('edit', message);
        write(value);
        remember();
      } else if (!text.current) drafts.write(id, { ...drafts.read(id), edit: { id: message.id, text: value } });
      throw failure;
    });
  const submit = (event) => {
    event.preventDefault();
    send();
    text.current.focus();
  };

  // Who may be meant

  const suggest = () => {
    const { value, selectionStart: end, selectionEnd } = text.current;
    const begun = end === selectionEnd && MENTIONING.exec(value.slice(Math.max(0, end - LOOK_BACK), end))?.[1];
    const chat = store.get().chats[id];
    if (typeof begun !== 'string' || !chat) return setAsked(null);
    const from = end - begun.length - 1;
    if (from === dismissed.current) return;
    const people = suggestions(chat, begun);
    dismissed.current = null;
    setAsked((was) =>
      people.length ? { from, people, at: was?.from === from ? Math.min(was.at, people.length - 1) : 0 } : null,
    );
  };
  const mean = (person) => {
    const { selectionStart } = text.current;
    const tail = /^\s/.test(text.current.value.slice(selectionStart)) ? '' : ' ';
    text.current.setRangeText(`@${person.username}${tail}`, asked.from, selectionStart, 'end');
    setAsked(null);
    changed();
    text.current.focus();
  };
  const keysOfAsked = (event) => {
    const { people, at } = asked;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAsked({ ...asked, at: (at + step + people.length) % people.length });
    else if (event.key === 'Enter' || event.key === 'Tab') mean(people[at]);
    else if (event.key === 'Escape') {
      dismissed.current = asked.from;
      setAsked(null);
    } else return false;
    return true;
  };

  // What is typed

  const changed = () => {
    grown();
    remember();
  };
  const onInput = () => {
    changed();
    suggest();
    if (text.current.value && about?.kind !== 'edit') actions.typing(id);
  };
  const editLast = () => {
    const state = store.get();
    if (!mayReword(state, state.chats[id])) return false;
    const history = state.histories[id] ?? [];
    const last = history.findLast((message) => message.from_user === me.id && !message.deleted);
    if (last) begin('edit')(last);
    return Boolean(last);
  };
  const mark = (sign) => {
    const { selectionStart: from, selectionEnd: to, value } = text.current;
    text.current.setRangeText(`${sign}${value.slice(from, to)}${sign}`, from, to, 'end');
    text.current.setSelectionRange(from + sign.length, to + sign.length);
    changed();
  };
  const onKeyDown = (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to what composes letters
    const { key } = event;
    const sign = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && MARKS[key.toLowerCase()];
    if (asked && !event.shiftKey && keysOfAsked(event)) event.preventDefault();
    else if (key === 'Enter' && !event.shiftKey && !isTouch) submit(event);
    else if (key === 'Escape' && about) {
      event.preventDefault();
      turn(null);
    } else if (key === 'ArrowUp' && !text.current.value && !about && !files.length && editLast())
      event.preventDefault();
    else if (sign) {
      event.preventDefault();
      mark(sign);
    }
  };
  const onPaste = (event) => {
    const { files: pasted, types } = event.clipboardData;
    // Office programs give a picture of the text beside the text.
    if (!pasted.length || types.includes('text/plain')) return;
    event.preventDefault();
    attach(pasted);
  };
  const insert = (emoji) => {
    const { selectionStart, selectionEnd } = text.current;
    text.current.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    changed();
    setPicking(false);
    text.current.focus();
  };
  const choose = (input) => {
    attach(input.current.files);
    input.current.value = '';
  };
  const remove = (entry) => setFiles(files.filter((one) => one !== entry));

  const chosen = asked && `suggested-${asked.people[asked.at].id}`;
  const isSendable = !over && (!isEmpty || files.length > 0);
  return html`<form class="composer" onSubmit=${submit} novalidate>
    ${about && html`<${About} about=${about} id=${id} onLeave=${() => (turn(null), text.current.focus())} />`}
    ${
      files.length > 0 &&
      html`<ul class="tiles">
        ${files.map(
          (entry) =>
            html`<${Tile} key=${entry.key} entry=${entry} isReady=${entry.isReady} onRemove=${() => remove(entry)} />`,
        )}
      </ul>`
    }
    <p class="error" role="alert">${over > 0 && counted('tooLong', over)}</p>
    ${asked && html`<${Suggested} asked=${asked} onChoose=${mean} />`}
    <div class="line">
      ${mayAttach && html`<${IconButton} icon="paperclip" label=${t('attach')} onClick=${() => picker.current.click()} />`}
      ${
        mayAttach &&
        isTouch &&
        isEmpty &&
        html`<${IconButton} icon="camera" label=${t('camera')} onClick=${() => camera.current.click()} />`
      }
      <input
        type="file"
        multiple
        hidden
        tabindex="-1"
        aria-hidden="true"
        ref=${picker}
        onChange=${() => choose(picker)}
      />
      <input
        type="file"
        accept="image/*"
        capture="environment"
        hidden
        tabindex="-1"
        aria-hidden="true"
        ref=${camera}
        onChange=${() => choose(camera)}
      />
      <div class="grows" ref=${frame}>
        <textarea
          ref=${text}
          rows="1"
          dir="auto"
          aria-label=${t('message')}
          placeholder=${t('message')}
          enterkeyhint=${isTouch ? 'enter' : 'send'}
          aria-autocomplete="list"
          aria-controls=${asked ? 'suggested' : undefined}
          aria-activedescendant=${chosen ?? undefined}
          onInput=${onInput}
          onKeyDown=${onKeyDown}
          onClick=${suggest}
          onBlur=${() => setAsked(null)}
          onPaste=${onPaste}
        ></textarea>
      </div>
      <span ref=${smile}>
        <${IconButton}
          icon="smile"
          label=${t('emoji')}
          aria-haspopup="dialog"
          aria-expanded=${String(picking)}
          onClick=${() => setPicking(!picking)}
        />
      </span>
      <button
        class=${isSendable ? 'icon-button send ready' : 'icon-button send'}
        aria-label=${t('send')}
        title=${t('send')}
        onPointerDown=${(event) => event.preventDefault() /* the keyboard of a phone stays */}
      >
        <${Icon} id=${about?.kind === 'edit' ? 'check' : 'send-horizontal'} />
      </button>
    </div>
    ${
      picking &&
      html`<${Popover} anchor=${smile.current} label=${t('emoji')} onClose=${() => setPicking(false)}>
        <${EmojiPicker} onChoose=${insert} />
      <//>`
    }
  </form>`;
}

function About({ about, id, onLeave }) {
  const { kind, message } = about;
  const state = store.get();
  const chat = state.chats[id];
  const name = chat && html`<${Name}>${shortName(state, chat, message.from_user)}<//>`;
  return html`<div class="about">
    <${Icon} id=${kind === 'edit' ? 'pencil' : 'reply'} />
    <p>
      <strong>${kind === 'edit' ? t('editing') : [t('replyingTo'), ' ', name]}</strong>
      <span dir="auto">${words(message).slice(0, 200)}</span>
    </p>
    <${IconButton} icon="x" label=${t('cancel')} onClick=${onLeave} />
  </div>`;
}

function Tile({ entry, isReady, onRemove }) {
  const isPhoto = isReady && entry.kind === 'photo';
  return html`<li class=${isPhoto ? 'tile seen' : 'tile'} aria-busy=${String(!isReady)}>
    ${isPhoto ? html`<img src=${preview(entry.blob)} alt="" />` : html`<span class="sign"><${Icon} id="file" /></span>`}
    <span class="name"><${Name}>${entry.name}<//></span>
    <span class="size">${isReady && bytes(entry.blob.size)}</span>
    <${IconButton} icon="x" label=${t('removeFile', { name: entry.name })} onClick=${onRemove} />
  </li>`;
}

const Suggested = ({ asked, onChoose }) =>
  html`<ul class="suggested" role="listbox" id="suggested" aria-label=${t('people')}>
    ${asked.people.map(
      (person, at) =>
        html`<li
          key=${person.id}
          id=${`suggested-${person.id}`}
          role="option"
          aria-selected=${String(at === asked.at)}
          onPointerDown=${(event) => event.preventDefault()}
          onClick=${() => onChoose(person)}
        >
          <${PersonAvatar} person=${person} id=${person.id} size=${28} />
          <${Name}>${fullName(person)}<//> <span class="username">@${person.username}</span>
        </li>`,
    )}
  </ul>`;
