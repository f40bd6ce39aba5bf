// What would have to change: desired against observed, as a list that a person can read and `apply` can follow.
// Holds: pure; the same two states give the same plan; nothing is ever planned that deletes a topic or a record.
// Drift is what broker or registry have beyond policy: it is always reported, and removed only where that is asked for.
// Source: README.md#plan-and-drift

import type { RecordSchema } from '@sitebus/sdk';
import type { Acl } from './acls.ts';
import type { BrokerAcl, BrokerTopic, NewTopic } from './adapters/broker.ts';
import type { ObservedBroker, ObservedRegistry } from './observe.ts';
import type { Principal } from './principals.ts';
import { COMPATIBILITY } from './subjects.ts';
import type { SubjectFault } from './subjects.ts';
import type { DesiredTopic } from './topics.ts';

/** Everything policy and contract ask for. */
export interface DesiredState {
  readonly topics: readonly DesiredTopic[];
  readonly principals: readonly Principal[];
  readonly acls: readonly Acl[];
  readonly schemas: readonly RecordSchema[];
}

/** Settings of a topic that differ, each as it is and as it should be. */
export interface TopicChange {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<string, string>>;
}

/** What nobody asked for. Topics are only named: what lies in them is not ours to delete. */
export interface Drift {
  readonly acls: readonly BrokerAcl[];
  readonly users: readonly string[];
  readonly topics: readonly string[];
}

/** What policy asks for and provisioning will not do, with the reason. */
export interface Blocked {
  readonly what: string;
  readonly reason: string;
}

/** All changes, by kind. */
export interface Plan {
  readonly createTopics: readonly NewTopic[];
  readonly alterTopics: readonly TopicChange[];
  /** Topics whose order is no contract and that get more partitions. */
  readonly addPartitions: readonly { readonly name: string; readonly before: number; readonly partitions: number }[];
  /** Principals that need their password set: new, or unknown to this data folder. */
  readonly setPasswords: readonly string[];
  readonly createAcls: readonly BrokerAcl[];
  /** The registry's level as it is, when it must be raised. */
  readonly raiseLevelFrom?: string;
  readonly register: readonly RecordSchema[];
  readonly incompatible: readonly SubjectFault[];
  readonly drift: Drift;
  readonly blocked: readonly Blocked[];
}

/** What decides which passwords are set again. */
export interface KnownPasswords {
  /** Principals whose password this data folder has set on this very cluster. */
  readonly known: ReadonlySet<string>;
  /** The administrator's own name: never drift. */
  readonly admin: string;
}

const MAX_REPLICAS = 3;

/** Compares. Nothing in the answer is a promise: `apply` may still meet a broker that has moved on. */
export function planOf(
  desired: DesiredState,
  broker: ObservedBroker,
  registry: ObservedRegistry,
  passwords: KnownPasswords,
): Plan {
  const present = desired.topics.flatMap((topic) => {
    const observed = broker.topics.get(topic.name);
    return observed === undefined ? [] : [{ topic, observed }];
  });
  const wantedAcls = desired.acls.map(toBrokerAcl);
  const have = new Set(broker.acls.map(brokerAclKey));
  const refused = new Set(registry.faults.map(({ subject }) => subject));
  return {
    createTopics: desired.topics
      .filter(({ name }) => !broker.topics.has(name))
      .map((topic) => toNewTopic(topic, broker.nodes)),
    alterTopics: present.flatMap(({ topic, observed }) => settingsChange(topic, observed)),
    addPartitions: present
      .filter(({ topic, observed }) => observed.partitions < topic.partitions && !isKeyed(topic))
      .map(({ topic, observed }) => ({ name: topic.name, before: observed.partitions, partitions: topic.partitions })),
    setPasswords: desired.principals
      .map(({ name }) => name)
      .filter((name) => !broker.users.has(name) || !passwords.known.has(name)),
    createAcls: wantedAcls.filter((acl) => !have.has(brokerAclKey(acl))),
    ...(registry.level === COMPATIBILITY ? {} : { raiseLevelFrom: registry.level }),
    register: desired.schemas.filter(({ subject }) => !registry.registered.has(subject) && !refused.has(subject)),
    incompatible: registry.faults,
    drift: driftOf(desired, wantedAcls, broker, passwords.admin),
    blocked: present.flatMap(({ topic, observed }) => blockedPartitions(topic, observed)),
  };
}

/** @returns whether broker and registry already are what policy asks for; drift and blocked wishes do not count. */
export const isSettled = (plan: Plan): boolean =>
  plan.createTopics.length +
    plan.alterTopics.length +
    plan.addPartitions.length +
    plan.setPasswords.length +
    plan.createAcls.length +
    plan.register.length +
    plan.incompatible.length ===
    0 && plan.raiseLevelFrom === undefined;

/** @returns whether something is on the broker that policy does not have. */
export const hasDrift = ({ drift }: Plan): boolean => drift.acls.length + drift.users.length + drift.topics.length > 0;

/** A rule of policy in the broker's words. */
export function toBrokerAcl(acl: Acl): BrokerAcl {
  return {
    principal: `User:${acl.principal}`,
    host: '*',
    permission: 'ALLOW',
    operation: acl.operation,
    resource: { topic: 'TOPIC', group: 'GROUP', 'transactional-id': 'TRANSACTIONAL_ID' }[acl.resource],
    pattern: acl.pattern.toUpperCase(),
    name: acl.name,
  };
}

/** One line that identifies a broker's rule. */
export const brokerAclKey = (acl: BrokerAcl): string =>
  [acl.permission, acl.principal, acl.host, acl.operation, acl.resource, acl.pattern, acl.name].join(' ');

function toNewTopic(topic: DesiredTopic, nodes: number): NewTopic {
  const replicationFactor = Math.max(1, Math.min(MAX_REPLICAS, nodes));
  const settings =
    replicationFactor === MAX_REPLICAS ? { ...topic.settings, 'min.insync.replicas': '2' } : topic.settings;
  return { name: topic.name, partitions: topic.partitions, replicationFactor, settings };
}

function settingsChange(topic: DesiredTopic, observed: BrokerTopic): TopicChange[] {
  const different = Object.entries(topic.settings).filter(
    ([name, value]) => !isSame(name, observed.settings[name], value),
  );
  if (different.length === 0) return [];
  const before = different.map(([name]) => [name, observed.settings[name] ?? '(broker default)']);
  return [
    {
      name: topic.name,
      settings: Object.fromEntries(different),
      before: Object.fromEntries(before) as Record<string, string>,
    },
  ];
}

/** `compact,delete` and `delete,compact` are the same policy. */
function isSame(name: string, observed: string | undefined, wanted: string): boolean {
  if (observed === undefined) return false;
  if (name !== 'cleanup.policy') return observed === wanted;
  return observed.split(',').sort().join() === wanted.split(',').sort().join();
}

/** Where the key must stay on its partition, more partitions would let compaction keep two "latest" records. */
const isKeyed = (topic: DesiredTopic): boolean => topic.settings['cleanup.policy'] === 'compact';

function blockedPartitions(topic: DesiredTopic, observed: BrokerTopic): Blocked[] {
  if (observed.partitions > topic.partitions) {
    return [
      {
        what: topic.name,
        reason: `has ${observed.partitions} partitions, policy says ${topic.partitions}: they cannot be taken away`,
      },
    ];
  }
  if (observed.partitions < topic.partitions && isKeyed(topic)) {
    return [
      {
        what: topic.name,
        reason: `has ${observed.partitions} partitions, policy says ${topic.partitions}: its keys would change partition`,
      },
    ];
  }
  return [];
}

function driftOf(
  desired: DesiredState,
  wantedAcls: readonly BrokerAcl[],
  broker: ObservedBroker,
  admin: string,
): Drift {
  const wanted = new Set(wantedAcls.map(brokerAclKey));
  const principals = new Set(desired.principals.map(({ name }) => name));
  const topics = new Set(desired.topics.map(({ name }) => name));
  return {
    acls: broker.acls.filter((acl) => !wanted.has(brokerAclKey(acl))),
    users: [...broker.users].filter((user) => user !== admin && !principals.has(user)).sort(),
    topics: [...broker.topics.keys()].filter((name) => !topics.has(name)).sort(),
  };
}
