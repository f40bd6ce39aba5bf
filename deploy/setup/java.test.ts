import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cacheFolders } from './cache-folder.ts';
import { findJava, majorOf } from './java.ts';

let dir: string;
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'sitebus-java-')));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const folders = () => cacheFolders({ BUS_CACHE: join(dir, 'cache') });

/** A home as an installer lays it out: a binary and a `release` file; the binary is never run. */
async function javaHome(name: string, version: string): Promise<string> {
  const home = join(dir, name);
  await mkdir(join(home, 'bin'), { recursive: true });
  await writeFile(join(home, 'release'), `IMPLEMENTOR="Sample"\nJAVA_VERSION="${version}"\n`);
  await writeFile(join(home, 'bin', 'java'), '');
  await chmod(join(home, 'bin', 'java'), 0o755);
  return home;
}

test.each([
  ['25', 25],
  ['21.0.9', 21],
  ['22-ea', 22],
  ['1.8.0_392', 8],
  ['17.0.15+6', 17],
])('version %s is Java %i', (version, major) => {
  expect(majorOf(version)).toBe(major);
});

test('a Java that is new enough in JAVA_HOME is taken before the one on the path', async () => {
  const env = { JAVA_HOME: await javaHome('home', '21.0.9'), PATH: join(await javaHome('path', '25.0.1'), 'bin') };
  expect((await findJava(env, folders())).java).toEqual({
    binary: join(dir, 'home', 'bin', 'java'),
    version: '21.0.9',
    foundBy: 'JAVA_HOME',
  });
});

test('a Java that is too old is passed over and remembered', async () => {
  const env = { JAVA_HOME: await javaHome('home', '17.0.15'), PATH: join(await javaHome('path', '25.0.1'), 'bin') };
  const { java, refused } = await findJava(env, folders());
  expect(java?.binary).toBe(join(dir, 'path', 'bin', 'java'));
  expect(refused.map(({ version }) => version)).toEqual(['17.0.15']);
});

test.each([
  ['too old', '17.0.15'],
  ['too old by far', '1.8.0_392'],
])('a Java named by BUS_JAVA that is %s is refused, not replaced', async (_case, version) => {
  const env = { BUS_JAVA: await javaHome('mine', version), JAVA_HOME: await javaHome('home', '25.0.1') };
  await expect(findJava(env, folders())).rejects.toMatchObject({ code: 'JAVA_NOT_FOUND', retriable: false });
});

test('BUS_JAVA names a home or a binary', async () => {
  const home = await javaHome('mine', '21.0.9');
  for (const BUS_JAVA of [home, join(home, 'bin', 'java')]) {
    expect((await findJava({ BUS_JAVA }, folders())).java?.foundBy).toBe('BUS_JAVA');
  }
});
