// The body of one assessment: what a component of records says, as numbers, and why.
// Holds: a function of the component's records, of what is attached to them, and of `now`; every list is sorted, so the
// canonical JSON is the same whatever came first; keys are built in order, at every level. Source: README.md#assessment

import { joinAll, type Marking } from '@sitebus/marking';
import { toWire, type Assessment, type WireMarking } from '@sitebus/sdk';
import { contextOf, linksOf } from '../linking/component-links.ts';
import { contentHashOf } from './content-hash.ts';
import { dissentKeyOf, figuresOf, type Figures } from '../judgement/figures.ts';
import type { Facets } from '../observation.ts';
import type { AgencyOpinion } from '../judgement/likelihood.ts';
import { DENIES, GRADES, LIVE, REPORT, compareText } from '../records/records.ts';
import { percentAt } from '../judgement/proximity.ts';
import { severityOf } from '../judgement/severity.ts';
import type { EngineState } from '../state.ts';

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
  assessedAt: 0,
  policyVersion: 0,
}) satisfies Partial<Assessment>;

/** A body with what fusion keeps of it. */
export interface Built {
  readonly body: AssessmentBody;
  readonly marking: Marking;
  readonly contentHash: string;
  readonly figures: Figures;
  /** Who disagrees; empty for nobody. */
  readonly dissentKey: string;
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
  const body = bodyOf(state, members, figures, wireOf(marking), now);
  return {
    body,
    marking,
    figures,
    contentHash: contentHashOf(body),
    dissentKey: dissentKeyOf(state, figures),
  };
}

function bodyOf(
  state: EngineState,
  members: readonly number[],
  figures: Figures,
  marking: WireMarking,
  now: number,
): AssessmentBody {
  const { records, rules } = state;
  const { likelihood, confidence } = figures;
  const names = rootNames(state, members, figures);
  const facets = members.flatMap((member) => records.facetsOf(member) ?? []);
  const ridings = sortedTexts(facets.flatMap((each) => each.ridings));
  return {
    ...BLANK,
    categories: sortedTexts(facets.map(({ category }) => category)),
    confidence: confidence.confidence,
    confidenceCaps: confidence.caps.map(({ cap, atMost }) => ({ atMost, cap })),
    contextValues: contextOf(state, members),
    dissents: likelihood.dissents,
    expiresAt: members.reduce((latest, member) => Math.max(latest, records.expiresAt(member)), 0),
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
    members: members.map((member, place) => memberOf(state, member, names, figures, likelihood.counted.has(place))),
    platforms: sortedTexts(facets.flatMap(({ platforms }) => platforms)),
    positions: figures.positions.map((position) => positionOf(state, position)),
    ridings,
    ruleVersion: rules.ruleVersion,
    severity: severityOf(impactsOf(state, members, figures), percentAt(rules.calendar, now, ridings)),
    targets: sortedTargets(facets),
    tools: sortedTexts(facets.flatMap(({ tools }) => tools)),
  };
}

function memberOf(
  { records, lineages }: EngineState,
  member: number,
  names: ReadonlyMap<number, string>,
  { originals }: Figures,
  counts: boolean,
): AssessmentBody['members'][number] {
  const root = names.get(lineages.lineageOf(member)) ?? null;
  const original = originals.get(member);
  return {
    agency: records.agencyOf(member),
    category: records.facetsOf(member)?.category ?? null,
    copyOf: original === undefined ? null : records.idOf(original),
    discounted: counts ? null : original !== undefined ? 'COPY' : root === null ? 'NO_PROVENANCE' : 'SAME_ROOT',
    id: records.idOf(member),
    infoGrade: records.grades[member]! & 7,
    lifetimeDays: records.lifetimeDays[member]!,
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

/**
 * Lineage → id of its first member that is no copy: a name that means something outside, whatever came first. Where another
 * lineage has that name, because two agencies use one id, it is the whole identity.
 */
function rootNames(
  { records, lineages }: EngineState,
  members: readonly number[],
  { originals }: Figures,
): Map<number, string> {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  for (const member of members) {
    const lineage = lineages.lineageOf(member);
    if (names.has(lineage) || lineages.isRootless(member) || originals.has(member)) continue;
    const id = records.idOf(member);
    const name = taken.has(id) ? `${records.agencyOf(member)}/${records.cellOf(member)}/${id}` : id;
    taken.add(name);
    names.set(lineage, name);
  }
  return names;
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

/** A lineage's worst category; records without report have none, and a copy adds none. */
function impactsOf(
  { records, lineages, rules }: EngineState,
  members: readonly number[],
  { originals }: Pick<Figures, 'originals'>,
) {
  const worst = new Map<number | null, { category: string; impact: number }>();
  for (const member of members) {
    const category =
      records.is(member, REPORT) && !originals.has(member) ? records.facetsOf(member)?.category : undefined;
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
