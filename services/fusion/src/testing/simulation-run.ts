// Many seeds of the simulation, one after the other; the seed of a run that went wrong is printed with how to see it again.
// `npm run test:simulation`; SITEBUS_SEED: one seed alone; SITEBUS_SEEDS: how many; SITEBUS_FIRST_SEED: from where.

import { loadShipped } from './lane.ts';
import { simulate, type SimulationReport } from './simulation.ts';

const { SITEBUS_SEED, SITEBUS_SEEDS = '1000', SITEBUS_FIRST_SEED = '1' } = process.env;
const first = Number(SITEBUS_SEED ?? SITEBUS_FIRST_SEED);
const count = SITEBUS_SEED === undefined ? Number(SITEBUS_SEEDS) : 1;
const shipped = await loadShipped();
const runs: SimulationReport[] = [];
let failed = 0;

for (let seed = first; seed < first + count; seed += 1) {
  const run = await simulate(shipped, seed);
  runs.push(run);
  if (run.faults.length === 0) continue;
  failed += 1;
  process.stdout.write(`seed ${seed} failed:\n${run.faults.map((fault) => `  ${fault}\n`).join('')}`);
  process.stdout.write(`  again: SITEBUS_SEED=${seed} npm run test:simulation\n`);
}

const sum = (figure: (run: SimulationReport) => number): number => runs.reduce((total, run) => total + figure(run), 0);
const ends = new Map<string, number>();
for (const { deaths } of runs)
  for (const [why, times] of Object.entries(deaths)) ends.set(why, (ends.get(why) ?? 0) + times);
process.stdout.write(
  `${sum(({ reports }) => reports)} reports, ${sum(({ steps }) => steps)} steps, ${sum(({ hosts }) => hosts)} hosts, ` +
    `${sum(({ ruleChanges }) => ruleChanges)} changes of rules; ` +
    `ends: ${[...ends].map(([why, times]) => `${times} ${why}`).join(', ')}\n` +
    `${runs.length - failed} passed, ${failed} failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
