// What no calendar can say: one writer's numbers must not end the lists of everybody who reads beside them.

import { expect, test } from '@jest/globals';
import { anIndicatorReport, uuidOf } from './testing/records.ts';
import { aWorld } from './testing/world.ts';

test('a time that no calendar can say is absent, and its neighbours in the list are there', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('public');
  const beyond = anIndicatorReport({ id: uuidOf('beyond the calendar') });
  Object.assign(beyond.report, { firstSeen: 8_640_000_000_000_001, lastSeen: Number.MAX_SAFE_INTEGER });
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('neighbour') }));
  await world.observe('IndicatorReport', 'open', beyond);

  const { statusCode, body } = await gateway.app.inject({
    url: '/v1/observations?view=public',
    headers: await world.as('ama-lindqvist'),
  });

  expect(statusCode).toBe(200);
  const { items } = JSON.parse(body) as { items: { id: string; report: Record<string, unknown> }[] };
  expect(items.map(({ id }) => id).sort()).toEqual([uuidOf('beyond the calendar'), uuidOf('neighbour')].sort());
  const report = items.find(({ id }) => id === uuidOf('beyond the calendar'))?.report;
  expect(report).toMatchObject({ category: 'PHISHING' });
  expect(report).not.toHaveProperty('firstSeen');
});
