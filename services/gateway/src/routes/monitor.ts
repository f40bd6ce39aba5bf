// /v1/monitor: what accounts that openly speak for states post, ranked and counted; and which accounts those are.
// Holds: no answer lacks caveat, refresh time and gaps; a day in a gap is null; rankings are counted over released posts, so
// that nothing hidden moves a place; accounts are entered and retired by the agency that may write them.
// Source: README.md#public-matters

import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { dayText, localDay, parseDay, platformOf, rank, trendOf } from '@sitebus/kit';
import type { CoverageGap, MonitorPost, RankedKind } from '@sitebus/kit';
import { objectIn, textIn } from '../body-fields.ts';
import { currentRecords, isCurrent } from '../current-records.ts';
import type { JudgedObservation } from '../current-records.ts';
import { badRequest, roleNotAllowed } from '../errors.ts';
import { declaredOn, gapsOf, monitorZone, noticeOf } from '../monitor/coverage-of.ts';
import { monitorAccountIn, monitorPostIn } from '../monitor/monitor-post.ts';
import type { MonitorAccount } from '../monitor/monitor-post.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import { releaseMany } from '../release-many.ts';
import { sendToWriter } from '../send-to-writer.ts';
import { ById, ObservationBody } from '../shapes/bodies.ts';
import { absent } from './own-records.ts';

const DEFAULT_PLACES = 20;
const MAX_PLACES = 200;
const DEFAULT_POSTS = 50;
const MAX_POSTS = 200;

/** Routes of the state-media monitor. */
export const monitorRoutes: Routes = async (app, parts) => {
  const { monitor, policy, clock } = parts;

  app.get('/v1/monitor/accounts', { schema: accounts }, async (request) => {
    const { limit = MAX_POSTS, after } = request.query;
    const seen = await monitored(parts, request);
    const found = seen.accounts
      .filter(({ account }) => isAsked(account, request.query) && (after === undefined || account.account > after))
      .sort((a, b) => (a.account.account < b.account.account ? -1 : 1));
    const shown = found.slice(0, limit);
    const next = found.length > limit ? shown.at(-1)?.account.account : undefined;
    const beside = seen.posts.map(({ judged }) => judged);
    return releaseMany(monitor, [...shown.map(({ judged }) => judged), ...beside, ...seen.days], request.subject, (bodies) => ({
      ...seen.notice,
      items: bodies.slice(0, shown.length),
      ...(next !== undefined && { next }),
    }));
  }); // prettier-ignore

  app.get('/v1/monitor/posts', { schema: posts }, async (request) => {
    const { limit = DEFAULT_POSTS, account, hashtag, q } = request.query;
    const window = windowOf(parts, request.query);
    const seen = await monitored(parts, request);
    const found = seen.posts
      .filter(({ post }) => isWithin(post, window) && isPostAsked(post, seen.accountNamed, request.query))
      .filter(({ post }) => account === undefined || post.account === account.toLowerCase())
      .filter(({ post }) => hashtag === undefined || post.hashtags.includes(hashtag.replace(/^#/, '')))
      .filter(({ judged }) => q === undefined || JSON.stringify(judged.body).toLowerCase().includes(q.toLowerCase()))
      .sort((a, b) => b.post.postedAtMs - a.post.postedAtMs || (a.post.postId < b.post.postId ? -1 : 1))
      .slice(0, limit);
    const others = seen.posts.map(({ judged }) => judged).filter((judged) => !found.some((each) => each.judged === judged));
    return releaseMany(monitor, [...found.map(({ judged }) => judged), ...others, ...seen.days], request.subject, (bodies) => ({
      ...seen.notice,
      ...spanOf(window),
      items: bodies.slice(0, found.length),
    }));
  }); // prettier-ignore

  app.get('/v1/monitor/aggregates', { schema: aggregates }, async (request) => {
    const { by = 'account', places = DEFAULT_PLACES } = request.query;
    const window = windowOf(parts, request.query);
    const seen = await monitored(parts, request);
    const counted = seen.posts
      .map(({ post }) => post)
      .filter((post) => isWithin(post, window) && isPostAsked(post, seen.accountNamed, request.query));
    const platforms = platformsAsked(seen, request.query);
    const gaps = seen.gaps.filter(({ platform }) => platforms.has(platform));
    const judged = [...seen.posts.map((each) => each.judged), ...seen.accounts.map((each) => each.judged), ...seen.days];
    return releaseMany(monitor, judged, request.subject, () => ({
      ...noticeOf(seen.posts.map(({ post }) => post), gaps, policy),
      ...spanOf(window),
      by,
      ranking: rank(counted, KINDS[by], places).map(({ value, count }) => ({ value, count })),
      trend: trendOf(counted, gaps, window).map(({ day, ...counts }) => ({ day: dayText(day), ...counts })),
    }));
  }); // prettier-ignore

  app.get('/v1/monitor/coverage', { schema: coverage }, async (request) => {
    const seen = await monitored(parts, request);
    const judged = [...seen.posts.map((each) => each.judged), ...seen.accounts.map((each) => each.judged), ...seen.days];
    return releaseMany(monitor, judged, request.subject, () => ({
      ...seen.notice,
      items: [...platformsAsked(seen, {})].sort().map((platform) => coverageOf(platform, seen, clock.now())),
    }));
  }); // prettier-ignore

  app.post('/v1/monitor/accounts', { schema: enter }, async (request, reply) => {
    mayEnter(parts, request);
    return sendToWriter(parts, request, reply, entryOf(parts, request.body), 201);
  });

  app.post('/v1/monitor/accounts/:id/retire', { schema: retire }, async (request, reply) => {
    mayEnter(parts, request);
    const { id } = request.params;
    const { to = dayText(localDay(clock.now(), monitorZone(policy))) } = request.body ?? {};
    const judged = (await parts.readModel.observation(id))
      .filter(({ type }) => type === 'StateMediaAccount')
      .map((each) => monitor.judge(each, request.subject))
      .flatMap((each) => (isWithheld(each) || !isCurrent(each) ? [] : [each]));
    const [account] = judged;
    if (account === undefined) return absent(parts, request, id);
    const fields = ['account', 'country', 'class', 'typology', 'attributionBasis', 'evidenceUrl', 'from'];
    const kept = fields.map((field) => [field, textIn(account.body, field) || undefined] as const);
    return sendToWriter(parts, request, reply, entryOf(parts, { ...Object.fromEntries(kept), to }), 201);
  });
};

/** Everything of the monitor that the caller sees. */
interface Monitored {
  readonly accounts: readonly { readonly account: MonitorAccount; readonly judged: JudgedObservation }[];
  readonly accountNamed: ReadonlyMap<string, MonitorAccount>;
  readonly posts: readonly { readonly post: MonitorPost; readonly judged: JudgedObservation }[];
  readonly days: readonly JudgedObservation[];
  readonly gaps: readonly CoverageGap[];
  readonly notice: ReturnType<typeof noticeOf>;
}

async function monitored(parts: GatewayParts, request: FastifyRequest): Promise<Monitored> {
  const { policy, clock } = parts;
  const found = await currentRecords(parts, request, ['StateMediaAccount', 'StateMediaPost', 'StateMediaDailyAggregate', 'SourceGap']);
  const listed = found.StateMediaAccount.map((judged) => ({ account: monitorAccountIn(judged.body), judged }));
  const accountNamed = new Map(listed.map(({ account }) => [account.account, account]));
  const counted = found.StateMediaPost.map((judged) => ({ post: monitorPostIn(judged.body, accountNamed), judged }));
  const all = counted.map(({ post }) => post);
  const ownGaps = found.SourceGap.filter(({ body }) => (policy.writers['StateMediaPost'] ?? []).includes(textIn(objectIn(body, 'envelope'), 'agency')));
  const days = [...found.StateMediaDailyAggregate, ...ownGaps];
  const platforms = new Set([...listed.map(({ account }) => account.account), ...all.map(({ account }) => account)].map(platformOf));
  const gaps = [
    ...gapsOf(found.StateMediaDailyAggregate.map(({ body }) => body), all, policy, clock.now()),
    ...ownGaps.flatMap(({ body }) => declaredOn([...platforms].sort(), body)),
  ];
  return { accounts: listed, accountNamed, posts: counted, days, gaps, notice: noticeOf(all, gaps, policy) };
} // prettier-ignore

/** What may be asked of accounts, and of posts by their accounts. */
interface Asked {
  readonly country?: string;
  readonly class?: string;
  readonly platform?: string;
}

function isAsked({ account, country, class: stateClass }: MonitorAccount, asked: Asked): boolean {
  return (
    (asked.country === undefined || country === asked.country) &&
    (asked.class === undefined || stateClass === asked.class) &&
    (asked.platform === undefined || platformOf(account) === asked.platform.toLowerCase())
  );
}

/** A post whose account is not listed any more belongs to no country and class. */
function isPostAsked(post: MonitorPost, accounts: ReadonlyMap<string, MonitorAccount>, asked: Asked): boolean {
  const account = accounts.get(post.account) ?? { account: post.account, country: '', class: '', to: undefined };
  return isAsked(account, asked);
}

/** Platforms that the question is about: with an account or a post that is asked for, or a gap where nothing narrows it. */
function platformsAsked({ accounts, posts, accountNamed, gaps }: Monitored, asked: Asked): ReadonlySet<string> {
  if (asked.platform !== undefined) return new Set([asked.platform.toLowerCase()]);
  const isOpen = asked.country === undefined && asked.class === undefined;
  return new Set([
    ...accounts.filter(({ account }) => isAsked(account, asked)).map(({ account }) => platformOf(account.account)),
    ...posts.filter(({ post }) => isPostAsked(post, accountNamed, asked)).map(({ post }) => platformOf(post.account)),
    ...(isOpen ? gaps.map(({ platform }) => platform) : []),
  ]);
}

function coverageOf(platform: string, { posts, accounts, gaps }: Monitored, nowMs: number) {
  const own = posts.map(({ post }) => post).filter(({ account }) => platformOf(account) === platform);
  const times = own.map(({ postedAtMs }) => postedAtMs);
  const refreshed = own.map(({ collectedAtMs }) => collectedAtMs);
  const isOpen = ({ fromMs, toMs, platform: of }: CoverageGap): boolean =>
    of === platform && fromMs <= nowMs && (toMs === null || toMs > nowMs);
  return {
    platform,
    accounts: accounts.filter(({ account }) => platformOf(account.account) === platform).length,
    posts: own.length,
    firstPostAt: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    lastPostAt: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    lastRefresh: refreshed.length === 0 ? null : new Date(Math.max(...refreshed)).toISOString(),
    isInGap: gaps.some(isOpen),
  };
}

interface DayWindow {
  readonly fromDay: number;
  readonly toDay: number;
  readonly timeZone: string;
}

/** The days asked for, inclusive; by default the last of policy's number of days. Throws `bad-request`. */
function windowOf({ policy, clock }: GatewayParts, { from, to }: { readonly from?: string; readonly to?: string }): DayWindow {
  const timeZone = monitorZone(policy);
  const { defaultWindowDays, maxWindowDays } = policy.monitor;
  const toDay = to === undefined ? localDay(clock.now(), timeZone) : parseDay(to);
  if (toDay === undefined) throw badRequest({ parameter: 'to' });
  const fromDay = from === undefined ? toDay - defaultWindowDays + 1 : parseDay(from);
  if (fromDay === undefined || fromDay > toDay || toDay - fromDay >= maxWindowDays) throw badRequest({ parameter: 'from' });
  return { fromDay, toDay, timeZone };
} // prettier-ignore

function isWithin({ postedAtMs }: MonitorPost, { fromDay, toDay, timeZone }: DayWindow): boolean {
  const day = localDay(postedAtMs, timeZone);
  return day >= fromDay && day <= toDay;
}

function spanOf({ fromDay, toDay }: DayWindow): { readonly from: string; readonly to: string } {
  return { from: dayText(fromDay), to: dayText(toDay) };
}

/** The one agency that may write the monitor. Throws `role-not-allowed` for anybody else's people. */
function mayEnter({ policy }: GatewayParts, { subject }: FastifyRequest): void {
  const writers = policy.writers['StateMediaAccount'] ?? [];
  if (subject.agency === undefined || !writers.includes(subject.agency)) throw roleNotAllowed({});
}

function entryOf({ policy }: GatewayParts, fields: Readonly<Record<string, unknown>>) {
  const row = Object.fromEntries(Object.entries(fields).map(([name, value]) => [COLUMNS[name] ?? name, value]));
  const fieldOf = (column: string): string =>
    Object.entries(COLUMNS).find(([, each]) => each === column)?.[0] ?? column;
  return { agency: policy.writers['StateMediaAccount']?.[0] ?? '', format: 'accounts', source: 'gac-accounts', row, fieldOf } as const; // prettier-ignore
}

const COLUMNS: Readonly<Record<string, string>> = {
  attributionBasis: 'attribution_basis',
  evidenceUrl: 'evidence_url',
};

const KINDS = {
  account: 'ACCOUNT',
  post: 'POST',
  hashtag: 'HASHTAG',
  topic: 'TOPIC',
  country: 'COUNTRY',
  link: 'LINK',
} as const satisfies Readonly<Record<string, RankedKind>>;

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'A local day of the election.' });
const Filter = {
  country: Type.Optional(Type.String({ maxLength: 80, description: 'As the list of accounts names it.' })),
  class: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['DIPLOMATIC_GOVERNMENT', 'MEDIA'] })),
  platform: Type.Optional(Type.String({ maxLength: 80 })),
};
const Window = { from: Type.Optional(Day), to: Type.Optional(Day) };
const Bilingual = Type.Object({ en: Type.String(), fr: Type.String() });
const Nullable = <S extends Parameters<typeof Type.Array>[0]>(schema: S) => Type.Union([schema, Type.Null()]);
const Notice = {
  lastRefresh: Nullable(Type.String()),
  gaps: Type.Array(
    Type.Object({
      platform: Type.String(),
      from: Type.String(),
      to: Type.Optional(Type.String()),
      kind: Type.String(),
      reason: Bilingual,
    }),
  ),
  caveat: Bilingual,
};
const headers = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const tags = ['monitor'];
const accounts = {
  summary: 'Accounts that openly speak for a state',
  tags,
  querystring: query({
    ...Filter,
    after: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the answer before.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_POSTS })),
  }),
  response: { 200: Type.Object({ ...Notice, items: Type.Array(ObservationBody), next: Type.Optional(Type.String()) }) },
};
const posts = {
  summary: 'Their posts, newest first',
  tags,
  querystring: query({
    ...Filter,
    ...Window,
    account: Type.Optional(Type.String({ maxLength: 200 })),
    hashtag: Type.Optional(Type.String({ maxLength: 200 })),
    q: Type.Optional(
      Type.String({ minLength: 2, maxLength: 200, description: 'Text that occurs in it, in any case.' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_POSTS })),
  }),
  response: {
    200: Type.Object({ ...Notice, from: Type.String(), to: Type.String(), items: Type.Array(ObservationBody) }),
  },
};
const aggregates = {
  summary: 'A ranking and the trend, day by day; a day in a gap is null',
  tags,
  querystring: query({
    ...Filter,
    ...Window,
    by: Type.Optional(
      Type.Unsafe<keyof typeof KINDS>({ type: 'string', enum: Object.keys(KINDS), default: 'account' }),
    ),
    places: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PLACES, default: DEFAULT_PLACES })),
  }),
  response: {
    200: Type.Object({
      ...Notice,
      from: Type.String(),
      to: Type.String(),
      by: Type.String(),
      ranking: Type.Array(Type.Object({ value: Type.String(), count: Type.Integer() })),
      trend: Type.Array(
        Type.Object({ day: Type.String(), posts: Nullable(Type.Integer()), engagement: Nullable(Type.Integer()) }),
      ),
    }),
  },
};
const coverage = {
  summary: 'Platforms, when they were last seen, and when they were not',
  tags,
  querystring: query({}),
  response: { 200: Type.Object({ ...Notice, items: Type.Array(Type.Object({}, { additionalProperties: true })) }) },
};
const enter = {
  summary: 'Enters an account, with the basis of its attribution and evidence of it',
  tags,
  querystring: query({}),
  headers,
  body: Type.Object(
    {
      account: Type.String({ minLength: 3, maxLength: 200, description: '`<platform>:<handle>`.' }),
      country: Type.String({ minLength: 1, maxLength: 80 }),
      class: Type.Unsafe<string>({ type: 'string', enum: ['DIPLOMATIC_GOVERNMENT', 'MEDIA'] }),
      typology: Type.Optional(Type.String({ maxLength: 200 })),
      attributionBasis: Type.String({ minLength: 1, maxLength: 2_000 }),
      evidenceUrl: Type.String({ minLength: 1, maxLength: 2_048, format: 'uri' }),
      from: Type.Optional(Day),
    },
    { additionalProperties: false },
  ),
  response: { 201: EnteredBody() },
};
const retire = {
  summary: 'Ends an account’s time in the monitor; what it posted before stays',
  tags,
  params: ById,
  querystring: query({}),
  headers,
  body: Type.Optional(
    Type.Union([Type.Object({ to: Type.Optional(Day) }, { additionalProperties: false }), Type.Null()]),
  ),
  response: { 201: EnteredBody() },
};

function EnteredBody() {
  return Type.Object({
    id: Type.Optional(Type.String()),
    cell: Type.Optional(Type.String()),
    outcome: Type.String(),
    flags: Type.Array(Type.String()),
  });
}
