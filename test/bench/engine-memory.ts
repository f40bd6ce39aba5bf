// How much memory the engine of one view takes: bytes a live record, flatness while records come and leave, and how long it
// takes to be made again from its image.
// node --expose-gc --conditions=source --import tsx test/bench/engine-memory.ts [records] [turnovers]
// Prints a JSON line a measurement. Bounded by the count: 2,000,000 records and two turnovers by default.

import { performance } from 'node:perf_hooks';
import { imageOf, restore } from '../../services/fusion/src/engine/image.ts';
import { createState, type EngineState } from '../../services/fusion/src/engine/state.ts';
import { step } from '../../services/fusion/src/engine/step.ts';
import { BENCH_VIEW, benchRules, drawnObservation } from './engine-observations.ts';

const CUT = 2_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2031, 0, 1);
const LIFETIME_DAYS = 2;

const live = Number(process.argv[2] ?? 2_000_000);
const turnovers = Number(process.argv[3] ?? 2);
const rules = benchRules();
/** So that exactly `live` records are alive once the first leave. */
const cutMs = (LIFETIME_DAYS * DAY_MS) / (live / CUT);

const state = createState(BENCH_VIEW, rules);
let made = 0;
let now = START;
let lastCpu = process.cpuUsage();
report('empty', state, {});
for (let filled = 0; filled < live; filled += CUT) takeCut();
report('filled', state, { microsARecord: microsPerRecord(live) });
for (let turn = 1; turn <= turnovers; turn += 1) {
  for (let come = 0; come < live; come += CUT) takeCut();
  report(`turned over ${turn}`, state, { microsARecord: microsPerRecord(live) });
}
const startedAt = performance.now();
const again = restore(imageOf(state), BENCH_VIEW, rules);
report('made again beside itself', again, { seconds: Math.round((performance.now() - startedAt) / 100) / 10 });

function takeCut(): void {
  const observations = Array.from({ length: CUT }, (_, at) => drawnObservation(made + at, now));
  step(state, { now, observations });
  made += CUT;
  now += cutMs;
}

function microsPerRecord(records: number): number {
  const { user, system } = process.cpuUsage(lastCpu);
  return Math.round(((user + system) / records) * 100) / 100;
}

function report(what: string, { records }: EngineState, more: object): void {
  globalThis.gc?.();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const perRecord =
    records.present === 0
      ? {}
      : {
          heapBytes: Math.round(heapUsed / records.present),
          arrayBytes: Math.round(arrayBuffers / records.present),
          rssBytes: Math.round(rss / records.present),
        };
  const mega = (bytes: number) => Math.round(bytes / 1e6);
  const line = {
    what,
    present: records.present,
    rssMB: mega(rss),
    heapMB: mega(heapUsed),
    arraysMB: mega(arrayBuffers),
    ...perRecord,
    ...more,
  };
  console.log(JSON.stringify(line));
  lastCpu = process.cpuUsage();
}
