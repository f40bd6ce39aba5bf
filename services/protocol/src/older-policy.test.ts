// A guard whose policy is older than the one in force, though it is signed and fits its schema lock.

import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { aGuardWorld } from './testing/guard-world.ts';

const outdated = (inForce: number) => ({ code: 'POLICY_OUTDATED', retriable: false, details: { version: inForce - 1, inForce } }); // prettier-ignore

test('it does not start where the bus says that a newer one is in force; under the same one it does', async () => {
  await using world = await aGuardWorld();
  const { version } = world.policy;
  await world.policyInForce(version);
  expect((await world.restart()).ready().ready).toBe(true);
  await world.policyInForce(version + 1);
  await expect(world.restart()).rejects.toMatchObject(outdated(version + 1));
});

test.each([
  ['the registry says', 'policyInForce'],
  ['an assessment was made by', 'assess'],
] as const)('one that runs ends, and decides nothing more, once %s a newer one', async (_who, how) => {
  await using world = await aGuardWorld();
  const { guard } = world;
  const policyVersion = world.policy.version + 1;
  expect(guard.ready().parts['policy']).toBe('ok');
  if (how === 'assess') await world.assess({ id: randomUUID(), policyVersion });
  else await world.policyInForce(policyVersion);
  expect(await guard.fatal).toMatchObject(outdated(policyVersion));
  expect(guard.ready()).toMatchObject({ ready: false, parts: { policy: expect.stringMatching(/older/) } });
});
