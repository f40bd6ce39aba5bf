// The ledger as the gateway uses it: one leaf before anything goes out, acknowledged by the bus.
// Holds: no acknowledged leaf, no release; a leaf carries commitments and markings, never content; whether an id was
// hidden or absent leaves the same leaf. Trees, checkpoints and proofs belong to the room `ledger`.
// Source: RFC 8785 (canonical JSON), RFC 9162 §2.1 (the root of a page); README.md#ledger

import { createHash, createHmac } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import { ledgerTopic } from '@sitebus/sdk';
import type { BusPort, BusProducer, Clock } from '@sitebus/sdk';
import { failClosed } from './errors.ts';

/** What a leaf says of one release or denial. */
export interface LeafContent {
  /** The person. */
  readonly who: string;
  /** The agency they act for. */
  readonly onBehalfOf?: string;
  readonly epoch: number;
  /** The records, each by id and hash of what was released; for a denial the id that was asked for, without hash. */
  readonly records: readonly { readonly id: string; readonly contentHash?: string }[];
  /** Printed marking of the whole; absent on a denial. */
  readonly marking?: string;
  readonly decision: 'RELEASED' | 'WITHHELD';
  readonly reason: 'READ' | 'LIST' | 'STREAM' | 'NOT_VISIBLE';
  /** Bytes released. */
  readonly bytes: number;
}

/** Where a leaf stands. */
export interface LeafPlace {
  readonly index: bigint;
  /** Leaves covered by the newest signed checkpoint; 0 until there is one. */
  readonly checkpoint: bigint;
}

/** Takes leaves. `append` resolves when the leaf is durable and throws `fail-closed` when it cannot be. */
export interface Ledger {
  append(leaf: LeafContent): Promise<LeafPlace>;
  /** `ok`, or why nothing can be appended. */
  state(): string;
}

/** A ledger with a life. */
export interface BusLedger extends Ledger {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Appends to `ledger.<view>`, whose one partition is the tree's order: a leaf's index is its offset.
 * `salt` keys the commitments; without it nobody can test a guess of an id against a leaf.
 */
export function createBusLedger(parts: {
  readonly bus: BusPort;
  readonly view: string;
  readonly salt: Buffer;
  readonly policyVersion: number;
  readonly clock: Clock;
}): BusLedger {
  const topic = ledgerTopic(parts.view);
  let producer: BusProducer | undefined;
  let state: string = 'not started';
  let seq = 0;
  return {
    state: () => state,
    async start() {
      producer = await parts.bus.createProducer();
      state = 'ok';
    },
    async stop() {
      state = 'stopped';
      await producer?.close();
    },
    async append(content) {
      if (producer === undefined || state === 'stopped') throw failClosed({ part: 'ledger' });
      const { records, ...rest } = content;
      const commits = records.map(({ id, contentHash }) => commitment(parts.salt, id, contentHash));
      const leaf = {
        seq: (seq += 1),
        at: new Date(parts.clock.now()).toISOString(),
        ...rest,
        eventCommit: rootOf(commits).toString('hex'),
        records: records.length,
        policyVersion: parts.policyVersion,
      };
      try {
        const { offset } = await producer.send({ topic, key: null, value: Buffer.from(canonicalize(leaf)) });
        state = 'ok';
        return { index: offset, checkpoint: 0n };
      } catch (cause) {
        state = 'the last leaf was not acknowledged';
        throw failClosed({ part: 'ledger' }, cause);
      }
    },
  };
}

/** RFC 8785. The package is CommonJS and types its export as the module's default. */
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** HMAC over id and content hash; a denial has the id alone, whether it was hidden or absent. */
function commitment(salt: Buffer, id: string, contentHash = ''): Buffer {
  return createHmac('sha256', salt).update(id).update('\0').update(contentHash).digest();
}

/** @returns the RFC 9162 tree hash of the commitments, so that one leaf stands for a page and can be opened for one record. */
export function rootOf(entries: readonly Buffer[]): Buffer {
  if (entries.length === 0) return createHash('sha256').digest();
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return createHash('sha256').update(LEAF_PREFIX).update(only).digest();
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return createHash('sha256')
    .update(NODE_PREFIX)
    .update(rootOf(entries.slice(0, split)))
    .update(rootOf(entries.slice(split)))
    .digest();
}

const LEAF_PREFIX = Buffer.of(0);
const NODE_PREFIX = Buffer.of(1);
