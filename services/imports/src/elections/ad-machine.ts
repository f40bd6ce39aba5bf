// The life of one advertisement in the registry: displayed, entered in time or late, public, withdrawn from view, purged.
// Holds: pure; LATE exactly when the platform is in duty and the local days of first display and entry differ; what is
// displayed again, or said to have begun later, never restarts the clock; a missing entry is found once; a platform that
// cannot have findings has none. Source: README.md#ads

import { localDay, localDayStart } from '@sitebus/kit';

/** Where an ad stands. The two states between entry and publication pass at once and stay as `isLate`. */
export type AdState =
  | {
      readonly state: 'DISPLAYED';
      /** Earliest sighting, UTC milliseconds; undefined: nobody has reported any. */
      readonly sightedAtMs: number | undefined;
      readonly isMissingFound: boolean;
    }
  | {
      readonly state: 'PUBLISHED' | 'WITHDRAWN_FROM_VIEW' | 'PURGED';
      /** Earliest first display that was ever stated, UTC milliseconds. */
      readonly firstDisplayedAtMs: number;
      /** Of the first entry accepted, UTC milliseconds. */
      readonly enteredAtMs: number;
      /** Local days between the two; 0 unless late. */
      readonly daysLate: number;
    };

/** What happens to an ad. `enter` on an ad that is entered is a correction. */
export type AdCommand =
  | { readonly kind: 'sight'; readonly atMs: number }
  | { readonly kind: 'enter'; readonly firstDisplayedAtMs: number; readonly enteredAtMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number };

/** What has happened to an ad. */
export type AdEvent =
  | { readonly kind: 'SIGHTED'; readonly atMs: number }
  | { readonly kind: 'ENTERED' | 'LATE'; readonly firstDisplayedAtMs: number; readonly enteredAtMs: number; readonly daysLate: number } // prettier-ignore
  | { readonly kind: 'PUBLISHED' }
  | { readonly kind: 'CORRECTED'; readonly firstDisplayedAtMs: number; readonly daysLate: number }
  | { readonly kind: 'FOUND_LATE'; readonly daysLate: number }
  /** `at`: the end of the local day of the sighting, exclusive. */
  | { readonly kind: 'FOUND_NO_ENTRY'; readonly atMs: number }
  | { readonly kind: 'WITHDRAWN_FROM_VIEW' }
  | { readonly kind: 'PURGED' };

/** What the machine must know of policy. */
export interface AdRules {
  readonly timeZone: string;
  /** Whether a platform can have findings for an ad first displayed on a local day. */
  readonly canHaveFindings: (firstDay: number) => boolean;
  /** Last days, inclusive: days since 1970-01-01 in the election's time zone. */
  readonly publishUntil: number;
  readonly retainUntil: number;
}

/** Refused: an entry may be corrected while it is public, and not afterwards. */
export interface AdRefusal {
  readonly code: 'ILLEGAL_TRANSITION';
}

/** Nobody has said anything of it yet. */
export const UNKNOWN_AD: AdState = Object.freeze({ state: 'DISPLAYED', sightedAtMs: undefined, isMissingFound: false });

/** The events of a command, empty where nothing changes. */
export function decideAd(ad: AdState, command: AdCommand, rules: AdRules): readonly AdEvent[] | AdRefusal {
  switch (command.kind) {
    case 'sight':
      return ad.state === 'DISPLAYED' && (ad.sightedAtMs === undefined || command.atMs < ad.sightedAtMs)
        ? [{ kind: 'SIGHTED', atMs: command.atMs }]
        : [];
    case 'enter':
      if (ad.state === 'DISPLAYED') return enter(command, rules);
      return ad.state === 'PUBLISHED' ? correct(ad, command.firstDisplayedAtMs, rules) : { code: 'ILLEGAL_TRANSITION' };
    case 'tick':
      return ad.state === 'DISPLAYED' ? findMissing(ad, command.nowMs, rules) : expire(ad, command.nowMs, rules);
  }
}

/** The state after an event. */
export function evolveAd(ad: AdState, event: AdEvent): AdState {
  switch (event.kind) {
    case 'SIGHTED':
      return ad.state === 'DISPLAYED' ? { ...ad, sightedAtMs: event.atMs } : ad;
    case 'FOUND_NO_ENTRY':
      return ad.state === 'DISPLAYED' ? { ...ad, isMissingFound: true } : ad;
    case 'ENTERED':
    case 'LATE': {
      const { firstDisplayedAtMs, enteredAtMs, daysLate } = event;
      return { state: 'PUBLISHED', firstDisplayedAtMs, enteredAtMs, daysLate };
    }
    case 'CORRECTED': {
      const { firstDisplayedAtMs, daysLate } = event;
      return ad.state === 'DISPLAYED' ? ad : { ...ad, firstDisplayedAtMs, daysLate };
    }
    case 'WITHDRAWN_FROM_VIEW':
    case 'PURGED':
      return ad.state === 'DISPLAYED' ? ad : { ...ad, state: event.kind };
    default:
      return ad;
  }
}

/** When a sighted ad without entry is found missing, UTC milliseconds: the end of the local day of the sighting. */
export function missingFrom(sightedAtMs: number, timeZone: string): number {
  return localDayStart(localDay(sightedAtMs, timeZone) + 1, timeZone);
}

/** Local days by which an entry is late; 0 where it is in time or the platform cannot be late. */
export function daysLateOf(firstDisplayedAtMs: number, enteredAtMs: number, rules: AdRules): number {
  const firstDay = localDay(firstDisplayedAtMs, rules.timeZone);
  const days = localDay(enteredAtMs, rules.timeZone) - firstDay;
  return days > 0 && rules.canHaveFindings(firstDay) ? days : 0;
}

function enter(
  { firstDisplayedAtMs, enteredAtMs }: Extract<AdCommand, { kind: 'enter' }>,
  rules: AdRules,
): readonly AdEvent[] {
  const daysLate = daysLateOf(firstDisplayedAtMs, enteredAtMs, rules);
  const late = daysLate > 0;
  return [
    { kind: late ? 'LATE' : 'ENTERED', firstDisplayedAtMs, enteredAtMs, daysLate },
    ...(late ? [{ kind: 'FOUND_LATE', daysLate } as const] : []),
    { kind: 'PUBLISHED' },
  ];
}

/** A first display stated later than before is another display of an ad that the clock already runs for. */
function correct(ad: Extract<AdState, { enteredAtMs: number }>, statedMs: number, rules: AdRules): readonly AdEvent[] {
  const firstDisplayedAtMs = Math.min(ad.firstDisplayedAtMs, statedMs);
  const daysLate = Math.max(ad.daysLate, daysLateOf(firstDisplayedAtMs, ad.enteredAtMs, rules));
  return [
    { kind: 'CORRECTED', firstDisplayedAtMs, daysLate },
    ...(daysLate > ad.daysLate ? [{ kind: 'FOUND_LATE', daysLate } as const] : []),
  ];
}

function findMissing(
  { sightedAtMs, isMissingFound }: Extract<AdState, { state: 'DISPLAYED' }>,
  nowMs: number,
  rules: AdRules,
): readonly AdEvent[] {
  if (sightedAtMs === undefined || isMissingFound) return [];
  if (!rules.canHaveFindings(localDay(sightedAtMs, rules.timeZone))) return [];
  const atMs = missingFrom(sightedAtMs, rules.timeZone);
  return nowMs >= atMs ? [{ kind: 'FOUND_NO_ENTRY', atMs }] : [];
}

function expire(
  { state }: Extract<AdState, { enteredAtMs: number }>,
  nowMs: number,
  { timeZone, publishUntil, retainUntil }: AdRules,
): readonly AdEvent[] {
  const today = localDay(nowMs, timeZone);
  return [
    ...(state === 'PUBLISHED' && today > publishUntil ? [{ kind: 'WITHDRAWN_FROM_VIEW' } as const] : []),
    ...(state !== 'PURGED' && today > retainUntil ? [{ kind: 'PURGED' } as const] : []),
  ];
}
