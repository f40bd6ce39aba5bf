// References that wait: what names a record may come long before it, in any order, and counts once it is there.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import { createState, hashOfLinked } from '../state.ts';
import { step } from '../step.ts';

const sighting = (n: number, over: Partial<FusionObservation> = {}) =>
  anObservation(n, { agency: `a${n}`, features: [domain('d.example'), domain(`own-${n}.example`)], ...over });
const attached = (n: number, over: Partial<FusionObservation>) => anObservation(n, { facets: null, ...over });
const position = (about: number) =>
  attached(90, {
    type: 'AgencyPosition',
    agency: 'gac',
    position: {
      about: anId(about),
      stance: 'DISSENT',
      definitionId: 'interference/2',
      likelihood: null,
      confidence: null,
    },
  });

interface Expected {
  readonly roots: number;
  readonly members: number;
  readonly dissents?: number;
}

test.each<[string, readonly FusionObservation[], Expected]>([
  [
    'a child, and its parent with a token later',
    [sighting(1, { derivedFrom: [anId(2)] }), sighting(2)],
    { roots: 1, members: 2 },
  ],
  [
    'a chain of derivations, whose first record has the token of a third',
    [
      sighting(1, { derivedFrom: [anId(2)], sourceToken: null }),
      sighting(2, { derivedFrom: [anId(3)], sourceToken: null }),
      sighting(3, { sourceToken: 'origin' }),
      sighting(4, { sourceToken: 'origin' }),
    ],
    { roots: 1, members: 4 },
  ],
  [
    'two children of one record that never comes',
    [sighting(1, { derivedFrom: [anId(7)] }), sighting(2, { derivedFrom: [anId(7)] })],
    { roots: 1, members: 2 },
  ],
  [
    'a LineageLink, and the records that it names',
    [attached(80, { type: 'LineageLink', lineageLink: { child: anId(1), parent: anId(2) } }), sighting(1), sighting(2)],
    { roots: 1, members: 2 },
  ],
  [
    'a recall, what it names, and what derives from that',
    [
      attached(81, { type: 'Recall', agency: 'a1', recalls: anId(1) }),
      sighting(1),
      sighting(2, { derivedFrom: [anId(1)] }),
      sighting(3, { derivedFrom: [anId(1)] }),
    ],
    { roots: 1, members: 2 },
  ],
  [
    'a recall of a LineageLink that came before the link',
    [
      attached(82, { type: 'Recall', recalls: anId(80) }),
      attached(80, { type: 'LineageLink', lineageLink: { child: anId(1), parent: anId(2) } }),
      sighting(1),
      sighting(2),
    ],
    { roots: 2, members: 2 },
  ],
  [
    'a position, and the record it is about',
    [position(1), sighting(1), sighting(2)],
    { roots: 2, members: 2, dissents: 1 },
  ],
  [
    'a superseding record, and later the one it replaces',
    [sighting(3, { agency: 'a1', supersedes: anId(1) }), sighting(1), sighting(2)],
    { roots: 2, members: 2 },
  ],
  [
    'a copy, and later its original with another parent',
    [
      sighting(2, { sourceToken: null, features: [domain('d.example')] }),
      sighting(1, { derivedFrom: [anId(9)], observedAt: NOW - 1 }),
      sighting(3, { derivedFrom: [anId(9)] }),
    ],
    { roots: 1, members: 3 },
  ],
])('%s: any order ends alike', (_, records, { roots, members, dissents = 0 }) => {
  const state = (order: readonly FusionObservation[], together: boolean) => {
    const engine = createState(VIEW, someRules());
    const newest = new Map<string, ReturnType<typeof step>['changes']['assessments'][number]>();
    for (const cut of together ? [order] : order.map((each) => [each]))
      for (const each of step(engine, { now: NOW, observations: cut }).changes.assessments) newest.set(each.id, each);
    const live = [...newest.values()].filter(({ status }) => status === 'LIVE');
    expect(live).toHaveLength(1);
    expect(live[0]!.independentRoots).toBe(roots);
    expect(live[0]!.members).toHaveLength(members);
    expect(live[0]!.positions.filter(({ stance }) => stance === 'DISSENT')).toHaveLength(dissents);
    return [hashOfLinked(engine), live[0]!.contentHash];
  };
  const whole = state(records, true);
  fc.assert(
    fc.property(fc.shuffledSubarray([...records], { minLength: records.length }), (order) => {
      expect(state(order, false)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});
