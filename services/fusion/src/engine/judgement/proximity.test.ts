import { expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { NOW, VIEW, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import { calendarOf, percentAt, stepAt } from './proximity.ts';
import type { Rules } from '../rules.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const proximity: Policy['proximity'] = [
  { fromDays: 14, percent: 125 },
  { fromDays: 3, percent: 200 },
];
const anElection = (over: Partial<Policy['elections'][number]> = {}): Policy['elections'][number] => ({
  id: 'ge',
  name: { en: 'General', fr: 'Générale' },
  kind: 'GENERAL_FIXED',
  timeZone: 'America/Toronto',
  pollingDay: '2031-10-20',
  ridings: [],
  ...over,
});

test.each([
  ['long before', '2031-10-06T03:59:59Z', 100],
  ['from the local midnight fourteen days before', '2031-10-06T04:00:00Z', 125],
  ['to the last second of the fourth day before', '2031-10-17T03:59:59Z', 125],
  ['from the third day before', '2031-10-17T04:00:00Z', 200],
  ['to the end of polling day', '2031-10-21T03:59:59Z', 200],
  ['and no longer', '2031-10-21T04:00:00Z', 100],
])('the nearness of an election counts by local days: %s', (_, at, percent) => {
  const calendar = calendarOf({ elections: [anElection()], proximity });
  expect(percentAt(calendar, Date.parse(at), [])).toBe(percent);
});

test('a local day begins where its own clock says, on both sides of a change of the clocks', () => {
  const calendar = calendarOf({ elections: [anElection({ pollingDay: '2031-11-03' })], proximity });
  expect(calendar.boundaries.map((at) => new Date(at).toISOString())).toEqual([
    '2031-10-20T04:00:00.000Z',
    '2031-10-31T04:00:00.000Z',
    '2031-11-04T05:00:00.000Z',
  ]);
});

test('a by-election concerns what names one of its ridings; of two elections the nearer counts', () => {
  const byElection = anElection({
    id: 'by',
    kind: 'BY_ELECTION',
    pollingDay: '2031-10-08',
    ridings: ['cedar-narrows'],
  });
  const calendar = calendarOf({ elections: [anElection(), byElection], proximity });
  const at = Date.parse('2031-10-07T12:00:00Z');
  expect([percentAt(calendar, at, ['cedar-narrows']), percentAt(calendar, at, ['elsewhere'])]).toEqual([200, 125]);
});

const PHISHING = { category: 'PHISHING', tools: [], targets: [], ridings: [], platforms: [], gaps: [] };
/** Impact 50: PRIORITY at 100 %, and IMMEDIATE at 200 %. Noon of D-18. */
const POLLING: Rules = {
  ...someRules(),
  calendar: calendarOf({ elections: [anElection({ pollingDay: '2031-10-19' })], proximity }),
};

test('the multiplier is shown among the inputs, and the score is what they give', () => {
  const { cutAt } = anEngine();
  const [assessment] = cutAt(NOW + 16 * DAY_MS, anObservation(1, { facets: PHISHING }));
  expect(assessment!.severity).toEqual({
    score: 100,
    inputs: [
      { name: 'PHISHING', value: 50 },
      { name: 'PROXIMITY', value: 200 },
    ],
  });
});

test('a step of the calendar publishes, within a day and once, what it makes more urgent, and nothing else', () => {
  const { cutAt } = anEngine();
  const mild = anObservation(2, { facets: { ...PHISHING, category: 'OTHER' } });
  cutAt(Date.parse('2031-10-16T00:00:30Z'), anObservation(1, { facets: PHISHING }), mild);
  const stepped = Date.parse('2031-10-16T04:00:00Z');
  expect(stepAt(POLLING.calendar, stepped)).toBe(stepAt(POLLING.calendar, stepped - 1) + 1);
  expect(cutAt(stepped - 1)).toEqual([]);
  const published = Array.from({ length: 30 }, (_, hours) => cutAt(stepped + hours * HOUR_MS));
  expect(published.flat().map(({ members, severity }) => [members[0]!.id, severity.score])).toEqual([
    [anObservation(1).id, 100],
  ]);
  expect(published.slice(25).flat()).toEqual([]);
});

test('what changes for another reason on a day of a step carries the new score at once', () => {
  const { cutAt } = anEngine();
  const shared = { facets: PHISHING, features: [domain('d.example')] };
  cutAt(Date.parse('2031-10-16T00:00:30Z'), anObservation(1, shared));
  const grown = cutAt(Date.parse('2031-10-16T05:00:00Z'), anObservation(2, { ...shared, agency: 'gac' }));
  expect(grown.at(-1)!.severity.inputs).toContainEqual({ name: 'PROXIMITY', value: 200 });
});

function anEngine() {
  const state = createState(VIEW, POLLING);
  return {
    cutAt: (now: number, ...observations: FusionObservation[]) =>
      step(state, { now, observations }).changes.assessments,
  };
}
