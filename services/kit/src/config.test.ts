import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { loadConfig } from './config.ts';

const spec = {
  schema: Type.Object({
    view: Type.String({ minLength: 1 }),
    password: Type.String({ minLength: 8, secret: true }),
    brokers: Type.Array(Type.String(), { default: ['127.0.0.1:9092'] }),
    tls: Type.Boolean({ default: false }),
    drainMs: Type.Integer({ minimum: 0, default: 10_000 }),
    killAfterMs: Type.Integer({ minimum: 0, default: 15_000 }),
    listen: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer({ maximum: 65_535 }) })),
  }),
  names: {
    APP_VIEW: 'view', APP_PASSWORD: 'password', APP_BROKERS: 'brokers', APP_TLS: 'tls', APP_DRAIN_MS: 'drainMs',
    APP_KILL_AFTER_MS: 'killAfterMs', APP_HOST: 'listen/host', APP_PORT: 'listen/port',
  }, // prettier-ignore
  rules: [
    {
      at: 'drainMs',
      holds: (c: { drainMs: number; killAfterMs: number }) => c.drainMs < c.killAfterMs,
      reason: 'killed before its offsets are committed',
    },
  ],
};
const env = { APP_VIEW: 'public', APP_PASSWORD: 'long enough' };

test('settings are converted, and those that are absent or empty have their defaults', () => {
  const config = loadConfig(spec, {
    ...env,
    APP_BROKERS: 'a:1, b:2',
    APP_TLS: 'true',
    APP_DRAIN_MS: '',
    APP_HOST: '::1',
    APP_PORT: '80',
  });
  expect(config).toEqual({
    view: 'public', password: 'long enough', brokers: ['a:1', 'b:2'], tls: true, drainMs: 10_000, killAfterMs: 15_000,
    listen: { host: '::1', port: 80 },
  }); // prettier-ignore
});

test('every fault is told at once, by environment name and without a value', () => {
  const faults = faultsOf({ APP_PASSWORD: 'hunter2', APP_TLS: 'yes', APP_DRAIN_MS: '1e3', APP_PORT: '99999' });
  expect(faults.map(({ name }) => name).sort()).toEqual([
    'APP_DRAIN_MS',
    'APP_HOST',
    'APP_PASSWORD',
    'APP_PORT',
    'APP_TLS',
    'APP_VIEW',
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/hunter2|yes|1e3|99999/);
});

test('of a group that is missing, only what it cannot do without is asked for', () => {
  const schema = Type.Object({ bus: Type.Object({ address: Type.String(), tls: Type.Optional(Type.Object({ ca: Type.String() })) }) }); // prettier-ignore
  const names = { APP_ADDRESS: 'bus/address', APP_CA: 'bus/tls/ca' };
  expect(() => loadConfig({ schema, names }, {})).toThrow(
    expect.objectContaining({ details: { faults: [{ name: 'APP_ADDRESS', reason: 'must be set' }] } }),
  );
});

test('a rule over several settings names the one to change, and why', () => {
  expect(faultsOf({ ...env, APP_DRAIN_MS: '20000' })).toEqual([
    { name: 'APP_DRAIN_MS', reason: 'killed before its offsets are committed' },
  ]);
});

test('a secret may come from a file', () => {
  const files: Readonly<Record<string, string>> = { '/run/secrets/app': 'from a file\n' };
  const read = (path: string): string => files[path] ?? fail(path);
  const given = { APP_VIEW: 'public', APP_PASSWORD_FILE: '/run/secrets/app' };
  expect(loadConfig(spec, given, read).password).toBe('from a file');
  expect(faultsOf({ ...given, APP_PASSWORD_FILE: '/nowhere' })).toEqual([
    { name: 'APP_PASSWORD_FILE', reason: 'cannot be read' },
    { name: 'APP_PASSWORD', reason: 'must be set' },
  ]);
});

test('a secret with a default, and a name for no setting, are mistakes of the service', () => {
  const withDefault = Type.Object({ key: Type.String({ secret: true, default: 'k' }) });
  expect(() => loadConfig({ schema: withDefault, names: { APP_KEY: 'key' } }, {})).toThrow('has a default');
  expect(() => loadConfig({ schema: spec.schema, names: { APP_X: 'nothing' } }, {})).toThrow('does not have');
});

function faultsOf(
  given: Readonly<Record<string, string>>,
): readonly { readonly name: string; readonly reason: string }[] {
  try {
    loadConfig(spec, given);
    return [];
  } catch (error) {
    return (error as { details: { faults: [] } }).details.faults;
  }
}

function fail(path: string): never {
  throw new Error(`no ${path}`);
}
