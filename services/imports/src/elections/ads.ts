// Entries of the registry of political advertising, as CSV or JSON, as AdDisclosures; a late one brings its finding along.
// Holds: an item is a row; a missing authoriser is a flag and no fault; the first entry and the earliest display of an ad
// stand whatever is sent later. Source: README.md#ads

import { localDay } from '@sitebus/kit';
import { normalise, toWire, type AdDisclosure, type Policy } from '@sitebus/sdk';
import { contentName, deriveId } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import { decideWritten } from '../row-marking.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { distinct } from '../report.ts';
import { createTally } from '../tally.ts';
import { sortedJson } from '../untrusted.ts';
import { toFieldValue } from '../values.ts';
import { lateFinding } from './ad-finding.ts';
import { adFlags } from './ad-flags.ts';
import { decideAd, evolveAd, type AdState } from './ad-machine.ts';
import { matterOf, type AdMatter } from './ad-matter.ts';
import { adMemory, stateOfEntry, type AdMemory, type RememberedEntry } from './ad-memory.ts';
import { toPersonRef } from './person-ref.ts';
import { readRows, type WrittenRow } from './written-rows.ts';

const KINDS: readonly AdDisclosure['kind'][] = ['PARTISAN', 'ELECTION'];
const BUYER_KINDS: readonly AdDisclosure['buyerKind'][] = [
  'REGISTERED_PARTY',
  'ELIGIBLE_PARTY',
  'ASSOCIATION',
  'NOMINATION_CONTESTANT',
  'CANDIDATE',
  'POTENTIAL_CANDIDATE',
  'THIRD_PARTY',
];
const REQUIRED = ['platform_id', 'ad_id', 'kind', 'creative_sha256', 'buyer_kind', 'buyer_name', 'buyer_ref', 'first_displayed_at', 'entered_at', 'election_id']; // prettier-ignore

/** A row whose columns are all well formed. */
interface StatedAd {
  readonly row: WrittenRow;
  readonly matter: AdMatter;
  readonly adId: string;
  readonly kind: AdDisclosure['kind'];
  readonly creative: string;
  readonly landingUrl: string | null;
  readonly buyerKind: AdDisclosure['buyerKind'];
  readonly buyerRef: string;
  readonly firstDisplayedAtMs: number;
  readonly lastDisplayedAtMs: number;
  readonly enteredAtMs: number;
  readonly marking: ImportDraft['marking'];
}

/** Reads entries of the ad registry. */
export const adsReader: FormatReader = {
  format: 'ads',
  read(content, context) {
    const tally = createTally();
    const memory = adMemory(context);
    const stated = readRows(content, context, tally).flatMap((row) => readAd(row, context) ?? []);
    // In the order of entry, whatever the order of the file: the first entry of an ad is the one that stands.
    for (const ad of [...stated].sort((a, b) => a.enteredAtMs - b.enteredAtMs)) enter(ad, memory, context);
    return tally.reading();
  },
};

function readAd(row: WrittenRow, context: ReadingContext): StatedAd | null {
  const missing = REQUIRED.find((column) => row.text(column) === undefined);
  if (missing !== undefined) return row.refuse(missing, 'MISSING_COLUMN', `${missing} is empty`, `give ${missing}`);
  const matter = matterOf(row, context.policy);
  if (matter === null) return null;
  const kind = KINDS.find((each) => each === row.text('kind')?.toUpperCase());
  if (kind === undefined) return row.refuse('kind', 'BAD_KIND', 'not a kind of ad', `one of ${KINDS.join(' ')}`);
  const buyerKind = BUYER_KINDS.find((each) => each === row.text('buyer_kind')?.toUpperCase());
  if (buyerKind === undefined)
    return row.refuse('buyer_kind', 'BAD_KIND', 'not a capacity in which the Act lets buy', `one of ${BUYER_KINDS.join(' ')}`); // prettier-ignore
  const creative = normalise('media', `sha256:${(row.text('creative_sha256') ?? '').replace(/^sha256:/i, '')}`);
  if (creative === undefined)
    return row.refuse('creative_sha256', 'BAD_VALUE', 'not a SHA-256', 'give the hash of the copy: 64 hexadecimal digits'); // prettier-ignore
  const landing = row.text('landing_url');
  const landingUrl = landing === undefined ? null : toFieldValue('urls', landing)?.value;
  if (landingUrl === undefined)
    return row.refuse('landing_url', 'BAD_VALUE', 'not an address', 'give the whole address, or leave it out');
  const buyerRef = toPersonRef(row.text('buyer_ref'));
  if (buyerRef === undefined)
    return row.refuse('buyer_ref', 'BAD_VALUE', 'neither a public id nor a token', 'give cand:, org: or party:, or a token prs_'); // prettier-ignore
  const times = readTimes(row, context);
  if (times === null) return null;
  const marking = decideWritten({ marking: row.text('marking'), tlp: row.text('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) {
    row.item.refuse(marking);
    return null;
  }
  return { row, matter, adId: row.text('ad_id') ?? '', kind, creative, landingUrl, buyerKind, buyerRef, ...times, marking }; // prettier-ignore
}

function readTimes(
  row: WrittenRow,
  { nowMs }: ReadingContext,
): Pick<StatedAd, 'firstDisplayedAtMs' | 'lastDisplayedAtMs' | 'enteredAtMs'> | null {
  const instants: Record<string, number> = {};
  for (const column of ['first_displayed_at', 'last_displayed_at', 'entered_at']) {
    const text = row.text(column) ?? row.text('first_displayed_at') ?? '';
    const atMs = toInstantMs(text);
    if (atMs === undefined)
      return row.refuse(
        column,
        'BAD_INSTANT',
        'not an instant with an offset',
        'write it as 2031-10-02T18:30:00-04:00',
      );
    instants[column] = atMs;
  }
  const [firstDisplayedAtMs = 0, lastDisplayedAtMs = 0, enteredAtMs = 0] = ['first_displayed_at', 'last_displayed_at', 'entered_at'].map((column) => instants[column]); // prettier-ignore
  if (lastDisplayedAtMs < firstDisplayedAtMs)
    return row.refuse('last_displayed_at', 'BAD_INSTANT', 'lies before the first display', 'correct one of the two');
  if (enteredAtMs > nowMs) return row.refuse('entered_at', 'FUTURE', 'lies after now', 'correct the time');
  return { firstDisplayedAtMs, lastDisplayedAtMs, enteredAtMs };
}

function enter(ad: StatedAd, memory: AdMemory, context: ReadingContext): void {
  const { row, matter, adId, firstDisplayedAtMs, enteredAtMs } = ad;
  const platformId = matter.platform.id;
  const before = memory.entryOf(platformId, adId);
  const today = decideAd(stateOfEntry(before), { kind: 'tick', nowMs: context.nowMs }, matter.rules);
  const current = 'code' in today ? stateOfEntry(before) : today.reduce(evolveAd, stateOfEntry(before));
  const events = decideAd(current, { kind: 'enter', firstDisplayedAtMs, enteredAtMs }, matter.rules);
  if ('code' in events) {
    row.refuse('ad_id', 'REGISTRY_CLOSED', 'the entry is no longer public and cannot be corrected', 'nothing');
    return;
  }
  const after = events.reduce(evolveAd, current);
  if (after.state === 'DISPLAYED') throw new Error('an entry leaves an ad entered'); // ad-machine.ts
  const lastDisplayedAtMs = Math.max(before?.lastDisplayedAtMs ?? 0, ad.lastDisplayedAtMs);
  const disclosure = disclosureOf(ad, after, lastDisplayedAtMs, context);
  const finding = events.some(({ kind }) => kind === 'FOUND_LATE')
    ? {
        adRef: idOf(disclosure, context.policy, context.agency),
        daysLate: after.daysLate,
        creative: ad.creative,
        landingUrl: ad.landingUrl,
        buyerRef: ad.buyerRef,
        electionId: matter.election.id,
        observedAtMs: enteredAtMs,
        marking: toWire(ad.marking),
      }
    : (before?.finding ?? null);
  const entry: RememberedEntry = {
    platformId,
    adId,
    creative: ad.creative,
    firstDisplayedAtMs: after.firstDisplayedAtMs,
    lastDisplayedAtMs,
    enteredAtMs: after.enteredAtMs,
    daysLate: after.daysLate,
    finding,
  };
  row.item.carriedBy({ ...disclosure, notes: [memory.enter(entry)] });
  for (const flag of disclosure.fields['flags'] as readonly string[]) row.item.warn(`flag ${flag}`);
  // Made again whenever the entry is: a crash between the two cannot lose it, and its id makes it known.
  if (finding !== null) row.item.carriedBy(lateFinding({ platformId, adId }, finding, context));
}

function disclosureOf(
  ad: StatedAd,
  after: Extract<AdState, { enteredAtMs: number }>,
  lastDisplayedAtMs: number,
  { policy, mapping }: ReadingContext,
): ImportDraft {
  const { row, matter, adId, kind, creative, landingUrl, buyerKind, buyerRef, marking } = ad;
  const { platform, election, rules, dutyOn } = matter;
  const [text, lang, authoriserName] = [
    row.text('text'),
    row.text('lang') ?? 'und',
    row.text('authoriser_name') ?? null,
  ];
  const duty = dutyOn(localDay(after.firstDisplayedAtMs, election.timeZone));
  const firstDisplayedAt = after.firstDisplayedAtMs;
  const flagged = { kind, buyerKind, buyerRef, authoriserName, firstDisplayedAt, isLate: after.daysLate > 0, duty };
  const fields = {
    platformId: platform.id,
    adId,
    kind,
    creative,
    landingUrl,
    texts: text === undefined ? [] : [{ text, lang }],
    lang,
    buyerKind,
    buyerName: row.text('buyer_name') ?? '',
    buyerRef,
    authoriserName,
    firstDisplayedAt,
    lastDisplayedAt: lastDisplayedAtMs,
    enteredAt: after.enteredAtMs,
    electionId: election.id,
    ridings: distinct(row.list('ridings')),
    flags: adFlags(flagged, election, policy.ads),
    publishUntil: rules.publishUntil,
    retainUntil: rules.retainUntil,
  };
  return {
    type: 'AdDisclosure',
    native: {
      format: 'ads',
      nativeId: `${platform.id}/${adId}`,
      revision: contentName([sortedJson(fields)]),
      revisedAtMs: ad.enteredAtMs,
      part: '1',
    },
    fields,
    marking,
    observedAtMs: ad.enteredAtMs,
    sourceGrade: mapping.sourceGrade ?? 'F',
    infoGrade: mapping.infoGrade ?? 6,
    origin: `ad:${platform.id}/${adId}`,
  };
}

function idOf({ native }: ImportDraft, { agencies }: Policy, agency: string): string {
  return deriveId(agencies.find(({ id }) => id === agency)?.namespace ?? '', native);
}
