// G1 and G2 over drawn histories of a downgrade; G3 of its record is in released-records.property.test.ts.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DowngradeEvent } from '@sitebus/sdk';
import { decideDowngrade, evolveDowngrade, NO_DOWNGRADE, type Downgrade, type DowngradeCommand } from './downgrade.ts';
import { EMPTY_DOWNGRADE } from './event-types.ts';
import type { Asking } from './machine.ts';
import { originatorsOf } from './tearline.ts';
import { anOfficial, CITED, freshIds, LOW, run, RUNS, signatureOf, somebody } from './testing/drawn-commands.ts';

const MACHINE = { start: NO_DOWNGRADE, decide: decideDowngrade, evolve: evolveDowngrade, empty: EMPTY_DOWNGRADE };
type Step = readonly [DowngradeCommand | (() => DowngradeCommand), Asking];
const ADA: Asking = { person: 'ada', agency: 'cse', roles: ['analyst', 'release-authority'] };

/** Commands come one a millisecond, so that some grants expire on the way. */
const requestUntil = (expires: number): DowngradeCommand => ({
  kind: 'request', record: CITED, lowered: LOW, reason: 'published elsewhere', expires,
}); // prettier-ignore

const someStep = (): fc.Arbitrary<Step> =>
  fc.oneof({ weight: 3, arbitrary: anOfficial() }, somebody()).chain((by) =>
    fc
      .oneof(
        fc.integer({ min: 3, max: 30 }).map(requestUntil),
        { weight: 4, arbitrary: fc.constant<DowngradeCommand>({ kind: 'sign', signature: signatureOf(by) }) },
        fc.constantFrom('', 'no').map((reason): DowngradeCommand => ({ kind: 'refuse', reason })),
        {
          weight: 3,
          arbitrary: fc
            .constantFrom(CITED.contentHash, CITED.contentHash, 'another')
            .map((contentHash) => (): DowngradeCommand => ({ kind: 'apply', contentHash, handedDown: freshIds() })),
        },
        fc.constant<DowngradeCommand>({ kind: 'confirm' }),
        fc.constant<DowngradeCommand>({ kind: 'give-up', reason: 'refused' }),
        fc.constant<DowngradeCommand>({ kind: 'tick' }),
      )
      .map((command) => [command, by] as const),
  );

const someHistory = (): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(fc.integer({ min: 4, max: 30 }), fc.array(someStep(), { maxLength: 14 }))
    .map(([expires, steps]) => [[requestUntil(expires), ADA] as const, ...steps]);

test('G1: nothing is handed down without two persons, every origin, the same hash, and time left', () => {
  let applied = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = run<Downgrade, DowngradeCommand, DowngradeEvent>(MACHINE, history);
      for (const [at, event] of events.entries()) {
        if (event.kind !== 'applying') continue;
        applied += 1;
        const signatures = events
          .slice(0, at)
          .flatMap(({ kind, signature }) => (kind === 'signed' ? [signature!] : []));
        expect(new Set(signatures.map(({ person }) => person)).size).toBeGreaterThanOrEqual(2);
        expect(signatures.map(({ agency }) => agency)).toEqual(expect.arrayContaining([...originatorsOf(CITED)]));
        expect(event.at).toBeLessThan(events[0]?.expires ?? 0);
      }
    }),
    { numRuns: RUNS },
  );
  expect(applied).toBeGreaterThan(RUNS / 100);
});

test('G2: a grant makes one record at most, with the ids of its first try, and is never applied again', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events, states } = run<Downgrade, DowngradeCommand, DowngradeEvent>(MACHINE, history);
      const tries = events.filter(({ kind }) => kind === 'applying');
      expect(new Set(tries.map(({ handedDown }) => handedDown?.id)).size).toBeLessThanOrEqual(1);
      expect(events.filter(({ kind }) => kind === 'applied').length).toBeLessThanOrEqual(1);
      const done = states.findIndex(({ state }) => state === 'APPLIED');
      if (done >= 0) expect(states.slice(done + 1)).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test('G3: the record, its marking and what is asked of it stay as they were requested', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { states } = run<Downgrade, DowngradeCommand, DowngradeEvent>(MACHINE, history);
      return states.slice(1).every(({ record, lowered }) => record === CITED && lowered === LOW);
    }),
    { numRuns: RUNS },
  );
});

const by = (person: string, agency: string): Asking => ({ person, agency, roles: ['release-authority'] });
const sign = (who: Asking): Step => [{ kind: 'sign', signature: signatureOf(who) }, who];
const apply: Step = [{ kind: 'apply', contentHash: CITED.contentHash, handedDown: freshIds() }, by('bo', 'cse')];
const asked = (expires = 100): Step => [requestUntil(expires), ADA];
const GRANTED: readonly Step[] = [asked(), sign(by('bo', 'cse')), sign(by('cy', 'csis'))];

test.each<[string, readonly Step[], string]>([
  ['with one signer', [asked(), sign(by('bo', 'cse')), apply], 'TOO_FEW_SIGNERS'],
  ['with the same person twice', [asked(), sign(by('bo', 'cse')), sign(by('bo', 'cse'))], 'SIGNED_TWICE'],
  ['without an origin', [asked(), sign(by('bo', 'cse')), sign(by('di', 'gac')), apply], 'ORIGIN_MISSING'],
  ['after it has expired', [asked(3), sign(by('bo', 'cse')), sign(by('cy', 'csis')), apply], 'GRANT_EXPIRED'],
  ['a second time', [...GRANTED, apply, [{ kind: 'confirm' }, ADA], apply], 'GRANT_REPLAYED'],
  ['to other content', [...GRANTED, [{ kind: 'apply', contentHash: 'x', handedDown: freshIds() }, by('bo', 'cse')]], 'CONTENT_CHANGED'],
  ['signed without the role', [asked(), sign({ person: 'bo', agency: 'cse', roles: ['analyst'] })], 'ROLE_NOT_ALLOWED'],
  ['asked for without reason', [[{ ...requestUntil(9), reason: ' ' } as DowngradeCommand, ADA]], 'REASON_REQUIRED'],
  ['asked for when it would be void', [asked(0)], 'EXPIRY_IN_PAST'],
])('a grant %s is refused', (_case, steps, refused) => {
  const { refusals } = run<Downgrade, DowngradeCommand, DowngradeEvent>(MACHINE, steps);
  expect(refusals.map((each) => each.refused)).toEqual([refused]);
}); // prettier-ignore

test('a grant that nothing is wrong with is applied, once', () => {
  const { state, refusals } = run<Downgrade, DowngradeCommand, DowngradeEvent>(MACHINE, [...GRANTED, apply, [{ kind: 'confirm' }, ADA]]); // prettier-ignore
  expect([state.state, refusals]).toEqual(['APPLIED', []]);
});
