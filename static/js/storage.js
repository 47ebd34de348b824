// What the browser keeps for the page beyond a reload: one IndexedDB database, and locks between tabs made of it. Where a
// browser gives none (some private windows), everything works but is forgotten with the page.

const NAME = 'messenger';
const STORES = { outbox: { keyPath: 'client_id' }, locks: { keyPath: 'name' } };
const LOCK_MILLISECONDS = 20_000; // a tab that was closed while it held a lock holds it no longer
const LOOK_MILLISECONDS = 100;

let opened = null;

function open() {
  opened ??= new Promise((resolve) => {
    const asking = globalThis.indexedDB?.open(NAME, 1);
    if (!asking) return resolve(null);
    asking.onupgradeneeded = () => {
      for (const [name, options] of Object.entries(STORES)) asking.result.createObjectStore(name, options);
    };
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = asking.onblocked = () => resolve(null);
  }).catch(() => null);
  return opened;
}

/**
 * Runs one transaction over one store: `work(store, give)` asks what it wants and gives the result. Resolves when that is
 * durable; with undefined where there is no database or it refuses (full, say).
 */
export async function transact(name, mode, work) {
  const database = await open();
  if (!database) return undefined;
  return new Promise((resolve) => {
    let result;
    try {
      const transaction = database.transaction(name, mode);
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => resolve(undefined);
      work(transaction.objectStore(name), (value) => (result = value));
    } catch {
      resolve(undefined);
    }
  });
}

/** Runs in one tab at a time. `navigator.locks` is there over https only; a transaction is as good for what is short. */
export async function exclusively(name, run) {
  if (navigator.locks) return navigator.locks.request(name, run);
  const owner = Math.random();
  const take = (store, give) => {
    const asking = store.get(name);
    asking.onsuccess = () => {
      const free = !asking.result || asking.result.until < Date.now();
      if (free) store.put({ name, owner, until: Date.now() + LOCK_MILLISECONDS });
      give(free);
    };
  };
  while ((await transact('locks', 'readwrite', take)) === false) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  try {
    return await run();
  } finally {
    await transact('locks', 'readwrite', (store) => {
      const asking = store.get(name);
      asking.onsuccess = () => asking.result?.owner === owner && store.delete(name);
    });
  }
}
