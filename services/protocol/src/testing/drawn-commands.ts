// Persons, records and commands for properties: few of each, so that they meet.

import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { createMarking } from '@sitebus/marking';
import { toWire, type CitedRecord, type HandedDown, type Role, type Signature } from '@sitebus/sdk';
import type { Asking, Decision, Frame, Happening } from '../machine.ts';
import { isRefused } from '../machine.ts';
import type { Refused } from '../errors.ts';

/** Runs of one property: each costs some microseconds. */
export const RUNS = propertyRuns(2_000);

export const HIGH = toWire(
  createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse', 'csis'] }),
);
export const LOW = toWire(createMarking({ classified: 'UNCLASSIFIED', tlp: 'AMBER', owners: ['CAN'] }));

/** A record of cse whose information is also csis's. */
export const CITED: CitedRecord = Object.freeze({
  id: 'e8e89e33-a66b-5bd0-9456-f2ea3963e146',
  agency: 'cse',
  cell: 's-can',
  topic: 'obs.s-can.cse',
  partition: 0,
  offset: '7',
  contentHash: '11'.repeat(32),
  marking: HIGH,
});

const ROLES: readonly Role[] = ['analyst', 'secretariat', 'release-authority', 'operator', 'reviewer'];

/** One of some persons, each of one agency, with some roles. */
export const somebody = (): fc.Arbitrary<Asking> =>
  fc.record({
    person: fc.constantFrom('ada', 'bo', 'cy', 'di', 'eve'),
    agency: fc.constantFrom('cse', 'csis', 'gac'),
    roles: fc.subarray([...ROLES], { minLength: 1 }),
  });

/** Somebody who may do anything: sequences that get far. */
export const anOfficial = (): fc.Arbitrary<Asking> =>
  fc.record({
    person: fc.constantFrom('ada', 'bo', 'cy', 'di', 'eve'),
    agency: fc.constantFrom('cse', 'csis'),
    roles: fc.constant(ROLES),
  });

export const signatureOf = ({ person, agency }: Asking): Signature => ({
  person,
  agency: agency ?? null,
  at: 1,
  signature: `by ${person}`,
});

let drawn = 0;
/** Ids that no other call has drawn, as the guard draws them at random. */
export const freshIds = (): HandedDown => {
  drawn += 1;
  return { id: `lower-${drawn}`, linkId: `link-${drawn}`, origin: `origin-${drawn}` };
};

/** One machine, run over commands: every event, and what was refused. */
export function run<S, C, E extends Frame<string>>(
  machine: {
    readonly start: S;
    readonly decide: (state: S, command: C, by: Asking, now: number) => Decision<E>;
    readonly evolve: (state: S, event: E) => S;
    readonly empty: Omit<E, keyof Frame<string>>;
  },
  commands: readonly (readonly [C | ((state: S) => C), Asking])[],
): {
  readonly state: S;
  readonly states: readonly S[];
  readonly events: readonly E[];
  readonly refusals: readonly Refused[];
} {
  let state = machine.start;
  const states: S[] = [state];
  const events: E[] = [];
  const refusals: Refused[] = [];
  for (const [at, [given, by]] of commands.entries()) {
    const command = typeof given === 'function' ? (given as (state: S) => C)(state) : given;
    const decision = machine.decide(state, command, by, at);
    if (isRefused(decision)) {
      refusals.push(decision);
      continue;
    }
    for (const happening of decision) {
      const event = frame(happening, events.at(-1), machine.empty, by, at);
      events.push(event);
      state = machine.evolve(state, event);
      states.push(state);
    }
  }
  return { state, states, events, refusals };
}

/** Without the chain's hashes, which cost more than everything else and are tested in machine.test.ts. */
function frame<E extends Frame<string>>(
  happening: Happening<E>,
  end: E | undefined,
  empty: Omit<E, keyof Frame<string>>,
  { person, agency }: Asking,
  at: number,
): E {
  const by = { person, role: 'any', agency: agency ?? null };
  return { ...empty, ...happening, at, by, from: end?.to ?? null } as unknown as E;
}
