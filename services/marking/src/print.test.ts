import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMarking } from './testing/arbitraries.ts';
import { createMarking, type MarkingFields } from './create.ts';
import { print } from './print.ts';

const home = { homeNation: 'CAN' };

test.each<[string, MarkingFields]>([
  ['UNCLASSIFIED//TLP:CLEAR', { classified: 'UNCLASSIFIED' }],
  ['UNCLASSIFIED//TLP:AMBER+STRICT', { classified: 'UNCLASSIFIED', tlp: 'AMBER+STRICT' }],
  ['UNCLASSIFIED//CANADIAN EYES ONLY//TLP:CLEAR', { classified: 'UNCLASSIFIED', relTo: ['CAN'] }],
  ['PROTECTED A', { classified: 'UNCLASSIFIED', protected: 'A' }],
  ['PROTECTED B//ORCON//TLP:GREEN', { classified: 'UNCLASSIFIED', protected: 'B', orcon: true, tlp: 'GREEN' }],
  ['CONFIDENTIAL//REL TO AUS', { classified: 'CONFIDENTIAL', relTo: ['AUS'] }],
  ['SECRET//PROTECTED C//CANADIAN EYES ONLY', { classified: 'SECRET', protected: 'C', relTo: ['CAN'] }],
  ['SECRET//REL TO CAN, AUS, GBR', { classified: 'SECRET', relTo: ['GBR', 'AUS', 'CAN'] }],
  ['SECRET//REL TO AUS, GBR', { classified: 'SECRET', relTo: ['GBR', 'AUS'] }],
  ['SECRET//REL TO NONE', { classified: 'SECRET', relTo: [] }],
  [
    'TOP SECRET//HCS-P/SI-9 1 A-G ABCD EFGH-M/TK//ORCON/REL TO CAN, USA//TLP:RED',
    {
      classified: 'TOP_SECRET', relTo: ['CAN', 'USA'], orcon: true, tlp: 'RED',
      compartments: ['TK', 'SI-M', 'SI-G EFGH', 'SI-G ABCD', 'SI-9 A', 'SI-9 1', 'HCS-P'],
    },
  ],
])('prints %s', (text, fields) => {
  expect(print(createMarking(fields), home)).toBe(text);
}); // prettier-ignore

test('the home nation alone decides who comes first, and whose eyes only', () => {
  const canada = createMarking({ classified: 'SECRET', relTo: ['CAN'] });
  const two = createMarking({ classified: 'SECRET', relTo: ['AUS', 'CAN', 'GBR'] });
  expect([print(canada, { homeNation: 'GBR' }), print(two, { homeNation: 'GBR' })]).toEqual([
    'SECRET//REL TO CAN',
    'SECRET//REL TO GBR, AUS, CAN',
  ]);
  expect(print(createMarking({ classified: 'SECRET', relTo: ['GBR'] }), { homeNation: 'GBR' })).toBe(
    'SECRET//REL TO GBR',
  );
});

test('trap: whoever is released to nobody never prints like one who is released to all', () => {
  fc.assert(
    fc.property(anyMarking, (marking) => {
      const nobody = createMarking({ ...marking, relTo: [] });
      expect(print(nobody, home)).toContain('REL TO NONE');
      expect(print(marking, home).includes('REL TO NONE')).toBe(marking.relTo !== 'ALL' && marking.relTo.length === 0);
    }),
  );
});

test('NOFORN and nation groups are never printed', () => {
  const everyGroup = createMarking({ classified: 'SECRET', relTo: ['AUS', 'CAN', 'GBR', 'NZL', 'USA'] });
  expect(print(createMarking({ classified: 'SECRET', relTo: ['USA'] }), home)).toBe('SECRET//REL TO USA');
  expect(print(everyGroup, home)).toBe('SECRET//REL TO CAN, AUS, GBR, NZL, USA');
});
