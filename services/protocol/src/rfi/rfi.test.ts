// Questions and answers, by example and over drawn histories.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { loadPolicy } from '@sitebus/sdk';
import type { Asking } from '../machine.ts';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { awaitedOf, RFI_MACHINE, type Rfi } from './rfi.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const NOW = Date.parse('2031-09-23T16:00:00Z');
const HOUR_MS = 3_600_000;
const ID = '7f0a54ea-5b3e-4b0d-9df8-5a0f0f2a1c11';
const analyst = (agency: string): Asking => ({ person: `${agency}-analyst`, agency, roles: ['analyst'] });
const asked = (args: object = {}): { world: LightWorld; refused: unknown } => {
  const world = createLightWorld([RFI_MACHINE], policy, NOW);
  const question = { question: 'Is it still up?', toAgencies: ['cse', 'rcmp'], dueAt: new Date(NOW + HOUR_MS).toISOString(), ...args };
  return { world, refused: world.give('rfi', ID, 's-can', 'open', question, analyst('csis')) };
}; // prettier-ignore
const rfi = (world: LightWorld): Rfi => world.state('rfi', ID) as Rfi;
const answer = (world: LightWorld, agency: string, marking?: string) =>
  world.give('rfi', ID, 's-can', 'answer', { text: `by ${agency}`, ...(marking === undefined ? {} : { marking }) }, analyst(agency)); // prettier-ignore

test('a question is answered once every agency that was asked has answered, each for itself', () => {
  const { world } = asked();
  answer(world, 'cse');
  expect([rfi(world).state, awaitedOf(rfi(world))]).toEqual(['OPEN', ['rcmp']]);
  expect(answer(world, 'gac')).toMatchObject({ refused: 'NOT_THE_HOLDER' });
  answer(world, 'rcmp');
  expect([rfi(world).state, awaitedOf(rfi(world))]).toEqual(['ANSWERED', []]);
});

test('that the time is over is said once, and an answer after it still counts', () => {
  const { world } = asked();
  world.now += HOUR_MS;
  world.tick();
  world.tick();
  expect(world.events('s-can').filter(({ kind }) => kind === 'due-passed')).toHaveLength(1);
  answer(world, 'cse');
  answer(world, 'rcmp');
  expect(rfi(world)).toMatchObject({ state: 'ANSWERED', isPastDue: true });
});

test.each([
  ['to an agency that there is not', { toAgencies: ['cse', 'nobody'] }, '/toAgencies/1'],
  ['due before it is asked', { dueAt: new Date(NOW - 1).toISOString() }, '/dueAt'],
  ['due later than policy allows', { dueAt: new Date(NOW + 400 * 24 * HOUR_MS).toISOString() }, '/dueAt'],
  ['marked above the view', { marking: 'TOP SECRET//SI//CANADIAN EYES ONLY' }, '/marking'],
])('a question %s is refused at its place', (_case, args, pointer) => {
  expect(asked(args).refused).toMatchObject({ refused: 'INVALID_DRAFT', faults: [{ pointer }] });
});

test('an answer has a marking of its own: who may not read it is not shown it', () => {
  const { world } = asked();
  answer(world, 'cse', 'SECRET//CANADIAN EYES ONLY');
  answer(world, 'rcmp');
  const seenBy = (person: string) => {
    const { body } = RFI_MACHINE.shown(rfi(world), { id: ID, asking: world.asking(person), facts: world.facts('s-can') });
    return (body['answers'] as readonly { agency: string }[]).map(({ agency }) => agency);
  };
  expect([seenBy('ama-lindqvist'), seenBy('pilar-desrosiers')]).toEqual([['cse', 'rcmp'], ['rcmp']]);
}); // prettier-ignore

test('whatever is sent in whatever order, awaiting and answered are what the answers say', () => {
  const agencies = ['cse', 'rcmp', 'gac', 'elections'];
  fc.assert(
    fc.property(
      fc.subarray(agencies, { minLength: 1 }),
      fc.array(fc.tuple(fc.constantFrom('answer', 'wait', 'close', 'answer'), fc.constantFrom(...agencies)), { maxLength: 12 }),
      (toAgencies, steps) => {
        const { world } = asked({ toAgencies });
        const done = new Set<string>();
        let isClosed = false;
        for (const [does, agency] of steps) {
          if (does === 'wait') world.now += HOUR_MS;
          if (does === 'answer' && answer(world, agency) === undefined) done.add(agency);
          if (does === 'close' && world.give('rfi', ID, 's-can', 'close', { reason: 'over' }, analyst('csis')) === undefined) isClosed = true;
          world.tick();
        }
        expect([...done].every((each) => toAgencies.includes(each))).toBe(true);
        expect(awaitedOf(rfi(world))).toEqual([...toAgencies].sort().filter((each) => !done.has(each)));
        const isAnswered = done.size === toAgencies.length;
        expect(rfi(world).state).toBe(isClosed ? 'CLOSED' : isAnswered ? 'ANSWERED' : world.now > NOW ? 'PAST_DUE' : 'OPEN');
      },
    ),
    { numRuns: propertyRuns(1_500) },
  );
}); // prettier-ignore
