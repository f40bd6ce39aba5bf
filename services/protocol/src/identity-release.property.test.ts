// I1 to I3 over drawn histories of an identity release.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityReleaseEvent } from '@sitebus/sdk';
import { EMPTY_IDENTITY_RELEASE } from './event-types.ts';
import {
  decideIdentityRelease,
  evolveIdentityRelease,
  JUSTIFY_WITHIN_MS,
  NO_IDENTITY_RELEASE,
  type IdentityRelease,
  type IdentityReleaseCommand,
} from './identity-release.ts';
import type { Asking } from './machine.ts';
import { anOfficial, CITED, run, RUNS, somebody } from './testing/drawn-commands.ts';

const MACHINE = {
  start: NO_IDENTITY_RELEASE, decide: decideIdentityRelease, evolve: evolveIdentityRelease, empty: EMPTY_IDENTITY_RELEASE,
}; // prettier-ignore
type Step = readonly [IdentityReleaseCommand, Asking];

const someCommand = (): fc.Arbitrary<IdentityReleaseCommand> =>
  fc.oneof(
    fc.constant<IdentityReleaseCommand>({ kind: 'request', product: CITED, suppressedRef: 'Canadian 1' }),
    fc
      .tuple(fc.constantFrom('', 'section 12'), fc.constantFrom(' ', 'to warn them'))
      .map(([authority, text]): IdentityReleaseCommand => ({ kind: 'justify', authority, text })),
    { weight: 4, arbitrary: fc.constant<IdentityReleaseCommand>({ kind: 'approve' }) },
    fc.constantFrom('', 'no').map((reason): IdentityReleaseCommand => ({ kind: 'refuse', reason })),
    fc.constant<IdentityReleaseCommand>({ kind: 'review', finding: 'justified' }),
    fc.constant<IdentityReleaseCommand>({ kind: 'tick' }),
  );
const someHistory = (): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(
      anOfficial(),
      fc.array(fc.tuple(someCommand(), fc.oneof({ weight: 3, arbitrary: anOfficial() }, somebody())), {
        maxLength: 12,
      }),
    )
    .map(([by, steps]) => [
      [{ kind: 'request', product: CITED, suppressedRef: 'Canadian 1' }, by],
      [{ kind: 'justify', authority: 'section 12', text: 'to warn them' }, by],
      ...steps,
    ]);

test('I1: an identity is released only with authority, justification, and two persons of the holder who did not ask', () => {
  let released = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { state, events } = run<IdentityRelease, IdentityReleaseCommand, IdentityReleaseEvent>(MACHINE, history);
      if (state.decision !== 'APPROVED') return;
      released += 1;
      const deciders = events.filter(({ kind }) => kind === 'approved').map(({ by }) => by);
      expect(new Set(deciders.map(({ person }) => person)).size).toBe(2);
      expect(deciders.every(({ agency, person }) => agency === CITED.agency && person !== state.requester)).toBe(true);
      expect([state.authority?.trim(), state.justification?.trim()]).not.toContain('');
    }),
    { numRuns: RUNS },
  );
  expect(released).toBeGreaterThan(RUNS / 100);
});

test('I2: no event names another record than the one asked about, and none holds more of it than its printed name', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = run<IdentityRelease, IdentityReleaseCommand, IdentityReleaseEvent>(MACHINE, history);
      return events.every(({ product, suppressedRef, kind }) =>
        kind === 'requested'
          ? product === CITED && suppressedRef === 'Canadian 1'
          : product === null && suppressedRef === null,
      );
    }),
    { numRuns: RUNS },
  );
});

test('I3, failure 17: over a quarter of identity requests unjustified, nearly all granted: how many were approved and refused follows from the events alone, whatever was reviewed after', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { state, events } = run<IdentityRelease, IdentityReleaseCommand, IdentityReleaseEvent>(MACHINE, history);
      const outcomes = events.flatMap(({ to }) => (to === 'APPROVED' || to === 'REFUSED' ? [to] : []));
      expect(outcomes.length).toBeLessThanOrEqual(1);
      expect(state.decision).toBe(outcomes[0]);
    }),
    { numRuns: RUNS },
  );
});

test('a request that nobody justifies in five days is refused, by whichever clock comes first', () => {
  const by: Asking = { person: 'ada', agency: 'gac', roles: ['analyst'] };
  const { state } = run<IdentityRelease, IdentityReleaseCommand, IdentityReleaseEvent>(MACHINE, [
    [{ kind: 'request', product: CITED, suppressedRef: 'Canadian 1' }, by],
  ]);
  const late = JUSTIFY_WITHIN_MS;
  expect(decideIdentityRelease(state, { kind: 'tick' }, by, late - 1)).toEqual([]);
  expect(decideIdentityRelease(state, { kind: 'tick' }, by, late)).toMatchObject([{ to: 'REFUSED' }]);
  expect(decideIdentityRelease(state, { kind: 'justify', authority: 'a', text: 'b' }, by, late)).toMatchObject({
    refused: 'JUSTIFICATION_LATE',
  });
});
