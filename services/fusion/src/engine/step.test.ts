import { describe, expect, test } from '@jest/globals';
import canonicalizeModule from 'canonicalize';
import { createHash } from 'node:crypto';
import { canonicalJson, contentHashOf } from './publishing/content-hash.ts';
import { driveEngine, membersOf } from '../testing/driven-engine.ts';
import { EVERY_REPORT, NOW, anId, anObservation, domain, someRules } from '../testing/observations.ts';

const DAY_MS = 86_400_000;
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string; // its types name no default export

const anEngine = (rules = someRules(EVERY_REPORT)) => driveEngine(rules);

const shared = { features: [domain('d.example')] };

test('where policy asks for it every report alone is an assessment, and rings; a record without report is none', () => {
  const { cut, live } = anEngine();
  const { alerts } = cut(anObservation(1), anObservation(2, { facets: null, type: 'StateMediaPost' }));
  expect([membersOf(live()), alerts]).toMatchObject([[[anId(1)]], [{ reason: 'NEW', precedence: 'ROUTINE' }]]);
});

test('a lone sighting that is severe rings at once, with a deadline by its severity', () => {
  const severe = anObservation(1, {
    facets: { category: 'PHISHING', tools: [], targets: [], ridings: [], platforms: [], gaps: [] },
  });
  expect(anEngine().cut(severe).alerts).toMatchObject([
    { reason: 'NEW', precedence: 'PRIORITY', ackDeadline: NOW + 4 * 3_600_000 },
  ]);
});

test('a second agency moves the band, and the alert says so', () => {
  const { cut } = anEngine();
  cut(anObservation(1, shared));
  const { alerts } = cut(anObservation(2, { agency: 'gac', sourceGrade: 'A', ...shared }));
  expect(alerts).toMatchObject([{ reason: 'BAND', version: 2, audience: ['cse', 'gac'] }]);
});

test('the merged id redirects to the lesser anchor, and a third merge leaves no chain', () => {
  const { cut, newest, live } = anEngine();
  cut(anObservation(3, { ...shared, observedAt: NOW - 1 }));
  cut(anObservation(2, { ...shared, observedAt: NOW - 2, agency: 'gac' }));
  cut(anObservation(1, { ...shared, observedAt: NOW - 3, agency: 'rcmp' }));
  const [survivor] = live();
  expect(membersOf(live())).toEqual([[anId(1), anId(2), anId(3)]]);
  expect(
    [...newest.values()].filter(({ status }) => status === 'REDIRECTED').map(({ redirectTo }) => redirectTo),
  ).toEqual([survivor!.id, survivor!.id]);
});

test('after a recall the parts are what they were, and the id of the whole still resolves', () => {
  const { cut, live, newest } = anEngine();
  const [a, b] = [
    anObservation(1, { features: [domain('a.example')] }),
    anObservation(2, { features: [domain('b.example')] }),
  ];
  cut(a, b);
  const before = live()
    .map(({ id, contentHash }) => `${id} ${contentHash}`)
    .sort();
  cut(anObservation(3, { features: [domain('a.example'), domain('b.example')], agency: 'partner-x' }));
  expect(membersOf(live())).toEqual([[anId(1), anId(2), anId(3)]]);
  const { alerts } = cut(anObservation(4, { type: 'Recall', facets: null, recalls: anId(3), agency: 'partner-x' }));
  expect(
    live()
      .map(({ id, contentHash }) => `${id} ${contentHash}`)
      .sort(),
  ).toEqual(before);
  expect(alerts.map(({ reason }) => reason)).toEqual(['RECALLED', 'RECALLED']);
  const split = live().find(({ splitFrom }) => splitFrom !== null)!;
  expect(newest.has(split.splitFrom!)).toBe(true);
});

test('another agency cannot recall, nor the same agency from another cell', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1));
  cut(anObservation(2, { type: 'Recall', facets: null, recalls: anId(1), agency: 'gac' }));
  cut(anObservation(3, { type: 'Recall', facets: null, recalls: anId(1), cell: 'open' }));
  expect(membersOf(live())).toEqual([[anId(1)]]);
});

test('a recall that comes before its target keeps it out', () => {
  const { cut, live } = anEngine();
  cut(anObservation(2, { type: 'Recall', facets: null, recalls: anId(1) }));
  cut(anObservation(1));
  expect(live()).toEqual([]);
});

test('a Recall that counts instead of a sighting of the same identity stands, whatever recalls that identity', () => {
  const { cut, live } = anEngine();
  const recall = (n: number, recalls: string) => anObservation(n, { type: 'Recall', facets: null, recalls });
  cut(recall(4, anId(2)));
  cut({ ...recall(2, anId(1)), contentHash: '0'.repeat(16) }); // the lesser hash: the sighting never was
  cut(anObservation(1), anObservation(2), anObservation(3));
  expect(membersOf(live())).toEqual([[anId(3)]]);
});

test('a superseded record gives way, its id redirects to its successor, and recalling that brings it back', () => {
  const { cut, live, newest } = anEngine();
  cut(anObservation(1, { features: [domain('old.example')] }));
  const [old] = live();
  cut(anObservation(2, { features: [domain('new.example')], supersedes: anId(1) }));
  expect(membersOf(live())).toEqual([[anId(2)]]);
  expect(newest.get(old!.id)).toMatchObject({ status: 'REDIRECTED', redirectTo: live()[0]!.id });
  cut(anObservation(3, { type: 'Recall', facets: null, recalls: anId(2) }));
  expect(live()).toMatchObject([{ id: old!.id, contentHash: old!.contentHash, version: 3 }]);
});

test.each([
  ['states the origin of one and derives it from the other', { sourceToken: 'token-1', derivedFrom: [anId(2)] }],
  ['bears the id of one and derives it from the other', { id: anId(1), sourceToken: null, derivedFrom: [anId(2)] }],
])('a tenant that %s of two agencies’ records leaves them two roots', (_what, forged) => {
  const { cut, live } = anEngine();
  const pair = [anObservation(1, shared), anObservation(2, { ...shared, agency: 'gac' })];
  cut(...pair);
  expect(live()).toMatchObject([{ independentRoots: 2 }]);
  cut(anObservation(3, { ...shared, agency: 'partner-x', ...forged }));
  expect(live()[0]!.members.filter(({ agency }) => agency !== 'partner-x')).toMatchObject([
    { discounted: null },
    { discounted: null },
  ]);
  expect(live()).toMatchObject([{ independentRoots: 2 }]);
});

test('a tenant that closes a circle around a copy does not make it an original', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { ...shared, agency: 'gac', derivedFrom: [anId(1)] }));
  expect(live()).toMatchObject([{ independentRoots: 1 }]);
  cut(anObservation(3, { ...shared, id: anId(1), agency: 'partner-x', derivedFrom: [anId(2)], sourceToken: null }));
  expect(live()).toMatchObject([{ independentRoots: 1 }]);
});

test('a record of very many values is linked by each of them', () => {
  const features = Array.from({ length: 80_000 }, (_, n) => domain(`${n.toString(36)}.example`)); // what that costs: the bench
  const { cut, live } = anEngine();
  cut(anObservation(1, { features: features.slice(0, 2) }), anObservation(2, { features: features.slice(-2) }));
  cut(anObservation(3, { features, agency: 'gac' }));
  expect(membersOf(live())).toEqual([[anId(1), anId(2), anId(3)]]);
});

describe('hubs', () => {
  const many = (count: number, agency = 'cse') =>
    Array.from({ length: count }, (_, n) =>
      anObservation(n + 1, { agency, tenant: agency.startsWith('partner-'), ...shared }),
    );

  test('a value of twelve lineages links, the thirteenth withdraws every link it made', () => {
    const { cut, live } = anEngine();
    cut(...many(12));
    expect(live()).toHaveLength(1);
    cut(...many(13).slice(12));
    expect(live()).toHaveLength(13);
    expect(live()[0]!.contextValues).toEqual([{ kind: 'domain', value: 'd.example', why: 'HUB' }]);
  });

  test('thirteen copies of one lineage are no hub', () => {
    const { cut, live } = anEngine();
    cut(...many(13).map((each) => ({ ...each, sourceToken: 'same' })));
    expect(live()).toHaveLength(1);
  });

  test('one tenant cannot make a hub of what two agencies see', () => {
    const { cut, live } = anEngine();
    cut(...many(40, 'partner-noise'));
    cut(anObservation(101, shared), anObservation(102, { agency: 'gac', ...shared }));
    expect(membersOf(live()).some((members) => members.includes(anId(101)) && members.includes(anId(102)))).toBe(true);
  });

  test('a recall that brings a value back under the cap brings its links back', () => {
    const { cut, live } = anEngine();
    cut(...many(13));
    cut(anObservation(99, { type: 'Recall', facets: null, recalls: anId(13) }));
    expect(membersOf(live())).toEqual([many(12).map(({ id }) => id)]);
  });
});

test('a report with many values needs a fifth of the smaller one in common', () => {
  const values = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => domain(`d${from + n}.example`));
  const productsOf = (from: number) => {
    const { cut, live } = anEngine();
    cut(anObservation(1, { features: values(0, 41) }), anObservation(2, { features: values(from, 30) }));
    return membersOf(live());
  };
  expect(productsOf(36)).toHaveLength(2);
  expect(productsOf(35)).toHaveLength(1);
});

test('a partner is never the anchor beside a government record, however early it saw', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, { agency: 'partner-a', observedAt: NOW - DAY_MS, ...shared }));
  cut(anObservation(2, shared));
  const alone = anEngine();
  alone.cut(anObservation(2, shared));
  expect(live().map(({ id }) => id)).toEqual(alone.live().map(({ id }) => id));
});

test('a partner that takes a government record’s id for its own gets neither its assessment nor its recall', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1), anObservation(1, { agency: 'partner-a' }));
  cut(anObservation(2, { agency: 'partner-a', type: 'Recall', facets: null, recalls: anId(1) }));
  expect(live()).toMatchObject([{ members: [{ agency: 'cse' }] }]);
});

test('a LineageLink that arrives later makes two roots one, and marks the product with its own marking', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { agency: 'gac', ...shared }));
  expect(live()).toMatchObject([{ independentRoots: 2 }]);
  cut(
    anObservation(3, {
      type: 'LineageLink',
      facets: null,
      lineageLink: { child: anId(2), parent: anId(1) },
      marking: { ...anObservation(1).marking, tlp: 'AMBER' },
    }),
  );
  expect(live()).toMatchObject([
    {
      independentRoots: 1,
      version: 2,
      marking: { tlp: 'AMBER' },
      members: [{ discounted: null }, { discounted: 'SAME_ROOT', root: anId(1) }],
    },
  ]);
});

test('a derivation cycle is ignored, whichever of its records came last', () => {
  const ring = [1, 2, 3].map((n) => anObservation(n, { derivedFrom: [anId((n % 3) + 1)], ...shared }));
  const [forward, backward] = [anEngine(), anEngine()];
  ring.forEach((each) => forward.cut(each));
  [...ring].reverse().forEach((each) => backward.cut(each));
  expect(forward.live()[0]).toMatchObject({ independentRoots: 3, contentHash: backward.live()[0]!.contentHash });
});

test('a dissenting position is attached, adds no evidence, bars HIGH and rings', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { agency: 'gac', ...shared }));
  const before = live()[0]!;
  const position = {
    about: anId(2),
    stance: 'DISSENT' as const,
    definitionId: 'interference/1',
    likelihood: null,
    confidence: null,
  };
  const { alerts } = cut(anObservation(3, { agency: 'gac', type: 'AgencyPosition', facets: null, position }));
  expect(live()).toMatchObject([
    {
      likelihood: before.likelihood,
      positions: [{ agency: 'gac', stance: 'DISSENT' }],
      confidenceCaps: [{ cap: 'DISSENT' }],
    },
  ]);
  expect(alerts).toMatchObject([{ reason: 'DISSENT' }]);
});

test('ageing publishes nothing within a day, and on the next day what has left its band', () => {
  const { cutAt, live } = anEngine();
  cutAt(NOW, anObservation(1));
  const before = live()[0]!;
  expect(cutAt(NOW + 11 * 3_600_000).assessments).toEqual([]);
  const [aged] = cutAt(NOW + 100 * DAY_MS).assessments;
  expect(aged).toMatchObject({ id: before.id, version: 2 });
  expect(aged!.likelihood.band).toBeLessThan(before.likelihood.band);
  expect(cutAt(NOW + 101 * DAY_MS).assessments).toEqual([]);
});

test('an observation from the far future moves nobody else', () => {
  const [with_, without] = [anEngine(), anEngine()];
  with_.cut(anObservation(1), anObservation(2, { observedAt: NOW + 10_000 * DAY_MS }));
  without.cut(anObservation(1));
  expect(with_.live()).toEqual(expect.arrayContaining(without.live()));
});

test('the content hash is the SHA-256 of RFC 8785 JSON, and leaves out figures that only age', () => {
  const { cut, live } = anEngine();
  cut(
    anObservation(1, shared),
    anObservation(2, { agency: 'gac', denies: true, sourceGrade: 'A', infoGrade: 1, ...shared }),
  );
  const {
    id: _i,
    view: _v,
    version: _n,
    contentHash,
    status: _s,
    redirectTo: _r,
    splitFrom: _f,
    expiresAt: _e,
    assessedAt: _a,
    policyVersion: _p,
    ruleVersion: _u,
    ...body
  } = live()[0]!;
  expect(body.copies).toEqual([]); // is hashed only where there are some
  const {
    evidence: _evidence,
    copies: _copies,
    ...content
  } = {
    ...body,
    likelihood: { band: body.likelihood.band },
    dissents: body.dissents.map(({ a, b }) => ({ a, b })),
    severity: { inputs: body.severity.inputs, precedence: 'ROUTINE' },
  };
  expect(contentHash).toBe(createHash('sha256').update(canonicalize(content)).digest('hex'));
  expect(contentHashOf(live()[0]!)).toBe(contentHash);
  expect(canonicalJson({ b: 'é"\n', a: [1.5, null, true] })).toBe(canonicalize({ b: 'é"\n', a: [1.5, null, true] }));
});

test('what was taken for a copy, and why, is part of the content that is hashed', () => {
  const { cut, live } = anEngine();
  const features = [domain('d.example'), domain('e.example')];
  cut(anObservation(1, { features }), anObservation(2, { features, agency: 'gac', sourceToken: null }));
  const [assessment] = live();
  expect(assessment!.copies).toHaveLength(1);
  expect(contentHashOf({ ...assessment!, copies: [] })).not.toBe(assessment!.contentHash);
  expect(contentHashOf({ ...assessment!, copies: [{ ...assessment!.copies[0]!, shared: 1 }] })).not.toBe(assessment!.contentHash); // prettier-ignore
});

test('a link can be recomputed by hand from what the assessment says', () => {
  const { cut, live } = anEngine();
  cut(
    ...[1, 2, 3, 4].map((n) =>
      anObservation(n, { features: [domain('d.example'), { kind: 'ip', value: '192.0.2.1' }] }),
    ),
  );
  const [link] = live()[0]!.links;
  expect(link!.features.map(({ weight, dfBucket }) => Math.floor((weight * 1e6 * (16 - dfBucket)) / 15))).toEqual(
    link!.features.map(({ contributionMicro }) => contributionMicro),
  );
  expect(link!.scoreMicro).toBe(933_333 + 746_666);
});
