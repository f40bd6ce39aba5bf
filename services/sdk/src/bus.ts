// The one port behind which Kafka lives: what the rest of sitebus may ask of a bus.
// Holds: two adapters pass one contract suite (test/contract), the in-memory bus of ./testing and Kafka of ./kafka;
// values and keys handed out are owned by the receiver (copied out of fetch buffers); nothing is acknowledged before acks=all.

/** One record as read from a partition. `headers` are hints; the decoded envelope is the truth. */
export interface BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | null;
  /** null is a tombstone. */
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** UTC milliseconds; broker append time on topics with LogAppendTime. */
  readonly timestampMs: number;
}

/** One record to write. Without `partition` the key chooses it (murmur2 as Kafka's Java client; no key: spread). */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly partition?: number;
}

/** Where a written record lies, once every in-sync replica has it. */
export interface Acknowledged {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A partition; its key in maps is `topic/partition`. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * A partition's ends: `earliest` is the first offset that still exists, `next` the one the next record gets.
 * While a transaction is open, `next` is where its first record lies: nobody here reads further.
 */
export interface PartitionEnds extends TopicPartition {
  readonly earliest: bigint;
  readonly next: bigint;
}

/** An idempotent producer with accumulation: many `send` calls share requests (5 ms, 500 records or 512 KiB a partition). */
export interface BusProducer {
  /**
   * Resolves when the record is on every in-sync replica, never before.
   * Rejects with NOT_ALLOWED (ACL), TOO_LARGE, NOT_DURABLE, UNREACHABLE, TIMEOUT or CLOSED; the record is then *not* accepted.
   */
  send(record: OutgoingRecord): Promise<Acknowledged>;
  /** Like `send` for many, in order; an outcome each, so that one refusal does not hide its neighbours. */
  sendAll(records: readonly OutgoingRecord[]): Promise<readonly PromiseSettledResult<Acknowledged>[]>;
  /** Waits until nothing is in flight; rejects if anything stayed unacknowledged since the last flush. */
  flush(): Promise<void>;
  /** Takes nothing more, and waits until nothing is in flight. Refusals are for those who sent; it rejects for none of them. */
  close(): Promise<void>;
}

/** A producer whose writes are atomic. Creating one fences every older holder of the same transactional id. */
export interface TransactionalProducer {
  readonly transactionalId: string;
  /**
   * Writes all records in one transaction, or none. Rejects with FENCED when a newer holder exists; after any
   * rejection the producer is dead (`close` it and create another): the outcome of the transaction is unknown.
   */
  commit(records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]>;
  close(): Promise<void>;
}

/** Consecutive records of one partition, in offset order, never empty. */
export interface BusBatch extends TopicPartition {
  readonly records: readonly BusRecord[];
  /** The offset the next record of this partition will get, as known to the broker when this batch was fetched. */
  readonly highWatermark: bigint;
  /** True when the partition has been revoked: side effects must not follow. */
  isRevoked(): boolean;
}

/** What a consumer reads, from where, and what it does with it. */
export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to start in a partition for which neither `startAt` nor a committed offset says otherwise. */
  readonly from: 'earliest' | 'latest';
  /**
   * Called at every assignment, before any record; offsets given here win over committed ones (next offset to read).
   * Below the oldest record the oldest is read (and logged); past the end the consumer dies with OFFSET_OUT_OF_RANGE.
   */
  readonly startAt?: (
    assigned: readonly TopicPartition[],
  ) => Promise<readonly (TopicPartition & { readonly next: bigint })[]>;
  /** Called when partitions are taken away. */
  readonly onRevoked?: (revoked: readonly TopicPartition[]) => void;
  /** Whether the group's offsets are committed after each batch. Lanes that keep offsets in their cuts say 'never'. */
  readonly commit: 'after-batch' | 'never';
  /** A rejection here is fatal: the consumer stops and `fatal` resolves with it. Batches of one partition never overlap. */
  readonly onBatch: (batch: BusBatch) => Promise<void>;
  /** Longest wait of a fetch that finds nothing, ms; data ends it at once. Default 500: each idle round costs both sides. */
  readonly maxWaitMs?: number;
  /** Most bytes of one partition in one fetch, but for a larger record; what the reader takes in at once. Default 1 MiB. */
  readonly maxPartitionBytes?: number;
  /**
   * Rest after a fetch that brought few records, ms: what comes meanwhile comes together, and so much later at most. A bus that
   * does not fetch takes no notice. Default 0.
   */
  readonly gatherMs?: number;
}

/** A running consumer. Reads committed records only. */
export interface BusConsumer {
  /**
   * Resolves once the group has assigned partitions for the first time and their positions are set; it may be none. Rejects
   * with what the consumer died of before that, and with CLOSED. May be left alone: nobody is told of a rejection else.
   */
  readonly assigned: Promise<readonly TopicPartition[]>;
  /** Resolves (never rejects) with the cause when the consumer has died: onBatch threw, crash, or stalled fetch (watchdog). */
  readonly fatal: Promise<Error>;
  assignment(): readonly TopicPartition[];
  /** Stops fetching these until `resume`; what was fetched but not yet delivered is delivered after `resume`, in order. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** The next record delivered from this partition is the one at `next`. */
  seek(partition: TopicPartition, next: bigint): void;
  /** Waits for the batch in hand, leaves the group. */
  close(): Promise<void>;
}

/** What a service may ask about topics; making topics, ACLs and principals belongs to provision alone. */
export interface BusInspector {
  /** Topics this principal may describe, sorted. */
  topics(): Promise<readonly string[]>;
  /** Ends of every partition of the topic, sorted by partition. Rejects with NOT_ALLOWED or UNREACHABLE. */
  ends(topic: string): Promise<readonly PartitionEnds[]>;
}

/** A bus as one principal sees it. */
export interface BusPort {
  createProducer(): Promise<BusProducer>;
  createTransactionalProducer(transactionalId: string): Promise<TransactionalProducer>;
  /** Joins the group. Rejects with NOT_ALLOWED (group or topic) or UNREACHABLE (also: no such topic). */
  createConsumer(options: ConsumerOptions): Promise<BusConsumer>;
  readonly inspect: BusInspector;
  /** Closes everything this port made. */
  close(): Promise<void>;
}
