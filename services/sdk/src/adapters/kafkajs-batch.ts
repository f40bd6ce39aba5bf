// A batch as kafkajs fetched it, and as a reader has it.
// Holds: what a reader has is copied out of the driver's buffer; a batch is the member's only while its assignment stands.
// Source: README.md#the-bus

import type { KafkaMessage } from 'kafkajs';
import type { BusBatch, BusRecord, TopicPartition } from '../bus.ts';
import type { Ownership } from './ownership.ts';

/** A batch as the driver fetched it: its messages are places in the driver's buffer. */
export interface FetchedBatch extends TopicPartition {
  readonly messages: readonly KafkaMessage[];
  readonly highWatermark: bigint;
  /** Of the assignment under which it was fetched. */
  readonly generation: bigint;
}

/** @returns the batch as a reader has it; it is revoked once `ownership` has passed its assignment. */
export function toBatch(
  { topic, partition, messages, highWatermark, generation }: FetchedBatch,
  ownership: Ownership,
): BusBatch {
  const place = { topic, partition };
  return {
    ...place,
    highWatermark,
    records: messages.map((message) => toRecord(place, message)),
    isRevoked: () => !ownership.owns(generation),
  };
}

/** Copies out of the fetch buffer: kept uncopied, one key would pin megabytes. */
function toRecord({ topic, partition }: TopicPartition, message: KafkaMessage): BusRecord {
  const { key, value, offset, timestamp, headers } = message;
  return {
    topic,
    partition,
    offset: BigInt(offset),
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: toHeaders(headers),
    timestampMs: Number(timestamp),
  };
}

/** The last value of each name; the driver lists a name that was written more than once. */
function toHeaders(given: KafkaMessage['headers']): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name in given) {
    const value = given[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) headers[name] = last.toString();
  }
  return headers;
}
