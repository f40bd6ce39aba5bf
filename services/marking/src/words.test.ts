import { expect, test } from '@jest/globals';
import * as words from './words.ts';

const tables = { BANNER: words.BANNER, PORTION: words.PORTION };

test('levels are spelled in full in a banner, and in short in a portion', () => {
  expect(words.BANNER).toEqual({
    classified: { UNCLASSIFIED: 'UNCLASSIFIED', CONFIDENTIAL: 'CONFIDENTIAL', SECRET: 'SECRET', TOP_SECRET: 'TOP SECRET' },
    protected: { A: 'PROTECTED A', B: 'PROTECTED B', C: 'PROTECTED C' },
  }); // prettier-ignore
  expect(words.PORTION).toEqual({
    classified: { UNCLASSIFIED: 'U', CONFIDENTIAL: 'C', SECRET: 'S', TOP_SECRET: 'TS' },
    protected: { A: 'PA', B: 'PB', C: 'PC' },
  });
});

test.each(Object.entries(tables))('no word of %s begins another, and nothing can be put into it', (_name, table) => {
  const spelled = [...Object.values(table.classified), ...Object.values(table.protected)];
  for (const word of spelled) expect(spelled.filter((other) => other.startsWith(word))).toEqual([word]);
  expect([table, table.classified, table.protected].every((each) => Object.isFrozen(each))).toBe(true);
});

test('what is not a level is spelled like this', () => {
  const { ORCON, REL_TO, REL_TO_NONE, TLP_PREFIX, CANADIAN_EYES_ONLY, CANADA } = words;
  expect([ORCON, REL_TO, REL_TO_NONE, TLP_PREFIX, CANADIAN_EYES_ONLY, CANADA]).toEqual([
    'ORCON',
    'REL TO ',
    'REL TO NONE',
    'TLP:',
    'CANADIAN EYES ONLY',
    'CAN',
  ]);
});
