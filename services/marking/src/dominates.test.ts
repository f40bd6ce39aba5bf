import { expect, test } from '@jest/globals';
import { createClearance } from './clearance.ts';
import { createMarking, type MarkingFields } from './create.ts';
import { dominates, dominatesMandatory } from './dominates.ts';
import type { Clearance, Marking } from './model.ts';

const clearance: Clearance = createClearance({
  classified: 'SECRET',
  protected: 'B',
  compartments: ['SI-G'],
  nations: ['CAN', 'GBR'],
  maxTlp: 'AMBER',
  groups: ['community', 'research'],
  validUntil: 1_000,
  epoch: 1,
});
const atCeiling: MarkingFields = {
  classified: 'SECRET',
  protected: 'B',
  compartments: ['SI-G'],
  relTo: ['CAN', 'GBR'],
  tlp: 'AMBER',
  needToKnow: [['research'], ['community', 'platforms']],
};
const admits = (fields: MarkingFields, holder = clearance, nowMs = 999): boolean =>
  dominates(holder, createMarking(fields), nowMs);

test('a clearance admits to a marking that equals it on every axis', () => {
  expect(admits(atCeiling)).toBe(true);
});

test.each<[string, Partial<MarkingFields>]>([
  ['one level higher', { classified: 'TOP_SECRET' }],
  ['one PROTECTED level higher', { protected: 'C' }],
  ['a compartment not held', { compartments: ['SI-G', 'TK'] }],
  ['a sub-compartment of one that is held', { compartments: ['SI-G ABCD'] }],
  ['one nation behind the channel is not releasable', { relTo: ['CAN'] }],
  ['nobody is releasable', { relTo: [] }],
  ['one TLP colour higher', { tlp: 'AMBER+STRICT' }],
  ['one of two demands is not met', { needToKnow: [['research'], ['platforms']] }],
  ['the other of two demands is not met', { needToKnow: [['platforms'], ['research']] }],
])('denied: %s', (_reason, fields) => {
  expect(admits({ ...atCeiling, ...fields })).toBe(false);
});

test('a clearance ends at validUntil, that moment excluded', () => {
  expect([999, 1_000, 1_001, Number.NaN].map((nowMs) => admits(atCeiling, clearance, nowMs))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('holding SI-G implies holding SI', () => {
  expect(admits({ ...atCeiling, compartments: ['SI'] })).toBe(true);
});

test('trap: nations are all-of: one releasable nation among them is not enough', () => {
  expect(admits({ ...atCeiling, relTo: ['GBR', 'USA'] })).toBe(false);
  expect(admits({ ...atCeiling, relTo: ['CAN', 'GBR', 'USA'] })).toBe(true);
});

test('trap: a clearance behind which nobody stands reads nothing, not even what is releasable to all', () => {
  const nobody = { ...clearance, nations: [] };
  expect(admits(atCeiling, nobody)).toBe(false);
  expect(admits({ classified: 'UNCLASSIFIED' }, nobody)).toBe(false);
  expect(admits({ classified: 'UNCLASSIFIED' })).toBe(true);
});

test('the unknown nation reads what is releasable to all', () => {
  const anyone = createClearance({ ...clearance, nations: ['XXX'] });
  expect([
    admits({ classified: 'UNCLASSIFIED' }, anyone),
    admits({ classified: 'UNCLASSIFIED', relTo: ['CAN'] }, anyone),
  ]).toEqual([true, false]);
});

test('need-to-know and time are left out on the mandatory axes', () => {
  const narrow = createMarking({ ...atCeiling, needToKnow: [['platforms']] });
  expect([dominatesMandatory(clearance, narrow), dominates(clearance, narrow, 0)]).toEqual([true, false]);
});

test('trap: a marking or a clearance that lacks an axis, or has a word of no ladder there, never admits', () => {
  const marking = createMarking(atCeiling);
  expect(dominates(clearance, marking, 999)).toBe(true);
  const axes = ['classified', 'protected', 'compartments', 'relTo', 'tlp', 'needToKnow'] as const;
  for (const axis of axes) {
    for (const broken of [undefined, 'COSMIC'])
      expect([axis, admitsOrThrows(clearance, { ...marking, [axis]: broken })]).toEqual([axis, false]);
  }
  const held = ['classified', 'protected', 'compartments', 'nations', 'maxTlp', 'groups', 'validUntil'] as const;
  for (const axis of held) {
    for (const broken of [undefined, 'COSMIC'])
      expect([axis, admitsOrThrows({ ...clearance, [axis]: broken }, marking)]).toEqual([axis, false]);
  }
});

function admitsOrThrows(holder: Clearance, marking: Marking): boolean {
  try {
    return dominates(holder, marking, 999);
  } catch {
    return false; // a TypeError: callers fail closed on any exception
  }
}
