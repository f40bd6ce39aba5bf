// The registry's commands asked from another gateway: as in process, and judged by the writer itself.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { silentLog, systemClock } from '@sitebus/sdk';
import { createTestBus } from '@sitebus/sdk/testing';
import { loadProcessConfig } from '../config.ts';
import { thePolicy } from '../testing/world.ts';
import { createAdministration, type Administration } from './administration.ts';
import { createRegistryClient } from './commands-http.ts';
import { proposalHash } from './proposal-hash.ts';

const CREDENTIAL = 'c'.repeat(32);
const [FIRST, SECOND, ANALYST] = ['dalia-fenwick', 'edgar-nkemelu', 'ama-lindqvist'] as const;
const HARBOUR = { slug: 'harbour-lab', groups: ['research'] };
let administration: Administration;

beforeEach(async () => {
  const policy = await thePolicy();
  administration = createAdministration({
    bus: createTestBus({ clock: systemClock }).connect.bus,
    policy,
    clock: systemClock,
    log: silentLog,
    listen: { host: '127.0.0.1', port: 0, credential: CREDENTIAL },
  });
  await administration.start();
});
afterEach(() => administration.stop());

const elsewhere = (credential = CREDENTIAL) =>
  createRegistryClient({ url: administration.address() ?? '', credential });
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    (cause: unknown) => cause,
  );

test('a gateway elsewhere has every command, with the answers and problems of the writer’s own', async () => {
  const commands = elsewhere();
  expect(Object.keys(commands).sort()).toEqual(Object.keys(administration.commands).sort());
  const proposed = await commands.proposePartner(FIRST, HARBOUR);
  expect(proposed).toMatchObject({ kind: 'partner', by: FIRST, tenant: { slug: 'harbour-lab' } });
  const read = proposalHash(proposed);
  expect(await refusal(commands.approvePartner(FIRST, 'harbour-lab', read))).toMatchObject({
    slug: 'illegal-transition',
    status: 409,
    details: { errors: [{ code: 'SECOND_PERSON_NEEDED' }] },
  });
  const { tenant, key } = await commands.approvePartner(SECOND, 'harbour-lab', read);
  expect([tenant.state, tenant.changedBy, key]).toEqual(['ACTIVE', [FIRST, SECOND], expect.stringMatching(/^sbk_partner-harbour-lab_/)]); // prettier-ignore
  expect((await commands.rotateKey(FIRST, 'harbour-lab')).key).not.toBe(key);
  expect(await commands.offboard(FIRST, 'harbour-lab')).toMatchObject({ state: 'OFFBOARDED' });
  expect(await refusal(commands.offboard(FIRST, 'no-such'))).toMatchObject({ slug: 'not-found', status: 404 });
  expect(await refusal(commands.proposePartner(FIRST, { slug: 'x', groups: ['inner-circle'] }))).toMatchObject({
    slug: 'invalid-body',
    details: { errors: [{ pointer: '/groups/0', code: 'UNKNOWN_GROUP' }] },
  });
});

test('whatever a gateway says of whom it asks for: who is no administrator by the writer’s rows changes nothing', async () => {
  const commands = elsewhere();
  const read = proposalHash(await commands.proposePartner(FIRST, HARBOUR));
  for (const by of [ANALYST, 'nobody-at-all', '']) {
    const asked = [
      commands.proposePartner(by, { slug: 'other', groups: [] }),
      commands.approvePartner(by, 'harbour-lab', read),
      commands.offboard(by, 'lookout'),
      commands.rotateKey(by, 'lookout'),
      commands.proposePerson(by, (await thePolicy()).people[0]!),
      commands.approvePerson(by, FIRST, read),
    ];
    for (const each of asked) expect(await refusal(each)).toMatchObject({ slug: 'role-not-allowed', status: 403 });
  }
  expect((await commands.approvePartner(SECOND, 'harbour-lab', read)).tenant.state).toBe('ACTIVE');
});

test('who was an administrator until a moment ago is none: the change holds for the next command', async () => {
  const row = (await thePolicy()).people.find(({ person }) => person === SECOND)!;
  const commands = elsewhere();
  const change = proposalHash(await commands.proposePerson(FIRST, { ...row, roles: ['reviewer'] }));
  const third = { ...row, person: 'third-admin', subject: 'third-admin' };
  expect(await refusal(commands.approvePerson(SECOND, SECOND, change))).toMatchObject({ slug: 'illegal-transition' }); // never for oneself
  const entry = proposalHash(await commands.proposePerson(FIRST, third));
  await commands.approvePerson(SECOND, 'third-admin', entry);
  await commands.approvePerson('third-admin', SECOND, change);
  expect(await refusal(commands.offboard(SECOND, 'lookout'))).toMatchObject({ slug: 'role-not-allowed' });
  expect(await commands.offboard('third-admin', 'lookout')).toMatchObject({ state: 'OFFBOARDED' });
});

test('without the credential, with the writer away, or with half a row, nothing is changed', async () => {
  const [row] = (await thePolicy()).people;
  expect(await refusal(elsewhere('d'.repeat(32)).proposePartner(FIRST, HARBOUR))).toMatchObject({ slug: 'fail-closed', status: 503 }); // prettier-ignore
  expect(await refusal(elsewhere().proposePerson(FIRST, { ...row!, clearance: {} as never }))).toMatchObject({ slug: 'invalid-body', details: { errors: [{ code: 'INVALID_PERSON' }] } }); // prettier-ignore
  const commands = elsewhere();
  await administration.stop();
  expect(await refusal(commands.proposePartner(FIRST, HARBOUR))).toMatchObject({ slug: 'fail-closed', details: { part: 'registry' } }); // prettier-ignore
});

test('a gateway is the administration gateway, or asks it, or neither; half of either is refused at the start', () => {
  const base = {
    SITEBUS_VIEW: 's-can', SITEBUS_CURSOR_KEYS: `1:${'A'.repeat(43)}`, SITEBUS_LEDGER_SALT: 'A'.repeat(43), SITEBUS_SCHEMA_LOCK: 'lock',
    SITEBUS_POLICY_ROOTS: 'a,b', SITEBUS_REGISTRY_URL: 'http://r', SITEBUS_BROKERS: 'b:1', SITEBUS_BUS_USERNAME: 'gateway.s-can', SITEBUS_BUS_PASSWORD: 'p',
    SITEBUS_STORE_URL: 'postgres://x', SITEBUS_ISSUERS_FILE: 'f',
  }; // prettier-ignore
  const faults = (more: Record<string, string>): readonly string[] => {
    try {
      loadProcessConfig({ ...base, ...more });
      return [];
    } catch (cause) {
      return (cause as { details: { faults: { name: string }[] } }).details.faults.map(({ name }) => name);
    }
  };
  const [url, password, port, credential] = [{ SITEBUS_PEOPLE_URL: 'http://a:1' }, { SITEBUS_PEOPLE_PASSWORD: 'p' }, { SITEBUS_PEOPLE_PORT: '1' }, { SITEBUS_PEOPLE_CREDENTIAL: CREDENTIAL }]; // prettier-ignore
  for (const whole of [{}, { ...url, ...credential }, password, { ...password, ...port, ...credential }])
    expect(faults(whole)).toEqual([]);
  expect(faults(url)).toEqual(['SITEBUS_PEOPLE_CREDENTIAL']);
  expect(faults({ ...password, ...port })).toEqual(['SITEBUS_PEOPLE_CREDENTIAL']);
  expect(faults({ ...port, ...credential })).toEqual(['SITEBUS_PEOPLE_PORT']);
  expect(faults({ ...url, ...password, ...credential })).toEqual(['SITEBUS_PEOPLE_URL']);
  expect(faults({ SITEBUS_RESEARCH_URL: 'http://r:1' })).toEqual(['SITEBUS_RESEARCH_CREDENTIAL']);
});
