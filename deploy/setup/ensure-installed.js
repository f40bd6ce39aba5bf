// Makes sure the npm packages of this checkout are those of package-lock.json, then returns; start.js and
// test/run.js call it first, so that `npm start` and `npm test` work on a fresh clone.
// Holds: plain JavaScript without dependencies (nothing is installed yet); silent when there is nothing to do;
// writes to stderr only, because stdout belongs to the caller's result.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MIN_NODE = [20, 19];
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Runs `npm ci` when node_modules is missing or was not installed from the present lock file.
 * A folder that npm itself filled (no stamp of ours) is accepted when its own lock lists the same packages.
 * @returns true when the packages are in place; false after saying on stderr why they are not
 */
export function ensureInstalled() {
  if (!nodeIsNewEnough()) return false;
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const modules = join(root, 'node_modules');
  const stampFile = join(modules, '.sitebus-installed');
  const stamp = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === stamp) return true;
  if (!installedByNpm(lock, join(modules, '.package-lock.json')) && !install()) return false;
  writeFileSync(stampFile, `${stamp}\n`);
  return true;
}

function nodeIsNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return true;
  process.stderr.write(`node ${process.versions.node} is too old: sitebus needs Node ${MIN_NODE.join('.')} or newer\n`);
  return false;
}

/** npm leaves what it installed in node_modules/.package-lock.json; packages of other platforms are not in it. */
function installedByNpm(lock, hiddenLockFile) {
  if (!existsSync(hiddenLockFile)) return false;
  const installed = JSON.parse(readFileSync(hiddenLockFile, 'utf8')).packages;
  return Object.entries(JSON.parse(lock).packages).every(([path, wanted]) => {
    if (path === '' || wanted.link || !path.includes('node_modules/')) return true;
    return installed[path]?.version === wanted.version || (wanted.optional === true && !installed[path]);
  });
}

function install() {
  process.stderr.write('packages  installing from package-lock.json (first run or the lock changed; about 15 s)\n');
  const started = Date.now();
  // npm's own script, run by this node: works the same on Windows, where npm is a .cmd that needs a shell.
  const npmScript = process.env.npm_execpath;
  const [command, args] = npmScript?.endsWith('.js') ? [process.execPath, [npmScript, 'ci']] : ['npm', ['ci']];
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status === 0) {
    process.stderr.write(`packages  installed in ${((Date.now() - started) / 1000).toFixed(0)} s\n`);
    return true;
  }
  process.stderr.write(
    "packages  npm ci failed (see above). Is the network on? `npm ci --offline` uses npm's own cache.\n",
  );
  return false;
}
