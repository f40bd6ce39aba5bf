// A record that was spilled after a data set was frozen from it: the set is handed to nobody, and both is on the ledger.

import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { signSpill, spillText, toSpillValue, type ResearchItem } from '@sitebus/kit';
import { policyRootOf, spillTopic } from '@sitebus/sdk';
import type { ResearchService } from './service.ts';
import { restsOnSkipped } from './skipped.ts';
import { idOf, NOW_MS } from './testing/records.ts';
import { aResearchWorld, type ResearchWorld } from './testing/world.ts';

const DAY_MS = 86_400_000;
const LEAD = { person: 'rosalind-quist', view: 'public' };
const SIGNERS = ['first', 'second'].map((person) => ({ person, seed: createHash('sha256').update(person).digest('base64url') })); // prettier-ignore
const instant = (ms: number): string => new Date(ms).toISOString();
/** Collected while it was fresh; another of its kind was posted before the window. */
const [MEMBER, OUTSIDE] = [idOf(3), idOf(900)];

interface Made {
  readonly world: ResearchWorld;
  readonly room: ResearchService;
  readonly dataset: ResearchItem;
}

/** Twelve accounts' posts, frozen; the embargo is over and a file was handed out. */
async function handedOut(): Promise<Made> {
  const world = await aResearchWorld({ signers: SIGNERS.map(({ person, seed }) => policyRootOf(person, seed)) });
  const room = await world.room();
  await world.post({ id: OUTSIDE, account: 'chirrup:grey_heron_0', observedAt: NOW_MS - 5 * DAY_MS });
  for (let n = 0; n < 12; n += 1) await world.post({ id: idOf(n), account: `chirrup:grey_heron_${n}` });
  const project = await room.add(
    'project',
    {
      title: { en: 'Paper boats', fr: 'Bateaux de papier' },
      window: { from: instant(NOW_MS - DAY_MS), to: instant(NOW_MS + 10 * DAY_MS) },
      embargoUntil: instant(NOW_MS + DAY_MS),
      ethicsRef: 'REB-2031-7',
    },
    LEAD,
  );
  const agreement = { documentSha256: 'a'.repeat(64), with: 'Chirrup', allowsText: true };
  await room.add('agreement', { project: project.id, ...agreement }, LEAD);
  const wish = { project: project.id, title: 'posts', types: ['InfluenceActivity'], columns: ['type', 'account'] };
  const dataset = await room.add('dataset', wish, LEAD);
  await room.command(dataset.id, 'collect', {}, LEAD);
  world.clock.advance(60_000);
  await room.command(dataset.id, 'freeze', {}, LEAD);
  world.clock.advance(2 * DAY_MS);
  await room.command(dataset.id, 'export', { format: 'csv' }, LEAD);
  await room.file(dataset.id, 'csv', LEAD);
  return { world, room, dataset };
}

/** Two persons order that the record is skipped. */
async function spill({ bus, policy }: ResearchWorld, id: string): Promise<void> {
  const record = bus.records('obs.open.gac').find(({ key }) => key?.toString('utf8').startsWith(id));
  if (record?.value == null) throw new Error(`${id} is not on the bus`);
  const text = spillText({
    cell: 'open', seq: 1, previous: '', topic: record.topic, partition: record.partition, offset: String(record.offset),
    key: record.key?.toString('base64url') ?? null, sha256: createHash('sha256').update(record.value).digest('hex'),
    id, agency: 'gac', reason: 'marked too low', by: 'first', at: NOW_MS, until: NOW_MS + 1, policyVersion: policy.version,
  }); // prettier-ignore
  const note = SIGNERS.reduce((signed, signer) => signSpill(signed, signer), text);
  const producer = await bus.connect.bus.createProducer();
  await producer.send({ topic: spillTopic('open'), key: null, value: toSpillValue({ note, by: ['first', 'second'], at: NOW_MS }) }); // prettier-ignore
  await producer.close();
}

const refused = { code: 'COMMAND_REFUSED', details: { code: 'SPILLED', possible: ['collect', 'export', 'dry-run', 'fetch', 'retract'] } }; // prettier-ignore

test('a set that was frozen from a record which was spilled since is handed to nobody again, and the ledger says why', async () => {
  const { world, room, dataset } = await handedOut();
  await spill(world, MEMBER);
  for (const ask of [
    () => room.file(dataset.id, 'csv', LEAD),
    () => room.command(dataset.id, 'export', { format: 'parquet' }, LEAD),
    () => room.command(dataset.id, 'export', { format: 'csv', dryRun: true }, LEAD),
  ]) {
    const before = world.denials('public').length;
    await expect(ask()).rejects.toMatchObject(refused);
    expect(world.denials('public').slice(before)).toMatchObject([{ who: 'rosalind-quist', reason: 'SPILLED' }]);
  }
});

test('the next edition is made without it, and goes out; a retraction owes a recall to whoever has the file', async () => {
  const { world, room, dataset } = await handedOut();
  await spill(world, MEMBER);
  await room.command(dataset.id, 'collect', {}, LEAD);
  const { body } = await room.command(dataset.id, 'freeze', {}, LEAD);
  expect(body).toMatchObject({ edition: 2, frozen: { rows: 11 } });
  await room.command(dataset.id, 'export', { format: 'csv' }, LEAD);
  expect(Buffer.from((await room.file(dataset.id, 'csv', LEAD)).bytes).length).toBeGreaterThan(0);
  const { body: after } = await room.command(dataset.id, 'retract', { reason: 'a record was spilled' }, LEAD);
  expect(after).toMatchObject({ state: 'RETRACTED', recalls: { owed: ['rosalind-quist'] } });
});

test('a spilled record that the set was not made from changes nothing', async () => {
  const { world, room, dataset } = await handedOut();
  await spill(world, OUTSIDE);
  await room.command(dataset.id, 'export', { format: 'parquet' }, LEAD);
  expect((await room.file(dataset.id, 'csv', LEAD)).fileName).toMatch(/\.csv$/);
});

test('where a list of spills is of no use nothing goes out', async () => {
  const { world, room, dataset } = await handedOut();
  const producer = await world.bus.connect.bus.createProducer();
  await producer.send({ topic: spillTopic('open'), key: null, value: Buffer.from('{}') });
  await producer.close();
  await expect(room.file(dataset.id, 'csv', LEAD)).rejects.toMatchObject({
    code: 'RECORDS_UNREADABLE',
    retriable: true,
  });
});

test('an edition that does not say what it was made from rests on every record that is skipped', () => {
  const order = { topic: 'obs.open.gac', partition: 0, offset: '7' };
  const one = { orders: [{ order }] } as unknown as Parameters<typeof restsOnSkipped>[0];
  expect(restsOnSkipped(one, undefined)).toBe(true);
  expect(restsOnSkipped({ orders: [] }, undefined)).toBe(false);
  expect(restsOnSkipped(one, { 'obs.open.gac/0': '5-6,8' })).toBe(false);
  expect(restsOnSkipped(one, { 'obs.open.gac/0': '5-8' })).toBe(true);
});
