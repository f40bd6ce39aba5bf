// What of a record a reader gets, once its marking has been judged: content, references and status.
// Holds: pure; every reference names only what the same reader sees; what is left out looks like what was never there;
// source tokens and suppressed identities never leave. Source: README.md#redaction

import { joinAll, type Marking } from '@sitebus/marking';
import { bandIn } from '@sitebus/sdk';
import type { Lexicon, MaskingPolicy } from '@sitebus/sdk';
import { headlineOf } from './headline.ts';
import type { Json, JsonObject, MarkingJson, ToJson } from './avro-json.ts';
import type {
  Stored,
  StoredAlert,
  StoredAssessment,
  StoredMatter,
  StoredObservation,
  StoredSource,
} from './read-model/model.ts';
import type { TriageEntry } from './store/desk.ts';

/** Whether the reader, at this moment, dominates a marking. */
export type Sees = (marking: Marking) => boolean;

/** A body: JSON, and the marking every resource carries. */
export type Body = JsonObject & { readonly marking?: Json };

/** Renders what was decoded, and markings that were computed. */
export interface Rendering {
  readonly toJson: ToJson;
  readonly toMarkingJson: (marking: Marking) => MarkingJson;
  /** UTC milliseconds; only a source's silence depends on it. */
  readonly nowMs: number;
  /** The reader's: likelihoods are stored as numbers and said in its terms. Absent where policy has none. */
  readonly lexicon: Lexicon | undefined;
  /** What is shown to nobody who has not asked for it by `reveal`. */
  readonly masking: MaskingPolicy;
}

const ASSESSMENT_SUBJECT = 'ca.sitebus.fusion.Assessment';
const ALERT_SUBJECT = 'ca.sitebus.fusion.Alert';
/** Fields of an observation, beside its envelope, that cite other observations. */
const CITING_FIELDS = ['about', 'child', 'parent', 'replacement'] as const;
const MAX_WHY_LINKS = 10;
const MAX_LISTED_MEMBERS = 20;
const MIN_SILENCE_MS = 15 * 60 * 1000;

/** @returns what of the record goes out. The caller has established that the reader dominates `record.marking`. */
export function redact(record: Stored, sees: Sees, rendering: Rendering): Body {
  switch (record.kind) {
    case 'observation':
      return observationBody(record, sees, rendering);
    case 'assessment':
      return assessmentBody(record, rendering);
    case 'alert':
      return alertBody(record, sees, rendering);
    case 'source':
      return sourceBody(record, rendering);
    case 'disclosure':
      return {
        id: record.id,
        ...record.value,
        marking: rendering.toMarkingJson(record.marking) as unknown as JsonObject,
      };
    case 'matter':
      return matterBody(record, sees, rendering);
    case 'desk-item':
    case 'notification':
      return { ...record.value, marking: rendering.toMarkingJson(record.marking) as unknown as JsonObject };
  }
}

/** @returns the marking of what of the record this reader is shown: parts that are shown raise it. */
export function shownMarking(record: Stored, sees: Sees): Marking {
  if (record.kind !== 'matter') return record.marking;
  return joinAll([record.marking, ...record.parts.flatMap(({ marking }) => (sees(marking) ? [marking] : []))]);
}

function matterBody(record: StoredMatter, sees: Sees, { toMarkingJson }: Rendering): Body {
  const marked = (marking: Marking): { readonly marking: JsonObject } => ({
    marking: toMarkingJson(marking) as unknown as JsonObject,
  });
  const parts = record.parts.flatMap(({ name, marking, value }) =>
    sees(marking) ? [[name, { ...value, ...marked(marking) }] as const] : [],
  );
  return { id: record.id, ...record.value, ...Object.fromEntries(parts), ...marked(shownMarking(record, sees)) };
}

/** @returns the state of an observation for this reader; what they do not see changes nothing of it. */
export function statusOf(
  record: StoredObservation,
  sees: Sees,
): 'RELEASED' | 'CORROBORATED' | 'CONTESTED' | 'SUPERSEDED' | 'RECALLED' {
  if (record.recalledBy.some(({ marking }) => sees(marking))) return 'RECALLED';
  if (record.supersededBy.some(({ marking }) => sees(marking))) return 'SUPERSEDED';
  const live = record.assessments.filter(({ marking, value }) => value.status === 'LIVE' && sees(marking));
  if (live.some(({ value }) => value.dissents.length > 0)) return 'CONTESTED';
  return live.some(({ value }) => value.independentRoots >= 2) ? 'CORROBORATED' : 'RELEASED';
}

function observationBody(record: StoredObservation, sees: Sees, { toJson, masking }: Rendering): Body {
  const status = statusOf(record, sees);
  const json = toJson(record.subject, record.value);
  const { envelope, report, ...fields } = json;
  const { marking, lineage, supersedes, recalls, ...rest } = envelope as JsonObject;
  const supersededBy = record.supersededBy.find((by) => sees(by.marking))?.id;
  const successor = supersededBy === undefined ? {} : { supersededBy };
  if (status === 'RECALLED') return { id: record.id, status, ...successor, ...present('marking', marking) };

  const mayCite = (id: Json | undefined): id is string =>
    typeof id === 'string' && (record.cited.get(id) ?? []).some((citedMarking) => sees(citedMarking));
  const derivedFrom = (((lineage as JsonObject)['derivedFrom'] ?? []) as Json[]).filter((id) => mayCite(id));
  const isMasked = (name: string): boolean => masking.fields.includes(name);
  const kept = Object.entries(fields).filter(([name, value]) => !isMasked(name) && (!isCiting(name) || mayCite(value)));
  const masked = Object.keys(fields).filter((name) => isMasked(name) && !isEmpty(fields[name]));
  return {
    type: record.type,
    id: record.id,
    status,
    ...successor,
    ...present('marking', marking),
    envelope: {
      ...rest,
      ...present('marking', marking),
      lineage: { derivedFrom },
      ...(mayCite(supersedes) ? { supersedes } : {}),
      ...(mayCite(recalls) ? { recalls } : {}),
    },
    ...(report === undefined ? {} : { report: withoutIdentities(report as JsonObject) }),
    ...Object.fromEntries(kept),
    ...(masked.length === 0 ? {} : { masked }),
  };
}

function assessmentBody({ value }: StoredAssessment, { toJson, lexicon, masking }: Rendering): Body {
  return {
    ...withoutMasked(withoutIdentities(toJson(ASSESSMENT_SUBJECT, value)), masking),
    likelihood: likelihoodOf(value, lexicon),
    headline: headlineOf(value),
  };
}

/** The numbers, and the reader's term for them in both languages; what is no longer live has no likelihood to be said. */
function likelihoodOf({ status, likelihood }: StoredAssessment['value'], lexicon: Lexicon | undefined): JsonObject {
  if (status !== 'LIVE' || lexicon === undefined) return { ...likelihood };
  return { ...likelihood, term: { ...bandIn(lexicon, likelihood.pMicro).term }, lexiconId: lexicon.id };
}

function alertBody(record: StoredAlert, sees: Sees, { toJson, lexicon, masking }: Rendering): Body {
  const { assessment } = record;
  const shown = assessment !== undefined && sees(assessment.marking) ? assessment.value : undefined;
  return {
    ...toJson(ALERT_SUBJECT, record.value),
    ...(record.triage === undefined ? {} : { triage: triageOf(record.triage) }),
    ...(shown === undefined
      ? { why: [] }
      : {
          headline: headlineOf(shown),
          ...about(toJson(ASSESSMENT_SUBJECT, shown)),
          likelihood: likelihoodOf(shown, lexicon),
          members: shown.members.slice(0, MAX_LISTED_MEMBERS).map(({ id, agency, type }) => ({ id, agency, type })),
          memberCount: shown.members.length,
          why: shown.links.slice(0, MAX_WHY_LINKS).map(({ a, b, features }) => ({
            a,
            b,
            features: features.map(({ kind, value }) => (masking.kinds.includes(kind) ? { kind } : { kind, value })),
          })),
        }),
  };
}

/** Where it stands, and how it came there; without a decision it is open. */
function triageOf([newest, ...earlier]: readonly TriageEntry[]): JsonObject {
  if (newest === undefined) return { state: 'OPEN', decisions: 0 };
  const shown = ({ state, assignee, reason, by, atMs }: TriageEntry): JsonObject => ({
    state,
    ...(assignee === undefined ? {} : { assignee }),
    reason,
    by,
    at: new Date(atMs).toISOString(),
  });
  return {
    ...shown(newest),
    decisions: newest.seq,
    ...(earlier.length === 0 ? {} : { earlier: earlier.map(shown) }),
  };
}

/** What a reader sorts and filters alerts by; the assessment itself is one request away. */
function about({ status, confidence, severity, categories, tools, ridings, platforms }: JsonObject): JsonObject {
  return { status, confidence, severity, categories, tools, ridings, platforms };
}

function sourceBody(record: StoredSource, { toMarkingJson, nowMs }: Rendering): Body {
  const { agency, cell, observations, marked, lastEventMs, usualIntervalMs, lastDay, lagMs } = record;
  const patienceMs = Math.max(3 * (usualIntervalMs ?? Number.POSITIVE_INFINITY), MIN_SILENCE_MS);
  return {
    id: record.id,
    agency,
    cell,
    observations,
    overMarked: marked.over,
    orcon: marked.orcon,
    withoutTearline: marked.withoutTearline,
    ...(observations > 0 && { lastEvent: new Date(lastEventMs).toISOString() }),
    ...(usualIntervalMs === undefined ? {} : { usualIntervalMs }),
    ratePerDay: lastDay,
    lagMs: { p50: lagMs.p50, p99: lagMs.p99 },
    ...(observations > 0 && nowMs - lastEventMs > patienceMs
      ? { silentSince: new Date(lastEventMs).toISOString() }
      : {}),
    marking: toMarkingJson(record.marking) as unknown as JsonObject,
  };
}

/** Targets whose identity is suppressed keep their printed name alone. */
function withoutIdentities(body: JsonObject): JsonObject {
  const targets = body['targets'];
  if (!Array.isArray(targets)) return body;
  const kept = (targets as readonly JsonObject[]).map(({ ref, ...target }) =>
    target['suppressedAs'] === undefined ? { ref, ...target } : target,
  );
  return { ...body, targets: kept };
}

/** What links is told by kind and weight; a value that is masked is absent, as in its observation. */
function withoutMasked(body: JsonObject, { kinds }: MaskingPolicy): JsonObject {
  const unmasked = (each: Json): Json => {
    const { value, ...rest } = each as JsonObject;
    return kinds.some((kind) => kind === rest['kind']) || value === undefined ? rest : each;
  };
  const links = (body['links'] ?? []) as readonly JsonObject[];
  return {
    ...body,
    links: links.map((link) => ({ ...link, features: ((link['features'] ?? []) as readonly Json[]).map(unmasked) })),
    contextValues: ((body['contextValues'] ?? []) as readonly Json[]).map(unmasked),
    copies: ((body['copies'] ?? []) as readonly JsonObject[]).map((copy) => ({
      ...copy,
      values: ((copy['values'] ?? []) as readonly Json[]).map(unmasked),
    })),
  };
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function isCiting(name: string): boolean {
  return (CITING_FIELDS as readonly string[]).includes(name);
}

function present(name: string, value: Json | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
