// A group that one was sent a link to: what it is, and whether one wants in.

import { html, useEffect } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { back, go, takeInvitation } from '../place.js';
import { counted, t } from '../text.js';
import { Avatar, Empty, Failed, Name, Skeleton, attempted, useList } from '../ui.js';
import { Dialog } from '../ui/over.js';

export function Join({ code }) {
  const read = () => api.linkPreview(code).then((found) => ({ items: [found], next: null }));
  const { items, failure, again } = useList(read, [code]);
  const [group] = items ?? [];
  useEffect(() => void takeInvitation(), [code]);
  useEffect(() => {
    if (group?.joined) go(`#/chat/${group.id}`, { replace: true });
  }, [group]);
  return html`<${Dialog} name=${t('joinGroup')} class="card" onClose=${back}>
    ${failure?.status === 404 && html`<${Empty}>${t('deadLink')}<//>`}
    ${failure && failure.status !== 404 && html`<${Failed} failure=${failure} again=${again} />`}
    ${!failure && !group && html`<${Skeleton} rows=${2} />`}
    ${
      group &&
      html`<${Avatar} name=${group.name} url=${group.chat_picture} id=${group.id} size=${96} />
        <p class="name"><${Name}>${group.name}<//></p>
        <p class="words">${counted('peopleCount', group.members)}</p>
        <button type="button" class="primary" onClick=${() => attempted(actions.joinByLink(code))}>
          ${t('join')}
        </button>`
    }
  <//>`;
}
