// Sealing many texts at once against node:crypto, which is the oracle, and against published vectors.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGcmSealing, GCM_NONCE_BYTES, GCM_TAG_BYTES } from './gcm-sealing.ts';

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer) => new DataView(buffer, byteOffset, byteLength);

/** Seals texts of one length. @returns each with its nonce and tag. */
function sealAll(key: Buffer, aad: Buffer, plains: readonly Buffer[], nonces?: (bytes: number) => Buffer): readonly Buffer[] {
  const sealing = createGcmSealing(key, plains[0]?.length ?? 0, nonces);
  const bound = sealing.bind(aad);
  return plains.map((plain) => {
    const around = Buffer.alloc(3 + GCM_NONCE_BYTES + plain.length + GCM_TAG_BYTES + 2, 0xff);
    sealing.seal(viewOf(plain), bound, viewOf(around), 3);
    expect([...around.subarray(0, 3), ...around.subarray(-2)]).toEqual(Array(5).fill(0xff)); // nothing beside it is written
    return around.subarray(3, -2);
  });
} // prettier-ignore

function byNode(key: Buffer, aad: Buffer, nonce: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

test.each([
  ['nothing at all', '00'.repeat(32), '', '00'.repeat(12), '', '530f8afbc74536b9a963b4f1c4cb738b'],
  ['one block of zeros', '00'.repeat(32), '', '00'.repeat(12), '00'.repeat(16), 'cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919'],
  ['sixty bytes, bound to twenty', 'feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308', 'feedfacedeadbeeffeedfacedeadbeef abaddad2', 'cafebabefacedbaddecaf888',
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662 76fc6ece0f4e1768cddf8853bb2d551b'],
])('the published result of %s', (_what, key, aad, nonce, plain, result) => {
  const always = (bytes: number): Buffer => Buffer.alloc(bytes, hex(nonce));
  const [sealed] = sealAll(hex(key), hex(aad), [hex(plain)], always);
  expect(sealed?.subarray(GCM_NONCE_BYTES).toString('hex')).toBe(hex(result).toString('hex'));
}); // prettier-ignore

test('every text of every length is sealed as node:crypto seals it under the nonce it was given, alone and among others', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((each) => Buffer.from(each));
  const texts = fc.integer({ min: 0, max: 80 }).chain((length) => fc.array(bytes(length), { minLength: 1, maxLength: 5 }));
  const aads = fc.integer({ min: 0, max: 70 }).chain(bytes);
  fc.assert(
    fc.property(bytes(32), aads, texts, (key, aad, plains) => {
      const got = sealAll(key, aad, plains);
      const wanted = plains.map((plain, at) => byNode(key, aad, got[at]!.subarray(0, GCM_NONCE_BYTES), plain));
      expect(got.map((each) => each.toString('hex'))).toEqual(wanted.map((each) => each.toString('hex')));
    }),
    { numRuns: Number(process.env['GCM_RUNS'] ?? 300) },
  );
}); // prettier-ignore

test('no nonce seals two texts, over more than one stock of them', () => {
  const plains = Array.from({ length: 1_000 }, (_, n) => Buffer.from(String(n).padStart(4, '0')));
  const sealed = sealAll(randomBytes(32), Buffer.from('holder'), plains);
  expect(new Set(sealed.map((each) => each.subarray(0, GCM_NONCE_BYTES).toString('hex'))).size).toBe(1_000);
});

test('one binding serves many sealings, and what is sealed opens for its own binding alone', () => {
  const key = randomBytes(32);
  const sealing = createGcmSealing(key, 45);
  const [mine, other] = [Buffer.from('["a","s-can","alerts"]'), Buffer.from('["b","s-can","alerts"]')];
  const bound = sealing.bind(mine);
  sealing.bind(other); // in between
  for (let round = 0; round < 3; round += 1) {
    const sealed = Buffer.alloc(GCM_NONCE_BYTES + 45 + GCM_TAG_BYTES);
    const plain = randomBytes(45);
    sealing.seal(viewOf(plain), bound, viewOf(sealed), 0);
    const openFor = (aad: Buffer): Buffer => {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, GCM_NONCE_BYTES)).setAAD(aad).setAuthTag(sealed.subarray(-GCM_TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(GCM_NONCE_BYTES, -GCM_TAG_BYTES)), decipher.final()]);
    };
    expect(openFor(mine)).toEqual(plain);
    expect(() => openFor(other)).toThrow();
  }
}); // prettier-ignore
