import { expect, test } from '@jest/globals';
import type { Assessment } from '@sitebus/sdk';
import type { FusionObservation } from '../observation.ts';
import { imageOf, restore } from '../image.ts';
import { createState, hashOfLinked, linkedOf } from '../state.ts';
import { step, type Changes } from '../step.ts';
import { EVERY_REPORT, NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';

const DAY_MS = 86_400_000;
const PHISHING = { category: 'PHISHING', tools: [], targets: [], ridings: [], platforms: [], gaps: [] };
const url = (value: string) => ({ kind: 'url', value });

/** Observed so far ahead that it never ages, for that would publish too. */
const aRecord = (n: number, over: Partial<FusionObservation>) =>
  anObservation(n, { observedAt: NOW + 5_000 * DAY_MS, ...over });

/** An engine at the n-th day; `newest` is what a reader would hold. */
function anEngine(rules = someRules(EVERY_REPORT)) {
  const state = createState(VIEW, rules);
  const newest = new Map<string, Assessment>();
  const on = (day: number, ...observations: FusionObservation[]): Changes => {
    const { changes } = step(state, { now: NOW + day * DAY_MS, observations });
    for (const each of changes.assessments) newest.set(each.id, each);
    return changes;
  };
  return { on, newest, live: () => [...newest.values()].filter(({ status }) => status === 'LIVE') };
}

const membersOf = (assessments: readonly Assessment[]) => assessments.map(({ members }) => members.map(({ id }) => id));

test('a record leaves when its longest-lived value is over; its id is closed, and nobody is told of a recall', () => {
  const { on, live } = anEngine();
  on(0, aRecord(1, { features: [url('https://a.example/'), domain('a.example')], facets: PHISHING }));
  expect(live()).toMatchObject([{ expiresAt: NOW + 180 * DAY_MS }]);
  expect(on(179).assessments).toEqual([]);
  const { assessments, alerts } = on(180);
  expect([assessments, alerts]).toMatchObject([[{ status: 'CLOSED', version: 2, members: [], expiresAt: null }], []]);
});

test('a value that is over links nothing more, while the records it linked live on by their other values', () => {
  const { on, live } = anEngine();
  on(0, aRecord(1, { features: [url('https://x.example/'), domain('a.example')] }));
  on(0, aRecord(2, { features: [url('https://x.example/'), domain('b.example')], agency: 'gac' }));
  expect(membersOf(live())).toEqual([[anId(1), anId(2)]]);
  const { alerts } = on(30);
  expect(membersOf(live()).sort()).toEqual([[anId(1)], [anId(2)]]);
  expect(alerts.map(({ reason }) => reason)).toEqual(['SPLIT', 'SPLIT']);
});

test('what expires at noon leaves at noon, and what expires a moment later an hour later', () => {
  const { on, newest } = anEngine();
  on(0, aRecord(1, { features: [url('https://a.example/')] }));
  on(1 / DAY_MS, aRecord(2, { features: [url('https://b.example/')] }));
  const closed = () => [...newest.values()].filter(({ status }) => status === 'CLOSED').length;
  on(30);
  expect(closed()).toBe(1);
  on(30 + 1 / 48);
  expect(closed()).toBe(1);
  on(30 + 1 / 24);
  expect(closed()).toBe(2);
});

test('a record sent again after it has left is new, lives as long again, and its id goes on with the next version', () => {
  const { on, live } = anEngine();
  const record = aRecord(1, { features: [url('https://a.example/')] });
  on(0, record);
  on(20, record);
  expect(on(30).assessments).toMatchObject([{ status: 'CLOSED', version: 2 }]);
  expect(on(30, record).assessments).toMatchObject([{ status: 'LIVE', version: 3, expiresAt: NOW + 60 * DAY_MS }]);
  expect(on(59, record).assessments).toEqual([]);
  on(60);
  expect(live()).toEqual([]);
});

test('after four hundred days nothing remembers the id, and its versions begin anew', () => {
  const { on } = anEngine();
  const record = aRecord(1, { features: [url('https://a.example/')] });
  on(0, record);
  on(30);
  on(431);
  expect(on(432, record).assessments).toMatchObject([{ status: 'LIVE', version: 1 }]);
});

test('a recall outlives what it recalls: sent again any time before, the record does not return', () => {
  const { on, live } = anEngine();
  const record = aRecord(1, { features: [{ kind: 'hash', value: 'aa' }] });
  on(0, record);
  on(700, aRecord(2, { type: 'Recall', facets: null, recalls: anId(1) }));
  expect(live()).toEqual([]);
  on(730);
  on(731, record);
  on(800);
  expect(live()).toEqual([]);
  on(731 + 730);
  expect(on(1_462, record).assessments).toMatchObject([{ status: 'LIVE' }]);
});

test('a short-lived record that supersedes a long-lived one takes it along', () => {
  const { on, live } = anEngine();
  on(0, aRecord(1, { features: [{ kind: 'hash', value: 'aa' }] }));
  on(1, aRecord(2, { features: [url('https://a.example/')], supersedes: anId(1) }));
  expect(membersOf(live())).toEqual([[anId(2)]]);
  on(31);
  expect(live()).toEqual([]);
});

test('while a hold stands nothing leaves, and when it ends what is over leaves at once', () => {
  const holds = [
    {
      from: new Date(NOW + 10 * DAY_MS).toISOString(),
      to: new Date(NOW + 90 * DAY_MS).toISOString(),
      reason: 'review',
    },
  ];
  const { on, live } = anEngine(someRules({ ...EVERY_REPORT, holds }));
  on(0, aRecord(1, { features: [url('https://a.example/')] }));
  on(89.9);
  expect(live()).toHaveLength(1);
  on(90);
  expect(live()).toEqual([]);
});

test('the time at which a product expires is no part of what makes a version', () => {
  const [first, second] = [0, 1].map((day) => {
    const { on } = anEngine();
    return on(day, aRecord(1, { features: [url('https://a.example/')] })).assessments[0]!;
  });
  expect(second!.expiresAt! - first!.expiresAt!).toBe(DAY_MS);
  expect(second!.contentHash).toBe(first!.contentHash);
});

test('numbers and places of records that left are used again, and what is linked stays right', () => {
  const rules = someRules();
  const state = createState(VIEW, rules);
  const batch = (turn: number) =>
    Array.from({ length: 300 }, (_, at) => {
      const n = turn * 300 + at;
      const urls = Array.from({ length: 8 }, (_none, each) => url(`https://${n}.example/${each}`));
      return aRecord(n, { features: [...urls, url(`https://pair.example/${n >> 1}`)] });
    });
  for (let turn = 0; turn < 8; turn += 1) step(state, { now: NOW + turn * 15 * DAY_MS, observations: batch(turn) });
  expect([state.records.present, state.records.count]).toEqual([600, 600]);
  expect(state.records.featurePool.length).toBeLessThan(8 * 300 * 9);
  expect(linkedOf(state).components.every((group) => group.length === 2)).toBe(true);
  expect(hashOfLinked(restore(imageOf(state), VIEW, rules))).toBe(hashOfLinked(state));
});
