// The two findings of the clock as observations: an entry that came late, an ad that was seen and never entered.
// Holds: pure; the same facts give the same draft, so a finding made again is known; a late one derives from the entry it is
// about. Source: README.md#ads

import { dayText, localDay } from '@sitebus/kit';
import { fromWire } from '@sitebus/sdk';
import { contentName } from '../ids.ts';
import type { ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport } from '../report.ts';
import { adKey, type RememberedFinding, type RememberedSighting } from './ad-memory.ts';
import { missingFrom } from './ad-machine.ts';

type FindingContext = Pick<ReadingContext, 'mapping'>;

/** Finding LATE of an ad. */
export function lateFinding(
  { platformId, adId }: { readonly platformId: string; readonly adId: string },
  finding: RememberedFinding,
  { mapping }: FindingContext,
): ImportDraft {
  const { adRef, daysLate, creative, landingUrl, buyerRef, electionId, observedAtMs } = finding;
  const marking = fromWire(finding.marking);
  const days = daysLate === 1 ? 'one local day' : `${daysLate} local days`;
  return draftOf({
    nativeId: `${platformId}/${adId}/LATE`,
    revision: String(daysLate),
    revisedAtMs: observedAtMs,
    observedAtMs,
    origin: `ad:${platformId}/${adId}`,
    derivedFrom: [adRef],
    marking,
    mapping,
    fields: {
      report: {
        ...buildReport(
          {
            title: 'Late entry in the registry of political advertising',
            marking,
            platforms: [platformId],
            facts: [{ kind: 'portion', lang: 'en', text: `The ad was entered ${days} after it was first displayed.` }],
          },
          mapping,
        ),
        electionId,
      },
      kind: 'LATE',
      platformId,
      adRef,
      daysLate,
      media: [creative],
      urls: landingUrl === null ? [] : [landingUrl],
      persons: [buyerRef],
    },
  });
}

/** Finding NO_ENTRY of an ad that was sighted; observed at the end of the local day of the sighting. */
export function missingFinding(
  sighting: RememberedSighting,
  timeZone: string,
  { mapping }: FindingContext,
): ImportDraft {
  const { platformId, adId, creative, landingUrl, electionId, seenAtMs } = sighting;
  const marking = fromWire(sighting.marking);
  const key = adKey(sighting);
  const day = dayText(localDay(seenAtMs, timeZone));
  return draftOf({
    nativeId: `${key}/NO_ENTRY`,
    revision: contentName([key]),
    observedAtMs: missingFrom(seenAtMs, timeZone),
    origin: adId === null ? undefined : `ad:${platformId}/${adId}`,
    marking,
    mapping,
    fields: {
      report: {
        ...buildReport(
          {
            title: 'Ad without entry in the registry of political advertising',
            marking,
            platforms: [platformId],
            facts: [
              { kind: 'portion', lang: 'en', text: `An ad displayed on ${day} had no entry when that day ended.` },
              { kind: 'seen', firstMs: seenAtMs },
            ],
          },
          mapping,
        ),
        electionId,
      },
      kind: 'NO_ENTRY',
      platformId,
      adRef: null,
      daysLate: null,
      media: creative === null ? [] : [creative],
      urls: landingUrl === null ? [] : [landingUrl],
      persons: [],
    },
  });
}

function draftOf(parts: {
  readonly nativeId: string;
  readonly revision: string;
  readonly revisedAtMs?: number;
  readonly observedAtMs: number;
  readonly origin: string | undefined;
  readonly derivedFrom?: readonly string[];
  readonly marking: ImportDraft['marking'];
  readonly mapping: FindingContext['mapping'];
  readonly fields: Readonly<Record<string, unknown>>;
}): ImportDraft {
  const { nativeId, revision, revisedAtMs, observedAtMs, origin, derivedFrom, marking, mapping, fields } = parts;
  return {
    type: 'AdFinding',
    native: { format: 'ad-findings', nativeId, revision, part: '1', ...(revisedAtMs !== undefined && { revisedAtMs }) },
    fields,
    marking,
    observedAtMs,
    sourceGrade: mapping.sourceGrade ?? 'F',
    infoGrade: mapping.infoGrade ?? 6,
    ...(origin !== undefined && { origin }),
    ...(derivedFrom !== undefined && { derivedFrom }),
  };
}
