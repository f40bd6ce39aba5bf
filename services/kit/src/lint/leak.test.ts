// Leaks of a draft: found however a value is written, and never of a record that was not given.

import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { fileURLToPath } from 'node:url';
import { leaksIn, type LeakSource } from './leak.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const RUNS = propertyRuns(3_000);
const SECRET: LeakSource = {
  id: 'one',
  values: [
    { kind: 'domain', value: 'leak-river.example' },
    { kind: 'url', value: 'https://leak-river.example/a' },
    { kind: 'account', value: 'lantern:clear_river' },
  ],
  texts: ['A contractor of Varkovia bought the file from a member of staff in June.'],
};
const found = (text: string, sources: readonly LeakSource[] = [SECRET]) =>
  leaksIn({ kind: 'notice', en: { known: text } }, sources, policy).map(({ level, place, sources: ids }) => [level, text.slice(place.start, place.end), ids]); // prettier-ignore

test('a value is found however it is written, and not inside another', () => {
  for (const written of ['leak-river.example', 'LEAK-RIVER.example', 'leak-river[.]example', 'leak-river(dot)example'])
    expect(found(`See ${written} now.`)).toEqual([['E', written, ['one']]]);
  expect(found('See hxxps://leak-river[.]example/a.')).toContainEqual(['E', 'hxxps://leak-river[.]example/a', ['one']]);
  expect(found('By @clear_river.')).toEqual([['E', 'clear_river', ['one']]]);
  for (const other of ['leak-riverXexample', 'leak-river.example2', 'clear_rivers', 'bleak-river.example']) expect(found(other)).toEqual([]);
}); // prettier-ignore

test('a run of words is one place, whatever stands between them, and fewer words are none', () => {
  expect(found('It is said that a contractor of Varkovia, “bought” the file!')).toEqual([
    ['W', 'a contractor of Varkovia, “bought” the file', ['one']],
  ]);
  expect(found('A contractor of Varkovia bought it.')).toEqual([]);
});

test('what is not given changes nothing: a record is found by its own values alone, and every place is in the draft', () => {
  const word = fc.constantFrom('river', 'leak', 'a.example', 'b.example', 'the', 'file', '[.]', 'x$', '(');
  const words = fc.array(word, { maxLength: 12 }).map((each) => each.join(' '));
  const source = fc.record({ id: fc.constantFrom('a', 'b', 'c'), values: fc.array(fc.record({ kind: fc.constantFrom('domain', 'account'), value: word })), texts: fc.array(words, { maxLength: 2 }) }); // prettier-ignore
  fc.assert(
    fc.property(words, fc.array(source, { maxLength: 3 }), source, (draft, sources, other) => {
      const product = { kind: 'notice', en: { known: draft } } as const;
      const without = leaksIn(product, sources, policy);
      const all = leaksIn(product, [...sources, { ...other, id: 'other' }], policy);
      expect(all.filter(({ sources: ids }) => !ids.includes('other')).every((each) => JSON.stringify(without).includes(JSON.stringify(each.place)))).toBe(true); // prettier-ignore
      for (const { place } of all) expect(place.start < place.end && place.end <= draft.length).toBe(true);
      expect(leaksIn(product, [], policy)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});
