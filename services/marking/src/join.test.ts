import { expect, test } from '@jest/globals';
import { createMarking } from './create.ts';
import { join, joinAll } from './join.ts';
import { print } from './print.ts';

test('a join takes the higher levels, all compartments, the common nations, and both demands side by side', () => {
  const a = createMarking({
    classified: 'SECRET', protected: 'A', compartments: ['SI'], relTo: ['CAN', 'GBR', 'USA'], tlp: 'GREEN',
    orcon: true, owners: ['CAN'], origins: ['cse'], needToKnow: [['community', 'platforms']],
  }); // prettier-ignore
  const b = createMarking({
    classified: 'CONFIDENTIAL', protected: 'B', compartments: ['TK'], relTo: ['AUS', 'CAN', 'GBR'], tlp: 'AMBER',
    owners: ['GBR'], origins: ['gac'], needToKnow: [['community', 'research']],
  }); // prettier-ignore
  expect(join(a, b)).toEqual({
    classified: 'SECRET', protected: 'B', compartments: ['SI', 'TK'], relTo: ['CAN', 'GBR'], tlp: 'AMBER',
    orcon: true, owners: ['CAN', 'GBR'], origins: ['cse', 'gac'],
    needToKnow: [['community', 'platforms'], ['community', 'research']],
  }); // prettier-ignore
  expect(Object.isFrozen(join(a, b))).toBe(true);
});

test('trap: two disjoint release lists join to nobody, and nobody prints as REL TO NONE', () => {
  const joined = join(
    createMarking({ classified: 'SECRET', relTo: ['GBR'] }),
    createMarking({ classified: 'SECRET', relTo: ['USA'] }),
  );
  expect(joined.relTo).toEqual([]);
  expect(print(joined, { homeNation: 'CAN' })).toBe('SECRET//REL TO NONE');
});

test('trap: nobody stays nobody, whatever joins', () => {
  const nobody = createMarking({ classified: 'UNCLASSIFIED', relTo: [] });
  const everybody = createMarking({ classified: 'UNCLASSIFIED' });
  expect([join(nobody, everybody).relTo, join(everybody, nobody).relTo]).toEqual([[], []]);
});

test('a release list joined with ALL is the list', () => {
  const list = createMarking({ classified: 'UNCLASSIFIED', relTo: ['CAN', 'GBR'] });
  const all = createMarking({ classified: 'UNCLASSIFIED' });
  expect([join(list, all).relTo, join(all, list).relTo, join(all, all).relTo]).toEqual([
    ['CAN', 'GBR'],
    ['CAN', 'GBR'],
    'ALL',
  ]);
});

test('trap: two need-to-know demands are kept, not merged into one that either group would satisfy', () => {
  const platforms = createMarking({ classified: 'UNCLASSIFIED', needToKnow: [['platforms']] });
  const research = createMarking({ classified: 'UNCLASSIFIED', needToKnow: [['research']] });
  expect(join(platforms, research).needToKnow).toEqual([['platforms'], ['research']]);
});

test('a level that is on no ladder is refused rather than lowered', () => {
  const marking = createMarking({ classified: 'SECRET', relTo: ['CAN'] });
  const broken = { ...marking, classified: 'COSMIC' as 'SECRET' };
  expect(() => join(broken, marking)).toThrow(expect.objectContaining({ code: 'UNKNOWN_LEVEL' }));
  expect(() => join(marking, broken)).toThrow(expect.objectContaining({ code: 'UNKNOWN_LEVEL' }));
});

test('a marking joined with itself is itself, without a copy', () => {
  const marking = createMarking({ classified: 'SECRET', relTo: ['CAN'] });
  expect(join(marking, marking)).toBe(marking);
});

test('ORCON on either side stays', () => {
  const plain = createMarking({ classified: 'UNCLASSIFIED' });
  const controlled = createMarking({ classified: 'UNCLASSIFIED', orcon: true });
  expect([join(plain, controlled).orcon, join(controlled, plain).orcon, join(plain, plain).orcon]).toEqual([
    true,
    true,
    false,
  ]);
});

test('what is derived from nothing has no marking', () => {
  expect(() => joinAll([])).toThrow(expect.objectContaining({ code: 'NOTHING_TO_JOIN' }));
});

test('many markings join to the join of each with the rest', () => {
  const [a, b, c] = ['CAN', 'GBR', 'USA'].map((nation) =>
    createMarking({ classified: 'SECRET', relTo: ['AUS', 'NZL', nation], origins: [nation.toLowerCase()] }),
  );
  expect(joinAll([a!, b!, c!])).toEqual(
    createMarking({ classified: 'SECRET', relTo: ['AUS', 'NZL'], origins: ['can', 'gbr', 'usa'] }),
  );
  expect(joinAll([a!])).toBe(a);
});
