// A gateway's own copy of one tree of its view's ledger, for proofs: the tree of every leaf, the newest leaves, the checkpoints.
// Holds: it follows the bus and costs no release anything; a checkpoint counts when a known key signed it and its root is
// the root of the leaves read here: two that differ are a fork, and then nothing more is released (ledger.ts).
// Source: RFC 9162 §2.1; README.md#ledger

import { randomUUID } from 'node:crypto';
import { COPY_GATHER_MS, machineHashing, machineVerifying } from '@sitebus/kit';
import { treeTopics } from '@sitebus/sdk';
import type { BusBatch, BusConsumer, BusPort, BusRecord, Log } from '@sitebus/sdk';
import { createMerkleTree, sameHash, toBase64, treeOrigin, verifyCheckpoint } from '@sitebus/sdk/merkle';
import type { Checkpoint, LedgerTree, VerifierKey } from '@sitebus/sdk/merkle';
import { readUpTo } from './read-up-to.ts';

/** A checkpoint that was found true, and its signed text. */
export interface HeldCheckpoint extends Checkpoint {
  readonly note: string;
}

/** One leaf as its text, and what of it is looked for. */
export interface LedgerEntry {
  readonly index: number;
  readonly text: string;
  readonly leaf: Readonly<Record<string, unknown>>;
}

/** What can be asked. */
export interface LedgerCopy {
  /** Leaves read. */
  size(): number;
  /** The largest; with `before`, the largest of the newest 20,000 below that size. */
  newest(before?: number): HeldCheckpoint | undefined;
  /** One of the newest 20,000, by its size. */
  checkpoint(size: number): HeldCheckpoint | undefined;
  /** Base64 hashes, and that of the leaf; undefined where index and size are not those of leaves read. */
  inclusion(index: number, size: number): { readonly leafHash: string; readonly hashes: readonly string[] } | undefined;
  /** Base64 hashes; undefined where the sizes are not those of trees read. */
  consistency(from: number, to: number): readonly string[] | undefined;
  /** One of the newest 50,000 leaves. */
  entry(index: number): LedgerEntry | undefined;
  /** The newest 50,000 leaves below `before`, newest first. */
  entries(before?: number): Iterable<LedgerEntry>;
  /**
   * Every leaf older than those, oldest first, read again from the bus and compared with the tree. Rejects where the bus does not
   * have them all, or has others. Cost: one pass over the topic.
   */
  readOlder(each: (entry: LedgerEntry) => void): Promise<void>;
  /** `ok`, or what is not. */
  state(): string;
}

/** A copy with its life. */
export interface RunningLedgerCopy extends LedgerCopy {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly fatal: Promise<Error>;
}

/** The state in which nothing may be released. */
export const LEDGER_FORKED = 'a checkpoint does not fit the leaves';

/** Some hundred bytes each: what a gateway may hold of them, whatever the age of its ledger. */
const KEPT_CHECKPOINTS = 20_000;
const KEPT_ENTRIES = 50_000;

/** Makes the copy of one tree. `keys`: whose checkpoints count, of those that have this tree's name; without any, none does. */
export function createLedgerCopy(parts: {
  readonly bus: BusPort;
  readonly view: string;
  readonly tree: LedgerTree;
  readonly keys: readonly VerifierKey[];
  readonly groupId: string;
  readonly log: Log;
  /** Leaves held as text; default 50,000. */
  readonly keptEntries?: number;
}): RunningLedgerCopy {
  const { bus, view, log, keptEntries = KEPT_ENTRIES } = parts;
  const topics = treeTopics(view, parts.tree);
  const origin = treeOrigin(view, parts.tree);
  const keys = parts.keys.filter(({ name }) => name === origin); // a note of the other tree proves nothing of this one
  const tree = createMerkleTree(machineHashing);
  const entries = new Map<number, LedgerEntry>();
  const checkpoints = new Map<number, HeldCheckpoint>();
  let ahead: HeldCheckpoint[] = []; // of leaves that were not read yet
  let newest: HeldCheckpoint | undefined;
  let end: number | undefined;
  let isForked = false;
  let consumer: BusConsumer | undefined;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const addLeaf = ({ offset, value }: BusRecord): void => {
    const index = Number(offset);
    if (index < tree.size) return; // read again after a rebalance
    const text = value?.toString('utf8') ?? '';
    if (index !== tree.size) isForked = true; // a leaf is missing
    tree.append(machineHashing.leaf(value ?? new Uint8Array()));
    entries.set(index, new ReadEntry(index, text));
    entries.delete(index - keptEntries);
    if (ahead.length > 0) ahead = ahead.filter((each) => each.size > tree.size || settle(each));
  };
  const addCheckpoint = ({ offset, value }: BusRecord): void => {
    const note = value?.toString('utf8') ?? '';
    const signed = verifyCheckpoint(note, keys, machineVerifying);
    if (signed === undefined)
      return log.error({ view, tree: parts.tree, offset: String(offset) }, 'a checkpoint of no known key');
    const held = { ...signed.checkpoint, note };
    if (held.size > tree.size) ahead.push(held);
    else settle(held);
  };
  /** Compares a checkpoint with the leaves. @returns false: it need not be kept waiting. */
  const settle = (held: HeldCheckpoint): false => {
    if (!sameHash(tree.rootAt(held.size), held.root)) {
      isForked = true;
      log.error({ view, tree: parts.tree, size: held.size }, LEDGER_FORKED);
      return false;
    }
    checkpoints.delete(held.size);
    checkpoints.set(held.size, held);
    const [oldest] = checkpoints.keys();
    if (checkpoints.size > KEPT_CHECKPOINTS && oldest !== undefined) checkpoints.delete(oldest);
    if (held.size >= (newest?.size ?? 0)) newest = held;
    return false;
  };
  const isTree = (size: number): boolean => size >= 1 && size <= tree.size;

  return {
    fatal,
    async start() {
      const [ends] = await bus.inspect.ends(topics.leaves);
      consumer = await bus.createConsumer({
        groupId: parts.groupId,
        topics: [topics.leaves, topics.checkpoints],
        from: 'earliest',
        commit: 'never',
        gatherMs: COPY_GATHER_MS,
        onBatch: async ({ topic, records }: BusBatch) =>
          records.forEach(topic === topics.leaves ? addLeaf : addCheckpoint),
      });
      void consumer.fatal.then(died);
      await consumer.assigned;
      end = Number(ends?.next ?? 0n);
    },
    async stop() {
      await consumer?.close();
    },
    state() {
      if (isForked) return LEDGER_FORKED;
      if (end === undefined) return 'not started';
      return tree.size < end ? `reading ${end - tree.size} leaves` : 'ok';
    },
    size: () => tree.size,
    newest: (before) => (before === undefined ? newest : largestBelow(before, checkpoints)),
    checkpoint: (size) => checkpoints.get(size),
    inclusion(index, size) {
      if (!isTree(size) || index >= size) return undefined;
      return { leafHash: toBase64(tree.leafHash(index)), hashes: tree.inclusionProof(index, size).map(toBase64) };
    },
    consistency: (from, to) =>
      isTree(from) && isTree(to) && from <= to ? tree.consistencyProof(from, to).map(toBase64) : undefined,
    entry: (index) => entries.get(index),
    *entries(before = tree.size) {
      for (let index = Math.min(before, tree.size) - 1; entries.has(index); index -= 1)
        yield entries.get(index) as LedgerEntry;
    },
    async readOlder(each) {
      const [first] = entries.keys(); // in the order in which they came
      if (first === undefined || first === 0) return;
      const groupId = `${parts.groupId}.older.${randomUUID().slice(0, 8)}`;
      let next = 0;
      const take = ({ offset, value }: BusRecord): void => {
        const index = Number(offset);
        const text = value?.toString('utf8') ?? '';
        if (index !== next) throw new Error('a leaf is missing');
        if (!sameHash(machineHashing.leaf(value ?? new Uint8Array()), tree.leafHash(index)))
          throw new Error('a leaf is not the one of the tree');
        each(new ReadEntry(index, text));
        next += 1;
      };
      await readUpTo(bus, { topic: topics.leaves, offset: BigInt(first) - 1n }, { groupId, each: take });
      if (next !== first) throw new Error('a leaf is missing');
    },
  };
}

function largestBelow(before: number, checkpoints: ReadonlyMap<number, HeldCheckpoint>): HeldCheckpoint | undefined {
  let largest = -1;
  for (const size of checkpoints.keys()) if (size < before && size > largest) largest = size;
  return checkpoints.get(largest);
}

/** Taken apart when somebody asks: most leaves are asked for by nobody. */
class ReadEntry implements LedgerEntry {
  readonly index: number;
  readonly text: string;
  #leaf: Readonly<Record<string, unknown>> | undefined;

  constructor(index: number, text: string) {
    this.index = index;
    this.text = text;
  }

  get leaf(): Readonly<Record<string, unknown>> {
    this.#leaf ??= objectIn(this.text);
    return this.#leaf;
  }
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch {
    return {}; // not ours; its hash is in the tree all the same
  }
}
