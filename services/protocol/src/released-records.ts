// The records that a tearline, a downgrade or a withdrawal makes, as the originator's service takes them.
// Holds: pure; a tearline's record is a function of its draft and of what was drawn for it, never of the source (T1); the
// higher record cites the lower by a LineageLink at their join, and nothing lower cites what is higher.
// Source: README.md#what-is-handed-down

import { createMarking, isAtLeast, join, type Marking } from '@sitebus/marking';
import type { ObservationJson } from '@sitebus/kit';
import {
  fromWire,
  toWire,
  type CitedRecord,
  type HandedDown,
  type TearlineDraft,
  type WireMarking,
} from '@sitebus/sdk';

/** A lower observation, and the record above that cites it. */
export interface LowerRecord {
  readonly lower: ObservationJson;
  readonly link: ObservationJson;
}

/** A record as it was decoded: its envelope and whatever fields its type has. */
export type RecordValue = Readonly<Record<string, unknown>> & {
  readonly envelope: Readonly<Record<string, unknown>> & {
    readonly lineage: { readonly derivedFrom: readonly string[]; readonly sourceToken: string | null };
  };
};

/** Value kind → the field of an IndicatorReport that holds it. */
export const VALUE_FIELDS: Readonly<Record<string, string>> = Object.freeze({
  domain: 'domains',
  ip: 'ips',
  url: 'urls',
  hash: 'hashes',
  email: 'emails',
  certificate: 'certificates',
  tracker: 'trackers',
  wallet: 'wallets',
  account: 'accounts',
});

/** Types whose fields cite other records, which a lower record may not: they are never lowered. */
export const CITING_TYPES: readonly string[] = Object.freeze(['AgencyPosition', 'LineageLink', 'Recall']);

/**
 * A tearline's two records. `at`: when it is published, UTC milliseconds; the source's own times stay above. Grades and
 * source kind are the same for every tearline, for they too would speak of the source.
 */
export function tearlineRecords(
  draft: TearlineDraft,
  source: CitedRecord,
  { id, linkId, origin }: HandedDown,
  at: number,
): LowerRecord {
  const lists = Object.fromEntries(
    Object.entries(VALUE_FIELDS).map(([kind, field]) => [field, draft.values.filter((each) => each.kind === kind)]),
  );
  return {
    lower: {
      type: 'IndicatorReport',
      origin,
      envelope: { id, observedAt: at, marking: draft.marking, sourceGrade: 'F', infoGrade: 6 },
      report: {
        title: draft.title,
        category: draft.category,
        portions: [{ text: draft.text, lang: draft.lang, marking: draft.marking }],
        stance: 'ASSERTS',
        sourceKind: 'LIAISON',
        mandateBasis: 'Tearline approved by its originators',
        soWhat: draft.soWhat,
        releasePlan: 'READABLE_BY_PARTNERS',
      },
      ...Object.fromEntries(Object.entries(lists).map(([field, values]) => [field, values.map(({ value }) => value)])),
      part: 1,
      parts: 1,
    },
    link: linkBetween({ child: id, parent: source.id }, linkId, 'TEARLINE', [source.marking, draft.marking], at),
  };
}

/**
 * A downgrade's two records: content, times, grades and token as they were; every paragraph's marking at most the new one.
 * `keeps`: whether the lower record may go on naming the record with this id as one it derives from.
 */
export function downgradedRecords(
  { type, value }: { readonly type: string; readonly value: RecordValue },
  source: CitedRecord,
  lowered: WireMarking,
  { id, linkId }: HandedDown,
  at: number,
  keeps: (id: string) => boolean,
): LowerRecord {
  const { envelope, ...fields } = value;
  const { recordedAt: _service, ...kept } = envelope;
  const { derivedFrom, sourceToken } = envelope.lineage;
  const lowerPortions = (portions: unknown): unknown =>
    Array.isArray(portions) ? portions.map((portion: object) => atMost(portion, fromWire(lowered))) : portions;
  const { report } = fields as { readonly report?: Readonly<Record<string, unknown>> };
  return {
    lower: {
      type,
      envelope: {
        ...kept,
        id,
        marking: lowered,
        lineage: { derivedFrom: derivedFrom.filter(keeps), sourceToken },
        supersedes: null,
        recalls: null,
      },
      ...fields,
      ...(report === undefined ? {} : { report: { ...report, portions: lowerPortions(report['portions']) } }),
    },
    link: linkBetween({ child: id, parent: source.id }, linkId, 'STATED_LATER', [source.marking, lowered], at),
  };
}

/** The recall of a lower record. */
export function recallOf(
  id: string,
  recalled: string,
  marking: WireMarking,
  reason: string,
  at: number,
): ObservationJson {
  return {
    type: 'Recall',
    envelope: { id, observedAt: at, marking, sourceGrade: 'F', infoGrade: 6, recalls: recalled },
    reason,
    replacement: null,
  };
}

function linkBetween(
  { child, parent }: { readonly child: string; readonly parent: string },
  id: string,
  basis: 'TEARLINE' | 'STATED_LATER',
  [a, b]: readonly [WireMarking, WireMarking],
  at: number,
): ObservationJson {
  return {
    type: 'LineageLink',
    envelope: { id, observedAt: at, marking: toWire(join(fromWire(a), fromWire(b))), sourceGrade: 'F', infoGrade: 6 },
    child,
    parent,
    basis,
  };
}

/** A paragraph that was lower already stays as it is. */
function atMost(portion: object, lowered: Marking): object {
  const { marking } = portion as { readonly marking: WireMarking };
  const own = fromWire(marking);
  const { owners, origins } = lowered;
  return isAtLeast(lowered, createMarking({ ...own, owners, origins }))
    ? { ...portion, marking: toWire(createMarking({ ...own, owners, origins })) }
    : { ...portion, marking: toWire(lowered) };
}
