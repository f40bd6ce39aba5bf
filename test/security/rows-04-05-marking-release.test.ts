// Rows 4 and 5: what portions roll up to, and what nobody may ever read. Needs no broker.

import { expect, test } from '@jest/globals';
import {
  cellOf,
  cellsOf,
  createClearance,
  createMarking,
  dominates,
  isImportRefusal,
  join,
  joinAll,
  MarkingError,
  parse,
  parseParagraph,
  parsePortion,
  print,
  printPortion,
  readImportedMarking,
  type Clearance,
  type Marking,
  type MarkingFields,
} from '@sitebus/marking';
import { boundedClearances, boundedMarkings, type RawClearance } from './marking-draws.ts';

const home = { homeNation: 'CAN' };
const nationGroups = { FVEY: ['AUS', 'CAN', 'GBR', 'NZL', 'USA'] };
const toClearance = (raw: RawClearance): Clearance => createClearance({ ...raw, epoch: 0 });

test.each<[string, readonly string[], string]>([
  ['one portion is the banner', ['(S//REL TO CAN, GBR)'], 'SECRET//REL TO CAN, GBR'],
  ['the higher level', ['(C//REL TO CAN, GBR)', '(S//REL TO CAN, GBR)'], 'SECRET//REL TO CAN, GBR'],
  ['unclassified beside secret', ['(U//TLP:CLEAR)', '(S//REL TO CAN, GBR)'], 'SECRET//REL TO CAN, GBR'],
  ['both ladders', ['(PB)', '(S//CANADIAN EYES ONLY)'], 'SECRET//PROTECTED B//CANADIAN EYES ONLY'],
  ['PROTECTED beside unclassified', ['(PA)', '(U//TLP:CLEAR)'], 'PROTECTED A'],
  [
    'REL TO: the nations in common',
    ['(S//REL TO CAN, GBR, USA)', '(S//REL TO CAN, AUS, GBR)'],
    'SECRET//REL TO CAN, GBR',
  ],
  ['REL TO down to Canada', ['(S//REL TO CAN, USA)', '(S//REL TO CAN, GBR)'], 'SECRET//CANADIAN EYES ONLY'],
  ['disjoint lists', ['(S//REL TO USA)', '(S//REL TO GBR)'], 'SECRET//REL TO NONE'],
  [
    'disjoint lists beside a third',
    ['(S//REL TO USA)', '(S//REL TO GBR)', '(S//REL TO CAN, GBR, USA)'],
    'SECRET//REL TO NONE',
  ],
  ['CEO within a list', ['(S//CANADIAN EYES ONLY)', '(S//REL TO CAN, GBR)'], 'SECRET//CANADIAN EYES ONLY'],
  ['CEO beside a list without Canada', ['(S//CANADIAN EYES ONLY)', '(S//REL TO GBR, USA)'], 'SECRET//REL TO NONE'],
  [
    'compartments add up',
    ['(S//SI//CANADIAN EYES ONLY)', '(TS//SI-G/TK//CANADIAN EYES ONLY)'],
    'TOP SECRET//SI-G/TK//CANADIAN EYES ONLY',
  ],
  ['ORCON anywhere', ['(S//ORCON/REL TO CAN, GBR)', '(U//TLP:CLEAR)'], 'SECRET//ORCON/REL TO CAN, GBR'],
  [
    'the higher colour',
    ['(U//TLP:GREEN)', '(U//TLP:AMBER+STRICT)', '(U//TLP:AMBER)'],
    'UNCLASSIFIED//TLP:AMBER+STRICT',
  ],
  ['a colour beside a classification', ['(U//TLP:RED)', '(S//REL TO CAN, GBR)'], 'SECRET//REL TO CAN, GBR//TLP:RED'],
  ['NONE absorbs', ['(U//REL TO NONE//TLP:CLEAR)', '(U//TLP:CLEAR)'], 'UNCLASSIFIED//REL TO NONE//TLP:CLEAR'],
])('row 4: roll-up of portions: %s', (_case, portions, banner) => {
  const markings = portions.map((portion) => parsePortion(portion, home));
  expect(print(joinAll(markings), home)).toBe(banner);
  expect(print(joinAll([...markings].reverse()), home)).toBe(banner);
  expect(markings.map((marking) => printPortion(marking, home))).toEqual(portions);
});

test.each<[string, string, string, string]>([
  ['NOFORN beside CEO is for nobody', 'SECRET//NOFORN', 'SECRET//CEO', 'SECRET//REL TO NONE'],
  ['NOFORN beside a list with the United States', 'SECRET//NOFORN', 'SECRET//REL TO FVEY', 'SECRET//REL TO USA'],
  ['a bare classification beside a list', 'SECRET', 'SECRET//REL TO FVEY', 'SECRET//CANADIAN EYES ONLY'],
  ['a bare classification beside NOFORN', 'SECRET', 'SECRET//NOFORN', 'SECRET//REL TO NONE'],
])('row 4: roll-up of imported markings: %s', (_case, first, second, banner) => {
  const read = [first, second].map((text) => readImportedMarking(text, { ...home, owner: 'CAN', nationGroups }));
  expect(read.filter(isImportRefusal)).toEqual([]);
  expect(print(joinAll(read as Marking[]), home)).toBe(banner);
});

test('row 4: an unmarked portion is refused, not rolled up as the lowest', () => {
  const paragraphs = ['It is marked. (S//CANADIAN EYES ONLY)', 'It is not marked.'];
  const rollUp = () => joinAll(paragraphs.map((paragraph) => parseParagraph(paragraph, home).marking));
  expect(rollUp).toThrow(expect.objectContaining({ code: 'PORTION_MISSING' }));
  expect(() => joinAll([])).toThrow(expect.objectContaining({ code: 'NOTHING_TO_JOIN' }));
});

const everyone = boundedClearances().map(toClearance);
const readersOf = (marking: Marking): Clearance[] => everyone.filter((clearance) => dominates(clearance, marking, 0));
const cells = [
  createMarking({
    classified: 'TOP_SECRET',
    protected: 'C',
    compartments: ['SI-G', 'TK'],
    relTo: ['CAN'],
    tlp: 'RED',
  }),
].map((ceiling) => ({ id: 'highest', rank: 1, ceiling }));

test('row 5: what joins to an empty release list is read by nobody, lies in no cell and says so', () => {
  const [toCanada, toBritain] = [['CAN'], ['GBR']].map((relTo) => createMarking({ classified: 'UNCLASSIFIED', relTo }));
  const joined = join(toCanada!, toBritain!);
  expect(readersOf(toCanada!).length).toBeGreaterThan(0);
  expect(readersOf(joined)).toEqual([]);
  expect([cellOf(toCanada!, cells)?.id, cellOf(joined, cells)]).toEqual(['highest', undefined]);
  expect(print(joined, home)).toBe('UNCLASSIFIED//REL TO NONE//TLP:CLEAR');
});

test('row 5: an unknown nation group is refused by every door', () => {
  const refused = (code: string) => expect.objectContaining({ code });
  expect(() => createMarking({ classified: 'SECRET', relTo: ['NATO'] })).toThrow(refused('UNKNOWN_NATION'));
  expect(() => parse('SECRET//REL TO NATO', home)).toThrow(refused('UNKNOWN_NATION'));
  expect(() => parse('SECRET//REL TO CAN, FVEY', home)).toThrow(refused('UNKNOWN_NATION'));
  expect(readImportedMarking('SECRET//REL TO NATO', { ...home, owner: 'CAN', nationGroups })).toEqual({
    reason: 'UNKNOWN_NATION',
    index: 15,
  });
  expect(readImportedMarking('SECRET//REL TO FVEY', { ...home, owner: 'CAN', nationGroups })).toMatchObject({
    relTo: nationGroups.FVEY,
  });
});

test('row 5: a classified record is never releasable to all', () => {
  const refused = expect.objectContaining({ code: 'RELEASE_MISSING' });
  for (const classified of ['CONFIDENTIAL', 'SECRET', 'TOP_SECRET'] as const) {
    expect(() => createMarking({ classified })).toThrow(refused);
    expect(() => createMarking({ classified, relTo: 'ALL' })).toThrow(refused);
    expect(() => parse(classified.replace('_', ' '), home)).toThrow(refused);
  }
  const own = readImportedMarking('SECRET', { ...home, owner: 'GBR', nationGroups });
  expect(own).toMatchObject({ relTo: ['GBR'] });
  expect(readersOf(own as Marking).flatMap(({ nations }) => nations)).toEqual([]); // none of them is British alone
  const british = createClearance({ ...everyone[0]!, classified: 'SECRET', nations: ['GBR'] });
  expect(dominates(british, own as Marking, 0)).toBe(true);
});

test('row 5: a missing marking is refused, and never read', () => {
  const missing = [undefined, null, {}, '', 'SECRET', [], 0] as unknown as MarkingFields[];
  for (const fields of missing) expect(() => createMarking(fields)).toThrow(MarkingError);
  for (const text of ['', ' ', '()', '//']) expect(() => parse(text, home)).toThrow(MarkingError);
  for (const clearance of everyone) {
    for (const absent of [undefined, null, {}] as unknown as Marking[])
      expect(admitsOrThrows(clearance, absent)).toBe(false);
  }
});

test('row 5: a clearance behind which nobody stands is not made, and reads nothing where it is', () => {
  const nobody = { ...everyone.at(-1)!, nations: [] };
  expect(() => createClearance(nobody)).toThrow(expect.objectContaining({ code: 'NATIONS_EMPTY' }));
  expect(boundedMarkings().filter((raw) => dominates(nobody, createMarking(raw), 0))).toEqual([]);
  expect(cellsOf(nobody, [{ id: 'open', rank: 1, ceiling: createMarking({ classified: 'UNCLASSIFIED' }) }])).toEqual(
    [],
  );
});

function admitsOrThrows(clearance: Clearance, marking: Marking): boolean {
  try {
    return dominates(clearance, marking, 0);
  } catch {
    return false; // whoever asks fails closed
  }
}
