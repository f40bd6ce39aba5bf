// The machine's hashes are those that a browser makes.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { portableHashing, toHex } from '@sitebus/sdk/merkle';
import { machineHashing } from './machine-hashing.ts';

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('leaves and nodes have one hash, by the machine and by what runs anywhere', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 700 }), hashes, hashes, (leaf, left, right) => {
    expect(toHex(machineHashing.leaf(leaf))).toBe(toHex(portableHashing.leaf(leaf)));
    expect(toHex(machineHashing.node(left, right))).toBe(toHex(portableHashing.node(left, right)));
  }), { numRuns: 500 });
}); // prettier-ignore

test('a hash that was given keeps its bytes when others follow', () => {
  const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const first = machineHashing.node(a, b);
  const kept = toHex(first);
  machineHashing.node(b, a);
  expect(toHex(first)).toBe(kept);
});
