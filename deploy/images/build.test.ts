// What the image holds, made as its Dockerfile makes it, and everything that starts in it: each loads as built JavaScript beside
// the packages that the image has, as far as the setting that it misses. What a container engine adds is in README.md#what-was-run.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { compilePrograms } from './compile.ts';
import { instruction } from './instruction.ts';

interface Compose {
  readonly services: Readonly<Record<string, { readonly build?: unknown; readonly command?: readonly string[] }>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly link?: boolean; readonly resolved?: string }>
  >;
}

const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const flags = instruction('ENTRYPOINT').slice(1);
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);
const commands = new Map(ours.map(([name, { command }]) => [name, command ?? instruction('CMD')]));
let tree = '';

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'sitebus-image-'));
  const build = ['--conditions=source', '--import', 'tsx', 'deploy/images/build.ts', '--to', tree];
  const { status, stderr } = spawnSync(process.execPath, build, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  linkPackages();
});
afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

describe('what is built', () => {
  test('has no source, no test and nothing that only tests use', () => {
    const files = filesOf('.');
    expect(files.length).toBeGreaterThan(800);
    expect(files.filter((file) => /\.ts$|\.test\.|\/(src|test|testing|scripts)\//.test(file))).toEqual([]);
  });

  test('finds every file that it names: what it imports, now or later, and its threads', () => {
    const built = [...filesOf('deploy'), ...filesOf('services')].filter((file) => file.endsWith('.js'));
    const named = built.flatMap((file) => {
      const text = readFileSync(join(tree, file), 'utf8');
      return [...text.matchAll(/["'](\.{1,2}\/[\w./-]+\.js)["']/g)].map(([, path = '']) => ({ file, path }));
    });
    const gone = named.filter(({ file, path }) => !existsSync(join(tree, dirname(file), path)));
    expect(named.some(({ path }) => path === './bus-thread.js')).toBe(true);
    // What starts threads from sources, which these are not; the text of a package.json that `create` writes.
    expect(gone.filter(({ path }) => !/-from-source\.js$|^\.\/dist\//.test(path))).toEqual([]);
  });

  test.each([
    ['a file of a room', "import '../services/kit/src/log.ts';", 'services/kit/src/log.ts is imported by its path'],
    ['a file of a room, later', "await import('../services/kit/src/log.ts');", 'services/kit/src/log.ts is imported'],
    ['a file that is not there', "export { gone } from './gone.ts';", 'gone.ts'],
  ])('a program that imports %s is refused', async (_what, text, reason) => {
    const from = join(tree, 'refused');
    mkdirSync(join(from, 'deploy'), { recursive: true });
    writeFileSync(join(from, 'deploy', 'program.ts'), text);
    await expect(compilePrograms(['deploy/program.ts'], { from, to: from })).rejects.toThrow(reason);
    rmSync(from, { recursive: true });
  });
});

describe('what starts in the image', () => {
  test('is a program of JavaScript, without a loader or a condition', () => {
    expect(flags.filter((flag) => /import|loader|condition/.test(flag))).toEqual([]);
    expect([...commands].map(([name, [program]]) => [name, program])).toEqual([
      ['provision', 'deploy/provision/main.js'],
      ['research', 'deploy/images/serve-research.js'],
      ['services', 'deploy/images/serve.js'],
    ]);
  });

  test('provision, as far as the broker that it is not told of', () => {
    expect(run(commands.get('provision'))).toMatch(/^2 error: --bootstrap and --registry/);
  });

  test('services, as far as the broker that they are not told of', () => {
    expect(run(commands.get('services'))).toContain('Error: BUS_BOOTSTRAP is not set');
  });

  test('research, as far as the settings that its own program misses', () => {
    const provisioned = join(tree, 'provisioned');
    mkdirSync(provisioned);
    const credentials = { research: { username: 'research', password: 'x' } };
    writeFileSync(join(provisioned, 'credentials.json'), JSON.stringify({ clusterId: '', set: [], credentials }));
    writeFileSync(
      join(provisioned, 'store.json'),
      JSON.stringify({ '(research)': 'postgres://research:x@127.0.0.1/x' }),
    );
    const said = run(commands.get('research'), { SITEBUS_PROVISIONED: provisioned, SITEBUS_POLICY_ROOTS: 'a,b' });
    expect(said).toMatch(/INVALID_CONFIG[^]*SITEBUS_LEDGER_SALT/);
  });

  test("every room's own program, as far as the settings that it misses", () => {
    const mains = filesOf('services').filter((file) => file.endsWith('/dist/main.js') && !file.includes('/cli/'));
    const script = mains.map((main) => `await import('./${main}').catch(({ code }) => console.log('${main}', code));`);
    const told = run(['--input-type=module', '--eval', script.join('\n')]).split('\n');
    expect(mains.length).toBe(11);
    expect(told.filter((line) => line.endsWith(' INVALID_CONFIG')).length).toBe(mains.length);
  });

  test('the terminal tool, its offline commands and what it starts itself', () => {
    const tool = 'services/cli/bin/sitebus.js';
    expect(run([tool, '--help'])).toMatch(/^0 [^]*Commands:/);
    expect(run([tool, 'marking', 'parse', 'SECRET//REL TO CAN, GBR'])).toMatch(/^0 /);
    expect(run([tool, 'provision', '--plan'])).toMatch(/^2 error: --bootstrap and --registry/);
    writeFileSync(join(tree, 'none.jsonl'), '');
    expect(run([tool, 'fuse', '--input', 'none.jsonl', '--output', 'out.jsonl'])).toMatch(/^0 0 lines/);
  });
});

/** @returns exit code, a blank, and what was written, as in the image: its flags, and no setting but those that are given. */
function run(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...words], {
    cwd: tree,
    env: { PATH: process.env['PATH'], HOME: tree, XDG_STATE_HOME: tree, ...env },
    encoding: 'utf8',
  });
  return `${String(status)} ${stdout}${stderr}`;
}

/** What `npm ci --omit=dev` would put there, of what is installed here; rooms are those of the tree. */
function linkPackages(): void {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
  const outermost = Object.entries(packages).filter(([path]) => path.split('node_modules/').length === 2);
  for (const [path, { dev = false, link = false, resolved = '' }] of outermost) {
    if (dev || !existsSync(path)) continue;
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    symlinkSync(link ? join(tree, resolved) : join(process.cwd(), path), join(tree, path));
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(join(tree, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(tree.length + 1));
}
