import { expect, test } from '@jest/globals';
import { isSubdivision, isSystem, withAncestors } from './compartment.ts';

test('a system has two or three characters and begins with a letter', () => {
  expect(['SI', 'TK', 'HCS', 'K2', 'R2D'].filter(isSystem)).toEqual(['SI', 'TK', 'HCS', 'K2', 'R2D']);
  expect(['', 'S', 'SIGI', '2K', 'si', 'S-', 'SI\n', ' SI', 'ЅІ'].filter(isSystem)).toEqual([]);
});

test('trap: an abbreviation that means something else in a marking is not read as a system', () => {
  const taken = [
    'TS',
    'PA',
    'PB',
    'PC',
    'NF',
    'OC',
    'RS',
    'IMC',
    'DS',
    'LES',
    'SBU',
    'FGI',
    'REL',
    'RD',
    'FRD',
    'EYE',
    'CEO',
    'TLP',
    'ALL',
  ];
  expect(taken.filter(isSystem)).toEqual([]);
});

test('a subdivision has one to eight capitals or digits', () => {
  expect(['G', '9', 'ABCD', 'ABCD1234'].filter(isSubdivision)).toEqual(['G', '9', 'ABCD', 'ABCD1234']);
  expect(['', 'ABCD12345', 'g', 'A-B', 'A B', ' A', 'A\n'].filter(isSubdivision)).toEqual([]);
});

test('a compartment comes with what it lies in', () => {
  expect([...new Set(withAncestors('SI'))]).toEqual(['SI']);
  expect([...new Set(withAncestors('SI-G'))]).toEqual(['SI', 'SI-G']);
  expect([...new Set(withAncestors('SI-G ABCD'))]).toEqual(['SI', 'SI-G', 'SI-G ABCD']);
});

test.each([
  '',
  'S',
  'SI-',
  '-G',
  'SI-G-H',
  'SI G',
  'SI-G ',
  'SI- G',
  'SI-G A B',
  'SI-G-H A B',
  'SI-g',
  'SI-G a',
  'SI--G',
  'SI-G A-B',
  'NF',
  'NF-G',
])('the malformed compartment %j is refused', (compartment) => {
  expect(() => withAncestors(compartment)).toThrow(
    expect.objectContaining({ code: 'MALFORMED_COMPARTMENT', details: { field: 'compartments' } }),
  );
});
