// Checks proofs against roots: the half of the tree that trusts nobody.
// Holds: pure; a proof that is too short, too long or of another place is refused, never repaired; malformed input is
// `false`, not an exception. Source: RFC 9162 §2.1.3.2 (inclusion), §2.1.4.2 (consistency)

import { HASH_BYTES, hashNode, sameHash } from './hash.ts';
import type { Hash } from './hash.ts';

/** One hash step from a leaf towards the root, as it was recomputed. */
export interface HashStep {
  /** Where the proof's hash stands beside the one below. */
  readonly side: 'left' | 'right';
  readonly sibling: Hash;
  readonly result: Hash;
}

/** True when `proof` leads from the hash of leaf `index` to `root`, the root of a tree of `size` leaves. */
export function verifyInclusion(claim: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Hash;
  readonly proof: readonly Hash[];
  readonly root: Hash;
}): boolean {
  const steps = stepsToRoot(claim);
  return steps !== undefined && sameHash(steps.at(-1)?.result ?? claim.leafHash, claim.root);
}

/** @returns every step of an inclusion proof, leaf first; undefined where the proof does not fit index and size. */
export function stepsToRoot(claim: {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Hash;
  readonly proof: readonly Hash[];
}): readonly HashStep[] | undefined {
  const { index, size, leafHash, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size || ![leafHash, ...proof].every(isHash)) return undefined;
  const steps: HashStep[] = [];
  let result = leafHash;
  let node = index;
  let last = size - 1; // the last node of the level that `node` is on
  for (const sibling of proof) {
    if (last === 0) return undefined; // the root is reached, and the proof goes on
    const side = node % 2 === 1 || node === last ? 'left' : 'right';
    result = side === 'left' ? hashNode(sibling, result) : hashNode(result, sibling);
    steps.push({ side, sibling, result });
    // A last node without a sibling is carried up until it is a right child.
    while (side === 'left' && node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? steps : undefined;
}

/** True when `proof` shows that the tree of `from` leaves with `fromRoot` is the beginning of that of `to` with `toRoot`. */
export function verifyConsistency(claim: {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Hash;
  readonly toRoot: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { from, to, fromRoot, toRoot, proof } = claim;
  if (!isCount(from) || !isCount(to) || from < 1 || from > to) return false;
  if (from === to) return proof.length === 0 && sameHash(fromRoot, toRoot);
  if (![fromRoot, toRoot, ...proof].every(isHash)) return false;
  const [first, ...rest] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof; // the old root is then a node of the new tree
  if (first === undefined || proof.length === 0) return false;
  let node = from - 1;
  let last = to - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let oldRoot = first;
  let newRoot = first;
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = hashNode(hash, oldRoot);
      newRoot = hashNode(hash, newRoot);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      newRoot = hashNode(newRoot, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(oldRoot, fromRoot) && sameHash(newRoot, toRoot);
}

/** Halves by division: shifts would cut sizes off at 2³². */
const half = (n: number): number => Math.floor(n / 2);
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
const isHash = (bytes: Uint8Array): boolean => bytes.length === HASH_BYTES;

function isPowerOfTwo(n: number): boolean {
  let power = 1;
  while (power < n) power *= 2;
  return power === n;
}
