// What supersedes and recalls whom, among the observations that a gateway holds.

import { expect, test } from '@jest/globals';
import { fromWire } from '@sitebus/sdk';
import { aRecall, anIndicatorReport, uuidOf } from '../testing/records.ts';
import type { ObservationWish } from '../testing/records.ts';
import { createObservations } from './held-observations.ts';
import type { ObservationValue } from './model.ts';

const FIRST = uuidOf('first');
const UPDATE = uuidOf('update');
const AMBER = 'UNCLASSIFIED//TLP:AMBER';

/** As the codec hands records over: known to fit their schema, not to the compiler. */
const asDecoded = (value: object): ObservationValue => value as ObservationValue;

/** Holds the first record and one that supersedes it; returns who supersedes the first. */
function successorsOf(update: ObservationWish & { readonly cell?: string }): readonly string[] {
  const observations = createObservations();
  const add = (wish: ObservationWish, cell = 'partner') => {
    const value = anIndicatorReport(wish);
    return observations.add({
      type: 'IndicatorReport', subject: 'ca.sitebus.observation.IndicatorReport',
      cell, value: asDecoded(value), marking: fromWire(value.envelope.marking), features: [], atMs: 0,
    })!;
  }; // prettier-ignore
  const first = add({ id: FIRST, marking: AMBER });
  const { cell, ...wish } = update;
  add({ id: UPDATE, marking: AMBER, supersedes: FIRST, ...wish }, cell);
  return observations.successorsOf(first).map(({ id }) => id);
}

test('an update under the same marking supersedes', () => {
  expect(successorsOf({})).toEqual([UPDATE]);
});

test.each([
  ['a lower marking', { marking: 'UNCLASSIFIED//TLP:GREEN' }],
  ['a higher marking', { marking: 'UNCLASSIFIED//TLP:AMBER+STRICT' }],
  ['a narrower group', { groups: ['platforms'] }],
  ['another agency', { agency: 'rcmp' }],
  ['another cell', { cell: 'open' }],
])('an update under %s is a record of its own and supersedes nothing', (_what, update) => {
  expect(successorsOf(update)).toEqual([]);
});

test('a recall acts under any marking of its cell, for what was withdrawn must not be shown', () => {
  const observations = createObservations();
  const first = anIndicatorReport({ id: FIRST, marking: AMBER });
  const recall = aRecall(FIRST, { id: UPDATE, marking: 'UNCLASSIFIED//TLP:GREEN' });
  const base = { subject: '', cell: 'partner', features: [], atMs: 0 };
  const held = observations.add({ ...base, type: 'IndicatorReport', value: asDecoded(first), marking: fromWire(first.envelope.marking) })!; // prettier-ignore
  observations.add({ ...base, type: 'Recall', value: asDecoded(recall), marking: fromWire(recall.envelope.marking) });
  expect(observations.recallsOf(held).map(({ id }) => id)).toEqual([UPDATE]);
});

test.each([
  ['of another agency', { agency: 'rcmp' }, 'partner'],
  ['in another cell', {}, 'open'],
])('a recall %s reaches nothing', (_whose, wish, cell) => {
  const observations = createObservations();
  const first = anIndicatorReport({ id: FIRST, marking: AMBER });
  const recall = aRecall(FIRST, { id: UPDATE, marking: AMBER, ...wish });
  const base = { subject: '', features: [], atMs: 0 };
  const held = observations.add({ ...base, cell: 'partner', type: 'IndicatorReport', value: asDecoded(first), marking: fromWire(first.envelope.marking) })!; // prettier-ignore
  observations.add({ ...base, cell, type: 'Recall', value: asDecoded(recall), marking: fromWire(recall.envelope.marking) }); // prettier-ignore
  expect(observations.recallsOf(held)).toEqual([]);
});
