// What came late stands where it came, before and after a restart: a client that has paged on loses nothing.

import { beforeAll, expect, test } from '@jest/globals';
import { silentLog, type Codec, type Policy } from '@sitebus/sdk';
import { createTestClock, loadContract } from '@sitebus/sdk/testing';
import { eventually } from '../../../../test/support/eventually.ts';
import { createDeskMemory, createInMemoryDesk } from '../store/in-memory.ts';
import { anIndicatorReport, NOW_MS, uuidOf } from '../testing/records.ts';
import { createJournal, SETTLE_MS, type OpenJournal } from './journal.ts';
import { createLatePlaces } from './late-places.ts';
import type { StoredObservation } from './model.ts';

let contract: { policy: Policy; codec: Codec };
beforeAll(async () => void (contract = await loadContract()));

const idsOf = (journal: OpenJournal): string[] => journal.settled(0).map((each) => each.record().id);
/** Only its id is looked at. */
const enter = (journal: OpenJournal, name: string, atMs: number): void =>
  journal.enterObservation({ id: uuidOf(name), atMs }, () => ({ ...anIndicatorReport({ id: uuidOf(name) }), id: uuidOf(name) }) as unknown as StoredObservation); // prettier-ignore
const [EARLY, LATE, NEXT] = ['early', 'late', 'next'].map(uuidOf);

async function aStart(kept = createInMemoryDesk().latePlaces) {
  const clock = createTestClock(NOW_MS);
  const places = createLatePlaces({ kept, log: silentLog });
  const journal = createJournal(clock, places);
  places.start();
  await eventually(() => places.known() !== undefined);
  return { clock, journal, places };
}

test('a record that comes late is put after what was numbered before it, and a restart finds it there', async () => {
  expect(contract.policy.version).toBeGreaterThan(0);
  const memory = createDeskMemory();
  const first = await aStart(createInMemoryDesk(memory).latePlaces);
  enter(first.journal, 'early', NOW_MS);
  first.clock.advance(2 * SETTLE_MS);
  expect(idsOf(first.journal)).toEqual([EARLY]);
  enter(first.journal, 'late', NOW_MS - 10); // appended before it
  await eventually(() => memory.latePlaces.size === 1);
  await new Promise((resolve) => setImmediate(resolve));
  enter(first.journal, 'next', first.clock.now() + 1);
  first.clock.advance(2 * SETTLE_MS);
  expect(idsOf(first.journal)).toEqual([EARLY, LATE, NEXT]);
  const second = await aStart(createInMemoryDesk(memory).latePlaces);
  enter(second.journal, 'next', NOW_MS + 2 * SETTLE_MS + 1);
  enter(second.journal, 'late', NOW_MS - 10);
  enter(second.journal, 'early', NOW_MS);
  second.clock.advance(10 * SETTLE_MS);
  expect(idsOf(second.journal)).toEqual([EARLY, LATE, NEXT]);
  for (const { places } of [first, second]) places.stop();
});

test('it is not there before its place is durable', async () => {
  let keep: () => void = () => undefined;
  const { clock, journal, places } = await aStart({ all: async () => new Map(), keep: () => new Promise((resolve) => (keep = resolve)) }); // prettier-ignore
  enter(journal, 'early', NOW_MS);
  clock.advance(2 * SETTLE_MS);
  expect(idsOf(journal)).toEqual([EARLY]);
  enter(journal, 'late', NOW_MS - 10);
  clock.advance(2 * SETTLE_MS);
  expect(idsOf(journal)).toEqual([EARLY]); // others are numbered meanwhile, so it needs another place
  keep();
  await new Promise((resolve) => setImmediate(resolve));
  expect(idsOf(journal)).toEqual([EARLY]);
  keep();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(2 * SETTLE_MS);
  expect(idsOf(journal)).toEqual([EARLY, LATE]);
  places.stop();
});

test('until it is known what was kept, nothing is put in order, and whoever asks is told', async () => {
  let tell: (known: Map<string, number>) => void = () => undefined;
  const kept = { all: () => new Promise<Map<string, number>>((resolve) => (tell = resolve)), keep: async () => undefined };
  const places = createLatePlaces({ kept, log: silentLog });
  const clock = createTestClock(NOW_MS);
  const journal = createJournal(clock, places);
  places.start();
  enter(journal, 'late', NOW_MS - 10);
  enter(journal, 'early', NOW_MS);
  clock.advance(10 * SETTLE_MS);
  expect(() => journal.settled(0)).toThrow(expect.objectContaining({ details: { part: 'store' } }));
  tell(new Map([[`0 ${LATE} 0`, NOW_MS + 5]]));
  await eventually(() => places.known() !== undefined);
  expect(idsOf(journal)).toEqual([EARLY, LATE]);
  places.stop();
}); // prettier-ignore
