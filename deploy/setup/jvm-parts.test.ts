import { createHash } from 'node:crypto';
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import * as tar from 'tar';
import { APICURIO_VERSION, cacheFolders, KAFKA_VERSION, type CacheFolders } from './cache-folder.ts';
import { ensureJvmParts, fileNameOf, readJvmPartsLock, type DownloadProgress, type JvmPart } from './jvm-parts.ts';

let dir: string;
let folders: CacheFolders;
let mirror: Mirror;
const served = new Map<string, Buffer>();

interface Mirror {
  readonly url: string;
  readonly server: Server;
  readonly requests: string[];
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-parts-test-'));
  folders = cacheFolders({ BUS_CACHE: join(dir, 'cache') });
  mirror = await startMirror();
});
afterEach(async () => {
  served.clear();
  await new Promise((resolve) => mirror.server.close(resolve));
  await rm(dir, { recursive: true, force: true });
});

test('jars and the unpacked registry arrive from a mirror, and the second call asks nobody', async () => {
  const parts = [jar('one', 'first jar'), await archive({ 'quarkus-run.jar': 'the registry' })];
  const seen: DownloadProgress[] = [];
  const first = await ensureJvmParts({ folders, parts, mirror: mirror.url, onProgress: (p) => seen.push(p) });
  const totalBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  expect(first).toEqual({
    kafkaJars: [join(folders.kafka, 'one-1.0.jar')],
    apicurioDir: folders.apicurio,
    fetchedBytes: totalBytes,
  });
  expect(await readFile(join(folders.kafka, 'one-1.0.jar'), 'utf8')).toBe('first jar');
  expect(await readFile(join(folders.apicurio, 'quarkus-run.jar'), 'utf8')).toBe('the registry');
  expect(seen.at(-1)).toMatchObject({ doneBytes: totalBytes, totalBytes });
  mirror.requests.length = 0;
  expect((await ensureJvmParts({ folders, parts, mirror: mirror.url })).fetchedBytes).toBe(0);
  expect(mirror.requests).toEqual([]);
});

test('a file that is not the one of the list is refused and not kept', async () => {
  const part = jar('one', 'first jar');
  served.set('/org/sample/one/1.0/one-1.0.jar', Buffer.from('fir$t jar'));
  const refused = ensureJvmParts({ folders, parts: [part], mirror: mirror.url });
  await expect(refused).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', retriable: false, exitCode: 1 });
  expect(await readdir(folders.kafka)).toEqual([]);
});

test('without network every missing file is named with its size, and the exit code says so', async () => {
  const parts = [jar('one', 'first jar'), jar('two', 'second jar')];
  served.delete('/org/sample/two/1.0/two-1.0.jar');
  const refused = await ensureJvmParts({ folders, parts, mirror: mirror.url }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'NETWORK_OFF', retriable: true, exitCode: 5 });
  const words = (refused as { lines: string[] }).lines.join('\n');
  for (const part of parts) expect(words).toContain(part.gav);
  expect(words).toContain('npm run setup -- --from offline.tar');
});

test('a jar damaged in the cache is found by a full check and fetched again, alone', async () => {
  const parts = [jar('one', 'first jar'), jar('two', 'second jar')];
  await ensureJvmParts({ folders, parts, mirror: mirror.url });
  await writeFile(join(folders.kafka, 'two-1.0.jar'), 'second jaR');
  mirror.requests.length = 0;
  await ensureJvmParts({ folders, parts, mirror: mirror.url, verifyAll: true });
  expect(await readFile(join(folders.kafka, 'two-1.0.jar'), 'utf8')).toBe('second jar');
  expect(mirror.requests).toEqual(['/org/sample/two/1.0/two-1.0.jar']);
});

test('a jar of an earlier list stays in the folder but not on the class path', async () => {
  await ensureJvmParts({ folders, parts: [jar('old', 'old jar')], mirror: mirror.url });
  const { kafkaJars } = await ensureJvmParts({ folders, parts: [jar('new', 'new jar')], mirror: mirror.url });
  expect(kafkaJars).toEqual([join(folders.kafka, 'new-1.0.jar')]);
});

test('two callers at once fetch each file once', async () => {
  const parts = [jar('one', 'first jar'), jar('two', 'second jar')];
  await Promise.all([1, 2].map(() => ensureJvmParts({ folders, parts, mirror: mirror.url })));
  expect([...mirror.requests].sort()).toEqual(['/org/sample/one/1.0/one-1.0.jar', '/org/sample/two/1.0/two-1.0.jar']);
});

test('files of a bundle are verified like downloads', async () => {
  const part = jar('one', 'first jar');
  const fromDir = join(dir, 'bundle');
  await mkdir(fromDir);
  await writeFile(join(fromDir, 'one-1.0.jar'), 'fir$t jar');
  const refused = ensureJvmParts({ folders, parts: [part], fromDir });
  await expect(refused).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  await writeFile(join(fromDir, 'one-1.0.jar'), 'first jar');
  expect((await ensureJvmParts({ folders, parts: [part], fromDir })).fetchedBytes).toBe(part.bytes);
  expect(mirror.requests).toEqual([]);
});

test('the checked-in list holds the versions that the cache folders are named after', async () => {
  const names = (await readJvmPartsLock()).map(fileNameOf);
  expect(names).toContain(`kafka_2.13-${KAFKA_VERSION}.jar`);
  expect(names).toContain(`apicurio-registry-app-${APICURIO_VERSION}-all.tar.gz`);
  expect(new Set(names).size).toBe(names.length);
});

function jar(name: string, content: string): JvmPart {
  return serve(`org.sample:${name}:1.0`, `/org/sample/${name}/1.0/${name}-1.0.jar`, Buffer.from(content));
}

async function archive(files: Record<string, string>): Promise<JvmPart> {
  const content = join(dir, 'content');
  await mkdir(content, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(content, name), text);
  await tar.create({ file: join(dir, 'all.tar.gz'), gzip: true, cwd: content }, Object.keys(files));
  const bytes = await readFile(join(dir, 'all.tar.gz'));
  return serve('org.sample:app:tar.gz:all:1.0', '/org/sample/app/1.0/app-1.0-all.tar.gz', bytes);
}

function serve(gav: string, path: string, bytes: Buffer): JvmPart {
  served.set(path, bytes);
  return { gav, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}

async function startMirror(): Promise<Mirror> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const bytes = served.get(request.url ?? '');
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, requests };
}
