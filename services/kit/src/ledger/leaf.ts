// A leaf of a view's ledger: what was released, refused or changed, for whom, as one canonical text.
// Holds: a leaf carries commitments and markings, never content; each commitment has a salt of its own, so that it can be opened
// to its reader alone. Source: RFC 8785; README.md#leaves

import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';
import { canonicalText } from '../canonical.ts';
import { commitTo, type Commitment } from './commitment.ts';

/** What every leaf says; `decision` and `reason` are words of its writer's room. */
export interface LeafContent {
  /** The person. */
  readonly who: string;
  /** The agency they act for. */
  readonly onBehalfOf?: string;
  readonly epoch: number;
  readonly decision: string;
  readonly reason: string;
  /** Printed marking of the whole; absent where nothing was found. */
  readonly marking?: string;
  /** Each by id, and by hash of its content where there is content. */
  readonly records: readonly { readonly id: string; readonly contentHash?: string }[];
  /** Bytes released. */
  readonly bytes: number;
}

/** A leaf as it goes to its topic, and the way to its commitment from each of its records. */
export interface SealedLeaf extends Pick<Commitment, 'pathOf'> {
  readonly value: Buffer;
}

/**
 * Makes the leaves of one writer, numbered from 1. `salt`: 32 bytes; keys the commitments, without it nobody can test a guess
 * of an id against a leaf. `by`: who writes, where it is not the view's gateway. `nonceOf`: random bytes, unless a test says.
 */
export function createLeafSeal(parts: {
  readonly salt: Buffer;
  readonly policyVersion: number;
  readonly clock: Clock;
  readonly by?: string;
  readonly nonceOf?: (bytes: number) => Buffer;
}): (content: LeafContent) => SealedLeaf {
  const { salt, policyVersion, clock, by, nonceOf = randomBytes } = parts;
  let seq = 0;
  return ({ records, ...rest }) => {
    const nonce = nonceOf(NONCE_BYTES).toString('base64url');
    const { root, pathOf } = commitTo(leafSalt(salt, nonce), records);
    const leaf = {
      seq: (seq += 1),
      at: new Date(clock.now()).toISOString(),
      by,
      nonce,
      ...rest,
      eventCommit: root,
      records: records.length,
      policyVersion,
    };
    return { value: Buffer.from(canonicalText(leaf)), pathOf };
  };
}

/** @returns the salt of one leaf: it opens this leaf's commitment, and no other's. */
export function leafSalt(salt: Buffer, nonce: string): Buffer {
  return createHmac('sha256', salt).update(nonce, 'utf8').digest();
}

const NONCE_BYTES = 16;
