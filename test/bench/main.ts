// `npm run bench`: what fusion costs beside what the pipe costs, and beside its peers where they are installed.
// Holds: everything on loopback and bounded in time; what is compared runs in turn, each in a process of its own, and ratios
// are medians over the rounds of one run; what cannot be measured is said, never left out in silence.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCommonValues } from '@sitebus/fusion';
import { loadPolicy } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { codecOf, startBenchBroker, type BenchBroker } from './bench-broker.ts';
import { buildRooms, IMAGE_FLAGS } from './built-rooms.ts';
import { drawReports, type DrawnReport, type DrawnValue } from './drawn-reports.ts';
import { expectedComponents } from './expected-components.ts';
import { placeOf, spell, toRecord } from './indicator-records.ts';
import { measure, serve, type Measured } from './job.ts';
import { parseBenchOptions, type BenchOptions } from './options.ts';
import { comparePeers } from './peers.ts';
import { publishedComponents } from './published-components.ts';
import { createScoreboard, median, type Scoreboard } from './scoreboard.ts';

const TOP_VIEW = 'ts-can';
const DAY_MS = 86_400_000;
const CHUNK = 250_000;
/** The goal is that of a warm process: compilers of both runtimes are busy for the first half minute. */
const LATENCY = { perSecond: 5_000, warmUpSeconds: 60, seconds: 20 };

const options = parseBenchOptions(process.argv.slice(2));
const scores = createScoreboard(options);
await buildRooms(['fusion']);
const broker = await startBenchBroker();
try {
  await run(options, broker, scores);
} finally {
  await broker.stop();
}
scores.print();

interface FusionMeasured extends Measured {
  readonly assessments: number;
  readonly alerts: number;
  readonly cuts: number;
  readonly startedMs: number;
  readonly restMb: number;
}

interface Phases {
  readonly own: number;
  readonly admission: number;
  readonly step: number;
  readonly outgoing: number;
}

async function run(given: BenchOptions, at: BenchBroker, board: Scoreboard): Promise<void> {
  const { parts, records } = given;
  if (['pipe', 'views', 'memory'].some((part) => parts.has(part as never))) {
    const reports = drawReports({ count: records, seed: 7, from: Date.now() - DAY_MS });
    const filled = await fill(at, [reports]);
    if (parts.has('pipe')) await measurePipe(given, at, board, filled, reports);
    if (parts.has('views')) await measureViews(given, at, board, filled);
    if (parts.has('memory')) await measureMemory(given, at, board, filled);
  }
  if (parts.has('hot')) await measureHot(given, board);
  if (parts.has('latency')) await measureLatency(given, at, board);
  if (parts.has('memory') && given.large)
    for (const count of [1_000_000, 2_000_000]) await measureMemory(given, at, board, await refill(at, count));
  if (parts.has('peers')) await comparePeers(given, board);
}

/** What lies on the topics. */
interface Filled {
  readonly records: number;
  readonly topics: readonly string[];
  readonly recordsByTopic: Readonly<Record<string, number>>;
}

async function fill(at: BenchBroker, chunks: Iterable<readonly DrawnReport[]>): Promise<Filled> {
  const codec = await codecOf(at.connection);
  const recordsByTopic: Record<string, number> = {};
  let records = 0;
  for (const chunk of chunks) {
    await at.fill(
      (function* () {
        for (const report of chunk) {
          const { cell, agency } = placeOf(report);
          const topic = `obs.${cell}.${agency}`;
          recordsByTopic[topic] = (recordsByTopic[topic] ?? 0) + 1;
          yield toRecord(report, codec);
        }
      })(),
    );
    records += chunk.length;
  }
  return { records, topics: Object.keys(recordsByTopic).sort(), recordsByTopic };
}

async function refill(at: BenchBroker, count: number): Promise<Filled> {
  await at.forgetOutputs();
  await at.forgetInputs();
  return fill(
    at,
    (function* () {
      for (let from = 0; from < count; from += CHUNK)
        yield drawReports({
          count: Math.min(CHUNK, count - from),
          seed: 100 + from,
          from: Date.now() - DAY_MS,
          afterNumber: from * 16,
        });
    })(),
  );
}

async function measurePipe(
  { rounds, ...how }: BenchOptions,
  at: BenchBroker,
  board: Scoreboard,
  filled: Filled,
  reports: readonly DrawnReport[],
): Promise<void> {
  const { connection } = at;
  const ratios: number[] = [];
  const cpuRatios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const job = { connection, ...filled };
    board.add('pipe', 'broker: raw consumer', await measure('bare-consumer', { ...job, mode: 'count' }));
    const bare = await measure('bare-consumer', { ...job, mode: 'decode' });
    board.add('pipe', 'decode-only consumer', bare);
    await at.forgetOutputs();
    const fusion = await fuse(how, { ...job, views: [TOP_VIEW], errand: 'drain' });
    board.add('pipe', 'fusion, one view', fusion);
    board.outputs('fusion, one view', fusion);
    ratios.push(fusion.recordsPerSecond / bare.recordsPerSecond);
    cpuRatios.push(bare.cpuMicrosPerRecord / fusion.cpuMicrosPerRecord);
  }
  board.ratio('fusion of one view / decode-only consumer, records/s', median(ratios), '>= 0.40, floor 0.25');
  board.ratio('the same by CPU time a record', median(cpuRatios), '>= 0.40, floor 0.25');
  await checkComponents(at, board, reports);
}

/** Holds the last run against brute force. */
async function checkComponents(at: BenchBroker, board: Scoreboard, reports: readonly DrawnReport[]): Promise<void> {
  const { connection } = at;
  const policy = await loadPolicy(`${connection.schemasDir}/policy`);
  const lists = await loadCommonValues(`${connection.schemasDir}/policy/common-values`);
  const isCommon = (value: DrawnValue) => lists.reasonFor(value.kind, spell(value)) !== undefined;
  const expected = expectedComponents(reports, policy.detection.hubCap, isCommon);
  const bus = createKafkaBus({ brokers: connection.brokers, sasl: connection.admin, clientId: 'bench-check' });
  const published = await publishedComponents(bus, await codecOf(connection), TOP_VIEW);
  await bus.close();
  const known = new Set(expected);
  const agreed = published.filter((component) => known.has(component)).length;
  board.check('components as by brute force', expected.length, published.length, agreed);
}

async function measureViews(
  { rounds, ...how }: BenchOptions,
  at: BenchBroker,
  board: Scoreboard,
  filled: Filled,
): Promise<void> {
  const policy = await loadPolicy(`${at.connection.schemasDir}/policy`);
  const views = policy.views.map(({ id }) => id);
  const ratios: number[] = [];
  for (let round = 0; round < Math.min(rounds, 2); round += 1) {
    const cpuSeconds: number[] = [];
    for (const some of [[TOP_VIEW], views]) {
      await at.forgetOutputs();
      const measured = await fuse(how, { connection: at.connection, ...filled, views: some, errand: 'drain' });
      board.add('views', some.length === 1 ? 'one view' : 'all views, one process', measured);
      cpuSeconds.push((measured.cpuMicrosPerRecord * measured.records) / 1e6);
    }
    ratios.push(cpuSeconds[1]! / cpuSeconds[0]!);
  }
  board.ratio(`all ${views.length} views / one view, CPU time`, median(ratios), '<= 4');
}

async function measureHot({ rounds, records, source }: BenchOptions, board: Scoreboard): Promise<void> {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [plain, hot] = [
      await measure<Phases>('phases', { count: records, hotValue: false }, nodeArgsOf({ source })),
      await measure<Phases>('phases', { count: records, hotValue: true }, nodeArgsOf({ source })),
    ];
    board.phases(plain);
    ratios.push(hot.own / plain.own);
  }
  board.ratio(
    'one value in every record / none, CPU time of admission, engine and encoding',
    median(ratios),
    '<= 1.10',
  );
}

async function measureLatency(how: BenchOptions, at: BenchBroker, board: Scoreboard): Promise<void> {
  await at.forgetOutputs();
  await at.forgetInputs();
  const { connection } = at;
  const fusion = serve(
    'fusion',
    { connection, views: [TOP_VIEW], recordsByTopic: {}, errand: 'serve' },
    nodeArgsOf(how),
  );
  try {
    await fusion.ready;
    if (!(await at.compileAside())) console.warn('the broker compiles beside what is measured: expect late alerts');
    board.latency(await measure('latency', { connection, view: TOP_VIEW, ...LATENCY }, nodeArgsOf(how)));
  } finally {
    await fusion.stop();
  }
}

async function measureMemory(how: BenchOptions, at: BenchBroker, board: Scoreboard, filled: Filled): Promise<void> {
  await at.forgetOutputs();
  const job = { connection: at.connection, ...filled, views: [TOP_VIEW] };
  const snapshotDir = await mkdtemp(join(tmpdir(), 'sitebus-bench-snapshots-'));
  try {
    const drained = await fuse(how, { ...job, errand: 'drain', snapshotDir }, ['--expose-gc']);
    board.memory(filled.records, drained.restMb, drained.rssMb);
    const replayed = await fuse(how, { ...job, errand: 'restart' });
    board.restart(filled.records, 'all cuts', replayed.startedMs);
    const resumed = await fuse(how, { ...job, errand: 'restart', snapshotDir });
    board.restart(filled.records, 'a snapshot', resumed.startedMs);
  } finally {
    await rm(snapshotDir, { recursive: true, force: true });
  }
}

function fuse(how: Pick<BenchOptions, 'source' | 'profileDir'>, job: object, more: readonly string[] = []) {
  return measure<FusionMeasured>('fusion', job, [...more, ...nodeArgsOf(how)]);
}

function nodeArgsOf({ source, profileDir }: { readonly source: boolean; readonly profileDir?: string | undefined }) {
  return [
    '--max-old-space-size=6000',
    ...IMAGE_FLAGS,
    ...(source ? ['--conditions=source'] : []),
    ...(profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`]),
  ];
}
