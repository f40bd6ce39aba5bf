// GET /v1/policy: the one in force and those before it, each as far as it concerns the reader now, and as it was signed.

import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keepPolicy, openPolicyArchive, policyRootOf, signPolicy } from '@sitebus/sdk';
import { parseNote, signersOf } from '@sitebus/sdk/merkle';
import type { GatewayService } from '../service.ts';
import { aWorld, type World } from '../testing/world.ts';

const SHIPPED = fileURLToPath(new URL('../../../../schemas/policy', import.meta.url));
const SIGNERS = ['anna', 'boris'].map((person, at) => ({
  person,
  seed: Buffer.alloc(32, at + 1).toString('base64url'),
}));
const roots = SIGNERS.map(({ person, seed }) => policyRootOf(person, seed));
/** Version 1 is shipped; this gateway runs on a later one. */
const IN_FORCE = 3;
let home = '';
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-policies-'));
  for (const [version, name] of [[1, 'As it was'], [2, 'As it was next'], [IN_FORCE, 'In force']] as const) await keep(version, name); // prettier-ignore
  world = await aWorld({ policies: openPolicyArchive(home, roots), policyVersion: IN_FORCE });
  gateway = await world.gateway('ts-can');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

/** As shipped, but for its version and the name of its first agency. */
async function keep(version: number, agencyName: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-policy-'));
  await cp(SHIPPED, dir, { recursive: true });
  await edit(join(dir, 'policy.json'), (text) => text.replace('"version": 1', `"version": ${version}`));
  await edit(join(dir, 'agencies.json'), (text) => text.replace(/"en": "[^"]*"/, `"en": "${agencyName}"`));
  let note: string | undefined;
  for (const signer of SIGNERS) note = await signPolicy(dir, signer, note);
  await keepPolicy(home, dir, { version, note: note ?? '' });
  await rm(dir, { recursive: true });
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

interface Shown {
  readonly version: number;
  readonly versions: readonly number[];
  readonly signers?: readonly string[];
  readonly note?: string;
  readonly agencies: readonly { readonly name: { readonly en: string } }[];
  readonly cells: readonly { readonly id: string }[];
}
const ask = async (person: string, query: string) =>
  gateway.app.inject({ url: `/v1/policy${query}`, headers: await world.as(person) });

test('an older version is answered as it was, with the note that its persons signed', async () => {
  const answer = await ask('noor-castellane', '?version=1');
  const shown = answer.json<Shown>();
  expect(shown).toMatchObject({ version: 1, versions: [1, 2, 3], signers: ['anna', 'boris'] });
  expect(shown.agencies[0]?.name.en).toBe('As it was');
  const note = parseNote(shown.note ?? '');
  expect(note?.text).toMatch(/^sitebus\/policy\n1\n/);
  expect(note && signersOf(note, roots)).toHaveLength(2);
});

test('without a version it is the one in force, with its note', async () => {
  const shown = (await ask('noor-castellane', '')).json<Shown>();
  expect(shown).toMatchObject({ version: IN_FORCE, versions: [1, 2, 3], signers: ['anna', 'boris'] });
  expect(parseNote(shown.note ?? '')?.text).toMatch(/^sitebus\/policy\n3\n/);
});

test('an older version shows a reader the cells they dominate now, and no trace of the rest', async () => {
  const low = await world.gateway('partner');
  const answer = await low.app.inject({ url: '/v1/policy?version=2', headers: await world.as('piotr-adeyemi') });
  expect(answer.json<Shown>().cells.map(({ id }) => id)).toEqual(['open', 'partner']);
  expect(answer.body).not.toContain('s-can');
  expect((await ask('noor-castellane', '?version=2')).body).toContain('s-can');
});

test('a version that was never provisioned is the one constant 404; which there are is said with every other', async () => {
  const [never, absent] = [await ask('noor-castellane', '?version=4'), await ask('noor-castellane', '?version=999')];
  expect([never.statusCode, never.body]).toEqual([404, absent.body]);
  expect(never.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('a kept version that was changed is not shown: fail-closed, naming policy', async () => {
  await appendFile(join(home, '2', 'agencies.json'), ' ');
  const fresh = await aWorld({ policies: openPolicyArchive(home, roots), policyVersion: IN_FORCE });
  await using _ = fresh;
  const door = await fresh.gateway('ts-can');
  const answer = await door.app.inject({ url: '/v1/policy?version=2', headers: await fresh.as('noor-castellane') });
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed', detail: expect.stringMatching(/policy/i) }),
  ]);
});
