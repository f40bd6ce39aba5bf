// What a decision on a case may depend on beside the case: who gives the command, the moment, policy, and facts that were
// established elsewhere. Holds: nothing here is a caller's word.

import type {
  CaseEvent,
  CaseState,
  Definition,
  NoticeDraft,
  PanelRules,
  PeriodState,
  PinnedAssessment,
  WireMarking,
} from '@sitebus/sdk';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { briefMarkingOf, LoweredArgs } from '../brief/lowered-marking.ts';
import type { DraftFault, Refused, RefusedCode } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import type { BriefInWords } from './commands.ts';
import type { PinningFacts } from './evidence.ts';

/** A person as the registry has them, with their seat where they have one. */
export interface Participant extends Asking {
  readonly seat?: string;
}

/** A person who is to be told, whether or not they may read it as of now. */
export interface Told {
  readonly person: string;
  readonly capacity: string;
  /** Where they read it; absent: nowhere, as of now. */
  readonly view?: string;
}

/** Facts of one moment. */
export interface Given {
  /** The case. */
  readonly id: string;
  /** UTC milliseconds. */
  readonly now: number;
  readonly panel: PanelRules;
  readonly definitions: readonly Definition[];
  readonly elections: readonly string[];
  readonly pinning: PinningFacts;
  period(electionId: string): PeriodState;
  /** An assessment of the case's view as it stands. */
  assessment(id: string): AssessmentFacts | undefined;
  /** The state of another case of this view. */
  caseState(id: string): CaseState | undefined;
  /** Whom policy wants told before the public is, sorted by person; of a brief with this marking. */
  recipients(marking: WireMarking): readonly Told[];
  /** The marking of a brief of this case, or what is wrong with it. */
  briefMarking(asked: LoweredArgs): ReturnType<typeof briefMarkingOf>;
  /** What the rules of writing refuse in a brief, by place; the stricter ones where it is marked below the case. */
  briefFaults(words: BriefInWords, isLowered: boolean): readonly DraftFault[];
  /** Persons of the agencies whose observations are cited, as far as they may read the case; sorted. */
  originators(cited: readonly Pick<PinnedAssessment, 'members' | 'marking'>[]): readonly string[];
  /** Persons who hold a seat as of now, sorted. */
  seatHolders(): readonly string[];
  /** True where every agency has answered this request for information. */
  isAnswered(rfi: string): boolean;
  /** True for a head of an agency. */
  isHead(person: string): boolean;
  /** What the rules of writing refuse in a notice, by place. */
  lintFaults(notice: Pick<NoticeDraft, 'en' | 'fr'>): readonly DraftFault[];
}

/** What a decider says has happened; what every event of a case says is added by the machine. */
export type CaseHappening = Pick<CaseEvent, 'kind' | 'to'> &
  Partial<Omit<CaseEvent, keyof Frame<string> | 'strand' | 'electionId' | 'periodState' | 'evidenceHash'>> & {
    /** On `opened` alone: before it there is none. */
    readonly electionId?: string;
  };

/** The outcome of one command. */
export type Decided = readonly CaseHappening[] | Refused;

/** Makes a refusal. */
export function no(
  refused: RefusedCode,
  possible: readonly string[],
  besides: { readonly faults?: readonly DraftFault[]; readonly current?: string } = {},
): Refused {
  return { refused, possible, ...besides };
}

/** A fault of one place in what was sent. */
export function faultAt(pointer: string, code: string, detail: string): { readonly faults: readonly DraftFault[] } {
  return { faults: [{ pointer, code, detail }] };
}

/** True where nothing but blanks was said. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
