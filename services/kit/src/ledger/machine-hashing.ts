// The hashes of a Merkle tree by the machine's own SHA-256: a busy view has thousands of leaves a second.
// Holds: they are those of `portableHashing`, which a browser runs (machine-hashing.test.ts compares them). Source: RFC 9162 §2.1.1

import { hash } from 'node:crypto';
import { HASH_BYTES, type Hash, type Hashing } from '@sitebus/sdk/merkle';

/** For trees and commitments of servers. */
export const machineHashing: Hashing = Object.freeze({
  leaf(leaf: Uint8Array): Hash {
    const bytes = Buffer.allocUnsafe(1 + leaf.length);
    bytes[0] = LEAF;
    bytes.set(leaf, 1);
    return hash('sha256', bytes, 'buffer');
  },
  node(left: Hash, right: Hash): Hash {
    pair.set(left, 1);
    pair.set(right, 1 + HASH_BYTES);
    return hash('sha256', pair, 'buffer');
  },
});

const LEAF = 0;
const NODE = 1;
/** Of the node that is being hashed: read before the next one is written. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);
