// Feedback: nothing is dropped in silence.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { loadPolicy, type FeedbackEvent } from '@sitebus/sdk';
import { createLightWorld } from '../testing/light-plan.ts';
import { FEEDBACK_MACHINE, type Feedback } from './feedback.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const NOW = Date.parse('2031-09-23T16:00:00Z');
const DAY_MS = 86_400_000;
const ID = '7f0a54ea-5b3e-4b0d-9df8-5a0f0f2a1c11';
const day = (days: number): string => new Date(NOW + days * DAY_MS).toISOString();
const aWorld = () => createLightWorld([FEEDBACK_MACHINE], policy, NOW);
const given = (world = aWorld(), notForwarded?: object) => {
  const args = { productId: ID, useful: 'PARTLY', action: 'read', ...(notForwarded === undefined ? {} : { notForwarded }) };
  return { world, refused: world.give('feedback', ID, 's-can', 'open', args, world.asking('ama-lindqvist')) };
}; // prettier-ignore

test.each([
  ['without a reason', { reason: ' ', reviewBy: day(3) }, '/notForwarded/reason'],
  ['without a day of review', { reason: 'known already' }, '/notForwarded/reviewBy'],
  ['for longer than policy allows', { reason: 'known already', reviewBy: day(31) }, '/notForwarded/reviewBy'],
  ['until a day that is over', { reason: 'known already', reviewBy: day(-1) }, '/notForwarded/reviewBy'],
])('failure 5: a product cannot be kept from its readers %s', (_case, notForwarded, pointer) => {
  expect(given(aWorld(), notForwarded).refused).toMatchObject({ refused: 'INVALID_DRAFT', faults: [{ pointer }] });
});

test('failure 5: dropping silently is impossible: every decision not to forward has a reason and ends', () => {
  const step = fc.record({
    does: fc.constantFrom('wait', 'not-forward', 'forward'),
    reason: fc.constantFrom('', 'known already'),
    days: fc.constantFrom(-1, 1, 30, 31),
    person: fc.constantFrom('ama-lindqvist', 'noor-castellane'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { world } = given(aWorld(), { reason: 'known already', reviewBy: day(3) });
      for (const { does, reason, days, person } of steps) {
        if (does === 'wait') world.now += Math.abs(days) * DAY_MS;
        else {
          const args = does === 'forward' ? { action: 'sent on' } : { reason, reviewBy: new Date(world.now + days * DAY_MS).toISOString() };
          world.give('feedback', ID, 's-can', does, args, world.asking(person));
        }
        world.tick();
      }
      for (const event of world.events('s-can') as readonly FeedbackEvent[]) {
        if (event.to !== 'NOT_FORWARDED') continue;
        expect(event.reason!.trim()).not.toBe('');
        expect(event.reviewBy! - event.at).toBeLessThanOrEqual(policy.timers.feedback.reviewDaysMax * DAY_MS);
      }
      const { state, notForwarded } = world.state('feedback', ID) as Feedback;
      expect(state === 'NOT_FORWARDED' && notForwarded.at(-1)!.reviewBy <= world.now).toBe(false);
    }),
    { numRuns: propertyRuns(1_500) },
  );
}); // prettier-ignore

test('what was not forwarded is due for review on its day, and only who decided it decides again', () => {
  const { world } = given(aWorld(), { reason: 'known already', reviewBy: day(3) });
  world.now += 3 * DAY_MS;
  world.tick();
  expect((world.state('feedback', ID) as Feedback).state).toBe('REVIEW_DUE');
  const forward = (person: string) => world.give('feedback', ID, 's-can', 'forward', { action: 'sent' }, world.asking(person)); // prettier-ignore
  expect(forward('noor-castellane')).toMatchObject({ refused: 'NOT_THE_REQUESTER' });
  expect(forward('ama-lindqvist')).toBeUndefined();
});
