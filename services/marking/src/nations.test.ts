import { expect, test } from '@jest/globals';
import { isNation, UNKNOWN_NATION } from './nations.ts';

const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));

test('of all words of three letters, those that ISO 3166-1 assigns are nations', () => {
  const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c))).filter(isNation);
  expect(codes).toHaveLength(249);
  expect(codes).toEqual(expect.arrayContaining(['ABW', 'AUS', 'BLR', 'BLZ', 'CAN', 'GBR', 'NZL', 'USA', 'ZWE']));
});

test.each(['', ' ', '\n', 'CA', 'CANA', 'can', 'CAN ', 'FVEY', 'EUR', 'ENG', 'XAA', 'XKX', UNKNOWN_NATION])(
  '%j is none',
  (code) => {
    expect(isNation(code)).toBe(false);
  },
);

test('the nation that nobody knows has the code that ISO 3166-1 leaves to its users', () => {
  expect(UNKNOWN_NATION).toBe('XXX');
});
