// What keeps order in a group, for who goes there: its rules, the hands that are up, what waits to be let through; and how
// a message is reported. Not part of the first load.

import { html, render, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { fullName, leads } from '../state.js';
import { store } from '../store.js';
import { t, when } from '../text.js';
import { Icon, IconButton, Name, attempted, local, say, useList } from '../ui.js';
import { Form, Switch } from '../ui/forms.js';
import { Dialog } from '../ui/over.js';
import './begin.js';

/** Asks why a message is to be seen by staff, and tells them. */
export function report(message) {
  const place = document.createElement('div');
  document.body.append(place);
  const close = () => {
    stop();
    render(null, place);
    place.remove();
  };
  const stop = store.listen(({ type }) => type === 'cleared' && close());
  const send = async ({ reason }) => {
    await api.report(message.id, reason);
    close();
    say(t('reported'));
  };
  const fields = [{ name: 'reason', label: t('reportReason'), maxlength: 500, hint: t('reportHint') }];
  render(
    html`<${Dialog} name=${t('report')} onClose=${close}
      ><${Form} fields=${fields} button=${t('report')} run=${send}
    /><//>`,
    place,
  );
}

/** A group's rules and queues. */
export function GroupOrder({ state, chat }) {
  const isLeader = leads(state.me, chat);
  const set = (rules) => api.changeChat(chat.id, rules);
  return html`
    ${
      isLeader &&
      html`<${Switch}
          label=${t('announces')}
          hint=${t('announcesHint')}
          checked=${chat.announces}
          onChange=${(announces) => set({ announces })}
        /><${Switch}
          label=${t('approves')}
          hint=${t('approvesHint')}
          checked=${chat.approves}
          onChange=${(approves) => set({ approves })}
        /><${Switch}
          label=${t('archived')}
          hint=${t('archivedHint')}
          checked=${chat.archived}
          onChange=${(archived) => set({ archived })}
        />`
    }
    ${chat.hands.length > 0 && html`<${Hands} state=${state} chat=${chat} isLeader=${isLeader} />`}
    ${(chat.approves || (isLeader && state.desk?.held > 0)) && html`<${Held} state=${state} chat=${chat} isLeader=${isLeader} />`}
  `;
}

function Hands({ state, chat, isLeader }) {
  const lower = (user) => attempted(api.call('DELETE', `/chat/${chat.id}/hands/${user}/`));
  return html`<section>
    <h2>${t('hands')}</h2>
    <ol class="queue">
      ${chat.hands.map(
        (user) =>
          html`<li key=${user}>
            <${Icon} id="hand" /><span class="name"><${Name}>${fullName(state.people[user])}<//></span>
            ${isLeader && html`<${IconButton} icon="check" label=${t('answered')} onClick=${() => lower(user)} />`}
          </li>`,
      )}
    </ol>
  </section>`;
}

/** What waits: all of it for who decides, else one's own. */
function Held({ state, chat, isLeader }) {
  const [decided, note] = useState(0);
  const read = async () => ({ items: await api.call('GET', `/chat/${chat.id}/held/`), next: null });
  const own = state.outbox.filter((item) => item.isHeld).length;
  const { items } = useList(read, [chat.id, state.desk?.held, state.outbox.length, own, decided]);
  const decide = async (id, approve) => {
    await attempted(api.call('POST', `/chat/${chat.id}/held/${id}/`, { approve }));
    note((count) => count + 1);
  };
  if (!items?.length) return null;
  return html`<section>
    <h2>${t('heldTitle')}</h2>
    <ul class="waiting-list">
      ${items.map(
        (one) =>
          html`<li key=${one.id}>
            <p class="by"><${Name}>${fullName(state.people[one.from_user])}<//> · ${when(one.time)}</p>
            ${one.text && html`<p dir="auto">${one.text}</p>`}
            ${one.photo && html`<img src=${local(one.photo)} alt=${t('photo')} loading="lazy" />`}
            ${one.file && html`<a href=${local(one.file)} download=${one.file_name ?? ''}>${one.file_name}</a>`}
            ${one.refused && html`<p class="error">${t('turnedDown')}</p>`}
            ${
              isLeader &&
              html`<div class="buttons">
                <button type="button" class="danger" onClick=${() => decide(one.id, false)}>${t('turnDown')}</button>
                <button type="button" class="primary" onClick=${() => decide(one.id, true)}>${t('letThrough')}</button>
              </div>`
            }
          </li>`,
      )}
    </ul>
  </section>`;
}
