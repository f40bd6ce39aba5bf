// What the commands of every kind are given, and who they act as where no person does.

import type { Clock, Codec, Policy } from '@sitebus/sdk';
import type { DraftFault } from '../errors.ts';
import type { EventWriter } from '../event-writer.ts';
import type { HandDown } from '../hand-down.ts';
import type { Asking } from '../machine.ts';
import type { RecordIndex } from '../record-index.ts';

/** Parts of a command. */
export interface CommandParts {
  readonly writer: EventWriter;
  readonly index: RecordIndex;
  readonly handDown: HandDown;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
}

/** The fault of an instant that no calendar has. */
export function noInstant(pointer: string): readonly DraftFault[] {
  return [{ pointer, code: 'BAD_INSTANT', detail: 'is no instant of the calendar' }];
}

/** The guard itself, where it finishes what was begun. */
export const GUARD: Asking = Object.freeze({ person: 'guard', roles: [] });
