// Parts of a lane for tests: shipped policy and schemas, an in-memory bus, observations as their agencies write them.
// Holds: deterministic but for group names; nothing sleeps, conditions are waited for.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createMarking, cellOf, type MarkingFields } from '@sitebus/marking';
import {
  createCodec,
  loadPolicy,
  loadSchemaSet,
  obsTopic,
  observationSubject,
  recordKey,
  silentLog,
  toSchemaLock,
  toWire,
  type Alert,
  type Assessment,
  type BusPort,
  type Codec,
  type Cut,
  type OutgoingRecord,
  type Policy,
  type SchemaLock,
} from '@sitebus/sdk';
import { createTestBus, createTestClock, type TestBus, type TestClock } from '@sitebus/sdk/testing';
import { loadCommonValues, type CommonValues } from '../common-values.ts';
import { createFusionService, type FusionConfig } from '../service.ts';

const SCHEMAS = fileURLToPath(new URL('../../../../schemas', import.meta.url));
/** Noon of the day on which test observations are seen. */
export const NOON = Date.UTC(2031, 9, 1, 12);

/** What all tests of a file share. */
export interface Shipped {
  readonly policy: Policy;
  readonly lock: SchemaLock;
  readonly codec: Codec;
  readonly commonValues: CommonValues;
  readonly example: Readonly<Record<string, unknown>>;
}

/** Policy, schemas and lists as the repository has them. */
export async function loadShipped(): Promise<Shipped> {
  const [policy, set, commonValues, example] = await Promise.all([
    loadPolicy(`${SCHEMAS}/policy`),
    loadSchemaSet(`${SCHEMAS}/avro`),
    loadCommonValues(`${SCHEMAS}/policy/common-values`),
    exampleOf('IndicatorReport'),
  ]);
  const lock = toSchemaLock(set);
  return { policy, lock, codec: createCodec({ lock }), commonValues, example };
}

async function exampleOf(type: string): Promise<Readonly<Record<string, unknown>>> {
  const { readdir } = await import('node:fs/promises');
  const dir = `${SCHEMAS}/examples/${type}/valid`;
  const [file] = (await readdir(dir)).sort();
  return JSON.parse(await readFile(`${dir}/${file}`, 'utf8')) as Readonly<Record<string, unknown>>;
}

/** What a test says about an observation; the rest is as in the example. */
export interface Said {
  readonly agency?: string;
  readonly domains?: readonly string[];
  readonly urls?: readonly string[];
  readonly marking?: Partial<MarkingFields>;
  readonly observedAt?: number;
  readonly token?: string | null;
  readonly recalls?: string;
  readonly supersedes?: string;
  readonly category?: string;
  /** Topic's cell, where it is to differ from the marking's. */
  readonly cell?: string;
  /** Topic's agency, where it is to differ from the envelope's. */
  readonly writer?: string;
}

/** The n-th id of a test. */
export const idOf = (n: number): string => `10000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** Whom a report of the example names: that alone would make it an assessment. */
const NAMES_NOBODY = { targets: [], ridings: [], tools: [] };

/** An IndicatorReport as its agency's service would write it. */
export function aRecord({ codec, policy, example }: Shipped, n: number, said: Said = {}): OutgoingRecord {
  const { agency = 'cse', observedAt = NOON, token = `token-${n}` } = said;
  const marking = createMarking({
    classified: 'UNCLASSIFIED',
    relTo: 'ALL',
    tlp: 'GREEN',
    needToKnow: [['community']],
    ...said.marking,
  });
  const { envelope, report, ...fields } = example as { envelope: object; report: object };
  const portions = [{ text: 'It copies a sign-in page.', lang: 'en', marking: toWire(marking) }];
  const value = codec.encode(observationSubject('IndicatorReport'), {
    ...Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, Array.isArray(each) ? [] : each])),
    envelope: {
      ...envelope,
      id: idOf(n),
      agency,
      observedAt,
      recordedAt: observedAt,
      marking: toWire(marking),
      lineage: { derivedFrom: [], sourceToken: token },
      recalls: said.recalls ?? null,
      supersedes: said.supersedes ?? null,
    },
    report: {
      ...report,
      portions,
      ...NAMES_NOBODY,
      firstSeen: null,
      lastSeen: null,
      category: said.category ?? 'OTHER',
    },
    domains: said.domains ?? [],
    urls: said.urls ?? [],
  });
  const cell = said.cell ?? cellOf(marking, policy.cells)!.id;
  return { topic: obsTopic(cell, said.writer ?? agency), key: recordKey(idOf(n), value), value };
}

/** A bus with a clock, and what a view has published on it. */
export interface Bench {
  readonly bus: TestBus;
  readonly clock: TestClock;
  publish(...records: readonly OutgoingRecord[]): Promise<void>;
  assessments(view?: string): Assessment[];
  /** The newest version of each id. */
  newest(view?: string): Map<string, Assessment>;
  alerts(view?: string): Alert[];
  cuts(view?: string): Cut[];
}

/** A fresh bench; `partitions` of every input topic, 4 unless told. */
export function createBench({ codec }: Shipped, partitions = 4): Bench {
  const clock = createTestClock(NOON);
  const bus = createTestBus({ clock, partitionsOf: (topic) => (/^(obs|assess)\./.test(topic) ? partitions : 1) });
  const read = <T>(topic: string): T[] => bus.records(topic).map(({ value }) => codec.decode(value!).value as T);
  return {
    bus,
    clock,
    async publish(...records) {
      const producer = await bus.connect.bus.createProducer();
      for (const record of records) await producer.send(record);
      await producer.close();
    },
    assessments: (view = 'partner') => read<Assessment>(`assess.${view}`),
    newest(view = 'partner') {
      const newest = new Map<string, Assessment>();
      for (const each of read<Assessment>(`assess.${view}`))
        if ((newest.get(each.id)?.version ?? 0) < each.version) newest.set(each.id, each);
      return newest;
    },
    alerts: (view = 'partner') => read<Alert>(`alert.${view}`),
    cuts: (view = 'partner') => read<Cut>(`lane.${view}`),
  };
}

/** A service on the bench's bus; cuts follow one another without pause. */
export function aService(
  shipped: Shipped,
  bench: Bench,
  over: Partial<FusionConfig> & { bus?: BusPort; codec?: Codec } = {},
) {
  const { bus = bench.bus.connect.bus, codec = shipped.codec, ...config } = over;
  const { policy, commonValues } = shipped;
  return createFusionService({
    config: { view: 'partner', cutMs: 0, ...config },
    policy,
    codec,
    bus,
    clock: bench.clock,
    log: silentLog,
    commonValues,
  });
}
