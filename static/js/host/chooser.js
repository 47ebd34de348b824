// A button that lets a file be chosen.

import { html, useRef } from '../../vendor/preact/standalone.js';

/** `onFile` is told of the file. */
export function Chooser({ label, accept, disabled, onFile }) {
  const input = useRef();
  const choose = () => {
    const [file] = input.current.files;
    input.current.value = ''; // the same file may be chosen again
    if (file) onFile(file);
  };
  return html`<button type="button" disabled=${disabled} onClick=${() => input.current.click()}>${label}</button>
    <input ref=${input} type="file" accept=${accept} hidden aria-label=${label} onChange=${choose} />`;
}
