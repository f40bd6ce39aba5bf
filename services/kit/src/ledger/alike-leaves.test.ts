// What leaves share is written once; each is the one canonical text of its leaf.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText } from '../canonical.ts';
import { createAlikeLeaves, type OwnFields } from './alike-leaves.ts';

test('leaves that share what they say are the canonical texts of the whole, whatever is shared and whoever is named', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(undefined), fc.array(fc.string()));
  const name = fc.string({ unit: 'grapheme' }).filter((each) => !['epoch', 'onBehalfOf', 'seq', 'who', '__proto__'].includes(each));
  const own = fc.record({ epoch: fc.nat(), onBehalfOf: fc.string({ unit: 'grapheme' }), seq: fc.nat(), who: fc.string() }, { requiredKeys: ['epoch', 'seq', 'who'] });
  fc.assert(fc.property(fc.dictionary(name, value), fc.array(own), (shared, readers) => {
    const write = createAlikeLeaves(shared);
    for (const reader of readers)
      expect(write(reader as OwnFields)).toBe(canonicalText({ ...shared, ...reader }));
  }), { numRuns: 1_000 });
}); // prettier-ignore

test('a leaf’s own fields stand between those it shares', () => {
  const write = createAlikeLeaves({ at: 't', zone: 'z', reason: 'R' });
  expect(write({ who: 'ada', seq: 3, epoch: 1, onBehalfOf: 'cse' })).toBe(
    '{"at":"t","epoch":1,"onBehalfOf":"cse","reason":"R","seq":3,"who":"ada","zone":"z"}',
  );
  expect(write({ who: 'eve', seq: 4, epoch: 2 })).toBe(
    '{"at":"t","epoch":2,"reason":"R","seq":4,"who":"eve","zone":"z"}',
  );
});
