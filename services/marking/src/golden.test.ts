// The marking vectors that integrators test against, schemas/examples/markings.json, and the kernel agree.

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createMarking, type MarkingFields } from './create.ts';
import { isImportRefusal, readImportedMarking } from './import-reader.ts';
import { parse } from './parse.ts';
import { parsePortion, printPortion } from './portion.ts';
import { print } from './print.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../../../schemas/examples/markings.json', import.meta.url), 'utf8'),
) as {
  homeNation: string;
  nationGroups: Record<string, string[]>;
  valid: { text: string; portion: string; fields: MarkingFields }[];
  invalid: { text: string; code: string; index: number }[];
  imported: { text: string; owner?: string; canonical?: string; reason?: string; index?: number }[];
};
const { homeNation, nationGroups } = vectors;

test('there are vectors of each kind', () => {
  expect(Math.min(vectors.valid.length, vectors.invalid.length, vectors.imported.length)).toBeGreaterThan(10);
});

test.each(vectors.valid)('$text is read and written, as banner and as portion', ({ text, portion, fields }) => {
  const marking = createMarking(fields);
  expect([parse(text, { homeNation }), parsePortion(portion, { homeNation })]).toEqual([marking, marking]);
  expect([print(marking, { homeNation }), printPortion(marking, { homeNation })]).toEqual([text, portion]);
});

test.each(vectors.invalid)('"$text" is refused as $code at $index', ({ text, code, index }) => {
  expect(() => parse(text, { homeNation })).toThrow(expect.objectContaining({ code, index }));
});

test.each(vectors.imported)('"$text" of $owner is imported, or refused, as written', ({ text, owner, ...expected }) => {
  const result = readImportedMarking(text, { owner, homeNation, nationGroups });
  expect(isImportRefusal(result) ? result : { canonical: print(result, { homeNation }) }).toEqual(expected);
});
