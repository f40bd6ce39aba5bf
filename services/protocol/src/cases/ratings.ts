// Row 11: a seat rates every criterion and weighs every factor, each with its reason, on the evidence as it stands.
// Holds: pure; one rating a seat, on the current hash alone. Source: README.md#case

import type { DraftFault } from '../errors.ts';
import type { Case } from './case.ts';
import { possibleIn, type CaseCommand, type RatedPointArgs } from './commands.ts';
import { isBlank, no, type Decided, type Given, type Participant } from './given.ts';

/** Rates. The seat has been established. */
export function rate(before: Case, command: Extract<CaseCommand, { kind: 'rate' }>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const { evidenceHash, criteria, factors } = command;
  if (evidenceHash !== before.evidenceHash) return no('EVIDENCE_CHANGED', possible, { current: before.evidenceHash });
  const faults = [
    ...faultsIn('/criteria', criteria, given.panel.criteria),
    ...faultsIn('/factors', factors, given.panel.factors),
  ];
  if (faults.length > 0) return no('RATINGS_INCOMPLETE', possible, { faults });
  const rating = { seat: by.seat ?? '', evidenceHash, criteria, factors };
  return [{ kind: 'rated', to: before.state!, rating }];
} // prettier-ignore

/** True where every seat has rated the evidence as it stands. */
export function isRatedByAll({ ratings, evidenceHash }: Case, { panel }: Pick<Given, 'panel'>): boolean {
  const seats = new Set(ratings.filter((rating) => rating.evidenceHash === evidenceHash).map(({ seat }) => seat));
  return panel.seats.every(({ id }) => seats.has(id));
}

function faultsIn(pointer: string, given: readonly RatedPointArgs[], wanted: readonly string[]): readonly DraftFault[] {
  const names = given.map(({ name }) => name);
  const lacking = wanted.filter((name) => !names.includes(name));
  const strange = given.flatMap(({ name }, at) =>
    wanted.includes(name) && names.indexOf(name) === at ? [] : [{ pointer: `${pointer}/${at}/name`, code: 'NAME', detail: 'is not to be rated, or was rated already' }],
  );
  const unsaid = given.flatMap(({ rationale }, at) =>
    isBlank(rationale) ? [{ pointer: `${pointer}/${at}/rationale`, code: 'RATIONALE', detail: 'is missing' }] : [],
  );
  return [...lacking.map((name) => ({ pointer, code: 'LACKING', detail: `lacks ${name}` })), ...strange, ...unsaid];
} // prettier-ignore
