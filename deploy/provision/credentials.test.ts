import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { credentialsPath, loadCredentials, saveCredentials, withCredentialsFor } from './credentials.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('a password lives as long as its file: the second run hands out the first one', async () => {
  const first = withCredentialsFor(await loadCredentials(dataDir), ['a', 'b'], 'cluster');
  await saveCredentials(dataDir, first);
  const second = withCredentialsFor(await loadCredentials(dataDir), ['a', 'b', 'c'], 'cluster');
  expect(second.credentials).toMatchObject(first.credentials);
  expect(Object.keys(second.credentials)).toEqual(['a', 'b', 'c']);
});

test('every principal has a password of its own, of 256 random bits', () => {
  const { credentials } = withCredentialsFor({ clusterId: '', credentials: {}, set: [] }, ['a', 'b'], 'cluster');
  const passwords = Object.values(credentials).map(({ password }) => password);
  expect(new Set(passwords).size).toBe(2);
  expect(passwords.map((password) => Buffer.from(password, 'base64url').length)).toEqual([32, 32]);
});

test('only its owner can read the file, even where another one lay before', async () => {
  await writeFile(`${credentialsPath(dataDir)}.${process.pid}.part`, '', { mode: 0o644 });
  await saveCredentials(dataDir, { clusterId: 'cluster', credentials: {}, set: [] });
  expect((await stat(credentialsPath(dataDir))).mode & 0o777).toBe(0o600);
});

test('another cluster keeps the passwords and counts none as set', () => {
  const before = withCredentialsFor({ clusterId: '', credentials: {}, set: [] }, ['a'], 'one');
  const after = withCredentialsFor({ ...before, set: ['a'] }, ['a'], 'two');
  expect(after).toEqual({ clusterId: 'two', credentials: before.credentials, set: [] });
});
