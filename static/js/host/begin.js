// What every room of the host's needs before it is shown: its words and its clothes. None of it is part of the first load.

import { dress } from '../dress.js';
import { learn } from '../text.js';
import * as en from './words-en.js';
import * as ro from './words-ro.js';

learn({ en, ro });
dress('host');
