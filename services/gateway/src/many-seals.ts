// AES-256-GCM for many short texts under one key, at a fraction of what a cipher of its own costs each: the block cipher runs
// once over all counter blocks, and what is authenticated beside the texts is hashed once.
// Holds: what it makes is what AES-256-GCM makes of the same key, nonce, data and text (many-seals.test.ts compares it with
// Node's, which also opens it); a text is at most three blocks; nonces are the caller's, never the same twice. Tables of the
// hash key are looked up by bytes: who can time the caches of this machine is inside the walls already.
// Source: NIST SP 800-38D §6.3 (multiplication), §6.4 (GHASH), §6.5 (GCTR), §7.1 (encryption)

import { createCipheriv } from 'node:crypto';

/** Where one text lies: nonce, sealed text and tag follow each other from `at`. */
export interface ManySeals {
  /** @returns what `seal` takes as `bound`: data that is authenticated with each text and not sealed with it. */
  bind(data: Buffer): BoundData;
  /**
   * Seals texts of `textBytes` where they lie: `whole` holds, from each of `ats` on, the nonce and the plain text; the text
   * is sealed and its tag is written behind it.
   */
  seal(bound: BoundData, whole: Buffer, ats: readonly number[]): void;
}

/** The hash of bound data, and its length in bits: good for the key it was made with. */
export interface BoundData {
  readonly hash: Uint32Array;
  readonly bits: number;
}

const BLOCK_BYTES = 16;
const WORDS = 4;
/** Bytes of a nonce and of a tag. */
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** Seals texts of one length under one key of 32 bytes. */
export function createManySeals(key: Buffer, textBytes: number): ManySeals {
  const textBlocks = Math.ceil(textBytes / BLOCK_BYTES);
  const each = (1 + textBlocks) * BLOCK_BYTES; // the block that masks the tag, then those that mask the text
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false); // whole blocks, each by itself
  const multiply = multiplierBy(cipher.update(Buffer.alloc(BLOCK_BYTES)));
  let counters = Buffer.alloc(0);

  const masks = (whole: Buffer, ats: readonly number[]): Buffer => {
    const bytes = ats.length * each;
    if (counters.length < bytes) counters = Buffer.alloc(bytes);
    let to = 0;
    for (const at of ats)
      for (let count = 1; count <= 1 + textBlocks; count += 1) {
        for (let i = 0; i < NONCE_BYTES; i += 1) counters[to + i] = whole[at + i] as number;
        counters[to + BLOCK_BYTES - 1] = count; // the counter is 32 bits; the others stay zero
        to += BLOCK_BYTES;
      }
    return cipher.update(counters.subarray(0, bytes));
  };

  return {
    bind(data) {
      const hash = new Uint32Array(WORDS);
      for (let at = 0; at < data.length; at += BLOCK_BYTES) {
        addBytes(hash, data, at, Math.min(at + BLOCK_BYTES, data.length));
        multiply(hash);
      }
      return { hash, bits: data.length * 8 };
    },
    seal({ hash: boundHash, bits }, whole, ats) {
      const mask = masks(whole, ats);
      const hash = new Uint32Array(WORDS);
      let from = 0;
      for (const at of ats) {
        const text = at + NONCE_BYTES;
        const end = text + textBytes;
        for (let i = 0; i < textBytes; i += 1)
          whole[text + i] = (whole[text + i] as number) ^ (mask[from + BLOCK_BYTES + i] as number);
        hash.set(boundHash);
        for (let block = text; block < end; block += BLOCK_BYTES) {
          addBytes(hash, whole, block, Math.min(block + BLOCK_BYTES, end));
          multiply(hash);
        }
        hash[1] = (hash[1] as number) ^ bits; // both lengths as 64 bits each; neither needs its upper half
        hash[3] = (hash[3] as number) ^ (textBytes * 8);
        multiply(hash);
        for (let i = 0; i < TAG_BYTES; i += 1)
          whole[end + i] = ((hash[i >> 2] as number) >>> (24 - 8 * (i & 3))) ^ (mask[from + i] as number);
        from += each;
      }
    },
  };
}

/** Adds bytes to a block of four big-endian words; what is missing of the block counts as zero. */
function addBytes(block: Uint32Array, bytes: Buffer, from: number, to: number): void {
  for (let at = from, i = 0; at < to; at += 1, i += 1)
    block[i >> 2] = (block[i >> 2] as number) ^ ((bytes[at] as number) << (24 - 8 * (i & 3)));
}

/** A block's first bit is the coefficient of x⁰, so that multiplying by x shifts to the right. */
const REDUCTION = 0xe1000000;

/** @returns the multiplication by `by` in GF(2¹²⁸), in place, byte by byte over tables of its multiples. */
function multiplierBy(by: Buffer): (block: Uint32Array) => void {
  const multiples = new Uint32Array(256 * WORDS);
  const power = new Uint32Array(WORDS);
  addBytes(power, by, 0, BLOCK_BYTES);
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    for (let of = 0; of < 256; of += 1)
      if ((of & bit) !== 0)
        for (let word = 0; word < WORDS; word += 1)
          multiples[of * WORDS + word] = (multiples[of * WORDS + word] as number) ^ (power[word] as number);
    timesX(power);
  }
  const carried = new Uint32Array(256); // what a byte that is shifted out adds to the first word
  for (let byte = 0; byte < 256; byte += 1) {
    const block = Uint32Array.of(0, 0, 0, byte);
    for (let bit = 0; bit < 8; bit += 1) timesX(block);
    carried[byte] = block[0] as number;
  }
  return (block) => {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = BLOCK_BYTES - 1; i >= 0; i -= 1) {
      const carry = carried[d & 0xff] as number;
      d = (d >>> 8) | (c << 24);
      c = (c >>> 8) | (b << 24);
      b = (b >>> 8) | (a << 24);
      a = (a >>> 8) ^ carry;
      const at = (((block[i >> 2] as number) >>> (24 - 8 * (i & 3))) & 0xff) * WORDS;
      a ^= multiples[at] as number;
      b ^= multiples[at + 1] as number;
      c ^= multiples[at + 2] as number;
      d ^= multiples[at + 3] as number;
    }
    block[0] = a;
    block[1] = b;
    block[2] = c;
    block[3] = d;
  };
}

function timesX(block: Uint32Array): void {
  const [a, b, c, d] = block as unknown as readonly [number, number, number, number];
  block[3] = (d >>> 1) | (c << 31);
  block[2] = (c >>> 1) | (b << 31);
  block[1] = (b >>> 1) | (a << 31);
  block[0] = (a >>> 1) ^ ((d & 1) === 1 ? REDUCTION : 0);
}
