// What the monitor remembers to count its days: accounts, posts, declared gaps, and when posts last came, as notes of the
// journal.
// Holds: pure; only what lies in the lowest cell without further demands is counted, because what is counted is public;
// a post is remembered once, with its newest counts. Source: README.md#the-monitor

import { cellOf, type Marking } from '@sitebus/marking';
import type { CoverageGap, MonitorPost } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import type { JournalNote } from '../journal.ts';
import type { ReadingContext } from '../reading.ts';
import type { JsonObject } from '../untrusted.ts';

/** An account as it was entered; days since 1970-01-01, inclusive. */
export interface RememberedAccount {
  readonly country: string;
  readonly class: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** A gap as it was declared, UTC milliseconds. */
export type RememberedGap = Omit<CoverageGap, 'kind'>;

/** A post without its country, which is its account's. */
export type RememberedPost = Omit<MonitorPost, 'country'>;

const ACCOUNT = 'monitor-account';
const POST = 'monitor-post';
const GAP = 'monitor-gap';
const INTAKE = 'monitor-intake';

/** True for what a public count may be made of. */
export function isCountable(marking: Marking, { cells }: Pick<Policy, 'cells'>): boolean {
  return cellOf(marking, cells)?.id === cells[0]?.id && marking.needToKnow.length === 0 && !marking.orcon;
}

export const accountNote = (account: string, value: RememberedAccount): JournalNote => note(ACCOUNT, account, value);
export const postNote = (value: RememberedPost): JournalNote => note(POST, `${value.account}/${value.postId}`, value);
export const gapNote = (value: RememberedGap): JournalNote => note(GAP, `${value.platform} ${value.fromMs}`, value);
/** Notes that posts were taken in now. */
export const intakeNote = (atMs: number): JournalNote => note(INTAKE, 'last', { atMs });

type Notes = Pick<ReadingContext, 'notesOf'>;

/** Accounts by name. */
export const accountsIn = (notes: Notes): ReadonlyMap<string, RememberedAccount> => notesIn(notes, ACCOUNT);
/** Declared gaps, in the order of their first declaration. */
export const gapsIn = (notes: Notes): readonly CoverageGap[] =>
  [...notesIn<RememberedGap>(notes, GAP).values()].map((gap) => ({ ...gap, kind: 'DECLARED' }));
/** When posts were last taken in, UTC milliseconds; undefined: never. */
export const lastIntakeMs = (notes: Notes): number | undefined =>
  notesIn<{ readonly atMs: number }>(notes, INTAKE).get('last')?.atMs;

/** Every post of an account that is entered, with the account's country. */
export function postsIn(notes: Notes): readonly MonitorPost[] {
  const accounts = accountsIn(notes);
  return [...notesIn<RememberedPost>(notes, POST).values()].flatMap((post) => {
    const country = accounts.get(post.account)?.country;
    return country === undefined ? [] : [{ ...post, country }];
  });
}

function note(kind: string, key: string, value: object): JournalNote {
  return { kind, key, value: value as JsonObject };
}

/** Our own notes, written by the functions above. */
function notesIn<V>({ notesOf }: Notes, kind: string): ReadonlyMap<string, V> {
  return (notesOf?.(kind) ?? new Map()) as ReadonlyMap<string, unknown> as ReadonlyMap<string, V>;
}
