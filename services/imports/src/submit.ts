// Takes observations one by one, as JSON: reads, completes, checks, writes, and answers for each in order.
// Holds: the agency is the caller's and the recorded time the service's; a token is made here from the stated origin, never
// taken from outside; a bad item costs only itself. Source: README.md#submitting

import { createHash, randomUUID } from 'node:crypto';
import { createMarking, isWithin, joinAll, type Marking } from '@sitebus/marking';
import {
  fromWire,
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
import type { ImportParts } from './import-file.ts';
import { readRecord } from './json-to-record.ts';
import type { FinishedObservation } from './observation.ts';
import { cellsOfAgency, type CheckedObservation } from './publish-port.ts';
import { at, isJsonObject, listAt, objectAt, sortedJson, textAt } from './untrusted.ts';

export interface SubmitParts extends ImportParts {
  readonly codec: Codec;
  readonly accepted: AcceptedMemory;
}

/** What was accepted in this process, by id and content. The oldest are forgotten first; a refusal is never remembered. */
export interface AcceptedMemory {
  /** Publishes once a name: a second call with it, even while the first is on its way, gets its outcome as known. */
  once(name: string, publish: () => Promise<PublishOutcome>): Promise<PublishOutcome & { readonly known: boolean }>;
}

type PublishOutcome = { readonly cell: string } | { readonly fault: Fault };

const MAX_REMEMBERED = 50_000;

/** An empty memory of bounded size. */
export function createAcceptedMemory(): AcceptedMemory {
  const outcomes = new Map<string, Promise<PublishOutcome>>();
  return {
    async once(name, publish) {
      const earlier = outcomes.get(name);
      if (earlier !== undefined) return { ...(await earlier), known: true };
      const own = publish();
      outcomes.set(name, own);
      const [oldest] = outcomes.keys();
      if (outcomes.size > MAX_REMEMBERED && oldest !== undefined) outcomes.delete(oldest);
      try {
        const outcome = await own;
        if ('fault' in outcome) outcomes.delete(name);
        return { ...outcome, known: false };
      } catch (cause) {
        outcomes.delete(name);
        throw cause;
      }
    },
  };
}

/** One answer an item, in input order, after acks=all. Rejects with UNREACHABLE, NOT_DURABLE or TIMEOUT (retriable). */
export async function submitAll(items: readonly ObservationJson[], parts: SubmitParts): Promise<readonly ItemAnswer[]> {
  return Promise.all(items.map((item, index) => submitOne(item, index + 1, parts)));
}

async function submitOne(item: ObservationJson, line: number, parts: SubmitParts): Promise<ItemAnswer> {
  if (isTooDeep(item)) return tooDeep(line); // its bytes are not kept: writing it out would run out of stack
  const read = readOne(item, parts);
  if ('faults' in read) return refuse(item, line, read.faults, parts);
  const ready = parts.publisher.check(read.observation);
  if ('faults' in ready) return refuse(item, line, ready.faults, parts);
  const { id } = read.observation.value.envelope;
  const outcome = await parts.accepted.once(read.name, () => publishOne(ready, parts));
  if ('fault' in outcome) return refuse(item, line, [outcome.fault], parts);
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

function readOne(item: ObservationJson, parts: SubmitParts): ReadOne | { readonly faults: readonly Fault[] } {
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
  const faults = ownFaults(item, parts.agency);
  const completed = complete(item, parts);
  const { value, faults: shape } = readRecord(
    completed,
    JSON.parse(locked.schema) as AvroObject,
    parts.policy.homeNation,
  ); // the lock's own text
  const marking = markingOf(value, parts);
  const all = [...faults, ...shape, ...('faults' in marking ? marking.faults : [])];
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
function ownFaults(item: ObservationJson, agency: string): Fault[] {
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
    ...(token !== undefined && token !== null
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
function complete(item: ObservationJson, { agency, clock, signerKey }: SubmitParts): Readonly<Record<string, unknown>> {
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
      lineage: { derivedFrom: [], ...lineage, sourceToken: stated },
    },
    ...fields,
  };
}

/** The marking with the agency as origin and the home nation as owner unless it names others. */
function markingOf(
  value: Readonly<Record<string, unknown>>,
  { agency, policy }: SubmitParts,
): Marking | { readonly faults: readonly Fault[] } {
  try {
    const marking = fromWire(objectAt(value, 'envelope')?.['marking'] as Parameters<typeof fromWire>[0]); // fromWire checks each field
    return createMarking({
      ...marking,
      owners: marking.owners.length > 0 ? marking.owners : [policy.homeNation],
      origins: marking.origins.length > 0 ? marking.origins : [agency],
    });
  } catch (cause) {
    const reason = isRefusal(cause) ? String(cause.details['reason']) : 'MALFORMED';
    return {
      faults: [
        {
          pointer: '/envelope/marking',
          code: 'INVALID_MARKING',
          detail: `is no marking: ${reason}`,
          hint: 'UNCLASSIFIED//TLP:AMBER',
        },
      ],
    };
  }
}

/** Keeps the bytes where its markings say, for redrive; nowhere when this agency may write no cell that may hold them. */
async function refuse(
  item: ObservationJson,
  line: number,
  faults: readonly Fault[],
  parts: SubmitParts,
): Promise<ItemAnswer> {
  const [first] = faults;
  if (first === undefined) throw new Error('a refusal has a fault');
  const bytes = Buffer.from(JSON.stringify(item), 'utf8');
  const cell = cellFor(item, parts);
  const headers = { format: 'observation', codes: [...new Set(faults.map(({ code }) => code))].sort().join(' ') };
  if (cell === undefined)
    parts.log.warn({ agency: parts.agency, codes: headers.codes }, 'refused bytes may lie nowhere');
  else await keep(cell, bytes, headers, parts);
  const more =
    faults.length > 1
      ? `; ${faults.length - 1} more: ${faults
          .slice(1)
          .map(({ pointer, code }) => `${pointer} ${code}`)
          .join(', ')}`
      : '';
  return {
    line,
    status: 'refused',
    code: first.code,
    pointer: first.pointer,
    reason: `${first.detail}${more}`,
    fix: first.hint ?? 'correct it and send it again',
  };
}

async function keep(
  cell: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  { publisher, log, agency }: SubmitParts,
): Promise<void> {
  try {
    await publisher.keepRefused(cell, { key: createHash('sha256').update(bytes).digest('hex'), value: bytes, headers });
  } catch (cause) {
    if (!isRefusal(cause) || cause.retriable) throw cause;
    log.warn({ agency, cell, code: cause.code }, 'refused bytes could not be kept');
  }
}

/**
 * The lowest cell that holds the join of everything marked in it, paragraphs included: an envelope that says too little
 * must not carry them down. What is unmarked or unreadable goes to the highest cell the agency may write.
 */
function cellFor(item: ObservationJson, parts: SubmitParts): string | undefined {
  const cells = cellsOfAgency(parts.policy, parts.agency);
  const paragraphs = [...listAt(objectAt(item, 'report'), 'portions'), ...listAt(item, 'portions')];
  const markings = [item['envelope'], ...paragraphs].map((marked) => readMarking(at(marked, 'marking'), parts));
  const readable = markings.filter((marking) => marking !== undefined);
  const floor = joinAll(readable.length > 0 ? readable : [UNMARKED]);
  const fitting = cells.find((id) =>
    parts.policy.cells.some((cell) => cell.id === id && isWithin(floor, cell.ceiling)),
  );
  return readable.length === markings.length || fitting === undefined ? fitting : cells.at(-1);
}

const UNMARKED = createMarking({ classified: 'UNCLASSIFIED' });

function readMarking(marking: unknown, parts: SubmitParts): Marking | undefined {
  const { value } = readRecord({ envelope: { marking } }, MARKED, parts.policy.homeNation);
  const read = markingOf(value, parts);
  return 'faults' in read ? undefined : read;
}

/** Just enough schema to read a marking where an envelope has it. */
const MARKED: AvroObject = {
  type: 'record',
  name: 'Marked',
  fields: [
    {
      name: 'envelope',
      type: {
        type: 'record',
        name: 'MarkedEnvelope',
        fields: [{ name: 'marking', type: { type: 'record', name: 'ca.sitebus.observation.Marking', fields: [] } }],
      },
    },
  ],
};
