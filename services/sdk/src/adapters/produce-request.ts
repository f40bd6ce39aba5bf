// A produce request in one buffer: what stands around its batches, and the whole behind its own length.
// Holds: byte for byte what kafkajs writes (a test compares), which copies every batch five times on its way; here each is
// written where it goes out from, because what is copied waits for a collection that marks the whole thread.
// Source: Kafka protocol §Produce, version 3 to 7; §Request header, version 1

import { append, batchRoom, oneByOne, writeBatch, type BatchHead, type BatchRecord, type WrittenOneByOne } from './record-batch.ts'; // prettier-ignore

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
export type Messages = readonly Message[] | WrittenOneByOne;

/** One message of a list. */
export type Message = Pick<BatchRecord, 'key' | 'value' | 'headers'> & { readonly timestamp?: unknown };

/** A request's body, with room before it. */
export interface RequestBody {
  readonly bytes: Buffer;
  /** Where the body begins; it ends with the bytes. */
  readonly from: number;
}

/** Whether `encodeProduceRequest` can write it: messages have no times of their own. */
export function isPlain({ topicData }: ProduceRequest): boolean {
  return topicData.every(({ partitions }) =>
    partitions.every(
      ({ messages }) => 'write' in messages || messages.every(({ timestamp }) => timestamp === undefined),
    ),
  );
}

/** For a length, a header and a client's id of a usual length. */
const ROOM_BEFORE = 256;

/** The request without its header; `nowMs` is the time of its batches, UTC milliseconds. */
export function encodeProduceRequest(request: ProduceRequest, nowMs: number): RequestBody {
  const { acks, timeout, transactionalId = null, topicData } = request;
  const start = Buffer.concat([
    toNullableText(transactionalId),
    toInts([acks, 2], [timeout, 4], [topicData.length, 4]),
  ]);
  const topics = topicData.map(({ topic, partitions }) => {
    const head = Buffer.concat([toNullableText(topic), toInts([partitions.length, 4])]);
    return { head, shares: partitions.map((share) => ({ ...share, records: toRecords(share.messages) })) };
  });
  let room = ROOM_BEFORE + start.length;
  for (const { head, shares } of topics) {
    room += head.length;
    for (const { records } of shares) room += SHARE_HEAD_BYTES + batchRoom(records);
  }
  const bytes = Buffer.allocUnsafeSlow(room);
  let at = append(bytes, ROOM_BEFORE, start);
  for (const { head, shares } of topics) {
    at = append(bytes, at, head);
    for (const { partition, records, firstSequence } of shares) {
      const from = at + SHARE_HEAD_BYTES;
      const end = writeBatch(bytes, from, headOf(request, records.length, firstSequence, nowMs), records);
      bytes.writeInt32BE(partition, at);
      bytes.writeInt32BE(end - from, at + 4);
      at = end;
    }
  }
  return { bytes: bytes.subarray(0, at), from: ROOM_BEFORE };
}

/** A partition's number and the length of its batch. */
const SHARE_HEAD_BYTES = 8;

/** A request behind its length and its header, which are written into the room before it where there is enough. */
export function encodeRequest(
  { apiKey, apiVersion }: { readonly apiKey: number; readonly apiVersion: number },
  correlationId: number,
  clientId: string | null,
  { bytes, from }: RequestBody,
): Buffer {
  const name = toNullableText(clientId);
  const length = 8 + name.length + bytes.length - from;
  const head = Buffer.concat([toInts([length, 4], [apiKey, 2], [apiVersion, 2], [correlationId, 4]), name]);
  if (head.length > from) return Buffer.concat([head, bytes.subarray(from)]);
  bytes.set(head, from - head.length);
  return bytes.subarray(from - head.length);
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

function toRecords(messages: Messages): WrittenOneByOne {
  if ('write' in messages) return messages;
  const records = messages.map(({ key, value, headers }, offsetDelta) => {
    return { value, offsetDelta, timestampDelta: 0, ...(key !== undefined && { key }), ...(headers && { headers }) };
  });
  return oneByOne(records);
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
