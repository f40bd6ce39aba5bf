// The events of the guard, on `case.<view>`: read to their end at start, then written by one instance alone.
// Holds: taking the transactional id fences whoever had it, before anything is read, so that nobody else adds an event that
// this instance has not seen; an event whose commit has an unknown outcome ends the instance, and the next one reads what is
// there. Source: README.md#events

import { randomUUID } from 'node:crypto';
import {
  caseTopic,
  groupOf,
  GUARD_PRINCIPAL,
  GUARD_TRANSACTIONAL_ID,
  isRefusal,
  toCloudEventHeaders,
  type BusPort,
  type Clock,
  type Codec,
  type Decoded,
  type OutgoingRecord,
  type Policy,
  type TransactionalProducer,
} from '@sitebus/sdk';
import { readToEnds } from '@sitebus/kit';
import { commitUnknown, guardFenced } from './errors.ts';
import type { Frame } from './machine.ts';

/** One event as it was read. */
export interface LoggedEvent {
  readonly view: string;
  readonly subject: string;
  readonly event: Frame<string>;
  readonly topic: string;
  readonly offset: bigint;
}

/** One event as it is written. */
export type AppendedEvent = Pick<LoggedEvent, 'view' | 'subject' | 'event'>;

/** The log with its life. */
export interface EventLog {
  /** Resolves when every event there is has been handed over, in the order of each view. */
  start(onEvent: (event: LoggedEvent) => void): Promise<void>;
  /**
   * Resolves when all of them are durable; they are written in one transaction, in this order. Rejects with GUARD_FENCED or
   * COMMIT_UNKNOWN (retriable, by a fresh start).
   */
  append(events: readonly AppendedEvent[]): Promise<void>;
  stop(): Promise<void>;
  /** Resolves (never rejects) when this instance may decide no more. */
  readonly fatal: Promise<Error>;
}

/**
 * Silence after which a topic counts as read although offsets are left: the last ones may be markers of transactions that
 * came to nothing, which no consumer sees.
 */
const QUIET_MS = 2_000;

/** Makes the log over the cases of every view. */
export function createEventLog(parts: {
  readonly bus: BusPort;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
}): EventLog {
  const { bus, policy, codec } = parts;
  let producer: TransactionalProducer | undefined;
  let last: Promise<unknown> = Promise.resolve(); // one transaction at a time
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const toRecord = ({ view, subject, event }: AppendedEvent): OutgoingRecord => ({
    topic: caseTopic(view),
    key: event.id,
    value: codec.encode(subject, event),
    headers: toCloudEventHeaders({
      id: `${event.id}/${event.seq}`,
      source: `urn:sitebus:${GUARD_PRINCIPAL}`,
      type: subject,
      timeMs: event.at,
    }),
  });
  const commit = async (events: readonly AppendedEvent[]): Promise<void> => {
    if (producer === undefined) throw commitUnknown({});
    const records = events.map(toRecord); // what cannot be encoded is a defect of its command, and ends nothing
    try {
      await producer.commit(records);
    } catch (cause) {
      const isFenced = (cause as { code?: unknown }).code === 'FENCED';
      const ended = isFenced ? guardFenced({}, cause) : commitUnknown({}, cause);
      producer = undefined;
      died(ended);
      throw ended;
    }
  };

  return {
    fatal,
    async start(onEvent) {
      producer = await bus.createTransactionalProducer(GUARD_TRANSACTIONAL_ID);
      const views = new Map(policy.views.map(({ id }) => [caseTopic(id), id]));
      await readToEnds(bus, [...views.keys()], {
        groupId: groupOf(GUARD_PRINCIPAL, `events.${randomUUID().slice(0, 8)}`),
        async each({ topic, offset, value }) {
          if (value === null) return;
          const { subject, value: event } = await decoded(codec, value);
          onEvent({ view: views.get(topic) ?? '', subject, event: event as Frame<string>, topic, offset });
        },
        isTransactional: true,
        firstWithinMs: QUIET_MS * 5,
        quietMs: QUIET_MS,
      });
    },
    append(events) {
      const own = last.then(() => commit(events));
      last = own.catch(() => undefined);
      return own;
    },
    async stop() {
      await last;
      await producer?.close();
      producer = undefined;
    },
  };
}

/** What was written with an older version of its type is read too: the registry still has the schema, which the lock need not hold. */
async function decoded(codec: Codec, bytes: Buffer): Promise<Decoded> {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    const schemaId = isRefusal(cause) && cause.code === 'SCHEMA_UNKNOWN' ? cause.details['schemaId'] : undefined;
    if (typeof schemaId !== 'number' || (await codec.ensure(schemaId)) !== 'known') throw cause;
    return codec.decode(bytes);
  }
}
