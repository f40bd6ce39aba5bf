// A gateway whose policy is older than that of its view's fusion.

import { expect, test } from '@jest/globals';
import { HEARTBEAT_KEY } from '@sitebus/kit';
import { PEOPLE_TOPIC } from '@sitebus/sdk';
import { anAssessment, anIndicatorReport, uuidOf } from './testing/records.ts';
import { aWorld } from './testing/world.ts';

const ASSESSMENT = uuidOf('assessment');

test('it refuses everything and says that policy is why, once an assessment was made by a newer one', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const headers = await world.as('ama-lindqvist');
  const status = async (url: string) => (await gateway.app.inject({ url, headers })).statusCode;
  await world.observe('IndicatorReport', 'open', anIndicatorReport());
  await world.assess(anAssessment({ policyVersion: world.policy.version }));
  expect([await status('/v1/observations'), await status(`/v1/assessments/${ASSESSMENT}`)]).toEqual([200, 200]);
  const leaves = world.leaves('s-can').length;

  await world.assess(anAssessment({ version: 2, policyVersion: world.policy.version + 1 }));

  const refused = await gateway.app.inject({ url: '/v1/observations', headers });
  expect([refused.statusCode, refused.json()]).toEqual([
    503,
    expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed' }),
  ]);
  expect(refused.json<{ detail: string }>().detail).toMatch(/policy/i);
  for (const url of [`/v1/assessments/${ASSESSMENT}`, '/v1/sources', '/v1/alerts/stream', '/v1/ledger/checkpoint', '/v1/me'])
    expect([url, await status(url)]).toEqual([url, 503]);
  expect(world.leaves('s-can')).toHaveLength(leaves);
  expect(gateway.ready()).toMatchObject({ ready: false, parts: { policy: expect.stringMatching(/older/) } });
}); // prettier-ignore

test('it refuses everything once the registry’s writer says that it judges by a newer one', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const headers = await world.as('ama-lindqvist');
  const status = async (url: string) => (await gateway.app.inject({ url, headers })).statusCode;
  expect(await status('/v1/observations')).toBe(200);
  const beats = world.bus.records(PEOPLE_TOPIC).filter(({ key }) => String(key) === HEARTBEAT_KEY);
  const beat = JSON.parse(String(beats.at(-1)?.value)) as { policyVersion: number };
  expect(beat.policyVersion).toBe(world.policy.version);
  const producer = await world.bus.connect.bus.createProducer();
  const value = Buffer.from(JSON.stringify({ ...beat, policyVersion: beat.policyVersion + 1 }));
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value });
  await world.bus.settled();
  expect([await status('/v1/observations'), await status('/v1/me')]).toEqual([503, 503]);
  expect(gateway.ready().parts['policy']).toMatch(/older/);
});

test('it stays closed at a start that finds such an assessment on the bus, and older ones close nothing', async () => {
  await using world = await aWorld();
  await world.assess(anAssessment({ policyVersion: world.policy.version - 1 }));
  expect((await world.gateway('s-can')).ready().ready).toBe(true);
  await world.assess(anAssessment({ version: 2, policyVersion: world.policy.version + 1 }));
  await expect(world.gateway('s-can')).rejects.toThrow(/older/);
});
