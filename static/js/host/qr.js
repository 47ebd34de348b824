// A text as a picture for a phone's camera, drawn by the server.

import { html, useEffect, useState } from '../../vendor/preact/standalone.js';
import { picture, query } from '../api.js';

/** The picture; what it says stands beside it in letters, for who has no camera. */
export function Qr({ text, label }) {
  const [drawn, show] = useState(null);
  useEffect(() => {
    let url = null;
    let isOver = false;
    const shown = (blob) => {
      if (isOver) return;
      url = URL.createObjectURL(blob);
      show(url);
    };
    picture(`/host/qr/?${query({ text })}`).then(shown, () => {}); // without it the letters are there
    return () => {
      isOver = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [text]);
  return html`<div class="qr">${drawn && html`<img src=${drawn} alt=${label} />`}</div>`;
}
