// How a finished observation reaches the bus: checked, encoded, and written to the one topic its marking chooses.
// Holds: there is no topic parameter, so nothing can be written down; nothing is called accepted before acks=all.
// Source: README.md#publishing; CloudEvents Kafka binding §3.2

import { cellOf, print } from '@sitebus/marking';
import {
  checkObservation,
  deadTopic,
  isRefusal,
  noCell,
  obsTopic,
  observationHeaders,
  observationSubject,
  recordKey,
  unreachable,
  type BusPort,
  type BusProducer,
  type Clock,
  type Codec,
  type Fault,
  type OutgoingRecord,
  type Policy,
} from '@sitebus/sdk';
import type { FinishedObservation } from './observation.ts';
import type { Tombstone } from './tombstone.ts';

/** A record that passed every check, with where it goes. */
export interface CheckedObservation {
  readonly observation: FinishedObservation;
  readonly cell: string;
  readonly record: OutgoingRecord;
}

/** The way onto the bus: check, then publish; and the way to the dead letter. */
export interface PublishPort {
  /** All faults, or the record; pure but for the clock. */
  check(observation: FinishedObservation): CheckedObservation | { readonly faults: readonly Fault[] };
  /** Resolves after acks=all. Rejects with NOT_ALLOWED, TOO_LARGE (not retriable), NOT_DURABLE, UNREACHABLE, TIMEOUT (retriable). */
  publish(checked: CheckedObservation): Promise<void>;
  /** Keeps refused bytes for redrive, in the cell given. Rejects as `publish` does. */
  keepRefused(cell: string, record: Omit<OutgoingRecord, 'topic'>): Promise<void>;
  /** Writes a tombstone. Rejects as `publish` does. */
  erase(tombstone: Tombstone): Promise<void>;
  /** Cells whose producer stands. */
  connected(): ReadonlySet<string>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export interface BusPublisherParts {
  readonly agency: string;
  readonly policy: Policy;
  readonly codec: Codec;
  /** The bus as this agency's principal for the cell sees it. */
  readonly connect: (cell: string) => BusPort;
  readonly clock: Clock;
}

/** A publisher over one producer a cell; each cell has a principal of its own. */
export function createBusPublisher({ agency, policy, codec, connect, clock }: BusPublisherParts): PublishPort {
  const producers = new Map<string, { readonly port: BusPort; readonly producer: BusProducer }>();
  const send = async (cell: string, record: OutgoingRecord): Promise<void> => {
    const open = producers.get(cell);
    if (open === undefined) throw unreachable({ what: `the bus for cell ${cell}` });
    await open.producer.send(record);
  };
  return {
    check: (observation) => checkRecord(observation, agency, policy, codec, clock.now()),
    publish: ({ cell, record }) => send(cell, record),
    keepRefused: (cell, record) =>
      send(cell, { ...record, topic: deadTopic(cell, agency), headers: { ...record.headers, agency } }), // tenants share a topic
    erase: ({ cell, record }) => send(cell, record),
    connected: () => new Set(producers.keys()),
    async open() {
      for (const cell of cellsOfAgency(policy, agency)) {
        const port = connect(cell);
        producers.set(cell, { port, producer: await port.createProducer() });
      }
    },
    async close() {
      const open = [...producers.values()];
      producers.clear();
      for (const { producer } of open) await producer.close(); // the port belongs to who gave it
    },
  };
}

/**
 * The same way onto the bus for somebody who publishes in one view. What lies in none of its cells has no place for them,
 * whether a cell above holds it or none does; and no refusal names cells.
 */
export function restrictedTo(cells: readonly string[], publisher: PublishPort, policy: Policy): PublishPort {
  return {
    ...publisher,
    check(observation) {
      const cell = cellOf(observation.marking, policy.cells)?.id;
      if (cell === undefined || !cells.includes(cell)) return { faults: [NO_CELL_OF_VIEW] };
      const checked = publisher.check(observation);
      return 'faults' in checked ? { faults: checked.faults.map(withoutCells) } : checked;
    },
  };
}

const NO_CELL_OF_VIEW: Fault = {
  pointer: '/envelope/marking',
  code: 'NO_CELL',
  detail: 'no cell of this view may hold it',
};

/** The hint of this one fault lists what the agency may write. */
function withoutCells({ hint, ...fault }: Fault): Fault {
  const namesCells = fault.code === 'NOT_ALLOWED' && fault.pointer === NO_CELL_OF_VIEW.pointer;
  return hint === undefined || namesCells ? fault : { ...fault, hint };
}

/** The cells an agency may write, lowest first. */
export function cellsOfAgency(policy: Policy, agency: string): readonly string[] {
  const may = policy.agencies.find(({ id }) => id === agency)?.cells ?? [];
  return [...policy.cells]
    .sort((a, b) => a.rank - b.rank)
    .map(({ id }) => id)
    .filter((id) => may.includes(id));
}

function checkRecord(
  observation: FinishedObservation,
  agency: string,
  policy: Policy,
  codec: Codec,
  nowMs: number,
): CheckedObservation | { readonly faults: readonly Fault[] } {
  const { type, value, marking } = observation;
  const faults = checkObservation(type, value, policy, { agency, nowMs });
  if (faults.length > 0) return { faults };
  const cell = cellOf(marking, policy.cells)?.id;
  if (cell === undefined) throw noCell({ marking: print(marking, { homeNation: policy.homeNation }) }); // checkObservation has refused it
  try {
    return {
      observation,
      cell,
      record: toRecord(obsTopic(cell, agency), observation, codec.encode(observationSubject(type), value)),
    };
  } catch (cause) {
    const found = isRefusal(cause) ? faultsOf(cause.details['faults']) : [];
    if (found.length === 0) throw cause;
    return { faults: found };
  }
}

function faultsOf(value: unknown): readonly Fault[] {
  return Array.isArray(value) ? (value as readonly Fault[]) : []; // INVALID_OBSERVATION carries faults
}

function toRecord(topic: string, { type, value }: FinishedObservation, bytes: Buffer): OutgoingRecord {
  const { envelope } = value;
  return {
    topic,
    key: recordKey(envelope.id, bytes),
    value: bytes,
    headers: observationHeaders(observationSubject(type), envelope),
  };
}
