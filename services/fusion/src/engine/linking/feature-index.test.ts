// The index of values: what follows from a value is known, however many values there are.

import { expect, test } from '@jest/globals';
import { someRules } from '../../testing/observations.ts';
import { FeatureIndex } from './feature-index.ts';

test('of every domain the registered one is known, of every stay its days, while tables grow', () => {
  const rules = someRules();
  const index = new FeatureIndex(rules, 0);
  const kindOf = (kind: string) => rules.kindNumbers.get(kind)!;
  const day = Date.UTC(2031, 9, 1);
  for (let n = 0; n < 20_000; n += 1) {
    const host = index.intern(kindOf('domain'), `www.host-${n}.example`);
    expect(followingFrom(index, host)).toEqual([`host-${n}.example`]);
    if (n % 10 > 0) continue;
    const stay = index.intern(kindOf('place-time'), `harbour-${n} ${day} ${day + 90_000_000}`);
    expect(followingFrom(index, stay)).toEqual([`harbour-${n} 2031-10-01`, `harbour-${n} 2031-10-02`]);
    expect(followingFrom(index, index.intern(kindOf('hash'), `${n}`))).toEqual([]);
  }
});

function followingFrom(index: FeatureIndex, value: number): string[] {
  const found: string[] = [];
  for (let at = index.derivedStart(value); at < index.derivedEnd(value); at += 1)
    found.push(index.values.textOf(index.derivedAt(at)));
  return found;
}
