// One observation as rows of a data set: one a share, else one an account, else one.
// Holds: pure; every value of a row is a pseudonym, a word of a closed list, a number or a text that is scrubbed later; of
// whom a row is about it says so by pseudonym alone. Source: README.md#columns

import type { Envelope, Feature, FeatureKind } from '@sitebus/sdk';
import type { Cell, ColumnName } from './columns.ts';
import type { Pseudonymise } from './pseudonym.ts';

/** An admitted observation, as far as rows are made of it. */
export interface CollectedRecord {
  /** Short record type. */
  readonly type: string;
  readonly envelope: Pick<Envelope, 'id' | 'observedAt'>;
  readonly isGovernment: boolean;
  readonly value: Readonly<Record<string, unknown>>;
  readonly features: readonly Feature[];
}

/** A row with its text as it was written. */
export interface DraftRow {
  readonly subject: string;
  readonly cells: Readonly<Record<Exclude<ColumnName, 'text'>, Cell>>;
  readonly text: string | undefined;
}

/** @returns the rows of a record, at least one. */
export function rowsOf(record: CollectedRecord, pseudonym: Pseudonymise): readonly DraftRow[] {
  const { type, envelope, isGovernment, value, features } = record;
  const report = (value['report'] ?? {}) as Readonly<Record<string, unknown>>;
  const of = (kind: FeatureKind): readonly string[] =>
    features.filter((feature) => feature.kind === kind).map((feature) => feature.value);
  const tokens = (kind: 'domain' | 'url' | 'media' | 'person'): Cell => joined(of(kind).map((each) => pseudonym(kind, each)).sort()); // prettier-ignore
  const shares = of('co-share').map((share) => share.split(' ') as [object: string, account: string, at: string]);
  const own = value['account'];
  const accounts = [...new Set([...of('account'), ...(typeof own === 'string' ? [own.toLowerCase()] : [])])].sort();
  const text = textOf(value);
  const common = {
    type,
    origin: isGovernment ? 'government' : 'partner',
    category: word(report['category']),
    time: timeOf(value, envelope),
    riding: words(report['ridings'] ?? value['ridings']),
    country: words(value['countries'] ?? value['country']),
    language: words(value['lang'] ?? report['languages'] ?? languagesOf(value)),
    likes: count(value['likes']),
    shares: count(value['shares']),
    comments: count(value['comments']),
    views: count(value['views']),
    person: tokens('person'),
    domain: tokens('domain'),
    url: tokens('url'),
    media: tokens('media'),
    narrative: text === undefined ? null : pseudonym('narrative', text),
  };
  const single = pseudonym('record', envelope.id);
  const platform = words(value['platformId'] ?? report['platforms'] ?? value['platforms']);
  const rowFor = (account: string | undefined, more: object = {}): DraftRow => ({
    subject: account === undefined ? String(common.person ?? single) : pseudonym('account', account),
    text,
    cells: {
      ...common,
      platform: account === undefined ? platform : word(account.split(':')[0]),
      account: account === undefined ? null : pseudonym('account', account),
      ...more,
    },
  });
  if (shares.length > 0)
    return shares.map(([object, account, at]) => rowFor(account, { url: pseudonym('url', object), time: Number(at) }));
  return accounts.length > 0 ? accounts.map((account) => rowFor(account)) : [rowFor(undefined)];
}

function timeOf(value: Readonly<Record<string, unknown>>, { observedAt }: Pick<Envelope, 'observedAt'>): Cell {
  const seen = value['postedAt'] ?? value['firstDisplayedAt'];
  return typeof seen === 'number' ? seen : observedAt;
}

/** What was said, in all its languages; texts that agencies wrote about it are none. */
function textOf({ texts }: Readonly<Record<string, unknown>>): string | undefined {
  if (!Array.isArray(texts)) return undefined;
  const said = (texts as readonly { readonly text?: unknown }[]).flatMap(({ text }) =>
    typeof text === 'string' ? [text.normalize('NFC').trim()] : [],
  );
  return said.length === 0 ? undefined : said.join(' / ');
}

function languagesOf({ texts }: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(texts) ? (texts as readonly { readonly lang?: unknown }[]).map(({ lang }) => lang) : undefined;
}

/** A word of a list, or nothing: whatever else somebody wrote there could say who they are. */
function word(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z][A-Za-z_-]{0,47}$/.test(value) ? value : null;
}

function words(value: unknown): string | null {
  const list = (Array.isArray(value) ? value : [value]).map(word).filter((each): each is string => each !== null);
  return joined([...new Set(list)].sort()) as string | null;
}

function joined(list: readonly string[]): Cell {
  return list.length === 0 ? null : list.join(' ');
}

function count(value: unknown): Cell {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
