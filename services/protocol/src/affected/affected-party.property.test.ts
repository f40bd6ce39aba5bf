// A1 to A3 of the affected party, over drawn histories of persons and the clock; and failure 10 by example.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { createMarking, dominates, parse } from '@sitebus/marking';
import { fromWire, loadPolicy, toWire, type AffectedPartyEvent, type Person, type ReleasableText } from '@sitebus/sdk';
import { anAssessment } from '../testing/drawn-assessment.ts';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { reportMarking } from '../sitrep/renditions.ts';
import { TARGET_MESSAGE_MACHINE } from '../targets/target-message.ts';
import { AFFECTED_PARTY_MACHINE, type AffectedParty, type AffectedPartyOpening } from './affected-party.ts';

const RUNS = propertyRuns(1_200);
const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const NOW = Date.parse('2031-09-23T16:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { notifyHours, withholdDaysMax } = policy.timers.affectedParties;
const ID = '7f0a54ea-5b3e-4b0d-9df8-5a0f0f2a1c11';
const VIEW = 's-can';
const SECRET = toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'] }));
const TOP = toWire(createMarking({ classified: 'TOP_SECRET', relTo: ['CAN'], owners: ['CAN'] }));
const text = (basis: ReleasableText['basis'], marking: ReleasableText['marking']): ReleasableText => ({
  basis, en: 'You are a target.', fr: 'Vous êtes visé.', marking, template: null, tearline: null,
}); // prettier-ignore
const TEXTS = [
  text('STANDING_TEARLINE', toWire(reportMarking(policy))),
  text('READABLE', SECRET),
  text('READABLE', TOP),
];

type Step =
  | { readonly does: 'wait'; readonly hours: number }
  | { readonly does: 'withhold'; readonly person: string; readonly reason: string; readonly days: number }
  | { readonly does: 'notify'; readonly person: string; readonly isOwnWords: boolean }
  | { readonly does: 'offer'; readonly text: number };

const PERSONS = ['samir-vasquez', 'farida-lund', 'hugo-paquin', 'ama-lindqvist'];
const someStep = (): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ does: fc.constant('wait' as const), hours: fc.constantFrom(1, 12, 24, 24 * 8) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        does: fc.constant('withhold' as const),
        person: fc.constantFrom(...PERSONS),
        reason: fc.constantFrom('an arrest is planned', 'another reason'),
        days: fc.constantFrom(-1, 0, 3, 3, 14, 15, 400),
      }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('notify' as const), person: fc.constantFrom(...PERSONS), isOwnWords: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('offer' as const), text: fc.nat(2) }) },
  ); // prettier-ignore
const someHistory = (): fc.Arbitrary<readonly Step[]> => fc.array(someStep(), { maxLength: 16 });

/** Whoever is told here: cleared to SECRET, in no group, at home in a view that has no reports. */
const CLEARED = { classified: 'SECRET', protected: 'B', compartments: [], groups: [] } as const;

function opened(releasable?: ReleasableText): LightWorld {
  const world = createLightWorld([AFFECTED_PARTY_MACHINE, TARGET_MESSAGE_MACHINE], policy, NOW);
  const colette = world.persons.get('colette-ibarra')!;
  const clearance = { ...colette.clearance, ...CLEARED };
  world.persons.set('colette-ibarra', { ...colette, homeView: 'public', clearance });
  const args: AffectedPartyOpening = {
    party: 'party:civic-renewal', persons: ['colette-ibarra'], about: ID, category: 'PHISHING', marking: SECRET,
    ...(releasable === undefined ? {} : { releasable }),
  }; // prettier-ignore
  world.give('affected-party', ID, VIEW, 'open', args, { person: 'guard', roles: ['timer'] });
  return world;
}

function played(world: LightWorld, history: readonly Step[]): readonly AffectedParty[] {
  const states = [stateOf(world)];
  for (const step of history) {
    perform(world, step);
    world.tick();
    states.push(stateOf(world));
  }
  return states;
}

function perform(world: LightWorld, step: Step): void {
  const give = (name: string, args: unknown, person: string) =>
    world.give('affected-party', ID, VIEW, name, args, person === 'guard' ? { person, roles: ['timer'] } : world.asking(person)); // prettier-ignore
  switch (step.does) {
    case 'wait':
      world.now += step.hours * HOUR_MS;
      return;
    case 'withhold': {
      // Days counted from midnight, so that two persons can mean the same moment.
      const reviewBy = new Date(Math.floor(world.now / DAY_MS + step.days) * DAY_MS).toISOString();
      give('withhold', { reason: step.reason, reviewBy }, step.person);
      return;
    }
    case 'notify':
      give('notify', step.isOwnWords ? { en: 'Words.', fr: 'Mots.' } : {}, step.person);
      return;
    case 'offer':
      if (stateOf(world).state !== 'NOTIFIED') give('offer-text', TEXTS[step.text], 'guard');
  }
}

const stateOf = (world: LightWorld): AffectedParty => world.state('affected-party', ID) as AffectedParty;
const eventsOf = (world: LightWorld) =>
  world.events(VIEW).filter(({ id }) => id === ID) as unknown as readonly AffectedPartyEvent[];

test('A1: nothing stays as it is without a reason that ends: whatever is withheld is pending again by its date', () => {
  let withheld = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = opened();
      played(world, history);
      const { state, withheld: kept } = stateOf(world);
      if (state !== 'WITHHELD') return;
      withheld += 1;
      expect(kept!.reviewBy - world.now).toBeLessThanOrEqual(withholdDaysMax * DAY_MS);
      world.now = kept!.reviewBy;
      world.tick();
      expect(stateOf(world).state).toBe('PENDING');
      expect(stateOf(world).dueAt).toBeLessThanOrEqual(world.now + notifyHours * HOUR_MS);
    }),
    { numRuns: RUNS, examples: [[WITHHELD]] },
  );
  expect(withheld).toBeGreaterThan(0);
});
const WITHHELD: readonly Step[] = ['samir-vasquez', 'farida-lund'].map((person) => ({
  does: 'withhold', person, reason: 'an arrest is planned', days: 3,
})); // prettier-ignore

test('A2: without any command, whoever has a text that may be shown is told within the timer', () => {
  fc.assert(
    fc.property(fc.constantFrom(TEXTS[0]!, TEXTS[1]!), fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }), (releasable, waits) => {
      const world = opened(releasable);
      for (const hours of waits) {
        world.now += hours * HOUR_MS;
        world.tick();
      }
      world.now = Math.max(world.now, NOW + notifyHours * HOUR_MS);
      world.tick();
      expect(stateOf(world).state).toBe('NOTIFIED');
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('A2: and from any history, unless it is withheld, within the timer after it', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = opened(TEXTS[0]);
      played(world, history.filter(({ does }) => does !== 'offer'));
      for (let waits = 0; waits < 2; waits += 1) {
        world.now += withholdDaysMax * DAY_MS + notifyHours * HOUR_MS;
        world.tick();
      }
      expect(stateOf(world).state).toBe('NOTIFIED');
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('A3: whoever is told may read it, by their clearance or because it was released', () => {
  let told = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = opened();
      played(world, history);
      const { state, releasable, persons } = stateOf(world);
      if (state !== 'NOTIFIED') return;
      told += 1;
      const clearance = world.persons.get(persons[0]!)!.clearance;
      const isLawful =
        releasable!.basis !== 'READABLE' || dominates(clearance, fromWire(releasable!.marking), world.now);
      expect(isLawful).toBe(true);
    }),
    {
      numRuns: RUNS,
      examples: [
        [
          [
            { does: 'offer', text: 1 },
            { does: 'wait', hours: 24 },
          ],
        ],
      ],
    },
  );
  expect(told).toBeGreaterThan(0);
});

test('a withholding has two different persons, who said the same', () => {
  let withheld = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = opened();
      played(world, history);
      const events = eventsOf(world);
      for (const [at, event] of events.entries()) {
        if (event.kind !== 'withheld') continue;
        withheld += 1;
        const proposed = events.slice(0, at).findLast(({ kind }) => kind === 'withholding-proposed')!;
        expect(proposed.by.person).not.toBe(event.by.person);
        expect([proposed.reason, proposed.reviewBy]).toEqual([event.reason, event.reviewBy]);
      }
    }),
    { numRuns: RUNS, examples: [[WITHHELD]] },
  );
  expect(withheld).toBeGreaterThan(0);
});

test('an analyst decides nothing of it, and nobody withholds for longer than policy allows', () => {
  const world = opened();
  const withhold = (person: string, days: number) =>
    world.give('affected-party', ID, VIEW, 'withhold', { reason: 'why', reviewBy: new Date(NOW + days * DAY_MS).toISOString() }, world.asking(person)); // prettier-ignore
  expect(withhold('ama-lindqvist', 3)).toMatchObject({ refused: 'ROLE_NOT_ALLOWED' });
  expect(withhold('samir-vasquez', 15)).toMatchObject({ faults: [{ pointer: '/reviewBy', code: 'REVIEW_REQUIRED' }] });
  expect(withhold('samir-vasquez', 14)).toBeUndefined();
  expect(withhold('samir-vasquez', 14)).toMatchObject({ refused: 'OWN_REQUEST' });
});

const PARTY = policy.people.flatMap(({ person, party }) => (party === 'party:civic-renewal' ? [person] : [])).sort();

test('failure 10: a party that a severe assessment names is told by default; nobody has to remember it', () => {
  const world = createLightWorld([AFFECTED_PARTY_MACHINE, TARGET_MESSAGE_MACHINE], policy, NOW);
  const target = { kind: 'PARTY', ref: 'party:civic-renewal', suppressedAs: null };
  world.assessments.set(`${VIEW} ${ID}`, anAssessment({ id: ID, view: VIEW, targets: [target], severity: { score: 80, inputs: [] } })); // prettier-ignore
  world.tick();
  const [id] = world.ids('affected-party', VIEW);
  expect(world.state('affected-party', id!)).toMatchObject({ state: 'PENDING', persons: PARTY });
  world.now += notifyHours * HOUR_MS;
  world.tick();
  const decision = world.state('affected-party', id!) as AffectedParty;
  expect(AFFECTED_PARTY_MACHINE.issues?.(decision, id!, policy)).toMatchObject([{ to: PARTY }]);
});

test('what is released below the view goes where its reader reads, and says nothing but the words', () => {
  const world = opened(TEXTS[0]);
  world.now += notifyHours * HOUR_MS;
  world.tick();
  const [view] = policy.views.filter(({ id }) => world.ids('target-message', id).length > 0);
  expect(view?.id).toBe(policy.targetNotices.view); // their home view has no reports
  expect(JSON.stringify(world.events(view!.id))).not.toContain(ID);
});

const TEARLINE = '00000000-0000-4000-8000-0000000000d1';
const APPROVED = 'On 23 September an address was set up to look like yours.';
const FRENCH = 'Le 23 septembre, une adresse imitant la vôtre a été créée.';

/** A decision on an assessment of one observation, of which a tearline was published. */
function withTearline(marking: string, person: Partial<Person['clearance']> = { groups: ['community', 'platforms', 'research'] }): LightWorld {
  const world = opened();
  const member = { ...anAssessment({ id: ID }).members[0]!, id: TEARLINE.replace(/d1$/, 'e1'), agency: 'csis' };
  world.assessments.set(`${VIEW} ${ID}`, anAssessment({ id: ID, view: VIEW, members: [member] }));
  const words = { title: 'Released', text: APPROVED, lang: 'en' } as const;
  world.releases.set(TEARLINE, { kind: 'tearline', source: member.id, marking: toWire(parse(marking, policy)), words });
  const colette = world.persons.get('colette-ibarra')!;
  world.persons.set('colette-ibarra', { ...colette, clearance: { ...colette.clearance, ...person } });
  return world;
} // prettier-ignore
const tellBy = (world: LightWorld, args: object) =>
  world.give('affected-party', ID, VIEW, 'notify', { tearline: TEARLINE, ...args }, world.asking('samir-vasquez'));

test('A3: the words of a tearline are told as they were approved, where their reader may read them', () => {
  const world = withTearline('UNCLASSIFIED//TLP:AMBER');
  expect(tellBy(world, { fr: FRENCH })).toBeUndefined();
  expect(stateOf(world)).toMatchObject({ state: 'NOTIFIED', releasable: { basis: 'TEARLINE', en: APPROVED, fr: FRENCH, tearline: TEARLINE } }); // prettier-ignore
  const told = policy.views.filter(({ id }) => world.ids('target-message', id).length > 0);
  expect(told).toHaveLength(1);
  expect(JSON.stringify(world.events(told[0]!.id))).toContain(APPROVED);
  expect(JSON.stringify(world.events(told[0]!.id))).not.toContain(ID);
});

test('A3: a message in words that protect more lies where those may be read, under their marking', () => {
  const world = withTearline('PROTECTED A//CANADIAN EYES ONLY');
  expect(tellBy(world, { fr: FRENCH })).toBeUndefined();
  const [view] = policy.views.filter(({ id }) => world.ids('target-message', id).length > 0);
  expect(view?.clearance.protected).not.toBe('NONE');
  expect(world.events(view!.id)).toMatchObject([{ marking: { protected: 'A' } }]);
});

test.each([
  ['a text that was not approved', { en: 'Another text.', fr: FRENCH }, 'INVALID_DRAFT'],
  ['one language', {}, 'INVALID_DRAFT'],
  ['other numbers in the translation', { fr: FRENCH.replace('23', '24') }, 'LINT_FAILED'],
  ['a translation that says whose it is', { fr: `${FRENCH} Selon CSIS.` }, 'LINT_FAILED'],
  ['what is no tearline', { tearline: ID, fr: FRENCH }, 'INVALID_DRAFT'],
])('A3: %s is not told', (_what, args, refused) => {
  const world = withTearline('UNCLASSIFIED//TLP:AMBER');
  expect(tellBy(world, args)).toMatchObject({ refused });
  expect(stateOf(world).state).toBe('PENDING');
});

test('A3: a tearline above its reader is not told, and neither is one of another matter', () => {
  expect(tellBy(withTearline('TOP SECRET//CANADIAN EYES ONLY'), { fr: FRENCH })).toMatchObject({
    refused: 'NOT_RELEASABLE',
  });
  expect(tellBy(withTearline('UNCLASSIFIED//TLP:AMBER', { groups: [] }), { fr: FRENCH })).toMatchObject({ refused: 'NOT_RELEASABLE' }); // prettier-ignore
  const other = withTearline('UNCLASSIFIED//TLP:AMBER');
  other.assessments.delete(`${VIEW} ${ID}`);
  expect(tellBy(other, { fr: FRENCH })).toMatchObject({ refused: 'INVALID_DRAFT' });
});
