// What is begun in each chat and not sent yet: the text, what it answers, an edit under way, and files. All but the files
// is kept beyond a reload. It is one person's: it goes when he signs out, and the next at this page finds nothing.

import { store } from './store.js';

const files = new Map(); // by chat: they can't be kept beyond a reload

const mine = () => `draft ${store.get().me?.id} `;

/** What is begun in a chat: `{text, reply_to, edit: {id, text}}`, each of them if it is there. */
export function read(chat) {
  try {
    return JSON.parse(localStorage.getItem(mine() + chat)) ?? {};
  } catch {
    return {};
  }
}

/** Keeps it. A browser without room for it forgets it with the page. */
export function write(chat, { text, reply_to, edit }) {
  try {
    if (text || reply_to || edit) localStorage.setItem(mine() + chat, JSON.stringify({ text, reply_to, edit }));
    else localStorage.removeItem(mine() + chat);
  } catch {
    // see above
  }
}

/** The files that are to be sent in a chat. */
export const filesOf = (chat) => files.get(chat) ?? [];

export const setFiles = (chat, list) => (list.length ? files.set(chat, list) : files.delete(chat));

/** All of it, for a page of the same person at another address. */
export const pack = () => ({ texts: keys().map((key) => [key, localStorage.getItem(key)]), files: [...files] });

/** Takes what another page has packed, if it is this person's; what is begun here already stays. */
export function unpack(user, { texts, files: others }) {
  for (const [key, text] of texts) {
    if (key.startsWith(`draft ${user} `) && localStorage.getItem(key) === null) localStorage.setItem(key, text);
  }
  for (const [chat, list] of others) if (!files.has(chat)) files.set(chat, list);
}

const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(mine()));

/** Whether anything is begun anywhere. */
export const any = () => files.size > 0 || keys().length > 0;

/** Forgets all of it. */
export const forget = () => keys().forEach((key) => localStorage.removeItem(key));

store.listen(({ type }) => type === 'cleared' && files.clear());
