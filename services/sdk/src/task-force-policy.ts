// What policy says of the task force's own products: situation reports, notices to targets, and how long things may wait.
// Holds: the shapes equal the JSON Schemas under schemas/policy/schema (a test compares); nothing here decides.
// Source: README.md#policy

import type { Bilingual } from './policy.ts';

/** A local day of the week. */
export type Weekday = 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';

/** When situation reports of one kind are cut off. */
export interface Cadence {
  readonly id: string;
  readonly name: Bilingual;
  /** Local wall-clock time in the election's zone, `HH:MM`. */
  readonly cutOffTime: string;
  readonly weekdays: readonly Weekday[];
  /** A compiled report that waits longer for a person is stuck. */
  readonly approveWithinMinutes: number;
}

/** Who belongs to the task force, who chairs it, and how its reports are divided. */
export interface TaskForce {
  /** Agencies, by id. */
  readonly members: readonly string[];
  readonly chair: readonly ChairPeriod[];
  /** Text form: of what a report says beside its paragraphs; views that may read it have reports. */
  readonly reportMarking: string;
  readonly sections: readonly SitrepSection[];
}

/** A time in which one agency chairs; RFC 3339, `to` exclusive. */
export interface ChairPeriod {
  readonly agency: string;
  readonly from: string;
  readonly to: string;
}

/** One section of a situation report. */
export interface SitrepSection {
  readonly id: string;
  readonly heading: Bilingual;
}

/** What targets are told, and where enrolments lie. */
export interface TargetNotices {
  readonly view: string;
  readonly templates: readonly NoticeTemplate[];
}

/** The words of one kind of notice. */
export interface NoticeTemplate {
  readonly id: string;
  readonly version: number;
  /** The template without categories is for all that no other names. */
  readonly categories: readonly string[];
  readonly en: NoticeWords;
  readonly fr: NoticeWords;
}

/** One language of a template; `{day}` stands for the local day of the attack. */
export interface NoticeWords {
  readonly title: string;
  readonly text: string;
  readonly steps: readonly string[];
}

/** An agency's consent, given once, that targets are told of its records of a category in the words of a template. */
export interface StandingTearline {
  readonly agency: string;
  readonly category: string;
  readonly approvedBy: string;
  readonly approvedAt: string;
  readonly expiresAt: string;
}

/** How long a target may stay untold, and a withholding unquestioned. */
export interface AffectedPartyTimers {
  readonly notifyHours: number;
  readonly withholdDaysMax: number;
  /** Score of an assessment from which the targets it names are to be told. */
  readonly severityMin: number;
}

/** How long what is seen again makes no second notice. */
export interface TargetNoticeTimers {
  readonly foldHours: number;
}

/** How long a decision not to forward something may hold. */
export interface FeedbackTimers {
  readonly reviewDaysMax: number;
}

/** How long a question may stay open. */
export interface RfiTimers {
  readonly answerDaysMax: number;
}

/** Words of both languages; whole words, whatever their case. */
export interface BilingualWords {
  readonly en: readonly string[];
  readonly fr: readonly string[];
}

/** The words by which the rules of tradecraft read a text. */
export interface LintWords {
  readonly confidence: BilingualWords;
  /** Every way of saying a row of likelihood. */
  readonly synonyms: readonly LikelihoodRow[];
  readonly hedges: BilingualWords;
  readonly states: readonly StateNames[];
  readonly actorWords: BilingualWords;
  readonly noEvidence: BilingualWords;
  readonly coverage: BilingualWords;
  readonly gaps: BilingualWords;
  readonly manySources: BilingualWords;
  readonly titles: BilingualWords;
  readonly collectionStems: readonly string[];
  /** So many words in a row that a draft shares with a record above it are reported. */
  readonly leakWords: number;
}

/** One row of the seven, and every way of saying it. */
export interface LikelihoodRow extends BilingualWords {
  readonly row: number;
}

/** A state, and what is called after it. */
export interface StateNames extends BilingualWords {
  readonly id: string;
}
