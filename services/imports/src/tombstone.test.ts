import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { signSpill, spillText, type SpillOrder } from '@sitebus/kit';
import { policyRootOf } from '@sitebus/sdk';
import { createAgencyService } from './agency-service.ts';
import { createImportBench, somebodyOf } from './testing/index.ts';
import { tombstoneOf } from './tombstone.ts';

const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
const signers = ['ada', 'bela'].map((person) => policyRootOf(person, seedOf(person)));
const noteOf = (order: SpillOrder, ...persons: string[]): string =>
  persons.reduce((text, person) => signSpill(text, { person, seed: seedOf(person) }), spillText(order));
const anOrder = (over: Partial<SpillOrder> = {}): SpillOrder => ({
  cell: 'partner', seq: 1, previous: '', topic: 'obs.partner.cse', partition: 0, offset: '0', key: 'a2V5', sha256: '0'.repeat(64),
  id: null, agency: null, reason: 'marked too low', by: 'ada', at: 1, until: 2, policyVersion: 1, ...over,
}); // prettier-ignore
const ordered = (note: string, agency = 'cse') => tombstoneOf(note, { agency, policy: { signers } });

test('an order of two is a tombstone in its place', () => {
  const record = { topic: 'obs.partner.cse', partition: 0, key: Buffer.from('key'), value: null };
  expect(ordered(noteOf(anOrder(), 'ada', 'bela'))).toEqual({ cell: 'partner', record });
});

test.each([
  ['of one person', noteOf(anOrder(), 'ada')],
  ['of one person twice', noteOf(anOrder(), 'ada', 'ada')],
  ['of somebody who is not pinned', noteOf(anOrder(), 'ada', 'mallory')],
  ['changed after it was signed', noteOf(anOrder(), 'ada', 'bela').replace('"partition":0', '"partition":1')],
  ['to another writer', noteOf(anOrder({ topic: 'obs.partner.gac' }), 'ada', 'bela')],
  ['about a record without a key', noteOf(anOrder({ key: null }), 'ada', 'bela')],
  ['that is no order', 'key'],
])('a note %s erases nothing', (_what, note) => {
  expect(ordered(note)).toBeUndefined();
});

test('partners share their topics, and each writes for them', () => {
  const note = noteOf(anOrder({ topic: 'obs.partner.partners' }), 'ada', 'bela');
  expect(ordered(note, 'partner-chirrup')?.record.topic).toBe('obs.partner.partners');
});

test('the agency’s service writes it under the key of the record, and nothing on a note that is none', async () => {
  const bench = await createImportBench();
  const service = createAgencyService({ ...bench, policy: { ...bench.policy, signers }, agency: 'cse', readers: [] });
  await service.start();
  const item = {
    type: 'IndicatorReport',
    envelope: { observedAt: '2031-10-02T14:05:15.000Z', marking: 'UNCLASSIFIED//TLP:GREEN', sourceGrade: 'B', infoGrade: 2 },
    report: {
      title: 'A page', category: 'PHISHING', stance: 'ASSERTS', sourceKind: 'TECHNICAL', mandateBasis: 'cyber', soWhat: 'It can be blocked.',
      portions: [{ text: 'A page', lang: 'en', marking: 'UNCLASSIFIED//TLP:GREEN' }], releasePlan: 'READABLE_BY_PARTNERS',
    },
    domains: ['one.example'],
    part: 1,
    parts: 1,
  }; // prettier-ignore
  expect(await service.submit([item], somebodyOf('cse'))).toMatchObject([{ status: 'accepted' }]);
  const [written] = bench.bus.records('obs.partner.cse');
  const { partition = 0, offset = 0n, key } = written ?? {};
  const order = anOrder({ partition, offset: String(offset), key: key?.toString('base64url') ?? null });
  expect(await service.erase?.(noteOf(order, 'ada'))).toBe(false);
  expect(bench.bus.records('obs.partner.cse')).toHaveLength(1);
  expect(await service.erase?.(noteOf(order, 'ada', 'bela'))).toBe(true);
  const [, tombstone] = bench.bus.records('obs.partner.cse');
  expect(tombstone).toMatchObject({ partition, key, value: null });
  await service.stop();
});
