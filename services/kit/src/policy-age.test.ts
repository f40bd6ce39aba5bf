import { expect, test } from '@jest/globals';
import { PEOPLE_TOPIC } from '@sitebus/sdk';
import { createTestBus } from '@sitebus/sdk/testing';
import { askPolicyInForce, createPolicyAge } from './policy-age.ts';
import { HEARTBEAT_KEY } from './tenants.ts';

const OUTDATED = { code: 'POLICY_OUTDATED', retriable: false, details: { version: 7, inForce: 8 } };

test('a newer version closes for good, an equal or older one, or none, closes nothing', async () => {
  const age = createPolicyAge(7);
  for (const version of [undefined, 6, 7]) age.saw(version);
  expect(age.state()).toBe('ok');
  expect(() => age.check()).not.toThrow();
  age.saw(8);
  age.saw(7);
  expect(age.state()).toBe('version 7 is older than 8, which is in force');
  expect(() => age.check()).toThrow(expect.objectContaining(OUTDATED));
  expect(await age.outdated).toMatchObject(OUTDATED);
});

const beat = (policyVersion?: number) => ({ key: HEARTBEAT_KEY, value: Buffer.from(JSON.stringify({ at: 1, rows: 0, ...(policyVersion !== undefined && { policyVersion }) })) }); // prettier-ignore
const row = (at: number) => ({ key: `key:${at}`, value: null });

test.each([
  ['nobody has beaten yet', [], 'ok'],
  ['an earlier writer does not say', [beat()], 'ok'],
  ['the writer has the same', [beat(6), beat(7)], 'ok'],
  ['the writer has a newer one', [beat(8)], 'POLICY_OUTDATED'],
  ['the writer has a newer one, and its newest heartbeat lies before many rows', [beat(8), ...Array.from({ length: 1_100 }, (_, at) => row(at))], 'POLICY_OUTDATED'],
] as const)('asked where %s: %s', async (_name, records, outcome) => {
  const { bus } = createTestBus().connect;
  const producer = await bus.createProducer();
  await producer.sendAll(records.map((each) => ({ topic: PEOPLE_TOPIC, ...each })));
  const asked = askPolicyInForce(bus, createPolicyAge(7), 'group').then(() => 'ok', (cause: unknown) => (cause as { code: string }).code);
  expect(await asked).toBe(outcome);
}); // prettier-ignore
