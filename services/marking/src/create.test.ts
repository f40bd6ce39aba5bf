import { expect, test } from '@jest/globals';
import { createMarking, type MarkingFields } from './create.ts';
import { MarkingError } from './errors.ts';
import { MAX_COMPARTMENTS, MAX_MEMBERS } from './fields.ts';

const codeOf = (fields: unknown): string => {
  try {
    createMarking(fields as MarkingFields);
  } catch (fault) {
    return (fault as MarkingError).code;
  }
  return 'made';
};

test('an unclassified marking of which nothing else is said stands at the bottom of every axis', () => {
  expect(createMarking({ classified: 'UNCLASSIFIED' })).toEqual({
    classified: 'UNCLASSIFIED',
    protected: 'NONE',
    compartments: [],
    relTo: 'ALL',
    tlp: 'CLEAR',
    orcon: false,
    owners: [],
    origins: [],
    needToKnow: [],
  });
});

test('every field is kept, its lists sorted and without duplicates', () => {
  const marking = createMarking({
    classified: 'TOP_SECRET',
    protected: 'C',
    compartments: ['TK', 'SI', 'TK'],
    relTo: ['GBR', 'CAN', 'GBR'],
    tlp: 'AMBER+STRICT',
    orcon: true,
    owners: ['USA', 'CAN', 'CAN'],
    origins: ['gac', 'cse', 'gac'],
    needToKnow: [['research', 'platforms', 'research'], ['community'], ['platforms', 'research']],
  });
  expect(marking).toEqual({
    classified: 'TOP_SECRET',
    protected: 'C',
    compartments: ['SI', 'TK'],
    relTo: ['CAN', 'GBR'],
    tlp: 'AMBER+STRICT',
    orcon: true,
    owners: ['CAN', 'USA'],
    origins: ['cse', 'gac'],
    needToKnow: [['community'], ['platforms', 'research']],
  });
});

test('a compartment brings what it lies in', () => {
  const { compartments } = createMarking({ classified: 'UNCLASSIFIED', compartments: ['SI-G ABCD', 'HCS-P'] });
  expect(compartments).toEqual(['HCS', 'HCS-P', 'SI', 'SI-G', 'SI-G ABCD']);
});

test('a marking is frozen to the innermost list and shares nothing with what it was made from', () => {
  const needToKnow = [['community']];
  const relTo = ['CAN'];
  const marking = createMarking({ classified: 'SECRET', relTo, needToKnow });
  needToKnow[0]!.push('platforms');
  relTo.push('USA');
  expect([marking.relTo, marking.needToKnow]).toEqual([['CAN'], [['community']]]);
  const lists = [marking.compartments, marking.relTo, marking.owners, marking.origins, marking.needToKnow];
  expect([marking, ...lists, ...marking.needToKnow].every((value) => Object.isFrozen(value))).toBe(true);
});

test('trap: a classified marking that names no release, or ALL, cannot be made', () => {
  expect(codeOf({ classified: 'CONFIDENTIAL' })).toBe('RELEASE_MISSING');
  expect(codeOf({ classified: 'SECRET', relTo: 'ALL' })).toBe('RELEASE_MISSING');
  expect(codeOf({ classified: 'SECRET', relTo: undefined })).toBe('RELEASE_MISSING');
  expect(codeOf({ classified: 'SECRET', relTo: [] })).toBe('made'); // nobody is a release list; nothing is not
  expect(codeOf({ classified: 'UNCLASSIFIED', protected: 'C', relTo: 'ALL' })).toBe('made');
});

test('trap: a nation group is not a nation, and is refused until a versioned table has expanded it', () => {
  for (const token of ['FVEY', 'ACGU', 'G7', 'EUR', 'can', 'ENG', 'XXX', '', 'CAN ']) {
    expect([token, codeOf({ classified: 'SECRET', relTo: [token] })]).toEqual([token, 'UNKNOWN_NATION']);
  }
});

test('trap: a TLP colour changes neither ladder, and a ladder changes no TLP colour', () => {
  const red = createMarking({ classified: 'UNCLASSIFIED', tlp: 'RED' });
  expect([red.classified, red.protected, red.relTo]).toEqual(['UNCLASSIFIED', 'NONE', 'ALL']);
  expect(createMarking({ classified: 'TOP_SECRET', relTo: ['CAN'] }).tlp).toBe('CLEAR');
});

test.each<[string, unknown, string]>([
  ['no marking at all', undefined, 'MARKING_MISSING'],
  ['null', null, 'MARKING_MISSING'],
  ['a text', 'SECRET', 'MARKING_MISSING'],
  ['a misspelt field, which must not pass as absence', { classified: 'UNCLASSIFIED', relto: ['CAN'] }, 'UNKNOWN_FIELD'],
  ['no level', {}, 'UNKNOWN_LEVEL'],
  ['a level of another ladder', { classified: 'B' }, 'UNKNOWN_LEVEL'],
  ['a level in lower case', { classified: 'secret', relTo: ['CAN'] }, 'UNKNOWN_LEVEL'],
  ['null for PROTECTED', { classified: 'UNCLASSIFIED', protected: null }, 'UNKNOWN_LEVEL'],
  ['a colour of TLP 1.0', { classified: 'UNCLASSIFIED', tlp: 'WHITE' }, 'UNKNOWN_LEVEL'],
  ['a colour as on the wire', { classified: 'UNCLASSIFIED', tlp: 'AMBER_STRICT' }, 'UNKNOWN_LEVEL'],
  ['null for relTo, which must not pass as ALL', { classified: 'UNCLASSIFIED', relTo: null }, 'MALFORMED_FIELD'],
  ['a nation in place of a list', { classified: 'SECRET', relTo: 'CAN' }, 'MALFORMED_FIELD'],
  ['a number among nations', { classified: 'SECRET', relTo: [7] }, 'MALFORMED_FIELD'],
  ['a word that looks true', { classified: 'UNCLASSIFIED', orcon: 'false' }, 'MALFORMED_FIELD'],
  ['an owner that is an agency', { classified: 'UNCLASSIFIED', owners: ['cse'] }, 'UNKNOWN_NATION'],
  ['an origin with a space', { classified: 'UNCLASSIFIED', origins: ['c se'] }, 'MALFORMED_FIELD'],
  ['an origin with a letter of another script', { classified: 'UNCLASSIFIED', origins: ['сse'] }, 'MALFORMED_FIELD'],
  ['a name of 65 characters', { classified: 'UNCLASSIFIED', origins: ['a'.repeat(65)] }, 'MALFORMED_FIELD'],
  ['a name of 64 characters', { classified: 'UNCLASSIFIED', origins: ['a'.repeat(64)] }, 'made'],
  ['a name that begins with a mark', { classified: 'UNCLASSIFIED', origins: ['-a'] }, 'MALFORMED_FIELD'],
  ['a need-to-know that is no list of lists', { classified: 'UNCLASSIFIED', needToKnow: ['a'] }, 'MALFORMED_FIELD'],
  ['an any-of set without a group', { classified: 'UNCLASSIFIED', needToKnow: [['a'], []] }, 'ANY_OF_EMPTY'],
  ['a compartment without a system', { classified: 'UNCLASSIFIED', compartments: ['-G'] }, 'MALFORMED_COMPARTMENT'],
])('%s: %j gives %s', (_case, fields, code) => {
  expect(codeOf(fields)).toBe(code);
});

test('lists are bounded', () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `g${at}`);
  const systems = (count: number) =>
    Array.from({ length: count }, (_, at) => `S${String.fromCharCode(65 + (at % 26))}${Math.floor(at / 26)}`);
  expect(codeOf({ classified: 'UNCLASSIFIED', origins: names(MAX_MEMBERS) })).toBe('made');
  expect(codeOf({ classified: 'UNCLASSIFIED', origins: names(MAX_MEMBERS + 1) })).toBe('TOO_MANY');
  expect(codeOf({ classified: 'UNCLASSIFIED', compartments: systems(MAX_COMPARTMENTS) })).toBe('made');
  expect(codeOf({ classified: 'UNCLASSIFIED', compartments: systems(MAX_COMPARTMENTS + 1) })).toBe('TOO_MANY');
});

test.each<[string, unknown]>([
  ['classified', 'B'],
  ['protected', 'S'],
  ['compartments', 'SI'],
  ['compartments', ['-G']],
  ['relTo', 'CAN'],
  ['relTo', [7]],
  ['relto', ['CAN']],
  ['tlp', 'WHITE'],
  ['orcon', 0],
  ['owners', 'CAN'],
  ['origins', 'cse'],
  ['origins', ['c se']],
  ['needToKnow', 'a'],
  ['needToKnow', ['a']],
  ['needToKnow', [[]]],
])('a refusal names the field at fault: %s of %j', (field, value) => {
  expect(() => createMarking({ classified: 'UNCLASSIFIED', [field]: value })).toThrow(
    expect.objectContaining({ details: { field }, index: undefined }),
  );
});

test('a refusal of a list that is too long says how long it may be', () => {
  const origins = Array.from({ length: 257 }, (_, at) => `g${at}`);
  const compartments = Array.from({ length: 65 }, (_, at) => `SI-${at}`);
  const refused = (fields: object, details: object) =>
    expect(() => createMarking({ classified: 'UNCLASSIFIED', ...fields })).toThrow(
      expect.objectContaining({ code: 'TOO_MANY', details }),
    );
  refused({ origins }, { field: 'origins', max: 256 });
  refused({ compartments }, { field: 'compartments', max: 64 });
});

test('a refusal names the field and never what stood in it', () => {
  expect(() => createMarking({ classified: 'SECRET', relTo: ['ZZZ'] })).toThrow(MarkingError);
  try {
    createMarking({ classified: 'SECRET', relTo: ['ZZZ'] });
  } catch (fault) {
    const { name, code, retriable, details, index, message } = fault as MarkingError;
    expect({ name, code, retriable, details, index, message }).toEqual({
      name: 'MarkingError',
      code: 'UNKNOWN_NATION',
      retriable: false,
      details: { field: 'relTo' },
      index: undefined,
      message: 'UNKNOWN_NATION',
    });
    expect(Object.isFrozen(details)).toBe(true);
  }
  expect.assertions(3);
});
