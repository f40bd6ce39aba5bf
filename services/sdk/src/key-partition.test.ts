import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { murmur2, partitionOf } from './key-partition.ts';

interface Vector {
  readonly base64: string;
  readonly murmur2: number;
  readonly partition: Readonly<Record<string, number>>;
}
const SHARED = process.env['SITEBUS_SHARED'] ?? resolve(import.meta.dirname, '../../../../shared');

test('a key hashes as in the Java client', () => {
  // Four of the vectors, so that something is compared where the shared data is absent.
  expect([murmur2(Buffer.from('')), murmur2(Buffer.from('a')), murmur2(Buffer.from('b'))]).toEqual([
    275646681, -1563381124, -1853091852,
  ]);
  expect([1, 3, 6, 12].map((n) => partitionOf(Buffer.from('a'), n))).toEqual([0, 1, 4, 4]);
});

test('all vectors of kafka-clients 4.3.1 give the same hash and partitions', () => {
  const vectors = loadVectors();
  if (vectors === undefined) return;
  expect(vectors).toHaveLength(200);
  for (const vector of vectors) {
    const key = Buffer.from(vector.base64, 'base64');
    const partition = Object.fromEntries(Object.keys(vector.partition).map((n) => [n, partitionOf(key, Number(n))]));
    expect({ murmur2: murmur2(key), partition }).toEqual({ murmur2: vector.murmur2, partition: vector.partition });
  }
});

function loadVectors(): readonly Vector[] | undefined {
  try {
    const file = resolve(SHARED, 'data/conformance/murmur2/vectors.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }).vectors;
  } catch (cause) {
    console.warn(`SKIPPED murmur2 vectors: ${String(cause)}`);
    return undefined;
  }
}
