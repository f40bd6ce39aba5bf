// What an agency's operators may ask of its dead letters: which there are, by cause, and that one is tried again or put away.
// Holds: bytes never leave the agency's service: a letter is told by hash, size and cause; words are kept beside it.
// Source: README.md#dead-letters

import type { OnBehalfOf } from './intake.ts';

/** One refused input, or the place of a record that readers refused. */
export interface DeadLetterItem {
  /** Of the content: the same bytes refused again are one letter. */
  readonly id: string;
  readonly agency: string;
  readonly cell: string;
  /** Codes, sorted. */
  readonly causes: readonly string[];
  /** SHA-256, hexadecimal, of what was refused. */
  readonly sha256: string;
  /** Absent for a record that readers refused: its bytes are not here. */
  readonly bytes?: number;
  /** Of the import; `observation` for one that was submitted. */
  readonly format?: string;
  readonly source?: string;
  /** Of a record that readers refused. */
  readonly place?: { readonly topic: string; readonly partition: number; readonly offset: string };
  /** UTC milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly times: number;
  readonly state: 'WAITING' | 'REDRIVEN' | 'DISCARDED';
  /** What was said and done, oldest first. */
  readonly words: readonly DeadLetterWord[];
}

/** A redrive with what came of it, or a discard. */
export interface DeadLetterWord {
  readonly kind: 'redrive' | 'discard';
  readonly by: string;
  readonly reason: string;
  /** UTC milliseconds. */
  readonly at: number;
  /** Items accepted, refused and skipped, and the codes of the refused, sorted; of a redrive. */
  readonly came?: {
    readonly accepted: number;
    readonly refused: number;
    readonly skipped: number;
    readonly codes: readonly string[];
  };
}

/** The letters of one agency, in the cells of the view that is asked in. */
export interface DeadLetters {
  /** Newest first. */
  list(onBehalfOf: OnBehalfOf): Promise<readonly DeadLetterItem[]>;
  /**
   * `spilled`: the signed notes of every order to skip a record of this agency's topics, in the cells of the view: what they name is
   * not taken in again. Rejects with DEAD_LETTER_UNKNOWN, DEAD_LETTER_OVER (put away), DEAD_LETTER_NO_BYTES, SPILLS_UNUSABLE (a note
   * that is no order); and as an import does.
   */
  redrive(id: string, reason: string, onBehalfOf: OnBehalfOf, spilled: readonly string[]): Promise<DeadLetterItem>;
  /** Rejects with DEAD_LETTER_UNKNOWN, DEAD_LETTER_OVER. */
  discard(id: string, reason: string, onBehalfOf: OnBehalfOf): Promise<DeadLetterItem>;
}
