// Which partition a key belongs to, as Kafka's Java client computes it, so that every client agrees.
// Holds: pure; the same key and number of partitions give the same partition for ever; an empty key is hashed, a missing one is not.
// Source: Kafka's default partitioner (murmur2, seed 0x9747b28c, sign bit cleared); vectors of kafka-clients 4.3.1 in the tests

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The partition (0 to `partitions` − 1) of a key. For records without a key the producer spreads instead. */
export const partitionOf = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions;

/** MurmurHash2 as a signed 32-bit number. Linear in the key's length; no allocation. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  const whole = length & ~3;
  let h = SEED ^ length;
  for (let i = 0; i < whole; i += 4) {
    let k = at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24);
    k = Math.imul(k, M);
    k = Math.imul(k ^ (k >>> 24), M);
    h = Math.imul(h, M) ^ k;
  }
  if (length > whole) {
    for (let i = length - 1; i >= whole; i -= 1) h ^= at(bytes, i) << (8 * (i - whole));
    h = Math.imul(h, M);
  }
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
