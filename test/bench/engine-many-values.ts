// Whether one record of very many values costs the engine what its values cost, or their square.
// node --expose-gc --conditions=source --import tsx test/bench/engine-many-values.ts
// Holds: CPU time, not the clock; the least of nine, in turn, garbage collected before each. Prints one JSON line; exit code 1
// where eight times the values cost more than three times as much as they should.

import { createState } from '../../services/fusion/src/engine/state.ts';
import { step } from '../../services/fusion/src/engine/step.ts';
import { BENCH_VIEW, benchRules, drawnObservation } from './engine-observations.ts';

const [FEW, MANY, ROUNDS, SLACK] = [10_000, 80_000, 9, 3];
const NOW = Date.UTC(2031, 0, 1);

const rules = benchRules(180);
costOf(FEW); // compiled, so that work is measured
const rounds = Array.from({ length: ROUNDS }, () => ({ few: costOf(FEW), many: costOf(MANY) }));
const [few, many] = [Math.min(...rounds.map((one) => one.few)), Math.min(...rounds.map((one) => one.many))];
const ratio = Math.round((many / few) * 10) / 10;
const isGood = ratio <= (SLACK * MANY) / FEW;
console.log(JSON.stringify({ verdict: 'many values', isGood, ratio, linear: MANY / FEW, cpuMicros: { few, many } }));
if (!isGood) process.exitCode = 1;

function costOf(values: number): number {
  const state = createState(BENCH_VIEW, rules);
  const features = Array.from({ length: values }, (_, n) => ({ kind: 'domain', value: `${n.toString(36)}.example` }));
  const [first, second] = [drawnObservation(0, NOW), drawnObservation(1, NOW)];
  step(state, { now: NOW, observations: [{ ...first, features: features.slice(0, 1_000) }] });
  globalThis.gc?.();
  const before = process.cpuUsage();
  step(state, { now: NOW + 1, observations: [{ ...second, features }] });
  return process.cpuUsage(before).user;
}
