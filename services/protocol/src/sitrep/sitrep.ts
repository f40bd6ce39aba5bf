// One situation report in one view, as its events have made it.
// Holds: pure; what is here came from paragraphs that this view may read, and from nothing else. Source: README.md#situation-reports

import type { SitrepContribution, SitrepDelta, SitrepEvent, SitrepPortion, SitrepStanding } from '@sitebus/sdk';

/** What sources did not observe in the time of a report. */
export type SitrepSourceGaps = NonNullable<SitrepEvent['sourceGaps']>;

/** One gap of one source, as a report names it. */
export type SitrepSourceGap = SitrepSourceGaps['gaps'][number];

/** One version that was sent to people. */
export interface SitrepIssue {
  readonly version: number;
  readonly recipients: readonly string[];
  readonly precedence: string;
  readonly reason: string;
  readonly policyVersion: number;
  readonly by: string;
  readonly atMs: number;
}

/** A report. */
export interface Sitrep {
  readonly state?: SitrepEvent['to'];
  readonly number: number;
  readonly electionId: string;
  readonly cadence: string;
  readonly cutOffAt: number;
  /** Views that have this report. */
  readonly views: readonly string[];
  /** In the order in which they came. */
  readonly contributions: readonly SitrepContribution[];
  /** After the cut-off, in that order: shown as late here, and part of the next one. */
  readonly late: readonly SitrepContribution[];
  readonly standings: readonly SitrepStanding[];
  readonly delta?: SitrepDelta;
  /** What sources did not observe, as it was known when the report was compiled; undefined: the report says nothing of it. */
  readonly sourceGaps?: SitrepSourceGaps;
  /** Paragraphs of the version as it stands, corrections taken in. */
  readonly portions: readonly SitrepPortion[];
  readonly version: number;
  /** Since when it waits for a person, UTC milliseconds; undefined where it waits for none. */
  readonly waitsSince?: number;
  /** True: it has waited longer than its cadence allows. */
  readonly isStuck: boolean;
  readonly issues: readonly SitrepIssue[];
  /** Why it was corrected, as far as this view may know, by version. */
  readonly corrections: readonly { readonly version: number; readonly reason: string; readonly atMs: number }[];
}

/** Before anything happened. */
export const NO_SITREP: Sitrep = Object.freeze({
  number: 0,
  electionId: '',
  cadence: '',
  cutOffAt: 0,
  views: [],
  contributions: [],
  late: [],
  standings: [],
  portions: [],
  version: 0,
  isStuck: false,
  issues: [],
  corrections: [],
});

/** @returns the report with one event taken in. */
export function evolveSitrep(sitrep: Sitrep, event: SitrepEvent): Sitrep {
  const { to: state, at, contribution } = event;
  switch (event.kind) {
    case 'opened':
      return {
        ...sitrep,
        state,
        number: event.number!,
        electionId: event.electionId!,
        cadence: event.cadence!,
        cutOffAt: event.cutOffAt!,
        views: event.views,
      };
    case 'contributed':
    case 'nil':
    case 'carried': // of an earlier report, whose cut-off it missed
      return {
        ...sitrep,
        state,
        contributions: [...sitrep.contributions, contribution!],
        portions: [...sitrep.portions, ...newTo(sitrep, contribution!)],
      };
    case 'late':
      return { ...sitrep, state, late: [...sitrep.late, contribution!] };
    case 'compiled':
      return {
        ...sitrep,
        state,
        standings: event.standings,
        delta: event.delta!,
        ...(event.sourceGaps === null ? {} : { sourceGaps: event.sourceGaps }),
        waitsSince: at,
        isStuck: false,
      };
    case 'approved':
      return { ...sitrep, state, waitsSince: at, isStuck: false };
    case 'stuck':
      return { ...sitrep, state, isStuck: true };
    case 'issued':
      return { ...notWaiting(sitrep), state, version: event.version!, issues: [issueOf(event)] };
    case 'corrected': {
      const kept = sitrep.portions.filter(({ id }) => !event.removed.includes(id));
      const version = event.version!;
      return {
        ...sitrep,
        state,
        version,
        portions: [...kept, ...event.added],
        issues: [...sitrep.issues, issueOf(event)],
        corrections: [...sitrep.corrections, { version, reason: event.reason ?? '', atMs: at }],
      };
    }
    default:
      return { ...sitrep, state };
  }
}

/** @returns everything in a report that has a marking of its own. */
export function markedParts({ portions, sourceGaps }: Pick<Sitrep, 'portions' | 'sourceGaps'>): readonly Pick<SitrepPortion, 'marking'>[] {
  return [...portions, ...(sourceGaps?.gaps ?? [])];
} // prettier-ignore

/** The same paragraph twice is one. */
function newTo({ portions }: Sitrep, contribution: SitrepContribution): readonly SitrepPortion[] {
  return contribution.portions.filter(({ id }) => !portions.some((known) => known.id === id));
}

function notWaiting({ waitsSince: _none, ...rest }: Sitrep): Sitrep {
  return { ...rest, isStuck: false };
}

function issueOf({ version, recipients, precedence, reason, policyVersion, by, at }: SitrepEvent) {
  return {
    version: version!,
    recipients,
    precedence: precedence ?? 'ROUTINE',
    reason: reason ?? '',
    policyVersion: policyVersion ?? 0,
    by: by.person,
    atMs: at,
  };
}
