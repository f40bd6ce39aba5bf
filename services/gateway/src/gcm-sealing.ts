// AES-256-GCM for many short texts under one key at once: what node:crypto does for each by an object of its own, here with one call
// of the machine's AES for all of them. Holds: each result is that of node:crypto for the same key, nonce, bound and plain text
// (gcm-sealing.test.ts compares them), and node:crypto alone opens; nonces are the caller's, and none may be used twice.
// Source: NIST SP 800-38D §6.3 (product), §6.4 (GHASH), §6.5 (GCTR), §7.1 (authenticated encryption)

import { createCipheriv } from 'node:crypto';

/** Bytes of a nonce: the only length here, which needs no GHASH of its own. */
export const GCM_NONCE_BYTES = 12;
/** Bytes of a tag: whole. */
export const GCM_TAG_BYTES = 16;

/** What every text of one holder is bound to: the state of GHASH after it. Made once, good for the sealing that made it. */
export interface Bound {
  readonly state: Block;
  readonly bits: number;
}

/** One 128-bit block, first bit first. */
type Block = readonly [number, number, number, number];

/** Seals under one key. */
export interface GcmSealing {
  /** `aad`: what must be the same when it is opened. Cost: as the AES of a kilobyte, whatever its length. */
  bind(aad: Buffer): Bound;
  /**
   * Seals texts of one length. `sealed` holds for each a stretch of nonce, as many bytes as its text, and tag; the nonces stand
   * in it already, the rest is written. Cost: one call of AES, and a microsecond each.
   */
  seal(plains: readonly Buffer[], bound: Bound, sealed: Buffer, stretchBytes: number): void;
}

/** Makes the sealing of one key of 32 bytes. */
export function createGcmSealing(key: Buffer): GcmSealing {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false); // of counters and of zero alone, as GCM has it
  const product = createProduct(aes.update(Buffer.alloc(BLOCK_BYTES)));
  return {
    bind(aad) {
      const padded = Buffer.alloc(blocksIn(aad.length) * BLOCK_BYTES);
      aad.copy(padded);
      product.start(0, 0, 0, 0);
      const view = viewOf(padded);
      for (let at = 0; at < padded.length; at += BLOCK_BYTES)
        product.absorb(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
      return { state: product.state(), bits: aad.length * 8 };
    },
    seal(plains, bound, sealed, stretchBytes) {
      const plainBytes = plains[0]?.length ?? 0;
      const counted = 1 + blocksIn(plainBytes); // of a text: the first counter is the tag's
      const stream = viewOf(aes.update(countersOf(sealed, plains.length, stretchBytes, counted)));
      const into = viewOf(sealed);
      let [at, streamAt] = [GCM_NONCE_BYTES, 0];
      for (const plain of plains) {
        product.start(...bound.state);
        mask(viewOf(plain), stream, streamAt + BLOCK_BYTES, into, at, product);
        product.absorb(0, bound.bits, 0, plainBytes * 8);
        product.write(into, at + plainBytes, stream, streamAt);
        at += stretchBytes;
        streamAt += counted * BLOCK_BYTES;
      }
    },
  };
}

const BLOCK_BYTES = 16;
const blocksIn = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES);

/** The counters of every text: its nonce, numbered from 1. */
function countersOf(sealed: Buffer, texts: number, stretchBytes: number, counted: number): Buffer {
  const counters = Buffer.allocUnsafe(texts * counted * BLOCK_BYTES);
  for (let text = 0, at = 0; text < texts; text += 1) {
    const nonceAt = text * stretchBytes;
    for (let number = 1; number <= counted; number += 1, at += BLOCK_BYTES) {
      for (let byte = 0; byte < GCM_NONCE_BYTES; byte += 1) counters[at + byte] = sealed[nonceAt + byte] as number;
      counters.writeUInt32BE(number, at + GCM_NONCE_BYTES);
    }
  }
  return counters;
}

/** Combines a text with its key stream, writes it, and has the product absorb what was written, with zeros after its end. */
function mask(plain: DataView, stream: DataView, streamAt: number, into: DataView, at: number, product: Product): void {
  const { byteLength } = plain;
  const words: [number, number, number, number] = [0, 0, 0, 0];
  for (let from = 0; from < byteLength; from += BLOCK_BYTES) {
    for (let word = 0, byte = from; word < 4; word += 1, byte += 4) {
      if (byte + 4 <= byteLength) {
        words[word] = plain.getInt32(byte) ^ stream.getInt32(streamAt + byte);
        into.setInt32(at + byte, words[word] as number);
        continue;
      }
      words[word] = 0;
      for (let last = byte; last < byteLength; last += 1) {
        const masked = plain.getUint8(last) ^ stream.getUint8(streamAt + last);
        into.setUint8(at + last, masked);
        words[word] = (words[word] as number) | (masked << (24 - 8 * (last - byte)));
      }
    }
    product.absorb(...words);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

/** GHASH, block by block: the state is added to and multiplied by the hash key. */
interface Product {
  start(a: number, b: number, c: number, d: number): void;
  absorb(a: number, b: number, c: number, d: number): void;
  state(): Block;
  /** Writes the state as a tag, combined with a block of the key stream. */
  write(into: DataView, at: number, stream: DataView, streamAt: number): void;
}

/** Of the irreducible polynomial, at the end where bits fall out. */
const REDUCTION = 0xe1000000;

/** By a table of the hash key's products with every byte, and one of what a byte that falls out becomes. */
function createProduct(hashKey: Buffer): Product {
  const table = new Int32Array(256 * 4);
  const fallen = new Int32Array(256);
  fillTables(hashKey, table, fallen);
  let [z0, z1, z2, z3] = [0, 0, 0, 0];
  const absorb = (a: number, b: number, c: number, d: number): void => {
    const [y0, y1, y2, y3] = [z0 ^ a, z1 ^ b, z2 ^ c, z3 ^ d];
    z0 = z1 = z2 = z3 = 0;
    byWord(y3);
    byWord(y2);
    byWord(y1);
    byWord(y0);
  };
  /** Horner's rule over the bytes of a word, the last first. */
  const byWord = (word: number): void => {
    for (let shift = 0; shift < 32; shift += 8) {
      const out = fallen[z3 & 0xff] as number;
      const at = ((word >>> shift) & 0xff) * 4;
      z3 = ((z3 >>> 8) | (z2 << 24)) ^ (table[at + 3] as number);
      z2 = ((z2 >>> 8) | (z1 << 24)) ^ (table[at + 2] as number);
      z1 = ((z1 >>> 8) | (z0 << 24)) ^ (table[at + 1] as number);
      z0 = (z0 >>> 8) ^ out ^ (table[at] as number);
    }
  };
  return {
    start(a, b, c, d) {
      [z0, z1, z2, z3] = [a, b, c, d];
    },
    absorb,
    state: () => [z0, z1, z2, z3],
    write(into, at, stream, streamAt) {
      into.setInt32(at, z0 ^ stream.getInt32(streamAt));
      into.setInt32(at + 4, z1 ^ stream.getInt32(streamAt + 4));
      into.setInt32(at + 8, z2 ^ stream.getInt32(streamAt + 8));
      into.setInt32(at + 12, z3 ^ stream.getInt32(streamAt + 12));
    },
  };
}

/** Multiplies by x, one bit at a time: for the tables, which are made once a key. */
function fillTables(hashKey: Buffer, table: Int32Array, fallen: Int32Array): void {
  let words = [0, 4, 8, 12].map((at) => hashKey.readInt32BE(at)) as [number, number, number, number];
  for (let bit = 0x80; bit > 0; bit >>= 1) {
    table.set(words, bit * 4);
    words = timesX(words);
  }
  for (let byte = 1; byte < 256; byte += 1) {
    const low = byte & -byte;
    if (low !== byte)
      for (let word = 0; word < 4; word += 1)
        table[byte * 4 + word] = (table[low * 4 + word] as number) ^ (table[(byte ^ low) * 4 + word] as number);
    let shifted: [number, number, number, number] = [0, 0, 0, byte];
    for (let step = 0; step < 8; step += 1) shifted = timesX(shifted);
    fallen[byte] = shifted[0];
  }
}

function timesX([a, b, c, d]: readonly [number, number, number, number]): [number, number, number, number] {
  const [w0, w1, w2, w3] = [a >>> 1, (b >>> 1) | (a << 31), (c >>> 1) | (b << 31), (d >>> 1) | (c << 31)];
  return [(d & 1) === 1 ? w0 ^ REDUCTION : w0, w1, w2, w3];
}
