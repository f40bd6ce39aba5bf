// What five seats are given when the writ is dropped: every case of the election that is not closed, wherever it stands.
// Holds: pure; a case that lived before the writ is in it once, with everything of it that its reader may see.
// Source: README.md#period; failure 12

import type { Facts } from '../protocol-machine.ts';
import type { Case } from './case.ts';

/** One case of the pack. */
export interface PackedCase {
  readonly id: string;
  readonly view: string;
  readonly state: Case;
}

/** @returns the cases, oldest first. */
export function historyPackOf(electionId: string, facts: Pick<Facts, 'everywhere'>): readonly PackedCase[] {
  return facts
    .everywhere('case')
    .map(({ id, view, state }) => ({ id, view, state: state as Case }))
    .filter(({ state }) => state.electionId === electionId && state.state !== 'CLOSED')
    .sort((a, b) => a.state.openedAt - b.state.openedAt || (a.id < b.id ? -1 : 1));
}
