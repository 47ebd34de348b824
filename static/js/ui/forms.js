// Forms: labelled fields with their errors beside them, switches and choices.

import { html, useEffect, useReducer, useRef, useState } from '../../vendor/preact/standalone.js';
import { t } from '../text.js';
import { IconButton, attempted } from '../ui.js';

const TELL_MILLISECONDS = 3000; // how long what was taken may need to be told

let count = 0;
const useId = (name) => useState(() => `${name}-${(count += 1)}`)[0];

/**
 * A labelled field with room for a hint and an error below it; a password can be shown. With `rows` it has several lines.
 * `value` is what it begins with: what is typed is not undone when the form is shown anew.
 */
function Field({ label, value, error = '', hint = '', type = 'text', input, ...attributes }) {
  const id = useId('field');
  const [shown, show] = useReducer((now) => !now, false);
  const isPassword = type === 'password';
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="control">
      <${attributes.rows ? 'textarea' : 'input'}
        id=${id}
        ref=${input}
        type=${attributes.rows ? undefined : isPassword && shown ? 'text' : type}
        defaultValue=${value}
        dir="auto"
        aria-required="true"
        aria-invalid=${error ? 'true' : 'false'}
        aria-describedby=${`${id}-hint ${id}-error`}
        ...${attributes}
      />
      ${
        isPassword &&
        html`<${IconButton}
          icon=${shown ? 'eye-off' : 'eye'}
          label=${t(shown ? 'hidePassword' : 'showPassword')}
          onClick=${show}
        />`
      }
    </div>
    <p id=${`${id}-hint`} class="hint">${hint}</p>
    <p id=${`${id}-error`} class="error">${error}</p>
  </div>`;
}

/**
 * A form of fields with one button. `fields`: `[{name, label, ...}]`; `run(values)` may be refused: why is shown beside the
 * field it is about, or above the button. `danger`: what it does can't be undone.
 */
export function Form({ fields, button, run, explain = (failure) => failure.message, danger = false, children }) {
  const [failure, fail] = useState(null);
  const [mended, mendOne] = useState(new Set());
  const [busy, occupy] = useState(false);
  const form = useRef();
  const wrong = failure && fields.find((field) => failure.fields?.[field.name]);
  useEffect(() => {
    if (wrong) form.current.elements[wrong.name].focus();
  }, [failure]);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    occupy(true);
    fail(null);
    mendOne(new Set());
    try {
      await run(Object.fromEntries(new FormData(form.current)));
    } catch (refused) {
      if (refused.status === undefined) throw refused;
      fail(refused);
    } finally {
      occupy(false);
    }
  };
  // What was wrong with a field is no longer known once it is another.
  const mend = ({ target: { name } }) => failure?.fields && !mended.has(name) && mendOne(new Set([...mended, name]));
  const isMended = (name) => mended.has(name) || (name === 'password' && mended.has('password2')); // that they differ, say
  const error = (name) => (isMended(name) ? '' : (failure?.fields?.[name] ?? ''));
  return html`<form class="form" novalidate ref=${form} onSubmit=${submit} onInput=${mend}>
    ${fields.map((field) => html`<${Field} key=${field.name} ...${field} error=${error(field.name)} />`)}
    ${children}
    <p role="alert" class="error">${failure && !wrong ? explain(failure) : ''}</p>
    <button class=${danger ? 'danger' : 'primary'} disabled=${busy}>${button}</button>
  </form>`;
}

/** What one looks for; `onType` is told at each letter. `input`: a ref. */
export const Search = ({ label, value, onType, input, ...attributes }) =>
  html`<input
    type="search"
    ref=${input}
    dir="auto"
    aria-label=${label}
    placeholder=${label}
    autocomplete="off"
    value=${value}
    onInput=${(event) => onType(event.currentTarget.value)}
    ...${attributes}
  />`;

/**
 * What is shown of a value that somebody else keeps, and how to change it: the new one from the click on until the value that
 * is kept has become it, since its event may come after the answer. A refusal is said, and undoes it.
 */
function useAsked(value, onChange) {
  const [asked, ask] = useState(null);
  useEffect(() => {
    if (!asked?.isTaken) return undefined;
    // Somebody else may have changed it back in between: then what was asked for never comes.
    const timer = setTimeout(ask, asked.wanted === value ? 0 : TELL_MILLISECONDS, null);
    return () => clearTimeout(timer);
  }, [asked, value]);
  const change = async (wanted) => {
    const mine = { wanted };
    ask(mine);
    const taken = attempted(Promise.resolve(onChange(wanted)).then(() => ({ wanted, isTaken: true })));
    const next = (await taken) ?? null;
    ask((now) => (now === mine ? next : now));
  };
  return [asked ? asked.wanted : value, change];
}

/** Something that is on or off. `onChange` may give a promise, and be refused. */
export function Switch({ label, hint = '', checked, onChange, disabled = false }) {
  const id = useId('switch');
  const [shown, change] = useAsked(checked, onChange);
  return html`<div class="switch">
    <label for=${id}>${label}${hint && html`<span class="hint">${hint}</span>`}</label>
    <input
      id=${id}
      type="checkbox"
      role="switch"
      checked=${shown}
      disabled=${disabled}
      onChange=${(event) => change(event.currentTarget.checked)}
    />
  </div>`;
}

/** Choices of which one holds: radio buttons in a named group. `options`: `[value, label, language]`; `onChange` as above. */
export function Choice({ legend, hint = '', options, value, onChange }) {
  const name = useId('choice');
  const [shown, change] = useAsked(value, onChange);
  return html`<fieldset class="choice" aria-describedby=${hint ? `${name}-hint` : undefined}>
    <legend>${legend}</legend>
    ${hint && html`<p id=${`${name}-hint`} class="hint">${hint}</p>`}
    <div>
      ${options.map(
        ([option, label, lang]) =>
          html`<label key=${option} lang=${lang}>
            <input
              type="radio"
              name=${name}
              value=${option}
              checked=${option === shown}
              onChange=${() => change(option)}
            />
            <span>${label}</span>
          </label>`,
      )}
    </div>
  </fieldset>`;
}
