// Circular reporting: the same report told again does not make a matter more likely, by a single digit.
// A table of the ways in which a report comes back, and one of what is really new.

import { expect, test } from '@jest/globals';
import { EVERY_REPORT, NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';

const HOUR_MS = 3_600_000;
const VALUES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'].map((name) => domain(`${name}.example`));

/** What cse reported ten hours ago, graded C3: ten values, one origin. */
const original = anObservation(1, {
  sourceGrade: 'C',
  infoGrade: 3,
  observedAt: NOW - 10 * HOUR_MS,
  features: VALUES.slice(0, 10),
});

/** A report that tells the original again, n − 1 hours later, with no word of where it has it from. */
const told = (n: number, over: Partial<FusionObservation> = {}) =>
  anObservation(n, { ...original, id: anId(n), contentHash: hashOf(n), observedAt: NOW - (11 - n) * HOUR_MS, ...over });

const hashOf = (n: number) => n.toString(16).padStart(16, '0');
const own = (n: number) => ({ sourceToken: `own-${n}` });

test.each<[string, readonly FusionObservation[], readonly number[]]>([
  ['by the same agency, with a token of its own', [told(2, own(2))], [2]],
  ['by the same agency, without token', [told(2, { sourceToken: null })], [2]],
  ['by another agency, with a token of its own', [told(2, { agency: 'gac', ...own(2) })], [2]],
  ['by another agency, without token', [told(2, { agency: 'gac', sourceToken: null })], [2]],
  ['by another agency, graded A1', [told(2, { agency: 'gac', ...own(2), sourceGrade: 'A', infoGrade: 1 })], [2]],
  [
    'by a partner that says it saw it first',
    [told(2, { ...PARTNER(), ...own(2), observedAt: NOW - 99 * HOUR_MS })],
    [2],
  ],
  ['in part', [told(2, { agency: 'gac', ...own(2), features: VALUES.slice(3, 9) })], [2]],
  [
    'in part, two values and no token',
    [told(2, { agency: 'gac', sourceToken: null, features: VALUES.slice(0, 2) })],
    [2],
  ],
  ['with one value mistyped', [told(2, { agency: 'gac', ...own(2), features: VALUES.slice(1) })], [2]],
  [
    'as a copy of a copy, the first of which mistyped a value and the second another',
    [
      told(2, { agency: 'gac', ...own(2), features: VALUES.slice(1) }),
      told(3, { agency: 'rcmp', ...own(3), features: [...VALUES.slice(2), domain('typo.example')] }),
    ],
    [2, 3],
  ],
  [
    'along a chain of ever shorter reports',
    [9, 8, 7, 6].map((count, at) => told(at + 2, { agency: `a${at}`, ...own(at), features: VALUES.slice(0, count) })),
    [2, 3, 4, 5],
  ],
  [
    'thirty times over',
    Array.from({ length: 30 }, (_, n) => told(n + 2, { agency: `a${n % 7}`, ...own(n), observedAt: NOW })),
    Array.from({ length: 30 }, (_, n) => n + 2),
  ],
  ['out of order, the copies first', [told(3, { agency: 'gac', ...own(3) }), told(2, own(2))], [3, 2]],
])('a report told again %s', (_, copies, numbers) => {
  const alone = figuresAfter([original]);
  for (const order of [[original, ...copies], [...copies].reverse().concat(original)])
    for (const oneByOne of [true, false]) {
      const figures = figuresAfter(order, oneByOne);
      expect(figures.said).toEqual(alone.said);
      expect(figures.copies).toEqual(new Map(numbers.map((n) => [anId(n), anId(1)])));
    }
});

test.each<[string, FusionObservation]>([
  ['by another agency from a source of its own', seen(2, { agency: 'gac' })],
  ['by the same agency from a second source', seen(2)],
  [
    'with values of its own beside those it shares',
    seen(2, { agency: 'gac', features: [...VALUES, domain('new.example')] }),
  ],
  ['of a single value, without token', told(2, { agency: 'gac', sourceToken: null, features: [VALUES[0]!] })],
  ['few values of which are shared', seen(2, { agency: 'gac', features: VALUES.slice(0, 4) })],
])('what was really seen %s raises the likelihood', (_, second) => {
  const alone = figuresAfter([original]);
  const both = figuresAfter([original, second]);
  expect(both.said.pMicro).toBeGreaterThan(alone.said.pMicro);
  expect(both.said.uMicro).toBeLessThan(alone.said.uMicro);
  expect(both.copies.size).toBe(0);
});

test('a second agency that publishes one domain, without token, is heard: its evidence is added, and the band moves', () => {
  const features = [domain('mirror-check.example')];
  const state = createState(VIEW, someRules(EVERY_REPORT));
  step(state, { now: NOW, observations: [anObservation(1, { features })] });
  const second = anObservation(2, { features, agency: 'gac', sourceToken: null, sourceGrade: 'A', infoGrade: 1 });
  const { assessments, alerts } = step(state, { now: NOW, observations: [second] }).changes;
  expect(assessments).toMatchObject([{ likelihood: { pMicro: 734_783 }, members: [{}, { copyOf: null }] }]);
  expect(alerts).toMatchObject([{ reason: 'BAND' }]);
});

test('a denial of all that a report says is no copy of it: it lowers the likelihood', () => {
  const alone = figuresAfter([original]);
  const denied = figuresAfter([original, told(2, { agency: 'gac', sourceToken: null, denies: true, infoGrade: 1 })]);
  expect(denied.said.pMicro).toBeLessThan(alone.said.pMicro);
});

const SOLD = 'the printer of the ballots was secretly sold to a foreign owner in the spring and nobody was told';
const text = (value: string) => ({ kind: 'text', value });
const page = { kind: 'url', value: 'https://print-room-notes.example/ballots' };
const observedAt = (hours: number) => ({ observedAt: NOW - hours * HOUR_MS });

/** What a partner reported ten hours ago: a page, and the text on it. */
const rumour = { ...original, ...PARTNER(), features: [page, text(SOLD)] };
const retold = (n: number, over: Partial<FusionObservation>) => told(n, { features: rumour.features, ...over });
const relayed = retold(2, { agency: 'gac', sourceToken: null, derivedFrom: [anId(1)] });
const reworded = { features: [page, text(SOLD.replace('the spring', 'spring'))] };

test.each<[string, readonly FusionObservation[], readonly (readonly [number, number])[]]>([
  ['reworded, without token', [retold(3, { agency: 'partner-b', tenant: true, sourceToken: null, ...reworded })], [[3, 1]]],
  ['reworded, with a token of its own', [retold(3, { agency: 'partner-b', tenant: true, ...own(3), ...reworded })], [[3, 1]]],
  [
    'by an agency that says so, and again by one that does not',
    [relayed, retold(3, { agency: 'rcmp', ...own(3) }), retold(4, { agency: 'partner-b', tenant: true, sourceToken: null, ...reworded })],
    [[3, 2], [4, 2]],
  ],
  [
    'by an agency that says so, by one under its token, and reworded by one that does not',
    [relayed, retold(3, { agency: 'csis' }), retold(4, { agency: 'rcmp', ...own(4), ...reworded })],
    [[3, 2], [4, 2]],
  ],
  [
    'by an agency that says so, and reworded by a partner that says it was first',
    [relayed, retold(3, { agency: 'partner-b', tenant: true, ...own(3), ...reworded, ...observedAt(9) })],
    [[3, 2]],
  ],
])('failure 16: one source echoed as many: a partner told again %s is one root, and as likely as at first', (_, echoes, copies) => {
  const alone = figuresAfter([rumour]);
  for (const order of [[rumour, ...echoes], [...echoes].reverse().concat(rumour)])
    for (const oneByOne of [true, false]) {
      const figures = figuresAfter(order, oneByOne);
      const { pMicro, uMicro, confidence, independentRoots } = alone.said;
      expect(figures.said).toMatchObject({ pMicro, uMicro, confidence, independentRoots });
      expect([confidence, independentRoots]).toEqual(['LOW', 1]);
      expect(figures.copies).toEqual(new Map(copies.map(([copy, of]) => [anId(copy), anId(of)])));
    }
}); // prettier-ignore

test.each<[string, FusionObservation[]]>([
  ['the text alone', [retold(3, { agency: 'gac', ...own(3), features: [text(SOLD)] })]],
  ['a text too short to be anybody’s own, and the page', [
    { ...rumour, features: [page, text('the printer was sold in spring')] },
    retold(3, { agency: 'gac', ...own(3), features: [page, text('the printer was sold in spring')] }),
  ]],
  ['the page, and another text', [
    retold(3, { agency: 'gac', ...own(3), features: [page, text('officers spoke with the people at the door of the printing house on tuesday')] }),
  ]],
])('what shares %s, and has a source of its own, is no copy', (_, reports) => {
  expect(figuresAfter(reports.length === 1 ? [rumour, ...reports] : reports).copies.size).toBe(0);
}); // prettier-ignore

/** Texts of a partner that sound like the rumour, more than a bucket holds. */
const crowd = Array.from({ length: 40 }, (_, n) =>
  told(100 + n, { ...PARTNER(), agency: 'partner-c', ...own(100 + n), features: [text(`${SOLD} ${String.fromCharCode(97 + (n % 26)).repeat(1 + n / 26)}`)] }),
); // prettier-ignore

test('a partner cannot make two of one: a crowd of texts like it hides no copy', () => {
  const first = retold(2, { agency: 'gac', ...own(2) });
  const again = retold(3, { agency: 'rcmp', ...own(3), ...reworded });
  for (const order of [
    [first, again, ...crowd],
    [...crowd, again, first],
  ])
    expect(copyOf(3, order)).toBe(anId(2));
});

test.each<[string, (n: number) => FusionObservation]>([
  ['earlier', (n) => retold(n, { ...PARTNER(), ...own(n), ...observedAt(99) })],
  ['as if it came from there', (n) => retold(n, { ...PARTNER(), ...own(n), derivedFrom: [anId(2)], ...observedAt(99) })],
  ['under the id it says it has its words from', (n) => ({ ...retold(n, { ...PARTNER(), ...own(n), ...observedAt(99) }), id: anId(1) })],
])('a partner that tells it %s makes no copy of a government record', (_, tell) => {
  const first = retold(2, { agency: 'gac', ...own(2), derivedFrom: [anId(50)] });
  const unrelated = retold(3, { agency: 'rcmp', ...own(3), features: [domain('quite-other.example')] });
  for (const each of [[first, unrelated, tell(60)], [tell(60), unrelated, first]]) {
    expect(copyOf(2, each)).toBeNull();
    expect(copyOf(3, each)).toBeNull();
  }
}); // prettier-ignore

test('who says that it has its words from another is not what that one copies, however early it claims to be', () => {
  const [source, relay] = [rumour, retold(2, { agency: 'partner-b', tenant: true, sourceToken: null, derivedFrom: [anId(1)], ...observedAt(99) })]; // prettier-ignore
  for (const order of [
    [source, relay],
    [relay, source],
  ]) {
    expect(copyOf(1, order)).toBeNull();
    expect(figuresAfter(order).said.independentRoots).toBe(1);
  }
});

test('a partner that repeats the id of what an agency names as its source is a copy all the same', () => {
  const source = told(1, { agency: 'cse', ...own(1), ...observedAt(9), features: [domain('another-matter.example')] });
  const named = retold(2, { agency: 'gac', ...own(2), derivedFrom: [anId(1)] });
  const repeated = { ...retold(60, { ...PARTNER(), ...own(60), ...observedAt(99) }), id: anId(1) };
  for (const order of [[source, named, repeated], [repeated, named, source]]) expect(copyOf(1, order, 'partner-a')).toBe(anId(2));
}); // prettier-ignore

/** Of which member a record is a copy in the end; null for none, or where it stands alone. */
function copyOf(n: number, given: readonly FusionObservation[], agency?: string): string | null {
  const state = createState(VIEW, someRules(EVERY_REPORT));
  const newest = new Map<string, ReturnType<typeof step>['changes']['assessments'][number]>();
  for (const each of given)
    for (const said of step(state, { now: NOW, observations: [each] }).changes.assessments) newest.set(said.id, said);
  const members = [...newest.values()].filter(({ status }) => status === 'LIVE').flatMap((each) => each.members);
  const found = members.filter(({ id, agency: of }) => id === anId(n) && (agency === undefined || of === agency));
  expect(found).toHaveLength(1);
  return found[0]!.copyOf;
}

test('an assessment names the values by which a member was taken for a copy, as that member has them', () => {
  const state = createState(VIEW, someRules(EVERY_REPORT));
  const again = retold(2, { agency: 'rcmp', ...own(2), ...reworded });
  const third = retold(3, { agency: 'csis', ...own(3) });
  const first = retold(4, { agency: 'gac', ...own(4), ...observedAt(20) });
  const { assessments } = step(state, { now: NOW, observations: [again, third, first] }).changes;
  const pageToo = { kind: 'url', value: page.value };
  expect(assessments.map(({ copies }) => copies)).toEqual([
    [
      { member: anId(2), of: anId(4), shared: 2, stated: 2, values: [{ kind: 'similar-text', value: reworded.features[1]!.value }, pageToo] },
      { member: anId(3), of: anId(4), shared: 2, stated: 2, values: [text(SOLD), pageToo] },
    ],
  ]);
}); // prettier-ignore

test('of a copy of a copy both are named, and of many values the first sixteen', () => {
  const many = Array.from({ length: 20 }, (_, n) => domain(`d${String.fromCharCode(97 + n)}.example`));
  const reports = [
    told(1, { features: many }),
    told(2, { ...own(2), features: many.slice(1) }),
    told(3, { ...own(3), features: [...many.slice(2), domain('typo.example')] }),
  ];
  const { assessments } = step(createState(VIEW, someRules(EVERY_REPORT)), { now: NOW, observations: reports }).changes;
  expect(assessments).toHaveLength(1);
  const [{ copies, members }] = assessments as [(typeof assessments)[number]];
  expect(members.map(({ copyOf: of }) => of)).toEqual([null, anId(1), anId(1)]);
  expect(copies.map(({ member, shared, stated, values }) => [member, shared, stated, values.length])).toEqual([
    [anId(2), 19, 19, 16],
    [anId(3), 18, 19, 16],
  ]);
});

test('a copy that says where it has it from is left as it says', () => {
  const stated = figuresAfter([original, told(2, { agency: 'gac', ...own(2), derivedFrom: [anId(1)] })]);
  expect(stated.said).toEqual(figuresAfter([original]).said);
  expect(stated.copies.size).toBe(0);
});

test('when the original is recalled, the first of its copies counts in its place, with its own grades', () => {
  const copies = [told(2, { agency: 'gac', ...own(2), infoGrade: 2 }), told(3, { agency: 'rcmp', ...own(3) })];
  const recall = anObservation(9, { type: 'Recall', facets: null, recalls: anId(1) });
  const after = figuresAfter([original, ...copies, recall]);
  expect(after.said).toEqual(figuresAfter([copies[0]!]).said);
  expect(after.copies).toEqual(new Map([[anId(3), anId(2)]]));
});

test('a copy changes no severity, whatever category it claims', () => {
  const worse = told(2, { ...own(2), facets: { ...original.facets!, category: 'PHISHING' } });
  expect(figuresAfter([original, worse]).severity).toBe(figuresAfter([original]).severity);
  expect(figuresAfter([worse]).severity).toBeGreaterThan(0);
});

/** A sighting of its own: another source, of values that another sighting has too, some of them. */
function seen(n: number, over: Partial<FusionObservation> = {}): FusionObservation {
  const features = [...VALUES.slice(0, 5), ...[1, 2, 3].map((each) => domain(`own-${n}-${each}.example`))];
  return told(n, { sourceToken: `seen-${n}`, features, ...over });
}

function PARTNER(): Partial<FusionObservation> {
  return { agency: 'partner-a', tenant: true };
}

/** The one assessment that holds the original, or else the first of its copies. */
function figuresAfter(given: readonly FusionObservation[], oneByOne = true) {
  const state = createState(VIEW, someRules(EVERY_REPORT));
  const newest = new Map<string, ReturnType<typeof step>['changes']['assessments'][number]>();
  for (const cut of oneByOne ? given.map((each) => [each]) : [given])
    for (const each of step(state, { now: NOW, observations: cut }).changes.assessments) newest.set(each.id, each);
  const live = [...newest.values()].filter(({ status }) => status === 'LIVE');
  expect(live).toHaveLength(1);
  const [{ likelihood, confidence, confidenceCaps, independentRoots, evidence, members, severity }] = live as [
    (typeof live)[number],
  ];
  return {
    said: { ...likelihood, confidence, confidenceCaps, independentRoots, evidence },
    severity: severity.score,
    copies: new Map(members.flatMap(({ id, discounted, copyOf }) => (discounted === 'COPY' ? [[id, copyOf!]] : []))),
  };
}
