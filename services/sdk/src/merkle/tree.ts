// A tree that gives proofs: every perfect subtree's hash, level by level, in one growing array a level.
// Holds: append-only; 64 bytes a leaf; roots, inclusion and consistency proofs of any size up to its own in O(log²)
// hashes; they are those of RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1 over the same leaves.

import { emptyRoot, HASH_BYTES, portableHashing } from './hash.ts';
import type { Hash, Hashing } from './hash.ts';

/** A growing tree that can prove what it says. Questions about more than it holds throw RangeError. */
export interface MerkleTree {
  /** Leaves appended. */
  readonly size: number;
  /** Takes the hash of the next leaf, and copies it. */
  append(leafHash: Hash): void;
  /** @returns the hash of leaf `index`, as it was appended. */
  leafHash(index: number): Hash;
  /** @returns the root of the first `size` leaves. */
  rootAt(size: number): Hash;
  /** @returns the path from leaf `index` to the root of the first `size` leaves, the leaf's sibling first. */
  inclusionProof(index: number, size: number): Hash[];
  /** @returns what shows that the first `from` leaves of the tree of size `to` are the tree of size `from`; `from` ≥ 1. */
  consistencyProof(from: number, to: number): Hash[];
}

/** Begins with no leaf. `hashing`: a faster way to the same hashes. */
export function createMerkleTree(hashing: Pick<Hashing, 'node'> = portableHashing): MerkleTree {
  const levels: HashList[] = []; // levels[k] holds the roots of all perfect subtrees of 2^k leaves
  const level = (k: number): HashList => (levels[k] ??= createHashList());
  const sizeNow = (): number => level(0).length;

  /** Root of leaves `start` (inclusive) to `end` (exclusive); `start` is a multiple of the largest power of two below. */
  const hashOf = (start: number, end: number): Hash => {
    const width = end - start;
    const split = largestPowerBelow(width);
    if (width === 1 || split * 2 === width) return level(Math.log2(width)).at(start / width);
    return hashing.node(hashOf(start, start + split), hashOf(start + split, end));
  };
  const path = (index: number, start: number, end: number): Hash[] => {
    if (end - start === 1) return [];
    const middle = start + largestPowerBelow(end - start);
    return index < middle
      ? [...path(index, start, middle), hashOf(middle, end)]
      : [...path(index, middle, end), hashOf(start, middle)];
  };
  /** `isKnown`: the verifier holds the root of the subtree itself, and need not be told. */
  const subproof = (from: number, start: number, end: number, isKnown: boolean): Hash[] => {
    if (start + from === end) return isKnown ? [] : [hashOf(start, end)];
    const middle = start + largestPowerBelow(end - start);
    return start + from <= middle
      ? [...subproof(from, start, middle, isKnown), hashOf(middle, end)]
      : [...subproof(from - (middle - start), middle, end, false), hashOf(start, middle)];
  };

  return {
    get size() {
      return sizeNow();
    },
    append(leafHash) {
      let whole = leafHash;
      for (let k = 0; ; k += 1) {
        const list = level(k);
        list.push(whole);
        if (list.length % 2 === 1) return;
        whole = hashing.node(list.at(list.length - 2), list.at(list.length - 1));
      }
    },
    leafHash(index) {
      within(index, 0, sizeNow() - 1);
      return level(0).at(index);
    },
    rootAt(size) {
      within(size, 0, sizeNow());
      return size === 0 ? emptyRoot() : hashOf(0, size);
    },
    inclusionProof(index, size) {
      within(size, 1, sizeNow());
      within(index, 0, size - 1);
      return path(index, 0, size);
    },
    consistencyProof(from, to) {
      within(to, 1, sizeNow());
      within(from, 1, to);
      return subproof(from, 0, to, true);
    },
  };
}

/** Largest power of two strictly below `n`; 1 for n = 1 and 2. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function within(value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new RangeError(`${value} is not from ${least} to ${most}`);
}

interface HashList {
  readonly length: number;
  push(hash: Hash): void;
  /** A copy: the list's own bytes move when it grows. */
  at(index: number): Hash;
}

/** Hashes side by side in one block of bytes: an array of arrays would cost five times the memory. */
function createHashList(): HashList {
  let bytes = new Uint8Array(16 * HASH_BYTES);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(hash) {
      if ((length + 1) * HASH_BYTES > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(hash, length * HASH_BYTES);
      length += 1;
    },
    at: (index) => bytes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  };
}
