// A room whose policy is older than the one in force, though it is signed and fits its schema lock.

import { expect, test } from '@jest/globals';
import { aResearchWorld } from './testing/world.ts';

test('it does not start where the bus says that a newer one is in force, and one that runs ends', async () => {
  const world = await aResearchWorld();
  const { version } = world.policy;
  await world.policyInForce(version);
  const room = await world.room();
  expect(room.ready()).toMatchObject({ ready: true, parts: { policy: 'ok' } });
  const outdated = { code: 'POLICY_OUTDATED', retriable: false, details: { version, inForce: version + 1 } };
  await world.policyInForce(version + 1);
  expect(await room.fatal).toMatchObject(outdated);
  expect(room.ready()).toMatchObject({ ready: false, parts: { policy: expect.stringMatching(/older/) } });
  await expect(world.room()).rejects.toMatchObject(outdated);
  await room.stop();
});
