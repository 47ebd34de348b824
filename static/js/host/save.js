// Saving a file that the server makes for who is signed in: a plain link could not say who asks.

import { blob } from '../api.js';

/** Fetches an archive and hands it to the browser as a download. Clocks in it are those of this device. */
export async function saveArchive(path, name, secrets = false) {
  const offset = -new Date().getTimezoneOffset();
  const made = await blob(`${path}?offset=${offset}${secrets ? '&secrets=1' : ''}`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(made);
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
