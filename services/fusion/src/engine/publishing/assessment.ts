// The body of one assessment: what a component of records says, as numbers, and why.
// Holds: a function of the component's records, of what is attached to them, and of `now`; every list is sorted, so the
// canonical JSON is the same whatever came first; keys are built in order, at every level. Source: README.md#assessment

import type { Assessment, WireMarking } from '@sitebus/sdk';
import { contextOf, linksOf } from '../linking/component-links.ts';
import { contentHashOf } from './content-hash.ts';
import { facetListsOf } from './facet-lists.ts';
import { dissentKeyOf, figuresOf, type Figures } from '../judgement/figures.ts';
import type { Facets } from '../observation.ts';
import type { AgencyOpinion } from '../judgement/likelihood.ts';
import { DENIES, GRADES, LIVE, REPORT } from '../records/records.ts';
import { WholeContent, type Content } from './product.ts';
import { copyReasons } from '../provenance/copy-reasons.ts';
import { percentAt } from '../judgement/proximity.ts';
import { severityOf } from '../judgement/severity.ts';
import type { EngineState } from '../state.ts';

/** An assessment whose name, version, hash and fate are still blank: whoever reads the product fills them in. */
export type AssessmentBody = { -readonly [Field in keyof Assessment]: Assessment[Field] };

/** The blanks of a body. */
export const BLANK = Object.freeze({
  id: '',
  version: 0,
  contentHash: '',
  status: 'LIVE',
  redirectTo: null,
  splitFrom: null,
  expiresAt: null,
  assessedAt: 0,
}) satisfies Partial<Assessment>;

/** What an assessment says, with what fusion keeps of it. */
export interface Built {
  readonly content: Content;
  readonly severity: number;
  /** The number of its marking. */
  readonly marking: number;
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
  const body = bodyOf(state, members, figures, state.records.markings.wireOf(marking), now);
  return {
    content: new WholeContent(body),
    severity: body.severity.score,
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
  const ids = members.map((member) => records.idOf(member));
  const roots = rootNames(state, members, ids, figures);
  const { categories, gaps, platforms, ridings, targets, tools } = facetListsOf(facetsOf(state, members));
  // The blanks one by one: an object that begins as a copy of another is put together in many pieces.
  return {
    id: BLANK.id,
    version: BLANK.version,
    contentHash: BLANK.contentHash,
    status: BLANK.status,
    redirectTo: BLANK.redirectTo,
    splitFrom: BLANK.splitFrom,
    assessedAt: BLANK.assessedAt,
    view: state.view.id,
    policyVersion: rules.policyVersion,
    categories,
    confidence: confidence.confidence,
    confidenceCaps: confidence.caps,
    contextValues: contextOf(state, members),
    copies: copyReasons(state, members, figures.originals),
    dissents: likelihood.dissents,
    expiresAt: members.reduce((latest, member) => Math.max(latest, records.expiresAt(member)), 0),
    evidence: likelihood.agencies.map((agency) => evidenceOf(ids, roots, agency)),
    firstSeen: members.reduce((least, member) => Math.min(least, records.firstSeen[member]!), Infinity),
    gaps,
    independentRoots: figures.independentRoots,
    lastSeen: members.reduce((most, member) => Math.max(most, records.lastSeen[member]!), -Infinity),
    likelihood: {
      pMicro: likelihood.pMicro,
      uMicro: likelihood.uMicro,
      band: figures.band,
      lo: Math.round(likelihood.bMicro / 10_000),
      hi: Math.round((likelihood.bMicro + likelihood.uMicro) / 10_000),
    },
    links: linksOf(state, members, ids),
    marking,
    members: members.map((member, place) =>
      memberOf(state, member, ids[place]!, roots[place]!, figures, likelihood.counted.has(place)),
    ),
    platforms,
    positions: figures.positions.length === 0 ? NONE : figures.positions.map((each) => positionOf(state, each)),
    ridings,
    ruleVersion: rules.ruleVersion,
    severity: severityOf(impactsOf(state, members, figures), percentAt(rules.calendar, now, ridings)),
    targets,
    tools,
  };
}

const NONE: [] = [];
Object.freeze(NONE);

/** Of members with a report. */
function facetsOf({ records }: EngineState, members: readonly number[]): Facets[] {
  const found: Facets[] = [];
  for (const member of members) {
    const facets = records.facetsOf(member);
    if (facets !== undefined) found.push(facets);
  }
  return found;
}

function memberOf(
  { records }: EngineState,
  member: number,
  id: string,
  root: string | null,
  { originals }: Figures,
  counts: boolean,
): AssessmentBody['members'][number] {
  const original = originals.get(member);
  return {
    agency: records.agencyOf(member),
    category: records.facetsOf(member)?.category ?? null,
    copyOf: original === undefined ? null : records.idOf(original),
    discounted: counts ? null : original !== undefined ? 'COPY' : root === null ? 'NO_PROVENANCE' : 'SAME_ROOT',
    id,
    infoGrade: records.grades[member]! & 7,
    lifetimeDays: records.lifetimeDays[member]!,
    observedAt: records.observedAt[member]!,
    root,
    sourceGrade: GRADES[records.grades[member]! >> 3]!,
    stance: records.is(member, DENIES) ? 'DENIES' : 'ASSERTS',
    type: records.typeOf(member),
  };
}

/** `ids` and `roots` are the members', place by place. */
function evidenceOf(
  ids: readonly string[],
  roots: readonly (string | null)[],
  opinion: AgencyOpinion,
): AssessmentBody['evidence'][number] {
  const { agency, rMicro, sMicro, pMicro, uMicro } = opinion;
  return {
    agency,
    rMicro,
    sMicro,
    pMicro,
    uMicro,
    roots: opinion.roots.map((root) => ({
      root: roots[root.member]!,
      member: ids[root.member]!,
      rMicro: root.rMicro,
      sMicro: root.sMicro,
    })),
  };
}

/**
 * The name of each member's lineage, place by place: the id of its first member that is no copy, which means something
 * outside, whatever came first; null where nothing says where a member comes from. Where another lineage has that name,
 * because two agencies use one id, it is the whole identity.
 */
function rootNames(
  { records, lineages }: EngineState,
  members: readonly number[],
  ids: readonly string[],
  { originals }: Figures,
): (string | null)[] {
  const names = new Map<number, string>();
  const taken = new Set<string>();
  for (let place = 0; place < members.length; place += 1) {
    const member = members[place]!;
    const lineage = lineages.lineageOf(member);
    if (names.has(lineage) || lineages.isRootless(member) || originals.has(member)) continue;
    const id = ids[place]!;
    const name = taken.has(id) ? `${records.agencyOf(member)}/${records.cellOf(member)}/${id}` : id;
    taken.add(name);
    names.set(lineage, name);
  }
  return members.map((member) => names.get(lineages.lineageOf(member)) ?? null);
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

/** The number of the join of everything read: members, attached positions, LineageLinks about members. */
function markingOf(state: EngineState, members: readonly number[], positions: readonly number[]): number {
  const { records, lineages } = state;
  let joined = records.marking[members[0]!]!;
  const note = (record: number) => void (joined = records.markings.joinOf(joined, records.marking[record]!));
  members.forEach(note);
  positions.forEach(note);
  if (records.links.size > 0)
    for (const member of members)
      for (const link of lineages.linksAbout(member)) if (records.is(link, LIVE)) note(link);
  return joined;
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
