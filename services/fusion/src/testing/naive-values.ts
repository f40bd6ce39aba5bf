// The values half of the naive oracle: what records state, what follows from it, how common it is, and what two share.
// Holds: worked out afresh over the whole list of live members; shares with the engine the tables of the rules, the keys
// of texts and the batch rule of co-shares, which have tests of their own.

import { accountPairOf, coShareRows } from '../engine/values/co-share-rows.ts';
import { bandKeysOf } from '../engine/values/minhash.ts';
import type { FusionObservation } from '../engine/observation.ts';
import type { Rules } from '../engine/rules.ts';

/** Values of the members, and scores of two of them. */
export interface NaiveValues {
  /** `<kind> <value> <df or HUB>`, in no order. */
  readonly lines: readonly string[];
  /** Micro-units; 0 where the two do not link. */
  score(a: FusionObservation, b: FusionObservation): number;
}

/** What the record states and what policy takes in, as `<kind> <value>`, distinct. */
export function statedNames(rules: Rules, { features }: FusionObservation): string[] {
  const taken = features.filter(({ kind, value }) => {
    if (!rules.kindNumbers.has(kind)) return false;
    if (kind === 'text') return value.replaceAll(' ', '').length >= rules.texts.minChars;
    return kind !== 'place-time' || daysOf(value).length <= rules.derivationRules.placeDaysMax;
  });
  return [...new Set(taken.map(({ kind, value }) => `${kind} ${value}`))];
}

/** Values of live members; `rootOf` is their lineage. */
export function naiveValues(
  rules: Rules,
  members: readonly FusionObservation[],
  rootOf: ReadonlyMap<FusionObservation, string>,
): NaiveValues {
  const stated = new Map(members.map((each) => [each, statedNames(rules, each)]));
  const pairs = pairsByShare(rules, stated);
  const carried = new Map(
    members.map((each) => {
      const own = stated.get(each)!;
      return [each, new Set([...own, ...own.flatMap(followsFrom(rules)), ...own.flatMap((n) => pairs.get(n) ?? [])])];
    }),
  );
  const names = [...new Set([...carried.values()].flatMap((own) => [...own]))];
  const alike = alikeTexts(rules, names);
  const carriersOf = (those: readonly string[]) =>
    members.filter((each) => those.some((name) => carried.get(each)!.has(name)));
  const dfs = new Map(names.map((name) => [name, dfOf(rules, name, alike, carriersOf, carried, rootOf)]));
  const worth = (name: string, kind = kindOf(name)) => worthOf(rules, kind, dfs.get(name)!);
  return {
    lines: names.map((name) => `${name} ${dfs.get(name)}`),
    score(a, b) {
      const [mine, theirs] = [carried.get(a)!, carried.get(b)!];
      const apart = Math.max(0, b.firstSeen - a.lastSeen, a.firstSeen - b.lastSeen);
      const isNear = (kind: string) => apart <= windowOf(rules, kind);
      const counting = [...mine].filter((name) => theirs.has(name) && worth(name) > 0 && isNear(kindOf(name)));
      const covered = new Set(counting.flatMap(followsFrom(rules)));
      const kept = counting.filter((name) => !covered.has(name));
      const days = kept.filter((name) => kindOf(name) === 'place-day').map((name) => worth(name));
      const others = kept.filter((name) => kindOf(name) !== 'place-day').map((name) => worth(name));
      const near = [...mine]
        .filter((name) => !theirs.has(name))
        .flatMap((name) =>
          (alike.get(name) ?? [])
            .filter((other) => theirs.has(other) && !mine.has(other))
            .map((other) => [name, other] as const),
        )
        .map(([x, y]) => Math.min(worth(x, 'similar-text'), worth(y, 'similar-text')))
        .filter((micro) => micro > 0 && isNear('similar-text'));
      const parts = [...others, ...strongest(days), ...strongest(near)];
      const score = parts.reduce((sum, part) => sum + part, 0);
      return score >= rules.thresholdMicro && isContained(rules, parts.length, stated.get(a)!, stated.get(b)!)
        ? score
        : 0;
    },
  };
}

const kindOf = (name: string) => name.slice(0, name.indexOf(' '));
const valueOf = (name: string) => name.slice(name.indexOf(' ') + 1);
const strongest = (parts: readonly number[]) => (parts.length === 0 ? [] : [Math.max(...parts)]);

function isContained(rules: Rules, shared: number, a: readonly string[], b: readonly string[]): boolean {
  const [countA, countB] = [a, b].map((names) => names.filter((name) => weightOf(rules, kindOf(name)) > 0).length);
  if (Math.max(countA!, countB!) <= rules.largeReportFeatures) return true;
  return shared * 1e6 >= rules.containmentMicro * Math.min(countA!, countB!);
}

const weightOf = (rules: Rules, kind: string) => rules.weights[rules.kinds.indexOf(kind)] ?? 0;

function worthOf(rules: Rules, kind: string, df: number | 'HUB'): number {
  if (df === 'HUB') return 0;
  const weightMicro = Math.round(weightOf(rules, kind) * 1e6);
  return Math.floor((weightMicro * (16 - Math.floor(Math.log2(Math.max(1, df))))) / 15);
}

function dfOf(
  rules: Rules,
  name: string,
  alike: ReadonlyMap<string, readonly string[]>,
  carriersOf: (names: readonly string[]) => FusionObservation[],
  carried: ReadonlyMap<FusionObservation, ReadonlySet<string>>,
  rootOf: ReadonlyMap<FusionObservation, string>,
): number | 'HUB' {
  if (weightOf(rules, kindOf(name)) === 0) return 0;
  const counted = [name, ...(alike.get(name) ?? [])];
  const those = carriersOf(counted);
  const postings = counted.reduce((sum, each) => sum + those.filter((one) => carried.get(one)!.has(each)).length, 0);
  const government = new Set(those.filter(({ tenant }) => !tenant).map((each) => rootOf.get(each)!));
  const others = those.filter((each) => each.tenant && !government.has(rootOf.get(each)!));
  const agencies = [...new Set(others.map(({ agency }) => agency))];
  const quota = agencies
    .map((agency) => new Set(others.filter((each) => each.agency === agency).map((each) => rootOf.get(each)!)).size)
    .reduce((sum, own) => sum + Math.min(rules.tenantLineages, own), 0);
  const distinct = new Set(others.map((each) => rootOf.get(each)!)).size;
  const df = government.size + Math.min(distinct, quota);
  const own = carriersOf([name]);
  const comesBack = own.length >= rules.recurrenceCap && timesOf(rules, name, own) >= rules.recurrenceCap;
  return df > rules.hubCap || postings > rules.volumeCap || comesBack ? 'HUB' : df;
}

const windowOf = (rules: Rules, kind: string) => rules.linkWindowMs[rules.kinds.indexOf(kind)]!;

/** Separate times: government sightings, joined two by two until no window holds any two of them together. */
function timesOf(rules: Rules, name: string, carriers: readonly FusionObservation[]): number {
  const window = windowOf(rules, kindOf(name));
  const times = carriers.filter(({ tenant }) => !tenant).map(({ firstSeen, lastSeen }) => ({ firstSeen, lastSeen }));
  const together = (a: (typeof times)[number], b: (typeof times)[number]) =>
    b.firstSeen <= a.lastSeen + window && a.firstSeen <= b.lastSeen + window;
  for (;;) {
    const late = times.findIndex((a, at) => times.some((b, before) => before < at && together(a, b)));
    if (late === -1) return times.length;
    const [a] = times.splice(late, 1);
    const b = times.find((other) => together(a!, other))!;
    b.firstSeen = Math.min(a!.firstSeen, b.firstSeen);
    b.lastSeen = Math.max(a!.lastSeen, b.lastSeen);
  }
}

/** Names that follow from one name, of kinds that have a weight. */
function followsFrom(rules: Rules): (name: string) => string[] {
  return (name) => {
    const value = valueOf(name);
    const follows = (): string[] => {
      if (kindOf(name) === 'domain')
        return value.endsWith('.github.io') ? [] : [`registrable-domain ${value.split('.').slice(-2).join('.')}`];
      if (kindOf(name) === 'ip') return [`subnet ${value.split('.').slice(0, 3).join('.')}.0/24`];
      return kindOf(name) === 'place-time' ? daysOf(value).map((day) => `place-day ${value.split(' ')[0]} ${day}`) : [];
    };
    return follows().filter((each) => weightOf(rules, kindOf(each)) > 0);
  };
}

/** The days an interval touches, as dates. */
function daysOf(value: string): string[] {
  const [, from, to] = value.split(' ').map(Number);
  const days: string[] = [];
  for (let at = from! - (from! % 86_400_000); at <= to!; at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

function pairsByShare(
  rules: Rules,
  stated: ReadonlyMap<FusionObservation, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  if (weightOf(rules, 'co-share-pair') === 0) return new Map();
  const names = [...stated.values()].flat().filter((name) => kindOf(name) === 'co-share');
  const rare = [...new Set(names)].filter((name) => names.filter((each) => each === name).length <= rules.volumeCap);
  const shares = rare.map((content) => {
    const [object, account, at] = valueOf(content).split(' ');
    return { object: object!, account: account!, at: Number(at), content };
  });
  const rows = coShareRows(shares, { ...rules.coShares, windowSeconds: rules.coShares.windowSeconds * 1_000 });
  return new Map(
    rare.map((name) => [
      name,
      rows
        .filter(({ a, b }) => a.content === name || b.content === name)
        .map(({ a, b }) => `co-share-pair ${accountPairOf(a.account, b.account)}`),
    ]),
  );
}

const letters = (name: string) => valueOf(name).replaceAll(' ', '').length;

/** True for a text with at least so many letters and digits. */
export const isTextOf = (name: string, minChars: number) => kindOf(name) === 'text' && letters(name) >= minChars;

/** Whether two names are texts of which one may be the other, reworded: whatever else there is. */
export function areReworded(rules: Rules, a: string, b: string): boolean {
  if (weightOf(rules, 'similar-text') === 0 || a === b) return false;
  if (![a, b].every((name) => isTextOf(name, rules.texts.similarMinChars))) return false;
  const pair = `${rules.texts.similarityMin} ${a}\n${b}`;
  let known = compared.get(pair);
  if (known === undefined) {
    const keys = new Set(bandKeysOf(valueOf(a)));
    known = bandKeysOf(valueOf(b)).some((key) => keys.has(key)) && isSimilar(rules, a, b);
    compared.set(pair, known);
  }
  return known;
}

/** Tests draw few texts, and compare them over and over. */
const compared = new Map<string, boolean>();

const isSimilar = (rules: Rules, a: string, b: string) =>
  1 - distance(valueOf(a), valueOf(b)) / Math.max(valueOf(a).length, valueOf(b).length) >= rules.texts.similarityMin;

function alikeTexts(rules: Rules, names: readonly string[]): Map<string, string[]> {
  const texts =
    weightOf(rules, 'similar-text') === 0 ? [] : names.filter((name) => isTextOf(name, rules.texts.similarMinChars));
  const keys = new Map(texts.map((name) => [name, new Set(bandKeysOf(valueOf(name)))]));
  const isOpen = (key: number) => texts.filter((name) => keys.get(name)!.has(key)).length <= rules.texts.bucketCap;
  const areAlike = (a: string, b: string) =>
    [...keys.get(a)!].some((key) => keys.get(b)!.has(key) && isOpen(key)) && isSimilar(rules, a, b);
  return new Map(texts.map((a) => [a, texts.filter((b) => a !== b && areAlike(a, b))]));
}

/** Levenshtein's, the whole table row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
