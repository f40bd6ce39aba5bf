// O1 and O4 of an observation: what its status is a function of, and that nothing that happens to it changes what it said.

import { expect, test } from '@jest/globals';
import { createMarking, parse, type Marking } from '@sitebus/marking';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { JsonObject } from './avro-json.ts';
import type { StoredAssessment, StoredObservation } from './read-model/model.ts';
import { redact, statusOf, type Rendering } from './redact.ts';
import { anAssessment, anIndicatorReport, NOW_MS, uuidOf } from './testing/records.ts';

const RUNS = propertyRuns(800);
const OPEN = createMarking({ classified: 'UNCLASSIFIED' });
const ABOVE = parse('SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const value = anIndicatorReport({ id: uuidOf('observation') });
const PRODUCT = anAssessment();
const rendering: Rendering = {
  toJson: (_subject, record) => record as JsonObject,
  toMarkingJson: () => ({ banner: '' }) as never,
  nowMs: NOW_MS,
  lexicon: undefined,
  masking: { fields: [] } as never,
};

/** Of a world: what happened to the observation, each thing under its own marking. */
interface Happened {
  readonly recalls: readonly Marking[];
  readonly successors: readonly Marking[];
  readonly products: readonly StoredAssessment[];
}

const marking = () => fc.constantFrom(OPEN, ABOVE);
const product = (): fc.Arbitrary<StoredAssessment> =>
  fc
    .record({ marking: marking(), isLive: fc.boolean(), hasDissent: fc.boolean(), independentRoots: fc.integer({ min: 0, max: 3 }), n: fc.nat(9) })
    .map(({ marking: own, isLive, hasDissent, independentRoots, n }) => ({
      kind: 'assessment', id: uuidOf(`product ${n}`), atMs: NOW_MS, marking: own,
      value: { ...PRODUCT, status: isLive ? 'LIVE' : 'CLOSED', dissents: hasDissent ? [{} as never] : [], independentRoots },
    })); // prettier-ignore
const happened = (): fc.Arbitrary<Happened> =>
  fc.record({
    recalls: fc.array(marking(), { maxLength: 2 }),
    successors: fc.array(marking(), { maxLength: 2 }),
    products: fc.array(product(), { maxLength: 3 }),
  });

const observation = ({ recalls, successors, products }: Happened): StoredObservation => ({
  kind: 'observation', id: value.envelope.id, atMs: NOW_MS, type: 'IndicatorReport', subject: 'IndicatorReport', agency: 'cse', cell: 'open',
  marking: OPEN, earlier: [], value: value as never, features: [], cited: new Map(), assessments: products,
  recalledBy: recalls.map((own, at) => ({ id: uuidOf(`recall ${at}`), marking: own })),
  supersededBy: successors.map((own, at) => ({ id: uuidOf(`successor ${at}`), marking: own })),
}); // prettier-ignore
const seesAll = (): boolean => true;
const seesBelow = (own: Marking): boolean => own === OPEN;
const below = ({ recalls, successors, products }: Happened): Happened => ({
  recalls: recalls.filter(seesBelow),
  successors: successors.filter(seesBelow),
  products: products.filter((each) => seesBelow(each.marking)),
});
/** The table of the machine, row by row from its end. */
function naive({ recalls, successors, products }: Happened): string {
  const live = products.filter((each) => each.value.status === 'LIVE');
  if (recalls.length > 0) return 'RECALLED';
  if (successors.length > 0) return 'SUPERSEDED';
  if (live.some((each) => each.value.dissents.length > 0)) return 'CONTESTED';
  return live.some((each) => each.value.independentRoots > 1) ? 'CORROBORATED' : 'RELEASED';
}

test('O1: corroborated and contested follow from the records of one view alone, whatever lies above it and in whatever order', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(happened(), (all) => {
      const status = statusOf(observation(all), seesBelow);
      seen.add(status);
      expect(status).toBe(naive(below(all)));
      expect(status).toBe(statusOf(observation(below(all)), seesAll));
      const reversed = { recalls: [...all.recalls].reverse(), successors: [...all.successors].reverse(), products: [...all.products].reverse() };
      expect(statusOf(observation(reversed), seesBelow)).toBe(status);
    }),
    { numRuns: RUNS, examples: STATES.map((one): [Happened] => [one]) },
  );
  expect([...seen].sort()).toEqual(['CONTESTED', 'CORROBORATED', 'RECALLED', 'RELEASED', 'SUPERSEDED']);
}); // prettier-ignore

test('O4: no event changes what was published: until it is recalled its reader is shown every field as it was sent, and after it none', () => {
  const { status: _released, ...sent } = redact(observation(NOTHING), seesBelow, rendering);
  expect(sent).toMatchObject({ domains: value.domains, report: { soWhat: 'Block it.' } });
  fc.assert(
    fc.property(happened(), (all) => {
      const before = JSON.stringify(value);
      const { status, supersededBy, ...shown } = redact(observation(all), seesBelow, rendering);
      expect(JSON.stringify(value)).toBe(before);
      const named = all.successors.findIndex(seesBelow); // the first that this reader sees, whatever stands before it
      expect(supersededBy).toBe(named < 0 ? undefined : uuidOf(`successor ${named}`));
      if (status === 'RECALLED') expect(Object.keys(shown)).not.toContain('report');
      else expect(shown).toEqual(sent);
    }),
    { numRuns: RUNS, examples: STATES.map((one): [Happened] => [one]) },
  );
}); // prettier-ignore

const NOTHING: Happened = { recalls: [], successors: [], products: [] };
const live = (dissents: readonly never[], independentRoots: number): StoredAssessment => ({
  kind: 'assessment',
  id: PRODUCT.id,
  atMs: NOW_MS,
  marking: OPEN,
  value: { ...PRODUCT, dissents: [...dissents], independentRoots },
});
/** One for each state. */
const STATES: readonly Happened[] = [
  NOTHING,
  { ...NOTHING, products: [live([], 2)] },
  { ...NOTHING, products: [live([{} as never], 2)] },
  { ...NOTHING, successors: [OPEN], products: [live([], 2)] },
  { recalls: [OPEN], successors: [OPEN], products: [] },
];
