// The orders to skip a record that an agency's service has been shown: it cannot read the lists, which lie in topics of readers.
// Holds: a note is verified before it is kept, and kept before whatever it is shown with is done; no order is ever forgotten, for
// none is taken back; with one note that is no order, nothing of what came with it is kept. Source: README.md#dead-letters

import { spillId, spillOrderIn, spillsUnusable, type SpillOrder } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import type { Journal } from './journal.ts';
import { signedSpillIn } from './signed-spill.ts';

/** What an agency's service knows to be skipped. */
export interface KnownSpills {
  /** In the order in which they were shown. */
  orders(): Iterable<SpillOrder>;
  /** Resolves when they are on disk. Rejects with SPILLS_UNUSABLE (retriable) where one is no order of two persons. */
  learn(notes: readonly string[]): Promise<void>;
}

const KIND = 'spilled';

/** Opens what the journal holds of them; its notes were verified when they were written. */
export function openKnownSpills(journal: Journal, policy: Pick<Policy, 'signers'>): KnownSpills {
  const known = new Map<string, SpillOrder>();
  for (const [id, { note }] of journal.notesOf(KIND)) {
    const order = spillOrderIn(String(note));
    if (order !== undefined) known.set(id, order);
  }
  return {
    orders: () => known.values(),
    async learn(notes) {
      const shown = notes.map((note) => ({ note, order: orderIn(note, policy) }));
      const news = shown.filter(({ order }) => !known.has(spillId(order)));
      await journal.begin([], news.map(({ note, order }) => ({ kind: KIND, key: spillId(order), value: { note } }))); // prettier-ignore
      for (const { order } of news) known.set(spillId(order), order);
    },
  };
}

function orderIn(note: string, policy: Pick<Policy, 'signers'>): SpillOrder {
  const order = signedSpillIn(note, policy);
  if (order === undefined) throw spillsUnusable({ state: 'an order is not one of two persons' });
  return order;
}
