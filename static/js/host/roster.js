// The roster for the host: names pasted in, and the cards that come of them, to be printed and cut.

import { html, useEffect, useReducer, useState } from '../../vendor/preact/standalone.js';
import { call, picture, query } from '../api.js';
import { fullName } from '../state.js';
import { counted, t } from '../text.js';
import { Failed, Name, Skeleton, attempted, useList } from '../ui.js';
import { Form } from '../ui/forms.js';
import { ask } from '../ui/over.js';

const PATH = '/host/roster/';

/** What another device can open; null where there is nothing of the kind: this one's own name would lead a phone to itself. */
export async function lobbyAddress() {
  const { join } = await call('GET', '/host/lobby/');
  return join?.replace(/\/$/, '') ?? null;
}

/** Who is on the roster, more names, and the cards of those that were just made. */
export function Roster() {
  const [cards, show] = useState([]);
  const read = async () => ({ items: await call('GET', PATH), next: null });
  const { items, failure, again } = useList(read, []);
  const made = (fresh) => {
    show((before) => [...before.filter((card) => !fresh.some(({ id }) => id === card.id)), ...fresh]);
    again();
  };
  return html`<section class="roster">
    <h2>${t('hostRosterNames')}</h2>
    <${Paste} made=${made} />
    ${cards.length > 0 && html`<${Cards} cards=${cards} />`}
    ${failure && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${3} />`}
    ${items?.length > 0 && html`<p>${counted('hostOnRoster', items.length)}</p>`}
    <ul class="rows">
      ${(items ?? []).map((pupil) => html`<${Pupil} key=${pupil.id} pupil=${pupil} made=${made} gone=${again} />`)}
    </ul>
  </section>`;
}

function Pupil({ pupil, made, gone }) {
  const renew = async () => {
    const card = await attempted(call('POST', `${PATH}${pupil.id}/pin/`));
    if (card) made([card]);
  };
  const remove = async () => {
    const question = t('hostOffRosterAsk', { name: fullName(pupil) });
    if (!(await ask({ question, button: t('hostOffRoster') }))) return;
    await attempted(call('DELETE', `${PATH}${pupil.id}/`));
    gone();
  };
  return html`<li>
    <span class="name"><${Name}>${fullName(pupil)}<//> <span class="words">@${pupil.username}</span></span>
    <button type="button" class="quiet" onClick=${renew}>${t('hostNewPin')}</button>
    <button type="button" class="quiet" onClick=${remove}>${t('hostOffRoster')}</button>
  </li>`;
}

function Paste({ made }) {
  const [times, again] = useReducer((count) => count + 1, 0);
  const names = { name: 'names', label: t('hostPaste'), hint: t('hostPasteHint'), rows: 6, spellcheck: false };
  const run = async (fields) => {
    made(await call('POST', PATH, fields));
    again();
  };
  return html`<${Form} key=${times} fields=${[names]} button=${t('hostMakePins')} run=${run} />`;
}

/** PINs are seen here and nowhere again, hence the hint. The picture is one and the same on each card. */
function Cards({ cards }) {
  const [{ address, drawn }, show] = useState({ address: undefined }); // null: there is none
  useEffect(() => {
    let url = null;
    let isOver = false;
    const draw = async () => {
      const address = await lobbyAddress();
      if (!address) return isOver || show({ address });
      const blob = await picture(`/host/qr/?${query({ text: `${address}/#/names` })}`);
      if (isOver) return;
      url = URL.createObjectURL(blob);
      show({ address, drawn: url });
    };
    draw().catch((failure) => {
      if (failure.status === undefined) throw failure; // without it the letters are there
    });
    return () => {
      isOver = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, []);
  return html`<section class="cards" aria-label=${t('hostCards')}>
    <p class="hint">${t('hostCardsHint')}</p>
    ${address === null && html`<p class="note">${t('lobbyAlone')} <a href="#/host/doctor">${t('hostDoctor')}</a></p>`}
    <button type="button" class="primary" onClick=${() => print()}>${t('hostPrint')}</button>
    <ul>
      ${cards.map(
        (card) =>
          html`<li key=${card.id}>
            <b><${Name}>${fullName(card)}<//></b>
            <span class="digits">${card.pin}</span>
            ${address && html`<span>${address.replace(/^http:\/\//, '')}</span>`}
            ${drawn && html`<img src=${drawn} alt="" width="112" height="112" />`}
            <span>${t('hostCardUse')}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}
