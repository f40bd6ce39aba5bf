// `npm run provision -- --plan | --apply`: the same computation as a program. Plans unless told to apply.
// Holds: the administrator's password comes from the environment, never from an argument; the plan goes to stdout,
// errors to stderr as what, where, next. Exit codes: README.md#exit-codes

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findState } from '@sitebus/cli';
import { busTlsOf } from '@sitebus/kit';
import { loadPolicy, SitebusError } from '@sitebus/sdk';
import { hasDrift } from './plan.ts';
import { statedTrust } from './policy-roots.ts';
import { provision } from './provision.ts';
import { renderPlan, toJson } from './report.ts';
import { provisionDesk } from './store.ts';

const USAGE = `npm run provision -- --plan | --apply [options]

  npm run provision -- --plan
  BUS_ADMIN_PASSWORD=… npm run provision -- --apply --prune --bootstrap broker:9094 --registry http://registry:8080/apis/ccompat/v7

  --plan             say what would change; the default
  --apply            change it
  --local-policy     with --apply: sign policy with two keys of the data folder, where nobody else uses the stack
  --prune            with --apply: also remove acls and principals that policy does not have
  --bootstrap A      broker address, default BUS_BOOTSTRAP, else the stack that runs here
  --registry URL     registry's ccompat root, default BUS_REGISTRY, else the stack that runs here
  --data DIR         where credentials.json and schemas.lock.json go, default BUS_DATA, else .sitebus/data
  --schemas DIR      folder with avro/ and policy/, default schemas
  --json             the plan as one JSON document
  environment        BUS_ADMIN_USER (default admin), BUS_ADMIN_PASSWORD (of the stack that runs here it is known),
                     BUS_ADMIN_MECHANISM (default SCRAM-SHA-512; PLAIN for a broker's own listener)
                     SITEBUS_BUS_TLS, SITEBUS_BUS_CA_FILE, SITEBUS_BUS_CERT_FILE, SITEBUS_BUS_KEY_FILE (TLS to the broker)
                     SITEBUS_POLICY_ROOTS (keys of those who may sign policy, comma-separated), SITEBUS_POLICY_NOTE
                     DATABASE_URL (with --apply: the database of the desks, as its owner, who may create roles),
                     DATABASE_PASSWORD (of that owner, where the URL has none)
`;
const EXIT = { usage: 2, notAllowed: 4, unreachable: 5 } as const;
const EXIT_OF: Readonly<Record<string, number>> = {
  INVALID_CONFIG: EXIT.usage,
  NOT_ADMIN: EXIT.notAllowed,
  UNREACHABLE: EXIT.unreachable,
};

process.exitCode = await main(process.argv.slice(2), process.env);

async function main(argv: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const words = readWords(argv);
  if (typeof words === 'string') return usage(words);
  if (words.help) return print(USAGE, 0);
  const here = await runningStack();
  const bootstrap = words.bootstrap ?? env['BUS_BOOTSTRAP'] ?? here?.bootstrap;
  const registryUrl = words.registry ?? env['BUS_REGISTRY'] ?? here?.registry;
  const password = env['BUS_ADMIN_PASSWORD'] ?? (bootstrap === here?.bootstrap ? here?.password : undefined);
  if (words.plan && words.apply) return usage('--plan and --apply exclude each other');
  if (words.prune && !words.apply) return usage('--prune needs --apply');
  if (bootstrap === undefined || registryUrl === undefined)
    return usage('--bootstrap and --registry, or BUS_BOOTSTRAP and BUS_REGISTRY, are needed');
  if (password === undefined || password === '') return usage('BUS_ADMIN_PASSWORD is not set');
  const mechanism = env['BUS_ADMIN_MECHANISM'] ?? 'SCRAM-SHA-512';
  if (mechanism !== 'PLAIN' && mechanism !== 'SCRAM-SHA-512')
    return usage('BUS_ADMIN_MECHANISM is PLAIN or SCRAM-SHA-512');
  const dataDir = resolve(words.data ?? env['BUS_DATA'] ?? here?.dataDir ?? '.sitebus/data');
  try {
    const policyTrust = statedTrust(env['SITEBUS_POLICY_ROOTS'], env['SITEBUS_POLICY_NOTE']);
    // Without pinned keys only a folder's own stack may sign for itself, and only where that was said.
    if (words.apply && policyTrust === undefined && !words['local-policy'] && dataDir !== here?.dataDir)
      return usage('SITEBUS_POLICY_ROOTS is not set (--local-policy signs with keys of the data folder, for trying)');
    const { plan, counts } = await provision({
      ...(policyTrust && { policyTrust }),
      bootstrap,
      registryUrl,
      tls: busTlsOf(env),
      admin: { user: env['BUS_ADMIN_USER'] ?? 'admin', password, mechanism },
      dataDir,
      schemasDir: resolve(words.schemas),
      apply: words.apply,
      prune: words.prune,
      onProgress: (step, count) => process.stderr.write(count === 0 ? '' : `${step}: ${count}\n`),
    });
    const ownerUrl = withPassword(env['DATABASE_URL'], env['DATABASE_PASSWORD']);
    if (words.apply && ownerUrl !== undefined) await makeStoreReady(ownerUrl, dataDir, words.schemas);
    const report = words.json ? toJson(plan, counts) : renderPlan(plan, counts, words.apply);
    const stillWrong = plan.blocked.length > 0 || plan.incompatible.length > 0 || (hasDrift(plan) && !words.prune);
    return print(report, stillWrong ? 1 : 0);
  } catch (error) {
    return refuse(error);
  }
}

/** The local stack of this checkout, if one runs: its addresses, and the password that its broker was formatted with. */
async function runningStack() {
  const found = await findState(process.cwd());
  if (found === undefined) return undefined;
  const dataDir = found.state.dataDir ?? join(dirname(found.path), 'data');
  const secrets = await readFile(join(dataDir, 'kafka', 'secrets.json'), 'utf8').catch(() => '{}');
  const { adminPassword: password } = JSON.parse(secrets) as { adminPassword?: string };
  return { bootstrap: found.state.bus.bootstrap, registry: found.state.registry, dataDir, password };
}

/** A password of its own variable needs no escaping. */
function withPassword(ownerUrl: string | undefined, password: string | undefined): string | undefined {
  if (ownerUrl === undefined || ownerUrl === '') return undefined;
  const url = new URL(ownerUrl);
  if (password !== undefined && password !== '') url.password = password;
  return url.href;
}

/** The desks' database: migrated, a role a view; the URLs of the roles go beside the bus's passwords. */
async function makeStoreReady(ownerUrl: string, dataDir: string, schemasDir: string): Promise<void> {
  const { views } = await loadPolicy(join(resolve(schemasDir), 'policy'));
  const urls = await provisionDesk({ ownerUrl, views: views.map(({ id }) => id), dataDir });
  process.stderr.write(`store: ${Object.keys(urls).length} roles\n`);
}

function readWords(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: {
        plan: { type: 'boolean', default: false },
        apply: { type: 'boolean', default: false },
        prune: { type: 'boolean', default: false },
        'local-policy': { type: 'boolean', default: false },
        bootstrap: { type: 'string' },
        registry: { type: 'string' },
        data: { type: 'string' },
        schemas: { type: 'string', default: 'schemas' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable arguments';
  }
}

function usage(what: string): number {
  process.stderr.write(`error: ${what}\nnext:  npm run provision -- --help\n`);
  return EXIT.usage;
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function refuse(error: unknown): number {
  if (!(error instanceof SitebusError)) throw error;
  process.stderr.write(
    `error: ${error.code}\nwhere: ${JSON.stringify(error.details)}\nnext:  ${error.retriable ? 'try again when it answers' : 'npm run provision -- --plan'}\n`,
  );
  return EXIT_OF[error.code] ?? 1;
}
