// The bus as one AsyncAPI 3 document: a channel a topic, from policy, the schema lock and who may write what.
// Holds: pure; cells and views that the reader's clearance does not dominate are left out as if they did not exist; payloads are
// by reference to the locked schemas; nothing here depends on a record. Source: AsyncAPI 3.0.0, Kafka bindings 0.5.0; README.md#topics

import { cellsOf, clearanceDominates, type Clearance } from '@sitebus/marking';
import {
  alertTopic,
  assessTopic,
  caseTopic,
  checkpointTopic,
  CLOUD_EVENT_HEADERS,
  deadTopic,
  denialCheckpointTopic,
  denialTopic,
  laneTopic,
  ledgerTopic,
  newestOf,
  OBSERVATION_NAMESPACE,
  obsTopic,
  opsTopic,
  PEOPLE_TOPIC,
  receiptTopic,
  spillTopic,
  writerOf,
} from '@sitebus/sdk';
import type { Policy, SchemaLock, TopicRule } from '@sitebus/sdk'; // prettier-ignore

/** A channel as the document has it. */
export interface Channel {
  readonly address: string;
  readonly summary: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  readonly bindings: { readonly kafka: Readonly<Record<string, unknown>> };
}

/** The document. */
export interface AsyncApi {
  readonly asyncapi: '3.0.0';
  readonly info: Readonly<Record<string, unknown>>;
  readonly defaultContentType: string;
  readonly servers: Readonly<Record<string, unknown>>;
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, unknown>>;
  readonly components: Readonly<Record<string, unknown>>;
}

/** A topic: whose it is, what lies on it. */
interface Topic {
  readonly address: string;
  readonly kind: string;
  readonly summary: string;
  /** Subjects of Avro records; none: JSON or a signed note. */
  readonly subjects: readonly string[];
  /** The principal that writes it. */
  readonly writtenBy: string;
}

/** Parts of the document that are the same for everybody. */
export interface AsyncApiParts {
  readonly policy: Policy;
  readonly lock: SchemaLock;
  readonly version: string;
  /** One valid record a type, as JSON, by subject; types without one have no example. */
  readonly examples: ReadonlyMap<string, unknown>;
  /** Whether an example may be shown to the holder of a clearance. */
  readonly maySee: (example: unknown, clearance: Clearance) => boolean;
}

/** @returns the document as far as the holder of this clearance may know of the bus. */
export function asyncApiOf(parts: AsyncApiParts, held: Clearance): AsyncApi {
  const { policy, version } = parts;
  const topics = topicsOf(parts, held);
  const rules = new Map(policy.topics.map((rule) => [rule.kind, rule]));
  const subjects = [...new Set(topics.flatMap((topic) => topic.subjects))].sort();
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'sitebus',
      version: `${version}+policy.${policy.version}`,
      description: 'Topics that you may know of. Records are Confluent wire format with CloudEvents headers; the decoded envelope is the truth.',
    },
    defaultContentType: 'application/avro',
    servers: {
      bus: {
        host: '{bootstrap}',
        protocol: 'kafka-secure',
        variables: { bootstrap: { description: 'Where the brokers listen, as whoever runs the bus says.', default: 'localhost:19094' } },
        security: [{ type: 'scramSha512', description: 'One principal a service and cell, or view; see the ACLs of provisioning.' }],
      },
    },
    channels: Object.fromEntries(topics.map((topic) => [channelId(topic), channelOf(topic, rules.get(topic.kind))])),
    operations: Object.fromEntries(topics.map((topic) => [
      `write.${topic.address}`,
      { action: 'send', channel: { $ref: `#/channels/${channelId(topic)}` }, summary: `Written by principal ${topic.writtenBy} alone.` },
    ])),
    components: { messages: { ...Object.fromEntries(subjects.map((subject) => [subject, messageOf(subject, parts, held)])), note: NOTE } },
  };
} // prettier-ignore

/** Topics that may be known, by name. */
function topicsOf({ policy, lock }: AsyncApiParts, held: Clearance): readonly Topic[] {
  const cells = cellsOf(held, policy.cells).map(({ id }) => id);
  const views = policy.views.filter(({ clearance }) => clearanceDominates(held, clearance)).map(({ id }) => id);
  const within = (namespace: string): string[] => lockedSubjects(lock).filter((subject) => subject.startsWith(`${namespace}.`));
  const observations = within(OBSERVATION_NAMESPACE);
  const writers = cells.flatMap((cell) =>
    [...new Set(policy.agencies.filter((agency) => agency.cells.includes(cell)).map(({ id }) => writerOf(id)))].map((writer) => ({ cell, writer })),
  );
  const topic = (address: string, kind: string, writtenBy: string, summary: string, subjects: readonly string[] = []): Topic => ({ address, kind, writtenBy, summary, subjects });
  return [
    ...writers.flatMap(({ cell, writer }) => [
      topic(obsTopic(cell, writer), 'obs', `agency.${writer}.${cell}`, `Observations of ${writer} in the cell ${cell}.`, observations.filter((subject) => mayWrite(writer, subject, policy))),
      topic(deadTopic(cell, writer), 'dead', `agency.${writer}.${cell}`, `Input of ${writer} that was refused in the cell ${cell}, with its bytes.`),
    ]),
    ...cells.map((cell) => topic(spillTopic(cell), 'spill', 'registry', `Records of the cell ${cell} that everybody skips, by signed order.`)),
    ...views.flatMap((view) => [
      topic(assessTopic(view), 'assess', `fusion.${view}`, `Assessments of the view ${view}.`, ['ca.sitebus.fusion.Assessment']),
      topic(alertTopic(view), 'alert', `fusion.${view}`, `Alerts of the view ${view}; their order is the cursor.`, ['ca.sitebus.fusion.Alert']),
      topic(laneTopic(view), 'lane', `fusion.${view}`, `Committed steps of the fusion of ${view}.`, within('ca.sitebus.fusion').filter((subject) => subject.endsWith('.Cut'))),
      topic(opsTopic(view), 'ops', `gateway.${view}`, `Notices for operators of the view ${view}.`),
      topic(ledgerTopic(view), 'ledger', `gateway.${view}`, `Leaves of what was released in the view ${view}; a leaf's index is its offset.`),
      topic(checkpointTopic(view), 'checkpoint', `ledger.${view}`, `Signed checkpoints of those leaves.`),
      topic(denialTopic(view), 'denial', `gateway.${view}`, `Leaves of what was asked for in vain in the view ${view}.`),
      topic(denialCheckpointTopic(view), 'denial-checkpoint', `ledger.${view}`, `Signed checkpoints of those leaves.`),
      topic(receiptTopic(view), 'receipt', `gateway.${view}`, `Who was issued, sent, opened, acknowledged what in the view ${view}.`, within('ca.sitebus.gateway')),
      topic(caseTopic(view), 'case', 'guard', `Events of matters in the view ${view}.`, within('ca.sitebus.protocol')),
    ]),
    topic(PEOPLE_TOPIC, 'people', 'registry', 'The registry: persons, keys, partners, proposals, and its heartbeat.'),
  ].sort((a, b) => (a.address < b.address ? -1 : 1));
} // prettier-ignore

const lockedSubjects = ({ entries }: SchemaLock): readonly string[] => [
  ...new Set(entries.map(({ subject }) => subject)),
];

/** Types that policy limits are written by those it names; every tenant shares the topics of `partners`. */
function mayWrite(writer: string, subject: string, { writers }: Policy): boolean {
  const limited = writers[subject.slice(OBSERVATION_NAMESPACE.length + 1)];
  return limited === undefined || limited.some((agency) => writerOf(agency) === writer);
}

/** Names in the document have neither dots nor slashes in references that tools resolve alike. */
const channelId = ({ address }: Topic): string => address.replaceAll('.', '_');

function channelOf({ address, summary, subjects }: Topic, rule: TopicRule | undefined): Channel {
  const named = subjects.length === 0 ? ['note'] : subjects;
  return {
    address,
    summary,
    messages: Object.fromEntries(named.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: {
      kafka: {
        topic: address,
        ...(rule && {
          partitions: rule.partitions,
          topicConfiguration: { 'cleanup.policy': rule.cleanup.split(','), 'retention.ms': rule.retentionMs },
        }),
        bindingVersion: '0.5.0',
      },
    },
  };
}

function messageOf(subject: string, { lock, examples, maySee }: AsyncApiParts, held: Clearance): unknown {
  const locked = newestOf(lock, subject);
  const example = examples.get(subject);
  return {
    name: subject,
    title: subject.slice(subject.lastIndexOf('.') + 1),
    contentType: 'application/avro',
    ...(subject.startsWith(`${OBSERVATION_NAMESPACE}.`) && { headers: HEADERS }),
    payload: {
      schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0',
      schema: { $ref: `/v1/schemas/${subject}#/schema` },
    },
    bindings: {
      kafka: {
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        ...(locked && { 'x-schema-id': locked.id, 'x-schema-version': locked.version }),
        bindingVersion: '0.5.0',
      },
    },
    ...(example !== undefined && maySee(example, held) && { examples: [{ name: 'full', payload: example }] }),
  };
}

const HEADERS = {
  type: 'object',
  description: 'Hints; the decoded envelope is the truth.',
  properties: Object.fromEntries([...CLOUD_EVENT_HEADERS, 'traceparent'].map((name) => [name, { type: 'string' }])),
};
const NOTE = {
  name: 'note',
  title: 'Note',
  contentType: 'application/json',
  summary: 'JSON, or a signed note; for the services that read it.',
};
