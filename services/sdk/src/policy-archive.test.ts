// What was provisioned is shown as it was signed, or not at all.

import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renderNote } from './merkle/index.ts';
import { isSamePolicy, keepPolicy, NO_ARCHIVE, openPolicyArchive } from './policy-archive.ts';
import { policyDigest, policyNoteText, policyRootOf } from './policy-signature.ts';
import { signStatement } from './signature.ts';

const SHIPPED = fileURLToPath(new URL('../../../schemas/policy', import.meta.url));
const SIGNERS = ['anna', 'boris', 'chloe'].map((person, at) => {
  const seed = Buffer.alloc(32, at + 1).toString('base64url');
  return { seed, root: policyRootOf(person, seed) };
});
const roots = SIGNERS.map(({ root }) => root);
let home = '';
let archive = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-archive-'));
  archive = join(home, 'policies');
  for (const version of [1, 10, 2]) await keepPolicy(archive, await aFolder(version), await noteOf(version));
});
afterAll(() => rm(home, { recursive: true }));

/** A policy of that version; of files that are not shown it has one of a form that no code knows. */
async function aFolder(version: number): Promise<string> {
  const dir = join(home, `policy-${version}`);
  await cp(SHIPPED, dir, { recursive: true });
  const shipped = JSON.parse(await readFile(join(dir, 'policy.json'), 'utf8')) as object;
  await writeFile(join(dir, 'policy.json'), JSON.stringify({ ...shipped, version }));
  await writeFile(join(dir, 'timers.json'), '{"form": "of another time"}');
  return dir;
}

async function noteOf(version: number, signers = SIGNERS.slice(0, 2), said = version) {
  const text = policyNoteText(said, await policyDigest(join(home, `policy-${version}`)));
  const signatures = signers.map(({ seed, root: { name, keyId } }) => ({
    name,
    keyId,
    signature: new Uint8Array(Buffer.from(signStatement(text, seed), 'base64url')),
  }));
  return { version, note: renderNote(text, signatures) };
}

test('versions are listed lowest first; each is read with its note and who signed it, whatever else it says', async () => {
  const opened = openPolicyArchive(archive, roots);
  expect(await opened.versions()).toEqual([1, 2, 10]);
  const { note } = await noteOf(2);
  expect(await opened.read(2)).toMatchObject({ version: 2, note, signers: ['anna', 'boris'] });
  expect((await opened.read(2))?.cells.length).toBeGreaterThan(0);
  expect(await opened.read(3)).toBeUndefined();
});

test('a kept file that was changed is refused, and read again once it is mended', async () => {
  const opened = openPolicyArchive(archive, roots);
  const file = join(archive, '10', 'cells.json');
  const before = await readFile(file, 'utf8');
  await appendFile(file, ' ');
  await expect(opened.read(10)).rejects.toMatchObject({ code: 'POLICY_UNVERIFIED' });
  await writeFile(file, before);
  expect(await opened.read(10)).toMatchObject({ version: 10 });
});

test('a version that is not signed by two of those who are pinned now is refused', async () => {
  await expect(openPolicyArchive(archive, roots.slice(1)).read(1)).rejects.toMatchObject({ code: 'POLICY_UNVERIFIED' });
});

test('a version in the place of another, and a note of another version than its files, are refused', async () => {
  const elsewhere = join(home, 'misplaced');
  await keepPolicy(elsewhere, join(home, 'policy-1'), { ...(await noteOf(1)), version: 2 });
  await keepPolicy(elsewhere, join(home, 'policy-1'), { ...(await noteOf(1, SIGNERS, 3)), version: 3 });
  const misplaced = openPolicyArchive(elsewhere, roots);
  await expect(misplaced.read(2)).rejects.toMatchObject({
    code: 'POLICY_UNVERIFIED',
    details: { reason: 'version 1 lies where version 2 was kept' },
  });
  await expect(misplaced.read(3)).rejects.toMatchObject({
    code: 'POLICY_UNVERIFIED',
    details: { reason: 'version 3 is signed, and version 1 lies there' },
  });
});

test('what is kept again is replaced by the newer note, and nothing of it is left behind', async () => {
  const { note } = await noteOf(1, SIGNERS.slice(1));
  await keepPolicy(archive, join(home, 'policy-1'), { version: 1, note });
  expect(await openPolicyArchive(archive, roots).read(1)).toMatchObject({ signers: ['boris', 'chloe'] });
  expect(await openPolicyArchive(archive, roots).versions()).toEqual([1, 2, 10]);
});

test('a folder that is not there is empty', async () => {
  const none = openPolicyArchive(join(home, 'nothing'), roots);
  for (const empty of [none, NO_ARCHIVE])
    expect([await empty.versions(), await empty.read(1)]).toEqual([[], undefined]);
});

test('notes stand for the same files whoever signed them, and for others where one file differs', async () => {
  const [one, other] = [await noteOf(2), await noteOf(2, SIGNERS.slice(1))];
  expect(isSamePolicy(one.note, other.note)).toBe(true);
  expect(isSamePolicy(one.note, (await noteOf(1)).note)).toBe(false);
  expect(isSamePolicy('', '')).toBe(false);
});
