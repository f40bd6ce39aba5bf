import { expect, test } from '@jest/globals';
import { toBusLogin, toTlsOptions } from './bus-login.ts';

const password = { username: 'agency.cse.s-can', password: 'p' };
const certificate = { cert: 'own certificate', key: 'own key' };
const shared = { ca: 'authority', cert: 'shared certificate', key: 'shared key' };

test('a password goes with the TLS that was asked for', () => {
  for (const tls of [false, true, shared]) expect(toBusLogin(password, tls)).toEqual({ sasl: password, tls });
});

test('a certificate alone makes a connection with TLS, whatever was said, and keeps the authority', () => {
  expect(toBusLogin(certificate, false)).toEqual({ tls: certificate });
  expect(toBusLogin(certificate, true)).toEqual({ tls: certificate });
  expect(toBusLogin(certificate, shared)).toEqual({ tls: { ca: 'authority', ...certificate } });
});

test('authorities that were named are the only ones, even when their text is empty', () => {
  expect(toTlsOptions({ ca: '' })).toEqual({ ca: [''] });
  expect(toTlsOptions(shared)).toEqual({ ...shared, ca: ['authority'] });
  for (const tls of [true, false, certificate]) expect(toTlsOptions(tls)).toBe(tls);
});
