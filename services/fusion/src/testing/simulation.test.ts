// The simulation in small; `npm run test:simulation` runs many more seeds.

import { beforeAll, expect, test } from '@jest/globals';
import { loadShipped, type Shipped } from './lane.ts';
import { simulate, type SimulationReport } from './simulation.ts';

const SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

test('through power cuts, lost answers, repeated deliveries, clock jumps and deposed leaders, nothing is lost and nothing doubled', async () => {
  const runs: SimulationReport[] = [];
  for (const seed of SEEDS) runs.push(await simulate(shipped, seed));
  expect(runs.filter(({ faults }) => faults.length > 0)).toEqual([]);
  const seen = new Set(runs.flatMap(({ deaths }) => Object.keys(deaths)));
  expect([...seen].sort()).toEqual(['COMMIT_FAILED', 'LANE_FENCED', 'failed call', 'power cut', 'stop']);
  expect(runs.filter(({ linked }) => linked > 0).length).toBeGreaterThan(8);
}, 60_000);

test('the same seed gives the same run', async () => {
  expect(await simulate(shipped, 7)).toEqual(await simulate(shipped, 7));
});
