import { expect, test } from '@jest/globals';
import { loadPolicy, loadSchemaSet } from '@sitebus/sdk';
import type { BrokerAcl } from './adapters/broker.ts';
import type { ObservedBroker, ObservedRegistry } from './observe.ts';
import { hasDrift, isSettled, planOf, toBrokerAcl } from './plan.ts';
import type { DesiredState } from './plan.ts';
import { desiredState } from './provision.ts';
import { renderPlan, toJson } from './report.ts';

const desired: DesiredState = desiredState(await loadPolicy('schemas/policy'), await loadSchemaSet('schemas/avro'));
const counts = {
  cells: 6,
  views: 6,
  topics: desired.topics.length,
  principals: desired.principals.length,
  acls: desired.acls.length,
  schemas: desired.schemas.length,
};
const EMPTY_BROKER: ObservedBroker = {
  clusterId: 'c',
  nodes: 1,
  topics: new Map(),
  acls: [],
  users: new Set(['admin']),
};
const EMPTY_REGISTRY: ObservedRegistry = { level: 'FULL_TRANSITIVE', registered: new Map(), faults: [] };
const SETTLED_REGISTRY: ObservedRegistry = {
  ...EMPTY_REGISTRY,
  registered: new Map(desired.schemas.map(({ subject }, index) => [subject, { subject, id: index + 1, version: 1 }])),
};
const NOTHING_KNOWN = { known: new Set<string>(), admin: 'admin' };
const ALL_KNOWN = { known: new Set(desired.principals.map(({ name }) => name)), admin: 'admin' };
const FOREIGN: BrokerAcl = {
  principal: 'User:*',
  host: '*',
  permission: 'ALLOW',
  operation: 'READ',
  resource: 'TOPIC',
  pattern: 'LITERAL',
  name: '*',
};

test('on an empty broker everything is created, and nothing is drift', () => {
  const plan = planOf(desired, EMPTY_BROKER, EMPTY_REGISTRY, NOTHING_KNOWN);
  expect({
    topics: plan.createTopics.length,
    passwords: plan.setPasswords.length,
    acls: plan.createAcls.length,
    schemas: plan.register.length,
    drifted: hasDrift(plan),
  }).toEqual({
    topics: desired.topics.length,
    passwords: desired.principals.length,
    acls: desired.acls.length,
    schemas: desired.schemas.length,
    drifted: false,
  });
});

test('a broker that is as policy says needs nothing', () => {
  const plan = planOf(desired, settledBroker(), SETTLED_REGISTRY, ALL_KNOWN);
  expect([isSettled(plan), hasDrift(plan)]).toEqual([true, false]);
});

test('a rule, a principal and a topic that nobody asked for are drift, and do not unsettle the plan', () => {
  const broker = settledBroker();
  const plan = planOf(
    desired,
    {
      ...broker,
      acls: [...broker.acls, FOREIGN],
      users: new Set([...broker.users, 'mallory']),
      topics: new Map([...broker.topics, ['stray', { name: 'stray', partitions: 1, settings: {} }]]),
    },
    SETTLED_REGISTRY,
    ALL_KNOWN,
  );
  expect([plan.drift, isSettled(plan)]).toEqual([{ acls: [FOREIGN], users: ['mallory'], topics: ['stray'] }, true]);
});

test('a rule that is there as a denial is drift, and the one that allows is still created', () => {
  const broker = settledBroker();
  const [first, ...rest] = broker.acls as [BrokerAcl, ...BrokerAcl[]];
  const denied = { ...first, permission: 'DENY' };
  const plan = planOf(desired, { ...broker, acls: [denied, ...rest] }, SETTLED_REGISTRY, ALL_KNOWN);
  expect([plan.createAcls, plan.drift.acls]).toEqual([[first], [denied]]);
});

test('a setting that differs is altered back, and the order of a list is no difference', () => {
  const broker = settledBroker();
  const topics = new Map(broker.topics);
  topics.set('obs.open.cse', {
    name: 'obs.open.cse',
    partitions: 1,
    settings: {
      ...broker.topics.get('obs.open.cse')?.settings,
      'retention.ms': '1',
      'cleanup.policy': 'delete,compact',
    },
  });
  const plan = planOf(desired, { ...broker, topics }, SETTLED_REGISTRY, ALL_KNOWN);
  expect(plan.alterTopics).toEqual([
    { name: 'obs.open.cse', settings: { 'retention.ms': '94608000000' }, before: { 'retention.ms': '1' } },
  ]);
});

test('partitions are added where no key must stay, refused where keys would move, and never taken away', () => {
  const broker = settledBroker();
  const topics = new Map(broker.topics);
  const withPartitions = (name: string, partitions: number): void => {
    topics.set(name, { name, partitions, settings: broker.topics.get(name)?.settings ?? {} });
  };
  withPartitions('obs.open.cse', 2);
  withPartitions('assess.public', 2);
  withPartitions('alert.public', 3);
  const asksForMore = ['obs.open.cse', 'assess.public'];
  const wanted = desired.topics.map((topic) =>
    asksForMore.includes(topic.name) ? { ...topic, partitions: 4 } : topic,
  );
  const plan = planOf({ ...desired, topics: wanted }, { ...broker, topics }, SETTLED_REGISTRY, ALL_KNOWN);
  expect(plan.addPartitions).toEqual([{ name: 'obs.open.cse', before: 2, partitions: 4 }]);
  expect(plan.blocked.map(({ what }) => what)).toEqual(['alert.public', 'assess.public']);
});

test('a password that this data folder never set on this cluster is set again', () => {
  const plan = planOf(desired, settledBroker(), SETTLED_REGISTRY, NOTHING_KNOWN);
  expect(plan.setPasswords).toEqual(desired.principals.map(({ name }) => name));
});

test('a registry with a lower level is raised, and its verdict on schemas is not believed before', () => {
  expect(planOf(desired, settledBroker(), { ...SETTLED_REGISTRY, level: 'NONE' }, ALL_KNOWN).raiseLevelFrom).toBe(
    'NONE',
  );
});

test('three broker nodes give three replicas of which two must have a record', () => {
  const plan = planOf(desired, { ...EMPTY_BROKER, nodes: 5 }, EMPTY_REGISTRY, NOTHING_KNOWN);
  const shapes = new Set(
    plan.createTopics.map(
      ({ replicationFactor, settings }) => `${replicationFactor} ${settings['min.insync.replicas'] ?? ''}`,
    ),
  );
  expect([...shapes]).toEqual(['3 2']);
});

test('an incompatible schema is reported with its subject and reason, and is not among those to register', () => {
  const subject = desired.schemas[0]?.subject ?? '';
  const plan = planOf(
    desired,
    settledBroker(),
    { ...EMPTY_REGISTRY, faults: [{ subject, reasons: ['no default for x'] }] },
    ALL_KNOWN,
  );
  expect(plan.register.map((schema) => schema.subject)).not.toContain(subject);
  expect(renderPlan(plan, counts)).toContain(`x schema       ${subject}  no default for x`);
});

test('the report names every change and no password', () => {
  const plan = planOf(desired, EMPTY_BROKER, EMPTY_REGISTRY, NOTHING_KNOWN);
  const text = renderPlan(plan, counts);
  expect(text).toContain('+ acl          agency.cse.open WRITE TOPIC obs.open.cse');
  expect(text.split('\n').filter((line) => /^[+~!x] /.test(line))).toHaveLength(
    desired.topics.length + desired.principals.length + desired.acls.length + desired.schemas.length,
  );
  expect(text).toMatch(/\nnext: provision --apply\n$/);
  expect(renderPlan(plan, counts, true)).toMatch(/\ndone\n$/);
  expect(JSON.parse(toJson(plan, counts))).toMatchObject({ settled: false, drifted: false, counts });
});

function settledBroker(): ObservedBroker {
  return {
    clusterId: 'c',
    nodes: 1,
    topics: new Map(desired.topics.map((topic) => [topic.name, topic])),
    acls: desired.acls.map(toBrokerAcl),
    users: new Set(['admin', ...desired.principals.map(({ name }) => name)]),
  };
}
