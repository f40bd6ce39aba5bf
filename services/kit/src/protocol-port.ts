// The one way from a gateway to the machines of protocol: cases, situation reports, questions, and whatever else is decided
// by commands of people and kept as events.
// Holds: the caller has authenticated the person; protocol looks the person up itself, judges again, and believes no caller
// about roles or markings. An answer is not released by being answered: the gateway's monitor does that, for the matter and
// for each of its parts. Source: services/protocol/README.md#machines

import type { Marking } from '@sitebus/marking';
import type { GuardCaller } from './guard.ts';

/** A part of a matter with a marking of its own: whoever may not see it is answered as if it were not there. */
export interface MatterPart {
  /** The property of the answer it becomes. */
  readonly name: string;
  readonly marking: Marking;
  /** JSON of the API, without marking. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One thing that protocol keeps, as it stands now or stood then, for the person who asked. */
export interface Matter {
  /** Such as `case`. */
  readonly kind: string;
  readonly id: string;
  /** Of what everybody who may see it at all is shown. */
  readonly marking: Marking;
  /** When it was opened, UTC milliseconds. */
  readonly atMs: number;
  /** JSON of the API, without id and marking. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly parts: readonly MatterPart[];
}

/** What named persons of a view are to be sent; folding the events of a matter gives its issues. */
export interface Issue {
  readonly kind: string;
  /** The product: the matter's id. */
  readonly id: string;
  readonly version: number;
  /** Persons, by name of the registry; never a department. */
  readonly to: readonly string[];
  readonly precedence: 'ROUTINE' | 'PRIORITY' | 'IMMEDIATE' | 'FLASH';
  /** Why it is sent: the dissemination decision. */
  readonly reason: string;
  /** Who decided. */
  readonly by: string;
  readonly atMs: number;
  readonly marking: Marking;
  /** True: this version is taken back from whoever has it. */
  readonly isRecalled: boolean;
}

/**
 * Protocol's machines, in process or over HTTP. Each call rejects with COMMAND_REFUSED {code, possible, faults} where it was
 * judged and refused, with MATTER_UNKNOWN, and with retriable refusals where it could not be judged.
 */
export interface ProtocolPort {
  /** Opens a matter of the kind in the caller's view. `args`: as the kind's `open` command says. */
  open(kind: string, args: unknown, by: GuardCaller): Promise<Matter>;
  /** `name`: a command of the kind. */
  command(kind: string, id: string, name: string, args: unknown, by: GuardCaller): Promise<Matter>;
  /** As it stood at `asOfMs`: undefined before it was opened. */
  find(kind: string, id: string, by: GuardCaller, asOfMs?: number): Promise<Matter | undefined>;
  /** Newest first. */
  list(kind: string, by: GuardCaller): Promise<readonly Matter[]>;
  /** Everything that is to be sent to persons of the view, oldest first. */
  issues(view: string): Promise<readonly Issue[]>;
}
