// The period of an election as proceedings run it: one matter an election, in the public view, opened by the writ.
// Holds: what the writ and its end do to cases is written in the same transaction, so that no case is ever seen in between.
// Source: README.md#period

import { PERIOD_COMMANDS } from '@sitebus/kit';
import type { PeriodEvent, PeriodState } from '@sitebus/sdk';
import type { Frame } from '../machine.ts';
import { isRefused } from '../machine.ts';
import { Type } from 'typebox';
import type { Command, Effect, Facts, ProtocolMachine } from '../protocol-machine.ts';
import type { Case } from './case.ts';
import { no } from './given.ts';
import { leavesPanel } from './scope.ts';
import { cadenceBegins, cadenceEnds } from '../sitrep/writ-cadence.ts';
import { decidePeriod, evolvePeriod, NO_PERIOD, possibleInPeriod, type Period, type PeriodCommand } from './period.ts';
import { FOR_EVERYBODY, FOR_EVERYBODY_WIRE, PUBLIC_VIEW } from './public-view.ts';

export { PUBLIC_VIEW } from './public-view.ts';
export type { Period } from './period.ts';

export const PERIOD_KIND = 'period';
export const PERIOD_SUBJECT = 'ca.sitebus.protocol.PeriodEvent';

export const EMPTY_PERIOD_EVENT: Omit<PeriodEvent, keyof Frame<string>> = Object.freeze({
  effectiveAt: null,
  cadence: null,
  body: null,
});

/** Periods of elections. `open` is the writ: before it there is nothing to keep. */
export const PERIOD_MACHINE: ProtocolMachine<Period, PeriodEvent> = {
  kind: PERIOD_KIND,
  subject: PERIOD_SUBJECT,
  empty: EMPTY_PERIOD_EVENT,
  start: NO_PERIOD,
  commands: { ...PERIOD_COMMANDS, open: OPEN_PERIOD() },
  openedAs: () => FOR_EVERYBODY,
  idOf: (args) => (args as { readonly electionId: string }).electionId,
  decide(state, command, by, facts, id) {
    const election = facts.policy.elections.find((each) => each.id === id);
    if (election === undefined || facts.view !== PUBLIC_VIEW) return no('NOTHING_CITED', []);
    const { panel } = facts.policy;
    const parsed = commandOf(command);
    if (parsed === undefined) return no('INVALID_DRAFT', possibleInPeriod(state.state ?? 'PRE_WRIT'), { faults: [{ pointer: '/at', code: 'BAD_INSTANT', detail: 'is no instant of the calendar' }] }); // prettier-ignore
    const decided = decidePeriod(state, parsed, by, {
      caretaker: panel.caretakerKinds.includes(election.kind),
      cadence: panel.writCadence,
    });
    if (isRefused(decided)) return decided;
    const to = decided.at(-1)!.to;
    return {
      events: decided.map((each) => ({ ...each, marking: FOR_EVERYBODY_WIRE })),
      role: 'clerk',
      effects: effectsOn(facts, id, to),
    };
  },
  evolve: evolvePeriod,
  shown: (state) => ({ marking: FOR_EVERYBODY, body: periodBody(state) }),
};

/** What is answered of a period; of one that nothing has happened to as well. */
export function periodBody({ state = 'PRE_WRIT', dissolvedAt, closedAt, body }: Period): Readonly<Record<string, unknown>> {
  return {
    state,
    possible: possibleInPeriod(state),
    ...(dissolvedAt === undefined ? {} : { dissolvedAt: new Date(dissolvedAt).toISOString() }),
    ...(closedAt === undefined ? {} : { closedAt: new Date(closedAt).toISOString() }),
    ...(body === undefined ? {} : { body }),
  };
} // prettier-ignore

/** Cases that the change moves, each once. */
function effectsOn(facts: Facts, election: string, to: PeriodState): readonly Effect[] {
  const { policy } = facts;
  const cases = facts.everywhere('case').flatMap(({ id, state }) => {
    const one = state as Case;
    return one.electionId === election ? [{ id, state: one.state }] : [];
  });
  const command = (name: string, id: string): Effect => ({ does: 'command', kind: 'case', id, name, args: {} });
  if (to === 'CARETAKER')
    return [
      ...cases.flatMap(({ id, state }) => [
        ...(state === 'REFERRED_MINISTERIAL' ? [command('dissolution', id)] : []),
        ...(state === 'CLOSED' ? [] : [command('pack', id)]),
      ]),
      ...cadenceBegins(election, facts),
    ];
  return [
    ...cases.flatMap(({ id, state }) => (leavesPanel(state, to, policy.panel) ? [command('period-closed', id)] : [])),
    ...(to === 'CLOSED' ? cadenceEnds(election, facts) : []),
  ];
}

function commandOf({ name, args }: Command): PeriodCommand | undefined {
  const kind = name === 'open' ? 'dissolution' : name;
  if (kind === 'independent-review') return { kind, body: (args as { readonly body: string }).body };
  const at = Date.parse((args as { readonly at: string }).at);
  return Number.isNaN(at) ? undefined : ({ kind, at } as PeriodCommand); // as its schema says
}

function OPEN_PERIOD() {
  return Type.Object(
    { electionId: Type.String({ minLength: 1, maxLength: 64 }), at: PERIOD_COMMANDS.dissolution.properties.at },
    { additionalProperties: false },
  );
}
