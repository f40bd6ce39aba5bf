// What a record states as numbers: each once and ascending, however many and in whatever order it says them.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FeatureIndex } from '../linking/feature-index.ts';
import { pack } from '../observation-packer.ts';
import type { LinkingValue } from '../observation.ts';
import { RECORD_WORDS, WORD } from '../packed-observations.ts';
import { anObservation, someRules } from '../../testing/observations.ts';
import { linkingValues } from './linking-values.ts';

/** Packed under another seed than the index has: hashes are worked out anew. */
function numbersOf(index: FeatureIndex, features: readonly LinkingValue[]): number[] {
  const packed = pack(someRules(), 7, [anObservation(1, { features })]);
  const numbers: number[] = [];
  linkingValues(index, packed, RECORD_WORDS, packed.words[WORD.values]!, numbers);
  return numbers;
}

test('numbers are those of the values and of what follows from them, each once, ascending', () => {
  const rules = someRules();
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 90 }), (drawn) => {
      const index = new FeatureIndex(rules, 0);
      for (let n = 60; n >= 0; n -= 1) index.intern(rules.kindNumbers.get('domain')!, `www.d${n}.example`);
      const features = drawn.map((n) => ({ kind: 'domain', value: `www.d${n}.example` }));
      const numbers = numbersOf(index, features);
      const names = new Set(drawn.flatMap((n) => [`www.d${n}.example`, `d${n}.example`]));
      expect(new Set(numbers.map((number) => index.values.textOf(number)))).toEqual(names);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['192.0.2.200', '192.0.2.0/24'],
  ['2001:db8:1:2::3', '2001:db8:1::/48'],
  ['::ffff:192.0.2.1', '::/48'],
])('the network of %s is %s', (address, network) => {
  const rules = someRules();
  const index = new FeatureIndex(rules, 0);
  const numbers = numbersOf(index, [{ kind: 'ip', value: address }]);
  expect(numbers.map((number) => index.values.textOf(number))).toContain(network);
});
