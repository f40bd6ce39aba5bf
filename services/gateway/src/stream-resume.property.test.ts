// Whatever befalls connections, registry and ledger: who resumes gets every alert that they may have, once, in order.

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import {
  createReader,
  rounds,
  streamsWorld,
  type Raised,
  type StreamsWorld,
  type TestReader,
} from './testing/streams.ts';
import type { Filter } from './filter.ts';
import { NOW_MS } from './testing/records.ts';

beforeEach(() => void jest.useFakeTimers({ now: NOW_MS, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

const GROUPS = [[], ['desk-north'], ['desk-south'], ['desk-north', 'desk-south']] as const;
const FILTERS: readonly Filter[] = [{}, {}, { precedence: 'IMMEDIATE' }];
const groupsOf = (reader: number) => GROUPS[reader % GROUPS.length]!;
const filterOf = (reader: number) => FILTERS[reader % FILTERS.length]!;

/** What may happen; readers are counted round. */
type Step =
  | { readonly do: 'raise'; readonly alert: Raised; readonly times: number }
  | { readonly do: 'connect' | 'cut' | 'epoch'; readonly reader: number }
  | { readonly do: 'take'; readonly reader: number; readonly part: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'fail'; readonly leaves: number }
  | { readonly do: 'explain' | 'late' | 'beat' | 'expire' | 'hold' | 'release' | 'everyone' };

const reader = fc.nat(29);
const alert: fc.Arbitrary<Raised> = fc.record(
  {
    group: fc.constantFrom('desk-north', 'desk-south'),
    precedence: fc.constantFrom('ROUTINE', 'IMMEDIATE'),
    isLate: fc.boolean(),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('raise' as const), alert, times: fc.constantFrom(1, 2, 70) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('connect' as const, 'cut' as const), reader }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('take' as const), reader, part: fc.constantFrom(0, 0.3, 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(0, 30, 600, 16_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('epoch' as const), reader }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), leaves: fc.constantFrom(1, 5) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('explain' as const, 'late' as const, 'beat' as const, 'expire' as const, 'hold' as const, 'release' as const, 'everyone' as const) }) },
); // prettier-ignore

async function take(world: StreamsWorld, readers: readonly TestReader[], each: Step): Promise<void> {
  const named = 'reader' in each ? readers[each.reader % readers.length]! : undefined;
  switch (each.do) {
    case 'raise':
      for (let time = 0; time < each.times; time += 1) world.raise(each.alert);
      break;
    case 'connect':
      await named?.connect().catch(() => undefined); // refused while nobody can be looked up
      break;
    case 'everyone':
      for (const one of readers) await one.connect().catch(() => undefined);
      break;
    case 'cut':
      named?.cut();
      break;
    case 'take':
      named?.take(each.part);
      break;
    case 'epoch':
      world.raiseEpoch(each.reader % readers.length);
      break;
    case 'pass':
      await pass(world, each.ms);
      break;
    case 'fail':
      world.ledger.failNext(each.leaves);
      break;
    case 'hold':
    case 'release':
      world.ledger[each.do]();
      break;
    case 'late':
    case 'beat':
    case 'expire':
      world.registry[each.do]();
      break;
    case 'explain':
      world.explain();
  }
}

async function pass(world: StreamsWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await jest.advanceTimersByTimeAsync(ms);
  await rounds();
}

/** The alerts that a reader must have, by what they hold and ask for; shares nothing with the gateway. */
function dueOf(world: StreamsWorld, at: number, { startedAt }: TestReader): readonly number[] {
  return [...world.raised.entries()].flatMap(([n, { group, precedence }]) => {
    const mayHave = group === undefined || (groupsOf(at) as readonly string[]).includes(group);
    const wants = filterOf(at).precedence === undefined || precedence === 'IMMEDIATE';
    return n >= startedAt() && mayHave && wants ? [n] : [];
  });
}

/** Nothing is wrong any more: everyone comes back, and takes what there is. */
async function recover(world: StreamsWorld, readers: readonly TestReader[]): Promise<void> {
  world.registry.beat();
  world.ledger.release();
  world.ledger.failNext(0);
  world.explain();
  const isDone = (): boolean => readers.every((one, at) => one.isConnected() && one.got.length >= dueOf(world, at, one).length); // prettier-ignore
  for (let round = 0; round < 40 && !isDone(); round += 1) {
    for (const one of readers) {
      one.take();
      await one.connect();
    }
    await pass(world, 600); // of a ledger that was down, half a second
  }
}

test('every reader ends with the alerts that they may have, each once, in order, however often anything breaks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(3, 30), fc.array(step, { minLength: 10, maxLength: 60 }), async (count, steps) => {
      const world = await streamsWorld(Array.from({ length: count }, (_, at) => groupsOf(at)));
      const readers = Array.from({ length: count }, (_, at) =>
        createReader(world, at, { filter: filterOf(at), room: 1 + (at % 5) }),
      );
      for (const one of readers) await one.connect();
      for (const each of steps) await take(world, readers, each);
      await recover(world, readers);
      for (const [at, one] of readers.entries()) expect(one.got).toEqual(dueOf(world, at, one));
      await world.close();
    }),
    { numRuns: propertyRuns(12) },
  );
});
