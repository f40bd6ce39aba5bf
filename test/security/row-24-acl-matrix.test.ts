// Row 24: principal × topic × operation on a real broker, groups and transactional ids included, is what policy declares.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  fusionTransactionalId,
  groupOf,
  GUARD_TRANSACTIONAL_ID,
  loadPolicy,
  loadSchemaSet,
  REGISTRY_TRANSACTIONAL_ID,
} from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { connectBroker } from '../../deploy/provision/adapters/broker.ts';
import type { BrokerAcl, BrokerAdmin } from '../../deploy/provision/adapters/broker.ts';
import { desiredState, hasDrift, isSettled, provision } from '../../deploy/provision/index.ts';
import { brokerAclKey, toBrokerAcl } from '../../deploy/provision/plan.ts';
import type { DesiredState } from '../../deploy/provision/plan.ts';
import { provisionedStack } from '../support/provisioned-stack.ts';
import type { ProvisionedStack } from '../support/provisioned-stack.ts';
import { attemptsAs } from './broker-attempts.ts';
import type { Attempts, TopicWithId } from './broker-attempts.ts';

let stack: ProvisionedStack;
let policy: Policy;
let desired: DesiredState;
let admin: BrokerAdmin;
let topics: readonly TopicWithId[];

beforeAll(async () => {
  stack = await provisionedStack();
  policy = await loadPolicy('schemas/policy');
  desired = desiredState(policy, await loadSchemaSet('schemas/avro'));
  admin = await connectBroker(stack.brokers.join(), { user: stack.admin.username, password: stack.admin.password });
  topics = await admin.topicIds(desired.topics.map(({ name }) => name));
});
afterAll(() => admin.close());

describe('row 24', () => {
  test('every rule on the broker for a principal of policy is one that policy declares, and every declared one is there', async () => {
    const ours = new Set(desired.principals.map(({ name }) => `User:${name}`));
    const onBroker = (await admin.acls())
      .filter(({ principal }) => ours.has(principal))
      .map(brokerAclKey)
      .sort();
    expect(onBroker.length).toBeGreaterThan(100);
    expect(onBroker).toEqual(desired.acls.map(toBrokerAcl).map(brokerAclKey).sort());
  });

  test('nothing is granted to everybody', async () => {
    expect(
      (await admin.acls()).filter(({ principal, permission }) => principal === 'User:*' && permission === 'ALLOW'),
    ).toEqual([]);
  });

  test("the broker's authoriser grants each principal on each topic exactly the operations that policy declares", async () => {
    const granted = await matrix((attempts) => attempts.operations(topics.map(({ name }) => name)));
    expect(granted).toEqual(declared((has) => (has.length === 0 ? [] : [...has, 'DESCRIBE'])));
  });

  test('each principal that tries to write each topic is let through exactly where policy says WRITE', async () => {
    const tried = await matrix((attempts) => attempts.writes(topics.map(({ name }) => name)));
    expect(tried).toEqual(declared((has) => (has.includes('WRITE') ? 'ok' : 'TOPIC_AUTHORIZATION_FAILED')));
  });

  test('each principal that tries to read each topic is let through exactly where policy says READ', async () => {
    const tried = await matrix((attempts) => attempts.reads(topics));
    expect(tried).toEqual(declared((has) => (has.includes('READ') ? 'ok' : 'TOPIC_AUTHORIZATION_FAILED')));
  });

  test("each principal uses groups under its own name and none of another's", async () => {
    const names = desired.principals.map(({ name }) => name);
    const groups = names.map((name) => groupOf(name, 'row-24'));
    const tried = await matrix((attempts) => attempts.groups(groups));
    const expected = names.map((name) => [
      name,
      Object.fromEntries(
        groups.map((group) => [group, group === groupOf(name, 'row-24') ? 'ok' : 'GROUP_AUTHORIZATION_FAILED']),
      ),
    ]);
    expect(tried).toEqual(Object.fromEntries(expected));
  });

  test('each fusion, the guard and the registry use their own transactional id; nobody else uses any', async () => {
    const ids = [
      ...policy.views.map(({ id }) => fusionTransactionalId(id)),
      GUARD_TRANSACTIONAL_ID,
      REGISTRY_TRANSACTIONAL_ID,
    ];
    const tried = await matrix((attempts) => attempts.transactionalIds(ids));
    const expected = desired.principals.map((principal) => [
      principal.name,
      Object.fromEntries(
        ids.map((id) => [
          id,
          (principal.kind === 'fusion' && id === fusionTransactionalId(principal.view)) ||
          (principal.kind === 'guard' && id === GUARD_TRANSACTIONAL_ID) ||
          (principal.kind === 'registry' && id === REGISTRY_TRANSACTIONAL_ID)
            ? 'ok'
            : 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
        ]),
      ),
    ]);
    expect(tried).toEqual(Object.fromEntries(expected));
  });

  test("told apart by name alone: nobody but an agency's own principal of that cell gets through to write its observations", async () => {
    const observations = topics.map(({ name }) => name).filter((name) => name.startsWith('obs.'));
    const tried = await matrix((attempts) => attempts.writes(observations));
    const through = Object.entries(tried).flatMap(([principal, row]) =>
      Object.entries(row)
        .filter(([, answer]) => answer === 'ok')
        .map(([topic]) => `${principal} ${topic}`),
    );
    // agency.cse.open → obs.open.cse, and no other pair: what policy computes has no part in this expectation
    const own = Object.keys(tried)
      .map((principal) => principal.split('.'))
      .filter(([kind]) => kind === 'agency')
      .map(([, agency = '', cell = '']) => `agency.${agency}.${cell} obs.${cell}.${agency}`);
    expect(own.length).toBeGreaterThan(20);
    expect(through.sort()).toEqual(own.sort());
  });

  test.each([
    ['fusion.public', ['open']],
    ['fusion.partner', ['open', 'partner']],
    ['gateway.s-fvey', ['open', 'partner', 's-fvey']],
    ['fusion.pb-can', ['open', 'partner', 'pb-can']],
    ['agency.gac.s-can', []],
    ['registry', []],
  ])('told apart by name alone: %s reads observations of cells %j and of no other', async (principal, cells) => {
    const attempts = await attemptsAs(stack.brokers[0] ?? '', credentialOf(principal));
    const answers = await attempts.reads(topics.filter(({ name }) => name.startsWith('obs.')));
    await attempts.close();
    const read = [...answers].filter(([, answer]) => answer === 'ok').map(([topic]) => topic.split('.')[1] ?? '');
    expect(answers.size).toBeGreaterThan(20);
    expect(new Set(read)).toEqual(new Set(cells));
  });

  test('no principal may create a topic, change one, read the rules, write a rule or make a principal', async () => {
    const topic = `row-24-${randomUUID()}`;
    const rule: BrokerAcl = {
      principal: 'User:row-24',
      host: '*',
      permission: 'ALLOW',
      operation: 'READ',
      resource: 'TOPIC',
      pattern: 'LITERAL',
      name: topic,
    };
    const refusals = new Map<string, readonly string[]>();
    for (const { name } of desired.principals) {
      const broker = await connectBroker(stack.brokers.join(), { user: name, password: credentialOf(name).password });
      refusals.set(
        name,
        await Promise.all([
          refusalOf(broker.createTopics([{ name: topic, partitions: 1, replicationFactor: 1, settings: {} }])),
          refusalOf(broker.alterSettings([{ name: 'people', settings: { 'retention.ms': '1' } }])),
          refusalOf(broker.addPartitions([{ name: 'people', partitions: 9 }])),
          refusalOf(broker.acls()),
          refusalOf(broker.createAcls([rule])),
          refusalOf(broker.setPasswords([{ username: 'row-24', password: 'x' }])),
        ]),
      );
      await broker.close();
    }
    const expected = [
      'TOPIC_AUTHORIZATION_FAILED',
      'TOPIC_AUTHORIZATION_FAILED',
      'TOPIC_AUTHORIZATION_FAILED',
      'CLUSTER_AUTHORIZATION_FAILED',
      'CLUSTER_AUTHORIZATION_FAILED',
      'CLUSTER_AUTHORIZATION_FAILED',
    ];
    expect(Object.fromEntries(refusals)).toEqual(
      Object.fromEntries(desired.principals.map(({ name }) => [name, expected])),
    );
  });

  test('a principal with a wrong password is not let in at all', async () => {
    await expect(attemptsAs(stack.brokers[0] ?? '', { username: 'fusion.s-can', password: 'wrong' })).rejects.toThrow();
  });

  test("through a service's own client: an agency writes its own topic, and not another agency's in the same cell", async () => {
    const bus = busAs('agency.cse.open');
    const producer = await bus.createProducer(); // idempotent, without any right on the cluster
    const own = await producer.send({ topic: 'dead.open.cse', key: 'row-24', value: Buffer.from('row 24') });
    expect(own.topic).toBe('dead.open.cse');
    await expect(
      producer.send({ topic: 'obs.open.gac', key: 'row-24', value: Buffer.from('row 24') }),
    ).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await bus.close();
  });

  test("through a service's own client: the partner view's fusion reads partners' observations, and no secret ones", async () => {
    const bus = busAs('fusion.partner');
    await expect(bus.inspect.ends('obs.partner.partners')).resolves.toMatchObject([{ topic: 'obs.partner.partners' }]);
    await expect(bus.inspect.ends('obs.s-fvey.cse')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(bus.inspect.topics()).resolves.not.toContain('obs.s-fvey.cse');
    await bus.close();
  });

  test('provisioning again plans nothing', async () => {
    const { plan } = await provision({ ...options(), apply: false });
    expect(isSettled(plan)).toBe(true);
  });

  test('a rule added by hand is reported as drift', async () => {
    const rule: BrokerAcl = {
      principal: `User:row-24-${randomUUID()}`,
      host: '*',
      permission: 'ALLOW',
      operation: 'READ',
      resource: 'TOPIC',
      pattern: 'LITERAL',
      name: 'obs.ts-can.csis',
    };
    await admin.createAcls([rule]);
    const { plan } = await provision({ ...options(), apply: false });
    await admin.deleteAcls([rule]); // not `prune`: other suites of this run have rules of their own on this broker
    expect([hasDrift(plan), plan.drift.acls.map(brokerAclKey)]).toEqual([
      true,
      expect.arrayContaining([brokerAclKey(rule)]),
    ]);
    expect((await admin.acls()).map(brokerAclKey)).not.toContain(brokerAclKey(rule));
  });
});

/** Asks as every principal, each on its own connection; the answer by principal, then by what was asked. */
async function matrix<T>(
  ask: (attempts: Attempts) => Promise<ReadonlyMap<string, T>>,
): Promise<Record<string, Record<string, T>>> {
  const rows = await Promise.all(
    desired.principals.map(async ({ name }) => {
      const attempts = await attemptsAs(stack.brokers[0] ?? '', credentialOf(name));
      const row = Object.fromEntries(await ask(attempts));
      await attempts.close();
      return [name, row] as const;
    }),
  );
  return Object.fromEntries(rows);
}

/** The same table from policy; `cell` turns the operations declared for one principal on one topic into what is expected. */
function declared<T>(cell: (has: readonly string[]) => T): Record<string, Record<string, T>> {
  const has = new Map<string, string[]>();
  for (const acl of desired.acls) {
    if (acl.resource !== 'topic') continue;
    const key = `${acl.principal} ${acl.name}`;
    has.set(key, [...(has.get(key) ?? []), acl.operation]);
  }
  return Object.fromEntries(
    desired.principals.map(({ name }) => [
      name,
      Object.fromEntries(
        topics.map((topic) => [topic.name, cell([...(has.get(`${name} ${topic.name}`) ?? [])].sort())]),
      ),
    ]),
  );
}

function credentialOf(principal: string) {
  const credential = stack.credentials[principal];
  if (credential === undefined) throw new Error(`no password for ${principal}`);
  return credential;
}

const busAs = (principal: string) =>
  createKafkaBus({ brokers: stack.brokers, sasl: credentialOf(principal), clientId: 'row-24' });

const options = () => ({
  bootstrap: stack.brokers.join(),
  registryUrl: stack.registryUrl,
  admin: { user: stack.admin.username, password: stack.admin.password },
  dataDir: stack.dataDir,
  schemasDir: 'schemas',
});

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    return String((error as { details?: { error?: string } }).details?.error ?? error);
  }
}
