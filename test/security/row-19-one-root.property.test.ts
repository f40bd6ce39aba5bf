// Row 19, T2: in a view that reads both, a tearline and its source count as one root, whatever comes beside them and in
// whatever order: the guard's own records, taken in by the engine of a view.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMarking } from '@sitebus/marking';
import { toWire, type CitedRecord, type TearlineDraft } from '@sitebus/sdk';
import type { FusionObservation } from '../../services/fusion/src/engine/observation.ts';
import { createState } from '../../services/fusion/src/engine/state.ts';
import { step } from '../../services/fusion/src/engine/step.ts';
import { anId, anObservation, domain, NOW, someRules, VIEW } from '../../services/fusion/src/testing/observations.ts';
import { tearlineRecords } from '../../services/protocol/src/released-records.ts';

const HIGH = toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] }));
const LOW = toWire(createMarking({ classified: 'UNCLASSIFIED', tlp: 'AMBER', owners: ['CAN'], origins: ['cse'] }));
const VALUES = ['a.example', 'b.example', 'c.example'];
const SOURCE = anId(1);
const TEARLINE = anId(2);
const CITED: CitedRecord = {
  id: SOURCE, agency: 'cse', cell: 's-can', topic: 'obs.s-can.cse', partition: 0, offset: '1', contentHash: 'x', marking: HIGH,
}; // prettier-ignore
const RULES = someRules();

/** Source, tearline and link as the engine takes them, and company that shares a value with the tearline. */
interface Drawn {
  readonly kept: readonly string[];
  readonly company: readonly FusionObservation[];
  /** Where each record comes, and after which of them the view makes a step. */
  readonly places: readonly number[];
  readonly stepsAfter: readonly boolean[];
}

const someDrawing = (): fc.Arbitrary<Drawn> =>
  fc.record({
    kept: fc.subarray(VALUES, { minLength: 1 }),
    company: fc
      .array(fc.record({ agency: fc.constantFrom('gac', 'csis'), value: fc.constantFrom(...VALUES) }), { maxLength: 3 })
      .map((all) => all.map(({ agency, value }, n) => anObservation(10 + n, { agency, features: [domain(value)] }))),
    places: fc.array(fc.nat(99), { minLength: 6, maxLength: 6 }),
    stepsAfter: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  });

function recordsOf({ kept, company }: Drawn, withLink: boolean): readonly FusionObservation[] {
  const draft: TearlineDraft = {
    text: 'text', lang: 'en', title: 'title', category: 'OTHER', soWhat: '', marking: LOW, contentHash: 'y',
    values: kept.map((value) => ({ kind: 'domain', value })),
  }; // prettier-ignore
  const { lower, link } = tearlineRecords(draft, CITED, { id: TEARLINE, linkId: anId(3), origin: 'fresh' }, NOW);
  const domains = lower['domains'] as readonly string[];
  const { id } = lower['envelope'] as { readonly id: string };
  const linked = { child: String(link['child']), parent: String(link['parent']) };
  return [
    anObservation(1, { features: VALUES.map(domain) }),
    { ...anObservation(2, { features: domains.map(domain) }), id, sourceToken: 'of the tearline', sourceGrade: 'F', infoGrade: 6 }, // prettier-ignore
    ...(withLink ? [{ ...anObservation(3, { type: 'LineageLink', facets: null, sourceToken: null }), lineageLink: linked }] : []), // prettier-ignore
    ...company,
  ];
}

/** Roots of the assessment that has the source, once everything has been taken in. */
function rootsOf(drawn: Drawn, withLink: boolean): number | undefined {
  const records = recordsOf(drawn, withLink);
  const order = records.map((record, n) => ({ record, at: drawn.places[n] ?? 0, n })).sort((a, b) => a.at - b.at || a.n - b.n); // prettier-ignore
  const state = createState(VIEW, RULES);
  let roots: number | undefined;
  let waiting: FusionObservation[] = [];
  for (const [n, { record }] of order.entries()) {
    waiting.push(record);
    if (n < order.length - 1 && drawn.stepsAfter[n] !== true) continue;
    for (const { members, independentRoots, status } of step(state, { now: NOW, observations: waiting }).changes.assessments)
      if (status === 'LIVE' && members.some(({ id }) => id === SOURCE)) roots = independentRoots;
    waiting = [];
  }
  return roots;
} // prettier-ignore

test('row 19: a tearline and its source are one root beside whatever company, in any order and in any steps', () => {
  fc.assert(
    fc.property(someDrawing(), (drawn) => rootsOf(drawn, true) === 1 + drawn.company.length),
    { numRuns: 5_000 }, // each runs the engine
  );
});

test('row 19: it is the link that makes them one: without it they would be two', () => {
  const drawn = { kept: VALUES.slice(0, 1), company: [], places: [0, 1, 2, 3, 4, 5], stepsAfter: [] };
  expect([rootsOf(drawn, false), rootsOf(drawn, true)]).toEqual([2, 1]);
});
