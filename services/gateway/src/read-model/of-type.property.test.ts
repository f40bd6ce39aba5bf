// Records of one type, read by themselves: the whole list without the others, from any position, while it grows.

import { expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import { thePolicy } from '../testing/world.ts';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { createInMemoryReadModel } from './in-memory.ts';
import type { InMemoryReadModel } from './in-memory.ts';
import type { ObservationValue, Position, StoredObservation } from './model.ts';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';

const NUM_RUNS = propertyRuns(150);
const TYPES = ['IndicatorReport', 'AdDisclosure', 'GoodPractice'] as const;
const policy = await thePolicy();
const markings = ['UNCLASSIFIED//TLP:CLEAR', 'UNCLASSIFIED//TLP:GREEN'].map((text) =>
  parse(text, { homeNation: 'CAN' }),
);

const arrival = fc.record({
  type: fc.constantFrom(...TYPES),
  name: fc.integer({ min: 0, max: 6 }), // few, so that ids and times meet
  atMs: fc.integer({ min: 0, max: 4 }),
  marking: fc.constantFrom(...markings),
});

function emptyModel(): InMemoryReadModel {
  const view = policy.views.find(({ id }) => id === 'public')!;
  return createInMemoryReadModel({ viewClearance: view.clearance, clock: { now: () => 0 } });
}

function add(model: InMemoryReadModel, { type, name, atMs, marking }: { type: string; name: number; atMs: number; marking: (typeof markings)[number] }): void {
  const value = anIndicatorReport({ id: uuidOf(String(name)) }) as unknown as ObservationValue;
  model.addObservation({ type, subject: type, cell: 'open', value, marking, features: [], atMs });
} // prettier-ignore

async function placesOf(records: AsyncIterable<StoredObservation>): Promise<readonly Position[]> {
  const places: Position[] = [];
  for await (const { id, atMs, part, type } of records) places.push({ id, atMs, part, type } as Position);
  return places;
}

async function onlyOf(type: string, model: InMemoryReadModel, before?: Position): Promise<readonly Position[]> {
  return (await placesOf(model.observations(before))).filter((each) => (each as { type?: string }).type === type);
}

test('records of a type are the whole list without the others, from any position, whatever the order in which they came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arrival, { maxLength: 12 }), fc.array(arrival, { maxLength: 4 }), async (first, later) => {
      const model = emptyModel();
      for (const each of first) add(model, each);
      const all = await placesOf(model.observations());
      for (const each of later) add(model, each); // a page is read while the list grows
      for (const type of TYPES) {
        expect(await placesOf(model.ofType(type))).toEqual(await onlyOf(type, model));
        for (const before of all) expect(await placesOf(model.ofType(type, before))).toEqual(await onlyOf(type, model, before));
      }
    }),
    { numRuns: NUM_RUNS },
  );
}); // prettier-ignore

test('of a type that nobody wrote there is nothing, and of one that somebody wrote there is', async () => {
  const model = emptyModel();
  add(model, { type: 'GoodPractice', name: 1, atMs: 1, marking: markings[0]! });
  expect(await placesOf(model.ofType('AdDisclosure'))).toEqual([]);
  expect(await placesOf(model.ofType('GoodPractice'))).toHaveLength(1);
});
