// How the page looks and which language it speaks, as choices that are kept on this device.

import { html, useReducer } from '../../vendor/preact/standalone.js';
import { language, t } from '../text.js';
import { Choice } from '../ui/forms.js';

function keep(name, value) {
  if (value) localStorage.setItem(name, value);
  else localStorage.removeItem(name);
  dispatchEvent(new Event('look'));
}

export function Appearance() {
  const [, again] = useReducer((count) => count + 1, 0);
  const options = [
    ['', t('system')],
    ['light', t('light')],
    ['dark', t('dark')],
    ['contrast', t('contrast')],
  ];
  const choose = (value) => {
    keep('look', value);
    again();
  };
  return html`<${Choice}
    legend=${t('appearance')}
    options=${options}
    value=${localStorage.getItem('look') ?? ''}
    onChange=${choose}
  />`;
}

/** Each language is named in itself. */
export function Languages() {
  const choose = (value) => {
    keep('language', value);
    dispatchEvent(new Event('language'));
    document.querySelector('.languages input:checked')?.focus();
  };
  return html`<div class="languages">
    <${Choice}
      legend=${t('language')}
      options=${[
        ['en', 'English', 'en'],
        ['ro', 'Română', 'ro'],
      ]}
      value=${language()}
      onChange=${choose}
    />
  </div>`;
}
