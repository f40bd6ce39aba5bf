// How likely a matter is, in subjective logic: evidence for and against, and how much is only the base rate.
// Holds: whole micro-units throughout; a lineage counts once, by its strongest record that is no copy; an agency's further
// lineages count half each time; a copy changes no digit; disagreement is reported, never averaged away.
// Source: README.md#likelihood

import { MICRO, decayAt, type Rules } from '../rules.ts';

/** Reliability of a source in tenths of 4·rel, by grade A to F. */
const RELIABILITY_TENTHS = [40, 32, 20, 10, 0, 10] as const;
/** Probability by information grade 1 to 6, in hundredths. */
const PROBABILITY_HUNDREDTHS = [95, 80, 55, 30, 10, 50] as const;
const DISSENT_MICRO = 150_000;

/** What one member says, before anything is discounted. */
export interface Testimony {
  readonly agency: string;
  readonly tenant: boolean;
  /** Any number that tells lineages apart; null where nothing says where it comes from. All of those share one. */
  readonly root: number | null;
  /** 0 for A to 5 for F. */
  readonly source: number;
  /** 1 to 6. */
  readonly info: number;
  readonly denies: boolean;
  /** True for a copy of another member: it never counts beside it. */
  readonly isCopy: boolean;
  readonly observedAt: number;
  readonly lifetimeDays: number;
}

/** Evidence for (r) and against (s), micro-units. */
export interface Evidence {
  readonly rMicro: number;
  readonly sMicro: number;
}

export interface Opinion {
  readonly bMicro: number;
  readonly uMicro: number;
  readonly pMicro: number;
}

/** One lineage as an agency speaks for it. */
export interface RootTestimony extends Evidence {
  readonly root: number | null;
  /** Place of the strongest record in the list that was given. */
  readonly member: number;
}

export interface AgencyOpinion extends Evidence {
  readonly agency: string;
  readonly pMicro: number;
  readonly uMicro: number;
  /** Strongest first. */
  readonly roots: readonly RootTestimony[];
}

export interface Disagreement {
  readonly a: string;
  readonly b: string;
  readonly degreeMicro: number;
}

export interface LikelihoodResult extends Opinion {
  /** Sorted by agency. */
  readonly agencies: readonly AgencyOpinion[];
  /** Sorted by (a, b). */
  readonly dissents: readonly Disagreement[];
  /** Places of the records that count, one a lineage. */
  readonly counted: ReadonlySet<number>;
}

/**
 * The likelihood of the members of one assessment at `now`.
 * `members` are in the assessment's canonical order: place breaks the last tie between equally strong records.
 */
export function likelihoodOf(rules: Rules, members: readonly Testimony[], now: number): LikelihoodResult {
  const strongest = strongestOf(members);
  const agencies = opinionsByAgency(rules, members, strongest, now);
  const { bMicro, uMicro, pMicro } = opinionOf(rules, sum(agencies));
  const counted = new Set<number>();
  for (const { member } of strongest.values()) counted.add(member);
  return { bMicro, uMicro, pMicro, agencies, dissents: dissentsOf(agencies), counted };
}

/** The opinion that evidence gives: b = r/(W+r+s), u = W/(W+r+s), P = b + a·u. */
export function opinionOf(rules: Rules, { rMicro, sMicro }: Evidence): Opinion {
  const total = rules.priorMicro + rMicro + sMicro;
  const bMicro = Math.round((rMicro * MICRO) / total);
  const uMicro = Math.round((rules.priorMicro * MICRO) / total);
  const pMicro = Math.round(((rMicro + Math.round((rules.baseRateMicro * rules.priorMicro) / MICRO)) * MICRO) / total);
  return { bMicro, uMicro, pMicro };
}

interface Strongest {
  member: number;
  observedAt: number;
}

/** By lineage: its strongest record, and the time from which the lineage ages. What is a copy of another member is neither. */
function strongestOf(members: readonly Testimony[]): Map<number | null, Readonly<Strongest>> {
  const strongest = new Map<number | null, Strongest>();
  for (let member = 0; member < members.length; member += 1) {
    const testimony = members[member]!;
    if (testimony.isCopy) continue;
    const { root, observedAt } = testimony;
    const best = strongest.get(root);
    if (best === undefined) {
      strongest.set(root, { member, observedAt });
      continue;
    }
    if (isStronger(testimony, members[best.member]!)) best.member = member;
    if (observedAt < best.observedAt) best.observedAt = observedAt;
  }
  return strongest;
}

/** By what the grades alone say, so that ageing never changes which record counts; then a government record. */
function isStronger(a: Testimony, b: Testimony): boolean {
  const difference = strength(a) - strength(b);
  if (difference !== 0) return difference > 0;
  return b.tenant && !a.tenant;
}

function strength({ source, info }: Testimony): number {
  const p = PROBABILITY_HUNDREDTHS[info - 1]!;
  return RELIABILITY_TENTHS[source]! * Math.max(p, 100 - p);
}

function opinionsByAgency(
  rules: Rules,
  members: readonly Testimony[],
  strongest: ReadonlyMap<number | null, Strongest>,
  now: number,
): AgencyOpinion[] {
  const byAgency = new Map<string, RootTestimony[]>();
  for (const [root, { member, observedAt }] of strongest) {
    const testimony = members[member]!;
    const { rMicro, sMicro } = evidenceOf(rules, testimony, now - observedAt);
    const spoken = { root, member, rMicro, sMicro };
    const roots = byAgency.get(testimony.agency);
    if (roots === undefined) byAgency.set(testimony.agency, [spoken]);
    else roots.push(spoken);
  }
  const opinions: AgencyOpinion[] = [];
  for (const [agency, roots] of byAgency) opinions.push(opinionOfAgency(rules, agency, roots));
  return opinions.length > 1 ? opinions.sort((a, b) => (a.agency < b.agency ? -1 : 1)) : opinions;
}

function evidenceOf(rules: Rules, { source, info, denies, lifetimeDays }: Testimony, ageMs: number): Evidence {
  const nMicro = Math.floor((RELIABILITY_TENTHS[source]! * decayAt(rules, ageMs, lifetimeDays)) / 10);
  const forMicro = Math.floor((nMicro * PROBABILITY_HUNDREDTHS[info - 1]!) / 100);
  const againstMicro = nMicro - forMicro;
  return denies ? { rMicro: againstMicro, sMicro: forMicro } : { rMicro: forMicro, sMicro: againstMicro };
}

/** Sorts the roots, strongest first. */
function opinionOfAgency(rules: Rules, agency: string, roots: RootTestimony[]): AgencyOpinion {
  if (roots.length > 1)
    roots.sort((a, b) => Math.max(b.rMicro, b.sMicro) - Math.max(a.rMicro, a.sMicro) || a.member - b.member);
  let rMicro = 0;
  let sMicro = 0;
  for (let place = 0; place < roots.length; place += 1) {
    rMicro += Math.floor(roots[place]!.rMicro / 2 ** place);
    sMicro += Math.floor(roots[place]!.sMicro / 2 ** place);
  }
  const { pMicro, uMicro } = opinionOf(rules, { rMicro, sMicro });
  return { agency, rMicro, sMicro, pMicro, uMicro, roots };
}

const NO_DISSENTS: Disagreement[] = [];
Object.freeze(NO_DISSENTS);

function dissentsOf(agencies: readonly AgencyOpinion[]): Disagreement[] {
  if (agencies.length < 2) return NO_DISSENTS;
  const found: Disagreement[] = [];
  for (let first = 0; first < agencies.length; first += 1)
    for (let second = first + 1; second < agencies.length; second += 1) {
      const [a, b] = [agencies[first]!, agencies[second]!];
      const certainty = Math.floor(((MICRO - a.uMicro) * (MICRO - b.uMicro)) / MICRO);
      const degreeMicro = Math.floor((Math.abs(a.pMicro - b.pMicro) * certainty) / MICRO);
      if (degreeMicro >= DISSENT_MICRO) found.push({ a: a.agency, b: b.agency, degreeMicro });
    }
  return found.length === 0 ? NO_DISSENTS : found;
}

function sum(evidence: readonly Evidence[]): Evidence {
  let rMicro = 0;
  let sMicro = 0;
  for (const each of evidence) {
    rMicro += each.rMicro;
    sMicro += each.sMicro;
  }
  return { rMicro, sMicro };
}
