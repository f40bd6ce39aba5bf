// What a reader finds out about a delivery, and about two checkpoints, with nothing but keys they trust.
import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { toBase64 } from './base64.ts';
import { checkpointText, ledgerOrigin } from './checkpoint.ts';
import { keyIdOf, renderNote } from './signed-note.ts';
import { hashLeaf } from './hash.ts';
import { createMerkleTree } from './tree.ts';
import { commitmentOf, toHex, verifyCheckpoints, verifyDelivery } from './verify-delivery.ts';

const ORIGIN = ledgerOrigin('s-can');
const pair = generateKeyPairSync('ed25519');
const publicKey = new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
const key = { name: ORIGIN, keyId: keyIdOf(ORIGIN, publicKey), publicKey };
const SALT = Buffer.alloc(32, 5);
const received = [{ id: 'a-1', contentHash: 'c1' }, { id: 'a-2', contentHash: 'c2' }]; // prettier-ignore
const leafOf = (n: number): string => JSON.stringify({ seq: n, eventCommit: toHex(commitmentOf(SALT, received)) });

function aTree(leaves: readonly string[]) {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.append(hashLeaf(new TextEncoder().encode(leaf)));
  return tree;
}

function noteOf(tree: ReturnType<typeof aTree>, size = tree.size, origin = ORIGIN): string {
  const text = checkpointText({ origin, size, root: tree.rootAt(size), at: '2031-10-02T14:05:15.000Z' });
  const signature = new Uint8Array(sign(null, Buffer.from(text), pair.privateKey));
  return renderNote(text, [{ name: origin, keyId: keyIdOf(origin, publicKey), signature }]);
}

const leaves = [0, 1, 2, 3, 4].map(leafOf);
const tree = aTree(leaves);
const delivery = {
  index: 3,
  leaf: leafOf(3),
  proof: tree.inclusionProof(3, 5).map(toBase64),
  opening: { salt: SALT.toString('base64url'), records: received },
};

test('a delivery whose leaf leads to a signed root is proven, and every hash is told', () => {
  const verdict = verifyDelivery(delivery, noteOf(tree), [key]);
  expect(verdict.status).toBe('PROVEN');
  expect(verdict.isContentCompared).toBe(true);
  expect(verdict.steps.map(({ side }) => side)).toEqual(['left', 'left', 'right']);
  expect(toHex(verdict.steps.at(-1)?.result ?? new Uint8Array())).toBe(toHex(tree.rootAt(5)));
});

test('a delivery newer than the checkpoint is not yet in it', () => {
  expect(verifyDelivery({ ...delivery, proof: undefined }, noteOf(tree, 3), [key]).status).toBe(
    'NOT_YET_IN_CHECKPOINT',
  );
});

test.each([
  ['the leaf was altered', { ...delivery, leaf: leafOf(2) }, noteOf(tree), 'OTHER_ROOT'],
  ['the proof is for another place', { ...delivery, index: 4 }, noteOf(tree), 'PROOF_DOES_NOT_FIT'],
  ['the proof is no base64', { ...delivery, proof: ['?'] }, noteOf(tree), 'PROOF_DOES_NOT_FIT'],
  ['something else was received', { ...delivery, opening: { ...delivery.opening, records: [...received].reverse() } }, noteOf(tree), 'OTHER_CONTENT'],
  ['the salt is not the leaf’s', { ...delivery, opening: { ...delivery.opening, salt: 'AAAA' } }, noteOf(tree), 'OTHER_CONTENT'],
  ['the checkpoint is of another tree', delivery, noteOf(aTree(['x', 'y', 'z', 'v', 'w'])), 'OTHER_ROOT'],
  ['the checkpoint was altered', delivery, noteOf(tree).replace('\n5\n', '\n6\n'), 'CHECKPOINT_UNSIGNED'],
  ['the checkpoint is no note', delivery, 'hello', 'CHECKPOINT_UNREADABLE'],
])('a delivery is not proven when %s', (_case, bad, note, reason) => {
  expect(verifyDelivery(bad, note, [key])).toMatchObject({ status: 'NOT_PROVEN', reason });
}); // prettier-ignore

test('two checkpoints of one ledger are consistent, whichever is given first', () => {
  const proof = tree.consistencyProof(2, 5).map(toBase64);
  expect(verifyCheckpoints([noteOf(tree, 2), noteOf(tree, 5)], proof, [key])).toBe('CONSISTENT');
  expect(verifyCheckpoints([noteOf(tree, 5), noteOf(tree, 2)], proof, [key])).toBe('CONSISTENT');
  expect(verifyCheckpoints([noteOf(tree, 0), noteOf(tree, 5)], [], [key])).toBe('CONSISTENT');
});

const forked = aTree([...leaves.slice(0, 2), leafOf(9), ...leaves.slice(3)]);
test.each([
  ['a leaf was changed after the older one', [noteOf(tree, 3), noteOf(forked)], forked.consistencyProof(3, 5), 'NOT_PROVEN'],
  ['two roots were signed for one size', [noteOf(tree), noteOf(forked)], [], 'FORKED'],
  ['the newer one is shorter than what is proven', [noteOf(tree, 2), noteOf(tree, 4)], tree.consistencyProof(2, 5), 'NOT_PROVEN'],
  ['one of them is not signed', [noteOf(tree, 2), noteOf(tree).replace('\n5\n', '\n6\n')], [], 'UNSIGNED'],
] as const)('checkpoints are not called consistent when %s', (_case, [a, b], proof, finding) => {
  expect(verifyCheckpoints([a, b], proof.map(toBase64), [key])).toBe(finding);
}); // prettier-ignore

test('checkpoints of two ledgers are not compared', () => {
  const other = { ...key, name: ledgerOrigin('public'), keyId: keyIdOf(ledgerOrigin('public'), publicKey) };
  const notes = [noteOf(tree, 2), noteOf(tree, 5, ledgerOrigin('public'))] as const;
  expect(verifyCheckpoints(notes, [], [key, other])).toBe('OTHER_LOGS');
});
