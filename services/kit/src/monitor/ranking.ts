// Rankings over state-media posts: accounts, hashtags, topics, countries and links by the posts they occur in, posts by
// their engagement.
// Holds: pure; a value counts once a post however often it is in it; equal counts stand in the order of their value, so the
// order of posts changes nothing. Source: README.md#the-monitor

import { engagementOf, type MonitorPost } from './post.ts';

/** What can be ranked. */
export const RANKED_KINDS = Object.freeze(['ACCOUNT', 'POST', 'HASHTAG', 'TOPIC', 'COUNTRY', 'LINK'] as const);

/** One of them. */
export type RankedKind = (typeof RANKED_KINDS)[number];

/** One place of a ranking. */
export interface RankedPlace {
  readonly kind: RankedKind;
  readonly value: string;
  readonly count: number;
}

/** The first places of one ranking, highest first. Nothing with a count of 0 has a place. */
export function rank(posts: readonly MonitorPost[], kind: RankedKind, places: number): readonly RankedPlace[] {
  const counts = new Map<string, number>();
  for (const post of posts)
    for (const [value, count] of COUNTED[kind](post)) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => count > 0)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, places)
    .map(([value, count]) => ({ kind, value, count }));
}

/** Every ranking, kind after kind. */
export function rankAll(posts: readonly MonitorPost[], places: number): readonly RankedPlace[] {
  return RANKED_KINDS.flatMap((kind) => rank(posts, kind, places));
}

const once = (values: readonly string[]): [string, number][] => [...new Set(values)].map((value) => [value, 1]);

const COUNTED: Readonly<Record<RankedKind, (post: MonitorPost) => readonly (readonly [string, number])[]>> = {
  ACCOUNT: ({ account }) => [[account, 1]],
  POST: (post) => [[`${post.account}/${post.postId}`, engagementOf(post) ?? 0]],
  HASHTAG: ({ hashtags }) => once(hashtags),
  TOPIC: ({ topics }) => once(topics),
  COUNTRY: ({ countries }) => once(countries),
  LINK: ({ urls }) => once(urls),
};
