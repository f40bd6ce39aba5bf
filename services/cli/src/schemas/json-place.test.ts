import { expect, test } from '@jest/globals';
import { placeOfFault } from './json-place.ts';

test.each([
  ['a word that is none', '{\n  "type": record,\n  "name": "X"\n}', 'line 2, column 11'],
  ['a value that is missing', '{"a": }', 'line 1, column 7'],
  ['a comma that is missing', '{\n "a": 1\n "b": 2\n}', 'line 3, column 2'],
  ['a comma too many', '[1, 2,\n]', 'line 2, column 1'],
  ['single quotes', "{'a': 1}", 'line 1, column 2'],
  ['a colon that is missing', '{"a" 1}', 'line 1, column 6'],
  ['a second document', '{}\n{}', 'line 2, column 1'],
  ['a text cut off between tokens', '{"a": [1, 2', 'line 1, column 12'],
  ['a brace that closes a list', '{"a": [1}', 'line 1, column 9'],
  ['a word beside many others', `[${'true, null, -1.5e3, "x\\"y", '.repeat(500)}trve]`, 'line 1, column 14002'],
  ['no text at all', '', 'line 1, column 1'],
])('%s is found', (_what, text, place) => {
  expect(() => JSON.parse(text) as unknown).toThrow();
  expect(placeOfFault(text)).toBe(place);
});
