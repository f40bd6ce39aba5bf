// The coordinated sharing in a file of shares: a line for each row, then a line for each pair of accounts.
// Holds: pure; each kind of object by itself; sorted, so that the order of the input shows in nothing. The whole file is at
// hand, so no crowd is left out, as it is on the bus. Source: README.md#offline

import { coShareRows, type CoShareRow, type Share } from '../engine/values/co-share-rows.ts';
import type { FileShare } from './file-line.ts';

/** What was found of one kind. */
export interface ShareCounts {
  readonly kind: string;
  readonly shares: number;
  readonly rows: number;
  readonly accountPairs: number;
}

/** One line of the output; accounts and contents in the order in which they shared. */
export type ShareLine =
  | {
      readonly is: 'row';
      readonly kind: string;
      readonly object: string;
      readonly accounts: readonly [string, string];
      readonly contents: readonly [string, string];
      readonly at: readonly [number, number];
    }
  | { readonly is: 'pair'; readonly kind: string; readonly accounts: readonly [string, string]; readonly rows: number };

/** Rows and pairs of every kind, and how many there are. */
export function shareRows(
  shares: readonly FileShare[],
  bounds: { readonly windowSeconds: number; readonly minParticipation: number },
): { readonly lines: readonly ShareLine[]; readonly counts: readonly ShareCounts[] } {
  const { windowSeconds, minParticipation } = bounds; // and nothing else: a crowd cap would leave rows out
  const kinds = [...new Set(shares.map(({ kind }) => kind))].sort();
  const found = kinds.map((kind) => {
    const own = shares.filter((share) => share.kind === kind).map(toShare);
    const rows = coShareRows(own, { windowSeconds, minParticipation }).map((row) => toLine(kind, row));
    const pairs = pairsOf(kind, rows);
    const counts = { kind, shares: own.length, rows: rows.length, accountPairs: pairs.length };
    return { lines: [...rows.sort(byText), ...pairs.sort(byText)], counts };
  });
  return { lines: found.flatMap(({ lines }) => lines), counts: found.map(({ counts }) => counts) };
}

const toShare = ({ object, account, content, t }: FileShare): Share => ({ object, account, content, at: t });

type RowLine = Extract<ShareLine, { is: 'row' }>;

/** Of two shares in one second the lesser account stands first. */
function toLine(kind: string, { a, b }: CoShareRow): RowLine {
  const [first, second] = a.at < b.at || (a.at === b.at && a.account < b.account) ? [a, b] : [b, a];
  return {
    is: 'row',
    kind,
    object: first.object,
    accounts: [first.account, second.account],
    contents: [first.content, second.content],
    at: [first.at, second.at],
  };
}

function pairsOf(kind: string, rows: readonly RowLine[]): Extract<ShareLine, { is: 'pair' }>[] {
  const counts = new Map<string, { accounts: readonly [string, string]; rows: number }>();
  for (const { accounts } of rows) {
    const [a, b] = accounts[0] < accounts[1] ? accounts : [accounts[1], accounts[0]];
    const key = JSON.stringify([a, b]);
    const pair = counts.get(key) ?? { accounts: [a, b], rows: 0 };
    pair.rows += 1;
    counts.set(key, pair);
  }
  return [...counts.values()].map(({ accounts, rows: many }) => ({ is: 'pair', kind, accounts, rows: many }));
}

const byText = (a: ShareLine, b: ShareLine): number => {
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};
