// The machine's verdict on a signature is that of what a browser runs.

import { generateKeyPairSync, sign } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { portableVerifying } from '@sitebus/sdk/merkle';
import { machineVerifying } from './machine-verifying.ts';

const MESSAGE = Buffer.from('sitebus/ledger.s-can\n7\n');

function aSignature() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  return { publicKey: bytes, signature: new Uint8Array(sign(null, MESSAGE, privateKey)) };
}

/** The bytes with one bit turned over. */
const bent = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, n) => (n === at ? byte ^ 1 : byte));

const verdicts = (signature: Uint8Array, message: Uint8Array, key: Uint8Array): readonly boolean[] =>
  [portableVerifying, machineVerifying].map((verifying) => verifying(signature, message, key));

test('a true signature is taken, and none with a bit turned over in it, its message or its key', () => {
  const { publicKey, signature } = aSignature();
  expect(verdicts(signature, MESSAGE, publicKey)).toEqual([true, true]);
  for (const at of [0, 31, 32, 63]) expect(verdicts(bent(signature, at), MESSAGE, publicKey)).toEqual([false, false]);
  expect(verdicts(signature, bent(MESSAGE, 3), publicKey)).toEqual([false, false]);
  expect(verdicts(signature, MESSAGE, bent(publicKey, 5))).toEqual([false, false]);
  expect(verdicts(signature, MESSAGE, aSignature().publicKey)).toEqual([false, false]);
});

test('what has not the length of a signature or of a key is refused, not thrown at', () => {
  const { publicKey, signature } = aSignature();
  expect(verdicts(signature.subarray(1), MESSAGE, publicKey)).toEqual([false, false]);
  expect(verdicts(new Uint8Array(), MESSAGE, publicKey)).toEqual([false, false]);
  expect(verdicts(signature, MESSAGE, publicKey.subarray(1))).toEqual([false, false]);
});

test('a key of small order, for which the machine alone would take one signature on every message, is refused', () => {
  const neutral = new Uint8Array(32).fill(0);
  neutral[0] = 1; // the neutral point: y = 1
  const signature = new Uint8Array([...neutral, ...new Uint8Array(32)]); // R = the neutral point, S = 0
  expect(verdicts(signature, MESSAGE, neutral)).toEqual([false, false]);
});

test('a point spelled beyond the field is refused', () => {
  const beyond = new Uint8Array(32).fill(0xff);
  [beyond[0], beyond[31]] = [0xee, 0x7f]; // y = p + 1
  expect(verdicts(new Uint8Array(64), MESSAGE, beyond)).toEqual([false, false]);
});
