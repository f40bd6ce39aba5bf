// Whether a delivery is on the ledger: leaf, path and signed checkpoint, recomputed by whoever was delivered to.
// Holds: pure; no Node module; it trusts the keys it is given and nothing of what it is shown; each hash is told, so that
// a person can do the sums again. Source: RFC 9162 §2.1.3.2; services/ledger/README.md#what-a-proof-shows

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64 } from './base64.ts';
import { createCompactRange } from './compact-range.ts';
import { parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { VerifierKey } from './signed-note.ts';
import { emptyRoot, hashLeaf, sameHash } from './hash.ts';
import type { Hash } from './hash.ts';
import { stepsToRoot, verifyConsistency } from './verify.ts';
import type { HashStep } from './verify.ts';

/** What a reader holds of one delivery. */
export interface Delivery {
  readonly index: number;
  /** The leaf's text, byte for byte. */
  readonly leaf: string;
  /** Base64 hashes of an inclusion proof for the checkpoint's size; absent while there is none. */
  readonly proof?: readonly string[] | undefined;
  /**
   * Opens the leaf's commitment: its own salt (base64url), and what was received, in order: everything under the leaf, or
   * one record with its `place`.
   */
  readonly opening?:
    | {
        readonly salt: string;
        readonly records: readonly DeliveredRecord[];
        readonly place?: DeliveryPlace | undefined;
      }
    | undefined;
}

/** Where one record stands among those under one leaf, and the base64 hashes from it to what the leaf commits to. */
export interface DeliveryPlace {
  readonly record: number;
  readonly records: number;
  readonly path: readonly string[];
}

/** One record as it was received. */
export interface DeliveredRecord {
  readonly id: string;
  /** SHA-256 of its JSON text, in hex; absent where nothing was delivered. */
  readonly contentHash?: string | undefined;
}

/** Why a delivery is not proven. */
export type Unproven =
  'CHECKPOINT_UNREADABLE' | 'CHECKPOINT_UNSIGNED' | 'PROOF_DOES_NOT_FIT' | 'OTHER_ROOT' | 'OTHER_CONTENT';

/** What was found, with every hash. */
export type Verdict = {
  readonly leafHash: Hash;
  readonly steps: readonly HashStep[];
  readonly checkpoint?: Checkpoint;
  /** Ids of the keys that signed the checkpoint. */
  readonly signers: readonly string[];
  /** Whether the leaf was compared with what was received. */
  readonly isContentCompared: boolean;
} & (
  { readonly status: 'PROVEN' | 'NOT_YET_IN_CHECKPOINT' } | { readonly status: 'NOT_PROVEN'; readonly reason: Unproven }
);

/** Judges a delivery against a checkpoint (a signed note) and the keys its reader trusts. */
export function verifyDelivery(delivery: Delivery, note: string, keys: readonly VerifierKey[]): Verdict {
  const leafHash = hashLeaf(new TextEncoder().encode(delivery.leaf));
  const nothing = { leafHash, steps: [], signers: [], isContentCompared: false } as const;
  if (parseCheckpoint(note) === undefined) return { ...nothing, status: 'NOT_PROVEN', reason: 'CHECKPOINT_UNREADABLE' };
  const signed = verifyCheckpoint(note, keys);
  if (signed === undefined) return { ...nothing, status: 'NOT_PROVEN', reason: 'CHECKPOINT_UNSIGNED' };
  const found = { ...nothing, ...signed, isContentCompared: delivery.opening !== undefined };
  if (!isOpenedBy(delivery)) return { ...found, status: 'NOT_PROVEN', reason: 'OTHER_CONTENT' };
  const { size, root } = signed.checkpoint;
  if (delivery.index >= size) return { ...found, status: 'NOT_YET_IN_CHECKPOINT' };
  const proof = hashesOf(delivery.proof ?? []);
  const steps = proof && stepsToRoot({ index: delivery.index, size, leafHash, proof });
  if (steps === undefined) return { ...found, status: 'NOT_PROVEN', reason: 'PROOF_DOES_NOT_FIT' };
  const reached = steps.at(-1)?.result ?? leafHash;
  return sameHash(reached, root)
    ? { ...found, steps, status: 'PROVEN' }
    : { ...found, steps, status: 'NOT_PROVEN', reason: 'OTHER_ROOT' };
}

/** What two checkpoints say of each other. `NOT_PROVEN`: no proof was given, or it does not fit: one history may be false. */
export type Consistency = 'CONSISTENT' | 'FORKED' | 'NOT_PROVEN' | 'UNSIGNED' | 'OTHER_LOGS';

/** Judges two signed notes: whether the older tree is the beginning of the newer one. The order of the two is free. */
export function verifyCheckpoints(
  notes: readonly [string, string],
  proof: readonly string[],
  keys: readonly VerifierKey[],
): Consistency {
  const signed = notes.map((note) => verifyCheckpoint(note, keys)?.checkpoint);
  const [a, b] = signed;
  if (a === undefined || b === undefined) return 'UNSIGNED';
  if (a.origin !== b.origin) return 'OTHER_LOGS';
  const [older, newer] = a.size <= b.size ? [a, b] : [b, a];
  if (older.size === newer.size) return sameHash(older.root, newer.root) ? 'CONSISTENT' : 'FORKED';
  if (older.size === 0) return sameHash(older.root, emptyRoot()) ? 'CONSISTENT' : 'FORKED'; // every tree begins so
  const hashes = hashesOf(proof);
  const isProven =
    hashes !== undefined &&
    verifyConsistency({ from: older.size, to: newer.size, fromRoot: older.root, toRoot: newer.root, proof: hashes });
  return isProven ? 'CONSISTENT' : 'NOT_PROVEN';
}

/** @returns the tree hash of the commitments to `records` under a leaf's own salt: a leaf's `eventCommit`. */
export function commitmentOf(salt: Uint8Array, records: readonly DeliveredRecord[]): Hash {
  const tree = createCompactRange();
  for (const record of records) tree.append(recordHash(salt, record));
  return tree.root();
}

/** @returns the root that a record's place leads to; undefined where the path does not fit the place. */
export function commitmentFrom(salt: Uint8Array, record: DeliveredRecord, place: DeliveryPlace): Hash | undefined {
  const proof = hashesOf(place.path);
  const leafHash = recordHash(salt, record);
  const steps = proof && stepsToRoot({ index: place.record, size: place.records, leafHash, proof });
  return steps === undefined ? undefined : (steps.at(-1)?.result ?? leafHash);
}

function recordHash(salt: Uint8Array, { id, contentHash = '' }: DeliveredRecord): Hash {
  return hashLeaf(hmac(sha256, salt, new TextEncoder().encode(`${id}\0${contentHash}`)));
}

/** True when nothing is opened, or the leaf commits to exactly what was received. */
function isOpenedBy({ leaf, opening }: Delivery): boolean {
  if (opening === undefined) return true;
  const salt = fromBase64(toStandard(opening.salt));
  const { eventCommit, records } = objectIn(leaf);
  if (salt === undefined) return false;
  const [first] = opening.records;
  if (opening.place === undefined) return eventCommit === toHex(commitmentOf(salt, opening.records));
  if (first === undefined || opening.records.length !== 1 || opening.place.records !== records) return false;
  const root = commitmentFrom(salt, first, opening.place);
  return root !== undefined && eventCommit === toHex(root);
}

function objectIn(text: string): { readonly eventCommit?: unknown; readonly records?: unknown } {
  try {
    return (JSON.parse(text) as { eventCommit?: unknown; records?: unknown } | null) ?? {};
  } catch {
    return {}; // a leaf that is no JSON commits to nothing
  }
}

function hashesOf(texts: readonly string[]): Hash[] | undefined {
  const hashes = texts.map(fromBase64);
  return hashes.every((hash) => hash !== undefined) ? hashes : undefined;
}

/** @returns lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function toStandard(base64url: string): string {
  const text = base64url.replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}
