// The simulation in small; `npm run test:simulation` runs many more seeds.

import { beforeAll, expect, test } from '@jest/globals';
import { loadShipped, type Shipped } from './lane.ts';
import { simulate, type SimulationReport } from './simulation.ts';

/** The last is one in which a host under an older policy meets a cut that was made under a newer. */
const SEEDS = [...Array.from({ length: 19 }, (_, n) => n + 1), 50];

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

test('through power cuts, lost answers, repeated deliveries, clock jumps, deposed leaders and new rules, nothing is lost and nothing doubled', async () => {
  const runs: SimulationReport[] = [];
  for (const seed of SEEDS) runs.push(await simulate(shipped, seed));
  expect(runs.filter(({ faults }) => faults.length > 0)).toEqual([]);
  const seen = new Set(runs.flatMap(({ deaths }) => Object.keys(deaths)));
  for (const end of ['COMMIT_FAILED', 'LANE_FENCED', 'POLICY_OUTDATED', 'power cut', 'stop'])
    expect(seen).toContain(end);
  expect(runs.filter(({ ruleChanges }) => ruleChanges > 0).length).toBeGreaterThan(3);
  expect(runs.filter(({ linked }) => linked > 0).length).toBeGreaterThan(8);
});

test('the same seed gives the same run', async () => {
  expect(await simulate(shipped, 7)).toEqual(await simulate(shipped, 7));
});
