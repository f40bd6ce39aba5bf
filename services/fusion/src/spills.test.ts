// Fusion and what is skipped: the lists are on the bus beside the records, as two persons signed them.

import { expect, test } from '@jest/globals';
import { signSpill, spillText, toSpillValue, type SpillOrder } from '@sitebus/kit';
import { policyRootOf, spillTopic, type Assessment } from '@sitebus/sdk';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createFusionService } from './service.ts';
import { aRecord, createBench, idOf, loadShipped, NOON, type Bench } from './testing/lane.ts';
import { eventually } from '../../../test/support/eventually.ts';

const seeds = ['first', 'second'].map((person) => ({
  person,
  seed: createHash('sha256').update(person).digest('base64url'),
}));
const shipped = await loadShipped();
const policy = { ...shipped.policy, signers: seeds.map(({ person, seed }) => policyRootOf(person, seed)) };
const parts = { ...shipped, policy, log: { info() {}, warn() {}, error() {} } };

const aFusion = ({ bus, clock }: Bench) =>
  createFusionService({ ...parts, bus: bus.connect.bus, clock, log: parts.log as never, config: { view: 'partner', cutMs: 0, idleMs: 5, maxCutRecords: 2 } }); // prettier-ignore

/** The order for a record that lies on the bus, signed by as many persons as asked. */
function orderFor({ bus }: Bench, id: string, over: Partial<SpillOrder> = {}): { order: SpillOrder; note: string } {
  const record = bus.records('obs.partner.cse').find(({ key }) => key?.toString('utf8').startsWith(id));
  if (record?.value == null) throw new Error(`${id} is not on the bus`);
  const order: SpillOrder = {
    cell: 'partner', seq: 1, previous: '', topic: record.topic, partition: record.partition, offset: String(record.offset),
    key: record.key?.toString('base64url') ?? null, sha256: createHash('sha256').update(record.value).digest('hex'),
    id, agency: 'cse', reason: 'marked too low', by: 'first', at: NOON, until: NOON + 1, policyVersion: policy.version, ...over,
  }; // prettier-ignore
  const note = seeds.reduce((text, signer) => signSpill(text, signer), spillText(order));
  return { order, note };
}

async function put({ bus }: Bench, note: string): Promise<void> {
  const producer = await bus.connect.bus.createProducer();
  await producer.send({ topic: spillTopic('partner'), key: null, value: toSpillValue({ note, by: ['first', 'second'], at: NOON }) });
  await producer.close();
} // prettier-ignore

/** What a reader would be shown now: members by what links them. */
const shown = (bench: Bench) =>
  [...bench.newest().values()]
    .filter(({ status }) => status === 'LIVE')
    .map((each: Assessment) => ({ members: each.members.map(({ id }) => id), links: each.links.length, likelihood: each.likelihood, severity: each.severity.score, contextValues: each.contextValues }))
    .sort((a, b) => (a.members.join() < b.members.join() ? -1 : 1)); // prettier-ignore
const read = (bench: Bench): number => bench.cuts().reduce((sum, { records }) => sum + records, 0);
const isSettled = (bench: Bench) =>
  bench.cuts().some(({ ruleChange, spills }) => ruleChange !== null && spills === 'partner=1');

const REPORTS = [
  { domains: ['alpha-site.example', 'beta-site.example'] },
  { domains: ['beta-site.example', 'gamma-site.example'] },
  { domains: ['gamma-site.example', 'alpha-site.example'] },
  { domains: ['delta-site.example'] },
];
const write = (bench: Bench, but?: number) =>
  bench.publish(
    ...REPORTS.map((said, n) => aRecord(shipped, n, { ...said, category: 'PHISHING' })).filter((_, n) => n !== but),
  );

test('once a record is spilled, what is published is what it would be had the record never come, and a start from nothing finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(REPORTS.length - 1), async (spilled) => {
      const [bench, without] = [createBench(shipped, 2), createBench(shipped, 2)];
      await Promise.all([write(bench), write(without, spilled)]);
      const [first, other] = [aFusion(bench), aFusion(without)];
      await Promise.all([first.start(), other.start()]);
      await eventually(() => read(bench) === REPORTS.length && read(without) === REPORTS.length - 1);
      expect(shown(bench)).not.toEqual(shown(without));
      await put(bench, orderFor(bench, idOf(spilled)).note);
      await eventually(() => isSettled(bench));
      expect(shown(bench)).toEqual(shown(without));
      await first.stop();
      const again = aFusion(bench);
      await again.start();
      expect(again.ready()).toMatchObject({ ready: true, parts: { spills: 'ok' } });
      expect(shown(bench)).toEqual(shown(without));
      await Promise.all([again.stop(), other.stop()]);
    }),
    { numRuns: Number(process.env['SITEBUS_RUNS'] ?? 6) },
  );
});

test('a record that is spilled before fusion ever starts is in no assessment, and its products say what they skip', async () => {
  const bench = createBench(shipped, 2);
  await write(bench);
  await put(bench, orderFor(bench, idOf(3)).note);
  const fusion = aFusion(bench);
  await fusion.start();
  await eventually(() => read(bench) === REPORTS.length);
  expect(bench.assessments().flatMap(({ members }) => members.map(({ id }) => id))).not.toContain(idOf(3));
  expect(new Set(bench.bus.records('assess.partner').map(({ headers }) => headers['sitebus-spills']))).toEqual(new Set(['partner=1']));
  await fusion.stop();
}); // prettier-ignore

test('a list with a signature that is none stops fusion, and readiness names the list', async () => {
  const bench = createBench(shipped, 2);
  const fusion = aFusion(bench);
  await fusion.start();
  await write(bench);
  await eventually(() => read(bench) === REPORTS.length);
  const { note } = orderFor(bench, idOf(0));
  await put(bench, note.replace('marked too low', 'marked too LOW'));
  await eventually(() => fusion.ready().parts['spills'] !== 'ok');
  expect(fusion.ready()).toMatchObject({ ready: false, parts: { spills: expect.stringContaining('spill.partner at 0: BAD_SIGNATURE') } });
  const cuts = bench.cuts().length;
  await bench.publish(aRecord(shipped, 9, { domains: ['epsilon-site.example'] }));
  await bench.bus.settled();
  expect(bench.cuts()).toHaveLength(cuts);
  await fusion.stop();
}); // prettier-ignore
