// `npm start`: installs the packages when needed, then runs deploy/local/main.ts with the same arguments.
// Holds: plain JavaScript, because on a fresh clone nothing is installed yet. A signal reaches the stack once: a
// terminal's Ctrl-C goes to the whole group, so it is not passed on a second time (a second one means "end at once").
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from '../setup/ensure-installed.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

if (!ensureInstalled()) process.exit(1);

const main = join(root, 'deploy', 'local', 'main.ts');
// All services of the stack make their short-lived objects in one heap: with 16 MB for them, a seventh of a busy stack's time went into
// collecting it (npm run bench:readers -- --profile FILE).
const flags = ['--max-semi-space-size=64', '--conditions=source', '--import', 'tsx'];
const child = spawn(process.execPath, [...flags, main, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });

// On a terminal the child has had the interrupt already (and npm sends us a second copy); without one (a supervisor,
// a test) only we got it.
const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
process.on('SIGINT', () => {
  if (!onTerminal) child.kill('SIGINT');
});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
