// A state-media post as the monitor counts it, and an account it may count posts of.
// Holds: what is counted is what was posted and shared; nobody mentioned is anything but a value. Source: README.md#the-monitor

/** One post, counted once; counts that nobody reported are null. */
export interface MonitorPost {
  /** `<platform>:<handle>`. */
  readonly account: string;
  readonly postId: string;
  /** The state whose account it is. */
  readonly country: string;
  /** UTC milliseconds. */
  readonly postedAtMs: number;
  readonly collectedAtMs: number;
  readonly hashtags: readonly string[];
  readonly topics: readonly string[];
  readonly countries: readonly string[];
  readonly urls: readonly string[];
  readonly likes: number | null;
  readonly shares: number | null;
  readonly comments: number | null;
}

/** The platform of an account or post. */
export function platformOf(account: string): string {
  return account.slice(0, Math.max(0, account.indexOf(':')));
}

/** Likes, shares and comments together; null where none of them is known. */
export function engagementOf({ likes, shares, comments }: MonitorPost): number | null {
  const known = [likes, shares, comments].filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

/** The engagement of all; null where none of any is known. */
export function engagementOfAll(posts: readonly MonitorPost[]): number | null {
  const known = posts.flatMap((post) => engagementOf(post) ?? []);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}
