// Seals made together are those of Node's own AES-256-GCM.

import { createCipheriv } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createManySeals, NONCE_BYTES, TAG_BYTES } from './many-seals.ts';

const bytes = (least: number, most = least) =>
  fc.uint8Array({ minLength: least, maxLength: most }).map((each) => Buffer.from(each));

/** Nonce, sealed text and tag, as Node makes them. */
function sealedByNode(key: Buffer, data: Buffer, nonce: Buffer, text: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(data);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

test('texts sealed together are what Node seals of each alone, whatever key, nonce, data and length', () => {
  const texts = fc.integer({ min: 1, max: 48 }).chain((length) =>
    fc.array(fc.tuple(bytes(NONCE_BYTES), bytes(length)), { minLength: 1, maxLength: 6 }));
  fc.assert(fc.property(bytes(32), bytes(0, 70), texts, (key, data, all) => {
    const length = all[0]![1].length;
    const seals = createManySeals(key, length);
    const each = NONCE_BYTES + length + TAG_BYTES;
    const whole = Buffer.concat(all.map(([nonce, text]) => Buffer.concat([nonce, text, Buffer.alloc(TAG_BYTES)])));
    seals.seal(seals.bind(data), whole, all.map((_, at) => at * each));
    expect(whole).toEqual(Buffer.concat(all.map(([nonce, text]) => sealedByNode(key, data, nonce, text))));
  }), { numRuns: 300 });
}); // prettier-ignore

test('a seal between other bytes changes none of them, and the next one begins anew', () => {
  const seals = createManySeals(Buffer.alloc(32, 7), 45);
  const bound = seals.bind(Buffer.from('whose'));
  const one = (): Buffer => {
    const whole = Buffer.alloc(200, 5);
    seals.seal(bound, whole, [60]);
    return whole;
  };
  const made = one();
  expect(made.subarray(60, 60 + 73)).toEqual(sealedByNode(Buffer.alloc(32, 7), Buffer.from('whose'), Buffer.alloc(12, 5), Buffer.alloc(45, 5))); // prettier-ignore
  expect(Buffer.concat([made.subarray(0, 60), made.subarray(133)])).toEqual(Buffer.alloc(127, 5));
  expect(one()).toEqual(made);
});
