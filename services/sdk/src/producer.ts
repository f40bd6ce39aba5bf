// Publishes an agency's observations: completed, checked, encoded, and written to the one topic that the marking chooses.
// Holds: there is no topic parameter, so nothing can be written down; nothing is called published before every in-sync
// replica has it; the same id with the same content is written once. Source: README.md#publishing

import { cellOf, print } from '@sitebus/marking';
import { v5 } from 'uuid';
import type { Codec } from './avro-codec.ts';
import type { BusPort, OutgoingRecord } from './bus.ts';
import { toBusLogin, type BusTls, type ClientCertificate, type Scram } from './bus-login.ts';
import { createCellProducers } from './cell-producers.ts';
import { checkObservation } from './check-observation.ts';
import { observationHeaders } from './cloud-events.ts';
import { finishDraft, toDraftPointer, type Correction, type Draft, type FinishedDraft } from './draft.ts';
import { invalidMarking, invalidObservation, isRefusal, noCell, notAllowed, notYourAgency } from './errors.ts';
import type { Fault } from './fault.ts';
import type { BatchSummary, ItemAnswer } from './item-answer.ts';
import { agencyPrincipal, obsTopic } from './names.ts';
import { observationSubject, type ObservationType } from './observation-types.ts';
import type { Policy } from './policy.ts';
import { publishMany } from './publish-many.ts';
import { recordKey } from './record-key.ts';
import { createRecentlyPublished } from './recently-published.ts';
import { silentLog, systemClock, type Clock, type Log } from './time.ts';

/** A Kafka cluster; each cell has a principal of its own (`agency.<agency>.<cell>`), so credentials are asked for by cell. */
export interface KafkaConnect {
  readonly brokers: readonly string[];
  /** A password, or a certificate that signs in alone. */
  readonly credentials: (cell: string, principal: string) => Scram | ClientCertificate;
  readonly clientId?: string;
  /** Default false, but for who signs in by certificate: a loopback stack. */
  readonly tls?: BusTls;
}

/** What a producer is made of. */
export interface ProducerOptions {
  readonly agency: string;
  /** `bus` is shared and stays open; `kafka` is opened and closed by the producer. */
  readonly connect: { readonly kafka: KafkaConnect } | { readonly bus: BusPort };
  readonly policy: Policy;
  readonly codec: Codec;
  /** Makes source tokens of origins; never logged. Without it a draft with an origin is refused. */
  readonly signerKey?: Buffer;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Where a published observation lies. */
export interface Published {
  readonly id: string;
  readonly cell: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** An agency's way onto the bus. */
export interface Producer {
  /**
   * Resolves after acks=all; the same id again resolves alike, without a second record. Rejects with INVALID_OBSERVATION
   * {faults}, INVALID_MARKING, NO_CELL, NOT_ALLOWED, TOO_LARGE, CLOSED (not retriable), NOT_DURABLE, UNREACHABLE or TIMEOUT
   * (retriable, after having been tried again within: the observation is not accepted).
   */
  publish<T extends ObservationType>(draft: Draft<T>): Promise<Published>;
  /** Publishes many, each on its own: a refusal costs its draft only. `onItem` hears of each in the order of the input. */
  publishAll(
    drafts: Iterable<Draft> | AsyncIterable<Draft>,
    options?: { readonly onItem?: (answer: ItemAnswer) => void; readonly signal?: AbortSignal },
  ): Promise<BatchSummary>;
  /** All that `publish` would refuse, with pointers into the draft; pure but for the clock. */
  check<T extends ObservationType>(draft: Draft<T>): readonly Fault[];
  /** Publishes a replacement of this agency's observation `id`; it must go to the same cell where this producer knows that. */
  supersede<T extends ObservationType>(id: string, draft: Draft<T>): Promise<Published>;
  /** Withdraws this agency's observation `id`. `marking` is needed where this producer has not published it lately. */
  recall(id: string, reason: string, marking?: Draft['marking']): Promise<Published>;
  /** Flushes; rejects with UNREACHABLE if anything stayed unacknowledged. */
  close(): Promise<void>;
}

/** Makes a producer; cells are connected when first written. Rejects with NOT_YOUR_AGENCY where policy has no such agency. */
export async function createProducer(options: ProducerOptions): Promise<Producer> {
  const { agency, policy, codec, signerKey, clock = systemClock, log = silentLog } = options;
  const entry = policy.agencies.find(({ id }) => id === agency);
  if (entry === undefined) throw notYourAgency({ agency });
  const { namespace } = entry;
  const producers = createCellProducers(await opener(options, log));
  const recent = createRecentlyPublished<Published>();

  function prepare(draft: Draft, correction: Correction = {}): Prepared | { readonly faults: readonly Fault[] } {
    const nowMs = clock.now();
    const { homeNation } = policy;
    const context = { agency, namespace, homeNation, nowMs, ...(signerKey && { signerKey }) };
    const finished = finishDraft(draft, context, correction);
    if ('faults' in finished) return finished;
    const faults = checkObservation(finished.type, finished.value, policy, { agency, nowMs });
    const earlier = [...Object.values(correction)].flatMap((id) => (id === null ? [] : (recent.placeOf(id) ?? [])));
    const cell = cellOf(finished.marking, policy.cells)?.id ?? '';
    if (earlier.some((place) => place.cell !== cell)) faults.push(OTHER_CELL);
    if (faults.length > 0) return { faults: faults.map(toDraftFault) };
    return encode(finished, cell, agency, codec);
  }

  async function publish(draft: Draft, correction?: Correction): Promise<Published> {
    const prepared = prepare(draft, correction);
    if ('faults' in prepared) throw toRefusal(prepared.faults, draft, policy);
    const { id, cell, record, contentKey, marking } = prepared;
    return recent.once({ id, cell, contentKey, marking }, async () => {
      const producer = await producers.of(cell);
      return { id, cell, ...(await producer.send(record)) };
    });
  }

  return {
    publish: (draft) => publish(draft),
    publishAll: (drafts, { onItem, signal } = {}) => publishMany(drafts, publish, { onItem, signal }),
    check(draft) {
      const prepared = prepare(draft);
      return 'faults' in prepared ? prepared.faults : [];
    },
    supersede: (id, draft) => publish(draft, { supersedes: id }),
    recall: (id, reason, marking) => {
      const draft: Draft<'Recall'> = {
        id: v5(`recall\u001f${id}`, namespace), // one recall an id, however often it is asked for
        type: 'Recall',
        fields: { reason, replacement: null },
        marking: marking ?? recent.placeOf(id)?.marking ?? '',
        observedAt: new Date(clock.now()).toISOString(),
        sourceGrade: 'F',
        infoGrade: 6,
      };
      return publish(draft, { recalls: id });
    },
    close: () => producers.close(),
  };
}

interface Prepared extends Pick<FinishedDraft, 'contentKey' | 'marking'> {
  readonly id: string;
  readonly cell: string;
  readonly record: OutgoingRecord;
}

const OTHER_CELL: Fault = {
  pointer: '/envelope/marking',
  code: 'OTHER_CELL',
  detail: 'must keep a correction in the cell of what it corrects',
};

function encode(
  finished: FinishedDraft,
  cell: string,
  agency: string,
  codec: Codec,
): Prepared | { faults: readonly Fault[] } {
  const { type, value, marking, contentKey } = finished;
  const subject = observationSubject(type);
  try {
    const bytes = codec.encode(subject, value);
    const { envelope } = value;
    const record = {
      topic: obsTopic(cell, agency),
      key: recordKey(envelope.id, bytes),
      value: bytes,
      headers: observationHeaders(subject, envelope),
    };
    return { id: envelope.id, cell, record, contentKey, marking };
  } catch (cause) {
    if (!isRefusal(cause) || cause.code !== 'INVALID_OBSERVATION') throw cause;
    return { faults: (cause.details['faults'] as readonly Fault[]).map(toDraftFault) }; // as the codec promises
  }
}

const toDraftFault = (fault: Fault): Fault => ({ ...fault, pointer: toDraftPointer(fault.pointer) });

/** The refusals that have a code of their own come out under it; everything else is one refusal with all its faults. */
function toRefusal(faults: readonly Fault[], draft: Draft, { homeNation }: Policy): Error {
  const [first, ...more] = faults;
  if (first === undefined || more.length > 0) return invalidObservation({ faults });
  const { marking } = draft;
  if (first.code === 'NO_CELL')
    return noCell({ marking: typeof marking === 'string' ? marking : print(marking, { homeNation }) });
  if (first.code === 'NOT_ALLOWED') return notAllowed({ what: first.detail });
  if (first.code === 'INVALID_MARKING') return invalidMarking({ pointer: first.pointer, reason: first.detail });
  return invalidObservation({ faults });
}

async function opener({ agency, connect }: ProducerOptions, log: Log) {
  if ('bus' in connect) return () => Promise.resolve({ port: connect.bus, isShared: true });
  const { brokers, credentials, clientId = agency, tls = false } = connect.kafka;
  const { createKafkaBus } = await import('./kafka.ts'); // only who uses Kafka loads its driver
  return (cell: string) => {
    const login = toBusLogin(credentials(cell, agencyPrincipal(agency, cell)), tls);
    return Promise.resolve({ port: createKafkaBus({ brokers, clientId, log, ...login }), isShared: false });
  };
}
