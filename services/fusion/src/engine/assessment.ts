// The body of one assessment: what a component of records says, as numbers, and why.
// Holds: a function of the component's records, of what is attached to them, and of `now`; every list is sorted, so the
// canonical JSON is the same whatever came first. The content hash leaves out what only ages. Source: README.md#assessment

import { hash } from 'node:crypto';
import { joinAll, type Marking } from '@sitebus/marking';
import { toWire, type Assessment, type WireMarking } from '@sitebus/sdk';
import { bandOf } from './band.ts';
import { confidenceOf } from './confidence.ts';
import type { Facets } from './observation.ts';
import { likelihoodOf, type AgencyOpinion, type LikelihoodResult, type Testimony } from './likelihood.ts';
import { DENIES, GRADES, LIVE, REPORT, TENANT, compareText } from './records.ts';
import { bucketOf } from './rules.ts';
import { severityOf } from './severity.ts';
import type { EngineState } from './state.ts';

/** An assessment whose name, version, hash and fate are still blank: whoever publishes it fills them in. */
export type AssessmentBody = { -readonly [Field in keyof Assessment]: Assessment[Field] };

/** The blanks of a body. */
export const BLANK = Object.freeze({
  id: '',
  view: '',
  version: 0,
  contentHash: '',
  status: 'LIVE',
  redirectTo: null,
  splitFrom: null,
  expiresAt: null,
  policyVersion: 0,
}) satisfies Partial<Assessment>;

/** What the members say, in figures. */
export interface Figures {
  readonly likelihood: LikelihoodResult;
  readonly band: number;
  readonly confidence: ReturnType<typeof confidenceOf>;
  readonly independentRoots: number;
  /** Attached positions, one an agency, sorted by agency. */
  readonly positions: readonly number[];
}

/** A body with what fusion keeps of it. */
export interface Built {
  readonly body: AssessmentBody;
  readonly marking: Marking;
  readonly contentHash: string;
  readonly figures: Figures;
  /** Who disagrees; empty for nobody. */
  readonly dissentKey: string;
}

/** The figures alone: enough to see whether ageing has moved a band. `members` in canonical order. */
export function figuresOf(state: EngineState, members: readonly number[], now: number): Figures {
  const testimonies = members.map((member) => testimonyOf(state, member));
  const likelihood = likelihoodOf(state.rules, testimonies, now);
  const positions = positionsOf(state, members);
  const roots = new Set(testimonies.flatMap(({ root }) => (root === null ? [] : [root])));
  const counted = [...likelihood.counted].map((place) => testimonies[place]!);
  const confidence = confidenceOf({
    uMicro: likelihood.uMicro,
    agencies: likelihood.agencies.length,
    roots: roots.size,
    hasReliableRoot: counted.some(({ root, source }) => root !== null && source <= 1),
    claimsConfirmed: counted.some(({ info }) => info === 1),
    dissent: likelihood.dissents.length > 0 || positions.some((each) => stanceOf(state, each) === 'DISSENT'),
  });
  return { likelihood, band: bandOf(likelihood.pMicro), confidence, independentRoots: roots.size, positions };
}

/** The body of a component. `members` are its live records in canonical order, at least one. */
export function buildAssessment(state: EngineState, members: readonly number[], now: number): Built {
  const lone = members.length === 1 ? state.moulds.build(state, members[0]!, now) : undefined;
  return lone ?? buildWhole(state, members, now);
}

/** `buildAssessment` without its shortcut for records that stand alone. */
export function buildWhole(state: EngineState, members: readonly number[], now: number): Built {
  const figures = figuresOf(state, members, now);
  const marking = markingOf(state, members, figures.positions);
  const body = bodyOf(state, members, figures, wireOf(marking));
  return {
    body,
    marking,
    figures,
    contentHash: contentHashOf(body),
    dissentKey: dissentKeyOf(state, figures),
  };
}

/** SHA-256 of the canonical JSON of what lasts: likelihood by its band, dissent by its pairs, no evidence. */
export function contentHashOf(body: AssessmentBody): string {
  return hash('sha256', contentOf(body), 'hex');
}

/**
 * The canonical JSON (RFC 8785) that is hashed. Bodies are built with their keys in order, at every level, so that the
 * runtime's own JSON is canonical already; a test holds it against a canonicaliser.
 */
function contentOf(body: AssessmentBody): string {
  return JSON.stringify({
    categories: body.categories,
    confidence: body.confidence,
    confidenceCaps: body.confidenceCaps,
    contextValues: body.contextValues,
    dissents: body.dissents.map(({ a, b }) => ({ a, b })),
    firstSeen: body.firstSeen,
    gaps: body.gaps,
    independentRoots: body.independentRoots,
    lastSeen: body.lastSeen,
    likelihood: { band: body.likelihood.band },
    links: body.links,
    marking: body.marking,
    members: body.members,
    platforms: body.platforms,
    positions: body.positions,
    ridings: body.ridings,
    ruleVersion: body.ruleVersion,
    severity: body.severity,
    targets: body.targets,
    tools: body.tools,
  });
}

/** RFC 8785 for the values that occur here: objects, lists, strings, finite numbers, booleans, null. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

function bodyOf(
  state: EngineState,
  members: readonly number[],
  figures: Figures,
  marking: WireMarking,
): AssessmentBody {
  const { records, rules } = state;
  const { likelihood, confidence } = figures;
  const names = rootNames(state, members);
  const facets = members.flatMap((member) => records.facetsOf(member) ?? []);
  return {
    ...BLANK,
    categories: sortedTexts(facets.map(({ category }) => category)),
    confidence: confidence.confidence,
    confidenceCaps: confidence.caps.map(({ cap, atMost }) => ({ atMost, cap })),
    contextValues: contextOf(state, members),
    dissents: likelihood.dissents,
    evidence: likelihood.agencies.map((agency) => evidenceOf(state, members, names, agency)),
    firstSeen: members.reduce((least, member) => Math.min(least, records.firstSeen[member]!), Infinity),
    gaps: sortedGaps(facets),
    independentRoots: figures.independentRoots,
    lastSeen: members.reduce((most, member) => Math.max(most, records.lastSeen[member]!), -Infinity),
    likelihood: {
      pMicro: likelihood.pMicro,
      uMicro: likelihood.uMicro,
      band: figures.band,
      lo: Math.round(likelihood.bMicro / 10_000),
      hi: Math.round((likelihood.bMicro + likelihood.uMicro) / 10_000),
    },
    links: members.length === 1 ? [] : linksOf(state, members),
    marking,
    members: members.map((member, place) => memberOf(state, member, names, likelihood.counted.has(place))),
    platforms: sortedTexts(facets.flatMap(({ platforms }) => platforms)),
    positions: figures.positions.map((position) => positionOf(state, position)),
    ridings: sortedTexts(facets.flatMap(({ ridings }) => ridings)),
    ruleVersion: rules.ruleVersion,
    severity: severityOf(impactsOf(state, members)),
    targets: sortedTargets(facets),
    tools: sortedTexts(facets.flatMap(({ tools }) => tools)),
  };
}

function memberOf(
  { records, lineages }: EngineState,
  member: number,
  names: ReadonlyMap<number, string>,
  counts: boolean,
): AssessmentBody['members'][number] {
  const root = names.get(lineages.lineageOf(member)) ?? null;
  return {
    agency: records.agencyOf(member),
    discounted: counts ? null : root === null ? 'NO_PROVENANCE' : 'SAME_ROOT',
    id: records.idOf(member),
    infoGrade: records.grades[member]! & 7,
    observedAt: records.observedAt[member]!,
    root,
    sourceGrade: GRADES[records.grades[member]! >> 3]!,
    stance: records.is(member, DENIES) ? 'DENIES' : 'ASSERTS',
    type: records.typeOf(member),
  };
}

function evidenceOf(
  { records, lineages }: EngineState,
  members: readonly number[],
  names: ReadonlyMap<number, string>,
  { agency, rMicro, sMicro, pMicro, uMicro, roots }: AgencyOpinion,
): AssessmentBody['evidence'][number] {
  return {
    agency,
    rMicro,
    sMicro,
    pMicro,
    uMicro,
    roots: roots.map((root) => ({
      root: names.get(lineages.lineageOf(members[root.member]!)) ?? null,
      member: records.idOf(members[root.member]!),
      rMicro: root.rMicro,
      sMicro: root.sMicro,
    })),
  };
}

function testimonyOf({ records, lineages }: EngineState, member: number): Testimony {
  return {
    agency: records.agencyOf(member),
    tenant: records.is(member, TENANT),
    root: lineages.isRootless(member) ? null : lineages.lineageOf(member),
    source: records.grades[member]! >> 3,
    info: records.grades[member]! & 7,
    denies: records.is(member, DENIES),
    observedAt: records.observedAt[member]!,
    lifetimeDays: records.lifetimeDays[member]!,
  };
}

/** Lineage → id of its first member: a name that means something outside, the same in every order of arrival. */
function rootNames({ records, lineages }: EngineState, members: readonly number[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const member of members) {
    const lineage = lineages.lineageOf(member);
    if (!lineages.isRootless(member) && !names.has(lineage)) names.set(lineage, records.idOf(member));
  }
  return names;
}

function linksOf(state: EngineState, members: readonly number[]): AssessmentBody['links'] {
  const { records, components } = state;
  const byNames = (x: readonly number[], y: readonly number[]) =>
    compareNames(state, x[0]!, y[0]!) || compareNames(state, x[1]!, y[1]!);
  return members
    .flatMap((member) =>
      components
        .neighboursOf(member)
        .filter((other) => compareNames(state, member, other) < 0)
        .map((other) => [member, other]),
    )
    .sort(byNames)
    .map(([from, to]) => {
      const features = sharedOf(state, from!, to!);
      const scoreMicro = features.reduce((sum, { contributionMicro }) => sum + contributionMicro, 0);
      return { a: records.idOf(from!), b: records.idOf(to!), features, scoreMicro };
    });
}

/** By id, then as members are: ids of two agencies may be equal. */
function compareNames({ records }: EngineState, a: number, b: number): number {
  return compareText(records.idOf(a), records.idOf(b)) || records.compare(a, b);
}

function sharedOf({ records, index, rules }: EngineState, a: number, b: number) {
  const others = new Set(featuresOf(records, b));
  return featuresOf(records, a)
    .filter((feature) => others.has(feature) && index.contributionMicro(feature) > 0)
    .map((feature) => {
      const kind = index.values.kindOf(feature);
      return {
        contributionMicro: index.contributionMicro(feature),
        dfBucket: bucketOf(index.dfOf(feature)),
        kind: rules.kinds[kind]!,
        value: index.values.textOf(feature),
        weight: rules.weights[kind]!,
      };
    })
    .sort(byKindAndValue);
}

function featuresOf(records: EngineState['records'], record: number): number[] {
  const start = records.featureStart[record]!;
  return [...records.featurePool.subarray(start, start + records.featureCount[record]!)];
}

function contextOf(
  { records, index, rules }: EngineState,
  members: readonly number[],
): AssessmentBody['contextValues'] {
  const found = new Map<string, AssessmentBody['contextValues'][number]>();
  const note = (value: AssessmentBody['contextValues'][number]) =>
    void found.set(`${value.kind} ${value.why} ${value.value}`, value);
  for (const member of members) {
    for (const { kind, value, why } of records.contextOf(member)) note({ kind, value, why });
    const end = records.featureStart[member]! + records.featureCount[member]!;
    for (let at = records.featureStart[member]!; at < end; at += 1) {
      const feature = records.featurePool[at]!;
      if (index.isHub(feature))
        note({ kind: rules.kinds[index.values.kindOf(feature)]!, value: index.values.textOf(feature), why: 'HUB' });
    }
  }
  return [...found.values()].sort((a, b) => byKindAndValue(a, b) || compareText(a.why, b.why));
}

interface KindAndValue {
  readonly kind: string;
  readonly value: string;
}

function byKindAndValue(a: KindAndValue, b: KindAndValue): number {
  return compareText(a.kind, b.kind) || compareText(a.value, b.value);
}

/** The newest position of each agency about any of the members. */
function positionsOf({ records, positionsAbout }: EngineState, members: readonly number[]): number[] {
  if (positionsAbout.size === 0) return [];
  const newest = new Map<string, number>();
  for (const member of members)
    for (const position of positionsAbout.get(records.id[member]!) ?? []) {
      const agency = records.agencyOf(position);
      const known = newest.get(agency);
      if (known === undefined || records.compare(known, position) < 0) newest.set(agency, position);
    }
  return [...newest].sort(([a], [b]) => compareText(a, b)).map(([, position]) => position);
}

function stanceOf({ records }: EngineState, position: number) {
  return records.positions.get(position)!.stance;
}

function positionOf({ records }: EngineState, position: number): AssessmentBody['positions'][number] {
  const { about, confidence, definitionId, likelihood, stance } = records.positions.get(position)!;
  return {
    about,
    agency: records.agencyOf(position),
    confidence,
    definitionId,
    id: records.idOf(position),
    likelihood: likelihood && {
      hi: likelihood.hi,
      lexiconId: likelihood.lexiconId,
      lo: likelihood.lo,
      term: likelihood.term,
    },
    observedAt: records.observedAt[position]!,
    stance,
  };
}

function dissentKeyOf(state: EngineState, { likelihood, positions }: Figures): string {
  const pairs = likelihood.dissents.map(({ a, b }) => `${a}/${b}`);
  const stated = positions
    .filter((each) => stanceOf(state, each) === 'DISSENT')
    .map((each) => state.records.agencyOf(each));
  return [...pairs, ...stated].join(' ');
}

/** The join of everything read: members, attached positions, LineageLinks about members. */
function markingOf(state: EngineState, members: readonly number[], positions: readonly number[]): Marking {
  const { records, lineages } = state;
  const read = new Map<number, number>();
  const note = (record: number) => void read.set(records.marking[record]!, record);
  members.forEach(note);
  positions.forEach(note);
  if (records.links.size > 0)
    for (const member of members)
      for (const link of lineages.linksAbout(member)) if (records.is(link, LIVE)) note(link);
  return joinAll([...read.values()].map((record) => records.markingOf(record)));
}

const wires = new WeakMap<Marking, WireMarking>();

function wireOf(marking: Marking): WireMarking {
  let wire = wires.get(marking);
  if (wire === undefined) wires.set(marking, (wire = Object.freeze(inOrder(toWire(marking)))));
  return wire;
}

/** Keys in the order of RFC 8785. */
function inOrder(wire: WireMarking): WireMarking {
  const { classified, compartments, needToKnow, orcon, origins, owners, relTo, relToAll, tlp } = wire;
  return {
    classified,
    compartments,
    needToKnow,
    orcon,
    origins,
    owners,
    protected: wire.protected,
    relTo,
    relToAll,
    tlp,
  };
}

/** A lineage's worst category; records without report have none. */
function impactsOf({ records, lineages, rules }: EngineState, members: readonly number[]) {
  const worst = new Map<number | null, { category: string; impact: number }>();
  for (const member of members) {
    const category = records.is(member, REPORT) ? records.facetsOf(member)?.category : undefined;
    const impact = category === undefined ? 0 : (rules.impact.get(category) ?? 0);
    if (category === undefined || impact === 0) continue;
    const root = lineages.isRootless(member) ? null : lineages.lineageOf(member);
    const known = worst.get(root);
    const worse =
      known === undefined || impact > known.impact || (impact === known.impact && category < known.category);
    if (worse) worst.set(root, { category, impact });
  }
  return [...worst.values()];
}

function sortedTexts(texts: readonly string[]): string[] {
  return texts.length < 2 ? [...texts] : [...new Set(texts)].sort(compareText);
}

function sortedTargets(facets: readonly Facets[]): AssessmentBody['targets'] {
  return distinct(
    facets.flatMap(({ targets }) => targets.map(({ kind, ref, suppressedAs }) => ({ kind, ref, suppressedAs }))),
  );
}

function sortedGaps(facets: readonly Facets[]): AssessmentBody['gaps'] {
  return distinct(
    facets.flatMap(({ gaps }) => gaps.map(({ from, platform, reason, to }) => ({ from, platform, reason, to }))),
  );
}

/** Sorted by their JSON. */
function distinct<T>(values: readonly T[]): T[] {
  if (values.length < 2) return [...values];
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value);
}
