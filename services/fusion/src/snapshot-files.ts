// Where snapshots lie: files of one view in a folder of its own.
// Holds: a file appears whole or not at all (written beside, synced, renamed); only the newest few are kept; nobody but the
// owner of the process may read them. Source: README.md#snapshots

import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a file is made of; asked for one after the other. */
type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

/** Keeps snapshots; names sort as the steps they stand at. */
export interface SnapshotStore {
  /** Names, newest first. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Buffer>;
  remove(name: string): Promise<void>;
  /** Makes it the newest, and forgets the oldest beyond those that are kept. */
  write(name: string, pieces: Pieces): Promise<void>;
}

const KEPT = 2;
const SUFFIX = '.snapshot';
const PART = '.part';
/** Without a byte more. */
const ABANDONED_MS = 3_600_000;

/** The name of the snapshot at a step. */
export const snapshotName = (seq: number): string => `${String(seq).padStart(16, '0')}${SUFFIX}`;

/** A store in `dir/<view>`, which is made when first written to. */
export function createSnapshotFiles(dir: string, view: string): SnapshotStore {
  const folder = join(dir, view);
  const list = async (): Promise<readonly string[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    return names.filter((name) => name.endsWith(SUFFIX)).sort().reverse(); // prettier-ignore
  };
  return {
    list,
    read: (name) => readFile(join(folder, name)),
    remove: (name) => rm(join(folder, name), { force: true }),
    async write(name, pieces) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const beside = join(folder, `${name}.${process.pid}${PART}`);
      await writeWhole(beside, pieces);
      await rename(beside, join(folder, name));
      await syncFolder(folder);
      for (const old of (await list()).slice(KEPT)) await rm(join(folder, old), { force: true });
      await removeAbandoned(folder);
    },
  };
}

/** What a killed instance left half written; young ones may be another's, who is writing now. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Infinity })); // gone meanwhile
    if (mtimeMs < Date.now() - ABANDONED_MS) await rm(join(folder, name), { force: true });
  }
}

async function writeWhole(path: string, pieces: Pieces): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The rename is on disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
