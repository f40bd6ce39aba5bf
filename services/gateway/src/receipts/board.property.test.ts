// The fold of receipt.<view>: facts in any order, each any number of times, give one board.
import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { Distribution, NotificationFact, ProductRecall, Receipt } from '@sitebus/sdk';
import { uuidOf, wireMarking } from '../testing/records.ts';
import { createBoard } from './board.ts';
import type { Board } from './board.ts';
import type { Fact } from './facts.ts';

const RUNS = propertyRuns(300);
const NAMESPACE = uuidOf('a view');
const PERSONS = ['ama-lindqvist', 'teodor-vance', 'noor-castellane'];
const marking = wireMarking('SECRET//CANADIAN EYES ONLY', 'cse');
const version = fc.record({
  productId: fc.constantFrom(uuidOf('p'), uuidOf('q')),
  productVersion: fc.constantFrom(1, 2),
});
const at = fc.integer({ min: 1, max: 40 });
const distribution = fc.constantFrom(uuidOf('d1'), uuidOf('d2'), uuidOf('d3'));

const facts: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ of: version, id: distribution, at, recipients: fc.array(fc.tuple(fc.constantFrom(...PERSONS), fc.boolean()), { minLength: 1, maxLength: 3 }) }).map(
    ({ of, id, at: when, recipients }): Fact => ({
      type: 'Distribution',
      value: {
        ...of, id: uuidOf(`${id} ${of.productId} ${of.productVersion}`), productKind: 'ASSESSMENT', sender: 'samir-vasquez', onBehalfOf: null, precedence: 'FLASH', reason: 'r', at: when,
        epoch: 1, policyVersion: 1, recipients: recipients.map(([person, isWithheld]) => ({ person, isWithheld, deadlineAt: when + 10, graceEndsAt: when + 15 })), marking,
      } satisfies Distribution,
    }),
  ),
  fc.record({ of: version, person: fc.constantFrom(...PERSONS), kind: fc.constantFrom('SENT' as const, 'OPENED' as const, 'ACKNOWLEDGED' as const, 'RECALL_SENT' as const), at }).map(
    ({ of, ...rest }): Fact => ({ type: 'Receipt', value: { ...of, ...rest, onBehalfOf: null, channel: 'http', leafIndex: rest.at, contentHash: null, text: null, epoch: 1, marking } satisfies Receipt }),
  ),
  fc.record({ of: version, person: fc.constantFrom(...PERSONS), kind: fc.constantFrom('ATTEMPTED' as const, 'OVERDUE' as const, 'ESCALATED' as const, 'OVERDUE_TOLD' as const), at, told: fc.subarray(['samir-vasquez', 'farida-lund']) }).map(
    ({ of, ...rest }): Fact => ({ type: 'NotificationEvent', value: { ...of, ...rest, told: rest.kind === 'ATTEMPTED' ? [] : rest.told, leafIndex: null, marking } satisfies NotificationFact }),
  ),
  fc.record({ of: version, id: fc.option(distribution), at }).map(
    ({ of, id, at: when }): Fact => ({ type: 'ProductRecall', value: { ...of, distributionId: id === null ? null : uuidOf(`${id} ${of.productId} ${of.productVersion}`), cause: 'ORDERED', orderedBy: null, reason: null, at: when, marking } satisfies ProductRecall }),
  ),
); // prettier-ignore

/** Everything that can be asked of a board. */
function told(board: Board): unknown {
  return {
    notifications: [...board.notifications()],
    byPerson: PERSONS.map((person) => board.notificationsOf(person).map(({ id }) => id)),
    notices: ['samir-vasquez', 'farida-lund'].map((person) => board.noticesTo(person).map(({ notice, about }) => [notice, about.id])),
    products: [...board.products()],
    withheld: [...board.withheld()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    late: [5, 20, 60].map((now) => board.late(now).map(({ id }) => id)),
    due: board.due().map(({ id }) => id).sort(),
  };
} // prettier-ignore

function fold(all: readonly Fact[]): Board {
  const board = createBoard(NAMESPACE);
  for (const fact of all) board.apply(fact);
  return board;
}

test('facts in any order, each twice, give the board that they give in order', () => {
  let issued = 0;
  fc.assert(
    fc.property(
      fc.array(facts, { maxLength: 25 }).chain((all) => {
        const twice = [...all, ...all];
        return fc.tuple(fc.constant(all), fc.shuffledSubarray(twice, { minLength: twice.length }));
      }),
      ([all, shuffled]) => {
        const board = fold(all);
        issued += [...board.notifications()].filter(({ distributions }) => distributions.length > 0).length;
        expect(told(fold(shuffled))).toEqual(told(board));
      },
    ),
    { numRuns: RUNS },
  );
  expect(issued).toBeGreaterThan(RUNS / 2); // it was about something
});

test('a recall of one distribution reaches those whom it named, and nobody whom another one named', () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 25 }), (all) => {
      const board = fold(all);
      const recalls = all.flatMap((fact) => (fact.type === 'ProductRecall' ? [fact.value] : []));
      for (const { state, distributions, productId, productVersion } of board.notifications()) {
        const isMeant = recalls.some(
          (each) =>
            each.productId === productId &&
            each.productVersion === productVersion &&
            distributions.length > 0 &&
            (each.distributionId === null || distributions.includes(each.distributionId)),
        );
        expect(state.facts.RECALLED !== undefined).toBe(isMeant);
      }
    }),
    { numRuns: RUNS },
  );
});
