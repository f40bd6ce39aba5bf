import { expect, test } from '@jest/globals';
import { createMarking, type MarkingFields } from './create.ts';
import type { MarkingError } from './errors.ts';
import { parseParagraph, parsePortion, printParagraph, printPortion } from './portion.ts';

const home = { homeNation: 'CAN' };
const faultOf = (read: () => unknown): string => {
  try {
    read();
  } catch (fault) {
    const { code, index } = fault as MarkingError;
    return `${code} ${index}`;
  }
  return 'read';
};

test.each<[string, MarkingFields]>([
  ['(U//TLP:CLEAR)', { classified: 'UNCLASSIFIED' }],
  ['(U//TLP:AMBER)', { classified: 'UNCLASSIFIED', tlp: 'AMBER' }],
  ['(PA)', { classified: 'UNCLASSIFIED', protected: 'A' }],
  ['(PB//CANADIAN EYES ONLY)', { classified: 'UNCLASSIFIED', protected: 'B', relTo: ['CAN'] }],
  ['(PC//TLP:RED)', { classified: 'UNCLASSIFIED', protected: 'C', tlp: 'RED' }],
  ['(C//REL TO NONE)', { classified: 'CONFIDENTIAL', relTo: [] }],
  ['(S//REL TO CAN, GBR)', { classified: 'SECRET', relTo: ['CAN', 'GBR'] }],
  ['(S//PB//CANADIAN EYES ONLY)', { classified: 'SECRET', protected: 'B', relTo: ['CAN'] }],
  [
    '(TS//SI-G/TK//ORCON/CANADIAN EYES ONLY)',
    { classified: 'TOP_SECRET', compartments: ['SI-G', 'TK'], orcon: true, relTo: ['CAN'] },
  ],
])('%s is read and written', (text, fields) => {
  expect(parsePortion(text, home)).toEqual(createMarking(fields));
  expect(printPortion(createMarking(fields), home)).toBe(text);
});

test.each<[string, string, string]>([
  ['nothing', '', 'PORTION_MISSING 0'],
  ['no parentheses', 'S//CANADIAN EYES ONLY', 'PORTION_MISSING 0'],
  ['not closed', '(S//CANADIAN EYES ONLY', 'PORTION_MISSING 22'],
  ['empty', '()', 'UNKNOWN_LEVEL 1'],
  ['lower case', '(s//CANADIAN EYES ONLY)', 'UNKNOWN_LEVEL 1'],
  ['a level in full', '(SECRET//CANADIAN EYES ONLY)', 'UNKNOWN_LEVEL 2'],
  ['no release marking', '(S)', 'RELEASE_MISSING 2'],
  ['REL TO Canada alone', '(S//REL TO CAN)', 'NOT_CANONICAL 4'],
  ['no colour beside U', '(U)', 'TLP_MISSING 2'],
  ['U beside PB', '(U//PB)', 'NOT_CANONICAL 2'],
  ['two PROTECTED levels', '(S//PB//PC//CANADIAN EYES ONLY)', 'UNKNOWN_PART 8'],
  ['a space before the parenthesis', '(S//CANADIAN EYES ONLY )', 'UNEXPECTED_TEXT 22'],
  ['text behind it', '(S//CANADIAN EYES ONLY) text', 'UNEXPECTED_TEXT 23'],
  ['a second parenthesis', '(S//CANADIAN EYES ONLY))', 'UNEXPECTED_TEXT 23'],
])('a portion mark is refused, with the index of the fault: %s: %j', (_case, text, fault) => {
  expect(faultOf(() => parsePortion(text, home))).toBe(fault);
});

test('a mark is read at either end of its paragraph, and written at the end', () => {
  const marking = createMarking({ classified: 'SECRET', relTo: ['CAN', 'GBR'] });
  const marked = { text: 'A bridge (the old one) is closed.', marking };
  expect(parseParagraph('(S//REL TO CAN, GBR) A bridge (the old one) is closed.', home)).toEqual(marked);
  expect(parseParagraph('A bridge (the old one) is closed. (S//REL TO CAN, GBR)', home)).toEqual(marked);
  expect(printParagraph(marked, home)).toBe('A bridge (the old one) is closed. (S//REL TO CAN, GBR)');
  expect(Object.isFrozen(parseParagraph('x (PA)', home))).toBe(true);
});

test('prose in parentheses at either end is prose', () => {
  expect(parseParagraph('(See below) It rains. (PA)', home).text).toBe('(See below) It rains.');
  expect(parseParagraph('(PA) It rains (see above)', home).text).toBe('It rains (see above)');
  expect(parseParagraph('(PA) (See below)', home).text).toBe('(See below)');
});

test.each<[string, string, string]>([
  ['no mark', 'It rains.', 'PORTION_MISSING 9'],
  ['prose in parentheses only', '(See below) It rains (a lot)', 'PORTION_MISSING 28'],
  ['nothing', '', 'PORTION_MISSING 0'],
  ['a mark in the middle', 'It (PA) rains.', 'PORTION_MISSING 14'],
  ['a mark behind a blank', ' (PA) rains.', 'PORTION_MISSING 12'],
  ['a mark at both ends', '(PA) It rains. (PA)', 'DUPLICATE 15'],
  ['a spoiled mark before a good one', '(S//BOGUS) It rains. (PA)', 'DUPLICATE 21'],
  ['a spoiled leading mark', '(S//BOGUS) It rains.', 'UNKNOWN_PART 4'],
  ['a spoiled trailing mark', 'It rains. (S//BOGUS)', 'UNKNOWN_PART 14'],
  ['a trailing mark in lower case', 'It rains. (s//CANADIAN EYES ONLY)', 'UNKNOWN_LEVEL 11'],
  ['a bare level', 'It rains. (TS)', 'RELEASE_MISSING 13'],
  ['no space after a leading mark', '(PA)It rains.', 'UNEXPECTED_TEXT 4'],
  ['no space before a trailing mark', 'It rains.(PA)', 'UNEXPECTED_TEXT 8'],
  ['a mark without a paragraph', '(PA)', 'UNEXPECTED_TEXT 4'],
])('a paragraph is refused, with the index of the fault: %s: %j', (_case, text, fault) => {
  expect(faultOf(() => parseParagraph(text, home))).toBe(fault);
});

test('a long mark ends at its first fault, and a long paragraph is read to its mark', () => {
  const long = `(S//SI-G ${'A'.repeat(8)}${' B'.repeat(60)}//CANADIAN EYES ONLY)`;
  expect(faultOf(() => parsePortion(long, home))).toBe('DUPLICATE 20');
  expect(parseParagraph(`${'It rains. '.repeat(10_000)}(PA)`, home).marking.protected).toBe('A');
});
