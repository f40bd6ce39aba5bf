// The gateway's own TLS: what it shows, what it asks for, and that a certificate is exchanged without a stop.

import { get } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RequestOptions } from 'node:https';
import { TLSSocket, type ConnectionOptions } from 'node:tls';
import { createTestAuthority, writeCertificate } from '../../../test/support/certificates.ts';
import type { TestAuthority, TestCertificate } from '../../../test/support/certificates.ts';
import { NOW_MS } from './testing/records.ts';
import { aWorld, thePolicy, type World } from './testing/world.ts';

const MACHINES = 'urn:machines.example';
const MACHINE = 'urn:machine:export-1';
let folder: string;
let world: World;
let servers: TestAuthority;
let machine: TestCertificate;
let address: URL;
/** The timers that wait, in the order in which they were armed. */
const waiting: (() => void)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitebus-tls-'));
  servers = await createTestAuthority('servers');
  const machines = await createTestAuthority('machines', NOW_MS);
  machine = await machines.client({ commonName: 'export-1', uris: [MACHINE] });
  const { people } = await thePolicy();
  world = await aWorld({
    people: [{ ...people[0]!, person: 'export-1', name: 'Export 1', issuer: MACHINES, subject: MACHINE }],
    issuers: [{ issuer: MACHINES, authority: machines.certificate }],
    setTimer: (run) => (waiting.push(run), () => {}),
  });
  const tls = await writeCertificate(folder, 'gateway', await servers.server());
  const gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 }, tls });
  address = new URL(gateway.address() ?? '');
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Asks who is asking, over a connection of its own. */
const ask = (options: RequestOptions & Pick<ConnectionOptions, 'session'>) =>
  new Promise<{ status: number; person?: string; serial: string; isReused: boolean; session?: Buffer }>((resolve, reject) => {
    const { hostname: host, port } = address;
    let session: Buffer | undefined;
    const request = get({ host, port, path: '/v1/me', ca: servers.certificate, agent: false, ...options }, (answer) => {
      const { socket } = answer;
      if (!(socket instanceof TLSSocket)) throw new Error('the answer came without TLS');
      const [serial, isReused] = [socket.getPeerX509Certificate()?.serialNumber ?? '', socket.isSessionReused()];
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => (text += more));
      answer.on('end', () => {
        const { person } = JSON.parse(text) as { person?: string };
        resolve({ status: answer.statusCode ?? 0, ...(person && { person }), serial, isReused, ...(session && { session }) });
      });
    });
    request.on('socket', (socket) => socket.on('session', (made: Buffer) => (session = made)));
    request.on('error', reject);
  }); // prettier-ignore

test('the gateway says so in its address, and speaks no TLS before 1.2', async () => {
  expect(address.protocol).toBe('https:');
  expect(await ask({})).toMatchObject({ status: 401 });
  await expect(ask({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow();
});

test('a certificate signs its holder in, also on a connection that goes on with an earlier session', async () => {
  const shown = { cert: machine.certificate, key: machine.key };
  const first = await ask(shown);
  expect(first).toMatchObject({ status: 200, person: 'export-1', isReused: false });
  const again = await ask({ ...shown, session: first.session! });
  expect(again).toMatchObject({ status: 200, person: 'export-1', isReused: true });
});

test('a certificate of nobody’s is let in as nobody in particular', async () => {
  const other = await (await createTestAuthority('others')).client({ commonName: 'x', uris: [MACHINE] });
  expect(await ask({ cert: other.certificate, key: other.key })).toMatchObject({ status: 401 });
});

test('a header of a certificate is not believed from a client', async () => {
  const headers = { 'client-cert': `:${machine.der.toString('base64')}:` };
  expect(await ask({ headers })).toMatchObject({ status: 401 });
});

test('a certificate that is exchanged on disk is shown from the next look on, and one that cannot be used is not', async () => {
  const look = (): void => waiting.shift()?.();
  const { serial: before } = await ask({});
  await writeFile(join(folder, 'gateway.pem'), 'half of it');
  look();
  expect((await ask({})).serial).toBe(before);
  await writeCertificate(folder, 'gateway', await servers.server());
  look();
  expect((await ask({})).serial).not.toBe(before);
  expect(await ask({ cert: machine.certificate, key: machine.key })).toMatchObject({ person: 'export-1' });
});
