// The vocabulary of the text form, in banners and in portions: one table, written by print and read by parse.
// Holds: no word of a table begins another word of the same table. Source: README.md#text-form

import type { Classified, Protected } from './model.ts';

/** Longest text that is read, in UTF-16 units: the longest marking that can be created prints shorter. */
export const MAX_MARKING_CHARS = 2_048;

/** The originator controls onward release. */
export const ORCON = 'ORCON';
/** Begins a release list, its space included. */
export const REL_TO = 'REL TO ';
/** How the empty list is written: never as nothing. */
export const REL_TO_NONE = 'REL TO NONE';
/** Begins a colour. */
export const TLP_PREFIX = 'TLP:';
/** How `relTo: ['CAN']` is written at home in Canada, and nowhere else. */
export const CANADIAN_EYES_ONLY = 'CANADIAN EYES ONLY';
/** The nation that CANADIAN EYES ONLY names. */
export const CANADA = 'CAN';

/** How levels are spelled: `BANNER` in full, `PORTION` in short. */
export interface LevelWords {
  readonly classified: Readonly<Record<Classified, string>>;
  readonly protected: Readonly<Record<Exclude<Protected, 'NONE'>, string>>;
}

/** Levels in full. */
export const BANNER: LevelWords = Object.freeze({
  classified: Object.freeze({
    UNCLASSIFIED: 'UNCLASSIFIED',
    CONFIDENTIAL: 'CONFIDENTIAL',
    SECRET: 'SECRET',
    TOP_SECRET: 'TOP SECRET',
  }),
  protected: Object.freeze({ A: 'PROTECTED A', B: 'PROTECTED B', C: 'PROTECTED C' }),
});

/** Levels in short. */
export const PORTION: LevelWords = Object.freeze({
  classified: Object.freeze({ UNCLASSIFIED: 'U', CONFIDENTIAL: 'C', SECRET: 'S', TOP_SECRET: 'TS' }),
  protected: Object.freeze({ A: 'PA', B: 'PB', C: 'PC' }),
});

/** What decides how a marking is spelled, beside the marking: the nation at home, ISO 3166-1 alpha-3, from policy. */
export interface TextOptions {
  readonly homeNation: string;
}
