// Services as processes of their own, by nothing but their environment: one gateway administers the registry for the others,
// the research room is asked over HTTP, the guard and an agency's service over TLS. Each is killed once, and what it had promised is
// there afterwards.

import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { gatewayPrincipal, GUARD_PRINCIPAL, loadPolicy, REGISTRY_PRINCIPAL } from '@sitebus/sdk';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { provision, provisionDesk } from '../../deploy/provision/index.ts';
import { createTestAuthority, writeCertificate } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport } from '../support/observations.ts';
import { startOwnBroker, type OwnBroker } from '../support/own-broker.ts';
import { startOwnStore, type OwnStore } from '../support/own-store.ts';
import {
  servicePorts,
  startServiceProcess,
  type ServiceProcess,
  type ServiceProcessWish,
} from '../support/service-process.ts';
import { sharedRegistry } from '../support/shared-registry.ts';

const ISSUER = 'urn:sitebus:local';
const [ADMINISTRATOR, SECOND, ANALYST, RESEARCHER] = [
  'dalia-fenwick',
  'edgar-nkemelu',
  'ama-lindqvist',
  'rosalind-quist',
] as const;
const secret = (): string => randomBytes(32).toString('base64url');
const whenWhole = { withinMs: 60_000 };

type Name = 'administration' | 'public' | 'research' | 'guard' | 'agency';
let broker: OwnBroker;
let store: OwnStore;
let signing: CryptoKey;
let wishes: Readonly<Record<Name, ServiceProcessWish>>;
let addresses: Readonly<Record<'administration' | 'public', string>>;
const running = new Map<Name, ServiceProcess>();

beforeAll(async () => {
  const registryUrl = await sharedRegistry();
  [broker, store] = await Promise.all([startOwnBroker({ registryUrl }), startOwnStore()]);
  await describeServices();
  await start('administration'); // it beats for the rest
  await Promise.all((['public', 'research', 'guard', 'agency'] as const).map(start));
});
afterAll(async () => {
  await Promise.all([...running.values()].map((service) => service.kill()));
  await Promise.all([broker.stop(), store.stop()]);
});

/** What each is told, as whoever deploys them would tell it. */
async function describeServices(): Promise<void> {
  const { bootstrap, registryUrl, admin, dataDir } = broker;
  const { credentials, lockPath, policyTrust } = await provision({
    bootstrap,
    registryUrl,
    admin,
    dataDir,
    schemasDir: 'schemas',
  });
  const { views } = await loadPolicy('schemas/policy');
  const urls = await provisionDesk({ ownerUrl: store.ownerUrl, views: views.map(({ id }) => id), dataDir });
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  signing = privateKey;
  const issuersFile = join(dataDir, 'issuers.json');
  await writeFile(
    issuersFile,
    JSON.stringify([{ issuer: ISSUER, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] } }]),
  );
  const [
    forReaders = 0,
    forPublic = 0,
    forPeople = 0,
    forResearch = 0,
    forProtocol = 0,
    forIntake = 0,
    ...forOperators
  ] = await servicePorts(11);
  const [peopleCredential, researchCredential, protocolCredential] = [secret(), secret(), secret()];
  const [cursorKey, ledgerSalt] = [secret(), secret()];
  const authority = await createTestAuthority();
  const { certFile, keyFile } = await writeCertificate(dataDir, 'called', await authority.server());
  const tls = { SITEBUS_TLS_CERT_FILE: certFile, SITEBUS_TLS_KEY_FILE: keyFile };
  const [authorityFile, intakesFile] = [join(dataDir, 'authority.pem'), join(dataDir, 'intakes.json')];
  const intake = { agency: 'cse', url: `https://127.0.0.1:${forIntake}`, credential: secret() };
  await Promise.all([
    writeFile(authorityFile, authority.certificate),
    writeFile(intakesFile, JSON.stringify([intake])),
  ]);
  const roots = (policyTrust?.roots ?? []).map(({ name, publicKey: key }) => renderVerifierKey(name, key)).join();
  const shared = (principal: string): Record<string, string> => ({
    SITEBUS_BROKERS: bootstrap,
    SITEBUS_BUS_USERNAME: principal,
    SITEBUS_BUS_PASSWORD: credentials[principal]?.password ?? '',
    SITEBUS_REGISTRY_URL: registryUrl,
    SITEBUS_SCHEMA_LOCK: lockPath,
    SITEBUS_POLICY_ROOTS: roots,
    SITEBUS_POLICY_NOTE: policyTrust?.notePath ?? '',
    SITEBUS_LEDGER_SALT: ledgerSalt,
  });
  const gateway = (view: string, port: number): Record<string, string> => ({
    ...shared(gatewayPrincipal(view)),
    SITEBUS_VIEW: view,
    SITEBUS_GATEWAY_HOST: '127.0.0.1',
    SITEBUS_GATEWAY_PORT: String(port),
    SITEBUS_CURSOR_KEYS: `1:${cursorKey}`,
    SITEBUS_MAX_EVENT_LOOP_DELAY_MS: '0', // five processes start on however few cores there are
    SITEBUS_STORE_URL: urls[view] ?? '',
    SITEBUS_ISSUERS_FILE: issuersFile,
    SITEBUS_PEOPLE_CREDENTIAL: peopleCredential,
  });
  const [ofAdministration = 0, ofPublic = 0, ofResearch = 0, ofGuard = 0, ofAgency = 0] = forOperators;
  wishes = {
    administration: {
      main: 'services/gateway/src/main.ts',
      adminPort: ofAdministration,
      environment: {
        ...gateway('s-can', forReaders),
        SITEBUS_PEOPLE_PASSWORD: credentials[REGISTRY_PRINCIPAL]?.password ?? '',
        SITEBUS_PEOPLE_PORT: String(forPeople),
        SITEBUS_INTAKES_FILE: intakesFile,
        SITEBUS_PROTOCOL_URL: `https://127.0.0.1:${forProtocol}`,
        SITEBUS_PROTOCOL_CREDENTIAL: protocolCredential,
        NODE_EXTRA_CA_CERTS: authorityFile,
      },
    },
    public: {
      main: 'services/gateway/src/main.ts',
      adminPort: ofPublic,
      environment: {
        ...gateway('public', forPublic),
        SITEBUS_PEOPLE_URL: `http://127.0.0.1:${forPeople}`,
        SITEBUS_RESEARCH_URL: `http://127.0.0.1:${forResearch}`,
        SITEBUS_RESEARCH_CREDENTIAL: researchCredential,
      },
    },
    research: {
      main: 'deploy/images/serve-research.ts', // which runs services/research/src/main.ts
      adminPort: ofResearch,
      environment: {
        SITEBUS_PROVISIONED: dataDir,
        SITEBUS_BROKERS: bootstrap,
        SITEBUS_REGISTRY_URL: registryUrl,
        SITEBUS_LEDGER_SALT: ledgerSalt,
        SITEBUS_RESEARCH_PORT: String(forResearch),
        SITEBUS_RESEARCH_CREDENTIAL: researchCredential,
      },
    },
    guard: {
      main: 'services/protocol/src/main.ts',
      adminPort: ofGuard,
      environment: {
        ...shared(GUARD_PRINCIPAL),
        SITEBUS_PROTOCOL_PORT: String(forProtocol),
        SITEBUS_PROTOCOL_CREDENTIAL: protocolCredential,
        SITEBUS_INTAKES_FILE: intakesFile,
        ...tls,
      },
    },
    agency: {
      main: 'services/agencies/cse/src/main.ts',
      adminPort: ofAgency,
      environment: {
        BUS_BOOTSTRAP: bootstrap,
        BUS_REGISTRY: registryUrl,
        BUS_CREDENTIALS: join(dataDir, 'credentials.json'),
        SITEBUS_SCHEMA_LOCK: lockPath,
        SITEBUS_POLICY_ROOTS: roots,
        SITEBUS_POLICY_NOTE: policyTrust?.notePath ?? '',
        SITEBUS_SIGNER_KEY: secret(),
        SITEBUS_JOURNAL: join(dataDir, 'cse.journal'),
        SITEBUS_INTAKE_PORT: String(forIntake),
        SITEBUS_INTAKE_CREDENTIAL: intake.credential,
        ...tls,
      },
    },
  };
  addresses = { administration: `http://127.0.0.1:${forReaders}`, public: `http://127.0.0.1:${forPublic}` };
}

async function start(name: Name): Promise<void> {
  running.set(name, await startServiceProcess(wishes[name]));
}

interface Asked {
  readonly status: number;
  readonly etag: string;
  readonly body: Record<string, unknown>;
}

async function ask(person: string, path: string, more: { readonly at?: 'administration' | 'public'; readonly body?: object; readonly headers?: Record<string, string> } = {}): Promise<Asked> {
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ iss: ISSUER, sub: person, aud: 'sitebus', iat: now, exp: now + 300 }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'a' }).sign(signing);
  const answer = await fetch(`${addresses[more.at ?? 'public']}${path}`, {
    ...(more.body !== undefined && { method: 'POST', body: JSON.stringify(more.body) }),
    headers: { authorization: `Bearer ${token}`, ...(more.body !== undefined && { 'content-type': 'application/json' }), ...more.headers },
  });
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', body: (await answer.json()) as Record<string, unknown> };
} // prettier-ignore

const statusWith = async (key: string, at: 'administration' | 'public'): Promise<number> =>
  (await fetch(`${addresses[at]}/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status;
const seenAt = (at: 'administration' | 'public', slug: string, state: string) =>
  eventually(async () => {
    const asked = await ask(ADMINISTRATOR, `/v1/partners/${slug}`);
    return asked.body['state'] === state && asked;
  }, { ...whenWhole, what: `${slug} is ${state} at ${at}` }); // prettier-ignore

test('a partner is onboarded at a gateway that writes nothing, and its key opens every gateway', async () => {
  const proposed = await ask(ADMINISTRATOR, '/v1/partners', { body: { slug: 'harbour-lab', groups: ['research'] } });
  expect([proposed.status, proposed.body]).toMatchObject([201, { state: 'PROPOSED', proposal: { by: ADMINISTRATOR } }]);
  const approve = async (person: string) => {
    const { etag } = await seenAt('public', 'harbour-lab', 'PROPOSED');
    return ask(person, '/v1/partners/harbour-lab/approve', { body: {}, headers: { 'if-match': etag, 'idempotency-key': person } });
  };
  expect(await approve(ADMINISTRATOR)).toMatchObject({ status: 409, body: { errors: [{ code: 'SECOND_PERSON_NEEDED' }] } });
  const approved = await approve(SECOND);
  expect([approved.status, approved.body]).toMatchObject([200, { state: 'ACTIVE', changedBy: [ADMINISTRATOR, SECOND] }]);
  for (const at of ['public', 'administration'] as const)
    await eventually(async () => (await statusWith(String(approved.body['key']), at)) === 200, { ...whenWhole, what: `the key opens ${at}` });
}); // prettier-ignore

test('a person’s row is changed through the other gateway, and an analyst is not let through', async () => {
  const row = {
    person: 'nils-okafor', name: 'Nils Okafor', issuer: ISSUER, subject: 'nils-okafor', agency: 'cse', roles: ['analyst'], homeView: 'public', validUntil: '2035-01-01T00:00:00.000Z',
    clearance: { classified: 'SECRET', protected: 'B', compartments: [], nations: ['CAN'], maxTlp: 'RED', groups: ['community'] },
  }; // prettier-ignore
  expect((await ask(ANALYST, '/v1/people', { body: row })).status).toBe(403);
  expect((await ask('nils-okafor', '/v1/me')).status).toBe(401);
  expect((await ask(ADMINISTRATOR, '/v1/people', { body: row })).status).toBe(201);
  const { etag } = await eventually(
    async () => {
      const asked = await ask(SECOND, '/v1/people/nils-okafor');
      return asked.body['state'] === 'PROPOSED' && asked;
    },
    { ...whenWhole, what: 'the proposal is seen' },
  );
  const headers = { 'if-match': etag, 'idempotency-key': 'nils' };
  expect((await ask(SECOND, '/v1/people/nils-okafor/approve', { body: {}, headers })).status).toBe(200);
  await eventually(async () => (await ask('nils-okafor', '/v1/me')).status === 200, {
    ...whenWhole,
    what: 'they are in',
  });
});

test('without its administration gateway nobody is let in; started again, it holds what two persons had decided', async () => {
  await running.get('administration')?.kill();
  await eventually(async () => (await ask(ADMINISTRATOR, '/v1/partners')).status === 503, { ...whenWhole, what: 'the other gateway closes' });
  await start('administration');
  await seenAt('public', 'harbour-lab', 'ACTIVE');
  const ended = await ask(ADMINISTRATOR, '/v1/partners/harbour-lab/offboard', { body: {} });
  expect([ended.status, ended.body]).toMatchObject([200, { state: 'OFFBOARDED' }]);
}); // prettier-ignore

test('the research room is asked over HTTP; away it is fail-closed, and back it has what it had', async () => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const project = { title: { en: 'Paper boats', fr: 'Bateaux de papier' }, window: { from: day(-1), to: day(1) }, embargoUntil: day(30), ethicsRef: 'REB-7' }; // prettier-ignore
  const made = await ask(RESEARCHER, '/v1/research/projects', { body: project });
  expect([made.status, made.body]).toMatchObject([201, { title: project.title }]);
  expect((await ask(ADMINISTRATOR, '/v1/research/projects')).status).toBe(404); // not at arm's length
  const early = await ask(RESEARCHER, '/v1/research/datasets', { body: { project: made.body['id'], title: 'posts', types: ['InfluenceActivity'], columns: ['no-such'] } }); // prettier-ignore
  expect([early.status, early.body['type']]).toEqual([422, 'urn:sitebus:problem:invalid-body']);
  await running.get('research')?.kill();
  expect(await ask(RESEARCHER, '/v1/research/projects')).toMatchObject({ status: 503, body: { type: 'urn:sitebus:problem:fail-closed' } }); // prettier-ignore
  await start('research');
  const listed = await ask(RESEARCHER, '/v1/research/projects');
  expect([listed.status, listed.body]).toMatchObject([200, { items: [{ id: made.body['id'] }] }]);
});

test('the guard is asked over TLS; away it is fail-closed, and back it has what was asked', async () => {
  const question = { question: 'Who else has seen these boats?', toAgencies: ['rcmp'], dueAt: new Date(Date.now() + 86_400_000).toISOString() };
  const at = 'administration';
  const made = await ask(ANALYST, '/v1/rfis', { at, body: question });
  expect([made.status, made.body]).toMatchObject([201, { question: question.question, awaiting: ['rcmp'] }]);
  await running.get('guard')?.kill();
  expect((await ask(ANALYST, '/v1/rfis', { at })).status).toBe(503);
  await start('guard');
  const listed = await eventually(async () => {
    const asked = await ask(ANALYST, '/v1/rfis', { at });
    return asked.status === 200 && asked;
  }, { ...whenWhole, what: 'the guard answers' });
  expect(listed.body).toMatchObject({ items: [{ id: made.body['id'] }] });
}); // prettier-ignore

test('what is published goes to the agency’s own service, over TLS; away it is not taken, and back it has what it took', async () => {
  const publish = (id: string) =>
    ask(ANALYST, '/v1/observations', { at: 'administration', body: anIndicatorReport({ id, marking: 'UNCLASSIFIED//TLP:CLEAR', domains: ['paper-boat.example'] }) });
  const isRead = (id: string) =>
    eventually(async () => (await ask(ANALYST, `/v1/observations/${id}`, { at: 'administration' })).status === 200, { ...whenWhole, what: `${id} is read` });
  const [first, second] = [randomUUID(), randomUUID()];
  expect((await publish(first)).status).toBe(202);
  await isRead(first);
  await running.get('agency')?.kill();
  expect((await publish(second)).status).toBe(503);
  await start('agency');
  expect((await publish(second)).status).toBe(202);
  await isRead(second);
}); // prettier-ignore

test('each ends with 0 when told to, the administration gateway last', async () => {
  for (const name of ['guard', 'agency', 'research', 'public', 'administration'] as const) {
    expect([name, await running.get(name)?.end()]).toEqual([name, 0]);
    running.delete(name);
  }
});
