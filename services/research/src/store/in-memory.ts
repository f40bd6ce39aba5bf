// The store of unit tests: as the one in PostgreSQL, and gone with the process.

import type { EditionPlace, KeptEvent, ResearchStore } from './store.ts';

/** What several stores share, as several connections share a database. */
export interface StoreMemory {
  readonly events: KeptEvent[];
  readonly keys: Map<string, Buffer>;
  readonly rows: Map<string, Buffer>;
}

/** Makes the memory. */
export function createStoreMemory(): StoreMemory {
  return { events: [], keys: new Map(), rows: new Map() };
}

/** Makes a store over it. */
export function createInMemoryStore({ events, keys, rows }: StoreMemory): ResearchStore {
  const append = async (event: KeptEvent): Promise<boolean> => {
    if (events.some(({ id, seq }) => id === event.id && seq === event.seq)) return false;
    events.push(event);
    return true;
  };
  const forget = (dataset: string): void => {
    for (const kept of [keys, rows])
      for (const place of kept.keys()) if (place.startsWith(`${dataset}/`)) kept.delete(place);
  };
  return {
    state: () => 'ok',
    async start() {},
    async stop() {},
    events: async () => [...events],
    append,
    async beginEdition(event, place, key) {
      if (!(await append(event))) return false;
      forget(place.dataset);
      keys.set(keyOfPlace(place), Buffer.from(key));
      return true;
    },
    keyOf: async (place) => keys.get(keyOfPlace(place)),
    async freeze(event, place, bytes) {
      if (!(await append(event))) return false;
      keys.delete(keyOfPlace(place));
      rows.set(keyOfPlace(place), Buffer.from(bytes));
      return true;
    },
    rowsOf: async (place) => rows.get(keyOfPlace(place)),
    async retract(event, dataset) {
      if (!(await append(event))) return false;
      forget(dataset);
      return true;
    },
  };
}

function keyOfPlace({ dataset, edition }: EditionPlace): string {
  return `${dataset}/${edition}`;
}
