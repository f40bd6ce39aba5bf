import { afterEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseNote } from '@sitebus/sdk/merkle';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
let folder = '';
afterEach(async () => {
  await gateway?.close();
  await rm(folder, { recursive: true });
});

test('an order is written to a file, signed by two offline, and sent as it was signed', async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-'));
  const toSign = 'sitebus/purge\n{"election":"ge-demo","keys":["a:1"]}\n';
  gateway = await startGateway({
    'POST /v1/purges/preview': json({ records: 1, left: 0, until: 't', toSign }),
    'POST /v1/purges': json({ election: 'ge-demo', records: 1, persons: ['ada', 'bela'] }),
  });
  const file = join(folder, 'order.txt');
  const run = (words: string[]) => runCli(words, { env: gateway!.env });
  expect((await run(['purge', 'propose', 'ge-demo', '--reason', 'over', '--out', file])).code).toBe(0);
  expect(await readFile(file, 'utf8')).toBe(toSign);
  for (const person of ['ada', 'bela']) {
    const key = join(folder, `${person}.seed`);
    await writeFile(key, createHash('sha256').update(person).digest('base64url'));
    expect((await run(['purge', 'sign', file, '--key', key, '--signer', person])).code).toBe(0);
  }
  const note = await readFile(file, 'utf8');
  expect(parseNote(note)).toMatchObject({ text: toSign, signatures: [{ name: 'sitebus/policy/ada' }, { name: 'sitebus/policy/bela' }] });
  expect((await run(['purge', 'order', file])).code).toBe(0);
  expect(JSON.parse(gateway.received.at(-1)?.body ?? '')).toEqual({ note });
  expect(gateway.received.at(-1)?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  await writeFile(join(folder, 'other.txt'), 'sitebus/spill\n{}\n');
  expect((await run(['purge', 'sign', join(folder, 'other.txt'), '--key', join(folder, 'ada.seed'), '--signer', 'ada'])).code).toBe(2);
}); // prettier-ignore
