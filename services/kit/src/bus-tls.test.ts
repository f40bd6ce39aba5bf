// TLS to the bus by settings: what services are given, and each way in which a start is refused.

import { expect, test } from '@jest/globals';
import { createTestAuthority } from '../../../test/support/certificates.ts';
import { busTlsOf, readBusTls } from './bus-tls.ts';
import { loadConfig } from './config.ts';
import { KAFKA_ENVIRONMENT, KafkaSettings, toBusConnection } from './kafka-settings.ts';
import { Type } from 'typebox';

const authority = await createTestAuthority();
const own = await authority.client({ commonName: 'ledger.public' });
const another = await authority.client({ commonName: 'ledger.public' });
const files: Readonly<Record<string, string>> = {
  '/ca': authority.certificate,
  '/cert': own.certificate,
  '/key': own.key,
  '/other-key': another.key,
  '/empty': '',
};
function read(path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`ENOENT ${path}`);
  return text;
}
const tls = (settings: Parameters<typeof readBusTls>[0]) => readBusTls(settings, read);
function faultsOf(settings: Parameters<typeof readBusTls>[0]): unknown {
  try {
    return tls(settings);
  } catch (error) {
    const { code, details } = error as { code: string; details: { faults: unknown } };
    return [code, details.faults];
  }
}

test('without settings there is no TLS; with true the system’s authorities; files turn it on by themselves', () => {
  expect([tls(undefined), tls({}), tls({ isOn: false }), tls({ isOn: true })]).toEqual([false, false, false, true]);
  expect(tls({ caFile: '/ca' })).toEqual({ ca: authority.certificate });
  expect(tls({ isOn: true, certFile: '/cert', keyFile: '/key' })).toEqual({ cert: own.certificate, key: own.key });
  expect(tls({ caFile: '/ca', certFile: '/cert', keyFile: '/key' })).toEqual({
    ca: authority.certificate,
    cert: own.certificate,
    key: own.key,
  });
});

test.each([
  ['no file', { caFile: '/nowhere' }, 'SITEBUS_BUS_CA_FILE', 'cannot be read: /nowhere'],
  ['a text for a path', { caFile: authority.certificate }, 'SITEBUS_BUS_CA_FILE', 'cannot be read: it is no path'],
  ['an empty file', { caFile: '/empty' }, 'SITEBUS_BUS_CA_FILE', 'holds no certificate'],
  ['a key alone', { keyFile: '/key' }, 'SITEBUS_BUS_CERT_FILE', 'must be set: a certificate is shown with its key, or not at all'],
  ['a certificate alone', { certFile: '/cert' }, 'SITEBUS_BUS_KEY_FILE', 'must be set: a certificate is shown with its key, or not at all'],
  ['another’s key', { certFile: '/cert', keyFile: '/other-key' }, 'SITEBUS_BUS_KEY_FILE', 'is not the key of the certificate, or one of the two is none'],
  ['a no beside files', { isOn: false, caFile: '/ca' }, 'SITEBUS_BUS_TLS', 'is false beside files that only TLS uses'],
])('%s refuses the start, by name', (_what, settings, name, reason) => {
  expect(faultsOf(settings)).toEqual(['INVALID_CONFIG', [{ name, reason }]]);
}); // prettier-ignore

test('a key in the place of its path is not repeated', () => {
  expect(JSON.stringify(faultsOf({ certFile: '/cert', keyFile: own.key }))).not.toContain(own.key.slice(30, 60));
});

test('the environment of a service becomes its connection', () => {
  const spec = { schema: Type.Object({ kafka: KafkaSettings }), names: KAFKA_ENVIRONMENT };
  const env = { SITEBUS_BROKERS: 'a:1,b:2', SITEBUS_BUS_USERNAME: 'ledger.public', SITEBUS_BUS_PASSWORD: 'p' };
  const sasl = { username: 'ledger.public', password: 'p' };
  expect(toBusConnection(loadConfig(spec, env).kafka)).toEqual({ brokers: ['a:1', 'b:2'], sasl, tls: false });
  const overTls = loadConfig(spec, { ...env, SITEBUS_BUS_TLS: 'true' });
  expect(toBusConnection(overTls.kafka)).toEqual({ brokers: ['a:1', 'b:2'], sasl, tls: true });
  expect(busTlsOf({ ...env, SITEBUS_BUS_TLS: 'true' })).toBe(true);
  expect(() => busTlsOf({ SITEBUS_BUS_TLS: 'yes' })).toThrow('INVALID_CONFIG');
});
