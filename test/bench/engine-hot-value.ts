// Whether one value in a million observations slows the engine: the same stream with and without it.
// node --expose-gc --conditions=source --import tsx test/bench/engine-hot-value.ts [records]
// Holds: two engines in one process take the same chunks in turn, each first every other time, so that whatever else the
// machine does befalls both; CPU time, not the clock. Prints a JSON line every tenth of the way and a verdict at the end;
// exit code 1 where the engine with the value is slower by more than a tenth. Bounded by count: 1,000,000 records by default.

import { createState, type EngineState } from '../../services/fusion/src/engine/state.ts';
import { step } from '../../services/fusion/src/engine/step.ts';
import { BENCH_VIEW, benchRules, drawnObservation } from './engine-observations.ts';

const CUT = 2_000;
const CUT_MS = 250;
const CUTS_A_TURN = 5;
const START = Date.UTC(2031, 0, 1);
const LIFETIME_DAYS = 180;
const LEAST_RATIO = 0.9;
const HOT = 'everybody-names-it.example';

interface Run {
  readonly state: EngineState;
  readonly hotDomain: string | undefined;
  micros: number;
}

const records = Number(process.argv[2] ?? 1_000_000);
const rules = benchRules(LIFETIME_DAYS);
const plain: Run = { state: createState(BENCH_VIEW, rules), hotDomain: undefined, micros: 0 };
const hot: Run = { state: createState(BENCH_VIEW, rules), hotDomain: HOT, micros: 0 };
let made = 0;
for (let turn = 0; made < records; turn += 1) {
  const pair = turn % 2 === 0 ? [plain, hot] : [hot, plain];
  for (const run of pair) takeTurn(run);
  made += CUT * CUTS_A_TURN;
  if (Math.floor((made * 10) / records) > Math.floor(((made - CUT * CUTS_A_TURN) * 10) / records)) report();
}
const carried = hot.state.index.countOf(hot.state.index.values.find(rules.kindNumbers.get('domain')!, HOT));
const ratio = plain.micros / hot.micros;
const isGood = ratio >= LEAST_RATIO && carried === records;
console.log(JSON.stringify({ verdict: 'hot value', isGood, ratio: round(ratio), least: LEAST_RATIO, carried }));
if (!isGood) process.exitCode = 1;

/** Drawing the records is not measured; garbage of the one engine is collected before the other begins. */
function takeTurn(run: Run): void {
  const cuts = Array.from({ length: CUTS_A_TURN }, (_, place) => {
    const first = made + place * CUT;
    const now = START + (first / CUT) * CUT_MS;
    return {
      now,
      observations: Array.from({ length: CUT }, (__, at) => drawnObservation(first + at, now, run.hotDomain)),
    };
  });
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (const cut of cuts) step(run.state, cut);
  const { user, system } = process.cpuUsage(before);
  run.micros += user + system;
}

function report(): void {
  const perRecord = (run: Run) => round(run.micros / made);
  const cpuUsPerRecord = { plain: perRecord(plain), hot: perRecord(hot) };
  console.log(JSON.stringify({ records: made, cpuUsPerRecord, ratio: round(plain.micros / hot.micros) }));
}

function round(number: number): number {
  return Math.round(number * 1_000) / 1_000;
}
