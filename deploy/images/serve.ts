// The services as a container runs them: one process, on a broker and registry that others run and provisioned.
// Holds: it knows no administrator's password; settings come from the environment and a secret has no default; it stops on
// SIGTERM, draining; the card with its keys goes to a file that only its owner reads, never to the log.

import { removeState, userStatePath, writeState } from '@sitebus/cli';
import { busTlsOf, createLog } from '@sitebus/kit';
import { loadPolicy } from '@sitebus/sdk';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { renderCard } from '../local/card.ts';
import { loadSecrets, saveSecrets, type Secrets } from '../local/secrets.ts';
import { startStack } from '../local/stack.ts';
import { loadProvisioned, loadStoreUrls, statedTrust } from '../provision/index.ts';

const DRAIN_MS = 10_000;
const startedAt = Date.now();
const { env } = process;
const settings = {
  bootstrap: required('BUS_BOOTSTRAP'),
  tls: busTlsOf(env),
  registryUrl: required('BUS_REGISTRY'),
  provisionedDir: required('SITEBUS_PROVISIONED'),
  dataDir: required('SITEBUS_DATA'),
  gatewayPort: port('SITEBUS_GATEWAY_PORT', 7080),
  healthPort: port('SITEBUS_ADMIN_PORT', 7081),
  origin: env['SITEBUS_ORIGIN'] ?? 'http://localhost:7080',
  researchAt: { url: required('SITEBUS_RESEARCH_URL'), credential: required('SITEBUS_RESEARCH_CREDENTIAL') },
};
await keep({ ledgerSalt: required('SITEBUS_LEDGER_SALT'), noticeKey: required('SITEBUS_NOTICE_KEY') });
const schemasDir = 'schemas';
const { views } = await loadPolicy(join(schemasDir, 'policy'));
const log = createLog({ name: 'sitebus', level: 'info' });

const stack = await startStack({
  ...settings,
  schemasDir,
  provisioned: {
    ...(await loadProvisioned(
      settings.provisionedDir,
      schemasDir,
      statedTrust(env['SITEBUS_POLICY_ROOTS'], env['SITEBUS_POLICY_NOTE']),
    )),
    storeUrls: await loadStoreUrls(
      settings.provisionedDir,
      views.map(({ id }) => id),
    ),
  },
  host: '0.0.0.0',
  log,
});
await writeState(userStatePath(), {
  gateway: `http://127.0.0.1:${settings.gatewayPort}`,
  admin: `http://127.0.0.1:${settings.healthPort}`,
  tokens: Object.fromEntries(stack.tokens.map(({ role, token }) => [role, token])),
  ledgerKeys: stack.ledgerKeys,
  bus: { bootstrap: settings.bootstrap },
  registry: settings.registryUrl,
  card: renderCard({
    version: env['SITEBUS_VERSION'] ?? 'unreleased',
    readySeconds: (Date.now() - startedAt) / 1000,
    gateway: settings.origin,
    admin: `http://127.0.0.1:${settings.healthPort}`,
    bootstrap: settings.bootstrap,
    isBusOverTls: settings.tls !== false,
    registry: settings.registryUrl,
    people: stack.tokens.map(({ role, person, token }) => ({
      role,
      name: person.name,
      homeView: person.homeView,
      token,
    })),
    moved: [],
    notes: ['health, bus and registry answer inside the containers only'],
    commands: {
      sitebus: 'docker compose exec services node services/cli/bin/sitebus.js',
      stop: 'docker compose down',
      wipe: 'docker compose down --volumes',
    },
  }),
  pids: { stack: process.pid },
  dataDir: settings.provisionedDir,
});
log.info({ gateway: stack.gateway }, 'ready');

const cause = await Promise.race([stack.fatal, signalled()]);
if (cause instanceof Error) log.error({ cause: cause.message }, 'a service ended');
const deadline = setTimeout(() => process.exit(1), DRAIN_MS);
for (const left of await stack.stop()) log.error({ left }, 'did not stop');
await removeState(userStatePath());
clearTimeout(deadline);
process.exit(cause instanceof Error ? 1 : 0);

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

/**
 * What the environment gives for good: the salt of leaves, which the research room shares, and the key of notices, which whoever
 * verifies them knows by its public half. Neither is made here, or a wiped volume would change it.
 */
async function keep(given: Pick<Secrets, 'ledgerSalt' | 'noticeKey'>): Promise<void> {
  const bad = Object.entries(given).flatMap(([name, value]) => (/^[A-Za-z0-9_-]{43}$/.test(value) ? [] : [name]));
  if (bad.length > 0) throw new Error(`not 32 bytes in base64url: ${bad.join(', ')}`);
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  await saveSecrets(settings.dataDir, { ...(await loadSecrets(settings.dataDir)), ...given });
}

function required(name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

function port(name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new Error(`${name} is no port`);
  return value;
}
