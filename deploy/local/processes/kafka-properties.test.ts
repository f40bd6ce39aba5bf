import { expect, test } from '@jest/globals';
import { kafkaProperties } from './kafka-properties.ts';

const text = kafkaProperties({
  ports: { clients: 3, internal: 1, controller: 2 },
  logDir: 'C:\\Users\\sample\\data',
  internalPassword: 'inner-secret',
});
const settings = new Map(
  text
    .trimEnd()
    .split('\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
);

test('every listener is on loopback and none lets a client in without a login', () => {
  const listeners = settings.get('listeners')?.split(',') ?? [];
  expect(listeners).toEqual(['INT://127.0.0.1:1', 'CLI://127.0.0.1:3', 'CONTROLLER://127.0.0.1:2']);
  const protocols = (settings.get('listener.security.protocol.map') ?? '').split(',');
  expect(protocols.map((entry) => entry.split(':')[1])).toEqual(listeners.map(() => 'SASL_PLAINTEXT'));
});

test('the admin alone is above the rules, and without a rule the answer is no', () => {
  expect(settings.get('super.users')).toBe('User:admin');
  expect(settings.get('allow.everyone.if.no.acl.found')).toBe('false');
  expect(settings.get('auto.create.topics.enable')).toBe('false');
});

test('clients log in by SCRAM only; the inner secret opens the inner listeners only', () => {
  expect(settings.get('listener.name.cli.sasl.enabled.mechanisms')).toBe('SCRAM-SHA-512');
  const withSecret = [...settings].filter(([, value]) => value.includes('inner-secret')).map(([key]) => key);
  expect(withSecret).toEqual([
    'listener.name.int.plain.sasl.jaas.config',
    'listener.name.controller.plain.sasl.jaas.config',
  ]);
});

test('a listener of TLS stands beside the others, its keys in one line each', () => {
  const settingsOfKey = { 'ssl.keystore.key': 'BEGIN\nkey\nEND' };
  const withTls = kafkaProperties({
    ports: { clients: 3, internal: 1, controller: 2 },
    logDir: 'data',
    internalPassword: 'inner-secret',
    listeners: [{ name: 'TLS', port: 4, protocol: 'SASL_SSL', settings: settingsOfKey }],
  }).split('\n');
  expect(withTls).toEqual(
    expect.arrayContaining([
      'listeners=INT://127.0.0.1:1,CLI://127.0.0.1:3,TLS://127.0.0.1:4,CONTROLLER://127.0.0.1:2',
      'advertised.listeners=INT://127.0.0.1:1,CLI://127.0.0.1:3,TLS://127.0.0.1:4',
      expect.stringMatching(/^listener\.security\.protocol\.map=.*,TLS:SASL_SSL$/),
      String.raw`listener.name.tls.ssl.keystore.key=BEGIN\nkey\nEND`,
    ]),
  );
});

test('a dead letter of 16 MiB passes', () => {
  expect(Number(settings.get('message.max.bytes'))).toBeGreaterThan(16 * 1024 * 1024);
});

test('a Windows path does not become an escape', () => {
  expect(settings.get('log.dirs')).toBe('C:/Users/sample/data');
});
