import { beforeAll, expect, test } from '@jest/globals';
import { cellsOf } from '@sitebus/marking';
import { createCodec, type BusPort, type SchemaRegistry } from '@sitebus/sdk';
import { aRecord, aService, createBench, idOf, loadShipped, type Bench, type Shipped } from './testing/lane.ts';
import { eventually } from '../../../test/support/eventually.ts';

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

const live = (bench: Bench, view?: string) =>
  [...bench.newest(view).values()].filter(({ status }) => status === 'LIVE');
const membersOf = (bench: Bench, view?: string) => live(bench, view).map(({ members }) => members.map(({ id }) => id));
const readAll = (bench: Bench, count: number, view?: string) => () =>
  bench.cuts(view).reduce((sum, { records }) => sum + records, 0) >= count;

/** Severe enough to be an assessment without company. */
const SEVERE = { category: 'PHISHING' };

/** Two links, a lone record, a recall of a record that joined, and a duplicate. */
function story() {
  const shared = { domains: ['webmail-civicrenewal.example'] };
  return [
    aRecord(shipped, 1, shared),
    aRecord(shipped, 2, { agency: 'gac', ...shared }),
    aRecord(shipped, 3, { agency: 'gac', domains: ['alone.example'], ...SEVERE }),
    aRecord(shipped, 4, { agency: 'rcmp', domains: ['alone.example', 'webmail-civicrenewal.example'] }),
    aRecord(shipped, 5, { agency: 'rcmp', recalls: idOf(4), domains: ['other.example'], ...SEVERE }),
    aRecord(shipped, 1, shared),
  ];
}

test('two agencies that share a domain get one assessment and one alert', async () => {
  const bench = createBench(shipped);
  const service = aService(shipped, bench);
  await service.start();
  await bench.publish(...story().slice(0, 2));
  await eventually(() => bench.alerts().length === 1);
  const [assessment] = live(bench);
  expect(assessment).toMatchObject({
    status: 'LIVE',
    view: 'partner',
    members: [
      { id: idOf(1), agency: 'cse' },
      { id: idOf(2), agency: 'gac' },
    ],
    links: [{ a: idOf(1), b: idOf(2), features: [{ kind: 'domain', value: 'webmail-civicrenewal.example' }] }],
    independentRoots: 2,
    confidence: 'MODERATE',
  });
  expect(bench.alerts()).toMatchObject([{ assessmentId: assessment!.id, audience: ['cse', 'gac'] }]);
  expect(bench.cuts().map(({ kind }) => kind)).toContain('CLAIM');
  await service.stop();
  await bench.bus.close();
});

test('a fresh instance replays the cuts, publishes nothing again, and goes on with the same ids', async () => {
  const bench = createBench(shipped);
  const first = aService(shipped, bench, { maxCutRecords: 1 });
  await bench.publish(...story());
  await first.start();
  await eventually(readAll(bench, 6));
  await first.stop();
  const before = bench.assessments();
  const second = aService(shipped, bench);
  await second.start();
  expect(bench.assessments()).toEqual(before);
  await bench.publish(aRecord(shipped, 6, { agency: 'elections', domains: ['webmail-civicrenewal.example'] }));
  await eventually(readAll(bench, 7));
  expect(membersOf(bench)).toContainEqual([idOf(1), idOf(2), idOf(6)]);
  expect(before.some(({ id }) => id === live(bench).find(({ members }) => members.length === 3)?.id)).toBe(true);
  await second.stop();
  await bench.bus.close();
});

test('an instance that dies at any of its calls to the bus loses nothing and doubles nothing', async () => {
  const expected = await outcomeOf((bus) => bus);
  let crashes = 0;
  for (let at = 1; ; at += 1) {
    const dying = dyingAt(at);
    const outcome = await outcomeOf(dying.wrap);
    expect(outcome).toEqual(expected);
    if (!dying.hasDied()) break;
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(12);

  /** Newest content by id, and alerts by what they say: versions depend on where the cuts fell. */
  async function outcomeOf(wrap: (bus: BusPort) => BusPort) {
    const bench = createBench(shipped);
    await bench.publish(...story());
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const service = aService(shipped, bench, {
        maxCutRecords: 1,
        bus: attempt === 0 ? wrap(bench.bus.connect.bus) : bench.bus.connect.bus,
      });
      const died = service.fatal.then(() => true);
      const started = await service.start().then(
        () => true,
        () => false,
      );
      const done = started ? eventually(readAll(bench, 6)).then(() => false) : Promise.resolve(true);
      const over = await Promise.race([died, done]);
      await service.stop().catch(() => undefined);
      if (!over) break;
    }
    const ids = bench.alerts().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const seqs = bench
      .cuts()
      .filter(({ kind }) => kind === 'STEP')
      .map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, place) => place + 1));
    const versions = bench.assessments().map(({ id, version }) => `${id} ${version}`);
    expect(new Set(versions).size).toBe(versions.length);
    await bench.bus.close();
    return [...bench.newest().values()].map(({ id, status, contentHash }) => `${id} ${status} ${contentHash}`).sort();
  }
});

test('of two instances one leads, and when it leaves the other goes on where it stopped', async () => {
  const bench = createBench(shipped);
  const [a, b] = [aService(shipped, bench, { instance: 'a' }), aService(shipped, bench, { instance: 'b' })];
  await a.start();
  await b.start();
  await bench.publish(...story().slice(0, 3));
  await eventually(readAll(bench, 3));
  await a.stop();
  await bench.publish(...story().slice(3));
  await eventually(readAll(bench, 6));
  expect(membersOf(bench)).toContainEqual([idOf(1), idOf(2)]);
  expect(new Set(bench.cuts().map(({ by }) => by.split('/')[0]))).toEqual(new Set(['a', 'b']));
  expect(b.ready()).toMatchObject({ ready: true });
  await b.stop();
  await bench.bus.close();
});

test('a record written with an unknown schema stops its partition, says so, and goes on once the registry knows it', async () => {
  const bench = createBench(shipped);
  const entry = shipped.lock.entries.find(({ subject }) => subject.endsWith('.IndicatorReport'))!;
  const foreign = 9_001;
  let registered = false;
  const registry: SchemaRegistry = {
    schemaOf: (id) => Promise.resolve(registered && id === foreign ? entry.schema : undefined),
    idOf: () => Promise.resolve(undefined),
  };
  const codec = createCodec({ lock: shipped.lock, registry });
  const record = aRecord(shipped, 1, SEVERE);
  const value = Buffer.from(record.value!);
  value.writeInt32BE(foreign, 1);
  const service = aService(shipped, bench, { codec, schemaRetryMs: 5 });
  await service.start();
  await bench.publish(
    { ...record, value, partition: 0 },
    { ...aRecord(shipped, 2, SEVERE), partition: 0 },
    { ...aRecord(shipped, 3, SEVERE), partition: 1 },
  );
  await eventually(readAll(bench, 1));
  await eventually(() => bench.bus.records('ops.partner').length === 1);
  expect(membersOf(bench)).toEqual([[idOf(3)]]);
  expect(service.ready().parts['schemas']).toBe('1 partitions wait for a schema');
  expect(JSON.parse(bench.bus.records('ops.partner')[0]!.value!.toString())).toMatchObject({
    code: 'SCHEMA_UNKNOWN',
    schemaId: foreign,
  });
  registered = true;
  await eventually(readAll(bench, 3));
  expect(membersOf(bench).flat().sort()).toEqual([idOf(1), idOf(2), idOf(3)]);
  expect(service.ready().parts['schemas']).toBe('ok');
  await service.stop();
  await bench.bus.close();
});

test('a record of another agency on the topic is skipped by every view and announced by the lowest one alone', async () => {
  const bench = createBench(shipped);
  const [partner, secret] = [aService(shipped, bench), aService(shipped, bench, { view: 's-can' })];
  await Promise.all([partner.start(), secret.start()]);
  await bench.publish(
    aRecord(shipped, 1, { agency: 'gac', writer: 'cse' }),
    aRecord(shipped, 2, { cell: 'open' }),
    aRecord(shipped, 3, SEVERE),
  );
  await eventually(readAll(bench, 3));
  await eventually(readAll(bench, 3, 's-can'));
  expect([membersOf(bench), membersOf(bench, 's-can')]).toEqual([[[idOf(3)]], [[idOf(3)]]]);
  const dead = (topic: string) => bench.bus.records(topic).map(({ value }) => JSON.parse(value!.toString()) as object);
  expect(dead('dead.partner.cse')).toMatchObject([{ code: 'AGENCY_NOT_OF_TOPIC', topic: 'obs.partner.cse' }]);
  expect(dead('ops.partner')).toHaveLength(1);
  expect(dead('ops.s-can')).toHaveLength(0);
  expect(bench.bus.records('dead.open.cse')).toHaveLength(0); // the public view refuses for `open`
  await partner.stop();
  await secret.stop();
  await bench.bus.close();
});

test('a host that policy lists as common is shown and does not link, but the post on it does', async () => {
  const bench = createBench(shipped);
  const service = aService(shipped, bench);
  await service.start();
  const post = 'https://chirrup.example/p/1';
  await bench.publish(
    aRecord(shipped, 1, { urls: [post] }),
    aRecord(shipped, 2, { agency: 'gac', urls: [post] }),
    aRecord(shipped, 3, { agency: 'gac', urls: ['https://chirrup.example/p/2'], ...SEVERE }),
  );
  await eventually(readAll(bench, 3));
  expect(membersOf(bench).sort((a, b) => b.length - a.length)).toEqual([[idOf(1), idOf(2)], [idOf(3)]]);
  const shown = live(bench).find(({ members }) => members.length === 2)!;
  expect(shown.contextValues).toEqual([{ kind: 'domain', value: 'chirrup.example', why: 'COMMON' }]);
  await service.stop();
  await bench.bus.close();
});

test('a view reads the topics of its cells and no others, on the credentials of its own principal', async () => {
  const bench = createBench(shipped);
  const view = shipped.policy.views.find(({ id }) => id === 'public')!;
  expect(cellsOf(view.clearance, shipped.policy.cells).map(({ id }) => id)).toEqual(['open']);
  bench.bus.grant('fusion.public', {
    read: ['obs.open.*', 'spill.open', 'lane.public'],
    write: ['assess.public', 'alert.public', 'lane.public', 'ops.public', 'dead.open.*'],
    groups: ['fusion.public.*'],
    transactionalIds: ['fusion.public'],
  });
  const service = aService(shipped, bench, { view: 'public', bus: bench.bus.as('fusion.public') });
  await service.start();
  await bench.publish(
    aRecord(shipped, 1, SEVERE),
    aRecord(shipped, 2, { ...SEVERE, marking: { tlp: 'CLEAR', needToKnow: [] } }),
  );
  await eventually(readAll(bench, 1, 'public'));
  expect(membersOf(bench, 'public')).toEqual([[idOf(2)]]);
  await service.stop();
  await bench.bus.close();
});

test('input that a committed cut read and the topic no longer has is a refusal that names the gap', async () => {
  const bench = createBench(shipped);
  const first = aService(shipped, bench);
  await bench.publish({ ...aRecord(shipped, 1), partition: 0 });
  await first.start();
  await eventually(readAll(bench, 1));
  await first.stop();
  const shortened = (bus: BusPort): BusPort => ({
    ...bus,
    inspect: {
      topics: () => bus.inspect.topics(),
      ends: async (topic) => {
        const ends = await bus.inspect.ends(topic);
        return topic === 'obs.partner.cse'
          ? ends.map((end) => ({ ...end, earliest: end.partition === 0 ? 1n : 0n }))
          : ends;
      },
    },
  });
  const second = aService(shipped, bench, { bus: shortened(bench.bus.connect.bus) });
  await expect(second.start()).rejects.toMatchObject({
    code: 'INPUT_GONE',
    details: { topic: 'obs.partner.cse', partition: 0, earliest: '1' },
  });
  await second.stop();
  await bench.bus.close();
});

/** A port whose n-th call fails: a commit of even number after it was written, as when the answer is lost. */
function dyingAt(at: number) {
  let calls = 0;
  let died = false;
  const fails = () => {
    calls += 1;
    if (calls !== at) return false;
    died = true;
    return true;
  };
  const before = async <T>(act: () => Promise<T>): Promise<T> => {
    if (fails()) throw new Error('the instance died before the call');
    return act();
  };
  const wrap = (bus: BusPort): BusPort => ({
    ...bus,
    createConsumer: (options) => before(() => bus.createConsumer(options)),
    createTransactionalProducer: (id) =>
      before(async () => {
        const producer = await bus.createTransactionalProducer(id);
        return {
          transactionalId: producer.transactionalId,
          close: () => producer.close(),
          commit: async (records) => {
            const answer = await before(() => producer.commit(records));
            if (fails()) throw new Error('the answer was lost');
            return answer;
          },
        };
      }),
    inspect: { topics: () => bus.inspect.topics(), ends: (topic) => before(() => bus.inspect.ends(topic)) },
  });
  return { wrap, hasDied: () => died };
}
