// reset: wipe what a local stack of this checkout has kept.
// Holds: it is named before it goes, and goes only after a yes; never while a process of the stack lives; nothing but the
// stack's own folders is touched. Source: README.md#resetting

import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { askYes, mayAsk } from '../ask.ts';
import { checkoutAbove } from '../checkout.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { say } from '../render/answer.ts';
import { isAlive } from '../alive.ts';
import { findState, statePath, STATE_FOLDER } from '../state-file.ts';
import type { Registration } from './command.ts';

interface ResetOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly portBase?: string;
}

/** Registers reset. */
export const registerReset: Registration = (program, run) => {
  program
    .command('reset')
    .description("wipe a local stack's data after naming it: records, keys, inbox; the stack must be stopped")
    .option('--yes', 'do not ask')
    .option('--dry-run', 'name it, wipe nothing')
    .option('--port-base <n>', 'the stack that `npm start -- --port-base N` runs')
    .addHelpText('before', 'Examples:\n  sitebus reset\n  sitebus reset --yes --port-base 9000\n')
    .action((options: ResetOptions) => run((context, flags) => reset(context, flags, options)));
};

async function reset(context: CliContext, flags: GlobalFlags, options: ResetOptions): Promise<number> {
  const { home, folders } = placesIn(context, options);
  await refuseWhileRunning(home);
  const kept = await Promise.all(folders.map(async (path) => ({ path, bytes: await bytesIn(path) })));
  const there = kept.flatMap(({ path, bytes }) => (bytes === undefined ? [] : [{ path, bytes }]));
  if (flags.json) context.out(`${JSON.stringify({ wiped: options.dryRun !== true, folders: there })}\n`);
  if (there.length === 0) return done(context, flags, `nothing is kept in ${home}`);
  for (const { path, bytes } of there) say(context, flags, `${path}  ${megabytes(bytes)}`);
  if (options.dryRun === true) return EXIT.done;
  if (options.yes !== true) {
    if (!mayAsk(context, flags)) throw usageError('nobody can be asked here', 'sitebus reset --yes');
    if (!(await askYes(context, 'wipe it?'))) throw new CliError(EXIT.failed, 'nothing was wiped');
  }
  for (const { path } of there) await rm(path, { recursive: true, force: true });
  return done(context, flags, 'wiped; npm start begins anew');
}

/** As `npm start` lays them out; a stack with ports of its own keeps everything in one folder of its own. */
function placesIn(context: CliContext, { portBase }: ResetOptions) {
  const checkout = checkoutAbove(context.cwd);
  if (checkout === undefined)
    throw new CliError(EXIT.failed, 'no local stack has ever run here', {
      where: [`no ${STATE_FOLDER} from ${context.cwd} upward`],
      next: 'npm start',
    });
  if (portBase !== undefined && !/^\d{4,5}$/.test(portBase))
    throw usageError(`--port-base ${portBase} is no port`, 'such as --port-base 9000');
  const home = portBase === undefined ? checkout : join(checkout, STATE_FOLDER, `stack-${portBase}`);
  const dataDir = portBase === undefined ? join(home, STATE_FOLDER, 'data') : join(home, 'data');
  return { home, folders: [dataDir, join(home, 'inbox'), statePath(home)] };
}

async function refuseWhileRunning(home: string): Promise<void> {
  const found = await findState(home);
  if (found?.path !== statePath(home)) return;
  const alive = Object.entries(found.state.pids).filter(([, pid]) => isAlive(pid));
  if (alive.length === 0) return;
  throw new CliError(EXIT.failed, 'the stack is running: nothing was wiped', {
    where: alive.map(([part, pid]) => `${part}: pid ${pid}`),
    next: 'stop it: Ctrl-C where it runs, or kill its pid',
  });
}

/** What lies at a path, links not followed; undefined where nothing does. */
async function bytesIn(path: string): Promise<number | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return found?.size;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => bytesIn(join(path, name))));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

function done(context: CliContext, flags: GlobalFlags, text: string): number {
  say(context, flags, text);
  return EXIT.done;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
