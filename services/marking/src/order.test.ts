import { expect, test } from '@jest/globals';
import { createMarking, type MarkingFields } from './create.ts';
import type { Marking } from './model.ts';
import { isAtLeast, isWithin } from './order.ts';

test.each<[string, MarkingFields, MarkingFields]>([
  ['a lower level', { classified: 'UNCLASSIFIED', relTo: ['CAN'] }, { classified: 'SECRET', relTo: ['CAN'] }],
  ['a lower PROTECTED level', { classified: 'UNCLASSIFIED' }, { classified: 'UNCLASSIFIED', protected: 'A' }],
  ['a lower colour', { classified: 'UNCLASSIFIED' }, { classified: 'UNCLASSIFIED', tlp: 'GREEN' }],
  ['fewer compartments', { classified: 'UNCLASSIFIED' }, { classified: 'UNCLASSIFIED', compartments: ['SI'] }],
  ['more nations', { classified: 'SECRET', relTo: ['CAN', 'GBR'] }, { classified: 'SECRET', relTo: ['CAN'] }],
  ['ALL above a list', { classified: 'UNCLASSIFIED' }, { classified: 'UNCLASSIFIED', relTo: ['CAN'] }],
])('%s lies within a ceiling, which does not lie within it', (_axis, lowerFields, higherFields) => {
  const [low, high] = [createMarking(lowerFields), createMarking(higherFields)];
  expect([isWithin(low, high), isWithin(high, low), isWithin(low, low), isWithin(high, high)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect([isAtLeast(high, low), isAtLeast(low, high)]).toEqual([true, false]);
});

test.each<[string, Partial<Marking>]>([
  ['ORCON', { orcon: true }],
  ['an owner', { owners: ['CAN'] }],
  ['an origin', { origins: ['cse'] }],
  ['a need-to-know', { needToKnow: [['a']] }],
])('%s counts in the order, and not under a ceiling', (_axis, more) => {
  const [low, high] = [
    createMarking({ classified: 'UNCLASSIFIED' }),
    createMarking({ classified: 'UNCLASSIFIED', ...more }),
  ];
  expect([isAtLeast(high, low), isAtLeast(low, high), isAtLeast(high, high), isWithin(high, low)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});
