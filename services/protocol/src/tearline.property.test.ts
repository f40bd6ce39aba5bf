// T4 and the table of the tearline, over drawn histories; T1 to T3 of its record are in released-records.property.test.ts.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TearlineDraft, TearlineEvent } from '@sitebus/sdk';
import { EMPTY_TEARLINE } from './event-types.ts';
import type { Asking } from './machine.ts';
import {
  decideTearline,
  evolveTearline,
  NO_TEARLINE,
  originsOf,
  type Tearline,
  type TearlineCommand,
} from './tearline.ts';
import { anOfficial, CITED, freshIds, LOW, run, RUNS, signatureOf, somebody } from './testing/drawn-commands.ts';

const MACHINE = { start: NO_TEARLINE, decide: decideTearline, evolve: evolveTearline, empty: EMPTY_TEARLINE };

const draftOf = (n: number): TearlineDraft => ({
  text: `text ${n}`, lang: 'en', title: 'title', category: 'OTHER', soWhat: '', values: [], marking: LOW, contentHash: `hash ${n}`,
}); // prettier-ignore

type Step = readonly [TearlineCommand | ((state: Tearline) => TearlineCommand), Asking];

/** Approvals are mostly on the draft as it stands, and sometimes on another. */
const someStep = (): fc.Arbitrary<Step> =>
  fc.oneof({ weight: 3, arbitrary: anOfficial() }, somebody()).chain((by) =>
    fc
      .oneof(
        fc.constant<TearlineCommand>({ kind: 'request', source: CITED, for: 'campaigns', wantedBy: null }),
        fc.nat(3).map((n): TearlineCommand => ({ kind: 'draft', draft: draftOf(n) })),
        fc.constant<TearlineCommand>({ kind: 'submit' }),
        { weight: 8, arbitrary: fc.constant(approvalOfStanding(by)) },
        fc
          .nat(3)
          .map((n): TearlineCommand => ({ kind: 'approve', contentHash: `hash ${n}`, signature: signatureOf(by) })),
        fc.constantFrom('', 'no').map((reason): TearlineCommand => ({ kind: 'refuse', reason })),
        { weight: 3, arbitrary: fc.constant((): TearlineCommand => ({ kind: 'publish', handedDown: freshIds() })) },
        fc.constant<TearlineCommand>({ kind: 'confirm' }),
        fc.constant<TearlineCommand>({ kind: 'give-up', reason: 'refused' }),
        fc.constant<TearlineCommand>({ kind: 'withdraw', reason: 'wrong' }),
      )
      .map((command) => [command, by] as const),
  );

function approvalOfStanding(by: Asking): (state: Tearline) => TearlineCommand {
  return ({ draft }) => ({ kind: 'approve', contentHash: draft?.contentHash ?? '', signature: signatureOf(by) });
}

/** Requested, drafted and submitted, then anything: or most histories would end before the first approval. */
const someHistory = (): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(fc.nat(3), anOfficial(), fc.array(someStep(), { maxLength: 14 }))
    .map(([n, by, steps]) => [...(n > 0 ? opening(by) : []), ...steps]);

function opening(by: Asking): readonly Step[] {
  return [
    [{ kind: 'request', source: CITED, for: 'campaigns', wantedBy: null }, by],
    [{ kind: 'draft', draft: draftOf(0) }, by],
    [{ kind: 'submit' }, by],
  ];
}

test('what is published was approved, as it stands, by a release authority of every origin, none of whom drafted it', () => {
  let published = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, history);
      const first = events.findIndex(({ kind }) => kind === 'publishing');
      if (first < 0) return;
      published += 1;
      const before = events.slice(0, first);
      const lastDraft = before.findLastIndex(({ kind }) => kind === 'drafted');
      const approvals = before.slice(lastDraft).filter(({ kind }) => kind === 'approved');
      expect(approvals.map(({ approval }) => approval?.agency).sort()).toEqual(originsOf({ source: CITED }));
      expect(approvals.map(({ by }) => by.person)).not.toContain(before[lastDraft]?.by.person);
    }),
    { numRuns: RUNS },
  );
  expect(published).toBeGreaterThan(RUNS / 100);
});

test('T4: a change after approval returns it to DRAFTED, without approvals; nothing of before is published', () => {
  let changed = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events, states } = run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, history);
      return events.every(({ kind }, at) => {
        if (kind !== 'drafted') return true;
        if ((states[at]?.approvals.length ?? 0) > 0) changed += 1;
        return states[at + 1]?.state === 'DRAFTED' && states[at + 1]?.approvals.length === 0;
      });
    }),
    { numRuns: RUNS },
  );
  expect(changed).toBeGreaterThan(RUNS / 100);
});

test('one tearline makes one lower record: a second try hands down the ids of the first, until it has been given up', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, history);
      const publishing = events.filter(({ kind }) => kind === 'publishing').length;
      const givenUp = events.filter(({ kind }) => kind === 'publishing-failed').length;
      const published = events.filter(({ kind }) => kind === 'published');
      expect(published.length).toBeLessThanOrEqual(1);
      expect(publishing - givenUp).toBeLessThanOrEqual(1);
      if (published.length === 1)
        expect(published[0]?.handedDown).toEqual(events.findLast(({ kind }) => kind === 'publishing')?.handedDown);
    }),
    { numRuns: RUNS },
  );
});

test('a command that the state does not list is refused and changes nothing', () => {
  fc.assert(
    fc.property(someHistory(), someStep(), (history, [given, by]) => {
      const { state } = run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, history);
      const command = typeof given === 'function' ? given(state) : given;
      const before = JSON.stringify(state);
      const decision = decideTearline(state, command, by);
      expect(JSON.stringify(state)).toBe(before);
      if (command.kind !== 'withdraw' || state.state === 'PUBLISHED') return;
      expect(decision).toMatchObject({ refused: 'ILLEGAL_TRANSITION' });
    }),
    { numRuns: RUNS },
  );
});

const official = (person: string, agency: string): Asking => ({
  person,
  agency,
  roles: ['analyst', 'release-authority'],
});
const REVIEWED: readonly Step[] = opening(official('ada', 'cse'));
const approve = (by: Asking): Step => [approvalOfStanding(by), by];

test.each<[string, Step, string]>([
  ['by whoever drafted it', approve(official('ada', 'cse')), 'OWN_DRAFT'],
  ['by somebody of no origin', approve(official('bo', 'gac')), 'NOT_AN_ORIGIN'],
  ['without the role', approve({ person: 'bo', agency: 'cse', roles: ['analyst'] }), 'ROLE_NOT_ALLOWED'],
  ['of another draft', [{ kind: 'approve', contentHash: 'hash 9', signature: signatureOf(official('bo', 'cse')) }, official('bo', 'cse')], 'CONTENT_CHANGED'],
  ['refused without reason', [{ kind: 'refuse', reason: ' ' }, official('bo', 'cse')], 'REASON_REQUIRED'],
  ['published before it is approved', [{ kind: 'publish', handedDown: freshIds() }, official('bo', 'cse')], 'ILLEGAL_TRANSITION'],
])('an approval %s is refused', (_case, step, refused) => {
  expect(run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, [...REVIEWED, step]).refusals).toMatchObject([{ refused }]);
}); // prettier-ignore

test('an agency approves once: its second word does not stand for the other origin', () => {
  const twice = [...REVIEWED, approve(official('bo', 'cse')), approve(official('cy', 'cse'))];
  const { state, refusals } = run<Tearline, TearlineCommand, TearlineEvent>(MACHINE, twice);
  expect([state.state, refusals[0]?.refused]).toEqual(['ORIGINATOR_REVIEW', 'SIGNED_TWICE']);
});
