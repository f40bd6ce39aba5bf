// How much memory the engine of one view takes: filled, then while as many records leave as come, then made again from its
// image beside itself.
// node --expose-gc --conditions=source --import tsx test/bench/engine-memory.ts [--large] [--records N] [--more N] [--restore]
// Prints a JSON line a measurement and one a verdict; exit code 1 where one is bad. Bounded by count: 1,000,000 records
// (--large: 2,000,000) and at least a million more. Resident figures are as measured after a collection, and at their peak.

import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { imageOf, restore } from '../../services/fusion/src/engine/image.ts';
import { createState } from '../../services/fusion/src/engine/state.ts';
import { step } from '../../services/fusion/src/engine/step.ts';
import { BENCH_VIEW, benchRules, drawnObservation } from './engine-observations.ts';

const CUT = 2_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2031, 0, 1);
const LIFETIME_DAYS = 2;
const FEWEST_MORE = 1_000_000;
/** What 2,000,000 live records may take; fewer may take as much. */
const LIMIT_MB = 2_000;
/** What may be added from the middle of the steady state to its end, as a part … */
const MAY_GROW = 0.03;
/** … beside this for an id that is remembered, for 400 days, after its record left: of those that redirect an entry stays. */
const REMEMBERED_ID_BYTES = 100;
const MEASURES = 4;
const GIVEN_BACK_MS = 200;

const { values } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    records: { type: 'string' },
    more: { type: 'string' },
    restore: { type: 'boolean' },
  },
});
const live = Number(values.records ?? (values.large ? 2_000_000 : 1_000_000));
const more = Number(values.more ?? Math.max(live, FEWEST_MORE));
const rules = benchRules(LIFETIME_DAYS);
/** So that exactly `live` records are alive once the first leave. */
const cutMs = (LIFETIME_DAYS * DAY_MS) / (live / CUT);

const state = createState(BENCH_VIEW, rules);
let made = 0;
let now = START;
let lastCpu = process.cpuUsage();
await measure('empty', 0);
take(live);
const filled = await measure('filled', live);
const steady: Measurement[] = [];
for (let part = 1; part <= MEASURES; part += 1) {
  take(more / MEASURES);
  steady.push(await measure(`steady, ${part} of ${MEASURES}`, more / MEASURES));
}
verdict('fits', filled.rssMb, LIMIT_MB, Math.max(...[filled, ...steady].map(({ rssMb }) => rssMb)) < LIMIT_MB);
const [middle, end] = [steady[MEASURES / 2 - 1]!, steady[MEASURES - 1]!];
const growthMb = end.rssMb - middle.rssMb;
const mayGrowMb = middle.rssMb * MAY_GROW + toMb((end.rememberedIds - middle.rememberedIds) * REMEMBERED_ID_BYTES);
verdict('flat', growthMb, mayGrowMb, growthMb <= mayGrowMb);
if (values.restore === true) {
  const startedAt = performance.now();
  const again = restore(imageOf(state), BENCH_VIEW, rules);
  await measure(
    `two of ${again.records.present}, ${Math.round(performance.now() - startedAt)} ms to make it again`,
    live,
  );
}

function take(records: number): void {
  for (let taken = 0; taken < records; taken += CUT) {
    const observations = Array.from({ length: CUT }, (_, at) => drawnObservation(made + at, now));
    step(state, { now, observations });
    made += CUT;
    now += cutMs;
  }
}

interface Measurement {
  readonly rssMb: number;
  readonly rememberedIds: number;
}

/** Memory of arrays is given back by another thread, some time after the collection that found it. */
async function collect(): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc?.();
    await setTimeout(GIVEN_BACK_MS);
  }
}

/** CPU time includes drawing the records. */
async function measure(what: string, records: number): Promise<Measurement> {
  const { user, system } = process.cpuUsage(lastCpu);
  await collect();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const line = {
    what,
    liveRecords: state.records.present,
    rssMb: toMb(rss),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_000),
    heapMb: toMb(heapUsed),
    arraysMb: toMb(arrayBuffers),
    rememberedIds: state.issued.departedCount,
    ...(records > 0 && { tablesMb: tablesMb() }),
    ...(records > 0 && { cpuUsPerRecord: Math.round((user + system) / records) }),
  };
  console.log(JSON.stringify(line));
  lastCpu = process.cpuUsage();
  return line;
}

/** What lies in the larger tables, with room they have and nothing has touched yet. */
function tablesMb(): Record<string, number> {
  const { records, index, issued } = state;
  return {
    columns: toMb(records.columnBytes),
    ids: toMb(records.ids.byteLength),
    tokens: toMb(records.tokens.byteLength),
    values: toMb(index.values.byteLength),
    index: toMb(index.byteLength),
    issued: toMb(issued.byteLength),
    remembered: toMb(issued.departedBytes),
  };
}

function verdict(what: string, measured: number, limit: number, isGood: boolean): void {
  console.log(JSON.stringify({ verdict: what, isGood, measuredMb: Math.round(measured), limitMb: Math.round(limit) }));
  if (!isGood) process.exitCode = 1;
}

function toMb(bytes: number): number {
  return Math.round(bytes / 1e6);
}
