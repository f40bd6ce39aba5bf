// Feeds the read model from the bus: the view's assessments and alerts, and the observations of its cells.
// Holds: nothing is answered before every partition has been read up to the end it had at start; a record that is not
// admitted is left out, never repaired; an unknown schema stops its partition, and says so, until it is known.
// Source: README.md#read-model

import { COPY_GATHER_MS } from '@sitebus/kit';
import { cellsOf } from '@sitebus/marking';
import { alertTopic, assessTopic, fromObsTopic, obsTopic, writerOf } from '@sitebus/sdk';
import type {
  Alert,
  Assessment,
  BusBatch,
  BusConsumer,
  BusPort,
  BusRecord,
  Clock,
  Codec,
  Log,
  Policy,
  View,
} from '@sitebus/sdk';
import type { ObservationEntry } from './held-observations.ts';
import type { SpilledProducts } from '../spills/spilled-products.ts';
import type { InMemoryReadModel } from './in-memory.ts';

/** What admission says of one record of `obs.*`. */
export type Admission =
  { readonly admitted: ObservationEntry } | { readonly refused: string } | { readonly unknownSchema: number };

/** The running rebuild. */
export interface Rebuild {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** True once every partition was read to the end it had at start; a paused partition counts as read so far. */
  isRead: () => boolean;
  /** `ok` once caught up and nothing is paused, else why not. */
  state(): string;
  readonly fatal: Promise<Error>;
}

/**
 * Silence after which a partition counts as read although offsets are left: the last ones may be markers of
 * transactions, which no consumer sees.
 */
const QUIET_MS = 2_000;
/** How long an unknown schema is left before the registry is asked again. */
const SCHEMA_RETRY_MS = 5_000;

/** @returns the topics a gateway of the view reads, sorted. */
export function topicsOf(view: View, policy: Policy): readonly string[] {
  const cells = cellsOf(view.clearance, policy.cells).map(({ id }) => id);
  const observations = policy.agencies.flatMap((agency) =>
    agency.cells.filter((cell) => cells.includes(cell)).map((cell) => obsTopic(cell, writerOf(agency.id))),
  );
  return [...new Set([assessTopic(view.id), alertTopic(view.id), ...observations])].sort();
}

/** Makes the feed of one view's model. */
export function createRebuild(parts: {
  readonly bus: BusPort;
  readonly view: View;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly model: InMemoryReadModel;
  /** Checks a record of `obs.*` anew (origin, cell, schema). */
  readonly admit: (record: BusRecord) => Admission;
  /** Told of each version of an assessment; one that it takes is left out. */
  readonly products?: Pick<SpilledProducts, 'takes'>;
  readonly groupId: string;
  readonly clock: Clock;
  readonly log: Log;
}): Rebuild {
  const { bus, view, policy, codec, model, log } = parts;
  const open = new Map<string, bigint>(); // partitions not yet read to the end they had at start
  const paused = new Map<string, number>(); // partition → the schema id it waits for
  const timers = new Set<NodeJS.Timeout>();
  const consumers = new Map<string, BusConsumer>(); // by topic
  let started = false;
  let wasRead = false;
  let lastBatchMs = 0;
  let inHand = 0; // batches being read right now
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const apply = (record: BusRecord): 'ok' | number => {
    const origin = fromObsTopic(record.topic);
    if (record.value === null) {
      // An erasure; what was sent stays on the ledger.
      if (origin !== undefined && record.key !== null) model.eraseObservation(origin.cell, record.key.toString('utf8'));
      return 'ok';
    }
    if (origin === undefined) return applyProduct(record, record.value);
    const admission = parts.admit(record);
    if ('unknownSchema' in admission) return admission.unknownSchema;
    if ('admitted' in admission) model.addObservation(admission.admitted);
    else
      log.warn(
        { topic: record.topic, partition: record.partition, offset: String(record.offset), code: admission.refused },
        'record left out',
      );
    return 'ok';
  };
  const applyProduct = (record: BusRecord, value: Buffer): 'ok' | number => {
    try {
      const decoded = codec.decode(value);
      if (record.topic === alertTopic(view.id))
        model.addAlert(decoded.value as Alert, record.offset, record.timestampMs);
      else if (parts.products?.takes(decoded.value as Assessment, record.headers, record.timestampMs) !== true)
        model.addAssessment(decoded.value as Assessment, record.timestampMs, record);
      return 'ok';
    } catch (cause) {
      const { code, details } = cause as { code?: string; details?: { schemaId?: number } };
      if (code === 'SCHEMA_UNKNOWN' && details?.schemaId !== undefined) return details.schemaId;
      log.error(
        { topic: record.topic, partition: record.partition, offset: String(record.offset), code },
        'record left out',
      );
      return 'ok';
    }
  };

  const onBatch = async (batch: BusBatch): Promise<void> => {
    inHand += 1;
    try {
      await read(batch);
    } finally {
      inHand -= 1;
      lastBatchMs = parts.clock.now();
    }
  };
  const read = async (batch: BusBatch): Promise<void> => {
    const at = `${batch.topic}/${batch.partition}`;
    for (const record of batch.records) {
      for (let outcome = apply(record); outcome !== 'ok'; outcome = apply(record)) {
        const known = await codec.ensure(outcome).catch(() => 'unknown' as const);
        if (known === 'denied') break;
        if (known === 'unknown') {
          wait(batch, record.offset, outcome);
          return;
        }
      }
      const end = open.get(at);
      // The last offset of a transaction is its marker, one past the last record that anyone sees.
      if (end !== undefined && record.offset + 2n >= end) open.delete(at);
    }
  };
  const wait = (batch: BusBatch, offset: bigint, schemaId: number): void => {
    const { topic, partition } = batch;
    paused.set(`${topic}/${partition}`, schemaId);
    log.error({ topic, partition, offset: String(offset), schemaId }, 'partition paused: schema unknown');
    consumers.get(topic)?.pause([{ topic, partition }]);
    consumers.get(topic)?.seek({ topic, partition }, offset);
    const timer = setTimeout(() => {
      timers.delete(timer);
      paused.delete(`${topic}/${partition}`);
      consumers.get(topic)?.resume([{ topic, partition }]);
    }, SCHEMA_RETRY_MS);
    timers.add(timer);
  };

  /** A fetch names every partition of its consumer: with one for all, each alert would ask after every agency's topics as well. */
  const follow = async (what: 'products' | 'observations', topics: readonly string[]): Promise<void> => {
    const consumer = await bus.createConsumer({
      groupId: `${parts.groupId}.${what}`,
      topics,
      from: 'earliest',
      commit: 'never',
      gatherMs: COPY_GATHER_MS,
      onBatch,
    });
    for (const topic of topics) consumers.set(topic, consumer);
    void consumer.fatal.then(died);
    await consumer.assigned;
  };

  const isRead = (): boolean => {
    if (started && open.size > 0 && inHand === 0 && parts.clock.now() - lastBatchMs > QUIET_MS) open.clear();
    // Once read it stays so: a paused partition that goes on takes nothing away, and open streams could not be served meanwhile.
    wasRead ||= started && open.size - [...paused.keys()].filter((at) => open.has(at)).length === 0;
    return wasRead;
  };

  return {
    fatal,
    async start() {
      const topics = topicsOf(view, policy);
      for (const topic of topics) {
        for (const { partition, earliest, next } of await bus.inspect.ends(topic)) {
          if (topic === alertTopic(view.id)) model.setAlertEnds({ earliest, next });
          if (earliest < next) open.set(`${topic}/${partition}`, next);
        }
      }
      await Promise.all([
        follow('products', topics.filter((topic) => fromObsTopic(topic) === undefined)),
        follow('observations', topics.filter((topic) => fromObsTopic(topic) !== undefined)),
      ]); // prettier-ignore
      lastBatchMs = parts.clock.now();
      started = true;
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([...new Set(consumers.values())].map((consumer) => consumer.close()));
    },
    isRead,
    state() {
      if (!started) return 'not started';
      if (!isRead() && paused.size === 0) return `reading ${open.size} partitions`;
      const [first] = paused;
      return first === undefined ? 'ok' : `${first[0]} waits for schema ${first[1]}`;
    },
  };
}
