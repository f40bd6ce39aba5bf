// What was spilled does not come back by an ordinary door, and a restart knows that too.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { signSpill, spillText, type SpillOrder } from '@sitebus/kit';
import { policyRootOf } from '@sitebus/sdk';
import { anIndicatorReport } from '../../../test/support/observations.ts';
import { createAgencyService, type AgencyService } from './agency-service.ts';
import { createImportBench, somebodyOf } from './testing/index.ts';

const CSE = somebodyOf('cse');
const [SPILLED, OTHER] = ['5d2f3b0e-2222-4222-8333-444455556666', '5d2f3b0e-3333-4222-8333-444455556666'];
const KEYS = ['one', 'two'].map((person, at) => ({ person, seed: Buffer.alloc(32, at + 1).toString('base64url') }));
const ORDER: SpillOrder = {
  cell: 'open', seq: 1, previous: '', topic: 'obs.open.cse', partition: 0, offset: '0', key: Buffer.from('k').toString('base64url'),
  sha256: '0'.repeat(64), id: SPILLED, agency: 'cse', reason: 'marked too low', by: 'one', at: 0, until: 1, policyVersion: 1,
}; // prettier-ignore
const signed = (signers: typeof KEYS): string => signers.reduce((note, key) => signSpill(note, key), spillText(ORDER));

const codesOf = async (service: AgencyService, id: string): Promise<readonly (string | undefined)[]> => {
  const item = anIndicatorReport({ marking: 'UNCLASSIFIED//TLP:CLEAR', id, domains: ['mirror-check.example'] });
  const answers = await service.submit([item], CSE);
  return answers.map((answer) => (answer.status === 'refused' ? answer.code : answer.status));
};

test('what a service was shown to be spilled it refuses from then on, keeps, and still refuses when it starts again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'known-spills-'));
  const bench = await createImportBench();
  const policy = { ...bench.policy, signers: KEYS.map(({ person, seed }) => policyRootOf(person, seed)) };
  const started = async (): Promise<AgencyService> => {
    const service = createAgencyService({ ...bench, policy, agency: 'cse', readers: [], journalPath: join(folder, 'cse.jsonl') });
    await service.start();
    return service;
  };
  const first = await started();
  expect(await first.erase!(signed(KEYS.slice(0, 1)))).toBe(false); // one person's word
  expect(await codesOf(first, SPILLED)).toEqual(['accepted']);
  expect(await first.erase!(signed(KEYS))).toBe(true);
  await first.stop();
  const second = await started();
  expect([await codesOf(second, SPILLED), await codesOf(second, OTHER)]).toEqual([['SPILLED'], ['accepted']]);
  expect((await second.deadLetters!.list(CSE)).map(({ causes, state }) => [causes, state])).toEqual([[['SPILLED'], 'WAITING']]);
  await second.stop();
  await rm(folder, { recursive: true });
}); // prettier-ignore
