// Photos that came in one go, as one grid. Each is a message of its own, with its menu and its reactions.

import { Component, html } from '../../vendor/preact/standalone.js';
import { clock, t } from '../text.js';
import { Avatar, Name } from '../ui.js';
import { Going, Kept, Leaving, Mark, opens, preview, Reactions, small } from './message.js';

const SHOWN = 4; // photos of a grid before one asks for all

/** `photos`: what a `Message` is given, of each; `found`: the number of a message that was looked for. */
export class Album extends Component {
  state = { isWhole: false };

  /** Whether one of those that would be left out has something to show. */
  isAskedFor() {
    const { photos, found } = this.props;
    return photos.slice(SHOWN).some(({ message }) => message.seq === found || message.reactions.length > 0);
  }

  render({ photos, found, on }, { isWhole }) {
    const [{ message, mine, first, isGroup, name, fullName, picture }] = photos;
    const isFaced = isGroup && !mine;
    const shown = isWhole || this.isAskedFor() ? photos : photos.slice(0, SHOWN);
    const rest = photos.length - shown.length;
    const kinds = ['album', mine ? 'own' : 'other', first && 'first', isFaced && 'faced'];
    const all = () => this.setState({ isWhole: true });
    const time = html`<time datetime=${message.time}>${clock(message.time)}</time>`;
    return html`<div class=${kinds.filter(Boolean).join(' ')}>
      ${first && isFaced && html`<${Avatar} name=${fullName} url=${picture} id=${message.from_user} size=${40} />`}
      <div class="bubble">
        ${
          first &&
          isFaced &&
          html`<p class="by">
            <span class="name"><${Name}>${name}<//></span> ${time}
          </p>`
        }
        <div class=${`photos of-${Math.min(shown.length, SHOWN + 1)}`}>
          ${shown.map(
            (one, at) =>
              html`<${Snap}
                key=${one.message.seq}
                ...${one}
                isFound=${one.message.seq === found}
                rest=${at === shown.length - 1 ? rest : 0}
                onAll=${all}
                on=${on}
              />`,
          )}
        </div>
        ${
          (mine || (first && !isFaced)) &&
          html`<p class="meta">${first && time} ${mine && html`<${Mark} ...${photos.at(-1)} />`}</p>`
        }
      </div>
    </div>`;
  }
}

class Snap extends Kept {
  menu = (event) => this.props.on.menu(this.props.message, event.currentTarget);

  render({ message, name, isFound, rest, on, onAll, me, reacted }) {
    const picture = html`<img src=${small(message)} alt=${`${t('photo')}, ${name}`} decoding="async" />`;
    return html`<article
      class=${isFound ? 'snap found' : 'snap'}
      data-seq=${message.seq}
      aria-label=${`${name}, ${clock(message.time)}`}
      tabindex="-1"
    >
      ${
        rest > 0
          ? html`<button type="button" class="photo" aria-label=${`${t('showAll')}, +${rest}`} onClick=${onAll}>
              ${picture}<span class="rest">+${rest}</span>
            </button>`
          : html`<a class="photo" ...${opens(message, on.photo)}>${picture}</a>`
      }
      <button
        type="button"
        class="icon-button more"
        aria-label=${t('more')}
        title=${t('more')}
        aria-haspopup="menu"
        tabindex="-1"
        onClick=${this.menu}
      />
      <${Reactions} ...${{ message, me, reacted }} onReact=${on.react} />
    </article>`;
  }
}

/** Photos on their way out that will be one grid; each can be taken back. */
export const LeavingAlbum = ({ items, name, first, on }) =>
  html`<div class=${first ? 'album own first' : 'album own'}>
    <div class="bubble">
      <div class=${`photos of-${Math.min(items.length, SHOWN + 1)}`}>
        ${items.map((item) => html`<${LeavingSnap} key=${item.client_id} ...${{ item, name, on }} />`)}
      </div>
    </div>
  </div>`;

class LeavingSnap extends Leaving {
  render({ item, name, on }) {
    return html`<article class="snap leaving" aria-label=${`${name}, ${clock(item.time)}`}>
      <span class="photo"><img src=${preview(item.file)} alt=${`${t('photo')}, ${name}`} /></span>
      ${!item.acked && html`<${Going} part=${item.part} onCancel=${() => on.drop(item.client_id)} />`}
    </article>`;
  }
}
