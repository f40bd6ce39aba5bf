// A bench for tests of agency folders: policy as shipped, a codec over the shipped schemas, a bus in memory, a clock.
// Holds: nothing outside this process is touched; the clock stands at the scenario's polling day.

import { fileURLToPath } from 'node:url';
import {
  createCodec,
  loadPolicy,
  loadSchemaSet,
  silentLog,
  toSchemaLock,
  type BatchSummary,
  type BusPort,
  type Codec,
  type Decoded,
  type ItemAnswer,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import { createTestBus, createTestClock, type TestBus, type TestClock } from '@sitebus/sdk/testing';
import type { OnBehalfOf } from '@sitebus/kit';
import type { AgencyService } from '../agency-service.ts';
import { findMapping } from '../mapping.ts';
import type { ImportDraft, ItemFate, Reading, ReadingContext } from '../reading.ts';

export interface ImportBench {
  readonly policy: Policy;
  readonly codec: Codec;
  readonly bus: TestBus;
  readonly clock: TestClock;
  readonly log: Log;
  readonly signerKey: Buffer;
  readonly connect: (cell: string) => BusPort;
  /** Decoded observations on `obs.*`, in the order of topic, partition and offset. */
  observations(): readonly Decoded<ObservationRecord>[];
}

/** An observation as far as tests look into any of them. */
export interface ObservationRecord extends Readonly<Record<string, unknown>> {
  readonly envelope: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** 2031-10-20T16:00:00Z: noon of the scenario's polling day in its zone. */
export const BENCH_NOW_MS = Date.UTC(2031, 9, 20, 16);

/** A fresh bench; one test, one bench. Policy and codec never change, and are loaded once. */
export async function createImportBench(): Promise<ImportBench> {
  shipped ??= loadShipped();
  const { policy, codec } = await shipped;
  const clock = createTestClock(BENCH_NOW_MS);
  const bus = createTestBus({ clock });
  return {
    policy,
    codec,
    bus,
    clock,
    log: silentLog,
    signerKey: Buffer.alloc(32, 7),
    connect: () => bus.connect.bus,
    observations: () =>
      bus
        .records()
        .flatMap(({ topic, value }) =>
          topic.startsWith('obs.') && value !== null ? (codec.decode(value) as Decoded<ObservationRecord>) : [],
        ),
  };
}

let shipped: Promise<Pick<ImportBench, 'policy' | 'codec'>> | undefined;

async function loadShipped(): Promise<Pick<ImportBench, 'policy' | 'codec'>> {
  const root = fileURLToPath(new URL('../../../../schemas/', import.meta.url));
  const [policy, set] = await Promise.all([loadPolicy(`${root}policy`), loadSchemaSet(`${root}avro`)]);
  return { policy, codec: createCodec({ lock: toSchemaLock(set) }) };
}

/** Everything one import answered. */
export interface ImportOutcome {
  readonly answers: readonly ItemAnswer[];
  readonly summary: BatchSummary;
}

/** Imports a file on behalf of somebody of the service's own agency. */
export async function importAll(
  service: AgencyService,
  format: string,
  source: string,
  content: string | Buffer,
): Promise<ImportOutcome> {
  const answers: ItemAnswer[] = [];
  let summary: BatchSummary | undefined;
  for await (const answer of service.importFile(format, source, Buffer.from(content), somebodyOf(service.agency))) {
    if ('summary' in answer) ({ summary } = answer);
    else answers.push(answer);
  }
  if (summary === undefined) throw new Error('an import ended without a summary');
  return { answers, summary };
}

/** Somebody who may submit for an agency. */
export function somebodyOf(agency: string): OnBehalfOf {
  return { person: `operator-${agency}`, agency };
}

/** What a reader is given, for the policy as shipped; every part can be replaced. */
export function aReadingContext(
  policy: Policy,
  over: Partial<ReadingContext> & Pick<ReadingContext, 'agency' | 'source' | 'format'>,
): ReadingContext {
  const mapping = findMapping(policy, over.agency, over.source);
  if (mapping === undefined) throw new Error(`policy has no mapping for ${over.agency}, ${over.source}`);
  return { policy, mapping, nowMs: BENCH_NOW_MS, isListed: () => true, ...over };
}

/** One item's fate in a line: `carried`, or status and code. */
export function fateLine(fate: ItemFate): string {
  return fate.status === 'carried' || fate.status === 'withdrawn' ? fate.status : `${fate.status} ${fate.code}`;
}

/** The drafts of a reading, each once, in the order in which items name them. */
export function draftsOf(reading: Reading): readonly ImportDraft[] {
  return [...new Set(reading.fates.flatMap((fate) => (fate.status === 'carried' ? fate.drafts : [])))];
}
