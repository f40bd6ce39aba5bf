// Posts of state-media accounts, as JSON or CSV, as StateMediaPosts.
// Holds: an item is a post; a post of an account that nobody entered with a basis is refused and kept; countries, hashtags
// and people mentioned never become actor claims. Source: README.md#state-media

import { localDay } from '@sitebus/kit';
import type { Observation } from '@sitebus/sdk';
import { isMarkingRefused } from '../marking-decision.ts';
import { sortedJson, isJsonObject, at, textAt, textsAt, toScalarText } from '../untrusted.ts';
import { toInstantMs } from '../instants.ts';
import type { FormatReader, ImportDraft, Reading, ReadingContext } from '../reading.ts';
import { contentName } from '../ids.ts';
import { distinct } from '../report.ts';
import { readTable } from '../table.ts';
import { createTally, unreadableFile, type ItemEntry, type NotCarriedReason } from '../tally.ts';
import { toAccount, toFieldValue } from '../values.ts';
import { timeZoneOf } from './daily-aggregates.ts';
import { accountsIn, intakeNote, isCountable, postNote, type RememberedPost } from './monitor-memory.ts';
import { decideWritten } from '../row-marking.ts';

const MAX_CLOCK_AHEAD_MS = 5 * 60_000; // README.md#state-media

/** A post as its format spells it, before anything is checked. */
interface WrittenPost {
  readonly text: (column: string) => string | undefined;
  readonly list: (column: string) => readonly string[];
}

/** Reads posts: a JSON list (or one object), else CSV. */
export const postsReader: FormatReader = {
  format: 'posts',
  read(content, context) {
    const tally = createTally();
    const start = content
      .toString('utf8', 0, 64)
      .replace(/^\ufeff/, '')
      .trimStart();
    if (start.startsWith('[') || start.startsWith('{')) {
      const posts = parsePosts(content);
      if (posts === undefined) return unreadableFile('the file is not JSON', 'send a list of posts, or CSV');
      posts.forEach((post, index) => readPost(fromObject(post), tally.item(`/${index}`), context));
      return withIntake(tally.reading(), context);
    }
    const table = readTable(content, context.mapping.columns);
    for (const { line, columns } of table.rows) readPost(fromColumns(columns), tally.item('', line), context);
    if (table.brokenAtLine !== undefined) tally.item('', table.brokenAtLine).refuse(brokenTable);
    return withIntake(tally.reading(), context);
  },
};

/** Days are counted anew when posts have stopped coming. */
function withIntake(reading: Reading, { nowMs }: ReadingContext): Reading {
  const isAnyCarried = reading.fates.some(({ status }) => status === 'carried');
  return isAnyCarried ? { ...reading, notes: [intakeNote(nowMs)] } : reading;
}

function parsePosts(content: Buffer): readonly unknown[] | undefined {
  try {
    const parsed = JSON.parse(content.toString('utf8').replace(/^\ufeff/, '')) as unknown;
    return Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  } catch {
    return undefined; // Not JSON: answered as UNREADABLE.
  }
}

function fromObject(value: unknown): WrittenPost | undefined {
  if (!isJsonObject(value)) return undefined;
  return {
    text: (column) => toScalarText(at(value, column)),
    list: (column) => (Array.isArray(value[column]) ? textsAt(value, column) : parts(textAt(value, column))),
  };
}

function fromColumns(columns: ReadonlyMap<string, string>): WrittenPost {
  return { text: (column) => columns.get(column), list: (column) => parts(columns.get(column)) };
}

/** Lists in one column are written with spaces, bars or semicolons between. */
function parts(text: string | undefined): string[] {
  return (text ?? '').split(/[\s|;]+/).filter((part) => part !== '');
}

function readPost(post: WrittenPost | undefined, item: ItemEntry, context: ReadingContext): void {
  if (post === undefined)
    return void item.refuse({ code: 'NOT_AN_OBJECT', reason: 'a post is a JSON object', fix: 'correct the export' });
  const fault = faultOf(post, context);
  if (fault !== undefined) return void item.refuse(fault);
  const marking = decideWritten(
    { marking: post.text('marking'), tlp: post.text('tlp'), groups: post.list('groups') },
    context,
  );
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  const draft = draftOf(post, marking);
  item.carriedBy(isCountable(marking, context.policy) ? { ...draft, notes: [postNote(countedOf(draft))] } : draft);
}

/** What the monitor counts of a post. */
function countedOf({ fields }: ImportDraft): RememberedPost {
  const { account, postId, postedAt, collectedAt, hashtags, topics, countries, urls, likes, shares, comments } =
    fields as Fields;
  return {
    account,
    postId,
    postedAtMs: postedAt,
    collectedAtMs: collectedAt,
    hashtags,
    topics,
    countries,
    urls,
    likes,
    shares,
    comments,
  };
}

function faultOf(
  post: WrittenPost,
  context: ReadingContext,
): (NotCarriedReason & { readonly pointer?: string }) | undefined {
  const missing = ['platform', 'account', 'post_id', 'posted_at', 'collected_at'].find(
    (column) => post.text(column) === undefined,
  );
  if (missing !== undefined) return { code: 'MISSING_COLUMN', reason: `${missing} is empty`, fix: `give ${missing}` };
  const [posted, collected] = [toInstantMs(post.text('posted_at') ?? ''), toInstantMs(post.text('collected_at') ?? '')];
  if (posted === undefined || collected === undefined)
    return {
      code: 'BAD_INSTANT',
      reason: 'posted_at and collected_at are instants with an offset',
      fix: 'write them as 2031-10-02T14:05:15Z',
    };
  if (Math.max(posted, collected) > context.nowMs + MAX_CLOCK_AHEAD_MS)
    return { code: 'FUTURE', reason: 'the post is dated after now', fix: 'correct the time' };
  const account = toAccount(post.text('platform') ?? '', post.text('account') ?? '');
  if (account === undefined)
    return {
      code: 'BAD_ACCOUNT',
      reason: 'platform and account make no account',
      fix: 'give the platform and the handle',
    };
  if (!context.isListed(account.value))
    return {
      code: 'UNLISTED_ACCOUNT',
      reason: 'the account was not entered as a state-media account',
      fix: 'enter it with its basis and evidence, then redrive',
    };
  const { to = null } = accountsIn(context).get(account.value) ?? {};
  if (to !== null && localDay(posted, timeZoneOf(context.policy)) > to)
    return {
      code: 'RETIRED_ACCOUNT',
      reason: 'the account no longer counted as a state-media account when this was posted',
      fix: 'enter the account anew with its basis and evidence, then redrive',
    };
  return undefined;
}

type Fields = Omit<Observation<'StateMediaPost'>, 'envelope'>;

function draftOf(post: WrittenPost, marking: ImportDraft['marking']): ImportDraft {
  const account = toAccount(post.text('platform') ?? '', post.text('account') ?? '')?.value ?? '';
  const [postedAt, collectedAt] = [
    toInstantMs(post.text('posted_at') ?? '') ?? 0,
    toInstantMs(post.text('collected_at') ?? '') ?? 0,
  ];
  const lang = post.text('lang') ?? 'und';
  const text = post.text('text');
  const urls = [...post.list('url'), ...post.list('shared_urls')].flatMap(
    (url) => toFieldValue('urls', url)?.value ?? [],
  );
  const fields = {
    account,
    postId: post.text('post_id') ?? '',
    postedAt,
    collectedAt,
    lang,
    texts: text === undefined ? [] : [{ text, lang }],
    urls: distinct(urls),
    hashtags: distinct(post.list('hashtags').map((tag) => tag.replace(/^#/, ''))),
    topics: distinct(post.list('topics')),
    countries: distinct(post.list('countries')),
    likes: toCount(post.text('likes')),
    shares: toCount(post.text('shares')),
    comments: toCount(post.text('comments')),
    views: toCount(post.text('views')),
  };
  return {
    type: 'StateMediaPost',
    native: {
      format: 'posts',
      nativeId: `${account}/${fields.postId}`,
      revision: contentName([sortedJson(fields)]),
      revisedAtMs: collectedAt,
      part: '1',
    },
    fields,
    marking,
    observedAtMs: postedAt,
    sourceGrade: gradeOf(post.text('source_grade')),
    infoGrade: Number(/^[1-6]$/.exec(post.text('info_grade') ?? '')?.[0] ?? 6),
    origin: `url:${account}`,
  };
}

function gradeOf(text: string | undefined): ImportDraft['sourceGrade'] {
  return /^[A-F]$/.test(text ?? '') ? (text as ImportDraft['sourceGrade']) : 'F'; // the pattern admits A–F alone
}

function toCount(text: string | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
}

const brokenTable = {
  code: 'BROKEN_TABLE',
  reason: 'from this line on the file is no CSV: a quote does not close',
  fix: 'close the quote',
};
