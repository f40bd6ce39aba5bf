// A leaf of a view's ledger: what was released, refused or changed, for whom, as one canonical text.
// Holds: a leaf carries commitments and markings, never content; each commitment has a salt of its own, so that it can be opened
// to its reader alone; leaves share one where their readers are sent the very same records at once, for then opening one's own
// tells nothing of another's that one's own does not say. Source: RFC 8785; README.md#leaves

import { createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';
import { canonicalText } from '../canonical.ts';
import { createAlikeLeaves, type OwnFields } from './alike-leaves.ts';
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

/** Whom a leaf names. */
export type LeafReader = Pick<LeafContent, 'who' | 'onBehalfOf' | 'epoch'>;

/** Makes leaves; numbers go on from one to the next. */
export interface LeafSeal {
  one(content: LeafContent): SealedLeaf;
  /** A leaf for each of readers who are sent the same records at once, in their order: one commitment and one nonce serve them all. */
  alike(content: Omit<LeafContent, keyof LeafReader>, readers: readonly LeafReader[]): SealedLeaves;
}

/** Leaves as they go to their topic, and the way to the commitment of each from each of its records. */
export interface SealedLeaves extends Pick<Commitment, 'pathOf'> {
  readonly values: readonly Buffer[];
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
}): LeafSeal {
  const { salt, policyVersion, clock, by, nonceOf = randomBytes } = parts;
  let seq = 0;
  const shared = ({ records, ...rest }: Omit<LeafContent, keyof LeafReader>) => {
    const nonce = nonceOf(NONCE_BYTES).toString('base64url');
    const { root, pathOf } = commitTo(leafSalt(salt, nonce), records);
    const at = new Date(clock.now()).toISOString();
    return { pathOf, fields: { at, by, nonce, ...rest, eventCommit: root, records: records.length, policyVersion } };
  };
  return {
    one({ who, onBehalfOf, epoch, ...content }) {
      const { pathOf, fields } = shared(content);
      const leaf = { ...fields, who, onBehalfOf, epoch, seq: (seq += 1) };
      return { value: Buffer.from(canonicalText(leaf)), pathOf };
    },
    alike(content, readers) {
      const { pathOf, fields } = shared(content);
      const write = createAlikeLeaves(fields);
      const ownOf = ({ who, onBehalfOf, epoch }: LeafReader): OwnFields => ({
        who, ...(onBehalfOf === undefined ? {} : { onBehalfOf }), epoch, seq: (seq += 1),
      }); // prettier-ignore
      return { values: readers.map((reader) => Buffer.from(write(ownOf(reader)))), pathOf };
    },
  };
}

/** @returns the salt of one leaf: it opens this leaf's commitment, and no other's. */
export function leafSalt(salt: Buffer, nonce: string): Buffer {
  return createHmac('sha256', salt).update(nonce, 'utf8').digest();
}

const NONCE_BYTES = 16;
