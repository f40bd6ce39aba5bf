// What fusion must have found at the end of the scenario: rows a view reads, and which of them are one matter.
// Holds: stated here by hand, computed by nothing; a view's list is complete: whatever is not in it stands alone or makes no
// assessment. Source: deploy/local/scenario/README.md#ground-truth

/** A view of the shipped policy. */
export type TrueView = 'public' | 'partner' | 's-fvey' | 'pb-can' | 's-can' | 'ts-can';

/**
 * Observations that a view's cells hold in all, recalls, positions and links included. The guard, who lowers row 1.18, has
 * the originator say where it comes from: one link more in the cell of row 1.11 than there are rows.
 */
export const INPUTS: Readonly<Record<TrueView, number>> = Object.freeze({
  public: 16,
  partner: 51,
  's-fvey': 54,
  'pb-can': 57,
  's-can': 68,
  'ts-can': 69,
});

/** Observations that each agency wrote in all. */
export const WRITTEN: Readonly<Record<string, number>> = Object.freeze({
  cse: 19,
  gac: 14,
  csis: 8,
  rcmp: 3,
  elections: 10,
  'partner-chirrup': 6,
  'partner-lookout': 8,
});

/** Records that an agency's service took from the guard besides: what a lowered record is a part of. */
export const MADE_BY_GUARD: Readonly<Record<string, number>> = Object.freeze({ cse: 1 });

const STATE_MEDIA = ['2.02', '2.03', '2.09'];
const CLEAR_VOICES = [...STATE_MEDIA, '2.05', '2.06', '2.12'];
const VOTING_DAY = ['3.01', '3.04', '3.05', '3.06'];
const VOTING_DAY_TIPS = [...VOTING_DAY, '3.02', '3.03'];
const LATE_AD = ['4.02', '4.05'];
const NORTHERN_VOICES = ['4.04', '4.06', '4.07'];
const BREAK_IN = ['1.01', '1.02', '1.04'];
const LEAK = ['1.06', '1.07', '1.08', '1.09', '1.10', '1.15', '1.18'];
const THREAT = ['5.01', '5.02', '5.03'];
const ECHO = ['6.01', '6.02', '6.04'];
const FANS = ['9.01', '9.02'];
/** The one operation behind break-in and leak, of which record 1.13 is the only bridge. */
const PAPER_LANTERN = [...BREAK_IN, ...LEAK, '1.03', '1.05', '1.11', '1.12', '1.13'];

const ADS = [LATE_AD, NORTHERN_VOICES];
const PARTNER_COMMON = [CLEAR_VOICES, VOTING_DAY, ...ADS, ECHO, FANS];

/** Assessments of two or more members, by view. */
export const MATTERS: Readonly<Record<TrueView, readonly (readonly string[])[]>> = Object.freeze({
  public: [STATE_MEDIA, ['3.01', '3.06'], ...ADS],
  partner: [BREAK_IN, LEAK, ...PARTNER_COMMON],
  's-fvey': [[...BREAK_IN, '1.03'], [...LEAK, '1.11'], ...PARTNER_COMMON],
  'pb-can': [[...BREAK_IN, '1.05'], LEAK, CLEAR_VOICES, VOTING_DAY_TIPS, ...ADS, THREAT, [...ECHO, '6.05'], FANS],
  's-can': [PAPER_LANTERN, [...CLEAR_VOICES, '2.07'], VOTING_DAY_TIPS, LATE_AD, [...NORTHERN_VOICES, '4.08'], [...THREAT, '5.04'], [...ECHO, '6.03', '6.05'], FANS],
  'ts-can': [[...PAPER_LANTERN, '1.17'], [...CLEAR_VOICES, '2.07'], VOTING_DAY_TIPS, LATE_AD, [...NORTHERN_VOICES, '4.08'], [...THREAT, '5.04'], [...ECHO, '6.03', '6.05'], FANS],
}); // prettier-ignore

/** Rows that are attached to assessments or only stand beside them, and never become members. */
export const NEVER_MEMBERS: readonly string[] = Object.freeze(['1.14', '1.16', '2.01', '2.04', '2.10', '2.11', '4.01', '4.03', '8.01', '8.02']); // prettier-ignore
