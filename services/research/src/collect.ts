// The records of a data set, read from the bus when they are needed: those of its types, from its window, that research may
// read. Holds: each record is admitted anew and judged by the view's clearance with the research group alone; above the open
// cell it must carry that group; nothing of ORCON, of a recalled or of a superseded record is taken; what was appended or
// seen outside the window is not of the set; a part of the records is no data set. Source: README.md#collecting

import { randomUUID } from 'node:crypto';
import { dominates, joinAll, type Marking } from '@sitebus/marking';
import { createAdmit, honourSpills, readToEnds, type Admitted } from '@sitebus/kit';
import {
  featuresOf, groupOf, obsTopic, RESEARCH_PRINCIPAL, writerOf,
  type BusPort, type BusRecord, type Codec, type Policy,
} from '@sitebus/sdk'; // prettier-ignore
import { recordsUnreadable } from './errors.ts';
import { researchCells, researchClearance } from './research-clearance.ts';
import type { CollectedRecord } from './rows.ts';
import { withSpills } from './skipped.ts';
import { sourcesOf, type Sources } from './sources.ts';

/** What is collected, and from when to when: UTC milliseconds, `to` exclusive. */
export interface Collection {
  readonly view: string;
  readonly types: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** Records in no order that means anything, the join of the markings of all that decided which they are (undefined of none), and where those lie. */
export interface Collected {
  readonly records: readonly CollectedRecord[];
  readonly marking: Marking | undefined;
  readonly sources: Sources;
}

/** Reads everything there is of a collection. Rejects with RECORDS_UNREADABLE (retriable). */
export type Collect = (collection: Collection) => Promise<Collected>;

/**
 * Silence after which it is given up: a part of the records is no data set. The newest record of a partition is never compacted
 * away, and nobody writes observations in transactions, so that every end can be reached.
 */
const QUIET_MS = 15_000;
const FIRST_WITHIN_MS = 30_000;

/** Makes the reader, as the room's principal sees the bus. */
export function createCollect(parts: {
  readonly bus: BusPort;
  readonly policy: Policy;
  readonly codec: Codec;
}): Collect {
  const { bus, policy, codec } = parts;
  return async (collection) => {
    const admit = createAdmit();
    const clearance = researchClearance(policy, collection.view);
    const taken = new Map<string, Admitted & { readonly at: number }>();
    const gone = new Set<string>();
    const read: (Pick<BusRecord, 'topic' | 'partition' | 'offset'> & { readonly marking: Marking })[] = []; // everything that decides what is in the set
    const late: BusRecord[] = [];
    const take = (record: BusRecord): boolean => {
      if (record.value === null) return true;
      const admission = admit(record, { codec, policy });
      if (admission.kind === 'unknown-schema') return false;
      if (admission.kind === 'admitted' && dominates(clearance, admission.marking, 0)) {
        // What it takes back is gone however late that was said, even where nothing else of it may be used.
        const { envelope, agency, cell, marking } = admission;
        const takesBack = [envelope.recalls, envelope.supersedes].filter((id) => id !== null);
        for (const id of takesBack) gone.add(keyOf(agency, cell, id));
        const isTaken = isOf(admission, record, collection, policy);
        const { topic, partition, offset } = record;
        if (isTaken || takesBack.length > 0) read.push({ topic, partition, offset, marking });
        const key = keyOf(agency, cell, envelope.id);
        const isFirst = (taken.get(key)?.at ?? Infinity) > record.timestampMs; // of an id's copies the first one counts
        if (isTaken && isFirst) taken.set(key, { ...admission, at: record.timestampMs });
      }
      return true;
    };
    await withSpills(parts, collection.view, async (spills) => {
      const isRead = await readToEnds(honourSpills(bus, spills), topicsOf(policy, collection.view), {
        groupId: groupOf(RESEARCH_PRINCIPAL, `collect.${randomUUID().slice(0, 8)}`),
        each(record) {
          if (!take(record)) late.push(record);
        },
        firstWithinMs: FIRST_WITHIN_MS,
        quietMs: QUIET_MS,
      }).catch((cause: unknown) => {
        throw recordsUnreadable({}, cause);
      });
      if (!isRead) throw recordsUnreadable({});
    });
    for (const record of late) if (!(await takeLate(codec, record, take))) throw recordsUnreadable({});
    const kept = [...taken].filter(([key]) => !gone.has(key)).map(([, admitted]) => admitted);
    return {
      records: kept.map((admitted) => toCollected(admitted, codec, policy)),
      marking: read.length === 0 ? undefined : joinAll(read.map(({ marking }) => marking)),
      sources: sourcesOf(read),
    };
  };
}

/** @returns the topics that a collection in this view is read from. */
function topicsOf(policy: Policy, view: string): readonly string[] {
  const cells = researchCells(policy, view);
  const topics = policy.agencies.flatMap((agency) =>
    agency.cells.filter((cell) => cells.includes(cell)).map((cell) => obsTopic(cell, writerOf(agency.id))),
  );
  return [...new Set(topics)].sort();
}

function isOf(
  { decoded, envelope, marking, cell }: Admitted,
  { timestampMs }: BusRecord,
  { types, from, to }: Collection,
  { cells, research }: Policy,
): boolean {
  const isWithin = (ms: number): boolean => ms >= from && ms < to;
  const isOpen = cell === cells[0]?.id;
  const isForResearch = marking.needToKnow.some((anyOf) => anyOf.includes(research.group));
  return (
    types.includes(decoded.type) &&
    isWithin(timestampMs) &&
    isWithin(envelope.observedAt) &&
    !marking.orcon &&
    (isOpen || isForResearch)
  );
}

function toCollected({ decoded, envelope, agency }: Admitted, codec: Codec, policy: Policy): CollectedRecord {
  return {
    type: decoded.type,
    envelope,
    isGovernment: policy.agencies.find(({ id }) => id === agency)?.kind === 'government',
    value: decoded.value as CollectedRecord['value'],
    features: featuresOf(codec, decoded).features,
  };
}

/** A schema that was registered after this process began. */
async function takeLate(codec: Codec, record: BusRecord, take: (record: BusRecord) => boolean): Promise<boolean> {
  const schemaId = record.value?.readUInt32BE(1) ?? 0;
  const known = await codec.ensure(schemaId).catch(() => 'unknown' as const);
  return known === 'denied' || (known !== 'unknown' && take(record));
}

function keyOf(agency: string, cell: string, id: string): string {
  return `${agency} ${cell} ${id}`;
}
