// A group that one was sent a link to: what it is, and whether one wants in.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { actions } from '../actions.js';
import * as api from '../api.js';
import { back, go } from '../place.js';
import { counted, t } from '../text.js';
import { Avatar, Dialog, Empty, Name, Skeleton, attempted } from '../ui.js';

export function Join({ code }) {
  const [group, show] = useState(null);
  const [problem, complain] = useState('');
  useEffect(() => {
    api.linkPreview(code).then(
      (found) => (found.joined ? go(`#/chat/${found.id}`, { replace: true }) : show(found)),
      (failure) => complain(failure.status === 404 ? t('deadLink') : failure.message),
    );
  }, [code]);
  return html`<${Dialog} name=${t('joinGroup')} class="card" onClose=${back}>
    ${problem && html`<${Empty}>${problem}<//>`}
    ${!problem && !group && html`<${Skeleton} rows=${2} />`}
    ${group &&
    html`<${Avatar} name=${group.name} url=${group.chat_picture} id=${group.id} size=${96} />
      <p class="name"><${Name}>${group.name}<//></p>
      <p class="words">${counted('peopleCount', group.members)}</p>
      <button type="button" class="primary" onClick=${() => attempted(actions.joinByLink(code))}>${t('join')}</button>`}
  <//>`;
}
