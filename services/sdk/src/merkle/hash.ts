// The hashes of a Merkle tree: leaves and nodes are hashed apart, so that no node can pass for a leaf.
// Holds: pure and synchronous; no Node module, so the console verifies with the same code. Source: RFC 9162 §2.1.1

import { sha256 } from '@noble/hashes/sha2.js';

/** 32 bytes. Whoever gets one must not write into it. */
export type Hash = Uint8Array;

/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** @returns the hash of a leaf's bytes. */
export function hashLeaf(leaf: Uint8Array): Hash {
  return sha256(prefixed(LEAF_PREFIX, leaf));
}

/** @returns the hash of an inner node. */
export function hashNode(left: Hash, right: Hash): Hash {
  return sha256(prefixed(NODE_PREFIX, left, right));
}

/** @returns the root of a tree without leaves. */
export function emptyRoot(): Hash {
  return sha256(new Uint8Array());
}

/** How a tree hashes. What is here runs anywhere; a server may have its machine's own, which must give the same hashes. */
export interface Hashing {
  leaf(leaf: Uint8Array): Hash;
  node(left: Hash, right: Hash): Hash;
}

/** The hashes of this file. */
export const portableHashing: Hashing = Object.freeze({ leaf: hashLeaf, node: hashNode });

/** Compares two hashes, none of which is secret. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

function prefixed(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
