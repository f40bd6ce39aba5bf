// Keys and the partitions that Kafka's Java client gives them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '../support/shared-data.ts';

/** A key and its partition. */
export interface KeyVector {
  readonly key: Buffer;
  readonly partition: number;
}

/** Five vectors written out for 12 partitions, so that something is compared where the shared data is absent. */
const WRITTEN_OUT: readonly (readonly [string, number])[] = [
  ['', 9],
  ['a', 4],
  ['b', 8],
  ['ab', 2],
  ['abc', 3],
];

/** All vectors for a topic of 12 partitions. */
export function keyVectors(): readonly KeyVector[] {
  const folder = sharedData('data/conformance/murmur2');
  if (folder === undefined) return WRITTEN_OUT.map(([key, partition]) => ({ key: Buffer.from(key), partition }));
  const { vectors } = JSON.parse(readFileSync(join(folder, 'vectors.json'), 'utf8')) as {
    vectors: readonly { readonly base64: string; readonly partition: Readonly<Record<string, number>> }[];
  };
  return vectors.map(({ base64, partition }) => ({
    key: Buffer.from(base64, 'base64'),
    partition: partition['12'] ?? -1,
  }));
}
