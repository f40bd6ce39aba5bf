// An offline bundle: the very files of jvm-parts.lock.json in one tar, for a machine without network.
// Holds: every file is checked against the checked-in list on both sides, so the bundle needs no trust of its own.
// Plain tar: the contents are compressed already. Java itself is not in it; the other machine brings its own.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as tar from 'tar';
import { SetupError } from './errors.ts';
import { fetchAllParts, fileNameOf, type DownloadProgress } from './jvm-parts.ts';

/** Fetches and packs all parts into `file`, and its SHA-256 into `<file>.sha256` beside it. */
export async function packBundle(
  file: string,
  onProgress: (progress: DownloadProgress) => void,
): Promise<{ bytes: number; sha256: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-bundle-'));
  try {
    const parts = await fetchAllParts(dir, { onProgress });
    await tar.create({ file: `${file}.part`, cwd: dir, portable: true }, parts.map(fileNameOf).sort());
    await rename(`${file}.part`, file);
    const sha256 = await sha256Of(file);
    await writeFile(`${file}.sha256`, `${sha256}  ${basename(file)}\n`);
    return { bytes: (await stat(file)).size, sha256 };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * Unpacks a bundle into a temporary folder that the caller removes; its files are not verified yet.
 * @throws SetupError BUNDLE_REFUSED when the file is missing or not a tar
 */
export async function unpackBundle(file: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-bundle-'));
  try {
    await tar.extract({ file, cwd: dir, strict: true, filter: (path) => path === basename(path) });
    return dir;
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    const words = [
      `${file} is not a bundle of sitebus`,
      'Make one on a connected machine: npm run setup -- --bundle offline.tar',
    ];
    throw new SetupError('BUNDLE_REFUSED', words, error);
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
