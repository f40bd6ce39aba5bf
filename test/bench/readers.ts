// `npm run bench:readers`: a thousand readers of mixed clearances on the alert streams of five views, on a real broker.
// Holds: everything on loopback, bounded in time and count; readers and the writer of alerts are processes of their own; who may get what is
// decided by the oracle of readers-draws.ts, and the run fails where one reader got one alert too many, too few or twice.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventually } from '../support/eventually.ts';
import { compileAside } from './compiling-aside.ts';
import { startApart } from './readers-apart.ts';
import { startChild, type Child } from './readers-child.ts';
import type { ReadersAnswer, ReadersCommand, ReadersReport } from './readers-client.ts';
import { cpuBetween, cpuOfParts, type CpuOfParts } from './readers-cpu.ts';
import { alertAt, isFor, personOf, readerAt, type DrawnReader } from './readers-draws.ts';
import type { LoopDelay } from './readers-look.ts';
import type { ReadersStack } from './readers-stack.ts';
import type { WriterAnswer, WriterTask } from './readers-writer.ts';

const GOALS = { p99Ms: 500, idleKb: 60 };
const AT_ONCE = 250;
const WARM_UP_READERS = 200;
/** How long everything is watched with nothing to send. */
const QUIET_MS = 4_000;

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '25' },
    profile: { type: 'string' },
    together: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const wanted = { readers: Number(values.readers), rate: Number(values.rate), seconds: Number(values.seconds) };
/**
 * The load before what is timed, seconds: a program that has just begun runs what nobody has compiled yet, and of five gateways
 * that are processes of their own each compiles for itself, from a fifth of the load: their CPU time falls for half a minute where
 * the machine is quick, and the broker's compiler has a seventh of a core meanwhile. A minute, as before alerts of fusion are timed:
 * a gateway in service was started once, long ago.
 */
const WARM_UP_SECONDS = values.together ? 4 : 60;
if (!Object.values(wanted).every((n) => Number.isInteger(n) && n > 0 && n <= 10_000)) throw new Error('--readers, --rate and --seconds are whole numbers from 1'); // prettier-ignore

// Rooms that are not measured are not loaded here.
const stack = values.together ? await (await import('./readers-together.ts')).startTogether() : await startApart();
try {
  process.exitCode = await run(stack);
} finally {
  await stack.close();
}

/** Never rejects. */
async function letCompileAside({ brokerPid }: ReadersStack): Promise<void> {
  const isAside = brokerPid !== undefined && (await compileAside(brokerPid).catch(() => false));
  if (!isAside) say('the broker compiles beside what is timed: expect late alerts');
}

async function run(at: ReadersStack): Promise<number> {
  const readers = Array.from({ length: wanted.readers }, (_, n) => readerAt(n));
  say(`${readers.length} persons and keys`);
  const keys = await enrol(at, readers);
  const urls = readers.map(({ view, query }, n) => ({
    url: `${at.addressOf(view)}/v1/alerts/stream${query}`,
    token: keys[n] ?? '',
  }));
  const clients: Clients = startChild(join(import.meta.dirname, 'readers-client.ts'));
  const writer = startChild(join(import.meta.dirname, 'readers-writer.ts'));
  try {
    say('memory of idle readers');
    await clients.ask({ open: urls.slice(0, WARM_UP_READERS) });
    await clients.ask({ close: true });
    const idle = await memoryOfIdle(at, clients, urls);
    const isOpen = async (): Promise<boolean> => (await clients.ask({ count: true })).open === urls.length;
    await eventually(isOpen, { withinMs: 30_000, what: 'every stream to be open, or open again' });
    const parts = { ...at.named, [clients.pid]: 'readers', [writer.pid]: 'writer' };
    await writer.ask<WriterAnswer>(writerTask(at));
    const quiet = await measured(at, parts, () => new Promise((resolve) => setTimeout(resolve, QUIET_MS)));
    await clients.ask({ timeFrom: wanted.rate * WARM_UP_SECONDS + 1 });
    say(`${wanted.rate} alerts/s for ${WARM_UP_SECONDS} s, and ${wanted.seconds} s that are timed`);
    const due = dueOf(readers);
    const total = due.reduce((sum, each) => sum + each.length, 0);
    const busy = await measured(at, parts, async () => {
      const warm = setTimeout(() => void letCompileAside(at), WARM_UP_SECONDS * 1_000);
      await writer.ask<WriterAnswer>({ go: true }).finally(() => clearTimeout(warm));
      await eventually(async () => ((await clients.ask({ count: true })).received ?? 0) >= total, { withinMs: 60_000, what: `${total} events` }).catch((cause: unknown) => say(String(cause))); // prettier-ignore
    }, values.profile); // prettier-ignore
    const { report } = await clients.ask({ report: true });
    if (report === undefined) throw new Error('the readers said nothing');
    return judge(at, { readers, due, total, report, idle, quiet, busy });
  } finally {
    await Promise.all([clients.end(), writer.end()]);
  }
}

/** Writes rows and keys, and waits until every gateway has them. */
async function enrol(at: ReadersStack, readers: readonly DrawnReader[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let from = 0; from < readers.length; from += AT_ONCE) {
    const some = readers.slice(from, from + AT_ONCE);
    await Promise.all(some.map((reader) => at.registry.put(personOf(reader, at.policy))));
    keys.push(...(await Promise.all(some.map(({ person }) => at.registry.issueKey({ name: person, person })))));
  }
  const last = { headers: { authorization: `Bearer ${keys.at(-1) ?? ''}` } };
  for (const address of new Set(readers.map(({ view }) => at.addressOf(view))))
    await eventually(async () => (await fetch(`${address}/v1/me`, last)).status === 200, { withinMs: 30_000, what: 'the last key' }); // prettier-ignore
  return keys;
}

/** What a reader costs who waits. */
interface Idle {
  readonly heapKb: number;
  readonly residentKb: number;
}

async function memoryOfIdle(at: ReadersStack, clients: Clients, urls: readonly { url: string; token: string }[]): Promise<Idle> {
  const before = await at.memory();
  const { opened } = await clients.ask({ open: urls });
  if (opened?.ok !== urls.length) throw new Error(`${opened?.ok} of ${urls.length} streams opened: ${opened?.refused.slice(0, 5).join()}`); // prettier-ignore
  const after = await at.memory();
  const each = (bytes: number): number => bytes / urls.length / 1_000;
  return { heapKb: each(after.heap - before.heap), residentKb: each(after.resident - before.resident) };
} // prettier-ignore

/** For the process that raises alerts: fusion does not share the gateway's thread either. */
function writerTask({ bootstrap, admin, lockFile }: ReadersStack): WriterTask {
  return {
    bootstrap,
    admin,
    lockFile,
    rate: wanted.rate,
    seconds: WARM_UP_SECONDS + wanted.seconds,
  };
}

/** What a stretch of time cost. */
interface Measured {
  readonly seconds: number;
  readonly cpu: CpuOfParts;
  /** Of the gateways' threads, the worst. */
  readonly loop: LoopDelay;
}

async function measured(
  at: ReadersStack,
  named: Readonly<Record<number, string>>,
  during: () => Promise<void>,
  profile?: string,
): Promise<Measured> {
  const watched = await at.watch(profile);
  const before = await cpuOfParts(named);
  const startedMs = performance.now();
  await during();
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = cpuBetween(before, await cpuOfParts(named));
  return { seconds, cpu, loop: await watched() };
}

/** By reader, the numbers they must get, in order. */
function dueOf(readers: readonly DrawnReader[]): readonly (readonly number[])[] {
  const alerts = Array.from({ length: wanted.rate * (WARM_UP_SECONDS + wanted.seconds) }, (_, n) => alertAt(n + 1));
  return readers.map((reader) => alerts.filter((alert) => isFor(alert, reader)).map(({ seq }) => seq));
}

interface Outcome {
  readonly readers: readonly DrawnReader[];
  readonly due: readonly (readonly number[])[];
  readonly total: number;
  readonly report: ReadersReport;
  readonly idle: Idle;
  /** Every stream open and nothing to send; then the load. */
  readonly quiet: Measured;
  readonly busy: Measured;
}

/** Prints what was seen. @returns the exit code. */
function judge(at: ReadersStack, { readers, due, total, report, idle, quiet, busy }: Outcome): number {
  const faults = readers.flatMap((reader, n) => faultOf(reader, due[n] ?? [], seqsIn(report.seqs[n] ?? '')));
  const received = report.seqs.reduce((sum, base64) => sum + seqsIn(base64).length, 0);
  const timed = report.latencyCounts.reduce((sum, count) => sum + count, 0);
  const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => quantile(report.latencyCounts, share));
  const inOrder = [...report.p99MsBySecond].sort((a, b) => a - b);
  const result = {
    readers: readers.length, alerts: wanted.rate * (WARM_UP_SECONDS + wanted.seconds), alertsPerSecond: wanted.rate, events: received, due: total,
    timed, eventsPerSecond: received / busy.seconds, p50Ms, p99Ms, maxMs, p99MsOfMedianSecond: inOrder[inOrder.length >> 1] ?? 0, secondsWithinGoal: inOrder.filter((ms) => ms <= GOALS.p99Ms).length / inOrder.length, seconds: busy.seconds,
    loopP99Ms: busy.loop.p99Ms, loopMaxMs: busy.loop.maxMs, idleHeapKb: idle.heapKb, idleResidentKb: idle.residentKb,
    ...coresOf('quiet', quiet), ...coresOf('load', busy),
    servicesMicrosPerEvent: (servicesOf(at, busy.cpu) * 1e6) / received,
    readersMicrosPerEvent: ((busy.cpu['readers'] ?? 0) * 1e6) / received,
    megabytes: report.bytes / 1e6, gaps: report.gaps, reconnected: report.ended, faults: faults.length,
  }; // prettier-ignore
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(24)}${Number.isInteger(value) ? value : Number(value).toFixed(2)}\n`); // prettier-ignore
  if (!values.json) process.stdout.write(`p99 by second           ${report.p99MsBySecond.join(' ')}\n`);
  for (const fault of faults.slice(0, 10)) process.stdout.write(`FAULT  ${fault}\n`);
  const isSlow = (p99Ms ?? Infinity) > GOALS.p99Ms;
  const isLarge = idle.residentKb > GOALS.idleKb;
  process.stdout.write(`goals  p99 ${isSlow ? 'MISSED' : 'met'} (${GOALS.p99Ms} ms) · idle reader ${isLarge ? 'MISSED' : 'met'} (${GOALS.idleKb} kB)\n`); // prettier-ignore
  return faults.length > 0 || timed === 0 ? 1 : 0;
}

/** CPU seconds of what a delivery goes through here. */
function servicesOf(at: ReadersStack, cpu: CpuOfParts): number {
  return Object.entries(cpu).reduce((sum, [part, seconds]) => sum + (at.isService(part) ? seconds : 0), 0);
}

/** Cores that each part kept busy, by what went on: a core is a second of CPU a second. */
function coresOf(when: string, { cpu, seconds }: Measured): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(cpu).map(([part, used]) => [`${when} cores ${part}`, used / seconds]));
}

/** What is wrong with what one reader got: above all one alert they may not get. */
function faultOf({ person, query }: DrawnReader, due: readonly number[], got: readonly number[]): readonly string[] {
  const wantedSeqs = new Set(due);
  const foreign = got.filter((seq) => !wantedSeqs.has(seq));
  if (foreign.length > 0) return [`${person} ${query} got what they may not: ${foreign.slice(0, 5).join()}`];
  if (new Set(got).size !== got.length) return [`${person} ${query} got one twice`];
  if (got.length !== due.length) return [`${person} ${query} got ${got.length} of ${due.length}`];
  return got.every((seq, n) => seq === due[n]) ? [] : [`${person} ${query} got them out of order`];
}

function seqsIn(base64: string): readonly number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readUInt32LE(n * 4));
}

function quantile(counts: readonly number[], share: number): number {
  const goal = share * counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  return counts.findIndex((count) => (seen += count) >= goal && seen > 0);
}

interface Clients extends Child {
  ask<A = ReadersAnswer>(command: ReadersCommand): Promise<A>;
}

function say(text: string): void {
  process.stderr.write(`${process.uptime().toFixed(1).padStart(6)} s  ${text}\n`);
}
