// A tree that only grows and only tells its root: the roots of its perfect subtrees, largest first.
// Holds: one hash for each one-bit of the size, so a tree of any size costs some tens of hashes; the root after every
// append is that of RFC 9162 §2.1.1 over the same leaves. Who must give proofs too keeps a MerkleTree (tree.ts).

import { emptyRoot, portableHashing } from './hash.ts';
import type { Hash, Hashing } from './hash.ts';

/** A growing tree without memory of its leaves. */
export interface CompactRange {
  /** Leaves appended. */
  readonly size: number;
  /** Takes the hash of the next leaf. */
  append(leafHash: Hash): void;
  /** @returns the root of what was appended. */
  root(): Hash;
}

/** Begins with no leaf. `hashing`: a faster way to the same hashes. */
export function createCompactRange(hashing: Pick<Hashing, 'node'> = portableHashing): CompactRange {
  const subtrees: Hash[] = []; // largest first; their sizes are the one-bits of `size`
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(leafHash) {
      let whole = leafHash;
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) whole = hashing.node(subtrees.pop() as Hash, whole);
      subtrees.push(whole);
      size += 1;
    },
    root: () => (size === 0 ? emptyRoot() : subtrees.reduceRight((right, left) => hashing.node(left, right))),
  };
}
