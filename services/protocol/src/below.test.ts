import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarking, dominates, parse, TLP, type Marking } from '@sitebus/marking';
import { isBelow } from './below.ts';
import { RUNS } from './testing/drawn-commands.ts';

const marking = (text: string): Marking => parse(text, { homeNation: 'CAN' });
const SECRET = 'SECRET//CANADIAN EYES ONLY';

test.each<[string, string, string, boolean]>([
  ['a lower level', 'CONFIDENTIAL//CANADIAN EYES ONLY', SECRET, true],
  ['the unclassified world, with a colour', 'UNCLASSIFIED//TLP:AMBER', SECRET, true],
  ['a wider release list', 'SECRET//REL TO CAN, USA', SECRET, true],
  ['without its compartment', SECRET, 'SECRET//SI//CANADIAN EYES ONLY', true],
  ['without ORCON', SECRET, 'SECRET//ORCON/CANADIAN EYES ONLY', true],
  ['a lower colour', 'UNCLASSIFIED//TLP:GREEN', 'UNCLASSIFIED//TLP:AMBER', true],
  ['the same', SECRET, SECRET, false],
  ['a higher one', 'TOP SECRET//CANADIAN EYES ONLY', SECRET, false],
  ['the same, with a colour', 'SECRET//CANADIAN EYES ONLY//TLP:RED', SECRET, false],
  ['lower on one axis, higher on another', 'CONFIDENTIAL//SI//CANADIAN EYES ONLY', SECRET, false],
  ['lower in level, narrower in release', SECRET, 'TOP SECRET//REL TO CAN, USA', false],
  ['without level, and protected', 'PROTECTED B//CANADIAN EYES ONLY', 'CONFIDENTIAL//CANADIAN EYES ONLY', false],
])('%s: %s below %s is %s', (_case, to, from, below) => {
  expect(isBelow(marking(to), marking(from))).toBe(below);
});

const plain = (each: Marking): Marking => createMarking({ ...each, tlp: 'CLEAR', needToKnow: [] });

const someMarking = (): fc.Arbitrary<Marking> =>
  fc
    .record({
      classified: fc.constantFrom('UNCLASSIFIED', 'SECRET', 'TOP_SECRET'),
      relTo: fc.subarray(['CAN', 'USA']),
      compartments: fc.subarray(['SI', 'TK']),
      tlp: fc.constantFrom(...TLP),
      orcon: fc.boolean(),
      needToKnow: fc.subarray([['a'], ['b']]),
      origins: fc.subarray(['cse', 'gac']),
    })
    .map((fields) => createMarking(fields as Parameters<typeof createMarking>[0]));

test('nothing is below itself, and no two are below each other, but for the colour and groups that are added', () => {
  fc.assert(
    fc.property(someMarking(), someMarking(), (a, b) => {
      return !isBelow(a, a) && !(isBelow(plain(a), plain(b)) && isBelow(plain(b), plain(a)));
    }),
    { numRuns: RUNS },
  );
});

test('what is below asks for no level, compartment or nation that the higher one does not ask for', () => {
  fc.assert(
    fc.property(someMarking(), someMarking(), (to, from) => {
      if (!isBelow(to, from)) return true;
      const reader = { ...from, nations: ['CAN'], maxTlp: 'RED', groups: ['a', 'b'], validUntil: 9, epoch: 0 } as const;
      return !dominates(reader, from, 0) || dominates(reader, to, 0);
    }),
    { numRuns: RUNS },
  );
});
