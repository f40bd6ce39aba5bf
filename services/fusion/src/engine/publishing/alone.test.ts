// What becomes of a record that nothing links to: the observation that it is, or an assessment.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAgeingDue } from './ageing.ts';
import { isWorthAlone } from './alone.ts';
import { buildWhole } from './assessment.ts';
import { calendarOf } from '../judgement/proximity.ts';
import type { Rules } from '../rules.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';
import { driveEngine, membersOf } from '../../testing/driven-engine.ts';
import { NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAY_MINUTES = 1_440;

const facets = (category: string, ridings: readonly string[] = []) => ({
  ...{ category, tools: [], targets: [], platforms: [], gaps: [] },
  ridings: [...ridings],
});
const SEVERE = { facets: facets('PHISHING') };
const shared = { features: [domain('d.example')] };
const recallOf = (n: number, by: number) => anObservation(by, { type: 'Recall', facets: null, recalls: anId(n) });

/** Rules as shipped, thirty days before an election that makes everything half as severe again, and later twice. */
function nearElection(): Rules {
  const pollingDay = new Date(NOW + 60 * DAY_MS).toISOString().slice(0, 10);
  const election = {
    id: 'ge',
    name: { en: 'e', fr: 'é' },
    kind: 'GENERAL_FIXED',
    timeZone: 'UTC',
    pollingDay,
  } as const;
  const calendar = calendarOf({
    elections: [{ ...election, ridings: ['cedar-narrows'] }],
    proximity: [
      { fromDays: 30, percent: 150 },
      { fromDays: 10, percent: 200 },
    ],
  });
  return { ...someRules(), impact: new Map(Object.entries({ PHISHING: 50, OTHER: 0, LATE: 30 })), calendar };
}

const anEngine = (rules = someRules()) => driveEngine(rules);

test('a mild report that nothing links to stays the observation that it is: no assessment, no alert, no id', () => {
  const { state, cut } = anEngine();
  const { assessments, alerts } = cut(...[1, 2, 3].map((n) => anObservation(n)));
  expect([assessments, alerts, state.issued.count]).toEqual([[], [], 0]);
});

test('a severe one is an assessment, and rings; a record without report is none, whatever its rules', () => {
  const { cut, live } = anEngine();
  const { alerts } = cut(anObservation(1, SEVERE), anObservation(2, { facets: null, type: 'StateMediaPost' }));
  expect([membersOf(live()), alerts]).toMatchObject([[[anId(1)]], [{ reason: 'NEW', version: 1 }]]);
});

test('as soon as another report links to it both are one assessment, of the first version, and it rings', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, shared));
  const { alerts } = cut(anObservation(2, { agency: 'gac', ...shared }));
  expect(live()).toMatchObject([{ version: 1, members: [{ id: anId(1) }, { id: anId(2) }] }]);
  expect(alerts).toMatchObject([{ reason: 'NEW', audience: ['cse', 'gac'] }]);
});

const position = (stance: 'CONCUR' | 'DISSENT') => ({
  ...{ type: 'AgencyPosition', facets: null, agency: 'gac' },
  position: { about: anId(1), stance, definitionId: 'interference/1', likelihood: null, confidence: null },
});

test.each([
  ['before it', [2, 1]],
  ['after it', [1, 2]],
])('a position about it makes it an assessment, whether it comes %s; only a dissent rings', (_when, order) => {
  for (const stance of ['CONCUR', 'DISSENT'] as const) {
    const { cut, live } = anEngine();
    const given = [anObservation(1), anObservation(2, position(stance))];
    const alerts = order.flatMap((n) => cut(given[n - 1]!).alerts);
    expect(live()).toMatchObject([{ members: [{ id: anId(1) }], positions: [{ agency: 'gac', stance }] }]);
    expect(alerts.map(({ reason }) => reason)).toEqual(stance === 'DISSENT' ? ['DISSENT'] : []);
  }
});

test('a LineageLink that names it, as child or as parent, makes it an assessment', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1), anObservation(2), anObservation(3));
  const lineageLink = { child: anId(2), parent: anId(1) };
  cut(anObservation(9, { type: 'LineageLink', facets: null, lineageLink }));
  expect(membersOf(live()).sort()).toEqual([[anId(1)], [anId(2)]]);
});

test('what was issued stays issued: it goes on under its id when its company is recalled, and rings', () => {
  const { cut, live } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { ...shared, observedAt: NOW + 1 }));
  const [whole] = live();
  const { alerts } = cut(recallOf(2, 3));
  expect(live()).toMatchObject([{ id: whole!.id, version: 2, members: [{ id: anId(1) }] }]);
  expect(alerts.length).toBeLessThan(2);
});

test('of what falls apart, who never had an id is an observation again; no id is left that leads nowhere', () => {
  const { cut, live, newest } = anEngine(someRules({ hubCap: 2 }));
  cut(...[1, 2].map((n) => anObservation(n, { ...shared, observedAt: NOW + n })));
  cut(anObservation(3, shared)); // a hub now
  expect(membersOf(live())).toEqual([[anId(1)]]);
  expect(newest.size).toBe(1);
});

test('an id whose record goes leads to who is left of it, mild as that may be, and the recall is told', () => {
  const { cut, live, newest } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { ...shared, observedAt: NOW + 1 }));
  const [whole] = live();
  const { alerts } = cut(recallOf(1, 3));
  expect(live()).toMatchObject([{ version: 1, members: [{ id: anId(2) }] }]);
  expect(newest.get(whole!.id)).toMatchObject({ status: 'REDIRECTED', redirectTo: live()[0]!.id });
  expect(alerts).toMatchObject([{ reason: 'RECALLED', assessmentId: live()[0]!.id }]);
});

test('a mild report that supersedes a severe one takes over its id; one that supersedes a mild one takes over none', () => {
  const { cut, live, newest } = anEngine();
  cut(anObservation(1, SEVERE), anObservation(2));
  const [severe] = live();
  cut(anObservation(3, { supersedes: anId(1) }), anObservation(4, { supersedes: anId(2) }));
  expect(membersOf(live())).toEqual([[anId(3)]]);
  expect(newest.get(severe!.id)).toMatchObject({ status: 'REDIRECTED', redirectTo: live()[0]!.id });
});

test('an id that was issued goes on though its record has left and comes again mild and alone', () => {
  const { cut, cutAt, live } = anEngine();
  cut(anObservation(1, shared), anObservation(2, { ...shared, observedAt: NOW + 1 }));
  const { assessments } = cutAt(NOW + 181 * DAY_MS);
  expect(assessments).toMatchObject([{ status: 'CLOSED', version: 2 }]);
  cutAt(NOW + 182 * DAY_MS, anObservation(1, shared));
  expect(live()).toMatchObject([{ version: 3, members: [{ id: anId(1) }] }]);
});

test('as polling day comes nearer a report becomes severe, and is an assessment at its minute of the day', () => {
  const { state, cut, cutAt, live } = anEngine(nearElection());
  const late = (n: number, ridings: readonly string[]) => anObservation(n, { facets: facets('LATE', ridings) });
  const reports = Array.from({ length: 30 }, (_, n) => late(n * 47 + 1, ['cedar-narrows']));
  expect(cut(...reports, late(9_999, ['river-bend'])).assessments).toEqual([]);
  const step30 = Date.UTC(2031, 9, 31);
  cutAt(step30 - MINUTE_MS);
  const perCut: number[] = [];
  for (let minute = 0; minute <= DAY_MINUTES; minute += 1) {
    const now = step30 + minute * MINUTE_MS;
    const isDue = isAgeingDue(state, state.minute, now);
    const { assessments, alerts } = cutAt(now);
    if (assessments.length > 0) expect(isDue).toBe(true);
    expect(alerts.map(({ reason }) => reason)).toEqual(assessments.map(() => 'NEW'));
    if (assessments.length > 0) perCut.push(assessments.length);
  }
  expect(live()).toHaveLength(30);
  expect(perCut).toHaveLength(30); // not all at once
});

test('minutes without a cut are made up for: after a day of silence all that became severe is published', () => {
  const { cut, cutAt, live } = anEngine(nearElection());
  cut(...[1, 500, 900].map((n) => anObservation(n, { facets: facets('LATE', ['cedar-narrows']) })));
  cutAt(Date.UTC(2031, 9, 30, 23));
  cutAt(Date.UTC(2031, 10, 1, 23));
  expect(live()).toHaveLength(3);
});

test('a report that was issued for its severity stays issued when the election is over', () => {
  const { cutAt, live } = anEngine(nearElection());
  cutAt(NOW + 35 * DAY_MS, anObservation(1, { facets: facets('LATE', ['cedar-narrows']) }));
  expect(live()).toMatchObject([{ version: 1, severity: { score: 45 } }]);
  cutAt(NOW + 62 * DAY_MS);
  cutAt(NOW + 64 * DAY_MS);
  expect(live()).toMatchObject([{ version: 2, severity: { score: 30 } }]);
});

test('what names whom it was aimed at is an assessment however mild, for those are told by it; it rings no bell', () => {
  const { cut, live } = anEngine();
  const targets = [{ kind: 'CAMPAIGN_STAFF', ref: 'org:harbour-friends', suppressedAs: null }] as const;
  const { alerts } = cut(anObservation(1, { facets: { ...facets('OTHER'), targets: [...targets] } }));
  expect([membersOf(live()), alerts]).toEqual([[[anId(1)]], []]);
});

test('failure 14: small events never added up: what policy counts towards an accumulation is an assessment, to be counted', () => {
  const { cut, live } = anEngine({ ...nearElection(), countedFrom: { riding: 30, tool: 31 } });
  const tool = { tools: ['CYBER_OPERATIONS'] };
  const { alerts } = cut(
    anObservation(1, { facets: facets('LATE', ['river-bend']) }),
    anObservation(2, { facets: facets('OTHER', ['river-bend']) }), // too mild to be counted
    anObservation(3, { facets: { ...facets('LATE'), ...tool } }),
    anObservation(4, { facets: facets('LATE') }), // of nothing that is counted
  );
  expect([membersOf(live()), alerts]).toEqual([[[anId(1)]], []]);
});

test('it is judged by the severity that its assessment would show, in every step of the calendar', () => {
  const rules = nearElection();
  const day = () => fc.integer({ min: 0, max: 70 });
  const ridings = fc.uniqueArray(fc.constantFrom('cedar-narrows', 'river-bend'), { maxLength: 2 });
  const report = fc.tuple(fc.constantFrom('PHISHING', 'OTHER', 'LATE', 'UNKNOWN'), ridings);
  const seen = { worth: 0, mild: 0 };
  fc.assert(
    fc.property(fc.array(report, { minLength: 1, maxLength: 6 }), day(), day(), (drawn, first, then) => {
      const state = createState(VIEW, rules);
      const reports = drawn.map(([category, named], n) => anObservation(n + 1, { facets: facets(category, named) }));
      step(state, { now: NOW, observations: reports });
      for (const now of [first, then, first].map((days) => NOW + days * DAY_MS))
        for (let record = 1; record <= reports.length; record += 1) {
          const isWorth = buildWhole(state, [record], now).severity >= rules.assessAloneFrom;
          expect(isWorthAlone(state, record, now)).toBe(isWorth);
          seen[isWorth ? 'worth' : 'mild'] += 1;
        }
    }),
    { numRuns: 300 },
  );
  expect(Math.min(seen.worth, seen.mild)).toBeGreaterThan(20);
});
