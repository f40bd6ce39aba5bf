// Counts the items of a file while it is read: each is carried, refused or skipped, once.
// Holds: accepted + refused + skipped = items; an item left without a fate is a defect of the reader and throws.

import type { ImportDraft, ItemFate, ItemPlace, Reading, Withdrawal } from './reading.ts';

/** Why an item is not carried: what, why, what next. */
export interface NotCarriedReason {
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
  /** Where in the item, when it is more exact than the item's own place; so for its line. */
  readonly pointer?: string;
  readonly line?: number;
}

/** An item's own entry, handed out by `Tally.item`. The first refusal or skip stands; carrying after it is ignored. */
export interface ItemEntry {
  readonly place: ItemPlace;
  /** True once the item is refused, skipped or withdrawn. */
  readonly settled: boolean;
  carriedBy(draft: ImportDraft): void;
  warn(text: string): void;
  /** These three answer the empty list, for readers that gather what is carried. */
  refuse(why: NotCarriedReason): readonly never[];
  skip(why: NotCarriedReason): readonly never[];
  withdraw(withdrawal: Withdrawal): readonly never[];
}

export interface Tally {
  /** Enters one item; `line` defaults to its running number. */
  item(pointer: string, line?: number): ItemEntry;
  /** The fates in the order of entry. */
  reading(): Reading;
}

/** Starts counting one file. */
export function createTally(): Tally {
  const fates: (() => ItemFate)[] = [];
  return {
    item(pointer, line = fates.length + 1) {
      const { entry, fate } = openEntry({ line, pointer });
      fates.push(fate);
      return entry;
    },
    reading: () => ({ fates: fates.map((fate) => fate()) }),
  };
}

/** A file that cannot be read as its format at all: one item, refused. */
export function unreadableFile(reason: string, fix: string): Reading {
  const tally = createTally();
  tally.item('').refuse({ code: 'UNREADABLE', reason, fix });
  return tally.reading();
}

function openEntry(place: ItemPlace): { readonly entry: ItemEntry; readonly fate: () => ItemFate } {
  const drafts = new Set<ImportDraft>();
  const warnings: string[] = [];
  let settled: ItemFate | undefined;
  const settle = (fate: ItemFate): readonly never[] => {
    settled ??= fate;
    return [];
  };
  const entry: ItemEntry = {
    place,
    get settled() {
      return settled !== undefined;
    },
    carriedBy: (draft) => drafts.add(draft),
    warn: (text) => warnings.push(text),
    refuse: (why) => settle({ ...place, status: 'refused', ...why }),
    skip: (why) => settle({ ...place, status: 'skipped', ...why }),
    withdraw: (withdrawal) => settle({ ...place, status: 'withdrawn', withdrawal }),
  };
  const fate = (): ItemFate => {
    if (settled !== undefined) return settled;
    if (drafts.size === 0) throw new Error(`an item has no fate: ${place.pointer}`);
    return { ...place, status: 'carried', drafts: [...drafts], warnings };
  };
  return { entry, fate };
}
