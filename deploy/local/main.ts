// `npm start`: checks, downloads, broker, provision, services, scenario; then the card; then runs until told to stop.
// Holds: whatever was started is stopped, brokers last; data is kept unless --fresh; the card goes to stdout, talk to stderr.

import { readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeState, writeState } from '@sitebus/cli';
import { createLog } from '@sitebus/kit';
import { systemClock } from '@sitebus/sdk';
import { SetupError } from '../setup/errors.ts';
import { cacheFolders } from '../setup/cache-folder.ts';
import { ensureJava } from '../setup/java.ts';
import { ensureJvmParts } from '../setup/jvm-parts.ts';
import { hasInbox } from './agencies.ts';
import { renderCard } from './card.ts';
import { checkRoom, runningStack } from './checks.ts';
import { parseStartOptions, USAGE, type StartOptions } from './options.ts';
import { placesOf } from './places.ts';
import { choosePorts, startProcesses, wantedPorts } from './processes/index.ts';
import { playScenario } from './scenario/player.ts';
import { startStack, type Stack } from './stack.ts';
import { createSteps } from './steps.ts';

const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const HOST = '127.0.0.1';
const DRAIN_MS = 10_000;
/** The roles of the card, in its order; their holders are policy. */
const CARD_ROLES = [
  'analyst',
  'operator',
  'panel-member',
  'secretariat',
  'cleared-rep',
  'partner-admin',
  'researcher',
  'reviewer',
  'administrator',
  'public',
];

const stopped = new AbortController();

try {
  process.exitCode = await main(parseStartOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`\n${failureText(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}
process.exit();

async function main(options: StartOptions): Promise<number> {
  if (options.help) return print(USAGE);
  const startedAt = Date.now();
  const places = placesOf(CHECKOUT, options.portBase);
  const running = await runningStack(places.stateFile);
  if (running !== undefined)
    return print(`sitebus is running already (pid ${running.pids['stack'] ?? '?'})\n${running.card}\n`);
  if (options.fresh)
    await Promise.all([places.dataDir, places.inboxDir].map((dir) => rm(dir, { recursive: true, force: true })));

  const steps = createSteps();
  const folders = cacheFolders();
  const { java, ports, moved } = await steps.run('checks', async (say) => {
    const room = await checkRoom(places.dataDir);
    const found = await ensureJava({ folders, onProgress: say });
    const chosen = await choosePorts(wantedPorts(options.portBase), { strict: options.strictPorts });
    const words = `node ${process.versions.node} · java ${found.version} · ${room} · ports ${Object.values(chosen.ports).join(' ')}`;
    return [{ java: found, ...chosen }, words];
  });
  await steps.run('downloads', async (say) => {
    const parts = await ensureJvmParts({
      folders,
      onProgress: (p) => say(`${megabytes(p.doneBytes)} of ${megabytes(p.totalBytes)} MB · ${p.file}`),
    });
    const fetched = parts.fetchedBytes === 0 ? 'in the cache' : `${megabytes(parts.fetchedBytes)} MB, checksums match`;
    return [undefined, `broker and schema registry, ${fetched}`];
  });
  const processes = await steps.run('broker', async (say) => {
    say('starting');
    const up = await startProcesses({ dataDir: places.dataDir, ports });
    const recovered = up.recovered ? ', recovered after an unclean stop' : '';
    return [up, `one node, ACLs on, SCRAM-SHA-512, registry FULL_TRANSITIVE, java ${java.version}${recovered}`];
  });
  stopOnSignals();
  const log = createLog({ name: 'sitebus', level: 'info', file: places.logFile });
  let stack: Stack | undefined;
  let exitCode = 0;
  try {
    stack = await bringUp();
    const card = renderCard({
      version: await versionOf(CHECKOUT),
      readySeconds: (Date.now() - startedAt) / 1000,
      gateway: stack.gateway,
      admin: stack.health,
      bootstrap: processes.bootstrap,
      registry: processes.registryUrl,
      people: CARD_ROLES.flatMap((role) => stack?.tokens.filter((t) => t.role === role) ?? []).map(({ role, person, token }) => ({ role, name: person.name, homeView: person.homeView, token })),
      moved: moved.map((m) => ({ wanted: m.wanted, holder: m.holder ? `pid ${m.holder.pid} ${m.holder.command}` : 'another process', got: m.port })),
      notes: [`drop files into ${places.inboxDir}/<agency>/`],
    }); // prettier-ignore
    await writeState(places.stateFile, {
      gateway: stack.gateway,
      admin: stack.health,
      tokens: Object.fromEntries(stack.tokens.map(({ role, token }) => [role, token])),
      bus: { bootstrap: processes.bootstrap },
      registry: processes.registryUrl,
      card,
      pids: { stack: process.pid, broker: processes.pids.kafka, registry: processes.pids.apicurio },
    });
    print(card);
    const scenario = options.scenario ? play(stack) : Promise.resolve();
    const cause = await Promise.race([stack.fatal, processes.fatal, whenStopped()]);
    if (cause instanceof Error) {
      process.stderr.write(`\nerror: ${cause.message}\nlog: ${places.logFile}\n`);
      exitCode = 1;
    }
    stopped.abort();
    await scenario;
  } finally {
    process.stderr.write('stopping …\n');
    const cut = setTimeout(
      () => process.stderr.write(`still stopping after ${DRAIN_MS / 1000} s; broker and registry are ended now\n`),
      DRAIN_MS,
    );
    await Promise.race([stack?.stop(), new Promise((done) => setTimeout(done, DRAIN_MS).unref())]);
    clearTimeout(cut);
    await processes.stop();
    await removeState(places.stateFile);
    process.stderr.write('stopped; the data is kept\n');
  }
  return exitCode !== 0 ? exitCode : 130;

  async function bringUp(): Promise<Stack> {
    let provisionedAt = 0;
    const up = steps.run('provision', async (say) => {
      say('planning');
      let tell: (stack: Promise<Stack>) => void = () => undefined;
      const provisioned = new Promise<Promise<Stack>>((done) => (tell = done));
      const starting: Promise<Stack> = startStack({
        bootstrap: processes.bootstrap,
        registryUrl: processes.registryUrl,
        admin: processes.admin,
        dataDir: places.dataDir,
        schemasDir: join(CHECKOUT, 'schemas'),
        inboxDir: places.inboxDir,
        host: HOST,
        gatewayPort: ports.gateway,
        healthPort: ports.health,
        log,
        onProvisioned: (counts) => {
          provisionedAt = Date.now();
          words = `${counts.cells} cells · ${counts.views} views · ${counts.topics} topics · ${counts.principals} principals · ${counts.acls} rights · ${counts.schemas} schemas`;
          tell(starting);
        },
      });
      let words = '';
      await Promise.race([provisioned, starting]);
      return [starting, words];
    });
    return await up.then((starting) =>
      steps.run('services', async () => {
        const started = await starting;
        const { fusion, gateways, agencies } = started.services;
        return [
          started,
          `${fusion} fusion · ${gateways} gateways · ${agencies} agencies, ${((Date.now() - provisionedAt) / 1000).toFixed(1)} s`,
        ];
      }),
    );
  }

  async function play(on: Stack): Promise<void> {
    const source = join(CHECKOUT, 'deploy', 'local', 'scenario', 'in');
    const { rows, skipped } = await playScenario({
      source,
      agencies: [...on.agencies.keys()].filter(hasInbox),
      inboxOf: (agency) => join(places.inboxDir, agency),
      stateFile: join(places.dataDir, 'scenario.json'),
      secondsPerDay: options.secondsPerDay,
      clock: systemClock,
      signal: stopped.signal,
      onPlayed: (row, played, of) =>
        process.stderr.write(
          `scenario   D${row.day >= 0 ? '+' : ''}${row.day}  ${row.agency} ${row.row}  (${played} of ${of})\n`,
        ),
    });
    const missing = skipped.length === 0 ? '' : `; ${skipped.length} rows of agencies that do not run here`;
    if (!stopped.signal.aborted) process.stderr.write(`scenario   ${rows} rows played${missing}\n`);
  }
}

function failureText(error: unknown): string {
  if (error instanceof SetupError) return `error: ${error.lines.join('\n       ')}`;
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  return `error: ${error.message}${error.cause === undefined ? '' : `\ncause: ${String(error.cause)}`}`;
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** First signal: drain. Second: end at once; the next start ends what was left and says what it recovered. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stopped.signal.aborted) process.exit(130);
      stopped.abort();
    });
}

function whenStopped(): Promise<void> {
  return new Promise((done) =>
    stopped.signal.aborted ? done() : stopped.signal.addEventListener('abort', () => done(), { once: true }),
  );
}

async function versionOf(checkout: string): Promise<string> {
  return (JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as { version: string }).version;
}
