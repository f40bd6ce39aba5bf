import { expect, test } from '@jest/globals';
import { createMarking, type MarkingFields } from './create.ts';
import { isImportRefusal, readImportedMarking } from './import-reader.ts';
import type { Marking } from './model.ts';

const nationGroups = {
  FVEY: ['AUS', 'CAN', 'GBR', 'NZL', 'USA'],
  ACGU: ['AUS', 'CAN', 'GBR', 'USA'],
  MIXED: ['CAN', 'FVEY'],
};
const from = (owner: string | undefined) => ({ owner, homeNation: 'CAN', nationGroups });

test.each<[string, string, MarkingFields]>([
  ['a bare classification is its owner’s only', 'SECRET', { classified: 'SECRET', relTo: ['GBR'] }],
  ['ORCON says nothing about release', 'SECRET//ORCON', { classified: 'SECRET', relTo: ['GBR'], orcon: true }],
  ['a short level', 'TS//SI', { classified: 'TOP_SECRET', relTo: ['GBR'], compartments: ['SI'] }],
  ['a portion', '(C//REL TO CAN, GBR)', { classified: 'CONFIDENTIAL', relTo: ['CAN', 'GBR'] }],
  ['lower case and spaces', ' secret // rel to can,gbr ', { classified: 'SECRET', relTo: ['CAN', 'GBR'] }],
  ['NOFORN', 'SECRET//NOFORN', { classified: 'SECRET', relTo: ['USA'] }],
  ['NF', 'S//NF', { classified: 'SECRET', relTo: ['USA'] }],
  ['CEO', 'S//CEO', { classified: 'SECRET', relTo: ['CAN'] }],
  ['OC', 'S//OC/CEO', { classified: 'SECRET', relTo: ['CAN'], orcon: true }],
  ['a group', 'SECRET//REL TO FVEY', { classified: 'SECRET', relTo: ['AUS', 'CAN', 'GBR', 'NZL', 'USA'] }],
  ['a group beside a nation', 'SECRET//REL TO FRA, ACGU', { classified: 'SECRET', relTo: ['AUS', 'CAN', 'FRA', 'GBR', 'USA'] }],
  ['REL TO NONE', 'SECRET//REL TO NONE', { classified: 'SECRET', relTo: [] }],
  ['two release lists: each must allow', 'SECRET//REL TO CAN, GBR//REL TO GBR, USA', { classified: 'SECRET', relTo: ['GBR'] }],
  ['two release statements that exclude each other', 'SECRET//NOFORN/CEO', { classified: 'SECRET', relTo: [] }],
  ['UNCLASSIFIED spelled beside PROTECTED', 'UNCLASSIFIED//PROTECTED B', { classified: 'UNCLASSIFIED', protected: 'B' }],
  ['both ladders in short', 'S//PB//CEO', { classified: 'SECRET', protected: 'B', relTo: ['CAN'] }],
  ['parts in any order', 'SECRET//TLP:RED//CEO//TK/SI-M-G 2 1', {
    classified: 'SECRET', relTo: ['CAN'], tlp: 'RED', compartments: ['SI-G 1', 'SI-G 2', 'SI-M', 'TK'],
  }],
  ['TLP:WHITE', 'UNCLASSIFIED//TLP:WHITE', { classified: 'UNCLASSIFIED', tlp: 'CLEAR' }],
  ['a colour in lower case', 'UNCLASSIFIED//tlp:amber+strict', { classified: 'UNCLASSIFIED', tlp: 'AMBER+STRICT' }],
  ['two colours', 'UNCLASSIFIED//TLP:RED//TLP:GREEN', { classified: 'UNCLASSIFIED', tlp: 'RED' }],
  ['TLP:CLEAR spelled beside a classification', 'SECRET//CEO//TLP:CLEAR', { classified: 'SECRET', relTo: ['CAN'] }],
])('%s: %j is read', (_case, text, fields) => {
  expect(readImportedMarking(text, from('GBR'))).toEqual(createMarking({ ...fields, owners: ['GBR'] }));
}); // prettier-ignore

test.each<[string, string, string, number | undefined]>([
  ['nothing', '', 'UNKNOWN_LEVEL', 0],
  ['an unknown level', 'COSMIC', 'UNKNOWN_LEVEL', 0],
  ['a word that is not a level word at all', 'CONSTRUCTOR', 'UNKNOWN_LEVEL', 0],
  ['trap: a colour alone implies no classification', 'TLP:AMBER', 'LEVEL_MISSING', 0],
  ['trap: UNCLASSIFIED alone does not say who may be told', 'UNCLASSIFIED', 'TLP_MISSING', 12],
  ['trap: U alone does not either', '(U)', 'TLP_MISSING', 3],
  ['an unknown group', 'SECRET//REL TO CAN,  NATO', 'UNKNOWN_NATION', 21],
  ['a word that every object has', 'SECRET//REL TO CONSTRUCTOR', 'UNKNOWN_NATION', 15],
  ['a group within a group', 'SECRET//REL TO MIXED', 'UNKNOWN_NATION', undefined],
  ['no nation', 'SECRET//REL TO CAN,', 'UNKNOWN_NATION', 19],
  ['a group outside a list', 'SECRET//FVEY', 'UNKNOWN_PART', 8],
  ['an unknown colour', 'UNCLASSIFIED//TLP:EX:CHR', 'UNKNOWN_COLOUR', 18],
  ['a colour in pieces', 'UNCLASSIFIED//TLP: RED', 'UNKNOWN_COLOUR', 18],
  ['trailing slashes', 'SECRET//CEO//', 'UNKNOWN_PART', 13],
  ['an unknown part', 'SECRET//CEO / WNINTEL', 'UNKNOWN_PART', 14],
  ['a malformed compartment', 'SECRET//CEO//SI-', 'MALFORMED_COMPARTMENT', 13],
  ['a compartment of nine characters', 'SECRET//CEO//TK-ABCDEFGHI', 'MALFORMED_COMPARTMENT', 13],
  ['trap: a look-alike letter is not capitalised into another (ſ)', 'ſecret//CEO', 'UNKNOWN_LEVEL', 0],
  ['a second PROTECTED level', 'S//PB//PC//CEO', 'UNKNOWN_PART', 7],
  ['a fault inside a portion', '(S//REL TO CAN, NATO)', 'UNKNOWN_NATION', 16],
  ['one parenthesis', '(S//CEO', 'UNKNOWN_LEVEL', 0],
  ['the other parenthesis', 'S//CEO)', 'UNKNOWN_PART', 3],
  ['a text as long as may be read', 'X'.repeat(2_048), 'UNKNOWN_LEVEL', 0],
  ['too long a text', 'X'.repeat(2_049), 'TEXT_TOO_LONG', 2_048],
])('%s: refused with the reason and where', (_case, text, reason, index) => {
  const refusal = readImportedMarking(text, from('GBR'));
  expect(refusal).toStrictEqual(index === undefined ? { reason } : { reason, index });
  expect(Object.isFrozen(refusal)).toBe(true);
});

test('trap: a classified text without a release marking is refused where nobody knows whose it is', () => {
  expect(readImportedMarking('SECRET//SI', from(undefined))).toEqual({ reason: 'OWNER_MISSING', index: 10 });
  expect(readImportedMarking('SECRET//SI', from('FVEY'))).toEqual({ reason: 'UNKNOWN_NATION' });
});

test('what names its release, or is not classified, needs no owner', () => {
  expect(readImportedMarking('SECRET//CEO', from(undefined))).toEqual(
    createMarking({ classified: 'SECRET', relTo: ['CAN'] }),
  );
  expect(readImportedMarking('PROTECTED A', from(undefined))).toEqual(
    createMarking({ classified: 'UNCLASSIFIED', protected: 'A' }),
  );
});

test('an error that is no refusal is not turned into one', () => {
  const broken = { ...from('CAN'), nationGroups: undefined as never };
  expect(() => readImportedMarking('SECRET//REL TO FVEY', broken)).toThrow(TypeError);
});

test('a result is a marking or a refusal', () => {
  const results = ['SECRET', ''].map((text) => readImportedMarking(text, from('CAN')));
  expect(results.map(isImportRefusal)).toEqual([false, true]);
  expect((results[0] as Marking).relTo).toEqual(['CAN']);
});
