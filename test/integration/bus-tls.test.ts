// The bus over TLS, on a broker that asks for passwords, for certificates, or for both: who is let in, who is refused and why;
// and services and the provisioning program, which know of it by their environment alone.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  agencyPrincipal,
  createProducer,
  idInKey,
  ledgerPrincipal,
  obsTopic,
  type BusLogin,
  type BusPort,
  type ClientCertificate,
} from '@sitebus/sdk';
import { createKafkaBus, createThreadedKafkaBus } from '@sitebus/sdk/kafka';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { anObservation, createTestClock, loadContract } from '@sitebus/sdk/testing';
import { openConnection } from '../../deploy/provision/adapters/broker-connection.ts';
import { loadCredentials, localTrust, LOCK_FILE } from '../../deploy/provision/index.ts';
import { createTestAuthority, writeCertificate, type TestAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnBroker, type OwnBroker } from '../support/own-broker.ts';
import { randomName } from '../support/random-names.ts';
import { servicePorts, startServiceProcess } from '../support/service-process.ts';
import { sharedRegistry } from '../support/shared-registry.ts';
import { tlsListeners } from '../support/tls-listeners.ts';

const VIEW = 'public';
const TOPIC = obsTopic('open', 'cse');
let authority: TestAuthority;
let stranger: TestAuthority;
let broker: OwnBroker;
let own: ClientCertificate;
/** By the environment: the authority and a certificate, as files. */
let files: Readonly<Record<string, string>>;
let credentials: Awaited<ReturnType<typeof loadCredentials>>['credentials'];
let provisioned = '';

beforeAll(async () => {
  [authority, stranger] = await Promise.all([createTestAuthority(), createTestAuthority('another authority')]);
  const [registryUrl, listeners] = await Promise.all([sharedRegistry(), tlsListeners(authority)]);
  broker = await startOwnBroker({ registryUrl, listeners });
  const { dataDir, admin } = broker;
  own = await certificateOf(authority, 'a service');
  const { certFile, keyFile } = await writeCertificate(dataDir, 'own', await authority.client({ commonName: 'own' }));
  const caFile = join(dataDir, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  files = { SITEBUS_BUS_CA_FILE: caFile, SITEBUS_BUS_CERT_FILE: certFile, SITEBUS_BUS_KEY_FILE: keyFile };
  provisioned = await provisionBy({ ...files, BUS_BOOTSTRAP: addressOf('MUTUAL'), BUS_ADMIN_PASSWORD: admin.password });
  ({ credentials } = await loadCredentials(dataDir));
});
afterAll(() => broker.stop());

/** Runs the program as its operator would. @returns what it said */
async function provisionBy(environment: Readonly<Record<string, string>>): Promise<string> {
  const words = ['deploy/provision/main.ts', '--apply', '--local-policy', '--data', broker.dataDir];
  const env = { PATH: process.env['PATH'], BUS_REGISTRY: broker.registryUrl, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--import', 'tsx', ...words], {
    env,
  });
  return stdout;
}

async function certificateOf(signedBy: TestAuthority, commonName: string): Promise<ClientCertificate> {
  const { certificate: cert, key } = await signedBy.client({ commonName });
  return { cert, key };
}

type Listener = 'TLS' | 'MUTUAL' | 'CERT';
const addressOf = (listener: Listener): string => broker.listeners[listener] ?? '';
const saslOf = (principal: string) => credentials[principal] ?? { username: principal, password: 'unknown' };
const asAdmin = () => ({ username: broker.admin.user, password: broker.admin.password });
const connect = (listener: Listener, login: BusLogin, create = createKafkaBus): BusPort =>
  create({ brokers: [addressOf(listener)], clientId: 'test', ...login });

/** @returns `let in`, or the code of the refusal */
async function asked(listener: Listener, login: BusLogin, create = createKafkaBus): Promise<string> {
  const bus = connect(listener, login, create);
  const answer = await bus.inspect.ends(TOPIC).then(
    () => 'let in',
    (error: unknown) => (error as { code: string }).code,
  );
  await bus.close();
  return answer;
}

/** Waits until a record with this key is read there. */
async function readBack(bus: BusPort, topic: string, isIt: (key: Buffer) => boolean): Promise<void> {
  let isRead = false;
  const consumer = await bus.createConsumer({
    groupId: randomName('reader'),
    topics: [topic],
    from: 'earliest',
    commit: 'never',
    onBatch: async ({ records }) => {
      isRead ||= records.some(({ key }) => key !== null && isIt(key));
    },
  });
  await eventually(() => isRead, { what: 'the record is read' });
  await consumer.close();
}

test('what is written over TLS is read over TLS, with the driver here or in a thread of its own', async () => {
  for (const create of [createKafkaBus, createThreadedKafkaBus]) {
    const writing = connect('TLS', { sasl: saslOf('agency.cse.open'), tls: { ca: authority.certificate } }, create);
    const reading = connect('MUTUAL', { sasl: asAdmin(), tls: { ca: authority.certificate, ...own } }, create);
    const key = randomBytes(16);
    const producer = await writing.createProducer();
    await producer.send({ topic: TOPIC, key, value: Buffer.from('over TLS') });
    await readBack(reading, TOPIC, (found) => found.equals(key));
    await Promise.all([writing.close(), reading.close()]);
  }
});

test('a broker of an authority that is not believed gets no password, and is told from one that is away', async () => {
  const { certificate: other } = stranger;
  expect(await asked('TLS', { sasl: asAdmin(), tls: { ca: authority.certificate } })).toBe('let in');
  expect(await asked('TLS', { sasl: asAdmin(), tls: { ca: other } })).toBe('UNTRUSTED_BROKER');
  expect(await asked('TLS', { sasl: asAdmin(), tls: { ca: '' } })).toBe('UNTRUSTED_BROKER');
  expect(await asked('TLS', { sasl: asAdmin(), tls: true })).toBe('UNTRUSTED_BROKER'); // nor do the system's vouch for it
  expect(await asked('TLS', { sasl: asAdmin(), tls: { ca: other } }, createThreadedKafkaBus)).toBe('UNTRUSTED_BROKER');
});

test('where both are asked for, neither a certificate nor a password is enough', async () => {
  const { certificate: ca } = authority;
  const wrong = { username: 'admin', password: 'wrong' };
  expect(await asked('MUTUAL', { sasl: asAdmin(), tls: { ca, ...own } })).toBe('let in');
  expect(await asked('MUTUAL', { sasl: asAdmin(), tls: { ca } })).toBe('NOT_ALLOWED');
  expect(await asked('MUTUAL', { sasl: asAdmin(), tls: { ca, ...(await certificateOf(stranger, 'own')) } })).toBe('NOT_ALLOWED'); // prettier-ignore
  expect(await asked('MUTUAL', { sasl: wrong, tls: { ca, ...own } })).toBe('NOT_ALLOWED');
});

test('a certificate alone signs an agency in as the principal of its name, with the rights of that one', async () => {
  const { policy, codec } = await loadContract();
  const principals = policy.cells.map(({ id }) => agencyPrincipal('cse', id));
  const certificates = new Map<string, ClientCertificate>();
  for (const name of principals) certificates.set(name, await certificateOf(authority, name));
  const producer = await createProducer({
    agency: 'cse',
    policy,
    codec,
    signerKey: randomBytes(32),
    clock: createTestClock(Date.UTC(2031, 9, 21)), // after the example was observed
    connect: {
      kafka: {
        brokers: [addressOf('CERT')],
        tls: { ca: authority.certificate },
        credentials: (_cell, principal) => certificates.get(principal)!,
      },
    },
  });
  const { id, topic } = await producer.publish(await anObservation('IndicatorReport'));
  await producer.close();
  const reading = connect('TLS', { sasl: asAdmin(), tls: { ca: authority.certificate } });
  await readBack(reading, topic, (key) => idInKey(key) === id);
  await reading.close();

  const ofAnother = connect('CERT', { tls: { ca: authority.certificate, ...(await certificateOf(authority, agencyPrincipal('rcmp', 'open'))) } }); // prettier-ignore
  const foreign = await ofAnother.createProducer();
  await expect(foreign.send({ topic, key: Buffer.from('k'), value: Buffer.from('v') })).rejects.toMatchObject({ code: 'NOT_ALLOWED' }); // prettier-ignore
  await ofAnother.close();
});

test('services start on both proofs by their environment alone; without its certificate one says why it does not', async () => {
  const [ofLedger = 0, ofAgency = 0, ofOther = 0] = await servicePorts(3);
  const [ledger, agency, withoutIt] = await Promise.allSettled([
    startServiceProcess({ ...ledgerOver(files), adminPort: ofLedger }),
    startServiceProcess({ ...(await agencyOver(files)), adminPort: ofAgency }),
    startServiceProcess({ ...ledgerOver(authorityAlone()), adminPort: ofOther }),
  ]);
  const started = [ledger, agency].flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const exitCodes = await Promise.all(started.map((service) => service.end()));
  expect([ledger, agency, withoutIt]).toMatchObject([
    { status: 'fulfilled' },
    { status: 'fulfilled' },
    { status: 'rejected', reason: { message: expect.stringContaining('NOT_ALLOWED') } },
  ]);
  expect(exitCodes).toEqual([0, 0]);
});

const authorityAlone = () => ({ SITEBUS_BUS_CA_FILE: files['SITEBUS_BUS_CA_FILE'] ?? '' });

function ledgerOver(tls: Readonly<Record<string, string>>) {
  const { username, password } = saslOf(ledgerPrincipal(VIEW));
  const environment = {
    SITEBUS_VIEW: VIEW,
    SITEBUS_LEDGER_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    SITEBUS_BROKERS: addressOf('MUTUAL'),
    SITEBUS_BUS_USERNAME: username,
    SITEBUS_BUS_PASSWORD: password,
    ...tls,
  };
  return { main: 'services/ledger/src/main.ts', environment };
}

async function agencyOver(tls: Readonly<Record<string, string>>) {
  const { dataDir, registryUrl } = broker;
  const { roots, notePath = '' } = await localTrust(dataDir);
  const environment = {
    BUS_BOOTSTRAP: addressOf('MUTUAL'),
    BUS_REGISTRY: registryUrl,
    BUS_CREDENTIALS: join(dataDir, 'credentials.json'),
    SITEBUS_SCHEMA_LOCK: join(dataDir, LOCK_FILE),
    SITEBUS_POLICY_ROOTS: roots.map(({ name, publicKey }) => renderVerifierKey(name, publicKey)).join(),
    SITEBUS_POLICY_NOTE: notePath,
    SITEBUS_SIGNER_KEY: randomBytes(32).toString('base64url'),
    SITEBUS_JOURNAL: join(dataDir, 'cse.journal'),
    ...tls,
  };
  return { main: 'services/agencies/cse/src/main.ts', environment };
}

test('whoever provisions does it over TLS by the same names, and is told what is wrong with a certificate', async () => {
  expect(provisioned).toContain('topics');
  const admin = broker.admin;
  const refusal = async (listener: Listener, tls: Parameters<typeof openConnection>[2]) =>
    openConnection([addressOf(listener)], admin, tls).then(
      (connection) => connection.close(),
      (error: unknown) => error,
    );
  expect(await refusal('MUTUAL', { ca: authority.certificate, ...own })).toBeUndefined();
  expect(await refusal('TLS', { ca: stranger.certificate })).toMatchObject({
    code: 'UNREACHABLE',
    details: { code: expect.stringMatching(/^(SELF_SIGNED_|UNABLE_TO_)/) },
  });
  expect(await refusal('MUTUAL', { ca: authority.certificate })).toMatchObject({ code: 'UNREACHABLE' });
});
