// What is refused can be found by its cause, tried again, and put away; a restart knows of all of it.

import { describe, expect, test } from '@jest/globals';
import { signSpill, spillText, type SpillOrder } from '@sitebus/kit';
import { policyRootOf } from '@sitebus/sdk';
import { anIndicatorReport } from '../../../test/support/observations.ts';
import { createAgencyService, type AgencyService } from './agency-service.ts';
import { mispReader } from './misp/reader.ts';
import { createImportBench, importAll, somebodyOf, type ImportBench } from './testing/index.ts';

const CSE = somebodyOf('cse');
const anEvent = (value: string, colour = 'tlp:unclear'): string =>
  JSON.stringify({
    Event: {
      uuid: '5d2f3b0e-1111-4222-8333-444455556666',
      info: 'A page',
      date: '2031-09-19',
      timestamp: '1947574800',
      Orgc: { uuid: 'aaaaaaaa-1111-4222-8333-444455556666' },
      Tag: [{ name: colour }],
      Attribute: [{ type: 'domain', category: 'Network activity', value, to_ids: true }],
    },
  });

async function aService(bench: ImportBench): Promise<AgencyService> {
  const service = createAgencyService({ ...bench, agency: 'cse', readers: [mispReader] });
  await service.start();
  return service;
}
const listed = async (service: AgencyService, cells?: readonly string[]) =>
  service.deadLetters!.list({ ...CSE, ...(cells !== undefined && { cells }) });

test('a refused file is one letter, by cause and hash, however often it was sent; none of its bytes is told', async () => {
  const bench = await createImportBench();
  const service = await aService(bench);
  await importAll(service, 'misp', 'cse-misp', anEvent('one.example'));
  await importAll(service, 'misp', 'cse-misp', anEvent('one.example'));
  await importAll(service, 'misp', 'cse-misp', 'not json');
  const letters = await listed(service);
  expect(letters.map(({ causes, times, state, format }) => [causes.length > 0, times, state, format])).toEqual(
    expect.arrayContaining([
      [true, 2, 'WAITING', 'misp'],
      [true, 1, 'WAITING', 'misp'],
    ]),
  );
  expect(letters).toHaveLength(2);
  expect(letters.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
  expect(JSON.stringify(letters)).not.toContain('one.example');
  await service.stop();
});

test('a redrive passes every check anew and says what came of it; while it is refused again it goes on waiting', async () => {
  const bench = await createImportBench();
  const service = await aService(bench);
  await importAll(service, 'misp', 'cse-misp', anEvent('one.example'));
  const [letter] = await listed(service);
  const after = await service.deadLetters!.redrive(letter!.id, 'the tag is known now', CSE, []);
  expect(after).toMatchObject({ id: letter!.id, state: 'WAITING', times: 2 });
  expect(after.words).toMatchObject([{ kind: 'redrive', by: CSE.person, reason: 'the tag is known now', came: { accepted: 0 } }]);
  expect(after.words[0]?.came?.refused).toBeGreaterThan(0);
  await service.stop();
}); // prettier-ignore

describe('a record that was spilled since', () => {
  const AN_ID = '5d2f3b0e-2222-4222-8333-444455556666';
  const KEY = { person: 'one', seed: Buffer.alloc(32, 1).toString('base64url') };
  const OTHER_KEY = { person: 'two', seed: Buffer.alloc(32, 2).toString('base64url') };
  const aSigningBench = async (): Promise<ImportBench> => {
    const bench = await createImportBench();
    return { ...bench, policy: { ...bench.policy, signers: [KEY, OTHER_KEY].map(({ person, seed }) => policyRootOf(person, seed)) } };
  };
  const orderOf = (over: Partial<SpillOrder>, signers = [KEY, OTHER_KEY]): string =>
    signers.reduce((note, key) => signSpill(note, key), spillText({
      cell: 'open', seq: 1, previous: '', topic: 'obs.open.cse', partition: 0, offset: '0', key: null, sha256: '0'.repeat(64),
      id: AN_ID, agency: 'cse', reason: 'marked too low', by: 'one', at: 0, until: 1, policyVersion: 1, ...over,
    }));
  const refusedWith = async (service: AgencyService, id: string) => {
    await service.submit([anIndicatorReport({ marking: 'UNCLASSIFIED//TLP:CLEAR', id, domains: ['mirror-check.example'] })], CSE);
    return (await listed(service))[0]!;
  };

  test.each([
    ['is refused to who sent it, with the reason, and kept', {}, { accepted: 0, refused: 1, codes: ['SPILLED'] }],
    ['is another one: that one is taken in', { id: '5d2f3b0e-3333-4222-8333-444455556666' }, { accepted: 1, refused: 0, codes: [] }],
    ['is another agency’s of the same id: that one is taken in', { agency: 'gac' }, { accepted: 1, refused: 0, codes: [] }],
  ])('its redrive %s', async (_what, order, came) => {
    const bench = await aSigningBench();
    const closed = { ...bench.policy, agencies: bench.policy.agencies.map((each) => (each.id === 'cse' ? { ...each, cells: ['pb-can'] } : each)) };
    const before = createAgencyService({ ...bench, policy: closed, agency: 'cse', readers: [mispReader] });
    await before.start();
    const refused = await refusedWith(before, AN_ID);
    expect(refused.causes).toEqual(['NOT_ALLOWED']);
    await before.stop();
    const service = await aService(bench); // policy lets cse write there now
    const after = await service.deadLetters!.redrive(refused.id, 'policy allows it now', CSE, [orderOf(order)]);
    expect(after).toMatchObject({ state: came.accepted === 1 ? 'REDRIVEN' : 'WAITING', words: [{ came }] });
    expect(bench.bus.records('obs.open.cse')).toHaveLength(came.accepted);
    const kept = (await listed(service)).filter((letter) => letter.state === 'WAITING').map(({ causes }) => causes.join());
    expect(kept.sort()).toEqual(came.accepted === 1 ? [] : ['NOT_ALLOWED', 'SPILLED']); // where it lay, and in the cell it may not go to
    await service.stop();
  });

  test.each([
    ['one person has signed', orderOf({}, [KEY])],
    ['nobody has signed', orderOf({}, [])],
    ['that is no order', 'skip it'],
  ])('with an order that %s nothing is tried again', async (_what, note) => {
    const bench = await aSigningBench();
    const service = await aService(bench);
    await service.submit([{ type: 'IndicatorReport', envelope: { marking: 'UNCLASSIFIED//TLP:CLEAR' } }], CSE);
    const [letter] = await listed(service);
    await expect(service.deadLetters!.redrive(letter!.id, 'again', CSE, [note])).rejects.toMatchObject({ code: 'SPILLS_UNUSABLE' });
    expect((await listed(service))[0]).toMatchObject({ state: 'WAITING', words: [] });
    await service.stop();
  });
}); // prettier-ignore

test('once it is taken in nothing waits any more, and it cannot be tried again', async () => {
  const bench = await createImportBench();
  const service = await aService(bench);
  const refused = { type: 'IndicatorReport', envelope: { marking: 'UNCLASSIFIED//TLP:CLEAR' } };
  await service.submit([refused], CSE);
  const [letter] = await listed(service);
  expect(letter).toMatchObject({ format: 'observation', state: 'WAITING' });
  const put = await service.deadLetters!.discard(letter!.id, 'a test of ours', CSE);
  expect(put).toMatchObject({ state: 'DISCARDED', words: [{ kind: 'discard', reason: 'a test of ours' }] });
  for (const act of ['redrive', 'discard'] as const)
    await expect(service.deadLetters![act](letter!.id, 'again', CSE, [])).rejects.toMatchObject({ code: 'DEAD_LETTER_OVER' });
  await expect(service.deadLetters!.redrive('0'.repeat(32), 'x', CSE, [])).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
  await service.stop();
}); // prettier-ignore

test('a restart finds letters and words again', async () => {
  const bench = await createImportBench();
  const first = await aService(bench);
  await importAll(first, 'misp', 'cse-misp', anEvent('one.example'));
  const [letter] = await listed(first);
  await first.deadLetters!.discard(letter!.id, 'not ours', CSE);
  const before = await listed(first);
  await first.stop();
  const second = await aService(bench);
  expect(await listed(second)).toEqual(before);
  await second.stop();
});

test('letters of a cell above the view that is asked in are not there', async () => {
  const bench = await createImportBench();
  const service = await aService(bench);
  await importAll(service, 'misp', 'cse-misp', anEvent('one.example'));
  const [letter] = await listed(service);
  expect(await listed(service, ['open'])).toEqual([]);
  await expect(service.deadLetters!.discard(letter!.id, 'x', { ...CSE, cells: ['open'] })).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
  await expect(service.deadLetters!.list({ person: 'x', agency: 'gac' })).rejects.toMatchObject({ code: 'NOT_YOUR_AGENCY' });
  await service.stop();
}); // prettier-ignore
