// The keeper finds every way in which leaves can stop being what was signed: deletion, reordering, forking, truncation.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTreeKeeper } from './tree-keeper.ts';
import type { TreeHead } from './tree-keeper.ts';

const someLeaves = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 40 });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Reads leaves as the topic has them. @returns the code of what did not fit. */
function read(leaves: readonly string[], signed: readonly TreeHead[]): string | undefined {
  try {
    const keeper = createTreeKeeper(signed);
    for (const [index, leaf] of leaves.entries()) keeper.append(index, bytes(leaf));
    keeper.ended();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

function headsOf(leaves: readonly string[], sizes: readonly number[]): TreeHead[] {
  return sizes.map((size) => {
    const keeper = createTreeKeeper([]);
    for (const [index, leaf] of leaves.slice(0, size).entries()) keeper.append(index, bytes(leaf));
    return keeper.head();
  });
}

test('leaves that are as they were signed are taken, and more may follow', () => {
  fc.assert(
    fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, a, b) => {
      expect(read(leaves, headsOf(leaves, [a % leaves.length, b % leaves.length, 0]))).toBeUndefined();
    }),
  );
});

test.each(['changed', 'deleted', 'moved'])('a leaf %s below a signed size is a fork', (how) => {
  fc.assert(
    fc.property(someLeaves, fc.nat(), fc.nat(), (leaves, place, cut) => {
      const size = (cut % (leaves.length - 1)) + 1;
      const at = place % size;
      const forged = [...leaves];
      if (how === 'changed') forged[at] = 'forged';
      if (how === 'deleted') forged.splice(at, 1);
      if (how === 'moved') [forged[at], forged[leaves.length - 1]] = [forged.at(-1) ?? '', forged[at] ?? ''];
      expect(read(forged, headsOf(leaves, [size]))).toBe('LEDGER_FORKED');
    }),
  );
});

test('fewer leaves than were signed are a truncation', () => {
  fc.assert(
    fc.property(someLeaves, fc.nat(), (leaves, cut) => {
      expect(read(leaves.slice(0, cut % leaves.length), headsOf(leaves, [leaves.length]))).toBe('LEDGER_TRUNCATED');
    }),
  );
});

test('two roots that were signed for one size are a fork, whatever the leaves are', () => {
  const [one] = headsOf(['a', 'b'], [2]);
  const [other] = headsOf(['a', 'c'], [2]);
  expect(read(['a', 'b'], [one!, other!])).toBe('LEDGER_FORKED');
  expect(read(['a', 'b'], [one!, one!])).toBeUndefined();
});

test('a leaf that is not there leaves a hole, and is missed', () => {
  const keeper = createTreeKeeper([]);
  keeper.append(0, bytes('a'));
  expect(() => keeper.append(2, bytes('c'))).toThrow(expect.objectContaining({ code: 'LEAF_MISSING' }));
});
