// The list of state-media accounts, a row an entity and a column a platform, as StateMediaAccounts.
// Holds: an item is a filled platform column, or a row that has none; an account enters only with a basis and evidence;
// which columns are platforms is said by policy, never guessed. Source: README.md#state-media

import { parseDay } from '@sitebus/kit';
import { readRows, type WrittenRow } from '../elections/written-rows.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import { contentName } from '../ids.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { readTable, type TableRow } from '../table.ts';
import { createTally, type ItemEntry, type Tally } from '../tally.ts';
import { sortedJson } from '../untrusted.ts';
import { toAccount, toChannel } from '../values.ts';
import { accountNote, isCountable } from './monitor-memory.ts';
import { decideWritten } from '../row-marking.ts';

const PLATFORM = 'platform:';
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['media', 'MEDIA'],
  ['diplomatic/government', 'DIPLOMATIC_GOVERNMENT'],
  ['diplomatic', 'DIPLOMATIC_GOVERNMENT'],
  ['government', 'DIPLOMATIC_GOVERNMENT'],
  ['diplomatic_government', 'DIPLOMATIC_GOVERNMENT'],
]);

/** Reads account lists. */
export const accountsReader: FormatReader = {
  format: 'accounts',
  read(content, context) {
    const tally = createTally();
    if (isJson(content)) {
      for (const row of readRows(content, context, tally)) readNamed(row, context);
      return tally.reading();
    }
    const table = readTable(content, context.mapping.columns);
    const platforms = table.header.filter((name) => name.startsWith(PLATFORM));
    if (platforms.length === 0) {
      tally.item('', 1).refuse({
        code: 'NO_PLATFORM_COLUMN',
        reason: 'no column of this file is known as a platform',
        fix: 'declare the columns of this source in its mapping',
      });
      return tally.reading();
    }
    for (const row of table.rows) readRow(row, platforms, tally, context);
    if (table.brokenAtLine !== undefined)
      tally.item('', table.brokenAtLine).refuse({
        code: 'BROKEN_TABLE',
        reason: 'from this line on the file is no CSV: a quote does not close',
        fix: 'close the quote',
      });
    return tally.reading();
  },
};

function readRow(row: TableRow, platforms: readonly string[], tally: Tally, context: ReadingContext): void {
  const filled = platforms.filter((name) => row.columns.has(name));
  if (filled.length === 0)
    return void tally
      .item('', row.line)
      .skip({ code: 'NO_ACCOUNT', reason: 'the row names no account', fix: 'nothing' });
  for (const column of filled) readAccount(row, column, tally.item(column.slice(PLATFORM.length), row.line), context);
}

function readAccount(row: TableRow, column: string, item: ItemEntry, context: ReadingContext): void {
  const account = accountOf(column.slice(PLATFORM.length), row.columns.get(column) ?? '');
  if (account === undefined)
    return void item.refuse({
      code: 'BAD_ACCOUNT',
      reason: 'the column holds no handle and no address of an account',
      fix: 'give the handle',
    });
  enterAccount(account, (name) => row.columns.get(name), item, context);
}

/** One account by its name, as JSON: how a single one is entered, changed and retired. */
function readNamed({ text, item }: WrittenRow, context: ReadingContext): void {
  const [platform = '', ...handle] = (text('account') ?? '').split(':');
  const account = toAccount(platform, handle.join(':'))?.value;
  if (account === undefined)
    return void item.refuse({
      code: 'BAD_ACCOUNT',
      reason: 'account is not <platform>:<handle>',
      fix: 'give platform and handle with a colon between',
    });
  enterAccount(account, text, item, context);
}

function enterAccount(
  account: string,
  text: (column: string) => string | undefined,
  item: ItemEntry,
  context: ReadingContext,
): void {
  const stateClass = CLASSES.get((text('class') ?? 'media').toLowerCase());
  if (stateClass === undefined)
    return void item.refuse({
      code: 'BAD_CLASS',
      reason: 'the class is neither media nor diplomatic or government',
      fix: 'correct the class',
    });
  const country = text('country');
  if (country === undefined)
    return void item.refuse({ code: 'MISSING_COLUMN', reason: 'country is empty', fix: 'give the country' });
  const attributionBasis = text('attribution_basis') ?? context.mapping.attributionBasis;
  const evidenceUrl = text('evidence_url') ?? context.mapping.evidenceUrl;
  if (attributionBasis === undefined || evidenceUrl === undefined)
    return void item.refuse({
      code: 'NO_BASIS',
      reason: 'an account enters only with the basis of its attribution and evidence of it',
      fix: 'give attribution_basis and evidence_url',
    });
  const [from, to] = ['from', 'to'].map((name) => dayOf(text(name)));
  if (from === undefined || to === undefined)
    return void item.refuse({ code: 'BAD_DAY', reason: 'from or to is no day', fix: 'write it as yyyy-mm-dd' });
  const marking = decideWritten({ marking: text('marking'), tlp: text('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  const typology = text('typology') ?? null;
  const fields = { account, country, class: stateClass, typology, attributionBasis, evidenceUrl, from, to };
  const draft = draftOf(fields, marking);
  const notes = [accountNote(account, { country, class: stateClass, from, to })];
  item.carriedBy(isCountable(marking, context.policy) ? { ...draft, notes } : draft);
}

/** Days since 1970-01-01; null where none is given, undefined where it is none. */
function dayOf(text: string | undefined): number | null | undefined {
  return text === undefined ? null : parseDay(text);
}

function isJson(content: Buffer): boolean {
  return /^\ufeff?\s*[[{]/.test(content.toString('utf8', 0, 64));
}

function draftOf(
  fields: Readonly<Record<string, unknown>> & { readonly account: string },
  marking: ImportDraft['marking'],
): ImportDraft {
  return {
    type: 'StateMediaAccount',
    native: { format: 'accounts', nativeId: fields.account, revision: contentName([sortedJson(fields)]), part: '1' },
    fields,
    marking,
    sourceGrade: 'F',
    infoGrade: 6,
  };
}

/** A handle, or the address of the account's page: its last path part, `?id=` where the page has no name. */
function accountOf(platform: string, text: string): string | undefined {
  const number = /profile\.php\?(?:.*&)?id=(\d+)/.exec(text)?.[1];
  if (number !== undefined) return toAccount(platform, number)?.value;
  if (!/^https?:\/\//i.test(text)) return toAccount(platform, text.replace(/^@/, ''))?.value ?? toChannel(text)?.value;
  if (!URL.canParse(text)) return undefined;
  const handle = new URL(text).pathname
    .split('/')
    .filter((part) => part !== '')
    .at(-1);
  return handle === undefined ? undefined : toAccount(platform, decoded(handle))?.value;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not percent-encoding: taken as written
  }
}
