// Takes observations one by one, as JSON: reads, completes, checks, writes, and answers for each in order.
// Holds: the agency is the caller's and the recorded time the service's; a token is made here from the stated origin, never
// taken from outside; a bad item costs only itself. Source: README.md#submitting

import { createHash, randomUUID } from 'node:crypto';
import {
  isRefusal,
  newestOf,
  observationSubject,
  sourceTokenOf,
  toWire,
  type AvroObject,
  type Codec,
  type Fault,
  type ItemAnswer,
  type ObservationType,
} from '@sitebus/sdk';
import { isTooDeep, type ObservationJson } from '@sitebus/kit';
import type { AcceptedMemory, PublishOutcome } from './accepted-memory.ts';
import { givenMarking } from './given-marking.ts';
import { foreignFaults } from './whose.ts';
import type { ImportParts } from './import-file.ts';
import { readRecord } from './json-to-record.ts';
import type { FinishedObservation } from './observation.ts';
import type { CheckedObservation } from './publish-port.ts';
import { refuseItem } from './refused-item.ts';
import { isJsonObject, objectAt, sortedJson, textAt } from './untrusted.ts';

/** What an import needs, and what single observations need besides. */
export interface SubmitParts extends ImportParts {
  readonly codec: Codec;
  readonly accepted: AcceptedMemory;
}

/** One answer an item, in input order, after acks=all. Rejects with UNREACHABLE, NOT_DURABLE or TIMEOUT (retriable). */
export async function submitAll(items: readonly ObservationJson[], parts: SubmitParts): Promise<readonly ItemAnswer[]> {
  return Promise.all(items.map((item, index) => submitOne(item, index + 1, parts)));
}

/**
 * One record of the guard: like any other, but that its source token is its own and not made here. Rejects as `submitAll`.
 */
export async function takeReleased(item: ObservationJson, parts: SubmitParts): Promise<ItemAnswer> {
  return submitOne(item, 1, parts, { token: tokenOf(item) });
}

/** What the guard alone may say: the token a record has, and origins beside this agency, whose consents it has verified. */
interface Released {
  readonly token: string | undefined;
}

async function submitOne(
  item: ObservationJson,
  line: number,
  parts: SubmitParts,
  released?: Released,
): Promise<ItemAnswer> {
  if (isTooDeep(item)) return tooDeep(line); // its bytes are not kept: writing it out would run out of stack
  const read = readOne(item, parts, released);
  if ('faults' in read) return refuseItem(item, line, read.faults, parts);
  const ready = parts.publisher.check(read.observation);
  if ('faults' in ready) return refuseItem(item, line, ready.faults, parts);
  const { id } = read.observation.value.envelope;
  const outcome = await parts.accepted.once(read.name, () => publishOne(ready, parts));
  if ('fault' in outcome) return refuseItem(item, line, [outcome.fault], parts);
  return { line, status: 'accepted', id, cell: outcome.cell, ...(outcome.known && { known: true }) };
}

const tooDeep = (line: number): ItemAnswer => ({
  line,
  status: 'refused',
  code: 'TOO_DEEP',
  pointer: '',
  reason: 'is nested deeper than any record',
  fix: 'take out what the record type does not declare',
});

async function publishOne(ready: CheckedObservation, { publisher }: SubmitParts): Promise<PublishOutcome> {
  try {
    await publisher.publish(ready);
    return { cell: ready.cell };
  } catch (cause) {
    if (!isRefusal(cause) || cause.retriable) throw cause;
    return { fault: { pointer: '', code: cause.code, detail: 'the bus refused the record' } };
  }
}

interface ReadOne {
  readonly observation: FinishedObservation;
  /** Id and content without the recorded time. */
  readonly name: string;
}

function readOne(
  item: ObservationJson,
  parts: SubmitParts,
  released: Released | undefined,
): ReadOne | { readonly faults: readonly Fault[] } {
  const type = textAt(item, 'type');
  const locked = type === undefined ? undefined : newestOf(parts.codec.lock, observationSubject(type));
  if (type === undefined || locked === undefined)
    return {
      faults: [
        {
          pointer: '/type',
          code: 'UNKNOWN_TYPE',
          detail: 'must be a record type of this system',
          hint: 'IndicatorReport',
        },
      ],
    };
  const faults = ownFaults(item, parts.agency, released?.token);
  const completed = complete(item, parts, released?.token);
  const { value, faults: shape } = readRecord(
    completed,
    JSON.parse(locked.schema) as AvroObject,
    parts.policy.homeNation,
  ); // the lock's own text
  const marking = givenMarking(value, parts);
  const foreign = released === undefined ? foreignFaults(value, parts) : [];
  const all = [...faults, ...shape, ...foreign, ...('faults' in marking ? marking.faults : [])];
  if (all.length > 0 || 'faults' in marking) return { faults: all };
  const envelope = { ...objectAt(value, 'envelope'), marking: toWire(marking) };
  const finished = { ...value, envelope } as FinishedObservation['value']; // its shape is what `check` judges next
  const { recordedAt: _recordedAt, ...lasting } = envelope as Record<string, unknown>;
  return {
    observation: { type: type as ObservationType, value: finished, marking }, // locked, so it is one
    name: createHash('sha256')
      .update(sortedJson([type, { ...finished, envelope: lasting }]))
      .digest('hex'),
  };
}

/** What only this door refuses. */
function ownFaults(item: ObservationJson, agency: string, releasedToken: string | undefined): Fault[] {
  const envelope = objectAt(item, 'envelope');
  if (envelope === undefined)
    return [
      {
        pointer: '/envelope',
        code: 'ENVELOPE_REQUIRED',
        detail: 'must be an object',
        hint: 'give at least observedAt and marking',
      },
    ];
  const named = envelope['agency'];
  const token = objectAt(envelope, 'lineage')?.['sourceToken'];
  return [
    ...(envelope['marking'] === undefined
      ? [
          {
            pointer: '/envelope/marking',
            code: 'MARKING_REQUIRED',
            detail: 'must be given; there is no default',
            hint: 'UNCLASSIFIED//TLP:AMBER',
          },
        ]
      : []),
    ...(envelope['observedAt'] === undefined
      ? [
          {
            pointer: '/envelope/observedAt',
            code: 'OBSERVED_AT_REQUIRED',
            detail: 'must be given',
            hint: '2031-10-02T14:05:15.000Z',
          },
        ]
      : []),
    ...(named !== undefined && named !== agency
      ? [{ pointer: '/envelope/agency', code: 'NOT_YOUR_AGENCY', detail: 'must be the agency that publishes' }]
      : []),
    ...(token !== undefined && token !== null && token !== releasedToken
      ? [
          {
            pointer: '/envelope/lineage/sourceToken',
            code: 'TOKEN_NOT_ALLOWED',
            detail: 'is made here, from `origin`',
            hint: 'state the canonical origin as the property origin',
          },
        ]
      : []),
  ];
}

/** Fills what the service gives: id, agency, recorded time, token, and grades that mean "cannot be judged". */
function complete(
  item: ObservationJson,
  { agency, clock, signerKey }: SubmitParts,
  releasedToken: string | undefined,
): Readonly<Record<string, unknown>> {
  const { type: _type, origin, envelope: given, ...fields } = item;
  const envelope = isJsonObject(given) ? given : {};
  const lineage = objectAt(envelope, 'lineage');
  const stated = typeof origin === 'string' && origin.trim() !== '' ? sourceTokenOf(signerKey, origin.trim()) : null;
  return {
    envelope: {
      sourceGrade: 'F',
      infoGrade: 6,
      supersedes: null,
      recalls: null,
      ...envelope,
      id: envelope['id'] ?? randomUUID(),
      agency,
      recordedAt: clock.now(),
      lineage: { derivedFrom: [], ...lineage, sourceToken: releasedToken ?? stated },
    },
    ...fields,
  };
}

/** The token in a released record's envelope; undefined where it has none, so that `origin` or nothing makes one. */
function tokenOf(item: ObservationJson): string | undefined {
  return textAt(objectAt(objectAt(item, 'envelope'), 'lineage'), 'sourceToken');
}
