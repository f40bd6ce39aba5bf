// Writes jvm-parts.lock.json anew from jvm-parts.pom.xml: Maven resolves and fetches, this lists and hashes.
// For maintainers, after a version in the pom changed: needs mvn, and its diff is read before it is committed.
// Holds: one row a file, sorted by coordinates, so that the diff shows exactly what an upgrade brings.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import type { JvmPart } from './jvm-parts.ts';

const here = import.meta.dirname;
const out = await mkdtemp(join(tmpdir(), 'sitebus-parts-'));
try {
  const pom = join(here, 'jvm-parts.pom.xml');
  const mvn = spawnSync('mvn', ['-B', '-q', '-ntp', '-C', `-Dparts.out=${out}`, '-f', pom, 'generate-resources'], {
    stdio: 'inherit',
  });
  if (mvn.status !== 0) throw new Error('mvn did not resolve the pom; is Maven installed?', { cause: mvn.error });
  const parts = await listParts(out);
  await writeFile(join(here, 'jvm-parts.lock.json'), `${JSON.stringify(parts, null, 2)}\n`);
  process.stdout.write(
    `jvm-parts.lock.json: ${parts.length} files, ${parts.reduce((sum, p) => sum + p.bytes, 0)} bytes\n`,
  );
} finally {
  await rm(out, { recursive: true, force: true });
}

async function listParts(root: string): Promise<JvmPart[]> {
  const files = await readdir(root, { recursive: true });
  const parts: JvmPart[] = [];
  for (const file of files.filter((name) => /\.(jar|tar\.gz)$/.test(name))) {
    const bytes = await readFile(join(root, file));
    parts.push({
      gav: coordinatesOf(file),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
  }
  return parts.sort((a, b) => (a.gav < b.gav ? -1 : 1));
}

/** `org/slf4j/slf4j-api/1.7.36/slf4j-api-1.7.36.jar` → `org.slf4j:slf4j-api:1.7.36`; with a classifier, all five parts. */
function coordinatesOf(file: string): string {
  const steps = file.split(sep);
  const name = steps.pop() ?? '';
  const version = steps.pop() ?? '';
  const artifact = steps.pop() ?? '';
  const extension = name.endsWith('.tar.gz') ? 'tar.gz' : 'jar';
  const classifier = name.slice(`${artifact}-${version}`.length, -`.${extension}`.length).replace(/^-/, '');
  const group = steps.join('.');
  if (classifier !== '') return `${group}:${artifact}:${extension}:${classifier}:${version}`;
  return extension === 'jar' ? `${group}:${artifact}:${version}` : `${group}:${artifact}:${extension}:${version}`;
}
