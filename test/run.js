// Runs the tests: `node test/run.js [level …] [anything jest takes]`; without a level, all levels of DEFAULT_LEVELS.
// Holds: works on a fresh clone (installs packages; fetches broker and registry when a chosen level needs them);
// jest's exit code is kept; unit tests share contexts by groups unless jest is told anything of its own; the last line on
// stdout is the closing line, `N passed, N failed`, whatever happened.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from '../deploy/setup/ensure-installed.js';
import { writeUnitGroups } from './support/unit-groups.js';

const DEFAULT_LEVELS = ['unit', 'contract', 'integration', 'security', 'architecture', 'e2e'];
const LEVELS = [...DEFAULT_LEVELS, 'chaos'];
const WITH_BROKER = ['contract', 'integration', 'security', 'e2e', 'chaos'];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const args = process.argv.slice(2).filter((arg) => arg !== '--');
const named = args.filter((arg) => LEVELS.includes(arg));
const rest = args.filter((arg) => !LEVELS.includes(arg));
const levels = named.length > 0 ? named : DEFAULT_LEVELS;

if (!ensureInstalled()) fail();
if (levels.some((level) => WITH_BROKER.includes(level)) && !process.env.BUS_BOOTSTRAP) fetchParts();
runJest();

/** Ahead of jest, so that a download shows its progress; a failure here is left to the broker order of broker-up.ts. */
function fetchParts() {
  const script = join(root, 'deploy', 'setup', 'fetch-parts.ts');
  spawnSync(process.execPath, ['--conditions=source', '--import', 'tsx', script], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
}

function runJest() {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // The names of projects end the line: jest takes every word after --selectProjects for one.
  const jestArgs = [...rest, '--selectProjects', ...levels];
  const isGrouped = levels.includes('unit') && rest.length === 0;
  if (isGrouped) writeUnitGroups(root);
  const child = spawn(
    process.execPath,
    ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', jest, ...jestArgs],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(isGrouped && { UNIT_GROUPS: 'yes' }) },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

function fail() {
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(1);
}
