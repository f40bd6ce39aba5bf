// The file of the agencies' services: whose is whose, and what refuses a start.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readIntakes } from './intakes-file.ts';

const CREDENTIAL = 'c'.repeat(32);
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'sitebus-intakes-'))));
afterAll(() => rm(folder, { recursive: true }));

async function intakesOf(content: unknown) {
  const file = join(folder, 'intakes.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readIntakes(file);
}

test('an agency is reached at its own service, a tenant at the one of all partners, and nobody else anywhere', async () => {
  const entry = (agency: string) => ({ agency, url: `https://${agency}.example:7090`, credential: CREDENTIAL });
  const intakes = await intakesOf([entry('cse'), entry('partners')]);
  const [cse, partners, tenant, other] = ['cse', 'partners', 'partner-harbour-lab', 'csis'].map(intakes);
  expect([cse, partners]).not.toContain(undefined);
  expect(tenant).toBe(partners);
  expect(other).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['text', 'no list', 'is not JSON'],
  ['an object', {}, '/ must be array'],
  ['an entry without address', [{ agency: 'cse', credential: CREDENTIAL }], '/0 '],
  ['a short credential', [{ agency: 'cse', url: 'http://a', credential: 'hidden' }], '/0/credential '],
  ['a property that means nothing', [{ agency: 'cse', url: 'http://a', credential: CREDENTIAL, ca: 'x' }], '/0 '],
])('%s refuses the start, by its place and without its text', async (_what, content, reason) => {
  const start = intakesOf(content);
  await expect(start).rejects.toMatchObject({ code: 'INVALID_CONFIG', details: { faults: [{ name: 'SITEBUS_INTAKES_FILE', reason: expect.stringContaining(reason) }] } });
  await expect(start).rejects.not.toMatchObject({ details: { faults: [{ reason: expect.stringContaining('hidden') }] } });
}); // prettier-ignore

test('a file that is not there is told', () => {
  expect(() => readIntakes(join(folder, 'absent.json'))).toThrow(
    expect.objectContaining({
      details: {
        faults: [{ name: 'SITEBUS_INTAKES_FILE', reason: expect.stringContaining('absent.json cannot be read') }],
      },
    }),
  );
});
