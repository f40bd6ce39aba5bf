// What is refused can be found by its cause, tried again, and put away; a restart knows of all of it.

import { expect, test } from '@jest/globals';
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
  const after = await service.deadLetters!.redrive(letter!.id, 'the tag is known now', CSE);
  expect(after).toMatchObject({ id: letter!.id, state: 'WAITING', times: 2 });
  expect(after.words).toMatchObject([{ kind: 'redrive', by: CSE.person, reason: 'the tag is known now', came: { accepted: 0 } }]);
  expect(after.words[0]?.came?.refused).toBeGreaterThan(0);
  await service.stop();
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
    await expect(service.deadLetters![act](letter!.id, 'again', CSE)).rejects.toMatchObject({ code: 'DEAD_LETTER_OVER' });
  await expect(service.deadLetters!.redrive('0'.repeat(32), 'x', CSE)).rejects.toMatchObject({ code: 'DEAD_LETTER_UNKNOWN' });
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
