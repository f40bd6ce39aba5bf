// The lane held to its promises: ended at every point at which it waits, over any number of partitions, under any rights.

import { expect, test } from '@jest/globals';
import { createAdmit } from '@sitebus/kit';
import { silentLog } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import { createAdmitting, type Admitting } from './admitting.ts';
import { createLane } from './service.ts';
import { aRecord, aService, createBench, loadShipped, NOON, type Bench } from './testing/lane.ts';
import { createRandom } from './testing/seeded-random.ts';
import { SimulatedHost } from './testing/simulated-host.ts';
import { createForgetfulStore } from './testing/simulated-snapshots.ts';
import { liveFaults, someReports } from './testing/simulated-reports.ts';
import { faultsOf, replayFaults, writtenBy, type Written } from './testing/written.ts';

const shipped = await loadShipped();
const REPORTS = someReports(shipped, createRandom(4), 8);
const { namespace: NAMESPACE } = shipped.policy.views.find(({ id }) => id === 'partner')!;
const MOST_MOVES = 3_000;
const NEVER_MS = 1e9;

/** Of what was written: what must not be, and what is live that must not be, or is not and must. */
const faultsIn = (written: Written): string[] => [...faultsOf(written), ...liveFaults(REPORTS, written, NAMESPACE)];

const isDone = (bench: Bench): boolean => bench.cuts().reduce((sum, { records }) => sum + records, 0) >= REPORTS.length;

/** One instance on a host that goes nowhere by itself; `skipTo` moves the host's intervals on. */
function startHost(bench: Bench, name: string, snapshotMs = 1) {
  let nowMs = 0;
  const host = new SimulatedHost(name, bench.bus.connect.bus, () => nowMs);
  const { policy, codec, commonValues } = shipped;
  const config = { view: 'partner', instance: name, cutMs: 0, maxCutRecords: 2, snapshotMs };
  const parts = { config, policy, codec, commonValues, bus: host.bus, clock: { now: () => NOON }, log: silentLog };
  const lane = createLane(parts, { pace: host.pace, snapshotStore: createForgetfulStore(createRandom(3)) });
  void lane.fatal.then(() => host.end());
  void lane.start().catch(() => host.end());
  return { host, lane, skipTo: (ms: number) => (nowMs = Math.max(nowMs, ms)) };
}

/** Lets everything go on in its turn; `at` each wait the visitor may end the host instead. */
async function run(
  bench: Bench,
  name: string,
  visit: (at: string, host: SimulatedHost) => 'go-on' | 'over',
): Promise<void> {
  const { host, skipTo } = startHost(bench, name);
  for (let move = 0; move < MOST_MOVES && !host.isOver() && !isDone(bench); move += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const [first] = host.waiting;
    if (first === undefined) skipTo(host.fireTimer() ?? 0);
    else if (visit(first.at, host) === 'go-on') first.goOn();
  }
  host.end();
}

/** A bench on which everything is published already. */
/** `partitions`: with one, where a record lies does not depend on its bytes, nor on the ids that schemas have. */
async function published(partitions?: number): Promise<Bench> {
  const bench = createBench(shipped, partitions);
  await bench.publish(...REPORTS.map(({ record }) => record));
  return bench;
}

const points: string[] = [];
await run(await published(), 'whole', (at) => {
  points.push(at);
  return 'go-on';
});

const ENDS: readonly [string, (host: SimulatedHost) => void][] = [
  ['its host loses power', (host) => host.end()],
  ['the call fails', (host) => host.waiting[0]!.fail()],
];

test('there is something to end at: calls before and after, deliveries, every commit', () => {
  expect(points.length).toBeGreaterThan(40);
  expect(new Set(points)).toEqual(
    new Set([
      'ends, before',
      'ends, after',
      'createConsumer, before',
      'createConsumer, after',
      'createTransactionalProducer, before',
      'createTransactionalProducer, after',
      'commit, before',
      'commit, after',
      'delivery of obs',
      'delivery of lane',
    ]),
  );
});

test.each(ENDS)(
  'at whichever point %s, the next instance makes of it what there would have been',
  async (_how, end) => {
    for (let point = 0; point < points.length; point += 1) {
      const bench = await published();
      let reached = -1;
      await run(bench, 'first', (_at, host) => {
        reached += 1;
        if (reached !== point) return 'go-on';
        end(host);
        return 'over';
      });
      await run(bench, 'second', () => 'go-on');
      const written = writtenBy(bench.bus, shipped, 'partner');
      const faults = [...faultsIn(written), ...replayFaults(bench.bus, shipped, 'partner')];
      expect({ point, at: points[point], faults }).toEqual({ point, at: points[point], faults: [] });
    }
  },
);

/** Goes on until the first step's commit is held at `at`, where the lane has so many `cuts`, and the step after it is made. */
async function runAhead(bench: Bench, at: string, cuts: number) {
  const { host, lane, skipTo } = startHost(bench, 'first');
  const isHeld = ({ at: where }: { readonly at: string }) => where === at && bench.cuts().length === cuts;
  const isAhead = () => lane.picture.seq === 2 && host.waiting.some(isHeld);
  for (let move = 0; move < MOST_MOVES && !isAhead(); move += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const free = host.waiting.find((each) => !isHeld(each));
    if (free === undefined) skipTo(host.fireTimer() ?? 0);
    else free.goOn();
  }
  return { host, lane, held: host.waiting.filter(isHeld) };
}

test.each([
  ['commit, before', 0],
  ['commit, after', 1],
])(
  'with one step in flight (%s) and the next one made, the end of the host or of the call is the end of both',
  async (at, committed) => {
    for (const [, end] of ENDS) {
      const bench = await published(1);
      const { host, lane, held } = await runAhead(bench, at, 1 + committed); // the claim is one
      const steps = () => writtenBy(bench.bus, shipped, 'partner').steps.length;
      expect({ held: held.length, seq: lane.picture.seq, steps: steps() }).toEqual({
        held: 1,
        seq: 2,
        steps: committed,
      });
      end(host);
      for (let turn = 0; turn < 20; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        for (const each of host.waiting) each.goOn();
      }
      expect({ over: host.isOver(), steps: steps() }).toEqual({ over: true, steps: committed });
      await run(bench, 'second', () => 'go-on');
      const written = writtenBy(bench.bus, shipped, 'partner');
      const faults = [...faultsIn(written), ...replayFaults(bench.bus, shipped, 'partner')];
      expect(faults).toEqual([]);
    }
  },
);

test('a leader with a step in flight takes no cut of a rival before it knows what became of that step', async () => {
  const bench = createBench(shipped, 1);
  const [first, second, ...later] = REPORTS.map(({ record }) => record);
  await bench.publish(first!, second!);
  const { host, lane, skipTo } = startHost(bench, 'first', NEVER_MS); // a snapshot would wait, too
  const isHeld = ({ at }: { readonly at: string }) => at === 'commit, before' && bench.cuts().length > 0; // not the claim
  const letGo = async (may: (at: string) => boolean, until: () => boolean) => {
    for (let move = 0; move < MOST_MOVES && !until(); move += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const free = host.waiting.find((each) => !isHeld(each) && may(each.at));
      if (free === undefined) skipTo(host.fireTimer() ?? 0);
      else free.goOn();
    }
  };
  const hasHeld = () => host.waiting.some(isHeld);
  await letGo(() => true, hasHeld);
  const inFlight = lane.picture.seq;
  expect(inFlight).toBeGreaterThan(0);
  host.evict();
  await bench.publish(...later);
  await run(bench, 'second', () => 'go-on');
  expect(bench.cuts().at(-1)!.seq).toBeGreaterThan(inFlight);
  let turns = 0;
  await letGo(
    (at) => at === 'delivery of lane',
    () => (turns += 1) > 50,
  );
  await letGo(
    () => true,
    () => (turns += 1) > 200,
  );
  expect({ seq: lane.picture.seq, held: hasHeld() }).toEqual({ seq: inFlight, held: true });
  for (const each of host.waiting) each.goOn();
  expect(await lane.fatal).toMatchObject({ code: 'LANE_FENCED' });
  const written = writtenBy(bench.bus, shipped, 'partner');
  expect(faultsIn(written)).toEqual([]);
});

test.each([1, 4, 8])('over %i partitions of every topic the closure is the same', async (partitions) => {
  const bench = createBench(shipped, partitions);
  await bench.publish(...REPORTS.map(({ record }) => record));
  const service = aService(shipped, bench, { maxCutRecords: 3 });
  await service.start();
  await eventually(() => isDone(bench));
  await service.stop();
  expect(faultsIn(writtenBy(bench.bus, shipped, 'partner'))).toEqual([]);
  expect(new Set(bench.bus.records('obs.partner.cse').map(({ partition }) => partition)).size).toBeLessThanOrEqual(
    partitions,
  );
  await bench.bus.close();
});

/** A lane that does not come to judge what the election administration wrote before it is let; `turn` lets all else happen. */
async function withSlowAdmission(counts: { readonly cse: number; readonly elections: number }) {
  const bench = createBench(shipped, 1);
  let n = 0;
  for (const agency of ['elections', 'cse'] as const)
    for (let left = counts[agency]; left > 0; left -= 1)
      await bench.publish(aRecord(shipped, (n += 1), { agency, domains: [`site-${n}.example`] }));
  const { policy, codec, commonValues } = shipped;
  const view = policy.views.find(({ id }) => id === 'partner')!;
  const inPlace = createAdmitting({ view, policy, codec, commonValues, admit: createAdmit() }, 5);
  const held: (() => void)[] = [];
  const admitting: Admitting = {
    ...inPlace,
    isElsewhere: true,
    async admit(records) {
      if (records[0]!.topic.endsWith('.elections')) await new Promise<void>((resolve) => held.push(resolve));
      return inPlace.admit(records);
    },
  };
  let nowMs = 0;
  const timers = new Set<() => void>();
  const after = (_ms: number, runs: () => void) => {
    timers.add(runs);
    return () => void timers.delete(runs);
  };
  const config = { view: 'partner', instance: 'one', cutMs: 0, maxCutRecords: 8 };
  const parts = { config, policy, codec, commonValues, bus: bench.bus.connect.bus, clock: bench.clock, log: silentLog };
  const lane = createLane({ ...parts, admitting }, { pace: { now: () => nowMs, after } });
  await lane.start();
  await eventually(() => held.length === 1);
  return {
    pass: (ms: number) => (nowMs += ms),
    turn: async () => {
      for (const runs of [...timers]) if (timers.delete(runs)) runs();
      for (let left = 20; left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
    },
    letGo: () => held.pop()!(),
    cutRecords: () => bench.cuts().map(({ records }) => records), // the first is that of its claim
    end: async () => {
      for (const resolve of held) resolve();
      await lane.stop();
      await bench.bus.close();
    },
  };
}

test('while a full step lies on the bus one waits for it', async () => {
  const { turn, letGo, cutRecords, end } = await withSlowAdmission({ cse: 1, elections: 7 });
  await turn();
  expect(cutRecords()).toEqual([0]);
  letGo();
  await eventually(async () => (await turn(), cutRecords().length > 1));
  expect(cutRecords()).toEqual([0, 8]);
  await end();
});

test('nobody waits longer than a second for a full step', async () => {
  const { pass, turn, cutRecords, end } = await withSlowAdmission({ cse: 1, elections: 7 });
  pass(999);
  await turn();
  expect(cutRecords()).toEqual([0]);
  pass(1);
  await eventually(async () => (await turn(), cutRecords().length > 1));
  expect(cutRecords()).toEqual([0, 1]);
  await end();
});

test('a quarter of a full step is enough where nothing is in flight', async () => {
  const { turn, cutRecords, end } = await withSlowAdmission({ cse: 2, elections: 6 });
  await eventually(async () => (await turn(), cutRecords().length > 1));
  expect(cutRecords()).toEqual([0, 2]);
  await end();
});

test('where less than a full step lies on the bus it is made of what has been judged', async () => {
  const { turn, cutRecords, end } = await withSlowAdmission({ cse: 1, elections: 3 });
  await eventually(async () => (await turn(), cutRecords().length > 1));
  expect(cutRecords()).toEqual([0, 1]);
  await end();
});

test('what lies in topics above the view changes no byte of what it writes, versions and record counts included', async () => {
  const secret = { classified: 'SECRET', relTo: ['CAN'], tlp: 'CLEAR', needToKnow: [] } as const;
  const above = [1, 2, 3].map((n) =>
    aRecord(shipped, 100 + n, { domains: ['site-0.example', 'site-1.example'], marking: secret }),
  );
  const transcripts: string[][] = [];
  for (const hidden of [[], above]) {
    const bench = await published();
    await bench.publish(...hidden);
    await run(bench, 'one', () => 'go-on');
    const lines = ['assess', 'alert', 'lane', 'ops'].flatMap((kind) => bench.bus.records(`${kind}.partner`));
    transcripts.push(lines.map(({ topic, offset, value }) => `${topic} ${offset} ${value!.toString('hex')}`));
    await bench.bus.close();
  }
  expect(transcripts[0]!.length).toBeGreaterThan(6);
  expect(transcripts[0]).toEqual(transcripts[1]);
  expect(above.map(({ topic }) => topic)).toEqual(Array.from({ length: 3 }, () => 'obs.s-can.cse'));
});
