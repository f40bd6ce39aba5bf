// What the two threads of a bus tell each other. Requests are answered by number, callbacks too; everything else is told once.
// Holds: every message can be cloned; buffers of records are transferred. Source: README.md#a-bus-in-a-thread

import type { ConsumerOptions, TopicPartition } from '../bus.ts';
import type { KafkaAddress } from './kafkajs-client.ts';
import type { ErrorMessage } from './thread-errors.ts';
import type { Written } from './kafkajs-transactional-producer.ts';
import type { PackedBatch } from './packed-batch.ts';
import type { PackedRecords } from './packed-records.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly connection: KafkaAddress;
  /** Where the host says that it is alive, on the monotonic clock, ns. */
  readonly pulse: SharedArrayBuffer;
}

/** What of a consumer's options can be told. */
export interface ToldOptions extends Pick<
  ConsumerOptions,
  'groupId' | 'topics' | 'from' | 'commit' | 'maxWaitMs' | 'maxPartitionBytes' | 'gatherMs'
> {
  /** Cells of its `Ownership`. */
  readonly ownership: SharedArrayBuffer;
}

/** A request of the host; `handle` is a number that the host has chosen for what is made. */
export type Request =
  | { readonly ask: 'producer'; readonly handle: number }
  | { readonly ask: 'transactional'; readonly handle: number; readonly transactionalId: string }
  | { readonly ask: 'consumer'; readonly handle: number; readonly options: ToldOptions }
  | { readonly ask: 'send'; readonly handle: number; readonly records: PackedRecords }
  | { readonly ask: 'commit'; readonly handle: number; readonly records: PackedRecords }
  | { readonly ask: 'flush'; readonly handle: number }
  | { readonly ask: 'close'; readonly handle: number }
  | { readonly ask: 'topics' }
  | { readonly ask: 'ends'; readonly topic: string }
  | { readonly ask: 'close-all' };

/** One instruction to a consumer; they are numbered, so that a batch can say which it has seen. */
export type Instruction =
  | { readonly do: 'pause' | 'resume'; readonly places: readonly TopicPartition[] }
  | { readonly do: 'seek'; readonly place: TopicPartition; readonly next: bigint };

/** From the host to the thread. */
export type ToThread =
  | { readonly kind: 'request'; readonly number: number; readonly request: Request }
  | {
      readonly kind: 'instruction';
      readonly handle: number;
      readonly number: number;
      readonly instruction: Instruction;
    }
  | { readonly kind: 'called-back'; readonly number: number; readonly outcome: Outcome };

/** From the thread to the host. */
export type FromThread =
  /** What was told in one turn, in its order. */
  | { readonly kind: 'several'; readonly messages: readonly FromThread[] }
  | { readonly kind: 'answer'; readonly number: number; readonly outcome: Outcome }
  | { readonly kind: 'callback'; readonly number: number; readonly handle: number; readonly callback: Callback }
  | { readonly kind: 'revoked'; readonly handle: number; readonly places: readonly TopicPartition[] }
  | { readonly kind: 'assigned'; readonly handle: number; readonly places: readonly TopicPartition[] }
  | { readonly kind: 'fatal'; readonly handle: number; readonly error: ErrorMessage }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly keys: object; readonly message: string };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A call of a consumer's options that is waited for. */
export type Callback =
  | { readonly call: 'start-at'; readonly assigned: readonly TopicPartition[] }
  | {
      readonly call: 'batch';
      readonly batch: PackedBatch;
      readonly highWatermark: bigint;
      readonly generation: bigint;
      /** The newest instruction that had been followed when the batch was told. */
      readonly seen: number;
    };

/** How a call ended. */
export type Outcome =
  { readonly ok: true; readonly value?: unknown } | { readonly ok: false; readonly error: ErrorMessage };

/** What became of records that were sent, in their order. */
export interface Sent extends Written {
  /** By place in the order; a record that is not named was accepted. */
  readonly refused: readonly { readonly index: number; readonly error: ErrorMessage }[];
}
