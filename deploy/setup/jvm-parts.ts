// The broker and the schema registry: Maven artifacts, fetched once into the user's cache.
// Holds: nothing enters a folder of the cache that does not have the size and SHA-256 of jvm-parts.lock.json;
// files appear whole (`*.part`, then rename), so a killed download is repeated and never half used; two processes
// may call this at once. Source: the lock is made by regenerate-parts.ts from jvm-parts.pom.xml.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import downloadModule from 'mvn-artifact-download';
import * as tar from 'tar';
import { cacheFolders, type CacheFolders } from './cache-folder.ts';
import { SetupError } from './errors.ts';
import { withLock } from './folder-lock.ts';

/** One file of the lock: Maven coordinates `group:artifact[:extension[:classifier]]:version`, hash and size. */
export interface JvmPart {
  readonly gav: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** How far a download is; `file` is the one that moved last. */
export interface DownloadProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly file: string;
}

/** Where the parts lie once they are there, and how many bytes had to be fetched for it. */
export interface JvmParts {
  /** The broker's class path, sorted: exactly the files of the lock, whatever else lies in the folder. */
  readonly kafkaJars: readonly string[];
  readonly apicurioDir: string;
  readonly fetchedBytes: number;
}

/** What `ensureJvmParts` may be told; everything has a default from the environment. */
export interface JvmPartsOptions {
  readonly folders?: CacheFolders;
  /** The files wanted, instead of those of the lock. */
  readonly parts?: readonly JvmPart[];
  /** A company mirror of Maven Central (`BUS_MAVEN_REPO`). */
  readonly mirror?: string | undefined;
  /** A folder that already holds the files, by name (an unpacked bundle); they are verified like downloads. */
  readonly fromDir?: string;
  /** Hash the jars that the cache already has, too; slower by about half a second. */
  readonly verifyAll?: boolean;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

const LOCK_FILE = join(import.meta.dirname, 'jvm-parts.lock.json');
const PARALLEL_DOWNLOADS = 6;
const STALLED_AFTER_MS = 60_000;
const PROGRESS_EVERY_MS = 250;
const OTHER_PROCESS_WAIT_MS = 15 * 60_000;

// A CommonJS module with a `default` property: Node gives the exports object, a transpiler may give the function.
type Download = (gav: string, dir: string, repository?: string, fileName?: string) => Promise<string>;
const download: Download =
  typeof downloadModule === 'function' ? downloadModule : (downloadModule as { default: Download }).default;

/** Reads the checked-in list of files. */
export async function readJvmPartsLock(): Promise<readonly JvmPart[]> {
  return JSON.parse(await readFile(LOCK_FILE, 'utf8')) as JvmPart[];
}

/**
 * Makes sure that broker and registry are in the cache; a few milliseconds when they are.
 * @throws SetupError NETWORK_OFF (retriable) with the list of files that are missing and what to do;
 *   CHECKSUM_MISMATCH when a file is not the one of the lock (it is deleted); LOCK_TIMEOUT (retriable)
 */
export async function ensureJvmParts(options: JvmPartsOptions = {}): Promise<JvmParts> {
  const folders = options.folders ?? cacheFolders();
  const parts = options.parts ?? (await readJvmPartsLock());
  if (!options.verifyAll && (await isComplete(folders, parts))) return located(folders, parts, 0);
  return withLock(join(folders.root, 'jvm-parts.lock'), OTHER_PROCESS_WAIT_MS, async () => {
    if (!options.verifyAll && (await isComplete(folders, parts))) return located(folders, parts, 0);
    const fetchedBytes = await fetchMissing(parts, folders, options);
    await writeFile(stampIn(folders.kafka), digestOf(parts.filter((part) => !isArchive(part))));
    return located(folders, parts, fetchedBytes);
  });
}

/** Fetches every file of the lock, verified, into `dir` under its own name: what an offline bundle is packed from. */
export async function fetchAllParts(dir: string, options: JvmPartsOptions = {}): Promise<readonly JvmPart[]> {
  const parts = await readJvmPartsLock();
  await mkdir(dir, { recursive: true });
  await obtain(parts, parts, () => dir, options);
  return parts;
}

/** @returns the file name Maven gives these coordinates */
export function fileNameOf(part: JvmPart): string {
  const steps = part.gav.split(':');
  const [artifact, version] = [steps[1] ?? '', steps.at(-1) ?? ''];
  const extension = steps.length > 3 ? steps[2] : 'jar';
  const classifier = steps.length > 4 ? `-${steps[3]}` : '';
  return `${artifact}-${version}${classifier}.${extension}`;
}

async function fetchMissing(
  parts: readonly JvmPart[],
  folders: CacheFolders,
  options: JvmPartsOptions,
): Promise<number> {
  const downloads = join(folders.root, 'downloads');
  await Promise.all([folders.kafka, downloads].map((dir) => mkdir(dir, { recursive: true })));
  const needed: JvmPart[] = [];
  for (const part of parts) {
    const isHere = isArchive(part)
      ? await hasStamp(folders.apicurio, digestOf([part])) // unpacked: its archive was verified and is gone
      : await isIntact(folders.kafka, part);
    if (!isHere) needed.push(part);
  }
  await obtain(needed, parts, (part) => (isArchive(part) ? downloads : folders.kafka), options);
  for (const archive of needed.filter(isArchive)) {
    await unpack(join(downloads, fileNameOf(archive)), folders.apicurio, digestOf([archive]));
  }
  await rm(downloads, { recursive: true, force: true });
  return needed.reduce((sum, part) => sum + part.bytes, 0);
}

async function obtain(
  needed: readonly JvmPart[],
  all: readonly JvmPart[],
  folderOf: (part: JvmPart) => string,
  options: JvmPartsOptions,
): Promise<void> {
  const totalBytes = needed.reduce((sum, part) => sum + part.bytes, 0);
  const doneBytes = new Map<string, number>();
  const report = (part: JvmPart, bytes: number): void => {
    doneBytes.set(part.gav, bytes);
    const sum = [...doneBytes.values()].reduce((a, b) => a + b, 0);
    options.onProgress?.({ doneBytes: sum, totalBytes, file: fileNameOf(part) });
  };
  const queue = [...needed].sort((a, b) => b.bytes - a.bytes); // the registry's archive is most of it: begin with it
  const worker = async (): Promise<void> => {
    for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
      await obtainOne(part, folderOf(part), options, report);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, worker));
  } catch (error) {
    queue.length = 0;
    if (error instanceof SetupError) throw error;
    throw networkOff(needed, all, options, error);
  }
}

async function obtainOne(
  part: JvmPart,
  dir: string,
  options: JvmPartsOptions,
  report: (part: JvmPart, bytes: number) => void,
): Promise<void> {
  const name = fileNameOf(part);
  const target = join(dir, name);
  if (options.fromDir !== undefined) {
    const source = join(options.fromDir, name);
    await verify(source, part);
    await copyFile(source, `${target}.part`);
  } else {
    await watched(
      `${target}.part`,
      (bytes) => report(part, bytes),
      () => download(part.gav, dir, mirrorUrl(options.mirror ?? process.env['BUS_MAVEN_REPO']), `${name}.part`),
    );
  }
  await verify(`${target}.part`, part);
  await rename(`${target}.part`, target);
  report(part, part.bytes);
}

/** The library appends the path to the address as it is. */
function mirrorUrl(mirror: string | undefined): string | undefined {
  return mirror ? mirror.replace(/\/*$/, '/') : undefined;
}

/** The library reports neither progress nor a connection that died half way: the growing file tells both. */
async function watched(file: string, onBytes: (bytes: number) => void, work: () => Promise<unknown>): Promise<void> {
  let seen = -1;
  let grewAt = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      void stat(file).then(
        ({ size }) => {
          if (size !== seen) [seen, grewAt] = [size, Date.now()];
          onBytes(size);
        },
        () => undefined, // not begun yet
      );
      if (Date.now() - grewAt > STALLED_AFTER_MS) reject(new Error(`${basename(file)}: no byte for a minute`));
    }, PROGRESS_EVERY_MS);
  });
  try {
    await Promise.race([work(), stalled]);
  } finally {
    clearInterval(timer);
  }
}

async function verify(file: string, part: JvmPart): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  const sha256 = hash.digest('hex');
  if (sha256 === part.sha256 && bytes === part.bytes) return;
  if (file.endsWith('.part')) await rm(file, { force: true });
  throw new SetupError('CHECKSUM_MISMATCH', [
    `${fileNameOf(part)} is not the file this version of sitebus was tested with; it was refused`,
    `  expected  sha256 ${part.sha256}  ${part.bytes} bytes`,
    `  received  sha256 ${sha256}  ${bytes} bytes`,
    'If BUS_MAVEN_REPO names a mirror, check what it serves; otherwise run `npm run setup` again.',
  ]);
}

async function isIntact(dir: string, part: JvmPart): Promise<boolean> {
  const file = join(dir, fileNameOf(part));
  return verify(file, part).then(
    () => true,
    () => false,
  );
}

async function unpack(archive: string, target: string, stamp: string): Promise<void> {
  const temporary = `${target}.part`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  await tar.extract({ file: archive, cwd: temporary });
  await writeFile(stampIn(temporary), stamp);
  await rm(target, { recursive: true, force: true });
  await rename(temporary, target);
}

function networkOff(
  missing: readonly JvmPart[],
  all: readonly JvmPart[],
  options: JvmPartsOptions,
  cause: unknown,
): SetupError {
  const mb = (list: readonly JvmPart[]): string => (list.reduce((sum, p) => sum + p.bytes, 0) / 1e6).toFixed(1);
  const from = options.mirror ?? process.env['BUS_MAVEN_REPO'] ?? 'Maven Central';
  return new SetupError(
    'NETWORK_OFF',
    [
      `${missing.length} of ${all.length} files (${mb(missing)} MB) could not be fetched from ${from}:`,
      ...missing.map(
        (part) => `  ${(part.bytes / 1e6).toFixed(2).padStart(7)} MB  ${part.sha256.slice(0, 12)}…  ${part.gav}`,
      ),
      'Where Maven Central is not reached, name a mirror: BUS_MAVEN_REPO=https://… npm start',
      'Without any network: `npm run setup -- --bundle offline.tar` on a connected machine,',
      '`npm run setup -- --from offline.tar` here. Full checksums: deploy/setup/jvm-parts.lock.json',
    ],
    cause,
  );
}

async function isComplete(folders: CacheFolders, parts: readonly JvmPart[]): Promise<boolean> {
  const jars = parts.filter((part) => !isArchive(part));
  const archives = parts.filter(isArchive);
  return (await hasStamp(folders.kafka, digestOf(jars))) && (await hasStamp(folders.apicurio, digestOf(archives)));
}

async function hasStamp(dir: string, stamp: string): Promise<boolean> {
  return (await readFile(stampIn(dir), 'utf8').catch(() => '')) === stamp;
}

function located(folders: CacheFolders, parts: readonly JvmPart[], fetchedBytes: number): JvmParts {
  const jars = parts.filter((part) => !isArchive(part)).map((part) => join(folders.kafka, fileNameOf(part)));
  return { kafkaJars: jars.sort(), apicurioDir: folders.apicurio, fetchedBytes };
}

function digestOf(parts: readonly JvmPart[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const isArchive = (part: JvmPart): boolean => part.gav.includes(':tar.gz:');
const stampIn = (dir: string): string => join(dir, '.verified');
