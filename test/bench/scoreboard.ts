// What a run has measured, as a table for people or as lines of JSON.
// Holds: a median over rounds is printed with its least and its most; a goal stands beside what it is for.

import type { Measured } from './job.ts';
import type { BenchOptions } from './options.ts';

/** Collects, and prints once. */
export interface Scoreboard {
  add(part: string, name: string, measured: Measured): void;
  /** What came out: how often the view was cut, and how many versions that made. */
  outputs(name: string, counts: { readonly cuts: number; readonly assessments: number; readonly alerts: number }): void;
  ratio(name: string, ratio: number, goal: string): void;
  check(name: string, expected: number, found: number, agreed: number): void;
  phases(phases: { readonly admission: number; readonly step: number; readonly outgoing: number }): void;
  latency(measured: Latency): void;
  memory(records: number, restMb: number, peakMb: number): void;
  restart(records: number, from: string, ms: number): void;
  skip(what: string, why: string): void;
  print(): void;
}

/** From publishing to the alert. */
export interface Latency {
  readonly perSecond: number;
  readonly alerts: number;
  readonly measured: number;
  /** Null where not one alert came in time. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** The middle one; the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Progress goes to stderr as it comes; results to stdout at the end. */
export function createScoreboard({ json, records }: Pick<BenchOptions, 'json' | 'records'>): Scoreboard {
  const runs = new Map<string, Measured[]>();
  const results: object[] = [];
  const phasesSeen: { admission: number; step: number; outgoing: number }[] = [];
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const keep = (result: object, text: string): void => {
    results.push(result);
    say(text);
  };
  return {
    add(part, name, measured) {
      const key = `${part}: ${name}`;
      runs.set(key, [...(runs.get(key) ?? []), measured]);
      say(
        `${key}: ${Math.round(measured.recordsPerSecond)} records/s, ${measured.cpuMicrosPerRecord.toFixed(1)} µs CPU a record`,
      );
    },
    outputs: (name, { cuts, assessments, alerts }) =>
      keep(
        { name: `${name}: outputs`, cuts, assessments, alerts },
        `${name}: ${cuts} cuts, ${assessments} versions, ${alerts} alerts`,
      ),
    ratio: (name, ratio, goal) => keep({ name, ratio: rounded(ratio), goal }, `${name}: ${rounded(ratio)} (${goal})`),
    check: (name, expected, found, agreed) =>
      keep(
        { name, expected, found, agreed, correct: expected === found && found === agreed },
        `${name}: ${agreed} of ${expected}`,
      ),
    phases: (phases) => void phasesSeen.push(phases),
    latency: (measured) =>
      keep(
        { name: 'publish to alert', goal: 'p99 <= 100 ms at 5,000/s', ...measured },
        `publish to alert: p50 ${rounded(measured.p50Ms)} ms, p99 ${rounded(measured.p99Ms)} ms at ${Math.round(measured.perSecond)}/s, ${measured.alerts} of ${measured.measured} possible alerts`,
      ),
    memory: (live, restMb, peakMb) =>
      keep(
        { name: 'memory', live, restMb: Math.round(restMb), peakMb: Math.round(peakMb) },
        `memory at ${live} live observations: ${Math.round(restMb)} MB at rest, ${Math.round(peakMb)} MB at most`,
      ),
    restart: (live, from, ms) =>
      keep(
        { name: 'restart', live, from, seconds: rounded(ms / 1_000) },
        `restart over ${live} observations from ${from}: ${rounded(ms / 1_000)} s`,
      ),
    skip: (what, why) => keep({ name: what, skipped: why }, `SKIPPED: ${what}: ${why}`),
    print() {
      const rows = [...runs].map(([name, some]) => toRow(name, some));
      const phases = phasesSeen.length === 0 ? undefined : medianPhases(phasesSeen);
      if (json) {
        for (const row of [...rows, ...(phases === undefined ? [] : [{ name: 'phases', ...phases }]), ...results])
          process.stdout.write(`${JSON.stringify({ records, ...row })}\n`);
        return;
      }
      console.table(Object.fromEntries(rows.map(({ name, ...row }) => [name, row])));
      if (phases !== undefined) console.table({ 'µs CPU a record': phases });
      for (const result of results) process.stdout.write(`${toLine(result)}\n`);
    },
  };
}

function toRow(name: string, runs: readonly Measured[]) {
  const rates = runs.map(({ recordsPerSecond }) => recordsPerSecond);
  return {
    name,
    recPerSec: Math.round(median(rates)),
    least: Math.round(Math.min(...rates)),
    most: Math.round(Math.max(...rates)),
    cpuUsPerRecord: rounded(median(runs.map(({ cpuMicrosPerRecord }) => cpuMicrosPerRecord))),
    rssMb: Math.round(median(runs.map(({ rssMb }) => rssMb))),
    runs: runs.length,
  };
}

function medianPhases(
  seen: readonly { readonly admission: number; readonly step: number; readonly outgoing: number }[],
) {
  return {
    admission: rounded(median(seen.map(({ admission }) => admission))),
    step: rounded(median(seen.map(({ step }) => step))),
    outgoing: rounded(median(seen.map(({ outgoing }) => outgoing))),
  };
}

function toLine(result: object): string {
  return Object.entries(result)
    .map(([key, value]) => (key === 'name' ? String(value) : `${key} ${String(value)}`))
    .join(', ');
}

/** What was not measured travels as null. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}
