import { expect, test } from '@jest/globals';
import { createMarking } from './create.ts';
import type { MarkingError } from './errors.ts';
import { MAX_COMPARTMENTS } from './fields.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';
import { MAX_MARKING_CHARS } from './words.ts';

const home = { homeNation: 'CAN' };
const faultOf = (text: string, options = home): string => {
  try {
    parse(text, options);
  } catch (fault) {
    const { code, index } = fault as MarkingError;
    return `${code} ${index}`;
  }
  return 'read';
};

test('a banner with every part is read on every visible axis', () => {
  expect(parse('TOP SECRET//PROTECTED B//SI-G ABCD EFGH-M/TK//ORCON/REL TO CAN, AUS//TLP:AMBER+STRICT', home)).toEqual(
    createMarking({
      classified: 'TOP_SECRET',
      protected: 'B',
      compartments: ['SI', 'SI-G', 'SI-G ABCD', 'SI-G EFGH', 'SI-M', 'TK'],
      relTo: ['AUS', 'CAN'],
      tlp: 'AMBER+STRICT',
      orcon: true,
    }),
  );
});

test('the least that can be said is read', () => {
  expect(parse('UNCLASSIFIED//TLP:CLEAR', home)).toEqual(createMarking({ classified: 'UNCLASSIFIED' }));
  expect(parse('PROTECTED A', home)).toEqual(createMarking({ classified: 'UNCLASSIFIED', protected: 'A' }));
  expect(parse('SECRET//REL TO NONE', home)).toEqual(createMarking({ classified: 'SECRET', relTo: [] }));
  expect(parse('UNCLASSIFIED//ORCON//TLP:CLEAR', home)).toEqual(
    createMarking({ classified: 'UNCLASSIFIED', orcon: true }),
  );
});

test.each(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const)('TLP:%s is read', (tlp) => {
  expect(parse(`UNCLASSIFIED//TLP:${tlp}`, home).tlp).toBe(tlp);
});

test.each<[string, string, string]>([
  ['nothing', '', 'UNKNOWN_LEVEL 0'],
  ['lower case', 'secret//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 0'],
  ['lower case further on', 'SECret//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 3'],
  ['a look-alike letter (Cyrillic Е)', 'SЕCRET//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 1'],
  ['a leading space', ' SECRET//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 0'],
  ['a level that ends early', 'SECRE', 'UNKNOWN_LEVEL 5'],
  ['a level that goes on', 'SECRETS//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 6'],
  ['a level as on the wire', 'TOP_SECRET//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 3'],
  ['a portion', 'S//CANADIAN EYES ONLY', 'UNKNOWN_LEVEL 1'],
  ['no PROTECTED level', 'PROTECTED', 'UNKNOWN_LEVEL 9'],
  ['a PROTECTED level there is not', 'PROTECTED D', 'UNKNOWN_LEVEL 10'],
  ['a colour alone: TLP implies no classification', 'TLP:AMBER', 'UNKNOWN_LEVEL 1'],
  ['trailing slashes', 'SECRET//CANADIAN EYES ONLY//', 'UNKNOWN_PART 28'],
  ['one trailing slash', 'SECRET//CANADIAN EYES ONLY/', 'UNKNOWN_PART 27'],
  ['a trailing space', 'SECRET//CANADIAN EYES ONLY ', 'UNEXPECTED_TEXT 26'],
  ['a trailing newline', 'SECRET//CANADIAN EYES ONLY\n', 'UNEXPECTED_TEXT 26'],
  ['a trailing parenthesis', 'SECRET//CANADIAN EYES ONLY)', 'UNEXPECTED_TEXT 26'],
  ['one slash for two', 'SECRET/CANADIAN EYES ONLY', 'UNEXPECTED_TEXT 6'],
  ['three slashes for two', 'SECRET///CANADIAN EYES ONLY', 'UNKNOWN_PART 8'],
  ['an empty part', 'SECRET////CANADIAN EYES ONLY', 'UNKNOWN_PART 8'],
  ['no release marking', 'SECRET', 'RELEASE_MISSING 6'],
  ['no release marking beside ORCON', 'SECRET//ORCON', 'RELEASE_MISSING 13'],
  ['a colour where the release marking belongs', 'SECRET//TLP:RED', 'RELEASE_MISSING 8'],
  ['no colour beside UNCLASSIFIED', 'UNCLASSIFIED', 'TLP_MISSING 12'],
  ['no colour beside UNCLASSIFIED with a list', 'UNCLASSIFIED//CANADIAN EYES ONLY', 'TLP_MISSING 32'],
  ['TLP:CLEAR beside a classification', 'SECRET//CANADIAN EYES ONLY//TLP:CLEAR', 'NOT_CANONICAL 28'],
  ['TLP:CLEAR beside PROTECTED', 'PROTECTED A//TLP:CLEAR', 'NOT_CANONICAL 13'],
  ['UNCLASSIFIED spelled beside PROTECTED', 'UNCLASSIFIED//PROTECTED B', 'NOT_CANONICAL 12'],
  ['PROTECTED before the classification', 'PROTECTED B//SECRET//CANADIAN EYES ONLY', 'UNKNOWN_PART 13'],
  ['PROTECTED after a part', 'SECRET//CANADIAN EYES ONLY//PROTECTED B', 'UNKNOWN_PART 28'],
  ['REL TO Canada alone', 'SECRET//REL TO CAN', 'NOT_CANONICAL 8'],
  ['REL TO Canada alone before a part', 'SECRET//REL TO CAN//TLP:RED', 'NOT_CANONICAL 8'],
  ['a colour of TLP 1.0', 'UNCLASSIFIED//TLP:WHITE', 'UNKNOWN_COLOUR 18'],
  ['no colour', 'UNCLASSIFIED//TLP:', 'UNKNOWN_COLOUR 18'],
  ['a colour that goes on', 'UNCLASSIFIED//TLP:AMBER+', 'UNEXPECTED_TEXT 23'],
  ['a colour twice', 'UNCLASSIFIED//TLP:RED//TLP:RED', 'DUPLICATE 23'],
  ['a release list after the colour', 'SECRET//TLP:RED//CANADIAN EYES ONLY', 'DISORDER 17'],
  ['compartments after the release list', 'SECRET//CANADIAN EYES ONLY//SI', 'DISORDER 28'],
  ['compartments in two parts', 'SECRET//SI//TK//CANADIAN EYES ONLY', 'DUPLICATE 12'],
  ['the release list in two parts', 'SECRET//ORCON//CANADIAN EYES ONLY', 'DUPLICATE 15'],
  ['compartments and dissemination in one part', 'SECRET//SI/ORCON', 'MALFORMED_COMPARTMENT 11'],
  ['ORCON after the release list', 'SECRET//CANADIAN EYES ONLY/ORCON', 'DISORDER 27'],
  ['ORCON twice', 'SECRET//ORCON/ORCON', 'DUPLICATE 14'],
  ['ORCON on both sides', 'SECRET//ORCON/CANADIAN EYES ONLY/ORCON', 'DUPLICATE 33'],
  ['two release lists', 'SECRET//CANADIAN EYES ONLY/REL TO CAN, GBR', 'DUPLICATE 27'],
  ['something else after ORCON', 'SECRET//ORCON/SI', 'UNKNOWN_PART 14'],
  ['something else after the release list', 'SECRET//REL TO NONE/SI', 'UNKNOWN_PART 20'],
  ['ORCON that goes on', 'SECRET//ORCONS', 'UNEXPECTED_TEXT 13'],
  ['NOFORN', 'SECRET//NOFORN', 'UNKNOWN_PART 8'],
  ['NF', 'SECRET//NF', 'UNKNOWN_PART 8'],
  ['a nation group as a part', 'SECRET//FVEY', 'UNKNOWN_PART 8'],
  ['a nation group in the list', 'SECRET//REL TO CAN, FVEY', 'UNKNOWN_NATION 20'],
  ['a nation there is not', 'SECRET//REL TO CAN, ENG', 'UNKNOWN_NATION 20'],
  ['the unknown nation', 'SECRET//REL TO XXX', 'UNKNOWN_NATION 15'],
  ['a nation with one letter more', 'SECRET//REL TO CANA', 'UNKNOWN_NATION 15'],
  ['a nation in lower case', 'SECRET//REL TO CAN, gbr', 'UNKNOWN_NATION 20'],
  ['no nation', 'SECRET//REL TO ', 'UNKNOWN_NATION 15'],
  ['no space after REL TO', 'SECRET//REL TOCAN', 'UNKNOWN_PART 8'],
  ['a comma without a space', 'SECRET//REL TO CAN,GBR', 'UNEXPECTED_TEXT 18'],
  ['a comma without a space, no Canada', 'SECRET//REL TO AUS,GBR', 'UNEXPECTED_TEXT 18'],
  ['a comma and nothing', 'SECRET//REL TO AUS, ', 'UNKNOWN_NATION 20'],
  ['NONE beside a nation', 'SECRET//REL TO NONE, CAN', 'UNEXPECTED_TEXT 19'],
  ['a nation beside NONE', 'SECRET//REL TO AUS, NONE', 'UNKNOWN_NATION 20'],
  ['nations out of order', 'SECRET//REL TO GBR, AUS', 'DISORDER 20'],
  ['Canada not first', 'SECRET//REL TO AUS, CAN', 'DISORDER 20'],
  ['Canada in alphabetical place', 'SECRET//REL TO AUS, CAN, GBR', 'DISORDER 20'],
  ['Canada twice', 'SECRET//REL TO CAN, CAN', 'DUPLICATE 20'],
  ['a nation twice', 'SECRET//REL TO CAN, GBR, GBR', 'DUPLICATE 25'],
  ['a system of one letter', 'SECRET//X//CANADIAN EYES ONLY', 'UNKNOWN_PART 8'],
  ['systems out of order', 'SECRET//TK/SI//CANADIAN EYES ONLY', 'DISORDER 11'],
  ['a system twice', 'SECRET//SI/SI//CANADIAN EYES ONLY', 'DUPLICATE 11'],
  ['compartments out of order', 'SECRET//SI-M-G//CANADIAN EYES ONLY', 'DISORDER 13'],
  ['letters before digits', 'SECRET//SI-G-9//CANADIAN EYES ONLY', 'DISORDER 13'],
  ['a compartment twice', 'SECRET//SI-G-G//CANADIAN EYES ONLY', 'DUPLICATE 13'],
  ['sub-compartments out of order', 'SECRET//SI-G B A//CANADIAN EYES ONLY', 'DISORDER 15'],
  ['a sub-compartment twice', 'SECRET//SI-G A A//CANADIAN EYES ONLY', 'DUPLICATE 15'],
  ['a hyphen and nothing', 'SECRET//SI-//CANADIAN EYES ONLY', 'MALFORMED_COMPARTMENT 11'],
  ['a compartment of nine characters', 'SECRET//SI-ABCDEFGHI//CANADIAN EYES ONLY', 'MALFORMED_COMPARTMENT 11'],
  ['a sub-compartment of a system', 'SECRET//SI ABCD//CANADIAN EYES ONLY', 'UNEXPECTED_TEXT 10'],
  ['a space and nothing', 'SECRET//SI-G //CANADIAN EYES ONLY', 'MALFORMED_COMPARTMENT 13'],
  ['a slash and nothing between compartments', 'SECRET//SI///CANADIAN EYES ONLY', 'UNKNOWN_PART 12'],
])('refused, with the index of the fault: %s: %j', (_case, text, fault) => {
  expect(faultOf(text)).toBe(fault);
});

test('CANADIAN EYES ONLY is read where Canada is at home, and REL TO CAN elsewhere', () => {
  const abroad = { homeNation: 'GBR' };
  expect(faultOf('SECRET//CANADIAN EYES ONLY')).toBe('read');
  expect(faultOf('SECRET//CANADIAN EYES ONLY', abroad)).toBe('NOT_CANONICAL 8');
  expect(faultOf('SECRET//REL TO CAN', abroad)).toBe('read');
  expect(faultOf('SECRET//REL TO GBR', abroad)).toBe('read');
  expect(faultOf('SECRET//REL TO GBR, AUS, CAN', abroad)).toBe('read');
  expect(faultOf('SECRET//REL TO AUS, GBR', abroad)).toBe('DISORDER 20');
});

const detailsOf = (text: string, options = home): unknown => {
  try {
    return parse(text, options);
  } catch (fault) {
    return (fault as MarkingError).details;
  }
};

test('a refusal of another spelling says which one is read', () => {
  expect(detailsOf('SECRET//REL TO CAN')).toEqual({ expected: 'CANADIAN EYES ONLY' });
  expect(detailsOf('SECRET//CANADIAN EYES ONLY', { homeNation: 'GBR' })).toEqual({ expected: 'REL TO CAN' });
  expect(detailsOf('UNCLASSIFIED//PROTECTED B')).toEqual({ expected: 'PROTECTED B' });
  expect(detailsOf('PROTECTED B//TLP:CLEAR')).toEqual({ expected: 'no TLP:CLEAR' });
});

test('a refusal names the axis that it is about, and the bound that was passed', () => {
  expect(detailsOf('COSMIC')).toEqual({ field: 'level' });
  expect(detailsOf('SECRET//REL TO ENG')).toEqual({ field: 'relTo' });
  expect(detailsOf('SECRET//SI-//CANADIAN EYES ONLY')).toEqual({ field: 'compartments' });
  expect(detailsOf('X'.repeat(2_049))).toEqual({ maxChars: 2_048 });
});

test('a text longer than the longest marking is refused unread', () => {
  expect(faultOf('X'.repeat(MAX_MARKING_CHARS))).toBe('UNKNOWN_LEVEL 0');
  expect(faultOf('X'.repeat(MAX_MARKING_CHARS + 1))).toBe(`TEXT_TOO_LONG ${MAX_MARKING_CHARS}`);
});

test('as many compartments are read as a marking may have, and no more', () => {
  const subs = (count: number) => Array.from({ length: count }, (_, at) => String(100 + at)).join(' ');
  const text = (count: number) => `SECRET//SI-G ${subs(count - 2)}//CANADIAN EYES ONLY`;
  expect(faultOf(text(MAX_COMPARTMENTS))).toBe('read');
  expect(print(parse(text(MAX_COMPARTMENTS), home), home)).toBe(text(MAX_COMPARTMENTS));
  const tooMany = text(MAX_COMPARTMENTS + 1);
  expect(faultOf(tooMany)).toBe(`TOO_MANY ${tooMany.lastIndexOf('//')}`);
  expect(detailsOf(tooMany)).toEqual({ field: 'compartments', max: MAX_COMPARTMENTS });
});
