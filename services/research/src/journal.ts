// What has happened, and how more of it happens: events of the store, folded; one command after the other.
// Holds: an event's hash is on the ledger before the event is kept, and nothing counts as having happened before that; where another instance came first, everything is read
// anew and the command judged again. Source: README.md#store

import { storeClosed } from './errors.ts';
import { framed, nothingKnown, takeIn, type Known } from './events.ts';
import type { DatasetEvent, ProjectEvent } from './machine.ts';
import type { KeptEvent, ResearchStore } from './store/store.ts';

/** Keeps an event with whatever must be kept or destroyed in the same step. */
export type Keep = (event: KeptEvent, store: ResearchStore) => Promise<boolean>;

/** The journal of one instance. */
export interface Journal {
  /** Reads everything anew. Rejects with STORE_CLOSED or CHAIN_BROKEN. */
  load(): Promise<void>;
  known(): Known;
  /** Runs commands one after the other; `command` runs again once where another instance came first. */
  run<T>(command: (write: Write) => Promise<T>): Promise<T>;
}

/** Writes one event of a command; `before` is given its hash, and must resolve before it is kept. */
export type Write = (
  kind: KeptEvent['kind'],
  id: string,
  event: ProjectEvent | DatasetEvent,
  before: (hash: string) => Promise<void>,
  keep?: Keep,
) => Promise<void>;

/** Makes it over a store. */
export function createJournal(store: ResearchStore): Journal {
  let known = nothingKnown();
  let last: Promise<unknown> = Promise.resolve();
  const load = async (): Promise<void> => {
    const read = nothingKnown();
    for (const event of await store.events()) takeIn(read, event);
    known = read;
  };
  const write: Write = async (kind, id, event, before, keep = (kept) => store.append(kept)) => {
    const kept = framed(kind, id, event, known.ends.get(id));
    await before(kept.hash);
    if (!(await keep(kept, store))) throw BEATEN;
    takeIn(known, kept);
  };
  return {
    load,
    known: () => known,
    run(command) {
      const own = last.then(async () => {
        for (let tries = 1; ; tries += 1) {
          try {
            return await command(write);
          } catch (cause) {
            if (cause !== BEATEN) throw cause;
            await load();
            if (tries === TRIES) throw storeClosed({}, cause);
          }
        }
      });
      last = own.catch(() => undefined);
      return own;
    },
  };
}

const BEATEN = new Error('another instance came first');
const TRIES = 3;
