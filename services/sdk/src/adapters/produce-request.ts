// A produce request in one buffer: what stands around its batches, and the whole behind its own length.
// Holds: byte for byte what kafkajs writes (a test compares), which copies every batch five times on its way.
// Source: Kafka protocol §Produce, version 3 to 7; §Request header, version 1

import type { BatchHead, BatchRecord } from './record-batch.ts';
import { encodeRecordBatch } from './record-batch.ts';

/** What kafkajs knows of a request. */
export interface ProduceRequest extends Pick<BatchHead, 'producerId' | 'producerEpoch'> {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: Messages;
    }[];
  }[];
}

/** Messages as kafkajs lists them, or what writes itself. */
export type Messages = readonly Message[] | WritesItself;

/** One message of a list. */
export type Message = Pick<BatchRecord, 'key' | 'value' | 'headers'> & { readonly timestamp?: unknown };

/** A batch that needs no list. */
export interface WritesItself {
  readonly length: number;
  encode(head: BatchHead): Buffer;
}

/** Whether `encodeProduceRequest` can write it: messages have no times of their own. */
export function isPlain({ topicData }: ProduceRequest): boolean {
  return topicData.every(({ partitions }) =>
    partitions.every(
      ({ messages }) => 'encode' in messages || messages.every(({ timestamp }) => timestamp === undefined),
    ),
  );
}

/** The request without its header; `nowMs` is the time of its batches, UTC milliseconds. */
export function encodeProduceRequest(request: ProduceRequest, nowMs: number): Buffer {
  const { acks, timeout, transactionalId = null, topicData } = request;
  const pieces: Buffer[] = [toNullableText(transactionalId), toInts([acks, 2], [timeout, 4], [topicData.length, 4])];
  for (const { topic, partitions } of topicData) {
    pieces.push(toNullableText(topic), toInts([partitions.length, 4]));
    for (const { partition, messages, firstSequence } of partitions) {
      const batch = encodeMessages(messages, headOf(request, messages.length, firstSequence, nowMs));
      pieces.push(toInts([partition, 4], [batch.length, 4]), batch);
    }
  }
  return Buffer.concat(pieces);
}

/** A request behind its length and its header. */
export function encodeRequest(
  { apiKey, apiVersion }: { readonly apiKey: number; readonly apiVersion: number },
  correlationId: number,
  clientId: string | null,
  body: Buffer,
): Buffer {
  const name = toNullableText(clientId);
  const head = toInts([8 + name.length + body.length, 4], [apiKey, 2], [apiVersion, 2], [correlationId, 4]);
  return Buffer.concat([head, name, body]);
}

function headOf(
  { transactionalId = null, producerId = -1, producerEpoch = 0 }: ProduceRequest,
  count: number,
  firstSequence: number | undefined,
  nowMs: number,
): BatchHead {
  return {
    firstTimestamp: nowMs,
    maxTimestamp: nowMs,
    lastOffsetDelta: count - 1,
    transactional: Boolean(transactionalId),
    producerId,
    producerEpoch,
    ...(firstSequence !== undefined && { firstSequence }),
  };
}

function encodeMessages(messages: Messages, head: BatchHead): Buffer {
  if ('encode' in messages) return messages.encode(head);
  const records = messages.map(({ key, value, headers }, offsetDelta) => {
    return { value, offsetDelta, timestampDelta: 0, ...(key !== undefined && { key }), ...(headers && { headers }) };
  });
  return encodeRecordBatch(head, records);
}

/** Two bytes of length and the text; −1 for none. */
function toNullableText(text: string | null): Buffer {
  if (text === null) return toInts([-1, 2]);
  const bytes = Buffer.from(text);
  return Buffer.concat([toInts([bytes.length, 2]), bytes]);
}

function toInts(...ints: readonly (readonly [value: number, bytes: number])[]): Buffer {
  const buffer = Buffer.alloc(ints.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of ints) at = buffer.writeIntBE(value, at, bytes);
  return buffer;
}
