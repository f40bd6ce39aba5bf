// The engine's promises worked out the slow way, for tests: sets and maps over the whole list, nothing kept.
// Holds: shares no code with the engine but the rules' tables; the image equals `linkedOf` of an engine fed the same.

import type { FusionObservation } from '../engine/observation.ts';
import type { Rules } from '../engine/rules.ts';
import type { LinkedImage } from '../engine/state.ts';
import { areReworded, isTextOf, naiveValues, statedNames } from './naive-values.ts';

/** The linked image of a list of admitted observations, in any order, with duplicates. */
export function naiveImage(rules: Rules, given: readonly FusionObservation[]): LinkedImage {
  const live = liveOf(presentOf(given)).sort((a, b) => text(nameOf(a), nameOf(b)));
  const originals = copiesOf(rules, live);
  const { rootOf, rootless } = lineagesOf(live, originals);
  const members = live.filter((each) => !isAttached(each));
  const values = naiveValues(rules, members, rootOf);
  const linked = (a: FusionObservation, b: FusionObservation) => values.score(a, b) > 0;
  const pairs = members.flatMap((a) => members.filter((b) => a !== b && linked(a, b)).map((b) => [a, b] as const));
  const components = closure(members, pairs);
  return {
    live: live.map(nameOf),
    rootless: live.filter((each) => rootless.has(each)).map(nameOf),
    lineages: named(groupBy(live, (each) => rootOf.get(each)!)),
    copies: [...originals].map(([copy, original]) => `${nameOf(copy)} ${nameOf(original)}`).sort(text),
    components: named(components),
    anchors: components.map((group) => nameOf([...group].sort(byAnchor)[0]!)).sort(text),
    links: pairs.map(([a, b]) => `${nameOf(a)} ${nameOf(b)}`).sort(text),
    values: [...values.lines].sort(text),
  };
}

const identityOf = ({ agency, cell, id }: FusionObservation) => `${agency}/${cell}/${id}`;
const nameOf = (each: FusionObservation) => `${identityOf(each)}/${each.contentHash}`;
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const isAttached = ({ type, position, lineageLink }: FusionObservation) =>
  type === 'Recall' || position !== undefined || lineageLink !== undefined;

function byAnchor(a: FusionObservation, b: FusionObservation): number {
  return (
    Number(a.tenant) - Number(b.tenant) ||
    a.observedAt - b.observedAt ||
    text(a.id, b.id) ||
    text(a.agency, b.agency) ||
    text(a.cell, b.cell)
  );
}

/** One content an identity: that with the least hash. */
export function presentOf(given: readonly FusionObservation[]): FusionObservation[] {
  const present = new Map<string, FusionObservation>();
  for (const each of given) {
    const known = present.get(identityOf(each));
    if (!known || each.contentHash < known.contentHash) present.set(identityOf(each), each);
  }
  return [...present.values()];
}

/** Those that are neither recalled nor superseded, of a list with one content an identity. */
export function liveOf(present: readonly FusionObservation[]): FusionObservation[] {
  const reaches = (from: FusionObservation, to: FusionObservation) =>
    from.agency === to.agency && from.cell === to.cell && from !== to;
  const recalled = (each: FusionObservation) =>
    each.type !== 'Recall' && present.some((by) => by.recalls === each.id && reaches(by, each));
  const superseded = (each: FusionObservation) =>
    present.some(
      (by) => by.supersedes === each.id && reaches(by, each) && by.marking === each.marking && !recalled(by),
    );
  return present.filter((each) => !recalled(each) && !superseded(each));
}

/** Copy → the first record of which it is one. Values are those stated, of kinds with a weight. */
function copiesOf(rules: Rules, live: readonly FusionObservation[]): Map<FusionObservation, FusionObservation> {
  const members = live.filter((each) => !isAttached(each));
  const stated = new Map(members.map((each) => [each, new Set(statedNames(rules, each))]));
  const carriers = (name: string) => members.filter((each) => stated.get(each)!.has(name)).length;
  const tellsAgain = (later: FusionObservation, earlier: FusionObservation) => {
    const [own, others] = [[...stated.get(later)!], [...stated.get(earlier)!]];
    const retold = own.filter((name) => others.some((each) => each === name || areReworded(rules, each, name)));
    const usual = later.sourceToken === null ? rules.copyPresumedMinValues : rules.copyMinValues;
    const hasText = retold.some((name) => isTextOf(name, rules.copyTextMinChars));
    return (
      later.denies === earlier.denies &&
      (later.sourceToken === null || later.sourceToken !== earlier.sourceToken) &&
      retold.length >= (hasText ? Math.min(usual, 1 + rules.copyTextOtherValues) : usual) &&
      (own.length - retold.length) * 1e6 <= own.length * (1e6 - rules.copyContainmentMicro)
    );
  };
  const meantBy = (id: string) => members.filter((each) => each.id === id).sort(byAnchor)[0];
  const names = (other: FusionObservation, each: FusionObservation) =>
    other.derivedFrom.includes(each.id) && meantBy(each.id) === each;
  const leastOriginalOf = (each: FusionObservation): FusionObservation | undefined => {
    const isFrom = (other: FusionObservation) =>
      other !== each && !other.tenant && names(other, each) && tellsAgain(each, other);
    const [bound] = members.filter(isFrom).sort(byAnchor);
    const [original] = members
      .filter(
        (other) =>
          byAnchor(other, each) < 0 &&
          each.derivedFrom.length === 0 &&
          tellsAgain(each, other) &&
          !names(other, each) &&
          (bound === undefined || other.tenant || byAnchor(other, bound) < 0) &&
          [...stated.get(each)!].some((name) => stated.get(other)!.has(name) && carriers(name) <= rules.volumeCap),
      )
      .sort(byAnchor);
    return original;
  };
  const least = new Map(members.map((each) => [each, leastOriginalOf(each)]));
  const originalOf = (each: FusionObservation): FusionObservation => {
    const original = least.get(each);
    return original === undefined ? each : originalOf(original);
  };
  return new Map(members.flatMap((each) => (originalOf(each) === each ? [] : [[each, originalOf(each)]])));
}

function lineagesOf(live: readonly FusionObservation[], originals: ReadonlyMap<FusionObservation, FusionObservation>) {
  const classOf = (each: FusionObservation) => {
    const { sourceToken, id } = originals.get(each) ?? each;
    return sourceToken === null ? `id ${id}` : `token ${sourceToken}`;
  };
  const classesOfId = (id: string) => {
    const found = live.filter((each) => each.id === id).map(classOf);
    return found.length === 0 ? [`id ${id}`] : found;
  };
  const links = live.filter(({ lineageLink }) => lineageLink !== undefined);
  const isSilent = (each: FusionObservation) =>
    each.tenant && live.some((other) => !other.tenant && (other.id === each.id || classOf(other) === classOf(each)));
  const maySpeak = (link: FusionObservation, of: FusionObservation) =>
    !link.tenant || (link.agency === of.agency && !isSilent(of));
  const parentsOf = (each: FusionObservation) => [
    ...(isSilent(each) ? [] : each.derivedFrom),
    ...links
      .filter((link) => link.lineageLink!.child === each.id && maySpeak(link, each) && !originals.has(each))
      .map((link) => link.lineageLink!.parent),
  ];
  const byId = new Map<string, Set<string>>();
  for (const each of live) for (const parent of parentsOf(each)) addTo(byId, each.id, parent);
  const inCycle = (child: string, parent: string) => child === parent || reach(byId, parent).has(child);
  const edges = new Map<string, Set<string>>();
  for (const each of live)
    for (const parent of parentsOf(each))
      if (!inCycle(each.id, parent))
        for (const to of classesOfId(parent)) if (to !== classOf(each)) addTo(edges, classOf(each), to);
  const holders = (name: string) => live.filter((each) => classOf(each) === name);
  const leastOf = (names: readonly string[]) =>
    [...names].sort((a, b) => {
      const [x, y] = [holders(a).sort(byAnchor)[0], holders(b).sort(byAnchor)[0]];
      return x && y ? byAnchor(x, y) : x ? -1 : y ? 1 : text(a, b);
    })[0]!;
  const terminalOf = (name: string) => {
    const reached = reach(edges, name).add(name);
    const groups = [...reached].map((each) =>
      [...reach(edges, each).add(each)].filter((x) => reach(edges, x).add(x).has(each)),
    );
    const terminal = groups.filter((group) => group.every((x) => [...reach(edges, x)].every((y) => group.includes(y))));
    const root = leastOf(terminal.map(leastOf));
    const circle = terminal.find((group) => group.includes(root))!;
    return { root, bare: circle.every((each) => each.startsWith('id ')) && holders(root).length > 0 };
  };
  const rootOf = new Map(live.map((each) => [each, terminalOf(classOf(each)).root]));
  const rootless = new Set(live.filter((each) => terminalOf(classOf(each)).bare));
  return { rootOf, rootless };
}

function closure(
  members: readonly FusionObservation[],
  pairs: readonly (readonly [FusionObservation, FusionObservation])[],
): FusionObservation[][] {
  const groups = members.map((each) => new Set([each]));
  for (const [a, b] of pairs) {
    const [x, y] = [groups.findIndex((group) => group.has(a)), groups.findIndex((group) => group.has(b))];
    if (x === y) continue;
    groups[y]!.forEach((each) => groups[x]!.add(each));
    groups.splice(y, 1);
  }
  return groups.map((group) => [...group]);
}

function reach(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const reached = new Set<string>();
  const open = [...(edges.get(from) ?? [])];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    open.push(...(edges.get(at) ?? []));
  }
  return reached;
}

function named(groups: readonly (readonly FusionObservation[])[]): string[][] {
  return groups.map((group) => group.map(nameOf).sort(text)).sort((a, b) => text(a[0]!, b[0]!));
}

function groupBy(
  members: readonly FusionObservation[],
  keyOf: (each: FusionObservation) => string,
): FusionObservation[][] {
  const groups = new Map<string, FusionObservation[]>();
  for (const each of members) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return [...groups.values()];
}

function addTo(into: Map<string, Set<string>>, key: string, value: string): void {
  into.set(key, (into.get(key) ?? new Set()).add(value));
}
