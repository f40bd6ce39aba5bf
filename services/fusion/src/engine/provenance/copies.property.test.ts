// Laws of copy detection, in universes where nearly every record is a copy of another.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { inCuts } from '../../testing/histories.ts';
import { naiveImage } from '../../testing/naive-oracle.ts';
import { NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import type { Rules } from '../rules.ts';
import { createState, hashOfLinked, linkedOf, type EngineState } from '../state.ts';
import { step } from '../step.ts';

const TEXT = 'ballots were counted twice at the harbour';
const VALUES = [
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((name) => domain(`${name}.example`)),
  ...['', ' again', ' now', ' they say'].map((tail) => ({ kind: 'text', value: `${TEXT}${tail}` })),
];
const runs = { numRuns: propertyRuns(50) };
/** Drawn alike in every run, so that there are copies by more than chance. */
const ALWAYS = { seed: 2_031, numRuns: 10 };
/** A search of all pairs after every cut costs most. */
const fewerRuns = { numRuns: Math.ceil(runs.numRuns / 2) };

/** A third of the values may be new, so that a copy of a copy need not be a copy of the first. */
const LOOSE = someRules({ copyContainment: 0.66, copyMinValues: 3, copyPresumedMinValues: 1 });
const STRICT = someRules({ copyContainment: 1, copyMinValues: 2 });
/** Values of more than three records are not looked at. */
const CROWDED: Rules = { ...STRICT, volumeCap: 3 };
/** A long text and one value beside it are enough, with a token or without. */
const TEXTS = someRules({ copyMinValues: 4, copyTextMinChars: 40, copyTextOtherValues: 1 });
/** Two texts that sound alike are one too many for a bucket: it compares nobody. */
const FLOODED: Rules = { ...TEXTS, copyContainmentMicro: 660_000, texts: { ...TEXTS.texts, bucketCap: 1 } };
const universes: [string, Rules][] = [
  ['copies with a few values of their own', LOOSE],
  ['exact copies', STRICT],
  ['values that many carry', CROWDED],
  ['reworded texts', TEXTS],
  ['reworded texts in a crowd of such', FLOODED],
];

test.each(universes)('%s: after every cut copies are those that a search of all pairs finds', (_, rules) => {
  let copies = 0;
  fc.assert(
    fc.property(observations(), cutSizes(), (given, sizes) => {
      const state = createState(VIEW, rules);
      const seen: FusionObservation[] = [];
      for (const cut of inCuts(given, sizes)) {
        seen.push(...cut);
        step(state, { now: NOW, observations: cut });
        expect(linkedOf(state)).toEqual(naiveImage(rules, seen));
      }
      copies += linkedOf(state).copies.length;
    }),
    { ...fewerRuns, examples: fc.sample(fc.tuple(observations(), cutSizes()), ALWAYS) },
  );
  expect(copies).toBeGreaterThan(0); // a universe without copies would prove nothing
});

test.each(universes)('%s: the order of arrival decides nothing', (_, rules) => {
  fc.assert(
    fc.property(orders(), cutSizes(), ([given, shuffled], sizes) => {
      expect(hashOfLinked(fed(rules, given, [1]))).toBe(hashOfLinked(fed(rules, shuffled, sizes)));
    }),
    runs,
  );
});

test.each(universes)('%s: when originals are recalled, the rest is as if they had never come', (_, rules) => {
  fc.assert(
    fc.property(
      observations(),
      cutSizes(),
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      (given, sizes, picks) => {
        const sightings = given.filter(({ type }) => type === 'IndicatorReport');
        fc.pre(sightings.length > 0);
        const targets = new Set(picks.map((pick) => sightings[pick % sightings.length]!));
        const recalls = [...targets].map((target, n) => ({
          ...target,
          ...BARE,
          id: anId(900 + n),
          recalls: target.id,
        }));
        const retracted = linkedOf(fed(rules, [...given, ...recalls], sizes));
        const never = linkedOf(fed(rules, [...given.filter((each) => !isOneOf(targets, each)), ...recalls], sizes));
        expect(retracted).toEqual(never);
      },
    ),
    runs,
  );
});

const BARE = {
  type: 'Recall',
  contentHash: 'f'.repeat(16),
  facets: null,
  features: [],
  derivedFrom: [],
  sourceToken: null,
};

/** Identity is (agency, cell, id): a recall reaches it whatever its content. */
function isOneOf(targets: ReadonlySet<FusionObservation>, each: FusionObservation): boolean {
  return [...targets].some(({ agency, cell, id }) => agency === each.agency && cell === each.cell && id === each.id);
}

function observations(): fc.Arbitrary<FusionObservation[]> {
  return fc.array(anotherCopy(), { minLength: 2, maxLength: 20 });
}

function orders(): fc.Arbitrary<[FusionObservation[], FusionObservation[]]> {
  return observations().chain((given) =>
    fc.tuple(
      fc.constant(given),
      fc.shuffledSubarray([...given, ...given], { minLength: given.length * 2, maxLength: given.length * 2 }),
    ),
  );
}

const cutSizes = () => fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 20, maxLength: 20 });

function anotherCopy(): fc.Arbitrary<FusionObservation> {
  return fc
    .record({
      id: fc.integer({ min: 1, max: 16 }),
      agency: fc.constantFrom('cse', 'gac', 'partner-a', 'partner-b'),
      hour: fc.integer({ min: 0, max: 4 }),
      token: fc.option(fc.integer({ min: 1, max: 5 }), { nil: null, freq: 2 }),
      parent: fc.option(fc.integer({ min: 1, max: 16 }), { nil: null, freq: 1 }),
      values: fc.subarray(VALUES.slice(0, 6), { minLength: 1 }),
      texts: fc.subarray(VALUES.slice(6), { maxLength: 2 }),
      denies: fc.boolean(),
      role: fc.constantFrom('sighting', 'sighting', 'sighting', 'sighting', 'sighting', 'link', 'recall'),
      other: fc.integer({ min: 1, max: 16 }),
    })
    .map(({ id, agency, hour, token, parent, values, texts, denies, role, other }) => {
      const isDerived = parent !== null && parent % 3 === 0; // most state nothing: these are the ones to be found
      const sighting = anObservation(id, {
        agency,
        observedAt: NOW - hour * 3_600_000,
        sourceToken: token === null ? null : `token-${token}`,
        derivedFrom: isDerived ? [anId(parent)] : [],
        features: texts.length === 0 ? values : [...values.slice(0, 2), ...texts],
        denies: denies && hour === 0,
      });
      if (role === 'sighting') return withContentHash(sighting);
      const attached = { ...sighting, id: anId(id + 100), facets: null, features: [], derivedFrom: [] };
      if (role === 'recall') return withContentHash({ ...attached, type: 'Recall', recalls: anId(other) });
      const lineageLink = { child: anId(other), parent: anId((other % 5) + 1) };
      return withContentHash({ ...attached, type: 'LineageLink', lineageLink });
    });
}

/** Equal hash, equal content. */
function withContentHash({ contentHash: _, ...content }: FusionObservation): FusionObservation {
  let hash = 0x811c9dc5;
  for (const unit of JSON.stringify(content)) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return { ...content, contentHash: hash.toString(16).padStart(16, '0') };
}

function fed(rules: Rules, given: readonly FusionObservation[], sizes: readonly number[]): EngineState {
  const state = createState(VIEW, rules);
  for (const cut of inCuts(given, sizes)) step(state, { now: NOW, observations: cut });
  return state;
}
