// The assessments of every view as fusion has them now: what cases cite, and what makes their evidence change.
// Holds: the newest version of each; links, evidence and context values are not kept, which are most of an assessment.
// Source: README.md#records

import { randomUUID } from 'node:crypto';
import type { PolicyAge } from '@sitebus/kit';
import {
  assessTopic,
  groupOf,
  GUARD_PRINCIPAL,
  type Assessment,
  type BusBatch,
  type BusConsumer,
  type BusPort,
  type Codec,
  type Policy,
} from '@sitebus/sdk';

/** What is kept of an assessment. */
export type AssessmentFacts = Omit<Assessment, 'links' | 'evidence' | 'contextValues'>;

/** What may be asked. */
export interface AssessmentIndex {
  /** The newest version; undefined where this view has none. */
  get(view: string, id: string): AssessmentFacts | undefined;
  /** Every one of a view that stands, in no order. */
  live(view: string): Iterable<AssessmentFacts>;
  /** Grows with every record taken in: nothing has changed while it stands still. */
  changes(): number;
  /** `ok` once everything was read that there was at start, else why not. */
  state(): string;
}

/** An index with its life. */
export interface RunningAssessmentIndex extends AssessmentIndex {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One past the last record that was taken in of a partition; undefined where none was. */
  readTo(topic: string, partition: number): bigint | undefined;
  readonly fatal: Promise<Error>;
}

/** Silence after which a topic counts as read: its last offsets may be markers of transactions, which nobody sees. */
const QUIET_MS = 1_000;

/** Makes the index over all views. */
export function createAssessmentIndex(parts: {
  readonly bus: BusPort;
  readonly policy: Policy;
  readonly codec: Codec;
  /** Told of the policy that each was made by. */
  readonly policyAge: Pick<PolicyAge, 'saw'>;
}): RunningAssessmentIndex {
  const { bus, policy, codec } = parts;
  const views = new Map(policy.views.map(({ id }) => [assessTopic(id), new Map<string, AssessmentFacts>()]));
  const unread = new Map<string, bigint>(); // partition → the end it had at start
  const read = new Map<string, bigint>();
  let consumer: BusConsumer | undefined;
  let isStarted = false;
  let changes = 0;
  let quiet: NodeJS.Timeout | undefined;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));
  const waitForSilence = (): void => {
    clearTimeout(quiet);
    if (unread.size > 0) quiet = setTimeout(() => unread.clear(), QUIET_MS);
  };
  const onBatch = async ({ topic, partition, records }: BusBatch): Promise<void> => {
    const known = views.get(topic);
    for (const { value, offset } of records) {
      read.set(`${topic}/${partition}`, offset + 1n);
      if (value === null || known === undefined) continue;
      const { links: _l, evidence: _e, contextValues: _c, ...facts } = codec.decode(value).value as Assessment;
      parts.policyAge.saw(facts.policyVersion);
      if ((known.get(facts.id)?.version ?? 0) <= facts.version) known.set(facts.id, facts);
      const end = unread.get(`${topic}/${partition}`);
      // The last offset of a transaction is its marker, one past the last record that anyone sees.
      if (end !== undefined && offset + 2n >= end) unread.delete(`${topic}/${partition}`);
    }
    changes += 1;
    waitForSilence();
  };
  return {
    fatal,
    state: () => (!isStarted ? 'not started' : unread.size === 0 ? 'ok' : `reading ${unread.size} partitions`),
    changes: () => changes,
    readTo: (topic, partition) => read.get(`${topic}/${partition}`),
    get: (view, id) => views.get(assessTopic(view))?.get(id),
    *live(view) {
      for (const facts of views.get(assessTopic(view))?.values() ?? []) if (facts.status === 'LIVE') yield facts;
    },
    async start() {
      for (const topic of views.keys())
        for (const { partition, earliest, next } of await bus.inspect.ends(topic))
          if (earliest < next) unread.set(`${topic}/${partition}`, next);
      consumer = await bus.createConsumer({
        groupId: groupOf(GUARD_PRINCIPAL, `assessments.${randomUUID().slice(0, 8)}`),
        topics: [...views.keys()],
        from: 'earliest',
        commit: 'never',
        onBatch,
      });
      void consumer.fatal.then(died);
      await consumer.assigned;
      isStarted = true;
      waitForSilence();
    },
    async stop() {
      clearTimeout(quiet);
      await consumer?.close();
    },
  };
}
