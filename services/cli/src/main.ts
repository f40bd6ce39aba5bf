// The program `sitebus`: process streams in, exit code out.
// Holds: Ctrl-C ends a command with 130 after its last whole line; a closed pipe (`| head`) is no error.

import { runCommandLine } from './program.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  env: process.env,
  cwd: process.env['INIT_CWD'] ?? process.cwd(), // npx and npm run stand in the package's folder
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  signal: interrupt.signal,
  fetch,
  now: Date.now,
});
