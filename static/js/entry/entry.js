// The doors that only some houses have: in with a name, and one's name on a list with a PIN.

import { html, useEffect, useRef, useState } from '../../vendor/preact/standalone.js';
import * as api from '../api.js';
import { dress } from '../dress.js';
import * as place from '../place.js';
import { store, useStore } from '../store.js';
import { folded, learn, t } from '../text.js';
import { Avatar, Empty, Failed, IconButton, Name, Skeleton, useList } from '../ui.js';
import { Form, Search } from '../ui/forms.js';
import { fullName } from '../state.js';
import { Page, classCode } from '../views/door.js';
import * as en from './words-en.js';
import * as ro from './words-ro.js';

learn({ en, ro });
dress('entry');

const DIGITS = 6;
const MANY = 8; // names from which on they are searched

export const Entry = ({ room, ...props }) => html`<${{ guest: Guest, names: Names }[room]} ...${props} />`;

/** Lets a guest in, and leads him to the one chat that there is for him. */
async function comeIn(typed) {
  await api.comeIn('/auth/guest/', typed);
  const stop = store.listen(({ type }) => {
    if (type !== 'snapshot') return;
    stop();
    const [only, ...others] = Object.keys(store.get().chats);
    if (only && !others.length && place.get().room === 'list') place.go(`#/chat/${only}`);
  });
}

const home = () => html`<a href="#/">${t('backToDoor')}</a>`;

function Guest({ heading, note }) {
  const { registration, guests } = useStore((state) => state.door);
  const isOff = guests === false;
  useFocus(heading, '.door input');
  const fields = [
    { name: 'name', label: t('entryName'), maxlength: 60, autocomplete: 'name', hint: t('entryNameHint') },
    ...(registration === 'code' ? [classCode()] : []),
  ];
  return html`<${Page}
    title=${t('guestIn')}
    heading=${heading}
    note=${isOff ? t('entryNoGuests') : note}
    links=${home()}
  >
    ${
      !isOff &&
      html`<${Form}
        key=${registration}
        button=${t('entryIn')}
        fields=${fields}
        run=${comeIn}
      />`
    }
  <//>`;
}

function Names({ heading, note }) {
  const [chosen, choose] = useState(null);
  const [typed, type] = useState('');
  const read = async () => ({ items: await api.ask('GET', '/auth/roster/'), next: null });
  const { items, failure, again } = useList(read, []);
  useFocus(heading, null);
  if (chosen) return html`<${Pin} key=${chosen.id} person=${chosen} heading=${heading} leave=${() => choose(null)} />`;
  const isOff = failure?.status === 404 || items?.length === 0;
  const found = (items ?? []).filter((person) => folded(fullName(person)).includes(folded(typed.trim())));
  return html`<${Page}
    title=${t('chooseName')}
    heading=${heading}
    note=${isOff ? t('entryNoNames') : note}
    links=${home()}
  >
    ${failure && !isOff && html`<${Failed} failure=${failure} again=${again} />`}
    ${!items && !failure && html`<${Skeleton} rows=${6} />`}
    ${items?.length > MANY && html`<${Search} label=${t('entryFind')} value=${typed} onType=${type} />`}
    <ul class="names">
      ${found.map(
        (person) =>
          html`<li key=${person.id}>
            <button type="button" onClick=${() => choose(person)}>
              <${Avatar} name=${fullName(person)} id=${person.id} /><${Name}>${fullName(person)}<//>
            </button>
          </li>`,
      )}
    </ul>
    ${items?.length > 0 && !found.length && html`<${Empty}>${t('nothing')}<//>`}
  <//>`;
}

/** A pad for fingers, and a field for who has a keyboard; the last digit sends it. */
function Pin({ person, heading, leave }) {
  const [pin, set] = useState('');
  const [failure, fail] = useState(null);
  const [busy, occupy] = useState(false);
  const field = useRef();
  useFocus(heading, '.pin input');
  const put = async (typed) => {
    const digits = typed.replace(/\D/g, '').slice(0, DIGITS);
    set(digits);
    if (digits.length < DIGITS || busy) return;
    occupy(true);
    fail(null);
    try {
      await api.comeIn('/auth/roster/', { user_id: person.id, pin: digits });
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      fail(refused);
      set('');
      field.current?.focus();
    } finally {
      occupy(false);
    }
  };
  const wrong = failure && (failure.status === 401 ? t('entryWrongPin') : failure.message);
  return html`<${Page}
    title=${fullName(person)}
    heading=${heading}
    links=${html`<button type="button" class="quiet" onClick=${leave}>${t('entryNotMe')}</button>`}
  >
    <div class="pin">
      <label for="pin">${t('entryPin')}</label>
      <input
        id="pin"
        ref=${field}
        inputmode="none"
        autocomplete="off"
        maxlength=${DIGITS}
        aria-invalid=${wrong ? 'true' : 'false'}
        aria-describedby="pin-error"
        value=${pin}
        onInput=${(event) => put(event.currentTarget.value)}
      />
      <p id="pin-error" role="alert" class="error">${wrong}</p>
      <div class="pad">
        ${[...'123456789'].map((digit) => html`<${Key} key=${digit} digit=${digit} press=${() => put(pin + digit)} />`)}
        <span></span>
        <${Key} digit="0" press=${() => put(`${pin}0`)} />
        <${IconButton} icon="x" label=${t('entryErase')} onClick=${() => set(pin.slice(0, -1))} />
      </div>
    </div>
  <//>`;
}

const Key = ({ digit, press }) => html`<button type="button" onClick=${press}>${digit}</button>`;

/** To the first field where that brings up no keyboard, else to the heading. */
function useFocus(heading, selector) {
  useEffect(() => {
    const isTouch = matchMedia('(pointer: coarse)').matches;
    const first = isTouch || !selector ? null : document.querySelector(selector);
    (first ?? heading.current)?.focus();
  }, []);
}
