// One tree of a view's ledger on the bus: reads its leaves, keeps the tree, signs its checkpoints.
// Holds: it can add no leaf; it signs nothing before every leaf has been read again and every earlier checkpoint has been
// found true; what does not fit ends the signing for good (`fatal`). Source: README.md#how-it-works

import { randomUUID } from 'node:crypto';
import { COPY_GATHER_MS, machineVerifying } from '@sitebus/kit';
import { groupOf, ledgerPrincipal, treeTopics } from '@sitebus/sdk';
import type { BusBatch, BusConsumer, BusPort, BusProducer, Clock, Log } from '@sitebus/sdk';
import { verifyCheckpoint } from '@sitebus/sdk/merkle';
import type { Checkpoint, LedgerTree, VerifierKey } from '@sitebus/sdk/merkle';
import type { SigningPace } from './config.ts';
import { checkpointForeign } from './errors.ts';
import { createSigner, parseVerifierKeys } from './signer.ts';
import { createTreeKeeper } from './tree-keeper.ts';
import type { TreeKeeper } from './tree-keeper.ts';

/** What one tree's signing is made of. */
export interface TreeSigningParts {
  readonly view: string;
  readonly tree: LedgerTree;
  /** `<id>:<32-byte Ed25519 seed in base64url>`, comma-separated. */
  readonly keys: string;
  /** Public halves of keys that no longer sign, of any tree; their checkpoints still count. */
  readonly retiredKeys: readonly string[];
  readonly pace: SigningPace;
  /** With the credentials of this view's ledger, no others. */
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** The signing of one tree, with its life. */
export interface TreeSigning {
  /** The public halves of its present keys. */
  readonly verifierKeys: readonly string[];
  readonly fatal: Promise<Error>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `ok`, or what is not. */
  state(): string;
}

/** How long after a checkpoint could not be written the next attempt comes, ms. */
const RETRY_MS = 1_000;

/** Makes the signing of one tree. Throws KEY_UNREADABLE (not retriable). */
export function createTreeSigning({ view, tree, bus, clock, log, ...settings }: TreeSigningParts): TreeSigning {
  const { everyLeaves, everyMs } = settings.pace;
  const topics = treeTopics(view, tree);
  const signer = createSigner(view, tree, settings.keys);
  // A key has a name a tree: a note of the other tree, wherever it lies, is a stranger's here.
  const known = parseVerifierKeys([...signer.verifierKeys, ...settings.retiredKeys]).filter(
    ({ name }) => name === signer.origin,
  );
  const group = (purpose: string): string => groupOf(ledgerPrincipal(view), `${purpose}.${randomUUID().slice(0, 8)}`);
  const consumers: BusConsumer[] = [];
  let producer: BusProducer | undefined;
  let keeper: TreeKeeper | undefined;
  let state: string = 'not started';
  let signedSize = 0;
  let maySign = false; // from the last old leaf to the first thing that does not fit
  let signing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const end = (cause: Error): void => {
    maySign = false;
    state = (cause as { code?: string }).code ?? 'ended';
    log.error({ view, tree, code: state, ...(cause as { details?: object }).details }, 'the ledger signs nothing more');
    died(cause);
  };
  const schedule = (afterMs: number): void => {
    if (!isStopped) timer ??= setTimeout(() => void signNow(), afterMs);
  };
  const signNow = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await signing; // one at a time: the next one covers what came meanwhile
    await (signing = signHead());
  };
  const signHead = async (): Promise<void> => {
    if (!maySign || keeper === undefined || producer === undefined || keeper.size <= signedSize) return;
    const head = keeper.head();
    const note = signer.sign({ ...head, at: new Date(clock.now()).toISOString() });
    try {
      await producer.send({ topic: topics.checkpoints, key: null, value: Buffer.from(note, 'utf8') });
      signedSize = head.size;
      state = 'ok';
    } catch (cause) {
      state = 'the last checkpoint was not written';
      log.error({ view, tree, code: (cause as { code?: string }).code }, 'a checkpoint was not written');
      schedule(RETRY_MS);
    }
  };
  const begin = (kept: TreeKeeper): void => {
    kept.ended();
    maySign = true;
    state = 'ok';
  };
  const onLeaves = async (kept: TreeKeeper, batch: BusBatch, end: bigint): Promise<void> => {
    for (const { offset, value } of batch.records) kept.append(Number(offset), value ?? Buffer.alloc(0));
    if (BigInt(kept.size) < end) return; // still reading what was there at start
    if (!maySign) begin(kept);
    if (kept.size - signedSize >= everyLeaves) await signNow();
    else if (kept.size > signedSize) schedule(everyMs);
  };
  const readAll = async (
    topic: string,
    onBatch: (batch: BusBatch, end: bigint) => Promise<void>,
  ): Promise<ReadTopic> => {
    const [ends] = await bus.inspect.ends(topic);
    const next = ends?.next ?? 0n;
    const consumer = await bus.createConsumer({
      groupId: group(topic.split('.')[0] ?? ''),
      topics: [topic],
      from: 'earliest',
      commit: 'never',
      gatherMs: COPY_GATHER_MS,
      onBatch: (batch) => onBatch(batch, next),
    });
    consumers.push(consumer);
    await consumer.assigned;
    return { next, fatal: consumer.fatal };
  };

  return {
    verifierKeys: signer.verifierKeys,
    fatal,
    async start() {
      producer = await bus.createProducer();
      state = 'reading the checkpoints';
      const signed = await readCheckpoints(readAll, topics.checkpoints, known);
      await consumers.pop()?.close(); // nobody else writes them
      signedSize = signed.reduce((most, { size }) => Math.max(most, size), 0);
      const kept = createTreeKeeper(signed);
      keeper = kept;
      state = 'reading the leaves';
      const { next: leaves } = await readAll(topics.leaves, (batch, end) => onLeaves(kept, batch, end));
      for (const consumer of consumers) void consumer.fatal.then(end);
      if (leaves === 0n) begin(kept);
    },
    async stop() {
      isStopped = true;
      await Promise.allSettled(consumers.map((consumer) => consumer.close()));
      await signNow(); // what was read is signed
      state = 'stopped';
      await producer?.close();
    },
    state: () => state,
  };
}

/** A topic being read: its end when that began, and what ends the reading. */
interface ReadTopic {
  readonly next: bigint;
  readonly fatal: Promise<Error>;
}

/** @returns every checkpoint signed so far. Rejects with CHECKPOINT_FOREIGN: who can write there could sign for us. */
async function readCheckpoints(
  readAll: (topic: string, onBatch: (batch: BusBatch, end: bigint) => Promise<void>) => Promise<ReadTopic>,
  topic: string,
  known: readonly VerifierKey[],
): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = [];
  let done: () => void = () => {};
  const read = new Promise<void>((resolve) => (done = resolve));
  const { next, fatal } = await readAll(topic, async (batch, until) => {
    for (const { offset, value } of batch.records) {
      const note = verifyCheckpoint(value?.toString('utf8') ?? '', known, machineVerifying);
      if (note === undefined) throw checkpointForeign({ offset: Number(offset) });
      found.push(note.checkpoint);
      if (offset + 1n >= until) done();
    }
  });
  if (next === 0n) done();
  const cause = await Promise.race([read, fatal]);
  if (cause instanceof Error) throw cause;
  return found;
}
