// The tree of one view as its signer keeps it: leaves in, roots out, and every root signed before is checked on the way.
// Holds: pure; a leaf that is missing, a root that differs from a signed one, fewer leaves than were signed: each ends it
// with the refusal that names it, and nothing more can be signed. Source: README.md#what-is-checked

import { machineHashing } from '@sitebus/kit';
import { createCompactRange, sameHash } from '@sitebus/sdk/merkle';
import type { Checkpoint, Hash } from '@sitebus/sdk/merkle';
import { leafMissing, ledgerForked, ledgerTruncated } from './errors.ts';

/** A size and the root it has. */
export interface TreeHead {
  readonly size: number;
  readonly root: Hash;
}

/** A growing tree that is held to what was signed of it. */
export interface TreeKeeper {
  readonly size: number;
  /** Takes the leaf at `index`. Throws LEAF_MISSING or LEDGER_FORKED (not retriable). */
  append(index: number, leaf: Uint8Array): void;
  /** To be called when the topic has been read to its end. Throws LEDGER_TRUNCATED (not retriable). */
  ended(): void;
  head(): TreeHead;
}

/** `signed`: every checkpoint of earlier runs, in any order. */
export function createTreeKeeper(signed: Iterable<Pick<Checkpoint, 'size' | 'root'>>): TreeKeeper {
  const range = createCompactRange(machineHashing);
  const rootsAhead = new Map<number, Hash[]>(); // by size; more than one where something is wrong already
  for (const { size, root } of signed) rootsAhead.set(size, [...(rootsAhead.get(size) ?? []), root]);
  const check = (): void => {
    const roots = rootsAhead.get(range.size);
    if (roots === undefined) return;
    const root = range.root();
    if (roots.some((each) => !sameHash(each, root))) throw ledgerForked({ size: range.size });
    rootsAhead.delete(range.size);
  };
  check(); // a checkpoint of no leaves
  return {
    get size() {
      return range.size;
    },
    append(index, leaf) {
      if (index !== range.size) throw leafMissing({ expected: range.size, found: index });
      range.append(machineHashing.leaf(leaf));
      check();
    },
    ended() {
      const largest = [...rootsAhead.keys()].reduce((most, size) => Math.max(most, size), 0);
      if (largest > range.size) throw ledgerTruncated({ signed: largest, found: range.size });
    },
    head: () => ({ size: range.size, root: range.root() }),
  };
}
