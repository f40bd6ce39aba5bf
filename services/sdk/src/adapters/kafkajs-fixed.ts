// kafkajs 2.2.4 with nine defects repaired in memory; the only file that loads it.
// Holds: any other version is refused, because the repairs know its private files. Repaired: an idle connection re-armed
// its throttle timer for ever (2.8 % of a core each, now 0.3 %); grouping a batch by partition was quadratic in its length;
// encoding a batch made a growing buffer for each record and each header (half of what a produce cost), and copied it five
// times into ever larger ones; reading one made a
// reader, three big integers and a list for each record; a coordinator's refusal for want of rights was swallowed, and came
// out as "not found"; a password was stretched twice for each connection (4 ms each; a stack opens two hundred); one
// partition's refusal was the verdict on a whole request; a certificate that is not believed was shown again for half a minute.
// Source: README.md#the-bus

import { createRequire } from 'node:module';
import type * as Kafkajs from 'kafkajs';
import { refusedCertificate } from './certificate-refusals.ts';
import { BATCH_HEAD_BYTES, LENGTH_FROM, readBatchContext, readRecords, type FetchedRecord } from './fetched-records.ts';
import {
  sendRound,
  type ProduceAnswer,
  type RefusedInPart,
  type RoundOfTopic,
  type SenderParts,
} from './kafkajs-round.ts';
import type { TopicShare } from './placed-records.ts';
import {
  encodeProduceRequest,
  encodeRequest,
  isPlain,
  type ProduceRequest,
  type RequestBody,
} from './produce-request.ts';
import { encodeRecordBatch, type BatchHead, type BatchRecord } from './record-batch.ts';
import { stretchOnce, type Stretch } from './stretch-once.ts';

const load = createRequire(import.meta.url);
const SUPPORTED_VERSION = '2.2.4';
const { version } = load('kafkajs/package.json') as { version: string };
if (version !== SUPPORTED_VERSION) {
  throw new Error(`kafkajs ${version} is not ${SUPPORTED_VERSION}: review kafkajs-fixed.ts before upgrading`);
}
repairCertificateRefusal(); // these before anything else is loaded, which would keep its own references
repairGrouping();
repairBatchEncoding();
repairProduceRequest();
repairBatchDecoding();
repairBatchFilter();
repairIdleTimer();
repairCoordinatorRefusal();
repairStretching();
repairVerdicts();
const loaded = load('kafkajs') as typeof Kafkajs;

/** kafkajs as it should be: same interface, repaired. Not for use outside this folder. */
export const kafkajs: typeof Kafkajs = loaded;

type ConnectionError = new (
  why: string,
  at?: { readonly broker?: string; readonly code?: string },
) => Error & { retriable: boolean };

/** What certificates decide is not tried again, as a wrong password is not. */
function repairCertificateRefusal(): void {
  const errors = cachedModule('kafkajs/src/errors.js').exports as { KafkaJSConnectionError: ConnectionError };
  errors.KafkaJSConnectionError = class extends errors.KafkaJSConnectionError {
    constructor(...[why, at]: ConstructorParameters<ConnectionError>) {
      super(why, at);
      if (refusedCertificate(at?.code) !== undefined) this.retriable = false;
    }
  };
}

interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** Arms the timer only when throttled, or when something is waiting. */
function repairIdleTimer(): void {
  const PENDING_CHECK_MS = 10; // as in kafkajs
  const { prototype } = load('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.throttleCheckTimeoutId !== null) return;
    const throttledMs = this.throttledUntil - Date.now();
    if (throttledMs <= 0 && this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : PENDING_CHECK_MS,
    );
  };
}

interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly unknown[] | Pick<TopicShare, 'byPartition'>;
  readonly partitioner: (choice: { topic: string; partitionMetadata: readonly unknown[]; message: unknown }) => number;
}

/** One pass that appends, where the original copied both the map and the list for every message; what is grouped stays so. */
function repairGrouping(): void {
  const original = cachedModule('kafkajs/src/producer/groupMessagesPerPartition.js');
  original.exports = ({
    topic,
    partitionMetadata,
    messages,
    partitioner,
  }: Grouping): Readonly<Record<number, unknown>> => {
    if ('byPartition' in messages) return messages.byPartition;
    const grouped: Record<number, unknown[]> = {};
    if (partitionMetadata.length === 0) return grouped;
    for (const message of messages) (grouped[partitioner({ topic, partitionMetadata, message })] ??= []).push(message);
    return grouped;
  };
}

interface Batch extends BatchHead {
  readonly compression?: number;
  readonly records: readonly BatchRecord[];
}

/** What kafkajs's encoders ask of one another. */
interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  size(): number;
}

/** Records are left as they are until their whole batch is written, in one buffer; compressed batches go the old way. */
function repairBatchEncoding(): void {
  const record = cachedModule('kafkajs/src/protocol/recordBatch/record/v0/index.js');
  const batch = cachedModule('kafkajs/src/protocol/recordBatch/v0/index.js');
  const encodeRecord = record.exports as (one: BatchRecord) => Encoded;
  const original = batch.exports as { readonly RecordBatch: (of: object) => Promise<Encoded> };
  record.exports = (one: BatchRecord) => one;
  const RecordBatch = async (of: Batch): Promise<Encoded> => {
    if ((of.compression ?? NO_COMPRESSION) !== NO_COMPRESSION)
      return original.RecordBatch({ ...of, records: of.records.map(encodeRecord) });
    return toEncoded(encodeRecordBatch(of, of.records));
  };
  batch.exports = { ...original, RecordBatch };
}

const NO_COMPRESSION = 0;
const toEncoded = (buffer: Buffer): Encoded => ({ buf: buffer, buffer, size: () => buffer.length });

interface Request {
  readonly apiKey: number;
  readonly apiVersion: number;
  encode(): Promise<Encoded & { readonly body?: RequestBody }>;
}

const toRoomy = (body: RequestBody) => ({ ...toEncoded(body.bytes.subarray(body.from)), body });

/** A request is written once, its header before it; compressed ones go the old way. */
function repairProduceRequest(): void {
  const produce = cachedModule('kafkajs/src/protocol/requests/produce/v3/request.js');
  const toRequest = produce.exports as (of: object) => Request;
  produce.exports = (of: ProduceRequest & { readonly compression?: number }): Request => {
    const request = toRequest(of);
    if ((of.compression ?? NO_COMPRESSION) !== NO_COMPRESSION || !isPlain(of)) return request;
    return { ...request, encode: async () => toRoomy(encodeProduceRequest(of, Date.now())) };
  };
  const framed = cachedModule('kafkajs/src/protocol/request.js');
  framed.exports = async ({ correlationId, clientId, request }: Framing): Promise<Encoded> => {
    const { buffer, body = { bytes: buffer, from: 0 } } = await request.encode();
    return toEncoded(encodeRequest(request, correlationId, clientId, body));
  };
}

interface Framing {
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly request: Request;
}

/** kafkajs's reading position in a response. */
interface FetchDecoder {
  readonly buffer: Buffer;
  readonly offset: number;
  forward(bytes: number): void;
}

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** One pass over a batch's records; compressed ones are read where they were decompressed to. */
function repairBatchDecoding(): void {
  const { KafkaJSPartialMessageError } = load('kafkajs/src/errors') as {
    KafkaJSPartialMessageError: new (why: string) => Error;
  };
  const { lookupCodecByAttributes } = load('kafkajs/src/protocol/message/compression') as {
    lookupCodecByAttributes: (attributes: number) => Codec | null;
  };
  const decoder = cachedModule('kafkajs/src/protocol/recordBatch/v0/decoder.js');
  decoder.exports = async (from: FetchDecoder) => {
    const { buffer, offset } = from;
    const end = offset + LENGTH_FROM + buffer.readInt32BE(offset + LENGTH_FROM - 4);
    from.forward(end - offset);
    if (end > buffer.length) throw new KafkaJSPartialMessageError('a record batch goes on beyond its response');
    const { context, attributes } = readBatchContext(buffer, offset);
    const count = buffer.readInt32BE(offset + BATCH_HEAD_BYTES - 4);
    const codec = lookupCodecByAttributes(attributes);
    const start = offset + BATCH_HEAD_BYTES;
    const records =
      count <= 0
        ? []
        : codec === null
          ? readRecords(context, buffer, start, count)
          : readRecords(context, await codec.decompress(buffer.subarray(start, end)), 0, count);
    return { ...context, records };
  };
}

/** What one fetch gave of a partition. */
interface PartitionFetched {
  readonly abortedTransactions: readonly unknown[] | undefined;
  readonly messages: readonly FetchedRecord[];
}

interface FetchBatch {
  rawMessages: readonly FetchedRecord[];
  messagesWithinOffset: readonly FetchedRecord[];
  messages: readonly FetchedRecord[];
}

/** Offsets are compared as numbers; the original makes a big integer of the text of each. */
function repairBatchFilter(): void {
  const batch = cachedModule('kafkajs/src/consumer/batch.js');
  const withoutAborted = load('kafkajs/src/consumer/filterAbortedMessages.js') as (of: object) => FetchedRecord[];
  const Original = batch.exports as new (topic: string, fetchedOffset: string, of: PartitionFetched) => FetchBatch;
  batch.exports = class extends Original {
    constructor(topic: string, fetchedOffset: string, of: PartitionFetched) {
      super(topic, fetchedOffset, { ...of, messages: [] });
      const { messages, abortedTransactions } = of;
      const from = Number(fetchedOffset);
      this.rawMessages = messages;
      this.messagesWithinOffset = messages.filter(({ offsetNumber }) => offsetNumber >= from);
      this.messages = withoutAborted({ messages: this.messagesWithinOffset, abortedTransactions }).filter(
        ({ isControlRecord }) => !isControlRecord,
      );
    }
  };
}

/** A module of kafkajs as the loader keeps it, so that what it exports can be replaced for all who load it later. */
function cachedModule(name: string): { exports: unknown } {
  const file = load.resolve(name);
  load(file);
  const cached = load.cache[file];
  if (cached === undefined) throw new Error(`${name} is not where version ${SUPPORTED_VERSION} has it`);
  return cached;
}

interface BrokerPool {
  withBroker: (this: BrokerPool, ask: (at: unknown) => Promise<unknown>) => Promise<unknown>;
}

/** Looking for a coordinator asks one broker after another; when all fail, a lack of rights is now said as what it is. */
function repairCoordinatorRefusal(): void {
  const { prototype } = load('kafkajs/src/cluster/brokerPool.js') as { prototype: BrokerPool };
  const original = prototype.withBroker;
  prototype.withBroker = async function (ask): Promise<unknown> {
    let unauthorised: Error | undefined;
    const answer = await original.call(this, async (at) => {
      try {
        return await ask(at);
      } catch (error) {
        if (error instanceof Error && /_AUTHORIZATION_FAILED$/.test(String((error as { type?: unknown }).type)))
          unauthorised = error;
        throw error;
      }
    });
    if (answer === null && unauthorised !== undefined) throw unauthorised;
    return answer;
  };
}

/** A password is stretched once a salt, as RFC 5802 §5.1 lets a client do. */
function repairStretching(): void {
  const scram = load('kafkajs/src/broker/saslAuthenticator/scram.js') as { SCRAM: { hi: Stretch } };
  scram.SCRAM.hi = stretchOnce(scram.SCRAM.hi);
}

interface Sending {
  readonly topicMessages: readonly { readonly topic: string; readonly messages: object }[];
}

/** A round is sent by us; whatever else is refused is thrown as before, and what was said of the other partitions with it. */
function repairVerdicts(): void {
  const response = cachedModule('kafkajs/src/protocol/requests/produce/v3/response.js');
  const original = response.exports as { readonly parse: (answer: ProduceAnswer) => Promise<ProduceAnswer> };
  const parse = async (answer: ProduceAnswer): Promise<ProduceAnswer> => {
    try {
      return await original.parse(answer);
    } catch (error) {
      throw Object.assign(error as Error, { answer } satisfies RefusedInPart);
    }
  };
  response.exports = { ...original, parse };
  const sender = cachedModule('kafkajs/src/producer/sendMessages.js');
  const createSender = sender.exports as (parts: SenderParts) => (sending: Sending) => Promise<unknown>;
  sender.exports = (parts: SenderParts) => {
    const send = createSender(parts);
    return (sending: Sending) =>
      isRound(sending, parts) ? sendRound(parts, sending.topicMessages as RoundOfTopic[]) : send(sending);
  };
}

/** What a transaction sends is grouped as well, and stands or falls as a whole. */
function isRound({ topicMessages }: Sending, { eosManager }: SenderParts): boolean {
  return !eosManager.isTransactional() && topicMessages.every(({ messages }) => 'byPartition' in messages);
}
