// Coordinated sharing, the whole set at once: accounts that share the same objects within seconds of each other.
// Holds: pure; the order of the shares changes nothing but the order of the rows. Kinds of objects are not mixed: give one
// kind at a time. Source: CooRTweet 2.1.3 `detect_groups` (Righetti, Balluff), its counts on published data being the test

/** One account shared one object in one content (a post). */
export interface Share {
  readonly object: string;
  readonly account: string;
  readonly content: string;
  /** Seconds. */
  readonly at: number;
}

/** Two shares of one object that count as one coordinated act; the earlier first. */
export interface CoShareRow {
  readonly a: Share;
  readonly b: Share;
}

/** What makes a row. */
export interface CoShareBounds {
  readonly windowSeconds: number;
  readonly minParticipation: number;
  /** A share makes no row in a crowd of more than this; by default there is none. */
  readonly crowdCap?: number;
}

/**
 * The rows among shares. Accounts with fewer than `minParticipation` shares are left out; two shares of one object by
 * different accounts in different contents, no more than the window apart, are a row; a row stays when one of its accounts
 * has `minParticipation` contents or more among the rows.
 */
export function coShareRows(shares: readonly Share[], bounds: CoShareBounds): CoShareRow[] {
  const { minParticipation } = bounds;
  const perAccount = countBy(shares, ({ account }) => account);
  const crowds = crowdsOf(shares, bounds);
  const eligible = shares.filter((share) => perAccount.get(share.account)! >= minParticipation && !crowds.has(share));
  const rows = [...groupBy(eligible, ({ object }) => object).values()].flatMap((group) => rowsOf(group, bounds));
  const contents = new Map<string, Set<string>>();
  for (const { a, b } of rows)
    for (const { account, content } of [a, b])
      contents.set(account, (contents.get(account) ?? new Set<string>()).add(content));
  const takesPart = ({ account }: Share) => contents.get(account)!.size >= minParticipation;
  return rows.filter(({ a, b }) => takesPart(a) || takesPart(b));
}

/** Two accounts as one name, whichever comes first. An account's name has no blank. */
export const accountPairOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Time is cut into slots of one window; so that a crowd is found by counting three slots and not every pair in it. */
export const slotOf = (at: number, windowSeconds: number): number => Math.floor(at / Math.max(1, windowSeconds));

function crowdsOf(shares: readonly Share[], { windowSeconds, crowdCap = Infinity }: CoShareBounds): Set<Share> {
  if (crowdCap === Infinity) return new Set();
  const slotted = (object: string, slot: number) => `${slot} ${object}`;
  const filled = countBy(shares, ({ object, at }) => slotted(object, slotOf(at, windowSeconds)));
  return new Set(
    shares.filter(({ object, at }) => {
      const slot = slotOf(at, windowSeconds);
      const near = [slot - 1, slot, slot + 1].map((each) => filled.get(slotted(object, each)) ?? 0);
      return near.reduce((sum, each) => sum + each, 0) > crowdCap;
    }),
  );
}

function rowsOf(group: readonly Share[], { windowSeconds }: CoShareBounds): CoShareRow[] {
  const rows: CoShareRow[] = [];
  const sorted = [...group].sort((x, y) => x.at - y.at);
  for (const [at, a] of sorted.entries())
    for (let next = at + 1; next < sorted.length && sorted[next]!.at - a.at <= windowSeconds; next += 1) {
      const b = sorted[next]!;
      if (a.account !== b.account && a.content !== b.content) rows.push({ a, b });
    }
  return rows;
}

function groupBy(shares: readonly Share[], keyOf: (share: Share) => string): Map<string, Share[]> {
  const groups = new Map<string, Share[]>();
  for (const share of shares) {
    const group = groups.get(keyOf(share));
    if (group === undefined) groups.set(keyOf(share), [share]);
    else group.push(share);
  }
  return groups;
}

function countBy(shares: readonly Share[], keyOf: (share: Share) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const share of shares) counts.set(keyOf(share), (counts.get(keyOf(share)) ?? 0) + 1);
  return counts;
}
