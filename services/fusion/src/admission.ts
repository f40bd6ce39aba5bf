// From a bus record to what the engine takes: the checks of kit, then this view's clearance, then features.
// Holds: nothing is counted, looked up or linked before the clearance has admitted the record; a record outside it leaves
// no trace. ORCON needs its originator's word in policy, of which there is none yet, so it is never fused.
// Source: README.md#admission

import { hash } from 'node:crypto';
import {
  CHECKED_FIELDS, type Admit, type Admitted, type AdmissionParts as CheckedParts, type Quarantined,
} from '@sitebus/kit'; // prettier-ignore
import { dominates, type Marking } from '@sitebus/marking';
import {
  featuresOf, PlainFeature, type BusRecord, type Codec, type PartialDecoder, type Policy, type Report, type View,
} from '@sitebus/sdk'; // prettier-ignore
import type { CommonValues } from './common-values.ts';
import type { CommonValue, Facets, FusionObservation, LinkingValue } from './engine/observation.ts';

/** What one record is to this view. */
export type Admission =
  | { readonly kind: 'observation'; readonly observation: FusionObservation }
  | { readonly kind: 'refused'; readonly quarantined: Quarantined }
  /** A tombstone, or a record that this view's clearance does not admit. */
  | { readonly kind: 'nothing' };

/** Everything admission looks at. */
export interface AdmissionParts {
  readonly view: View;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly commonValues: CommonValues;
  readonly admit: Admit;
}

/**
 * What the record is to this view, before anybody asks when: of a clearance that ends, `applyCut` looks at the cut's time.
 * Cost: one decode.
 */
export function admission(record: BusRecord, parts: AdmissionParts, checked: CheckedParts): Admission {
  if (record.value === null) return { kind: 'nothing' };
  const answer = parts.admit(record, checked);
  if (answer.kind === 'quarantined') return { kind: 'refused', quarantined: answer };
  if (answer.kind === 'unknown-schema') throw new Error('a record was admitted before the gate had settled its schema');
  if (!mayEverRead(parts.view, answer.marking)) return { kind: 'nothing' };
  const { codec, commonValues } = parts;
  const { features, context } = featuresOf(codec, answer.decoded);
  const { linking, common } = sorted(commonValues, features, context);
  return {
    kind: 'observation',
    observation: toFusionObservation(answer, hash('sha256', record.value, 'hex'), linking, common),
  };
}

/** Whether the view may read what bears this marking, at the time of a cut. */
export function mayRead({ clearance }: View, marking: Marking, now: number): boolean {
  return !marking.orcon && dominates(clearance, marking, now);
}

const mayEverRead = (view: View, marking: Marking): boolean => mayRead(view, marking, Number.NEGATIVE_INFINITY);

function sorted(
  commonValues: CommonValues,
  features: readonly LinkingValue[],
  context: readonly { readonly kind: string; readonly value: string; readonly reason: string }[],
): { readonly linking: readonly LinkingValue[]; readonly common: readonly CommonValue[] } {
  const linking: LinkingValue[] = [];
  const common: CommonValue[] = [];
  for (const feature of features) {
    const isUnlisted = feature instanceof PlainFeature && !commonValues.mayHold(feature);
    const why = isUnlisted ? undefined : commonValues.reasonFor(feature.kind, feature.value);
    if (why === undefined) linking.push(feature);
    else common.push({ kind: feature.kind, value: feature.value, why });
  }
  for (const { kind, value, reason } of context)
    if (reason === 'COMMON' || reason === 'PUBLIC_SUFFIX') common.push({ kind, value, why: 'COMMON' });
  return { linking, common };
}

/** What the checks of kit look at; the same for all records of a batch. */
export function checkedPartsOf({ codec, policy }: AdmissionParts): CheckedParts {
  return { codec: decoderOf(codec), policy };
}

/** Compiled once for each codec. */
const decoders = new WeakMap<Codec, PartialDecoder>();

function decoderOf(codec: Codec): PartialDecoder {
  const known = decoders.get(codec);
  if (known !== undefined) return known;
  const decoder = codec.lookingAt([...CHECKED_FIELDS, ...CONTENT_FIELDS]);
  decoders.set(codec, decoder);
  return decoder;
}

/** What `Content` has, beside the envelope: a field that is not here is not read. */
const CONTENT_FIELDS = [
  ...['stance', 'firstSeen', 'lastSeen', 'category', 'tools', 'targets', 'ridings', 'platforms', 'metrics.coverageGaps']
    .map((name) => `report.${name}`),
  ...['about', 'stance', 'definitionId', 'likelihood', 'confidence', 'child', 'parent'],
]; // prettier-ignore

/** Fields of a record as far as the engine looks at them. */
interface Content {
  readonly report?: Report;
  readonly about?: string;
  readonly stance?: 'CONCUR' | 'DISSENT' | 'ABSTAIN';
  readonly definitionId?: string;
  readonly likelihood?: {
    readonly lexiconId: string;
    readonly term: string;
    readonly lo: number;
    readonly hi: number;
  } | null;
  readonly confidence?: 'LOW' | 'MODERATE' | 'HIGH' | null;
  readonly child?: string;
  readonly parent?: string;
}

function toFusionObservation(
  { decoded, envelope, marking, cell, agency }: Admitted,
  contentHash: string,
  features: readonly LinkingValue[],
  context: readonly CommonValue[],
): FusionObservation {
  const content = decoded.value as Content;
  const { report } = content;
  const observation: FusionObservation = {
    id: envelope.id,
    agency,
    tenant: agency.startsWith('partner-'),
    cell,
    contentHash,
    type: decoded.type,
    marking,
    observedAt: envelope.observedAt,
    derivedFrom: envelope.lineage.derivedFrom,
    sourceToken: envelope.lineage.sourceToken,
    sourceGrade: envelope.sourceGrade,
    infoGrade: envelope.infoGrade,
    supersedes: envelope.supersedes,
    recalls: envelope.recalls,
    denies: report?.stance === 'DENIES',
    facets: report === undefined ? null : toFacets(report),
    firstSeen: report?.firstSeen ?? envelope.observedAt,
    lastSeen: report?.lastSeen ?? envelope.observedAt,
    features,
    context,
  };
  return ATTACHED_TYPES.has(decoded.type) ? { ...observation, ...attachedContent(decoded.type, content) } : observation;
}

/** Records that say something about others. */
const ATTACHED_TYPES = new Set(['AgencyPosition', 'LineageLink']);

function toFacets({ category, tools, targets, ridings, platforms, metrics }: Report): Facets {
  return { category, tools, targets, ridings, platforms, gaps: metrics?.coverageGaps ?? [] };
}

function attachedContent(type: string, content: Content): Pick<FusionObservation, 'position' | 'lineageLink'> {
  if (type === 'LineageLink') return { lineageLink: { child: content.child!, parent: content.parent! } };
  const { about, stance, definitionId, likelihood, confidence } = content;
  return {
    position: {
      about: about!,
      stance: stance!,
      definitionId: definitionId!,
      likelihood: likelihood ?? null,
      confidence: confidence ?? null,
    },
  };
}
