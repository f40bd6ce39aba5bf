// Where every observation lies: by id, so that the guard can read a record itself, and knows what was recalled.
// Holds: what admission refuses is not there; of an id's copies under one marking the one appended first counts; values are
// not kept but those of declared gaps: a record that is spoken of is read again from the bus. Source: README.md#records

import { createHash, randomUUID } from 'node:crypto';
import { createAdmit, recordAt, type NamedRecord } from '@sitebus/kit';
import { isSameMarking, type Marking } from '@sitebus/marking';
import {
  groupOf,
  GUARD_PRINCIPAL,
  obsTopic,
  toWire,
  writerOf,
  type BusBatch,
  type BusConsumer,
  type BusPort,
  type BusRecord,
  type CitedRecord,
  type Clock,
  type Codec,
  type Log,
  type Policy,
  type TopicPartition,
  type View,
} from '@sitebus/sdk';
import type { RecordValue } from './released-records.ts';
import { createSourceGaps, type DeclaredGap } from './source-gaps.ts';

/** A record read again, as it is now. */
export interface ReadRecord {
  readonly cited: CitedRecord;
  readonly type: string;
  readonly subject: string;
  readonly value: RecordValue;
  readonly marking: Marking;
  readonly isRecalled: boolean;
}

/** What may be asked once it has been read to the end it had at start. */
export interface RecordIndex {
  /** Waits a little for what has just been written. @returns undefined where there is none, or none under this marking. */
  read(named: NamedRecord): Promise<ReadRecord | undefined>;
  /** The same record as it lay when it was cited; undefined where it is gone. */
  readAgain(cited: CitedRecord): Promise<ReadRecord | undefined>;
  /** True where an agency has a record with this id in this cell. */
  has(agency: string, cell: string, id: string): boolean;
  /** True where the agency has recalled its record with this id in this cell. */
  isRecalled(agency: string, cell: string, id: string): boolean;
  /** Gaps that stand and that the view may read, in no order. */
  sourceGaps(view: Pick<View, 'clearance'>): readonly DeclaredGap[];
  /** Markings of the records with this id, whoever's. */
  markingsOf(id: string): readonly Marking[];
  /** `ok` once everything was read that there was at start, else why not. */
  state(): string;
}

/** An index with its life. */
export interface RunningRecordIndex extends RecordIndex {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** One past the last record that was taken in of a partition; undefined where none was. */
  readTo(topic: string, partition: number): bigint | undefined;
  readonly fatal: Promise<Error>;
}

interface Place extends TopicPartition {
  readonly agency: string;
  readonly cell: string;
  readonly offset: bigint;
  readonly marking: Marking;
  readonly atMs: number;
}

/** How long a record that others have already read is waited for. */
const ARRIVAL_MS = 5_000;
/** How long an unknown schema is left before the registry is asked again. */
const SCHEMA_RETRY_MS = 5_000;
const READ_WITHIN_MS = 20_000;

/** Makes the index over every cell. */
export function createRecordIndex(parts: {
  readonly bus: BusPort;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Log;
}): RunningRecordIndex {
  const { bus, policy, codec, log } = parts;
  const admit = createAdmit();
  const places = new Map<string, Place[]>();
  const recalled = new Set<string>();
  const gaps = createSourceGaps(policy.cells);
  const waiting = new Set<() => void>();
  const unread = new Map<string, bigint>(); // partition → the end it had at start
  const read = new Map<string, bigint>();
  const timers = new Set<NodeJS.Timeout>();
  let consumer: BusConsumer | undefined;
  let isStarted = false;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));
  const group = (purpose: string): string => groupOf(GUARD_PRINCIPAL, `${purpose}.${randomUUID().slice(0, 8)}`);

  const take = (record: BusRecord): number | undefined => {
    if (record.value === null) return undefined; // a purge: reading the place again will find nothing
    const admission = admit(record, { codec, policy });
    if (admission.kind === 'unknown-schema') return admission.schemaId;
    if (admission.kind === 'quarantined') return undefined;
    const { envelope, marking, agency, cell } = admission;
    const known = places.get(envelope.id) ?? [];
    const { topic, partition, offset, timestampMs: atMs } = record;
    known.push({ topic, partition, offset, agency, cell, marking, atMs });
    places.set(envelope.id, known);
    if (envelope.recalls !== null) recalled.add(keyOf(agency, cell, envelope.recalls));
    gaps.take(admission);
    return undefined;
  };
  const onBatch = async (batch: BusBatch): Promise<void> => {
    for (const record of batch.records) {
      for (let schemaId = take(record); schemaId !== undefined; schemaId = take(record)) {
        const known = await codec.ensure(schemaId).catch(() => 'unknown' as const);
        if (known === 'denied') break;
        if (known === 'unknown') {
          waitFor(batch, record.offset, schemaId);
          return;
        }
      }
      const at = `${batch.topic}/${batch.partition}`;
      read.set(at, record.offset + 1n);
      const end = unread.get(at);
      if (end !== undefined && record.offset + 1n >= end) unread.delete(at);
    }
    for (const wake of [...waiting]) wake();
  };
  const waitFor = ({ topic, partition }: BusBatch, offset: bigint, schemaId: number): void => {
    log.error({ topic, partition, offset: String(offset), schemaId }, 'partition paused: schema unknown');
    consumer?.pause([{ topic, partition }]);
    consumer?.seek({ topic, partition }, offset);
    const timer = setTimeout(() => {
      timers.delete(timer);
      consumer?.resume([{ topic, partition }]);
    }, SCHEMA_RETRY_MS);
    timers.add(timer);
  };

  const placeOf = ({ id, agency, cell, marking }: NamedRecord): Place | undefined =>
    (places.get(id) ?? [])
      .filter((place) => place.agency === agency && place.cell === cell && isSameMarking(place.marking, marking))
      .reduce<Place | undefined>(
        (first, place) => (first === undefined || place.atMs < first.atMs ? place : first),
        undefined,
      );
  const arrived = async (named: NamedRecord): Promise<Place | undefined> => {
    const until = Date.now() + ARRIVAL_MS;
    for (let place = placeOf(named); ; place = placeOf(named)) {
      const left = until - Date.now();
      if (place !== undefined || left <= 0) return place;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        waiting.add(wake);
      });
    }
  };

  const readAt = async (id: string, place: Place): Promise<ReadRecord | undefined> => {
    const record = await fetchOne(bus, group('record'), place);
    if (record?.value === undefined || record.value === null) return undefined;
    const admission = admit(record, { codec, policy });
    if (admission.kind !== 'admitted' || admission.envelope.id !== id) return undefined;
    const { decoded, marking, agency, cell } = admission;
    return {
      cited: {
        id,
        agency,
        cell,
        topic: place.topic,
        partition: place.partition,
        offset: String(place.offset),
        contentHash: createHash('sha256').update(record.value).digest('hex'),
        marking: toWire(marking),
      },
      type: decoded.type,
      subject: decoded.subject,
      value: decoded.value as RecordValue, // admission has read its envelope
      marking,
      isRecalled: recalled.has(keyOf(agency, cell, id)),
    };
  };

  return {
    fatal,
    state: () => (!isStarted ? 'not started' : unread.size === 0 ? 'ok' : `reading ${unread.size} partitions`),
    async start() {
      const topics = [
        ...new Set(policy.agencies.flatMap(({ id, cells }) => cells.map((cell) => obsTopic(cell, writerOf(id))))),
      ].sort();
      for (const topic of topics)
        for (const { partition, earliest, next } of await bus.inspect.ends(topic))
          if (earliest < next) unread.set(`${topic}/${partition}`, next);
      consumer = await bus.createConsumer({
        groupId: group('records'),
        topics,
        from: 'earliest',
        commit: 'never',
        onBatch,
      });
      void consumer.fatal.then(died);
      await consumer.assigned;
      isStarted = true;
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const wake of [...waiting]) wake();
      await consumer?.close();
    },
    async read(named) {
      const place = await arrived(named);
      return place === undefined ? undefined : readAt(named.id, place);
    },
    async readAgain({ id, agency, cell, topic, partition, offset, marking: _marking }) {
      const place = (places.get(id) ?? []).find(
        (each) =>
          each.agency === agency &&
          each.cell === cell &&
          each.topic === topic &&
          each.partition === partition &&
          String(each.offset) === offset,
      );
      return place === undefined ? undefined : readAt(id, place);
    },
    has: (agency, cell, id) => (places.get(id) ?? []).some((place) => place.agency === agency && place.cell === cell),
    isRecalled: (agency, cell, id) => recalled.has(keyOf(agency, cell, id)),
    sourceGaps: (view) => gaps.of(view),
    readTo: (topic, partition) => read.get(`${topic}/${partition}`),
    markingsOf: (id) => (places.get(id) ?? []).map(({ marking }) => marking),
  };
}

const keyOf = (agency: string, cell: string, id: string): string => `${agency} ${cell} ${id}`;

/** Reads the one record at a place; undefined where it is no longer there, or the bus does not say. */
async function fetchOne(bus: BusPort, groupId: string, place: Place): Promise<BusRecord | undefined> {
  const record = await recordAt(bus, place, { groupId, withinMs: READ_WITHIN_MS });
  return record === 'unanswered' ? undefined : record;
}
