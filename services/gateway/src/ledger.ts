// The ledger as the gateway uses it: one leaf before anything goes out, acknowledged by the bus.
// Holds: no acknowledged leaf, no release; what was asked for in vain lies in a tree of its own, so that nothing of the other
// one tells of it, and whether an id was hidden or absent leaves the same leaf. What a leaf says is kit's (ledger/leaf.ts),
// checkpoints belong to the room `ledger`, proofs to ledger-copy.ts. Source: RFC 9162 §2.1; README.md#ledger

import { createLeafSeal } from '@sitebus/kit';
import type { LeafContent as AnyLeafContent, LeafReader } from '@sitebus/kit';
import { gatewayPrincipal, treeTopics } from '@sitebus/sdk';
import type { BusPort, BusProducer, Clock } from '@sitebus/sdk';
import type { LedgerTree } from '@sitebus/sdk/merkle';
import { failClosed } from './errors.ts';
import { createLeafTags } from './spills/leaf-tags.ts';
import { LEDGER_FORKED } from './ledger-copy.ts';
import type { LedgerCopy } from './ledger-copy.ts';

/** What a leaf says of one release or denial. */
export interface LeafContent extends AnyLeafContent {
  /** The records, each by id and hash of what was released; for a denial the id that was asked for, without hash. */
  readonly records: AnyLeafContent['records'];
  readonly decision: 'RELEASED' | 'WITHHELD' | 'RESUMED';
  /** `LEDGER_WAS_DOWN`: nothing was released for a while; written by the gateway itself when leaves are taken again. */
  readonly reason: 'READ' | 'LIST' | 'STREAM' | 'DIGEST' | 'WEBHOOK' | 'REVEAL' | 'NOT_VISIBLE' | 'LEDGER_WAS_DOWN';
  /** Why somebody asked for a masked value, in their words. */
  readonly purpose?: string;
  /** Tags of the records (spills/leaf-tags.ts); the ledger adds them to what is released. */
  readonly named?: string;
}

/** What leaves of several readers say alike. */
export type AlikeContent = Omit<LeafContent, keyof LeafReader>;

/** Where a leaf stands. */
export interface LeafPlace {
  readonly index: bigint;
  /** Leaves covered by the newest signed checkpoint; 0 until there is one. */
  readonly checkpoint: bigint;
  /** Base64 hashes from one record's commitment to the leaf's, so that each can be proved without the others. */
  readonly pathOf?: (record: number) => readonly string[];
}

/** Takes leaves. `append` resolves when the leaf is durable and throws `fail-closed` when it cannot be. */
export interface Ledger {
  append(leaf: LeafContent): Promise<LeafPlace>;
  /**
   * A leaf for each of several readers who are sent the same at once, in their order. A leaf that cannot be durable is
   * rejected with `fail-closed`; the others stand.
   */
  appendAlike(
    content: AlikeContent,
    readers: readonly LeafReader[],
  ): Promise<readonly PromiseSettledResult<LeafPlace>[]>;
  /** `ok`, or why nothing can be appended. */
  state(): string;
}

/** A ledger with a life. */
export interface BusLedger extends Ledger {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @returns the ledger of both trees: what is denied goes to `denials`, everything else to `releases`. */
export function ledgerOfTrees(trees: Readonly<Record<LedgerTree, Ledger>>): Ledger {
  return {
    append: (leaf) => (leaf.decision === 'WITHHELD' ? trees.denials : trees.releases).append(leaf),
    appendAlike: (content, readers) =>
      (content.decision === 'WITHHELD' ? trees.denials : trees.releases).appendAlike(content, readers),
    state: () => (trees.releases.state() === 'ok' ? trees.denials.state() : trees.releases.state()),
  };
}

/**
 * Appends to the leaves of one tree, whose one partition is the tree's order: a leaf's index is its offset.
 * `salt` keys the commitments; without it nobody can test a guess of an id against a leaf.
 */
export function createBusLedger(parts: {
  readonly bus: BusPort;
  readonly view: string;
  readonly tree: LedgerTree;
  readonly salt: Buffer;
  readonly policyVersion: number;
  readonly clock: Clock;
  /** What this gateway knows of the ledger's checkpoints and leaves. */
  readonly copy: Pick<LedgerCopy, 'newest' | 'state'>;
}): BusLedger {
  const topic = treeTopics(parts.view, parts.tree).leaves;
  let producer: BusProducer | undefined;
  let state: string = 'not started';
  const seal = createLeafSeal(parts);
  const tagsOf = createLeafTags(parts.salt);
  const tagged = <C extends AlikeContent>(content: C): C =>
    content.decision === 'RELEASED' ? { ...content, named: tagsOf(content.records) } : content;
  let resuming: NodeJS.Timeout | undefined;

  const open = (): BusProducer => {
    if (producer === undefined || state === 'stopped' || parts.copy.state() === LEDGER_FORKED)
      throw failClosed({ part: 'ledger' });
    return producer;
  };
  const checkpoint = (): bigint => BigInt(parts.copy.newest()?.size ?? 0);
  const taken = (): void => {
    if (state !== 'stopped') state = 'ok';
  };
  const refused = (cause: unknown): Error => {
    if (state !== 'stopped') state = 'the last leaf was not acknowledged';
    resumeLater();
    return failClosed({ part: 'ledger' }, cause);
  };
  const write = async (content: LeafContent): Promise<LeafPlace> => {
    const to = open();
    const { value, pathOf } = seal.one(tagged(content));
    try {
      const { offset } = await to.send({ topic, key: null, value });
      taken();
      return { index: offset, checkpoint: checkpoint(), pathOf };
    } catch (cause) {
      throw refused(cause);
    }
  };
  /** An unready gateway is sent nobody whose read would show that the ledger is back: it has to find out by itself. */
  const resumeLater = (): void => {
    if (state === 'stopped') return;
    resuming ??= setTimeout(() => {
      resuming = undefined;
      if (state !== 'ok') void write({ ...RESUMED, who: gatewayPrincipal(parts.view) }).catch(() => undefined); // tried again
    }, RESUME_MS).unref();
  };
  return {
    state: () => state,
    async start() {
      producer = await parts.bus.createProducer();
      state = 'ok';
    },
    async stop() {
      state = 'stopped';
      clearTimeout(resuming);
      await producer?.close();
    },
    append: write,
    async appendAlike(content, readers) {
      const to = open();
      const { values, pathOf } = seal.alike(tagged(content), readers);
      const outcomes = await to.sendAll(values.map((value) => ({ topic, key: null, value })));
      if (outcomes.some(({ status }) => status === 'fulfilled')) taken();
      const covered = checkpoint();
      return outcomes.map((outcome) =>
        outcome.status === 'fulfilled'
          ? { status: 'fulfilled', value: { index: outcome.value.offset, checkpoint: covered, pathOf } }
          : { status: 'rejected', reason: refused(outcome.reason) },
      );
    },
  };
}

/** Nothing is released by it: it says until when nothing was. */
const RESUMED = { epoch: 0, records: [], decision: 'RESUMED', reason: 'LEDGER_WAS_DOWN', bytes: 0 } as const;

/** How often a ledger that is down is tried again, ms. */
const RESUME_MS = 1_000;
