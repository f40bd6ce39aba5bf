// What changed from one version of an assessment to the next, and why: the facts that differ, and the causes they show.
// Holds: pure; every fact that enters the content hash is compared, and what ages is told apart from what changed; sizes follow
// the change, never the assessment. Source: README.md#history

import type { Assessment } from '@sitebus/sdk';
import type { Json, JsonObject } from '../avro-json.ts';

/** Why a version was written, as its facts show. `AGED`: nothing but the figures that age. */
export type Cause =
  | 'FIRST'
  | 'MEMBERS_ADDED'
  | 'MEMBERS_REMOVED'
  | 'LINKS_CHANGED'
  | 'LINEAGE_CHANGED'
  | 'POSITION'
  | 'CONTENT_CHANGED'
  | 'SPLIT_OFF'
  | 'MERGED_AWAY'
  | 'CLOSED'
  | 'REOPENED'
  | 'RULE_CHANGE'
  | 'POLICY_CHANGE'
  | 'AGED';

/** What differs, by field, and why. Members by id and agency; a fact that did not change is absent. */
export interface VersionChange {
  readonly causes: readonly Cause[];
  readonly changed: JsonObject;
}

/** How a version stands, in a line. */
export interface VersionFacts {
  readonly version: number;
  readonly status: Assessment['status'];
  readonly members: number;
  readonly independentRoots: number;
  readonly likelihood: { readonly pMicro: number; readonly lo: number; readonly hi: number; readonly band: number };
  readonly confidence: string;
  readonly severity: number;
  readonly ruleVersion: number;
  readonly policyVersion: number;
}

/** The facts of one version. */
export function factsOf(value: Assessment): VersionFacts {
  const { pMicro, lo, hi, band } = value.likelihood;
  return {
    version: value.version,
    status: value.status,
    members: value.members.length,
    independentRoots: value.independentRoots,
    likelihood: { pMicro, lo, hi, band },
    confidence: value.confidence,
    severity: value.severity.score,
    ruleVersion: value.ruleVersion,
    policyVersion: value.policyVersion,
  };
}

/** What differs from `before` to `after`, two versions of one id. Cost: linear in both. */
export function changeBetween(before: Assessment, after: Assessment): VersionChange {
  const members = difference(before.members, after.members, ({ id, agency }) => `${agency} ${id}`, memberOf);
  const links = difference(before.links, after.links, linkKey, ({ a, b }) => ({ a, b }));
  const lineage = lineageChanges(before, after);
  const positions = difference(before.positions, after.positions, ({ id }) => id, ({ agency, stance }) => ({ agency, stance })); // prettier-ignore
  const content = contentChanges(before, after);
  const changed = {
    ...fromTo('status', before.status, after.status),
    ...fromTo('redirectTo', before.redirectTo, after.redirectTo),
    ...fromTo('splitFrom', before.splitFrom, after.splitFrom),
    ...named('members', members),
    ...named('links', links),
    ...(lineage.length === 0 ? {} : { lineage }),
    ...named('positions', positions),
    ...content,
    ...figures(before, after),
    ...fromTo('ruleVersion', before.ruleVersion, after.ruleVersion),
    ...fromTo('policyVersion', before.policyVersion, after.policyVersion),
  };
  const wasOver = before.status !== 'LIVE';
  const causes: readonly (readonly [boolean, Cause])[] = [
    [after.status === 'REDIRECTED' && before.status !== 'REDIRECTED', 'MERGED_AWAY'],
    [after.status === 'CLOSED' && before.status !== 'CLOSED', 'CLOSED'],
    [after.status === 'LIVE' && wasOver, 'REOPENED'],
    [after.splitFrom !== before.splitFrom && after.splitFrom !== null, 'SPLIT_OFF'],
    [members?.added !== undefined, 'MEMBERS_ADDED'],
    [members?.removed !== undefined && after.status === 'LIVE', 'MEMBERS_REMOVED'],
    [links !== undefined && members === undefined, 'LINKS_CHANGED'],
    [lineage.length > 0, 'LINEAGE_CHANGED'],
    [positions !== undefined, 'POSITION'],
    [Object.keys(content).length > 0 && members === undefined && positions === undefined, 'CONTENT_CHANGED'],
    [after.ruleVersion !== before.ruleVersion, 'RULE_CHANGE'],
    [after.policyVersion !== before.policyVersion, 'POLICY_CHANGE'],
  ];
  const found = causes.flatMap(([holds, cause]) => (holds ? [cause] : []));
  return { causes: found.length === 0 ? ['AGED'] : found, changed };
}

type Member = Assessment['members'][number];

function memberOf({ id, agency, type }: Member): JsonObject {
  return { id, agency, type };
}

function linkKey({ a, b, features }: Assessment['links'][number]): string {
  return `${a} ${b} ${features.map(({ kind, value }) => `${kind} ${value}`).join('\n')}`;
}

/** Members of both versions that count otherwise now: another lineage, or discounted, or no longer. */
function lineageChanges(before: Assessment, after: Assessment): readonly JsonObject[] {
  const earlier = new Map(before.members.map((member) => [`${member.agency} ${member.id}`, member]));
  return after.members.flatMap((member) => {
    const was = earlier.get(`${member.agency} ${member.id}`);
    if (was === undefined || (was.root === member.root && was.discounted === member.discounted)) return [];
    return [{ id: member.id, agency: member.agency, ...fromTo('root', was.root, member.root), ...fromTo('discounted', was.discounted, member.discounted) }]; // prettier-ignore
  });
}

/** What of the content is a list of words, or stands by itself. */
function contentChanges(before: Assessment, after: Assessment): JsonObject {
  const words = (['categories', 'tools', 'ridings', 'platforms'] as const).map((field) =>
    named(field, difference(before[field], after[field], (word) => word, (word) => word)),
  ); // prettier-ignore
  const pairs = difference(before.dissents, after.dissents, ({ a, b }) => `${a} ${b}`, ({ a, b }) => ({ a, b })); // prettier-ignore
  const caps = difference(before.confidenceCaps, after.confidenceCaps, ({ cap }) => cap, ({ cap }) => cap); // prettier-ignore
  const context = difference(before.contextValues, after.contextValues, ({ kind, value, why }) => `${why} ${kind} ${value}`, ({ kind, why }) => ({ kind, why })); // prettier-ignore
  return {
    ...Object.assign({}, ...words),
    ...named('dissents', pairs),
    ...named('confidenceCaps', caps),
    ...named('contextValues', context),
    ...(JSON.stringify(before.targets) === JSON.stringify(after.targets) ? {} : { targets: { changed: true } }),
    ...(JSON.stringify(before.gaps) === JSON.stringify(after.gaps) ? {} : { gaps: { changed: true } }),
  } as JsonObject;
}

/** Figures: of the likelihood the band counts as changed content elsewhere; here every step is shown. */
function figures(before: Assessment, after: Assessment): JsonObject {
  const [was, is] = [factsOf(before), factsOf(after)];
  return {
    ...(JSON.stringify(was.likelihood) === JSON.stringify(is.likelihood)
      ? {}
      : { likelihood: { from: { ...was.likelihood }, to: { ...is.likelihood } } }),
    ...fromTo('confidence', was.confidence, is.confidence),
    ...fromTo('severity', was.severity, is.severity),
    ...fromTo('independentRoots', was.independentRoots, is.independentRoots),
  };
}

interface Difference {
  readonly added?: readonly Json[];
  readonly removed?: readonly Json[];
}

/** @returns undefined where both hold the same; else what came and what went. */
function difference<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (item: T) => string,
  shown: (item: T) => Json,
): Difference | undefined {
  const [earlier, later] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const added = after.filter((item) => !earlier.has(keyOf(item))).map(shown);
  const removed = before.filter((item) => !later.has(keyOf(item))).map(shown);
  if (added.length === 0 && removed.length === 0) return undefined;
  return { ...(added.length > 0 && { added }), ...(removed.length > 0 && { removed }) };
}

function named(field: string, found: Difference | undefined): JsonObject {
  return found === undefined ? {} : { [field]: found as unknown as JsonObject };
}

/** A side that had none is left out. */
function fromTo(field: string, from: Json | null, to: Json | null): JsonObject {
  if (from === to) return {};
  return { [field]: { ...(from !== null && { from }), ...(to !== null && { to }) } };
}
