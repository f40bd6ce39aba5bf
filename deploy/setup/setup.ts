// The steps of `npm run setup`: Java, broker and registry (fetched or taken from a bundle), archives trained.
// Holds: idempotent; the broker's jars are hashed again each time, so a damaged one is found and replaced.
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formattedTemplate } from '../local/processes/kafka-process.ts';
import { freePorts, startProcesses } from '../local/processes/index.ts';
import { packBundle, unpackBundle } from './bundle.ts';
import { cacheFolders, type CacheFolders } from './cache-folder.ts';
import { SetupError } from './errors.ts';
import { ensureJava } from './java.ts';
import { ensureJvmParts } from './jvm-parts.ts';
import { progressLine } from './progress-line.ts';

const USAGE = `npm run setup                          fetch what the local stack needs, once
npm run setup -- --bundle offline.tar  pack it for a machine without network
npm run setup -- --from offline.tar    take it from such a file`;

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.lines.join('\n')}\n`);
  process.exitCode = error.exitCode;
}

async function main(): Promise<void> {
  const options = { bundle: { type: 'string' }, from: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const folders = cacheFolders();
  if (values.bundle !== undefined) return bundle(resolve(values.bundle));
  await setUp(folders, values.from === undefined ? undefined : resolve(values.from));
}

async function bundle(file: string): Promise<void> {
  const line = progressLine(process.stderr, 'downloads');
  const { bytes, sha256 } = await packBundle(file, line.bytes);
  line.end(`${(bytes / 1e6).toFixed(0)} MB packed`);
  process.stdout.write(`${sha256}  ${file}\n`);
}

async function setUp(folders: CacheFolders, from: string | undefined): Promise<void> {
  const line = progressLine(process.stderr, 'downloads');
  const bundled = from === undefined ? undefined : await unpackBundle(from);
  try {
    const parts = await ensureJvmParts({
      folders,
      verifyAll: true,
      onProgress: line.bytes,
      ...(bundled === undefined ? {} : { fromDir: bundled }),
    });
    line.end(parts.fetchedBytes > 0 ? 'broker and schema registry, checksums match' : 'all there, checksums match');
  } finally {
    if (bundled !== undefined) await rm(bundled, { recursive: true, force: true });
  }
  const java = await ensureJava({ folders, onProgress: say('java') });
  say('java')(`${java.version}, ${java.binary}`);
  await train(folders);
  for (const [name, bytes] of await sizes(folders.root))
    say('cache')(`${join(folders.root, name)}  ${(bytes / 1e6).toFixed(0)} MB`);
}

/** One start and stop each leaves the class-data archives and the template for tests behind. */
async function train(folders: CacheFolders): Promise<void> {
  const [java, parts] = await Promise.all([ensureJava({ folders }), ensureJvmParts({ folders })]);
  const templateDir = await formattedTemplate({
    java,
    kafkaJars: parts.kafkaJars,
    cdsDir: folders.cds,
    templatesDir: folders.templates,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-setup-'));
  const [registry = 0, kafkaInternal = 0, kafkaController = 0, kafkaClients = 0] = await freePorts(4);
  try {
    const started = Date.now();
    const processes = await startProcesses({
      dataDir,
      templateDir,
      folders,
      ports: { registry, kafkaInternal, kafkaController, kafkaClients },
    });
    const upInMs = Date.now() - started;
    await processes.stop();
    say('try-out')(`broker and registry came up in ${(upInMs / 1000).toFixed(1)} s and stopped`);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function say(column: string): (words: string) => void {
  return (words) => {
    process.stderr.write(`${column.padEnd(10)} ${words}\n`);
  };
}

async function sizes(root: string): Promise<[string, number][]> {
  const names = (await readdir(root)).sort();
  return Promise.all(names.map(async (name): Promise<[string, number]> => [name, await sizeOf(join(root, name))]));
}

async function sizeOf(path: string): Promise<number> {
  const at = await stat(path);
  if (!at.isDirectory()) return at.size;
  const inner = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return inner.reduce((sum, bytes) => sum + bytes, 0);
}
