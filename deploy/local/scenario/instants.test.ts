import { expect, test } from '@jest/globals';
import { fillInstants, parseDay } from './instants.ts';

const D0 = Date.UTC(2031, 9, 20);

test.each([
  ['an instant', 'at {{D-31T09:30Z}}', 'at 2031-09-19T09:30:00.000Z'],
  ['a date', '"{{D-31:date}}"', '"2031-09-19"'],
  ['seconds since the epoch', '"{{D0:epoch}}"', `"${D0 / 1000}"`],
  ['an instant in seconds', '{{D+1T00:01Z:epoch}}', String(D0 / 1000 + 86_460)],
  ['text without tokens', '{ "a": {"b": 1} }', '{ "a": {"b": 1} }'],
])('%s is filled in', (_case, template, filled) => {
  expect(fillInstants(template, D0)).toBe(filled);
});

test('a token that cannot be read is refused with its text', () => {
  expect(() => fillInstants('{{tomorrow}}', D0)).toThrow('{{tomorrow}} is no scenario instant');
});

test('days are read with their sign', () => {
  expect(['D-36', 'D0', 'D+15'].map(parseDay)).toEqual([-36, 0, 15]);
  expect(() => parseDay('D')).toThrow('"D" is no scenario day');
});
