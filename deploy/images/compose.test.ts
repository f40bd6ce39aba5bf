// The compose file against what both compose 1.29 and v2 take, and against .env.example, in both directions.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { kafkaProperties } from '../local/processes/kafka-properties.ts';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly privileged?: boolean;
  readonly tmpfs?: readonly string[];
  readonly mem_limit?: string;
  readonly init?: boolean;
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const file = parse(text, { merge: true }) as ComposeFile;
const services = Object.entries(file.services);
const example = readFileSync('.env.example', 'utf8');
const dockerfile = readFileSync('deploy/images/Dockerfile', 'utf8');
const USED = [...text.matchAll(/\$\{(\w+)(:[?-][^}]*)?\}/g)].map(([, name = '', fallback = '']) => ({
  name,
  fallback,
}));
const SECRETS = /PASSWORD|SECRET|CREDENTIAL|SALT|KEY|CLUSTER_ID/;

describe('compose file', () => {
  test('has the services it promises, and nothing at its top that 1.29 refuses', () => {
    expect(services.map(([name]) => name)).toEqual([
      'postgres',
      'kafka',
      'registry',
      'provision',
      'research',
      'services',
    ]);
    expect(Object.keys(file).filter((key) => !key.startsWith('x-'))).toEqual(['services', 'networks', 'volumes']);
  });

  test.each(services)('%s has a pinned image, no privileges and a read-only root', (_name, service) => {
    const image = service.image ?? '';
    expect(image).toMatch(/:-[\w./-]+:\d[\w.-]*\}$/); // ${NAME:-repository:version}; never `latest`
    expect([service.read_only, service.cap_drop, service.security_opt, service.privileged]).toEqual([
      true,
      ['ALL'],
      ['no-new-privileges:true'],
      undefined,
    ]);
  });

  test.each(services)('%s cannot use up the memory of its machine', (_name, { mem_limit: limit, tmpfs = [] }) => {
    expect(limit).toMatch(/^\d+[mg]$/);
    expect(tmpfs.filter((mount) => !/[:,]size=\d+m$/.test(mount))).toEqual([]); // unbounded, it may take half of it
    expect(tmpfs.length).toBeGreaterThan(0);
  });

  test('what runs Node runs it under an init, so that it ends when told while it still loads', () => {
    expect(services.filter(([, { build }]) => build !== undefined).map(([name, { init }]) => [name, init])).toEqual([
      ['provision', true],
      ['research', true],
      ['services', true],
    ]);
  });

  test.each(services)(
    '%s says how to tell whether it is well, in a form that needs no shell of a certain kind',
    (_name, { healthcheck }) => {
      expect(healthcheck?.disable === true || healthcheck?.test?.[0] === 'CMD').toBe(true); // CMD-SHELL would be dash, without /dev/tcp
    },
  );

  test('what one service needs of another it waits for, and provisioning ends before the services start', () => {
    const waits = services.flatMap(([name, { depends_on = {} }]) =>
      Object.entries(depends_on).map(([on, { condition }]) => `${name} ${on} ${condition}`),
    );
    expect(waits).toEqual([
      'registry postgres service_healthy',
      'provision postgres service_healthy',
      'provision kafka service_healthy',
      'provision registry service_healthy',
      'research provision service_completed_successfully',
      'research postgres service_healthy',
      'research kafka service_healthy',
      'research registry service_healthy',
      'services provision service_completed_successfully',
      'services postgres service_healthy',
      'services kafka service_healthy', // and so end after the services, which need them to drain
      'services registry service_healthy',
    ]);
  });

  test('no secret has a default, in the file or in the example', () => {
    const secrets = USED.filter(({ name }) => SECRETS.test(name));
    expect(new Set(secrets.map(({ name }) => name))).toEqual(
      new Set([
        'POSTGRES_PASSWORD',
        'KAFKA_CLUSTER_ID',
        'BUS_ADMIN_PASSWORD',
        'RESEARCH_CREDENTIAL',
        'LEDGER_SALT',
        'NOTICE_KEY',
      ]),
    );
    expect(secrets.filter(({ fallback }) => !fallback.startsWith(':?'))).toEqual([]);
    expect([...example.matchAll(/^(\w+)=(.+)$/gm)].filter(([, name = '']) => SECRETS.test(name))).toEqual([]);
  });

  test('every variable is described in .env.example, and every one described is used', () => {
    const described = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(described.length).toBeGreaterThan(5);
    expect(new Set(described)).toEqual(new Set(USED.map(({ name }) => name)));
  });

  test('defaults in the example are the ones of the file', () => {
    const documented = Object.fromEntries(
      [...example.matchAll(/^#([A-Z_]+)=(.+)$/gm)].map(([, name = '', value]) => [name, value]),
    );
    const inFile = Object.fromEntries(
      USED.filter(({ fallback }) => fallback.startsWith(':-')).map(({ name, fallback }) => [name, fallback.slice(2)]),
    );
    expect(documented).toEqual(inFile);
  });

  test("the administrator's password reaches the broker and provisioning alone", () => {
    const holders = services
      .filter(([, service]) => JSON.stringify(service).includes('BUS_ADMIN_PASSWORD'))
      .map(([name]) => name);
    expect(holders).toEqual(['kafka', 'provision']);
  });

  test("the database's own password reaches the database, its registry and provisioning, and no gateway", () => {
    const holders = services
      .filter(([, service]) => JSON.stringify(service).includes('POSTGRES_PASSWORD:?'))
      .map(([name]) => name);
    expect(holders).toEqual(['postgres', 'registry', 'provision']);
  });

  test('the research room has no port outside, no data of the services, and shares credential and salt with them alone', () => {
    const { ports, volumes, networks } = file.services['research'] ?? {};
    expect([ports, volumes, networks]).toEqual([undefined, ['provisioned:/run/sitebus:ro'], ['bus', 'store']]);
    const holders = services
      .filter(([, service]) => /RESEARCH_CREDENTIAL:\?|LEDGER_SALT:\?/.test(JSON.stringify(service)))
      .map(([name]) => name);
    expect(holders).toEqual(['research', 'services']);
  });

  test('the key that signs notices reaches the services alone, under the name by which the program asks for it', () => {
    const holders = services
      .filter(([, service]) => JSON.stringify(service).includes('NOTICE_KEY'))
      .map(([name]) => name);
    expect(holders).toEqual(['services']);
    expect(file.services['services']?.environment?.['SITEBUS_NOTICE_KEY']).toMatch(/^\$\{NOTICE_KEY:\?/);
    expect(readFileSync('deploy/images/serve.ts', 'utf8')).toContain("required('SITEBUS_NOTICE_KEY')");
  });

  test('services can only read what provisioning left, and only they are reachable from outside, on loopback', () => {
    for (const name of ['services', 'research'])
      expect(file.services[name]?.volumes).toContain('provisioned:/run/sitebus:ro');
    expect(services.filter(([, { ports }]) => ports !== undefined).map(([name, { ports }]) => [name, ports])).toEqual([
      ['services', ['127.0.0.1:${SITEBUS_PORT:-7080}:7080']],
    ]);
    expect(
      Object.entries(file.networks)
        .filter(([, network]) => network.internal !== true)
        .map(([name]) => name),
    ).toEqual(['front']);
  });

  test('every network and volume that is named exists, and every one that exists is used', () => {
    const networks = services.flatMap(([, service]) => service.networks);
    const volumes = services.flatMap(([, service]) =>
      (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? ''),
    );
    expect([new Set(networks), new Set(volumes)]).toEqual([
      new Set(Object.keys(file.networks)),
      new Set(Object.keys(file.volumes)),
    ]);
  });

  test('the broker has every setting of the local stack, by the same value where it is not a place of its own', () => {
    const here = new Map(
      Object.entries(file.services['kafka']?.environment ?? {})
        .filter(([name]) => name.startsWith('KAFKA_'))
        .map(([name, value]) => [toProperty(name), value]),
    );
    const local = new Map(
      kafkaProperties({ ports: { clients: 1, internal: 2, controller: 3 }, logDir: 'x', internalPassword: 'x' })
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    expect(local.size).toBeGreaterThan(20);
    const own = /listeners$|jaas.config$|voters$|log.dirs$/;
    const tuning = /threads$|dedupe|heartbeat|session.timeout/; // how fast a laptop's one node starts and ends
    const differing = [...local].filter(
      ([name, value]) => !own.test(name) && !tuning.test(name) && here.get(name) !== value,
    );
    const missing = [...local.keys()].filter((name) => !here.has(name) && !tuning.test(name));
    expect([differing, missing]).toEqual([[], []]);
  });
});

describe('image', () => {
  test('takes its base from outside, runs as nobody in particular, and runs no install script', () => {
    expect(dockerfile).toMatch(/^ARG BASE=node:20\.\d+\.\d+-/m);
    expect(dockerfile.match(/^FROM .*/gm)).toEqual(['FROM ${BASE} AS build', 'FROM ${BASE}']);
    expect(dockerfile).toMatch(/^USER 10001:10001$/m);
    expect(dockerfile).toContain('npm ci --omit=dev --ignore-scripts');
    // After the last FROM: a folder that is copied from an earlier stage belongs to root where the builder is not BuildKit.
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM'))).toContain('install -d -m 700 -o 10001 -g 10001');
  });

  test('no secret and no local data gets into its context', () => {
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.sitebus', '.env', '**/node_modules', 'inbox']));
  });
});

const TOOLS = [
  ['docker', ['compose', 'version']],
  ['docker-compose', ['version']],
] as const;
const tool = TOOLS.find(([command, args]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0);
if (tool === undefined)
  console.warn('no docker compose here: the file is checked by these tests, not by compose itself');

(tool === undefined ? test.skip : test)('compose itself takes the file', () => {
  const [command, [first]] = tool ?? ['', ['']];
  const words = command === 'docker' ? [first, 'config', '-q'] : ['config', '-q'];
  const env = {
    ...process.env,
    POSTGRES_PASSWORD: 'x',
    BUS_ADMIN_PASSWORD: 'x',
    KAFKA_CLUSTER_ID: 'AAAAAAAAAAAAAAAAAAAAAA',
    RESEARCH_CREDENTIAL: 'x',
    LEDGER_SALT: 'x',
    NOTICE_KEY: 'x',
  };
  const { status, stderr } = spawnSync(command, words, { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});

/** As the image's start script reads its environment: `___` is `-`, `__` is `_`, `_` is `.`. */
function toProperty(name: string): string {
  return name
    .slice('KAFKA_'.length)
    .toLowerCase()
    .replaceAll('___', '-')
    .replaceAll('__', '\0')
    .replaceAll('_', '.')
    .replaceAll('\0', '_');
}
