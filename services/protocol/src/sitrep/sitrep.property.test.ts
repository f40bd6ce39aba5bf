// S1 to S3 of the situation report, over drawn histories; the examples are in sitrep.test.ts.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { parse } from '@sitebus/marking';
import { loadPolicy, type SitrepEvent } from '@sitebus/sdk';
import type { Asking } from '../machine.ts';
import { aSourceGap } from '../testing/a-source-gap.ts';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { isReadableIn, markingOfPortion } from './portions.ts';
import { reportingViews, sitrepId } from './renditions.ts';
import { seriesId, SITREP_SERIES_MACHINE } from './series.ts';
import { SITREP_MACHINE } from './sitrep-machine.ts';
import type { Sitrep } from './sitrep.ts';

const RUNS = propertyRuns(150);
const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const NOON = Date.parse('2031-09-20T16:00:00Z');
const HOUR_MS = 3_600_000;
const SERIES = seriesId('ge-demo', 'writ');
const VIEWS = reportingViews(policy).map(({ id }) => id);
const MARKS = ['UNCLASSIFIED//TLP:AMBER', 'PROTECTED B', 'SECRET//CANADIAN EYES ONLY', 'SECRET//REL TO CAN, GBR', 'TOP SECRET//SI//CANADIAN EYES ONLY']; // prettier-ignore
const LOW = MARKS[0]!;

const WAIT: Step = { does: 'wait', agency: 'cse', view: 'ts-can', number: 1, portions: [], hours: 30 };

interface Step {
  readonly does: 'contribute' | 'nil' | 'approve' | 'issue' | 'correct' | 'wait' | 'declare' | 'recall';
  readonly agency: string;
  readonly view: string;
  readonly number: number;
  readonly portions: readonly { readonly text: string; readonly marking: string }[];
  readonly hours: number;
}

const someStep = (): fc.Arbitrary<Step> =>
  fc.record({
    does: fc.constantFrom(
      'contribute',
      'contribute',
      'contribute',
      'nil',
      'approve',
      'issue',
      'correct',
      'wait',
      'wait',
      'declare',
      'declare',
      'recall',
    ),
    agency: fc.constantFrom(...policy.taskForce.members),
    view: fc.constantFrom('ts-can', 'ts-can', ...VIEWS),
    number: fc.constantFrom(1, 1, 2),
    portions: fc.array(
      fc.record({ text: fc.constantFrom('one', 'two', 'three', 'four'), marking: fc.constantFrom(...MARKS) }),
      { minLength: 1, maxLength: 3 },
    ),
    hours: fc.constantFrom(1, 5, 30),
  });
const someHistory = (): fc.Arbitrary<readonly Step[]> => fc.array(someStep(), { maxLength: 14 });

const idIn = (view: string, number: number): string =>
  sitrepId(
    policy.views.find(({ id }) => id === view)!,
    'ge-demo',
    'writ',
    number,
  );
const report = (world: LightWorld, view: string, number: number): Sitrep =>
  world.state('sitrep', idIn(view, number)) as Sitrep;

/** To who may read everything. */
function gapsShown(world: LightWorld, view: string, number: number): unknown {
  const viewer = { id: idIn(view, number), asking: world.asking('noor-castellane'), facts: world.facts(view) };
  return (SITREP_MACHINE.shown(report(world, view, number), viewer).body['gaps'] as { readonly sources?: unknown }).sources;
} // prettier-ignore

/** `keep`: what of a step's paragraphs there is in this world; a step of which nothing is left does not happen. */
function played(history: readonly Step[], keep: (marking: string) => boolean = () => true): LightWorld {
  const world = createLightWorld([SITREP_SERIES_MACHINE, SITREP_MACHINE], policy, NOON);
  const secretariat = world.asking('samir-vasquez');
  world.give('sitrep-series', SERIES, 'ts-can', 'open', { electionId: 'ge-demo', cadence: 'writ' }, secretariat);
  world.tick();
  for (const step of history) {
    perform(world, step, keep);
    world.tick();
  }
  return world;
}

/** A gap of a few ids, which later ones take the place of or recall; what is not kept is not declared. */
function declare(world: LightWorld, { does, agency, number, portions, hours }: Step, keep: (marking: string) => boolean): void {
  const [{ text, marking }] = portions as readonly [Step['portions'][number]];
  const id = (at: number): string => `00000000-0000-4000-8000-00000000000${at}`;
  const subject = id(['one', 'two', 'three', 'four'].indexOf(text));
  const fromMs = world.now - hours * HOUR_MS;
  const own = { id: does === 'declare' ? subject : id(9), marking, agency, fromMs, ...(number === 1 ? { toMs: world.now } : {}) };
  const ends = does === 'recall' ? { recalls: subject } : portions.length === 3 ? { supersedes: id(0) } : {};
  if (keep(marking)) world.sourceGaps.take(aSourceGap({ ...own, ...ends }, policy));
} // prettier-ignore

function perform(world: LightWorld, step: Step, keep: (marking: string) => boolean): void {
  const { does, agency, view, number, portions, hours } = step;
  if (does === 'declare' || does === 'recall') return declare(world, step, keep);
  const by: Asking = { person: `${agency}-person`, agency, roles: ['operator'] };
  const chair: Asking = { person: 'teodor-vance', agency: 'gac', roles: ['chair'] };
  const give = (name: string, args: unknown, asking: Asking) =>
    world.ids('sitrep', view).includes(idIn(view, number)) ? world.give('sitrep', idIn(view, number), view, name, args, asking) : undefined;
  const kept = portions.filter(({ marking }) => keep(marking));
  const clearance = policy.views.find(({ id }) => id === view)!;
  const isAbove = portions.some(({ marking }) => !isReadableIn(clearance, parse(marking, policy)));
  if (isAbove) return; // refused as a whole, by what its sender wrote: tested in sitrep.test.ts
  switch (does) {
    case 'wait':
      world.now += hours * HOUR_MS;
      return;
    case 'contribute':
      if (kept.length > 0) give('contribute', { portions: kept }, by);
      return;
    case 'nil':
      give('nil', {}, by);
      return;
    case 'approve':
      give('approve', {}, chair);
      return;
    case 'issue':
      give('issue', { recipients: ['ama-lindqvist', 'elio-marchetti'], decision: { reason: 'daily' } }, chair);
      return;
    case 'correct':
      if (kept.length > 0) give('correct', { reason: 'was wrong', add: kept }, chair);
  }
} // prettier-ignore

test('S1, failure 19: reports were dropped under pressure: every cut-off has exactly one compiled report in each view, with every member in it, whatever anybody did', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = played([...history, { ...WAIT, hours: 30 }]);
      for (const view of VIEWS) {
        const events = world.events(view) as readonly SitrepEvent[];
        const opened = events.filter(
          ({ kind, cutOffAt }) => kind === 'opened' && cutOffAt !== null && cutOffAt <= world.now,
        );
        const compiled = events.filter(({ kind }) => kind === 'compiled');
        expect(compiled.map(({ id }) => id).sort()).toEqual(opened.map(({ id }) => id).sort());
        expect(opened.length).toBeGreaterThan(0);
        for (const { standings } of compiled)
          expect(standings.map(({ agency }) => agency)).toEqual(policy.taskForce.members);
      }
    }),
    { numRuns: RUNS },
  );
});

test('S3: a view’s rendition is what it would be if nothing above the view had ever been written', () => {
  const partner = policy.views.find(({ id }) => id === 'partner')!;
  let differed = 0;
  fc.assert(
    fc.property(someHistory(), (history) => {
      const wholly = played(history);
      const lower = played(history, (marking) => marking === LOW);
      expect(JSON.stringify(wholly.events('partner'))).toBe(JSON.stringify(lower.events('partner')));
      if (JSON.stringify(wholly.events('ts-can')) !== JSON.stringify(lower.events('ts-can'))) differed += 1;
      for (const { portions, sourceGaps } of [report(wholly, 'partner', 1), report(wholly, 'partner', 2)])
        expect([...portions, ...(sourceGaps?.gaps ?? [])].every((part) => isReadableIn(partner, markingOfPortion(part)))).toBe(true);
    }),
    {
      numRuns: RUNS,
      examples: [
        [[{ ...WAIT, does: 'contribute', portions: [{ text: 'one', marking: MARKS[2]! }] }]],
        [[{ ...WAIT, does: 'declare', portions: [{ text: 'one', marking: MARKS[2]! }] }, WAIT]],
        [[{ ...WAIT, does: 'declare', portions: [{ text: 'one', marking: LOW }] }, { ...WAIT, does: 'recall', portions: [{ text: 'one', marking: MARKS[2]! }] }, WAIT]],
      ],
    },
  );
  expect(differed).toBeGreaterThan(0); // the example alone differs above
}); // prettier-ignore

test('what a compiled report says of sources is never changed, by no later gap, recall or command', () => {
  const gap: Step = { ...WAIT, does: 'declare', portions: [{ text: 'one', marking: LOW }] };
  let named = 0;
  fc.assert(
    fc.property(someHistory(), someHistory(), (history, more) => {
      const world = played(history);
      const compiled = VIEWS.flatMap((view) => [1, 2].map((number) => report(world, view, number))).filter(({ sourceGaps }) => sourceGaps !== undefined);
      const said = () => compiled.map(({ number, views }) => views.map((view) => [report(world, view, number).sourceGaps, gapsShown(world, view, number)]));
      const before = JSON.stringify(said());
      for (const step of more) {
        perform(world, step, () => true);
        world.tick();
      }
      expect(JSON.stringify(said())).toBe(before);
      named += compiled.filter(({ sourceGaps }) => sourceGaps!.gaps.length > 0).length;
    }),
    { numRuns: propertyRuns(80), examples: [[[gap, WAIT], [{ ...gap, does: 'recall' }, gap, WAIT]]] },
  );
  expect(named).toBeGreaterThan(0); // the example names one
}); // prettier-ignore

test('what was contributed in time and may be read in a view is in its report, or was taken out by a correction', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = played(history);
      for (const view of VIEWS) {
        const events = world.events(view) as readonly SitrepEvent[];
        const given = events.flatMap(({ id, kind, contribution }) => (kind === 'contributed' ? contribution!.portions.map((portion) => [id, portion.id] as const) : []));
        for (const [id, portion] of given)
          expect((world.state('sitrep', id) as Sitrep).portions.map((each) => each.id)).toContain(portion);
      }
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('a command that the state does not list is refused and changes nothing', () => {
  let refusals = 0;
  fc.assert(
    fc.property(someHistory(), someStep(), (history, step) => {
      const world = played(history);
      const id = idIn('ts-can', 1);
      const before = JSON.stringify(VIEWS.map((view) => world.events(view)));
      const name = ['open', 'take-in', 'carry', 'cut-off', 'issue-here', 'correct-here', 'give-up-waiting'][
        step.hours % 7
      ]!;
      const refused = world.give(
        'sitrep',
        id,
        'ts-can',
        name,
        {},
        { person: 'ada', agency: 'cse', roles: ['operator', 'chair', 'secretariat'] },
      );
      if (refused?.refused === 'ILLEGAL_TRANSITION') refusals += 1;
      expect(JSON.stringify(VIEWS.map((view) => world.events(view)))).toBe(before);
    }),
    { numRuns: RUNS },
  );
  expect(refusals).toBe(RUNS);
});
