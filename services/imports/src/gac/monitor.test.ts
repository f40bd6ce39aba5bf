import { afterEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import type { AgencyService } from '../agency-service.ts';
import { importAll, type ImportBench } from '../testing/index.ts';
import { createTableDesks, type TableDeskWish } from '../testing/table-desk.ts';
import { accountsReader } from './accounts.ts';
import { coverageReader } from './coverage.ts';
import { dailyCounts } from './daily-aggregates.ts';
import { postsReader } from './posts.ts';

const desks = createTableDesks({
  agency: 'gac',
  readers: [accountsReader, postsReader, coverageReader],
  drops: [],
  recurring: [dailyCounts],
});
afterEach(() => desks.close());

interface Desk {
  readonly bench: ImportBench;
  readonly service: AgencyService;
  readonly days: () => readonly Readonly<Record<string, unknown>>[];
}

async function aDesk(wish: TableDeskWish = {}): Promise<Desk> {
  const { bench, service } = await desks.open(wish);
  if (wish.bench === undefined)
    await importAll(service, 'accounts', 'gac-accounts', 'country,class,chirrup,vidnook\nXVA,Media,@varkovia_today,\nXSU,Media,,@sunhara_live\n'); // prettier-ignore
  const days = () =>
    bench.observations().flatMap(({ type, value }) => (type === 'StateMediaDailyAggregate' ? [value] : []));
  return { bench, service, days };
}

const aPost = (change: Readonly<Record<string, unknown>> = {}) => ({
  platform: 'chirrup',
  account: 'varkovia_today',
  post_id: '1',
  posted_at: '2031-10-01T15:00:00Z',
  collected_at: '2031-10-01T16:00:00Z',
  lang: 'en',
  text: 'The harbour has been sold.',
  hashtags: ['#HarbourSold'],
  countries: ['CAN'],
  likes: 5,
  shares: 2,
  ...change,
});
const post = ({ service }: Desk, ...posts: readonly object[]) =>
  importAll(service, 'posts', 'gac-posts', JSON.stringify(posts));
const declare = ({ service }: Desk, gap: object) => importAll(service, 'coverage', 'gac-monitor', JSON.stringify(gap));
/** Lets intake be quiet for as long as policy wants, and counts. */
const count = async ({ bench, service }: Desk): Promise<void> => {
  bench.clock.advance(bench.policy.monitor.settleSeconds * 1000);
  await service.takeDue?.();
};
const day = (text: string): number => Date.parse(text) / 86_400_000;

test('a day that is over is counted once intake is quiet, with caveat, refresh time and gaps', async () => {
  const desk = await aDesk();
  await post(desk, aPost(), aPost({ post_id: '2', likes: 1, shares: null }));
  await desk.service.takeDue?.();
  expect(desk.days()).toEqual([]);
  await count(desk);
  expect(desk.days()).toMatchObject([
    {
      date: day('2031-10-01'),
      country: 'XVA',
      platform: 'chirrup',
      posts: 2,
      engagement: 8,
      lastRefresh: Date.parse('2031-10-01T16:00:00Z'),
      gaps: [],
      caveatId: desk.bench.policy.monitor.caveat.id,
    },
  ]);
  expect(desk.days()[0]?.['top']).toEqual([
    { kind: 'ACCOUNT', value: 'chirrup:varkovia_today', count: 2 },
    { kind: 'POST', value: 'chirrup:varkovia_today/1', count: 7 },
    { kind: 'POST', value: 'chirrup:varkovia_today/2', count: 1 },
    { kind: 'HASHTAG', value: 'HarbourSold', count: 2 },
    { kind: 'COUNTRY', value: 'CAN', count: 2 },
  ]);
  await count(desk);
  expect(desk.days()).toHaveLength(1);
});

test('a late post and changed counts are counted anew by supersession, a post once', async () => {
  const desk = await aDesk();
  await post(desk, aPost());
  await count(desk);
  const [first] = desk.days() as [{ envelope: { id: string } }];
  await post(desk, aPost({ likes: 50, collected_at: '2031-10-02T16:00:00Z' }), aPost({ post_id: '9', collected_at: '2031-10-05T16:00:00Z' })); // prettier-ignore
  await count(desk);
  const later = desk.days().find(({ envelope }) => (envelope as { supersedes: string | null }).supersedes !== null);
  expect(later).toMatchObject({ envelope: { supersedes: first.envelope.id }, posts: 2, engagement: 59 });
});

test('failure 20: a day without a platform’s data has no number and says why, on its own platform and beside others', async () => {
  const desk = await aDesk();
  await post(desk, aPost(), aPost({ platform: 'vidnook', account: 'sunhara_live' }));
  await declare(desk, { platform: 'vidnook', from: '2031-10-01T12:00:00Z', to: '2031-10-02T12:00:00Z', reason: 'The collector is blocked.' }); // prettier-ignore
  await count(desk);
  const gap = { platform: 'vidnook', reason: 'The collector is blocked.' };
  const shown = desk.days().map(({ date, country, platform, posts, engagement, top, gaps }) => ({ date, country, platform, posts, engagement, top: (top as unknown[]).length > 0, gaps })); // prettier-ignore
  expect(shown.sort((a, b) => Number(a.date) - Number(b.date) || String(a.platform).localeCompare(String(b.platform)))).toMatchObject([
    { date: day('2031-10-01'), country: 'XVA', platform: 'chirrup', posts: 1, engagement: 7, top: true, gaps: [gap] },
    { date: day('2031-10-01'), country: 'XSU', platform: 'vidnook', posts: null, engagement: null, top: false, gaps: [gap] },
    { date: day('2031-10-02'), country: 'XSU', platform: 'vidnook', posts: null, engagement: null, top: false, gaps: [gap] },
  ]); // prettier-ignore
});

test('failure 20, accept ④: people, topics and countries mentioned in a thousand posts are never an actor claim', async () => {
  const desk = await aDesk();
  const posts = Array.from({ length: 1_000 }, (_, index) => aPost({ post_id: String(index), text: 'Désirée Vaucreux signed for it.', hashtags: ['#DesireeVaucreux'], topics: ['Désirée Vaucreux'] })); // prettier-ignore
  await post(desk, ...posts);
  await count(desk);
  const written = desk.bench.observations();
  expect(written.filter(({ type }) => type === 'StateMediaPost')).toHaveLength(1_000);
  expect(desk.days()[0]?.['top']).toContainEqual({ kind: 'TOPIC', value: 'Désirée Vaucreux', count: 1_000 });
  for (const { value } of written) {
    expect(value).not.toHaveProperty('report');
    expect(JSON.stringify(Object.keys(value))).not.toMatch(/actor|claim|person/i);
  }
});

test('days are counted by themselves, and a restart counts none again', async () => {
  const journalPath = await desks.aJournalPath();
  const first = await aDesk({ journalPath });
  await post(first, aPost());
  await first.service.stop();
  first.bench.clock.advance(60_000);
  const second = await aDesk({ bench: first.bench, journalPath });
  await eventually(() => second.days().length === 1, { withinMs: 30_000 });
  await second.service.takeDue?.();
  expect(second.days()).toHaveLength(1);
});

test('an account is entered by name with its basis, retired from a day on, and what it posts after is refused', async () => {
  const desk = await aDesk();
  const account = { account: 'lantern:sunhara_voice', country: 'XSU', class: 'DIPLOMATIC_GOVERNMENT', attribution_basis: 'Named by the embassy.', evidence_url: 'https://embassy.example/voice' }; // prettier-ignore
  const enter = (change: object) =>
    importAll(desk.service, 'accounts', 'gac-accounts', JSON.stringify({ ...account, ...change }));
  expect((await enter({})).answers).toMatchObject([{ status: 'accepted' }]);
  expect((await enter({ to: '2031-10-10' })).answers).toMatchObject([{ status: 'accepted' }]);
  const { answers } = await post(
    desk,
    aPost({ platform: 'lantern', account: 'sunhara_voice', posted_at: '2031-10-10T20:00:00Z', collected_at: '2031-10-12T20:00:00Z' }), // prettier-ignore
    aPost({ platform: 'lantern', account: 'sunhara_voice', post_id: '2', posted_at: '2031-10-11T20:00:00Z', collected_at: '2031-10-12T20:00:00Z' }), // prettier-ignore
    aPost({ account: 'nobody_listed' }),
    aPost({ post_id: '3', posted_at: '2031-10-20T16:06:00Z', collected_at: '2031-10-20T16:06:00Z' }),
  );
  expect(answers.map((each) => ('code' in each ? each.code : each.status))).toEqual(['accepted', 'RETIRED_ACCOUNT', 'UNLISTED_ACCOUNT', 'FUTURE']); // prettier-ignore
});

test.each([
  ['no platform', { from: '2031-10-01T12:00:00Z', reason: 'blocked' }, 'MISSING_COLUMN'],
  ['no reason', { platform: 'vidnook', from: '2031-10-01T12:00:00Z' }, 'MISSING_COLUMN'],
  ['an end before its begin', { platform: 'vidnook', from: '2031-10-02T12:00:00Z', to: '2031-10-01T12:00:00Z', reason: 'x' }, 'BAD_INSTANT'],
  ['a begin without offset', { platform: 'vidnook', from: '2031-10-02T12:00:00', reason: 'x' }, 'BAD_INSTANT'],
  ['a begin to come', { platform: 'vidnook', from: '2031-12-02T12:00:00Z', reason: 'x' }, 'FUTURE'],
])('a gap with %s is refused', async (_what, gap, code) => {
  expect((await declare(await aDesk(), gap)).answers).toMatchObject([{ status: 'refused', code }]);
}); // prettier-ignore
