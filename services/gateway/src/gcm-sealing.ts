// AES-256-GCM for many short texts under one key: what node:crypto does for each by an object of its own, here from a stock of nonces and
// their key streams, which one call of the machine's AES makes for hundreds. Holds: each result is that of node:crypto for the same key,
// nonce, bound and plain text (gcm-sealing.test.ts compares them), and node:crypto alone opens; a nonce is drawn at random and leaves the
// stock with the one text it seals. Source: NIST SP 800-38D §6.3 (product), §6.4 (GHASH), §6.5 (GCTR), §7.1 (authenticated encryption)

import { createCipheriv, randomBytes } from 'node:crypto';

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

/** Seals texts of one length under one key. */
export interface GcmSealing {
  /** `aad`: what must be the same when it is opened. */
  bind(aad: Buffer): Bound;
  /** Writes nonce, as many bytes as the text has, and tag, from `at` on. Cost: a microsecond. */
  seal(plain: DataView, bound: Bound, into: DataView, at: number): void;
}

/** Makes the sealing of one key of 32 bytes; `nonces` are random bytes, unless a test says. */
export function createGcmSealing(
  key: Buffer,
  plainBytes: number,
  nonces: (bytes: number) => Buffer = randomBytes,
): GcmSealing {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false); // of counters and of zero alone, as GCM has it
  const product = createProduct(aes.update(Buffer.alloc(BLOCK_BYTES)));
  const streamBytes = (1 + blocksIn(plainBytes)) * BLOCK_BYTES; // of a text: the first block is the tag's
  let left = 0; // of the stock: the nonces that have sealed nothing yet stand first
  let drawn = viewOf(Buffer.alloc(0));
  let streams = drawn;
  const restock = (): void => {
    const fresh = nonces(STOCK * GCM_NONCE_BYTES);
    const counters = Buffer.alloc(STOCK * streamBytes);
    for (let text = 0; text < STOCK; text += 1)
      for (let number = 1; number * BLOCK_BYTES <= streamBytes; number += 1) {
        const at = text * streamBytes + (number - 1) * BLOCK_BYTES;
        fresh.copy(counters, at, text * GCM_NONCE_BYTES, (text + 1) * GCM_NONCE_BYTES);
        counters.writeUInt32BE(number, at + GCM_NONCE_BYTES);
      }
    [drawn, streams, left] = [viewOf(fresh), viewOf(aes.update(counters)), STOCK];
  };
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
    seal(plain, bound, into, at) {
      if (plain.byteLength !== plainBytes) throw new RangeError(`seals texts of ${plainBytes} bytes`);
      if (left === 0) restock();
      left -= 1;
      const [nonceAt, streamAt] = [left * GCM_NONCE_BYTES, left * streamBytes];
      for (let byte = 0; byte < GCM_NONCE_BYTES; byte += 4) into.setInt32(at + byte, drawn.getInt32(nonceAt + byte));
      const textAt = at + GCM_NONCE_BYTES;
      product.start(...bound.state);
      mask(plain, streams, streamAt + BLOCK_BYTES, into, textAt, product);
      product.absorb(0, bound.bits, 0, plainBytes * 8);
      product.write(into, textAt + plainBytes, streams, streamAt);
    },
  };
}

/** Nonces drawn at once. */
const STOCK = 256;
const BLOCK_BYTES = 16;
const blocksIn = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES);

/** Combines a text with its key stream, writes it, and has the product absorb what was written, with zeros after its end. */
function mask(plain: DataView, stream: DataView, streamAt: number, into: DataView, at: number, product: Product): void {
  const { byteLength } = plain;
  let from = 0;
  for (; from + BLOCK_BYTES <= byteLength; from += BLOCK_BYTES) {
    const a = plain.getInt32(from) ^ stream.getInt32(streamAt + from);
    const b = plain.getInt32(from + 4) ^ stream.getInt32(streamAt + from + 4);
    const c = plain.getInt32(from + 8) ^ stream.getInt32(streamAt + from + 8);
    const d = plain.getInt32(from + 12) ^ stream.getInt32(streamAt + from + 12);
    into.setInt32(at + from, a);
    into.setInt32(at + from + 4, b);
    into.setInt32(at + from + 8, c);
    into.setInt32(at + from + 12, d);
    product.absorb(a, b, c, d);
  }
  if (from === byteLength) return;
  for (let byte = 0; byte < BLOCK_BYTES; byte += 1) lastBlock.setUint8(byte, 0);
  for (let byte = from; byte < byteLength; byte += 1) {
    const masked = plain.getUint8(byte) ^ stream.getUint8(streamAt + byte);
    into.setUint8(at + byte, masked);
    lastBlock.setUint8(byte - from, masked);
  }
  product.absorb(lastBlock.getInt32(0), lastBlock.getInt32(4), lastBlock.getInt32(8), lastBlock.getInt32(12));
}

/** Of the text that is being sealed: read before the next one is. */
const lastBlock = new DataView(new ArrayBuffer(BLOCK_BYTES));

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
