// Unsaved drawings on this computer, so that a crash, a power cut or a closed browser loses nothing. In IndexedDB, because a
// drawing may be larger than what local storage takes.
const databaseName = 'lineside-editor'
const storeName = 'drafts'

import type { DisplayEntry } from './display-entry.ts'

/** A drawing that was not saved. */
export interface Draft {
  readonly text: string
  /** Version of the file it was made from; null = there was none. */
  readonly version: string | null
  /** Its row of navigation.yaml as it was to be; null = none. */
  readonly entry: DisplayEntry | null
  /** When it was kept; ms. */
  readonly keptTimestamp: number
}

/** Where drafts are kept. Failures (private windows, no room) reject: the editor says that nothing is kept. */
export interface DraftStore {
  read(key: string): Promise<Draft | null>
  keep(key: string, draft: Draft): Promise<void>
  drop(key: string): Promise<void>
  /** All that are kept, by their keys. */
  list(): Promise<ReadonlyMap<string, Draft>>
}

/** Drafts in the browser's own database. */
export const browserDrafts: DraftStore = {
  read: (key) =>
    inStore('readonly', (store) => store.get(key) as IDBRequest<Draft | undefined>).then((found) => found ?? null),
  keep: (key, draft) => inStore('readwrite', (store) => store.put(draft, key)).then(() => {}),
  drop: (key) => inStore('readwrite', (store) => store.delete(key)).then(() => {}),
  list: async () => {
    const keys = await inStore('readonly', (store) => store.getAllKeys())
    const drafts = await Promise.all(keys.map((key) => browserDrafts.read(`${key}`)))
    return new Map(keys.flatMap((key, index) => (drafts[index] ? [[`${key}`, drafts[index]] as const] : [])))
  },
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    const transaction = database.transaction(storeName, mode)
    const asked = act(transaction.objectStore(storeName))
    return await new Promise<T>((resolve, reject) => {
      transaction.oncomplete = () => resolve(asked.result)
      transaction.onerror = () => reject(transaction.error ?? new Error('the draft could not be kept'))
      transaction.onabort = () => reject(transaction.error ?? new Error('the draft could not be kept'))
    })
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(databaseName, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(storeName)
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error ?? new Error('drafts cannot be kept here'))
    asked.onblocked = () => reject(new Error('drafts cannot be kept here'))
  })
}
