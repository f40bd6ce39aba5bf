// What a machine says of itself, so that proceedings can run it: its event type, its commands, what follows from them, what is
// due by the clock, and what a person is shown.
// Holds: everything here is pure and synchronous; facts are of one moment. Source: README.md#machines

import type { Issue, MatterPart } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import type { Person, Policy, WireMarking } from '@sitebus/sdk';
import type { TObject } from 'typebox';
import type { AssessmentFacts } from './assessment-index.ts';
import type { Refused } from './errors.ts';
import type { Asking, Frame, Happening } from './machine.ts';
import type { DeclaredGap } from './source-gaps.ts';

/** What a decision may depend on beside the matter itself. */
export interface Facts {
  readonly now: number;
  readonly policy: Policy;
  /** The view of the matter. */
  readonly view: string;
  /** An assessment of that view as it stands; undefined where there is none. */
  assessment(id: string): AssessmentFacts | undefined;
  /** True where the agency has recalled this observation in a cell that the view includes. */
  isRecalled(agency: string, observation: string): boolean;
  /** Gaps that agencies declared of their sources, that stand and that this view may read, in no order. */
  sourceGaps(): readonly DeclaredGap[];
  /** As the registry has them; undefined: nobody. */
  person(person: string): Person | undefined;
  /** Persons of the registry, sorted by name. */
  people(): readonly Person[];
  /** Matters of a kind in this view, newest first; the state is that of their machine. */
  states(kind: string): readonly { readonly id: string; readonly state: unknown }[];
  /** The same over every view: what a matter of one view may give commands to, and the period that all of them live in. */
  everywhere(kind: string): readonly { readonly id: string; readonly view: string; readonly state: unknown }[];
  /** A tearline or downgrade of any view that is in force: handed down, and not taken back. */
  release(id: string): Release | undefined;
  /** Assessments of this view that stand, in no order. */
  live(): Iterable<AssessmentFacts>;
}

/** What was released below an observation, with the consent of its originators. */
export interface Release {
  readonly kind: 'tearline' | 'downgrade';
  /** The observation above. */
  readonly source: string;
  /** Of what was handed down. */
  readonly marking: WireMarking;
  /** The approved words; of a tearline alone. */
  readonly words?: { readonly title: string; readonly text: string; readonly lang: 'en' | 'fr' };
}

/** One thing that happened: without its frame, with the marking of what it says. */
export type Written<E extends Frame<string>> = Happening<E> & {
  readonly marking: WireMarking;
  /** Whom the event names in place of who gave the command. */
  readonly by?: E['by'];
};

/** What is done to another matter in the same transaction; it is decided as role `timer`, and a refusal refuses everything. */
export type Effect =
  | { readonly does: 'open'; readonly kind: string; readonly id: string; readonly view: string; readonly args: unknown }
  | {
      readonly does: 'command';
      readonly kind: string;
      readonly id: string;
      readonly name: string;
      readonly args: unknown;
    };

/** What a command comes to. */
export interface Outcome<E extends Frame<string>> {
  readonly events: readonly Written<E>[];
  /** The role in which the person acted, where they have several; default: their first. */
  readonly role?: string;
  readonly effects?: readonly Effect[];
}

/** A command as it is decided. `open` is the one that makes a matter. */
export interface Command {
  readonly name: string;
  /** As the schema of the command has it. */
  readonly args: unknown;
}

/** What is shown of a matter. */
export interface Shown {
  readonly marking: Marking;
  readonly body: Readonly<Record<string, unknown>>;
  readonly parts?: readonly MatterPart[];
}

/** For whom, and as of when. */
export interface Viewer {
  readonly id: string;
  readonly asking: Asking;
  readonly facts: Facts;
  /** Set where the state is that of an earlier moment, UTC milliseconds. */
  readonly asOfMs?: number;
}

/** One machine. */
export interface ProtocolMachine<S, E extends Frame<string>> {
  /** Such as `case`. */
  readonly kind: string;
  /** The event type on `case.<view>`. */
  readonly subject: string;
  /** Every field of the event type that is not of the frame, as null. */
  readonly empty: Omit<E, keyof Frame<string>>;
  readonly start: S;
  /** By name, `open` among them: what a person may send. What only the clock or another matter gives has no schema. */
  readonly commands: Readonly<Record<string, TObject>>;
  /** The marking of the leaf of a refused `open`, which has no matter yet. */
  openedAs(policy: Policy): Marking;
  /** The id of a matter that is one of its kind by what opens it, such as the period of an election; else it is drawn. */
  idOf?(args: unknown): string | undefined;
  /** A command that is due is never refused and always comes to events. */
  decide(state: S, command: Command, by: Asking, facts: Facts, id: string): Outcome<E> | Refused;
  evolve(state: S, event: E): S;
  /** Events of one strand are numbered and chained among themselves; without this there is one strand. */
  strandOf?(event: Omit<E, keyof Frame<string>> & Pick<E, 'kind'>): string;
  /** Commands that the clock or changed facts give now, in order; asked before each command and once a second. */
  due?(state: S, facts: Facts, id: string): readonly Command[];
  shown(state: S, viewer: Viewer): Shown;
  /** False: it is not there for this person, whatever their clearance. Without this only clearance counts. */
  isThereFor?(state: S, viewer: Viewer): boolean;
  /** Arguments of `open` for matters of a view that open by themselves now; asked once a second. */
  arising?(facts: Facts): readonly unknown[];
  /** What named persons are to be sent. */
  issues?(state: S, id: string, policy: Policy): readonly Issue[];
}

/** A machine whose state and events nobody else has to know. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of machines has no one state and no one event
export type AnyMachine = ProtocolMachine<any, any>;

/** As whom the clock acts, and a matter upon another. */
export const TIMER: Asking = Object.freeze({ person: 'guard', roles: Object.freeze(['timer'] as const) });
