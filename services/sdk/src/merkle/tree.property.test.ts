// The tree against the definition: RFC 9162 §2.1 written down naively, over whole lists of leaves.
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCompactRange } from './compact-range.ts';
import { emptyRoot, hashLeaf, sameHash } from './hash.ts';
import { createMerkleTree } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './verify.ts';

const sha256 = (...parts: Uint8Array[]): Uint8Array => createHash('sha256').update(Buffer.concat(parts)).digest();
const splitOf = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/** MTH(D_n), as defined: over leaves, nothing remembered. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), first);
  const k = splitOf(leaves.length);
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** PATH(m, D_n), as defined. */
function pathOf(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
  if (leaves.length === 1) return [];
  const k = splitOf(leaves.length);
  return index < k
    ? [...pathOf(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...pathOf(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

const aLeaf = fc.uint8Array({ maxLength: 3 }); // short: equal leaves on purpose
const someLeaves = fc.array(aLeaf, { minLength: 1, maxLength: 70 });
const leavesAndPlace = someLeaves.chain((leaves) =>
  fc.tuple(fc.constant(leaves), fc.integer({ min: 0, max: leaves.length - 1 }), fc.integer({ min: 1, max: leaves.length })),
); // prettier-ignore
const bytes = (hash: Uint8Array | undefined): string => Buffer.from(hash ?? []).toString('hex');

function treeOf(leaves: readonly Uint8Array[]) {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.append(hashLeaf(leaf));
  return tree;
}

test('the root at every size is the defined one, and the compact range has the same', () => {
  fc.assert(
    fc.property(someLeaves, (leaves) => {
      const tree = treeOf(leaves);
      const range = createCompactRange();
      for (const [at, leaf] of leaves.entries()) {
        range.append(hashLeaf(leaf));
        expect(bytes(range.root())).toBe(bytes(rootOf(leaves.slice(0, at + 1))));
      }
      for (let size = 0; size <= leaves.length; size += 1)
        expect(bytes(tree.rootAt(size))).toBe(bytes(rootOf(leaves.slice(0, size))));
    }),
    { numRuns: 60 },
  );
});

test('an inclusion proof is the defined path, and leads from its leaf to the root', () => {
  fc.assert(
    fc.property(leavesAndPlace, ([leaves, place, size]) => {
      const index = place % size;
      const tree = treeOf(leaves);
      const proof = tree.inclusionProof(index, size);
      expect(proof.map(bytes)).toEqual(pathOf(index, leaves.slice(0, size)).map(bytes));
      const leafHash = hashLeaf(leaves[index] ?? new Uint8Array());
      expect(verifyInclusion({ index, size, leafHash, proof, root: tree.rootAt(size) })).toBe(true);
    }),
  );
});

test('a consistency proof holds between any two sizes of one tree', () => {
  fc.assert(
    fc.property(leavesAndPlace, ([leaves, place, to]) => {
      const from = (place % to) + 1;
      const tree = treeOf(leaves);
      const [fromRoot, toRoot] = [tree.rootAt(from), tree.rootAt(to)];
      expect(verifyConsistency({ from, to, fromRoot, toRoot, proof: tree.consistencyProof(from, to) })).toBe(true);
    }),
  );
});

test('a changed, deleted or reordered leaf below an earlier size makes the trees inconsistent', () => {
  const damage = fc.constantFrom('change', 'delete', 'swap');
  fc.assert(
    fc.property(leavesAndPlace, damage, ([leaves, place, to], how) => {
      const from = (place % to) + 1;
      const at = place % from;
      const honest = treeOf(leaves);
      const forged = [...leaves.map((leaf) => Buffer.from(leaf))];
      if (how === 'change') forged[at] = Buffer.concat([forged[at] ?? Buffer.of(), Buffer.of(7)]);
      if (how === 'delete') forged.splice(at, 1);
      if (how === 'swap') forged.unshift(...forged.splice(at, 1));
      fc.pre(forged.length >= from && !sameHash(treeOf(forged).rootAt(from), honest.rootAt(from)));
      const other = treeOf(forged);
      const size = Math.min(to, other.size);
      const proof = other.consistencyProof(from, size);
      const claim = { from, to: size, fromRoot: honest.rootAt(from), toRoot: other.rootAt(size), proof };
      expect(verifyConsistency(claim)).toBe(false);
    }),
  );
});

test('a proof with any one bit turned proves nothing', () => {
  fc.assert(
    fc.property(leavesAndPlace, fc.nat(), ([leaves, place, size], bit) => {
      const index = place % size;
      const tree = treeOf(leaves);
      const proof = tree.inclusionProof(index, size);
      fc.pre(proof.length > 0);
      const turned = proof[bit % proof.length] as Uint8Array;
      turned[bit % 32] = (turned[bit % 32] ?? 0) ^ (1 << (bit % 8));
      const leafHash = hashLeaf(leaves[index] ?? new Uint8Array());
      expect(verifyInclusion({ index, size, leafHash, proof, root: tree.rootAt(size) })).toBe(false);
    }),
  );
});

test('the tree of no leaf has the hash of nothing as its root', () => {
  expect(bytes(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(bytes(createCompactRange().root())).toBe(bytes(emptyRoot()));
});

test('a tree refuses to speak of leaves it has not', () => {
  const tree = treeOf([Buffer.from('a'), Buffer.from('b')]);
  expect(() => tree.rootAt(3)).toThrow(RangeError);
  expect(() => tree.inclusionProof(2, 2)).toThrow(RangeError);
  expect(() => tree.consistencyProof(0, 2)).toThrow(RangeError);
  expect(() => tree.consistencyProof(2, 3)).toThrow(RangeError);
});
