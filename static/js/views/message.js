// One message: as it stands in the log, as it is on its way out, and in a few words elsewhere.
//
// A log holds hundreds of them and changes many times a second, so a message is given plain values and made again only
// when one of them is another; what only a pointer or the focus asks for is made when they come.

import { Component, html } from '../../vendor/preact/standalone.js';
import { emojiAlone, parse, plain } from '../markdown.js';
import { store } from '../store.js';
import { bytes, clock, t } from '../text.js';
import { Avatar, copy, Icon, IconButton, local, Name } from '../ui.js';

const PHOTO_WIDTH = 320;
const PHOTO_HEIGHT = 360;

/** A message in a few words. */
export const words = (message) =>
  message.deleted
    ? t(message.removed_by ? 'removed' : 'deleted')
    : plain(message.text) || (message.photo ? t('photo') : (message.file_name ?? t('file')));

const differ = (one, other) => {
  for (const name in one) if (name !== 'children' && one[name] !== other[name]) return true;
  for (const name in other) if (!(name in one)) return true;
  return false;
};

/** Made again only when one of its values is another. */
export class Kept extends Component {
  shouldComponentUpdate(props, state) {
    return differ(this.props, props) || state !== this.state;
  }
}

// Text

const emphasis = { bold: 'strong', italic: 'em' };

function shown(node, names) {
  if (typeof node === 'string') return node;
  const { kind, text, children } = node;
  if (children) return html`<${emphasis[kind]}>${children.map((child) => shown(child, names))}<//>`;
  if (kind === 'code') return html`<code>${text}</code>`;
  if (kind === 'block') {
    return html`<div class="block">
      <pre dir="ltr" tabindex="0"><code>${text}</code></pre>
      <${IconButton} icon="copy" label=${t('copyCode')} onClick=${() => copy(text)} />
    </div>`;
  }
  if (kind === 'mention') {
    const person = names.get(node.name.toLowerCase());
    return html`<span class=${person.isMe ? 'mention mine' : 'mention'} title=${person.name}>${text}</span>`;
  }
  // An address of this page is a place in it.
  const url = new URL(node.href);
  if (url.origin === location.origin && url.pathname === '/' && url.hash) return html`<a href=${url.hash}>${text}</a>`;
  return html`<a href=${node.href} target="_blank" rel="noopener noreferrer">${text}</a>`;
}

const LARGE = ['', 'large one', 'large', 'large'];

/** What somebody wrote. `names`: who may be meant by an @name, by username in lower case: `{name, isMe}`. */
class Text extends Kept {
  render({ text, names }) {
    const nodes = parse(text, (name) => names.has(name.toLowerCase()));
    return html`<span class=${`text ${LARGE[emojiAlone(text)]}`}>${nodes.map((node) => shown(node, names))}</span>`;
  }
}

// Photos and files

const previews = new WeakMap();
const sent = new Map(); // by client_id: what is on the screen already need not come from the server
store.listen(({ type }) => type === 'cleared' && sent.clear());

/** The address of a photo that is here, for as long as it is. */
export function preview(blob) {
  if (!previews.has(blob)) previews.set(blob, URL.createObjectURL(blob));
  return previews.get(blob);
}

/** The address of a message's photo as the log shows it. */
export const small = (message) => sent.get(message.client_id) ?? local(message.photo_thumb ?? message.photo);

/** A photo's size on the screen, known before it is loaded so that nothing jumps. */
function fitted(width, height) {
  const scale = Math.min(1, PHOTO_WIDTH / width, PHOTO_HEIGHT / height) || 1;
  return width && height ? { width: Math.round(width * scale), height: Math.round(height * scale) } : {};
}

/** What makes a link of a photo: it opens over the page, or as a link does when that is asked for. */
export const opens = (message, onOpen) => ({
  href: local(message.photo),
  target: '_blank',
  rel: 'noopener',
  onClick(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    onOpen(message);
  },
});

function Photo({ message, name, onOpen }) {
  const size = fitted(message.photo_width, message.photo_height);
  return html`<a class="photo" ...${opens(message, onOpen)}>
    <img
      src=${small(message)}
      alt=${`${t('photo')}, ${name}`}
      class=${size.width ? '' : 'unknown'}
      decoding="async"
      ...${size}
    />
  </a>`;
}

const FileTile = ({ name, size, href }) => {
  const inner = html`<span class="sign"><${Icon} id="file" /></span>
    <span class="what"
      ><span class="name"><${Name}>${name}<//></span> <span class="size">${bytes(size ?? 0)}</span></span
    >`;
  return href ? html`<a class="file" href=${href} download=${name}>${inner}</a>` : html`<p class="file">${inner}</p>`;
};

// Below and beside it

/** Whether others have it and have read it, by shape and by colour. */
export function Mark({ readers, others, isGroup }) {
  if (!readers) return html`<${Icon} id="check" label=${t('sent')} />`;
  const all = readers >= others;
  const label = all || !isGroup ? t('read') : t('readBy', { n: readers, m: others });
  return html`<span class=${all ? 'mark all' : 'mark'} title=${label}>
    <${Icon} id="check-check" label=${label} />
  </span>`;
}

export function Reactions({ message, me, reacted, onReact }) {
  if (!message.reactions.length) return null;
  const who = reacted.split('\n');
  return html`<div class="reactions">
    ${message.reactions.map(({ emoji, users }, at) => {
      const set = users.includes(me);
      return html`<button
        key=${emoji}
        type="button"
        class="reaction"
        aria-pressed=${String(set)}
        title=${who[at]}
        onClick=${() => onReact(message, emoji, !set)}
      >
        <i class="glyph">${emoji}</i> <span>${users.length}</span>
      </button>`;
    })}
  </div>`;
}

const Quote = ({ message, name }) =>
  html`<a class="quote" href=${`#/chat/${message.chat_id}/${message.seq}`} data-quote>
    <strong><${Name}>${name}<//></strong> <span dir="auto">${words(message).slice(0, 200)}</span>
  </a>`;

const ON_ITS_OWN = 'a, button, input, pre';

/**
 * One message of the log. `name` is what its author is called here, `picture` and `fullName` are for the face beside
 * the first of a group; `quote` and `quoteName` what it answers; `readers` of `others` have read it; `reacted` names who
 * reacted, a line for each reaction. `on`: menu, pick, react, reply, photo, readers; always the same object.
 */
export class Message extends Kept {
  // A pointer or the focus was here: what it may want is there from then on. `isOpen`: it was tapped.
  state = { isNear: false, isOpen: false };

  near = (event) => {
    if (event.pointerType !== 'touch' && !this.state.isNear) this.setState({ isNear: true });
  };

  tap = (event) => {
    if (event.target.closest(ON_ITS_OWN) || !matchMedia('(hover: none)').matches) return;
    this.setState({ isOpen: !this.state.isOpen });
  };

  menu = (event) => this.props.on.menu(this.props.message, event.currentTarget);
  pick = (event) => this.props.on.pick(this.props.message, event.currentTarget);
  reply = () => this.props.on.reply(this.props.message);
  readers = () => this.props.on.readers(this.props.message);

  render(props, { isNear, isOpen }) {
    const { message, name, mine, first, isGroup, isFound, quote, on } = props;
    const kinds = [mine ? 'own' : 'other', first && 'first', isGroup && !mine && 'faced', isFound && 'found'];
    const media = !message.deleted && (message.photo || message.file);
    const size = message.photo ? fitted(message.photo_width, message.photo_height) : {};
    const large = !media && !quote && emojiAlone(message.text) > 0;
    const time = html`<time datetime=${message.time}>${clock(message.time)}</time>`;
    const named = first && isGroup && !mine;
    const meta =
      (message.edited || mine || (first && !named)) &&
      html`<span class="meta">
        ${message.edited && html`<span>${t('edited')}</span>`} ${first && !named && time}
        ${mine && html`<${Mark} ...${props} />`}
      </span>`;
    return html`<article
      class=${kinds.filter(Boolean).join(' ')}
      data-seq=${message.seq}
      aria-label=${`${name}, ${clock(message.time)}`}
      tabindex="-1"
      onPointerEnter=${this.near}
      onFocusIn=${this.near}
    >
      ${named && html`<${Avatar} name=${props.fullName} url=${props.picture} id=${message.from_user} size=${40} />`}
      <div class="row">
        <div
          class=${`bubble${large ? ' bare' : ''}`}
          style=${size.width ? { maxWidth: `${Math.max(160, size.width) + 8}px` } : undefined}
          onClick=${this.tap}
        >
          ${
            named &&
            html`<p class="by">
              <span class="name"
                ><${Name}>${name}<//>${props.isGuest && html`<span class="guest">${t('guest')}</span>`}</span
              >
              ${time}
            </p>`
          }
          ${quote && !message.deleted && html`<${Quote} message=${quote} name=${props.quoteName} />`}
          ${message.deleted && html`<span class="gone">${t(message.removed_by ? 'removed' : 'deleted')}</span>`}
          ${!message.deleted && message.photo && html`<${Photo} message=${message} name=${name} onOpen=${on.photo} />`}
          ${
            !message.deleted &&
            message.file &&
            html`<${FileTile}
              name=${message.file_name ?? t('file')}
              size=${message.file_size}
              href=${local(message.file)}
            />`
          }
          ${
            (message.text || meta) &&
            !message.deleted &&
            html`<div class=${message.text ? 'said' : 'said nothing'} dir="auto">
              ${message.text && html`<${Text} text=${message.text} names=${props.names} />`} ${meta}
            </div>`
          }
        </div>
        <div class="beside">
          ${isNear && !first && html`<span class="when">${time}</span>`}
          ${
            isNear &&
            !message.deleted &&
            html`
              <${IconButton} icon="smile-plus" label=${t('react')} onClick=${this.pick} tabindex="-1" />
              <${IconButton} icon="reply" label=${t('reply')} onClick=${this.reply} tabindex="-1" />
            `
          }
          ${
            !message.deleted &&
            !isOpen &&
            html`<button
              type="button"
              class="icon-button more"
              aria-label=${t('more')}
              title=${t('more')}
              aria-haspopup="menu"
              tabindex=${isNear ? 0 : -1}
              onClick=${this.menu}
            />`
          }
        </div>
      </div>
      ${isOpen && html`<${Told} ...${props} hasTime=${first && !message.deleted} here=${this} />`}
      ${!message.deleted && html`<${Reactions} ...${props} onReact=${on.react} />`}
    </article>`;
  }
}

/** What a tap tells: when, and who has read it; and what a finger that does not press for long would never find. */
function Told({ message, mine, isGroup, readers, others, hasTime, here }) {
  const read = mine && !message.deleted && (readers ? t('readBy', { n: readers, m: others }) : t('sent'));
  return html`<div class="told">
    ${!hasTime && html`<time datetime=${message.time}>${clock(message.time)}</time>`}
    ${read && !isGroup && html`<span>${readers ? t('read') : read}</span>`}
    ${read && isGroup && html`<button type="button" class="link" onClick=${here.readers}>${read}</button>`}
    ${
      !message.deleted &&
      html`<${IconButton} icon="smile-plus" label=${t('react')} onClick=${here.pick} />
        <${IconButton} icon="reply" label=${t('reply')} onClick=${here.reply} />
        <${IconButton} icon="ellipsis" label=${t('more')} aria-haspopup="menu" onClick=${here.menu} />`
    }
  </div>`;
}

/** How much of an upload is there. */
export const Going = ({ part, onCancel }) =>
  html`<div class="going">
    <progress max="1" value=${part} aria-label=${t('sending')}></progress>
    <${IconButton} icon="x" label=${t('cancel')} onClick=${onCancel} />
  </div>`;

/** A message on its way out, or one that was refused. `on`: retry, drop. */
export class Leaving extends Kept {
  componentDidMount() {
    const { item } = this.props;
    if (item.kind === 'photo' && item.file) sent.set(item.client_id, preview(item.file));
  }

  render({ item, name, first, quote, quoteName, on }) {
    const { client_id, file, kind, reason, part } = item;
    const button = (label, run, kind = 'link') =>
      html`<button type="button" class=${kind} onClick=${() => run(client_id)}>${label}</button>`;
    const size = kind === 'photo' ? fitted(item.width, item.height) : {};
    // Said once it is known whether the page may be closed.
    const stage = item.acked ? 'sent' : { true: 'sending', false: 'sendingHere' }[item.isKept];
    const isUploading = file && !reason && !item.acked && !item.isHeld;
    return html`<article
      class=${`own leaving ${first ? 'first' : ''} ${reason ? 'refused' : ''}`}
      aria-label=${`${name}, ${clock(item.time)}`}
    >
      <div class="row">
        <div
          class=${`bubble${!file && !quote && emojiAlone(item.text) ? ' bare' : ''}`}
          style=${size.width ? { maxWidth: `${Math.max(160, size.width) + 8}px` } : undefined}
        >
          ${quote && html`<${Quote} message=${quote} name=${quoteName} />`}
          ${
            file &&
            kind === 'photo' &&
            html`<span class="photo"><img src=${preview(file)} alt=${`${t('photo')}, ${name}`} ...${size} /></span>`
          }
          ${file && kind !== 'photo' && html`<${FileTile} name=${item.file_name} size=${item.file_size} />`}
          ${isUploading && html`<${Going} part=${part} onCancel=${() => on.drop(client_id)} />`}
          <div class=${item.text ? 'said' : 'said nothing'} dir="auto">
            ${item.text && html`<${Text} text=${item.text} names=${this.props.names} />`}
            <span class="meta">
              ${first && html`<time datetime=${item.time}>${clock(item.time)}</time>`}
              ${
                reason
                  ? html`<${Icon} id="circle-alert" label=${t('notSent')} />`
                  : stage && html`<${Icon} id=${item.acked ? 'check' : 'clock'} label=${t(stage)} />`
              }
            </span>
          </div>
        </div>
      </div>
      ${item.isHeld && html`<p class="told" role="status">${t('waits')}</p>`}
      ${
        reason &&
        html`<div class="refusal">
          <p class="error" role="alert">${reason}</p>
          ${button(t('tryAgain'), on.retry)} ${button(t('delete'), on.drop)}
        </div>`
      }
    </article>`;
  }
}
