// Listeners for other services: with a certificate over TLS, without one in the clear, which is said.

import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FastifyPluginAsync } from 'fastify';
import { silentLog, type Log } from '@sitebus/sdk';
import { createTestAuthority, writeCertificate, type TestAuthority } from '../../../test/support/certificates.ts';
import { createInternalListener } from './internal-listener.ts';
import { createListenerTls, type TlsFiles } from './listener-tls.ts';

let folder: string;
let authority: TestAuthority;
let tls: TlsFiles;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitebus-internal-'));
  authority = await createTestAuthority();
  tls = await writeCertificate(folder, 'service', await authority.server());
});
afterAll(() => rm(folder, { recursive: true }));

const routes: FastifyPluginAsync = async (app) => void app.get('/', () => 'here');

/** Starts one and says what it warned of. */
async function started(over: { readonly host?: string; readonly tls?: TlsFiles }) {
  const warned: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, text) => void warned.push(text) };
  const listener = createInternalListener({ routes, host: '127.0.0.1', port: 0, log, ...over });
  await listener.start();
  return { listener, warned, address: listener.address() ?? '' };
}

function statusOf(address: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(address, { ca, agent: false }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    });
    asked.once('error', reject).end();
  });
}

test('with a certificate it is spoken to over TLS, by who believes its authority', async () => {
  const { listener, address, warned } = await started({ host: '0.0.0.0', tls });
  const port = new URL(address).port;
  expect(await statusOf(`https://127.0.0.1:${port}/`, authority.certificate)).toBe(200);
  const others = (await createTestAuthority()).certificate;
  await expect(statusOf(`https://127.0.0.1:${port}/`, others)).rejects.toThrow();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  expect(warned).toEqual([]);
  await listener.stop();
});

test('without one it says that the credential comes in the clear, but on loopback', async () => {
  const [here, everywhere] = [await started({}), await started({ host: '0.0.0.0' })];
  expect(here.warned).toEqual([]);
  expect(everywhere.warned).toHaveLength(1);
  expect((await fetch(here.address)).status).toBe(200);
  await Promise.all([here.listener.stop(), everywhere.listener.stop()]);
});

test('files that are no certificate and its key are told at the start', async () => {
  const other = await writeCertificate(folder, 'other', await authority.server());
  const start = (files: TlsFiles) => () => createListenerTls({ files, log: silentLog });
  const reasonOf = (reason: string) =>
    expect.objectContaining({
      code: 'INVALID_CONFIG',
      details: { faults: [{ name: 'SITEBUS_TLS_CERT_FILE', reason: expect.stringContaining(reason) }] },
    });
  expect(start(tls)).not.toThrow();
  expect(start({ ...tls, keyFile: other.keyFile })).toThrow(reasonOf('ERR_OSSL_X509_KEY_VALUES_MISMATCH'));
  expect(start({ ...tls, certFile: join(folder, 'absent.pem') })).toThrow(reasonOf('ENOENT'));
});
