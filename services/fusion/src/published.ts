// What a view has published, read back from its own assess.<view>: the authority for what is issued.
// Holds: committed records only; of every id the newest version; complete or not at all: versions have no gaps, so the
// newest ones add up to the number of assessments that the cuts say were written. Source: README.md#changed-rules

import {
  assessTopic,
  fusionPrincipal,
  groupOf,
  type Assessment,
  type BusBatch,
  type BusConsumer,
  type BusPort,
  type Codec,
  type CutInput,
} from '@sitebus/sdk';
import { byTopicAndPartition } from './cut.ts';
import { issuedIncomplete } from './errors.ts';
import type { Pace } from './pace.ts';

/** What is read, and for how long at most. */
export interface PublishedParts {
  readonly bus: BusPort;
  readonly codec: Codec;
  readonly pace: Pace;
  readonly view: string;
  readonly instance: string;
  readonly withinMs: number;
}

/** What was found. */
export interface Published {
  /** By id. */
  readonly newest: ReadonlyMap<string, Assessment>;
  /** How far every partition was read, sorted: `from` the first record found, `next` one past the last. */
  readonly read: readonly CutInput[];
}

/** Which part of the topic: all that `count` cuts-worth of versions lie in, or only what lies before `until`. */
export interface PublishedSpan {
  readonly count: number;
  /** Partitions that are not named have nothing. Undefined: everything. */
  readonly until?: readonly CutInput[];
}

/**
 * Reads until nothing is missing. Rejects with ISSUED_INCOMPLETE (retriable) when that takes longer than `withinMs`.
 * Nobody may write meanwhile, unless `until` says where to stop. Cost: one read of the topic.
 */
export async function readPublished(parts: PublishedParts, { count, until }: PublishedSpan): Promise<Published> {
  const found = new Found(until);
  if (count === 0) return found.published();
  const { bus, codec, pace, view, instance, withinMs } = parts;
  const topic = assessTopic(view);
  let settle: (cause?: Error) => void = () => undefined;
  const complete = new Promise<void>((resolve, reject) => {
    settle = (cause) => (cause === undefined ? resolve() : reject(cause));
  });
  complete.catch(() => undefined); // it may take that long to join; whoever waits below is told
  const cancel = pace.after(withinMs, () => settle(issuedIncomplete({ view, expected: count, found: found.versions })));
  let consumer: BusConsumer | undefined;
  try {
    consumer = await bus.createConsumer({
      groupId: groupOf(fusionPrincipal(view), `issued.${instance}`),
      topics: [topic],
      from: 'earliest',
      commit: 'never',
      async onBatch(batch) {
        await found.add(batch, codec);
        if (found.versions >= count) settle();
      },
    });
    void consumer.fatal.then(settle);
    await complete;
  } finally {
    cancel();
    await consumer?.close();
  }
  return found.published();
}

/** What has come so far. */
class Found {
  readonly #until: ReadonlyMap<number, number> | undefined;
  readonly #newest = new Map<string, Assessment>();
  readonly #read = new Map<number, CutInput>();
  /** Sum of the newest versions. */
  versions = 0;

  constructor(until: readonly CutInput[] | undefined) {
    this.#until = until && new Map(until.map(({ partition, next }) => [partition, next]));
  }

  async add({ topic, partition, records }: BusBatch, codec: Codec): Promise<void> {
    for (const { value, offset } of records) {
      if (value === null || (this.#until !== undefined && Number(offset) >= (this.#until.get(partition) ?? 0)))
        continue;
      await codec.ensure(value.readInt32BE(1)); // written by a release whose schema is not in the lock any more
      this.#keep(codec.decode(value).value as Assessment);
      const { from } = this.#read.get(partition) ?? { from: Number(offset) };
      this.#read.set(partition, { topic, partition, from, next: Number(offset) + 1 });
    }
  }

  published(): Published {
    return { newest: this.#newest, read: [...this.#read.values()].sort(byTopicAndPartition) };
  }

  #keep(assessment: Assessment): void {
    const known = this.#newest.get(assessment.id)?.version ?? 0;
    if (assessment.version <= known) return;
    this.#newest.set(assessment.id, assessment);
    this.versions += assessment.version - known;
  }
}
