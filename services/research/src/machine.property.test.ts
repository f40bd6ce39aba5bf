// The machine's invariants over drawn histories: whatever anybody asks, in whatever order, at whatever time.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { evolveDataset, evolveProject, judgeDataset, possibleForDataset, recallsOwed } from './machine.ts';
import type { Dataset, DatasetCommand, DatasetEvent, Project } from './machine.ts';

const RUNS = propertyRuns(1_000);
const PEOPLE = ['rosalind', 'milo'] as const;
const KINDS = ['collect', 'freeze', 'export', 'dry-run', 'fetch', 'retract', 'acknowledge'] as const;
const REPORT = { removed: 0, generalised: [], suppressed: 0, k: 10, rows: 10 };
const MARKING = { classified: 'UNCLASSIFIED' } as never;

interface Step {
  readonly kind: DatasetCommand['kind'] | null;
  readonly which: number;
  readonly by: (typeof PEOPLE)[number];
  readonly now: number;
}
interface Told {
  readonly kind: DatasetCommand['kind'];
  readonly by: string;
  readonly now: number;
  readonly event: DatasetEvent | undefined;
  readonly refused: string | undefined;
  readonly before: Dataset;
}

/** A project whose window is [100, 200) and whose embargo ends at 150, with or without papers. */
const project = (agreed: boolean, approved: boolean, allowsText: boolean): Project => {
  const registered = evolveProject(undefined, {
    kind: 'registered', by: 'rosalind', at: 0, view: 'public', title: { en: 'boats', fr: 'bateaux' },
    from: 100, to: 200, embargoUntil: 150, members: [...PEOPLE], ...(approved ? { ethicsRef: 'REB-7' } : {}),
  }); // prettier-ignore
  return agreed
    ? evolveProject(registered, {
        kind: 'agreement-signed', by: 'rosalind', at: 1, documentSha256: 'a'.repeat(64), with: 'Chirrup', allowsText,
      })
    : registered;
}; // prettier-ignore

const steps = () =>
  fc.array(
    fc.record({
      // Half of the steps are what is possible just then, or few histories would get anywhere.
      kind: fc.option(fc.constantFrom(...KINDS)),
      which: fc.nat({ max: 5 }),
      by: fc.constantFrom(...PEOPLE),
      now: fc.constantFrom(50, 99, 100, 101, 120, 149, 150, 151, 199, 200, 300),
    }),
    { minLength: 2, maxLength: 12 },
  );
const mostly = () =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
const papers = () => fc.record({ agreed: mostly(), approved: mostly(), allowsText: mostly(), withText: fc.boolean() });
const stepsOf = (now: number, kinds: readonly DatasetCommand['kind'][]): readonly Step[] =>
  kinds.map((kind) => ({ kind, which: 0, by: PEOPLE[0], now }));
/** How histories begin: anyhow, at a door that is still closed, or with a file that somebody has. */
const beginnings = () =>
  fc.constantFrom([], stepsOf(120, ['collect', 'freeze', 'export']), [
    ...stepsOf(120, ['collect', 'freeze']),
    ...stepsOf(150, ['export', 'fetch']),
  ]);
const histories = () =>
  fc.tuple(
    papers(),
    fc.tuple(beginnings(), steps()).map(([begun, more]) => [...begun, ...more]),
  );

/** Time never runs backwards: what was drawn is put in order. */
function play([{ agreed, approved, allowsText, withText }, drawn]: [
  { agreed: boolean; approved: boolean; allowsText: boolean; withText: boolean },
  readonly Step[],
]) {
  const of = project(agreed, approved, allowsText);
  let dataset = evolveDataset(undefined, {
    kind: 'defined', by: 'rosalind', at: 2, project: 'p', title: 'posts', types: ['StateMediaPost'],
    columns: withText ? ['time', 'text'] : ['time'], quasi: [],
  }); // prettier-ignore
  const told: Told[] = [];
  let now = 0;
  for (const [index, step] of drawn.entries()) {
    const { by } = step;
    now = Math.max(now, step.now);
    const before = dataset;
    const possible = possibleForDataset(dataset, by) as readonly DatasetCommand['kind'][];
    const kind = step.kind ?? possible[step.which % possible.length] ?? 'export';
    const refused = judgeDataset(dataset, of, kind, by, now);
    const event = refused === undefined ? eventOf(kind, by, now, dataset, index) : undefined;
    if (event !== undefined) dataset = evolveDataset(dataset, event);
    told.push({ kind, by, now, event, refused: refused?.refused, before });
  }
  return { of, dataset, told };
}

function eventOf(
  kind: DatasetCommand['kind'],
  by: string,
  at: number,
  { edition }: Dataset,
  n: number,
): DatasetEvent | undefined {
  switch (kind) {
    case 'collect':
      return { kind: 'collecting', by, at, edition: edition + 1, keyId: `key-${n}` };
    case 'freeze':
      return { kind: 'frozen', by, at, edition, rows: 1, sha256: 'x', removed: 0, marking: MARKING };
    case 'export':
      return { kind: 'exported', by, at, edition, format: 'csv', sha256: 'y', bytes: 1, report: REPORT };
    case 'fetch':
      return { kind: 'fetched', by, at, edition, format: 'csv' };
    case 'retract':
      return { kind: 'retracted', by, at, reason: 'withdrawn' };
    case 'acknowledge':
      return { kind: 'recall-acknowledged', by, at };
    case 'dry-run':
      return undefined;
  }
}

test('nothing is exported or handed out without agreement, ethics reference, ended embargo and agreed text', () => {
  let left = 0;
  fc.assert(
    fc.property(histories(), (history) => {
      const { of, told, dataset } = play(history);
      for (const { event, now, before } of told) {
        if (event?.kind !== 'exported' && event?.kind !== 'fetched') continue;
        left += 1;
        const holds = of.agreement !== undefined && of.ethicsRef !== undefined && now >= of.embargoUntil && before.state === 'FROZEN'; // prettier-ignore
        const isTextAgreed = !dataset.columns.includes('text') || of.agreement?.allowsText === true;
        expect([holds, isTextAgreed]).toEqual([true, true]);
      }
    }),
    { numRuns: RUNS },
  );
  expect(left).toBeGreaterThan(RUNS / 30); // the law is about something
});

test('collection begins inside the declared window alone, and each edition has a key of its own', () => {
  let begun = 0;
  fc.assert(
    fc.property(histories(), (history) => {
      const { of, told } = play(history);
      const events = told.flatMap(({ event }) => (event?.kind === 'collecting' ? [event] : []));
      begun += events.length;
      expect(events.every(({ at }) => at >= of.from && at < of.to)).toBe(true);
      expect(events.map(({ edition }) => edition)).toEqual(events.map((_each, index) => index + 1));
      expect(new Set(events.map(({ keyId }) => keyId)).size).toBe(events.length);
    }),
    { numRuns: RUNS },
  );
  expect(begun).toBeGreaterThan(RUNS / 3);
});

test('after a retraction nothing leaves any more, and a recall is owed to each holder until they took note of it', () => {
  let owed = 0;
  fc.assert(
    fc.property(histories(), (history) => {
      const { told, dataset } = play(history);
      const at = told.findIndex(({ event }) => event?.kind === 'retracted');
      const after = at < 0 ? [] : told.slice(at + 1);
      expect(after.flatMap(({ event }) => (event === undefined ? [] : [event.kind])).filter((kind) => kind !== 'recall-acknowledged')).toEqual([]); // prettier-ignore
      const fetched = new Set(told.flatMap(({ event }) => (event?.kind === 'fetched' ? [event.by] : [])));
      const noted = new Set(told.flatMap(({ event }) => (event?.kind === 'recall-acknowledged' ? [event.by] : [])));
      const expected = at < 0 ? [] : [...fetched].filter((person) => !noted.has(person));
      owed += expected.length;
      expect([...recallsOwed(dataset)].sort()).toEqual(expected.sort());
    }),
    { numRuns: RUNS },
  );
  expect(owed).toBeGreaterThan(RUNS / 60);
});

test('a refusal changes nothing, and an embargo names its end', () => {
  let embargoes = 0;
  fc.assert(
    fc.property(histories(), (history) => {
      const { of, told } = play(history);
      for (const { kind, by, now, before, refused } of told) {
        if (refused !== 'EMBARGOED') continue;
        embargoes += 1;
        expect(now).toBeLessThan(of.embargoUntil);
        expect(judgeDataset(before, of, kind, by, now)?.until).toBe(new Date(of.embargoUntil).toISOString());
        expect(judgeDataset(before, of, kind, by, of.embargoUntil)).toBeUndefined();
      }
    }),
    { numRuns: RUNS },
  );
  expect(embargoes).toBeGreaterThan(RUNS / 30);
});
