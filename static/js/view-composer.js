// The composer: text, attachments above it, and what it is about when it replies or edits. What is begun in one chat
// waits there while one looks at another.

import { bytes, counted, t } from './text.js';
import { h, icon, iconButton, menu } from './view.js';
import { words } from './view-message.js';

const EMOJI = [...'😀😂🙂😉😍😘🤔😎😢😭😡😱🙏👍👎👏👋💪🎉🔥💯✅❌', '❤️'];
const TEXT_MAX = 10_000;

/** `actions`: chat (the one that is shown), send, edit. */
export function compose(actions) {
  const drafts = new Map();
  let about = null; // { kind: 'reply' | 'edit', message }
  let files = [];
  const text = h('textarea', { 'aria-label': t('message'), placeholder: t('message'), rows: 1 });
  const bar = h('div', { class: 'about', hidden: true });
  const tiles = h('ul', { class: 'tiles' });
  const tooLong = h('p', { class: 'error', role: 'alert' });
  const picker = h('input', { type: 'file', multiple: true, hidden: true, 'aria-hidden': 'true', tabindex: '-1' });
  const emoji = iconButton(
    'smile',
    t('emoji'),
    () =>
      menu(
        emoji,
        EMOJI.map((one) => [
          one,
          () => (text.focus(), text.setRangeText(one, text.selectionStart, text.selectionEnd, 'end')),
        ]),
        { name: t('emoji'), grid: true },
      ),
    { 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
  );

  const grow = () => {
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`; // and its border
    const over = [...text.value.trim()].length - TEXT_MAX;
    tooLong.textContent = over > 0 ? counted('tooLong', over) : '';
    return over <= 0;
  };
  const showFiles = () =>
    tiles.replaceChildren(
      ...files.map((one) =>
        h(
          'li',
          {},
          icon('file'),
          h('span', { class: 'name' }, one.name),
          ' ',
          h('span', { class: 'size' }, bytes(one.size)),
          iconButton('x', `${t('remove')} ${one.name}`, () => {
            files = files.filter((other) => other !== one);
            showFiles();
          }),
        ),
      ),
    );
  const attach = (more) => {
    files = [...files, ...more];
    showFiles();
    text.focus();
  };
  const turn = (kind, message) => {
    about = kind && { kind, message };
    bar.hidden = !about;
    bar.replaceChildren(
      ...(about
        ? [
            h('span', {}, t(kind === 'edit' ? 'editing' : 'replyingTo'), ': ', h('q', {}, words(message))),
            iconButton('x', t('cancel'), begin(null)),
          ]
        : []),
    );
    if (kind === 'edit') text.value = message.text;
    else if (!kind) text.value = '';
    grow();
  };
  const begin = (kind) => (message) => {
    turn(kind, message);
    text.focus();
  };
  const submit = (event) => {
    event?.preventDefault();
    const value = text.value.trim();
    const editing = about?.kind === 'edit' && about.message;
    if (!grow() || !(value || files.length || (editing && (editing.photo || editing.file)))) return;
    if (editing) actions.edit(editing, value);
    else actions.send(actions.chat().id, value, about?.message.id ?? null, files);
    if (!editing) files = [];
    showFiles();
    turn(null);
    text.focus();
  };
  text.addEventListener('input', grow);
  text.addEventListener('keydown', (event) => {
    const breaks = event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches;
    if (event.key === 'Enter' && !breaks) submit(event);
    if (event.key === 'Escape' && about) turn(null);
  });
  text.addEventListener('paste', (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  picker.addEventListener('change', () => {
    attach(picker.files);
    picker.value = '';
  });
  const node = h(
    'form',
    { class: 'composer', onsubmit: submit },
    bar,
    tiles,
    tooLong,
    h(
      'div',
      {},
      iconButton('paperclip', t('attach'), () => picker.click()),
      picker,
      text,
      emoji,
      h('button', { class: 'icon-button send', 'aria-label': t('send'), title: t('send') }, icon('send-horizontal')),
    ),
  );
  let current = null;
  return {
    node,
    focus: () => text.focus(),
    edit: begin('edit'),
    reply: begin('reply'),
    open: (chat) => {
      if (current) drafts.set(current, { value: about?.kind === 'edit' ? '' : text.value, files });
      current = chat.id;
      turn(null);
      const draft = drafts.get(chat.id);
      text.value = draft?.value ?? '';
      files = draft?.files ?? [];
      showFiles();
      grow();
    },
    attach,
  };
}
