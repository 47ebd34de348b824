// One message: as it stands in the log, as it is on its way out, and in a few words elsewhere.

import { readByAll, shortName } from './state.js';
import { bytes, clock, day, t } from './text.js';
import { ask, h, icon, iconButton, local, menu, personAvatar, say } from './view.js';

const REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🎉'];
const PHOTO_WIDTH = 320;
const PHOTO_HEIGHT = 360;

/** A message in a few words. */
export const words = (message) =>
  message.deleted ? t('deleted') : message.text || (message.photo ? t('photo') : (message.file_name ?? t('file')));

/** The photo in a size that fits, known before it loads so that nothing jumps. */
function photo(message, name) {
  const { photo_width: width, photo_height: height } = message;
  const scale = Math.min(1, PHOTO_WIDTH / width, PHOTO_HEIGHT / height) || 1;
  const size = width ? { width: Math.round(width * scale), height: Math.round(height * scale) } : {};
  return h(
    'a',
    { class: 'photo', href: local(message.photo), target: '_blank', rel: 'noopener' },
    h('img', { src: local(message.photo_thumb ?? message.photo), alt: `${t('photo')}, ${name}`, ...size }),
  );
}

const file = (message) =>
  h(
    'a',
    { class: 'file', href: local(message.file), download: message.file_name ?? '' },
    icon('file'),
    h('span', { class: 'name' }, message.file_name ?? t('file')),
    ' ',
    h('span', { class: 'size' }, bytes(message.file_size ?? 0)),
  );

function copy(text) {
  // The clipboard's own interface is there over https only, and a room's laptop speaks http.
  const area = h('textarea', { class: 'spoken', 'aria-hidden': 'true' });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  say(t('copied'));
}

/** One message of the log. `actions` as in `chatView`. */
export function article(line, actions) {
  const { message, name, mine, first } = line;
  const more = iconButton('ellipsis', t('more'), () => openMenu(), {
    class: 'icon-button more',
    'aria-haspopup': 'menu',
    'aria-expanded': 'false',
  });
  const react = (emoji) => {
    const set = line.reactions.some((one) => one.emoji === emoji && one.mine);
    actions.react(message, emoji, !set);
  };
  const openMenu = () =>
    menu(
      more,
      [
        [
          t('react'),
          () =>
            menu(
              more,
              REACTIONS.map((emoji) => [emoji, () => react(emoji)]),
              { name: t('react'), grid: true },
            ),
          'smile-plus',
        ],
        [t('reply'), () => actions.reply(message), 'reply'],
        message.text && [t('copyText'), () => copy(message.text), 'copy'],
        [t('copyLink'), () => copy(`${location.origin}/#/chat/${message.chat_id}/${message.seq}`), 'link'],
        mine && [t('edit'), () => actions.edit(message), 'pencil'],
        mine && [t('delete'), () => ask(t('deleteAsk'), t('delete'), () => actions.remove(message)), 'trash-2'],
      ].filter(Boolean),
    );
  const reaction = ({ emoji, count, mine: set }) =>
    h(
      'button',
      { type: 'button', class: 'reaction', 'aria-pressed': String(set), onclick: () => react(emoji) },
      `${emoji} ${count}`,
    );
  const quote =
    line.quote &&
    h(
      'a',
      { class: 'quote', href: `#/chat/${message.chat_id}/${line.quote.seq}` },
      h('strong', {}, line.quote.name),
      ' ',
      line.quote.words,
    );
  const seen = mine && icon(line.read ? 'check-check' : 'check', line.read ? t('read') : t('sent'));
  return h(
    'article',
    {
      'aria-label': `${name}, ${clock(message.time)}`,
      'data-seq': message.seq,
      class: [mine ? 'own' : 'other', first && 'first'].filter(Boolean).join(' '),
    },
    !mine && first && personAvatar(line.person, message.from_user),
    h(
      'div',
      { class: 'bubble' },
      !mine && first && h('p', { class: 'name' }, name),
      quote,
      message.deleted && h('p', { class: 'gone' }, t('deleted')),
      message.photo && photo(message, name),
      message.file && file(message),
      message.text && h('p', { class: 'text' }, message.text),
      h(
        'p',
        { class: 'below' },
        message.edited && !message.deleted && `${t('edited')} · `,
        h('time', { datetime: message.time }, clock(message.time)),
        ' ',
        seen,
      ),
    ),
    !message.deleted && more,
    line.reactions.length > 0 && h('div', { class: 'reactions' }, line.reactions.map(reaction)),
  );
}

/** A message on its way out, or one that was refused. */
export function leaving({ client_id, name, time, text, file, size, reason }, actions) {
  const button = (label, run) => h('button', { type: 'button', class: 'link', onclick: () => run(client_id) }, label);
  return h(
    'article',
    { class: 'own first leaving', 'aria-label': `${name}, ${clock(time)}` },
    h(
      'div',
      { class: 'bubble' },
      file &&
        h(
          'p',
          { class: 'file' },
          icon('file'),
          h('span', { class: 'name' }, file),
          ' ',
          h('span', { class: 'size' }, bytes(size)),
        ),
      text && h('p', { class: 'text' }, text),
      file && !reason && h('progress', { max: 1, 'aria-label': t('sending') }),
      reason && h('p', { class: 'error', role: 'alert' }, icon('circle-alert'), reason),
      h(
        'p',
        { class: 'below' },
        (reason || file) && button(reason ? t('delete') : t('cancel'), actions.drop),
        ' ',
        reason ? button(t('tryAgain'), actions.retry) : icon('clock', t('sending')),
      ),
    ),
  );
}

/** What a line shows, as data: it is made again when this differs. */
export function shown(state, chat, line, earlier) {
  if (line.kind !== 'message') return { ...line, text: line.kind === 'day' ? day(line.time) : t('newLine') };
  const { message } = line;
  const quoted = message.reply_to && (earlier.get(message.reply_to) ?? state.quotes[message.reply_to]);
  const mine = message.from_user === state.me.id;
  return {
    ...line,
    mine,
    name: shortName(state, chat, message.from_user),
    person: state.people[message.from_user],
    read: mine && readByAll(state, chat, message.seq),
    quote: quoted && { seq: quoted.seq, name: shortName(state, chat, quoted.from_user), words: words(quoted) },
    reactions: message.reactions.map(({ emoji, users }) => ({
      emoji,
      count: users.length,
      mine: users.includes(state.me.id),
    })),
  };
}
