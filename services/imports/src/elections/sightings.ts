// Sightings of ads on platforms, as CSV or JSON: they start a clock, and become a finding when their local day ends without
// an entry.
// Holds: an item is a row; nothing is found before its day has ended, for an ad that is entered, or on a platform without
// duty; the earliest sighting of an ad counts. Source: README.md#ads

import { localDay } from '@sitebus/kit';
import { normalise, toWire } from '@sitebus/sdk';
import { toInstantMs } from '../instants.ts';
import { decideWritten } from '../row-marking.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import type { Recurring } from '../recurring.ts';
import type { JournalNote } from '../journal.ts';
import { createTally } from '../tally.ts';
import { toFieldValue } from '../values.ts';
import { missingFinding } from './ad-finding.ts';
import { decideAd, evolveAd, missingFrom, UNKNOWN_AD } from './ad-machine.ts';
import { matterOf, rememberedMatter, type AdMatter } from './ad-matter.ts';
import { adMemory, type AdMemory, type RememberedSighting } from './ad-memory.ts';
import { readRows, type WrittenRow } from './written-rows.ts';

const REQUIRED = ['platform_id', 'seen_at', 'election_id'];
/** Marks the finding of an ad as made. */
const FOUND = 'ad-missing';

/** Reads sightings of ads. */
export const sightingsReader: FormatReader = {
  format: 'ad-sightings',
  read(content, context) {
    const tally = createTally();
    const memory = adMemory(context);
    const notes: JournalNote[] = [];
    const sighted = readRows(content, context, tally).flatMap((row) => readSighting(row, context) ?? []);
    for (const each of [...sighted].sort((a, b) => a.sighting.seenAtMs - b.sighting.seenAtMs))
      notes.push(...sight(each, memory, context));
    return { ...tally.reading(), notes };
  },
};

/** The clock of ads that were sighted and not entered. */
export const missingEntries: Recurring = {
  format: 'ad-sightings',
  source: 'elections-ad-sightings',
  due: (context) => {
    const tally = createTally();
    for (const [key, { sighting, matter }] of openSightings(context))
      if (isFound(sighting, matter, context.nowMs)) tally.item(key).carriedBy(found(key, sighting, matter, context));
    return tally.reading();
  },
  nextDueMs: (context) =>
    [...openSightings(context).values()].reduce<number | undefined>((next, { sighting, matter }) => {
      const atMs = missingFrom(sighting.seenAtMs, matter.rules.timeZone);
      return next === undefined || atMs < next ? atMs : next;
    }, undefined),
};

interface Sighted {
  readonly row: WrittenRow;
  readonly matter: AdMatter;
  readonly sighting: RememberedSighting;
}

function readSighting(row: WrittenRow, context: ReadingContext): Sighted | null {
  const missing = REQUIRED.find((column) => row.text(column) === undefined);
  if (missing !== undefined) return row.refuse(missing, 'MISSING_COLUMN', `${missing} is empty`, `give ${missing}`);
  const matter = matterOf(row, context.policy);
  if (matter === null) return null;
  const seenAtMs = toInstantMs(row.text('seen_at') ?? '');
  if (seenAtMs === undefined)
    return row.refuse(
      'seen_at',
      'BAD_INSTANT',
      'not an instant with an offset',
      'write it as 2031-10-02T18:30:00-04:00',
    );
  if (seenAtMs > context.nowMs) return row.refuse('seen_at', 'FUTURE', 'lies after now', 'correct the time');
  const adId = row.text('ad_id') ?? null;
  const hash = row.text('creative_sha256');
  const creative = hash === undefined ? null : normalise('media', `sha256:${hash.replace(/^sha256:/i, '')}`);
  if (creative === undefined)
    return row.refuse('creative_sha256', 'BAD_VALUE', 'not a SHA-256', 'give the hash of the copy: 64 hexadecimal digits'); // prettier-ignore
  if (adId === null && creative === null)
    return row.refuse('ad_id', 'NO_NATIVE_ID', 'neither the ad nor its copy is named', 'give ad_id or creative_sha256');
  const landing = row.text('landing_url');
  const landingUrl = landing === undefined ? null : toFieldValue('urls', landing)?.value;
  if (landingUrl === undefined)
    return row.refuse('landing_url', 'BAD_VALUE', 'not an address', 'give the whole address, or leave it out');
  const marking = decideWritten({ marking: row.text('marking'), tlp: row.text('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) {
    row.item.refuse(marking);
    return null;
  }
  const place = { platformId: matter.platform.id, electionId: matter.election.id };
  return { row, matter, sighting: { ...place, adId, creative, landingUrl, seenAtMs, marking: toWire(marking) } };
}

/** @returns the notes of a sighting whose day is not over, or whose ad may still be found missing. */
function sight({ row, matter, sighting }: Sighted, memory: AdMemory, context: ReadingContext): readonly JournalNote[] {
  const { item } = row;
  const key = memory.keyOf(sighting);
  if (memory.isEntered(sighting))
    return item.skip({ code: 'ALREADY_ENTERED', reason: 'the ad is in the registry', fix: 'nothing' });
  const firstDay = localDay(sighting.seenAtMs, matter.rules.timeZone);
  if (!matter.rules.canHaveFindings(firstDay))
    return item.skip({ code: matter.dutyOn(firstDay), reason: 'no entry can be demanded of the platform', fix: 'nothing' }); // prettier-ignore
  const isMade = context.notesOf?.(FOUND).has(key) === true;
  const remembered = memory.sightings().get(key);
  const isFirst = remembered === undefined || (!isMade && sighting.seenAtMs < remembered.seenAtMs);
  const first = isFirst ? sighting : remembered;
  const notes = isFirst ? [memory.sight(key, sighting)] : [];
  if (isMade || isFound(first, matter, context.nowMs)) item.carriedBy(found(key, first, matter, context));
  else
    item.skip({
      code: 'CLOCK_RUNNING',
      reason: 'noted: without an entry it is found missing when its local day ends',
      fix: 'nothing',
    });
  return notes;
}

/** Sightings whose ad is neither entered nor found missing, by key. */
function openSightings(context: ReadingContext): ReadonlyMap<string, Omit<Sighted, 'row'>> {
  const memory = adMemory(context);
  const made = context.notesOf?.(FOUND);
  return new Map(
    [...memory.sightings()].flatMap(([key, sighting]) => {
      const matter = rememberedMatter(sighting, context.policy);
      if (matter === undefined || made?.has(key) === true || memory.isEntered(sighting)) return [];
      const firstDay = localDay(sighting.seenAtMs, matter.rules.timeZone);
      return matter.rules.canHaveFindings(firstDay) ? [[key, { sighting, matter }] as const] : [];
    }),
  );
}

function isFound({ seenAtMs }: RememberedSighting, { rules }: AdMatter, nowMs: number): boolean {
  const seen = decideAd(UNKNOWN_AD, { kind: 'sight', atMs: seenAtMs }, rules);
  const events = 'code' in seen ? seen : decideAd(seen.reduce(evolveAd, UNKNOWN_AD), { kind: 'tick', nowMs }, rules);
  return !('code' in events) && events.some(({ kind }) => kind === 'FOUND_NO_ENTRY');
}

function found(key: string, sighting: RememberedSighting, { rules }: AdMatter, context: ReadingContext) {
  const draft = missingFinding(sighting, rules.timeZone, context);
  return { ...draft, notes: [{ kind: FOUND, key, value: { seenAtMs: sighting.seenAtMs } }] };
}
