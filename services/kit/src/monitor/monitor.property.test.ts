import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { localDay } from '../local-day.ts';
import { isInGap, silencesOf, trendOf, type CoverageGap } from './coverage.ts';
import { engagementOf, type MonitorPost } from './post.ts';
import { rank, RANKED_KINDS, type RankedKind } from './ranking.ts';

const RUNS = propertyRuns(400);
const ZONE = 'America/Toronto';
const DAY_MS = 86_400_000;
const START = Date.parse('2031-10-25T04:00:00Z'); // the clocks go back within what is drawn

const some = (...values: string[]) => fc.subarray(values);
const count = fc.option(fc.integer({ min: 0, max: 5 }));
const post: fc.Arbitrary<MonitorPost> = fc.record({
  account: fc.constantFrom('chirrup:a', 'chirrup:b', 'vidnook:a'),
  postId: fc.integer({ min: 1, max: 400 }).map(String),
  country: fc.constantFrom('XVA', 'XSU'),
  postedAtMs: fc.integer({ min: 0, max: 14 * 24 * 60 }).map((minutes) => START + minutes * 60_000),
  collectedAtMs: fc.constant(START + 20 * DAY_MS),
  hashtags: some('HarbourSold', 'Vote', 'Otters'),
  topics: some('harbour', 'fish'),
  countries: some('CAN', 'XVA'),
  urls: some('https://a.example/1', 'https://b.example/2'),
  likes: count,
  shares: count,
  comments: count,
});
const posts = fc.uniqueArray(post, { maxLength: 30, selector: ({ account, postId }) => `${account}/${postId}` });

/** Counts value by value over all posts, once for every value there is. */
function recount(all: readonly MonitorPost[], kind: RankedKind): [string, number][] {
  const valuesOf: Record<RankedKind, (each: MonitorPost) => readonly string[]> = {
    ACCOUNT: ({ account }) => [account],
    POST: ({ account, postId }) => [`${account}/${postId}`],
    HASHTAG: ({ hashtags }) => hashtags,
    TOPIC: ({ topics }) => topics,
    COUNTRY: ({ countries }) => countries,
    LINK: ({ urls }) => urls,
  };
  const values = new Set(all.flatMap((each) => valuesOf[kind](each)));
  const counted = [...values].map((value): [string, number] => {
    const having = all.filter((each) => valuesOf[kind](each).includes(value));
    return [value, kind === 'POST' ? having.reduce((sum, each) => sum + (engagementOf(each) ?? 0), 0) : having.length];
  });
  return counted.filter(([, times]) => times > 0).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

test('accept ③: rankings equal a naive recount over the same posts, whatever their order', () => {
  fc.assert(
    fc.property(posts, fc.integer({ min: 1, max: 40 }), (all, places) => {
      for (const kind of RANKED_KINDS) {
        const ranked = rank(all, kind, places).map((each) => [each.value, each.count]);
        expect(ranked).toEqual(recount(all, kind).slice(0, places));
        expect(rank([...all].reverse(), kind, places).map((each) => [each.value, each.count])).toEqual(ranked);
      }
    }),
    { numRuns: RUNS },
  );
});

const rule = { silenceDays: 3, timeZone: ZONE, reason: 'silent' };
const declared: fc.Arbitrary<CoverageGap> = fc
  .tuple(fc.integer({ min: 0, max: 13 * 24 }), fc.integer({ min: 1, max: 48 }))
  .map(([hours, length]) => ({
    platform: 'chirrup',
    fromMs: START + hours * 3_600_000,
    toMs: START + (hours + length) * 3_600_000,
    reason: 'blocked',
    kind: 'DECLARED',
  }));

test('a day outside every gap has the number of its posts, a day in a gap has none and never 0', () => {
  fc.assert(
    fc.property(posts, fc.array(declared, { maxLength: 2 }), fc.integer({ min: 0, max: 20 }), (all, gaps, days) => {
      const now = START + days * DAY_MS;
      const known = all.filter(({ postedAtMs }) => postedAtMs <= now);
      const every = [...gaps, ...silencesOf(known, rule, now)];
      const fromDay = localDay(START, ZONE);
      const trend = trendOf(known, every, { fromDay, toDay: localDay(now, ZONE), timeZone: ZONE });
      expect(trend).toHaveLength(localDay(now, ZONE) - fromDay + 1);
      for (const { day, posts: counted } of trend) {
        const naive = known.filter(({ postedAtMs }) => localDay(postedAtMs, ZONE) === day).length;
        expect(counted).toBe(isInGap(day, every, ZONE) ? null : naive);
      }
    }),
    { numRuns: RUNS },
  );
});

test('accept ②: a dead platform shows a gap from its last post on, and no trend crosses it', () => {
  fc.assert(
    fc.property(posts, fc.integer({ min: 0, max: 30 }), (all, days) => {
      const now = START + days * DAY_MS;
      const known = all.filter(({ postedAtMs }) => postedAtMs <= now);
      for (const platform of new Set(known.map(({ account }) => account.split(':')[0] ?? ''))) {
        const own = known.filter(({ account }) => account.startsWith(platform));
        const last = Math.max(...own.map(({ postedAtMs }) => postedAtMs));
        const open = silencesOf(own, rule, now).filter(({ toMs }) => toMs === null);
        const isDead = localDay(now, ZONE) - localDay(last, ZONE) >= rule.silenceDays;
        expect(open).toEqual(isDead ? [{ platform, fromMs: last, toMs: null, reason: 'silent', kind: 'SILENCE' }] : []);
        const range = { fromDay: localDay(last, ZONE), toDay: localDay(now, ZONE), timeZone: ZONE };
        const [first, ...after] = trendOf(own, open, range);
        expect(first?.posts).toBeGreaterThan(0);
        if (isDead) expect(after.map((each) => each.posts)).toEqual(after.map(() => null));
      }
    }),
    { numRuns: RUNS },
  );
});
