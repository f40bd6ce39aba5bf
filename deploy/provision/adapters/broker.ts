// The broker's administration as provisioning needs it: one connection, one request for many things.
// Holds: only this folder knows the Kafka protocol and its driver; every method sends one request however long its list;
// what already exists as asked is not an error.
// The driver's Admin class has no SCRAM users and one request a topic, so its protocol classes are used directly.

import { pbkdf2 as pbkdf2WithCallback, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  alterUserScramCredentialsV0,
  ConfigResourceTypes,
  ConfigSources,
  createAclsV3,
  createPartitionsV3,
  createTopicsV7,
  deleteAclsV3,
  describeAclsV3,
  describeConfigsV4,
  describeUserScramCredentialsV0,
  IncrementalAlterConfigOperationTypes,
  incrementalAlterConfigsV1,
  metadataV12,
  ScramMechanisms,
} from '@platformatic/kafka';
import type { BusTls } from '@sitebus/sdk';
import { EVERY_ACL, fromWire, toWire, type BrokerAcl } from './acl-wire.ts';
import { call, openConnection, REQUEST_TIMEOUT_MS, type AdminLogin } from './broker-connection.ts';

export type { AdminLogin, BrokerAcl };

const pbkdf2 = promisify(pbkdf2WithCallback);
/** RFC 5802; Kafka's own default and least count. Passwords here are 256 random bits, so more rounds buy nothing. */
const SCRAM_ITERATIONS = 4_096;
const SCRAM_KEY_BYTES = 64;
const TOPIC_ALREADY_EXISTS = 36;

/** What is asked of the broker for a topic that does not exist yet. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** A topic as the broker has it; `settings` are those set on the topic itself, not the broker's defaults. */
export interface BrokerTopic {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The whole cluster as one answer: which, how many nodes, which topics (internal ones left out). */
export interface BrokerCluster {
  readonly clusterId: string;
  readonly nodes: number;
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
}

/** A connection that may administrate. */
export interface BrokerAdmin {
  cluster(): Promise<BrokerCluster>;
  /** The broker's own ids of these topics, in its order. */
  topicIds(topics: readonly string[]): Promise<readonly { readonly name: string; readonly id: string }[]>;
  /** Settings that differ from the broker's defaults, by topic. */
  settingsOf(
    topics: readonly string[],
    names: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>;
  acls(): Promise<readonly BrokerAcl[]>;
  /** Names that have a SCRAM-SHA-512 password, sorted. */
  scramUsers(): Promise<readonly string[]>;
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  alterSettings(
    topics: readonly { readonly name: string; readonly settings: Readonly<Record<string, string>> }[],
  ): Promise<void>;
  addPartitions(topics: readonly { readonly name: string; readonly partitions: number }[]): Promise<void>;
  createAcls(acls: readonly BrokerAcl[]): Promise<void>;
  deleteAcls(acls: readonly BrokerAcl[]): Promise<void>;
  setPasswords(users: readonly { readonly username: string; readonly password: string }[]): Promise<void>;
  deleteUsers(usernames: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Connects. Rejects with UNREACHABLE or NOT_ADMIN (wrong name or password). */
export async function connectBroker(bootstrap: string, admin: AdminLogin, tls?: BusTls): Promise<BrokerAdmin> {
  const connection = await openConnection(bootstrap.split(','), admin, tls);
  return {
    async cluster() {
      const answer = await call('cluster', 'metadata', metadataV12.api.async(connection, null, false, false));
      return {
        clusterId: answer.clusterId ?? '',
        nodes: answer.brokers.length,
        topics: answer.topics
          .filter((topic) => !topic.isInternal && !(topic.name ?? '__').startsWith('__'))
          .map((topic) => ({ name: topic.name ?? '', partitions: topic.partitions.length })),
      };
    },
    async topicIds(topics) {
      const answer = await call('topics', 'ids', metadataV12.api.async(connection, [...topics], false, false));
      return answer.topics.map(({ name, topicId }) => ({ name: name ?? '', id: topicId }));
    },
    async settingsOf(topics, names) {
      if (topics.length === 0) return new Map();
      const resources = topics.map((resourceName) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName,
        configurationKeys: [...names],
      }));
      const answer = await call('settings', 'topics', describeConfigsV4.api.async(connection, resources, false, false));
      return new Map(answer.results.map(({ resourceName, configs }) => [resourceName, setOnTopic(configs)]));
    },
    async acls() {
      const answer = await call('acls', 'all', describeAclsV3.api.async(connection, EVERY_ACL));
      return answer.resources.flatMap((resource) => resource.acls.map((acl) => fromWire({ ...resource, ...acl })));
    },
    async scramUsers() {
      const answer = await call('users', 'all', describeUserScramCredentialsV0.api.async(connection, []));
      return answer.results
        .filter(({ credentialInfos }) =>
          credentialInfos.some(({ mechanism }) => mechanism === ScramMechanisms.SCRAM_SHA_512),
        )
        .map(({ user }) => user)
        .sort();
    },
    async createTopics(topics) {
      if (topics.length === 0) return;
      const wire = topics.map((topic) => ({
        name: topic.name,
        numPartitions: topic.partitions,
        replicationFactor: topic.replicationFactor,
        assignments: [],
        configs: Object.entries(topic.settings).map(([name, value]) => ({ name, value })),
      }));
      await call(
        'topics',
        nameOf(topics),
        createTopicsV7.api.async(connection, wire, REQUEST_TIMEOUT_MS, false),
        TOPIC_ALREADY_EXISTS,
      );
    },
    async alterSettings(topics) {
      if (topics.length === 0) return;
      const resources = topics.map(({ name, settings }) => ({
        resourceType: ConfigResourceTypes.TOPIC,
        resourceName: name,
        configs: Object.entries(settings).map(([key, value]) => ({
          name: key,
          configOperation: IncrementalAlterConfigOperationTypes.SET,
          value,
        })),
      }));
      await call('settings', nameOf(topics), incrementalAlterConfigsV1.api.async(connection, resources, false));
    },
    async addPartitions(topics) {
      if (topics.length === 0) return;
      const wire = topics.map(({ name, partitions }) => ({ name, count: partitions, assignments: null }));
      await call(
        'partitions',
        nameOf(topics),
        createPartitionsV3.api.async(connection, wire, REQUEST_TIMEOUT_MS, false),
      );
    },
    async createAcls(acls) {
      if (acls.length > 0) await call('acls', 'create', createAclsV3.api.async(connection, acls.map(toWire)));
    },
    async deleteAcls(acls) {
      if (acls.length > 0) await call('acls', 'delete', deleteAclsV3.api.async(connection, acls.map(toWire)));
    },
    async setPasswords(users) {
      if (users.length === 0) return;
      const upsertions = await Promise.all(users.map(({ username, password }) => salted(username, password)));
      await call('users', 'set', alterUserScramCredentialsV0.api.async(connection, [], upsertions));
    },
    async deleteUsers(usernames) {
      if (usernames.length === 0) return;
      const deletions = usernames.map((name) => ({ name, mechanism: ScramMechanisms.SCRAM_SHA_512 }));
      await call('users', 'delete', alterUserScramCredentialsV0.api.async(connection, deletions, []));
    },
    async close() {
      await connection.close();
    },
  };
}

const nameOf = (topics: readonly { readonly name: string }[]): string =>
  topics.length === 1 ? (topics[0]?.name ?? '') : `${topics.length} topics`;

function setOnTopic(
  configs: readonly {
    readonly name: string;
    readonly value: string | null | undefined;
    readonly configSource: number;
  }[],
): Record<string, string> {
  const own = configs.filter(({ configSource }) => configSource === ConfigSources.TOPIC_CONFIG);
  return Object.fromEntries(own.map(({ name, value }) => [name, value ?? '']));
}

async function salted(username: string, password: string) {
  const salt = randomBytes(24);
  const saltedPassword = await pbkdf2(password, salt, SCRAM_ITERATIONS, SCRAM_KEY_BYTES, 'sha512');
  return {
    name: username,
    mechanism: ScramMechanisms.SCRAM_SHA_512,
    iterations: SCRAM_ITERATIONS,
    salt,
    saltedPassword,
  };
}
