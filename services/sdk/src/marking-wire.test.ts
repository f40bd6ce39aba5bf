import { expect, test } from '@jest/globals';
import { createMarking, TLP, type Marking } from '@sitebus/marking';
import fc from 'fast-check';
import type { Marking as WireMarking } from './generated/observation.ts';
import { fromWire, toWire } from './marking-wire.ts';

const plain: WireMarking = {
  classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'AMBER_STRICT',
  orcon: false, owners: ['CAN'], origins: ['cse'], needToKnow: [['community']],
}; // prettier-ignore

test('any marking comes back from the wire as it went', () => {
  fc.assert(fc.property(markings(), (marking) => expect(fromWire(toWire(marking))).toEqual(marking)));
});

test('AMBER+STRICT is spelled with an underscore on the wire, and releasable to all is a flag beside an empty list', () => {
  expect(fromWire(plain)).toMatchObject({ tlp: 'AMBER+STRICT', relTo: 'ALL' });
  expect(toWire(fromWire(plain))).toEqual(plain);
});

test('an empty list without the flag is nobody', () => {
  expect(fromWire({ ...plain, relToAll: false })).toMatchObject({ relTo: [] });
});

test.each(Object.keys(plain))(
  'a wire marking without %s is refused: the kernel would take the least of it',
  (field) => {
    const { [field as keyof WireMarking]: _left, ...rest } = plain;
    expect(() => fromWire(rest as WireMarking)).toThrow(
      expect.objectContaining({ code: 'INVALID_MARKING', details: { pointer: `/${field}`, reason: 'MISSING' } }),
    );
  },
);

test.each([
  ['an unknown colour', { tlp: 'WHITE' }, 'UNKNOWN_LEVEL'],
  ['a colour every object has', { tlp: 'constructor' }, 'UNKNOWN_LEVEL'],
  ['a flag that only looks true', { relToAll: 'true' }, 'MALFORMED_FIELD'],
  ['a list that is none', { relTo: 'CAN' }, 'MALFORMED_FIELD'],
  ['all and a list', { relTo: ['CAN'] }, 'REL_TO_ALL_WITH_LIST'],
  ['a classified level for all', { classified: 'SECRET' }, 'RELEASE_MISSING'],
  ['a field of another time', { releasable: true }, 'UNKNOWN_FIELD'],
])('%s is refused, never repaired', (_what, change, reason) => {
  expect(() => fromWire({ ...plain, ...change } as WireMarking)).toThrow(
    expect.objectContaining({
      code: 'INVALID_MARKING',
      retriable: false,
      details: expect.objectContaining({ reason }),
    }),
  );
});

function markings(): fc.Arbitrary<Marking> {
  const nations = fc.subarray(['AUS', 'CAN', 'GBR']);
  return fc
    .record({
      classified: fc.constantFrom('UNCLASSIFIED' as const, 'SECRET' as const),
      protected: fc.constantFrom('NONE' as const, 'B' as const),
      compartments: fc.subarray(['SI', 'TK']),
      all: fc.boolean(),
      nations,
      tlp: fc.constantFrom(...TLP),
      orcon: fc.boolean(),
      owners: nations,
      origins: fc.subarray(['cse', 'gac']),
      needToKnow: fc.subarray([['community'], ['platforms', 'research']]),
    })
    .map(({ all, nations: relTo, ...rest }) =>
      createMarking({ ...rest, relTo: all && rest.classified === 'UNCLASSIFIED' ? 'ALL' : relTo }),
    );
}
