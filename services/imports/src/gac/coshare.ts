// Rows of `platform, account, object, shared_at` as one CoordinatedSharing per object and burst.
// Holds: an item is a row; what one account alone shared is no coordination and is skipped; a burst never spans a pause
// longer than policy says; the order of rows changes nothing. Source: README.md#co-share

import { joinAll, type Marking } from '@sitebus/marking';
import { isMarkingRefused } from '../marking-decision.ts';
import { normalise } from '@sitebus/sdk';
import { contentName } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport, distinct } from '../report.ts';
import { readTable, type TableRow } from '../table.ts';
import { createTally, type ItemEntry, type NotCarriedReason } from '../tally.ts';
import { toAccount, toFieldValue } from '../values.ts';
import { decideWritten } from '../row-marking.ts';

const MIN_PARTICIPANTS = 2; // README.md#co-share

interface Share {
  readonly platform: string;
  readonly account: string;
  /** Normalised address, or media hash with its scheme. */
  readonly object: string;
  readonly isMedia: boolean;
  readonly atMs: number;
  readonly marking: Marking;
  readonly item: ItemEntry;
}

/** Reads co-share tables. */
export const coShareReader: FormatReader = {
  format: 'coshare',
  read(content, context) {
    const tally = createTally();
    const table = readTable(content, context.mapping.columns);
    const { burstSeconds } = context.mapping;
    const shares = table.rows.flatMap((row) => readRow(row, tally.item('', row.line), context, burstSeconds));
    if (table.brokenAtLine !== undefined)
      tally.item('', table.brokenAtLine).refuse({
        code: 'BROKEN_TABLE',
        reason: 'from this line on the file is no CSV: a quote does not close',
        fix: 'close the quote',
      });
    for (const burst of burstsOf(shares, (burstSeconds ?? 0) * 1000)) carry(burst, context);
    return tally.reading();
  },
};

function readRow(
  { columns }: TableRow,
  item: ItemEntry,
  context: ReadingContext,
  burstSeconds: number | undefined,
): Share[] {
  const refuse = (why: NotCarriedReason): Share[] => (item.refuse(why), []);
  if (burstSeconds === undefined)
    return refuse({
      code: 'MAPPING_REQUIRED',
      reason: 'policy does not say how long a burst of this source is',
      fix: 'have burstSeconds set in the mapping of this source',
    });
  const missing = ['platform', 'account', 'object', 'shared_at'].find((column) => !columns.has(column));
  if (missing !== undefined)
    return refuse({ code: 'MISSING_COLUMN', reason: `${missing} is empty`, fix: `give ${missing}` });
  const atMs = toInstantMs(columns.get('shared_at') ?? '');
  if (atMs === undefined)
    return refuse({
      code: 'BAD_INSTANT',
      reason: 'shared_at is an instant with an offset',
      fix: 'write it as 2031-10-02T14:05:15Z',
    });
  const platform = (columns.get('platform') ?? '').toLowerCase();
  const account = toAccount(platform, columns.get('account') ?? '')?.value;
  if (account === undefined)
    return refuse({
      code: 'BAD_ACCOUNT',
      reason: 'platform and account make no account',
      fix: 'give the platform and the handle',
    });
  const object = objectOf(columns.get('object') ?? '');
  if (object === undefined)
    return refuse({
      code: 'BAD_OBJECT',
      reason: 'the object is neither an address nor a media hash with its scheme',
      fix: 'give the address that was shared',
    });
  const marking = decideWritten(
    { marking: columns.get('marking'), tlp: columns.get('tlp'), groups: groupsIn(columns.get('groups')) },
    context,
  );
  return isMarkingRefused(marking) ? refuse(marking) : [{ ...object, platform, account, atMs, marking, item }];
}

/** Groups in one column are written with blanks, bars or semicolons between. */
function groupsIn(text = ''): readonly string[] {
  return text.split(/[\s|;]+/).filter((group) => group !== '');
}

function objectOf(text: string): Pick<Share, 'object' | 'isMedia'> | undefined {
  const url = toFieldValue('urls', text)?.value;
  if (url !== undefined) return { object: url, isMedia: false };
  const media = normalise('media', text);
  return media === undefined ? undefined : { object: media, isMedia: true };
}

/** Shares of one object whose neighbours in time are no further apart than the pause. */
function burstsOf(shares: readonly Share[], pauseMs: number): Share[][] {
  const sorted = [...shares].sort(byObjectTimeAccount);
  const bursts: Share[][] = [];
  for (const share of sorted) {
    const last = bursts.at(-1)?.at(-1);
    const joined = last?.object === share.object && share.atMs - last.atMs <= pauseMs;
    if (joined) bursts.at(-1)?.push(share);
    else bursts.push([share]);
  }
  return bursts;
}

function byObjectTimeAccount(a: Share, b: Share): number {
  if (a.object !== b.object) return a.object < b.object ? -1 : 1;
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  return a.account < b.account ? -1 : a.account > b.account ? 1 : 0;
}

function carry(burst: readonly Share[], context: ReadingContext): void {
  const participants = new Set(burst.map(({ account }) => account)).size;
  if (participants < MIN_PARTICIPANTS)
    return burst.forEach(({ item }) =>
      item.skip({
        code: 'NOT_COORDINATED',
        reason: 'one account alone shared the object in this burst',
        fix: 'nothing',
      }),
    );
  const draft = draftOf(burst, participants, context);
  for (const { item } of burst) item.carriedBy(draft);
}

function draftOf(burst: readonly Share[], participants: number, context: ReadingContext): ImportDraft {
  const [first, last] = [burst[0], burst.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a burst has at least one share');
  const marking = joinAll(burst.map((share) => share.marking));
  const shares = distinct(burst.map(({ object, account, atMs }) => ({ object, account, at: atMs })));
  const name = contentName(shares.map(({ object, account, at }) => `${object} ${account} ${at}`));
  const title = `${participants} accounts shared one object within ${Math.round((last.atMs - first.atMs) / 1000)} s`;
  return {
    type: 'CoordinatedSharing',
    native: { format: 'coshare', nativeId: name, revision: '0', part: '1' },
    fields: {
      report: buildReport(
        {
          title,
          marking,
          facts: [
            { kind: 'portion', text: title, lang: 'en' },
            { kind: 'seen', firstMs: first.atMs, lastMs: last.atMs },
          ],
          platforms: burst.map(({ platform }) => platform),
        },
        context.mapping,
      ),
      shares,
      accounts: distinct(burst.map(({ account }) => account)),
      urls: first.isMedia ? [] : [first.object],
      media: first.isMedia ? [first.object] : [],
      windowSeconds: Math.max(1, Math.ceil((last.atMs - first.atMs) / 1000)),
      participants,
      platformCase: null,
      platformActions: [],
    },
    marking,
    observedAtMs: last.atMs,
    sourceGrade: context.mapping.sourceGrade ?? 'F',
    infoGrade: context.mapping.infoGrade ?? 6,
    origin: `rep:${context.agency}/coshare-${name.slice(0, 16)}`,
  };
}
