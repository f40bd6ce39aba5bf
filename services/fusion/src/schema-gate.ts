// Holds back a partition whose next record was written with a schema that nobody here knows yet.
// Holds: an unknown schema loses nothing and stops its own partition only; it is asked for again until the registry
// knows it or the lock denies it. Source: README.md#unknown-schema

import type { BusRecord, Codec, TopicPartition } from '@sitebus/sdk';

/** What stops a partition. */
export interface Blocked extends TopicPartition {
  readonly offset: bigint;
  readonly schemaId: number;
}

/** Which schemas are settled, and which partitions wait for one. */
export class SchemaGate {
  readonly #codec: Pick<Codec, 'ensure'>;
  readonly #settled = new Set<number>();
  readonly #blocked = new Map<string, Blocked>();

  constructor(codec: Pick<Codec, 'ensure'>) {
    this.#codec = codec;
  }

  /** Partitions that wait, in the order in which they began to. */
  get blocked(): readonly Blocked[] {
    return [...this.#blocked.values()];
  }

  /**
   * Looks at records of one partition in order. @returns where it must stop, or undefined; a registry that cannot be
   * reached is an unknown schema.
   */
  async check(partition: TopicPartition, records: readonly BusRecord[]): Promise<Blocked | undefined> {
    const key = `${partition.topic}/${partition.partition}`;
    for (const { value, offset } of records) {
      const schemaId = value === null ? undefined : framedSchemaId(value);
      if (schemaId === undefined || this.#settled.has(schemaId)) continue;
      const answer = await this.#codec.ensure(schemaId).catch(() => 'unknown' as const);
      if (answer === 'unknown') {
        const blocked = { topic: partition.topic, partition: partition.partition, offset, schemaId };
        this.#blocked.set(key, blocked);
        return blocked;
      }
      this.#settled.add(schemaId);
    }
    this.#blocked.delete(key);
    return undefined;
  }
}

/** Undefined for bytes that are not framed: admission refuses those. */
function framedSchemaId(value: Buffer): number | undefined {
  return value.length >= 5 && value[0] === 0 ? value.readInt32BE(1) : undefined;
}
