// What every room of the host's needs before it is shown: its words and its clothes. None of it is part of the first load.

import { learn } from '../text.js';
import * as en from './words-en.js';
import * as ro from './words-ro.js';

learn({ en, ro });
dress(new URL('../../css/host.css', import.meta.url));

/** Puts on a style sheet, once. */
function dress(address) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address.href;
  document.head.append(link);
}
