// What broker and registry have now, in the shape that `diff` compares.
// Holds: reads only; a handful of requests however large the policy; internal topics are left out.

import type { RecordSchema } from '@sitebus/sdk';
import type { BrokerAcl, BrokerAdmin, BrokerTopic } from './adapters/broker.ts';
import type { RegisteredSchema, RegistryAdmin } from './adapters/registry.ts';
import { COMPATIBILITY, faultsOf } from './subjects.ts';
import type { SubjectFault } from './subjects.ts';

/** The broker's side: everything provisioning may create, alter or find too much of. */
export interface ObservedBroker {
  readonly clusterId: string;
  /** Broker nodes alive now; bounds the replication of what is created. */
  readonly nodes: number;
  /** By name. */
  readonly topics: ReadonlyMap<string, BrokerTopic>;
  readonly acls: readonly BrokerAcl[];
  readonly users: ReadonlySet<string>;
}

/** The registry's side, for the schemas that were asked about. */
export interface ObservedRegistry {
  readonly level: string;
  /** By subject; a schema that is not registered as it stands is absent. */
  readonly registered: ReadonlyMap<string, RegisteredSchema>;
  /** Schemas that may not be registered, with the registry's reasons. */
  readonly faults: readonly SubjectFault[];
}

/** Settings that policy decides; anything else on a topic is the operator's and is left alone. */
export const DECIDED_SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'message.timestamp.type',
  'min.compaction.lag.ms',
  'max.message.bytes',
  'min.insync.replicas',
] as const;

/** Reads topics with their settings, ACLs and SCRAM users. */
export async function observeBroker(broker: BrokerAdmin): Promise<ObservedBroker> {
  const [cluster, acls, users] = await Promise.all([broker.cluster(), broker.acls(), broker.scramUsers()]);
  const settings = await broker.settingsOf(
    cluster.topics.map(({ name }) => name),
    DECIDED_SETTINGS,
  );
  return {
    clusterId: cluster.clusterId,
    nodes: cluster.nodes,
    topics: new Map(
      cluster.topics.map((topic) => [topic.name, { ...topic, settings: settings.get(topic.name) ?? {} }]),
    ),
    acls,
    users: new Set(users),
  };
}

/** Looks every schema up, and asks of the unknown ones whether they would be taken. Registers nothing. */
export async function observeRegistry(
  registry: RegistryAdmin,
  schemas: readonly RecordSchema[],
): Promise<ObservedRegistry> {
  const [level, found] = await Promise.all([
    registry.level(),
    Promise.all(schemas.map(({ subject, text }) => registry.find(subject, text))),
  ]);
  const registered = new Map(found.flatMap((entry) => (entry === undefined ? [] : [[entry.subject, entry] as const])));
  const unknown = schemas.filter(({ subject }) => !registered.has(subject));
  // Below the level we demand the registry's own "compatible" would mean less; apply raises it first.
  const faults = level === COMPATIBILITY ? await faultsOf(registry, unknown) : [];
  return { level, registered, faults };
}
