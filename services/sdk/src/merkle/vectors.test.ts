// Proof vectors: a few of our own, committed, and the 196 of the conformance data where it is at hand.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { sharedData } from '../../../../test/support/shared-data.ts';
import { hashLeaf } from './hash.ts';
import { createMerkleTree } from './tree.ts';
import { verifyConsistency, verifyInclusion } from './verify.ts';

interface Vector {
  readonly desc: string;
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly leafIdx?: number;
  readonly treeSize?: number;
  readonly root?: string;
  readonly leafHash?: string;
  readonly size1?: number;
  readonly size2?: number;
  readonly root1?: string;
  readonly root2?: string;
}

const fromBase64 = (text = ''): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

function holds(vector: Vector): boolean {
  const proof = (vector.proof ?? []).map(fromBase64);
  return vector.leafIdx === undefined
    ? verifyConsistency({
        from: vector.size1 ?? -1, to: vector.size2 ?? -1, proof,
        fromRoot: fromBase64(vector.root1), toRoot: fromBase64(vector.root2),
      })
    : verifyInclusion({
        index: vector.leafIdx, size: vector.treeSize ?? -1, proof,
        leafHash: fromBase64(vector.leafHash), root: fromBase64(vector.root),
      }); // prettier-ignore
}

const own = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8')) as {
  readonly leaves: readonly string[];
  readonly roots: readonly string[];
  readonly vectors: readonly Vector[];
};

test.each(own.vectors)('own vector: $desc', (vector) => {
  expect(holds(vector)).toBe(!vector.wantErr);
});

test('the roots of our own seven leaves are those that were worked out apart from this code', () => {
  const tree = createMerkleTree();
  for (const leaf of own.leaves) tree.append(hashLeaf(new TextEncoder().encode(leaf)));
  expect(own.roots.map((_root, size) => Buffer.from(tree.rootAt(size)).toString('base64'))).toEqual(own.roots);
});

test('the tree has the roots that every RFC 6962 implementation publishes', () => {
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const tree = createMerkleTree();
  for (const hex of inputs) tree.append(hashLeaf(new Uint8Array(Buffer.from(hex, 'hex'))));
  expect([0, 1, 8].map((size) => Buffer.from(tree.rootAt(size)).toString('hex'))).toEqual([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]);
});

const folder = sharedData('data/conformance/merkle');
(folder === undefined ? test.skip : test)('row 28 all 196 vectors of the conformance data are judged as they say', () => {
  const files = readdirSync(folder ?? '', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const vectors = files.map((file) => ({ file, ...(JSON.parse(readFileSync(join(folder ?? '', file), 'utf8')) as Vector) }));
  expect(vectors).toHaveLength(196);
  expect(vectors.filter((vector) => vector.wantErr).length).toBeGreaterThan(100);
  expect(vectors.filter((vector) => holds(vector) === vector.wantErr).map(({ file }) => file)).toEqual([]);
}); // prettier-ignore
