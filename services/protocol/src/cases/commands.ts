// Every command on a case, with its arguments, and in which state it is possible.
// Holds: what is not listed for a state is refused and changes nothing; what only a seat may do is listed for seats alone, and
// the list depends on the state and nothing else, so that it tells nobody what the panel is about. Source: README.md#case

import type {
  CaseState,
  ConsultationStance,
  LadderStep,
  MotionOutcome,
  NoticeKind,
  NoticeText,
  PeriodState,
  Vote,
} from '@sitebus/sdk';
import type { LoweredArgs } from '../brief/lowered-marking.ts';
import type { Participant } from './given.ts';

/** What a seat says of one criterion or factor. */
export interface RatedPointArgs {
  readonly name: string;
  readonly level: 'NONE' | 'LOW' | 'MODERATE' | 'HIGH';
  readonly rationale: string;
}

/** Words of a brief. */
export interface BriefArgs {
  readonly summary: string;
  readonly gaps: readonly string[];
}

/** The same, in French as well where it is given. */
export interface BriefInWords extends BriefArgs {
  readonly fr?: BriefArgs;
}

/** What is asked. Instants are UTC milliseconds. */
export type CaseCommand =
  | {
      readonly kind: 'open';
      readonly electionId: string;
      readonly assessments: readonly string[];
      readonly question: string;
      readonly precedence?: string;
      readonly successorOf?: string;
      readonly crossing?: string;
    }
  | { readonly kind: 'consult'; readonly agencies: readonly string[]; readonly due: number }
  | {
      readonly kind: 'respond';
      readonly stance: ConsultationStance;
      readonly text: string;
      readonly definitionId?: string;
    }
  | { readonly kind: 'not-forward'; readonly reason: string; readonly reviewBy: number }
  | ({ readonly kind: 'inform'; readonly precedence?: string } & BriefArgs)
  | { readonly kind: 'scope'; readonly fact?: string }
  | { readonly kind: 'finding'; readonly finding: 'ELECTION_ADMINISTRATION' | 'IN_SCOPE'; readonly reason?: string }
  | { readonly kind: 'ask'; readonly question: string; readonly due: number; readonly toAgencies?: readonly string[] }
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'rate';
      readonly evidenceHash: string;
      readonly criteria: readonly RatedPointArgs[];
      readonly factors: readonly RatedPointArgs[];
    }
  | {
      readonly kind: 'propose';
      readonly outcome: MotionOutcome;
      readonly ladder: readonly LadderStep[];
      readonly reviewAt?: number;
      readonly draft?: string;
    }
  | { readonly kind: 'vote'; readonly evidenceHash: string; readonly vote: Vote; readonly reasons: string }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'attach'; readonly title: string; readonly contentHash: string }
  | { readonly kind: 'detach'; readonly document: string }
  | {
      readonly kind: 'draft';
      readonly draftId?: string;
      readonly notice: NoticeKind;
      readonly en: NoticeText;
      readonly fr: NoticeText;
    }
  | { readonly kind: 'name-issuer'; readonly person: string }
  | { readonly kind: 'disclose'; readonly draft: string }
  | ({
      readonly kind: 'notify';
      readonly draft: string;
      readonly announceAt: number;
      readonly briefs?: readonly ({ readonly capacity: string } & BriefInWords)[];
    } & LoweredArgs &
      BriefInWords)
  | { readonly kind: 'announce'; readonly draft?: string }
  | { readonly kind: 'update' | 'correct'; readonly draft: string }
  | { readonly kind: 'agency-action'; readonly text: string }
  | { readonly kind: 'close'; readonly reason: string }
  /** Of the clock, of fusion or of another matter, never of a person. */
  | { readonly kind: 'evidence'; readonly assessments: readonly string[] }
  | { readonly kind: 'accumulate'; readonly crossing: string; readonly assessments: readonly string[] }
  | { readonly kind: 'review-due' | 'review' | 'info-due' | 'dissolution' | 'pack' }
  | { readonly kind: 'period-closed'; readonly periodState?: PeriodState };

/** Names of commands that people give, by state; those of seats are apart. */
const POSSIBLE: Readonly<Record<CaseState | 'NONE', readonly string[]>> = {
  NONE: ['open'],
  DETECTED: ['consult', 'not-forward'],
  AGENCY_CONSULTATION: ['consult', 'respond', 'not-forward', 'inform'],
  NOT_FORWARDED: [],
  PANEL_INFORMED: ['scope'],
  SCOPE_CHECK: ['finding'],
  REFERRED_CEO: ['scope', 'close'],
  REFERRED_MINISTERIAL: ['scope', 'close'],
  EVALUATING: [],
  INFO_REQUESTED: ['answer'],
  BELOW_MONITOR: ['close'],
  BELOW_INTERVENTION: ['close'],
  BELOW_DISCLOSED: ['disclose', 'close'],
  NO_CONSENSUS: ['close'],
  THRESHOLD_MET: ['notify'],
  NOTIFYING: ['announce'],
  ANNOUNCED: ['update', 'correct', 'close'],
  CLOSED: [],
};

const OF_SEATS: Partial<Readonly<Record<CaseState, readonly string[]>>> = {
  EVALUATING: ['ask', 'rate', 'propose', 'vote', 'refresh'],
  INFO_REQUESTED: ['refresh'],
  BELOW_MONITOR: ['refresh'],
  BELOW_INTERVENTION: ['refresh'],
  BELOW_DISCLOSED: ['refresh'],
  NO_CONSENSUS: ['refresh'],
  ANNOUNCED: ['rate', 'propose', 'vote', 'refresh'],
};

/** Names that only a seat may give, in any state. */
export const SEAT_COMMANDS: ReadonlySet<string> = new Set(['ask', 'rate', 'propose', 'vote', 'refresh']);

/** Possible in every state that is not the end. */
const WHILE_OPEN: readonly string[] = ['attach', 'detach', 'draft', 'name-issuer'];

/** @returns what people may do in this state, for this person: sorted. */
export function possibleIn(state: CaseState | undefined, by: Pick<Participant, 'seat'>): readonly string[] {
  const seats = by.seat === undefined || state === undefined ? [] : (OF_SEATS[state] ?? []);
  const open = state === undefined || state === 'CLOSED' ? [] : WHILE_OPEN;
  const always = state === undefined ? [] : ['agency-action'];
  return [...POSSIBLE[state ?? 'NONE'], ...seats, ...open, ...always].sort();
}
