// Signed checkpoints: text form, keys, and what spoils a note. Signatures are made by Node's own Ed25519.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { checkpointText, ledgerOrigin, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { hashLeaf } from './hash.ts';
import { keyIdOf, parseVerifierKey, renderNote, renderVerifierKey } from './signed-note.ts';
import type { VerifierKey } from './signed-note.ts';

const ORIGIN = ledgerOrigin('s-can');
const checkpoint: Checkpoint = {
  origin: ORIGIN,
  size: 41,
  root: hashLeaf(new TextEncoder().encode('made up')),
  at: '2031-10-02T14:05:15.000Z',
};

function aKey(seed: number, name = ORIGIN) {
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  const keyId = keyIdOf(name, publicKey);
  const signed = (text: string) => ({ name, keyId, signature: new Uint8Array(sign(null, Buffer.from(text), privateKey)) });
  return { verifier: parseVerifierKey(renderVerifierKey(name, publicKey)) as VerifierKey, signed };
} // prettier-ignore

const [old, fresh, stranger] = [aKey(1), aKey(2), aKey(3)];
const text = checkpointText(checkpoint);
const note = renderNote(text, [old.signed(text)]);

test('a note reads as origin, size, root and time, an empty line, and a line a signature', () => {
  expect(note.split('\n').slice(0, 5)).toEqual([
    'sitebus/ledger.s-can',
    '41',
    Buffer.from(checkpoint.root).toString('base64'),
    'time 2031-10-02T14:05:15.000Z',
    '',
  ]);
  expect(note.split('\n')[5]).toMatch(/^— sitebus\/ledger\.s-can [A-Za-z0-9+/]{91}=$/);
  expect(parseCheckpoint(note)?.checkpoint).toEqual(checkpoint);
});

test('a note that Node signed is verified by the browser code', () => {
  expect(verifyCheckpoint(note, [old.verifier])).toEqual({ checkpoint, signers: [old.verifier.keyId] });
});

test('while keys overlap, either of them is enough', () => {
  const both = renderNote(text, [old.signed(text), fresh.signed(text)]);
  expect(verifyCheckpoint(both, [old.verifier])?.signers).toEqual([old.verifier.keyId]);
  expect(verifyCheckpoint(both, [fresh.verifier])?.signers).toEqual([fresh.verifier.keyId]);
  expect(verifyCheckpoint(both, [old.verifier, fresh.verifier])?.signers).toHaveLength(2);
});

test.each([
  ['nobody known has signed', note, [stranger.verifier]],
  ['a known key has signed another text', renderNote(text, [old.signed(`${text} `)]), [old.verifier]],
  ['one good signature stands beside a bad one', renderNote(text, [fresh.signed(text), old.signed('x')]), [old.verifier, fresh.verifier]],
  ['the size was raised afterwards', note.replace('\n41\n', '\n42\n'), [old.verifier]],
  ['the key belongs to another ledger', renderNote(text, [aKey(1, ledgerOrigin('public')).signed(text)]), [aKey(1, ledgerOrigin('public')).verifier]],
])('a note proves nothing when %s', (_case, bad, keys) => {
  expect(parseCheckpoint(bad)).toBeDefined();
  expect(verifyCheckpoint(bad, keys)).toBeUndefined();
}); // prettier-ignore

test.each([
  ['no signature', `${text}\n`],
  ['a size with a leading zero', note.replace('\n41\n', '\n041\n')],
  ['a size beyond what counts exactly', note.replace('\n41\n', '\n9999999999999999\n')],
  ['a short root', note.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\nAAAA\n')],
  ['no time', note.replace(/time .*\n/, '')],
  ['another line', note.replace('time ', 'other\ntime ')],
  ['text after the signatures', `${note}more`],
  ['nothing', ''],
])('a note with %s is no checkpoint', (_case, bad) => {
  expect(parseCheckpoint(note)).toBeDefined();
  expect(parseCheckpoint(bad)).toBeUndefined();
});

test('a key whose id does not belong to it is refused', () => {
  const key = renderVerifierKey(ORIGIN, old.verifier.publicKey);
  expect(parseVerifierKey(key)?.keyId).toBe(old.verifier.keyId);
  expect(parseVerifierKey(key.replace(old.verifier.keyId, fresh.verifier.keyId))).toBeUndefined();
  expect(parseVerifierKey(key.replace('s-can', 'public'))).toBeUndefined();
  expect(parseVerifierKey('no key')).toBeUndefined();
});
