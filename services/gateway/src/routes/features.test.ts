// A look-up costs its own reader: the others are served between its steps.

import { expect, test } from '@jest/globals';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';

/** Far more than a request takes whatever it asks for, and far fewer than its steps. */
const TURNS = 20;

test('a look-up of a thousand values that many records have holds nobody up', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('public');
  const domains = Array.from({ length: 20 }, (_, n) => `site-${n}.example`);
  for (let n = 0; n < 200; n += 1)
    await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf(`${n}`), domains }));
  const features = Array.from({ length: 1_000 }, (_, n) => ({ kind: 'domain', value: domains[n % 20]! }));
  const headers = await world.as('ama-lindqvist');
  const look = { method: 'POST', url: '/v1/features/lookup?view=public', headers } as const;
  await gateway.app.inject({ ...look, payload: { features: features.slice(0, 20) } }); // compiled, so that work is measured

  let served = 0;
  let isLooking = true;
  const others = (): void => {
    served += 1;
    if (isLooking) setImmediate(others);
  };
  others();
  const answer = await gateway.app.inject({ ...look, payload: { features } });
  isLooking = false;

  const { items } = answer.json<{ items: { seen: boolean; observations: string[] }[] }>();
  expect(items).toHaveLength(1_000);
  expect(items.every(({ seen, observations }) => seen && observations.length === 20)).toBe(true);
  expect(served).toBeGreaterThan(TURNS);
});
