// The bus as one AsyncAPI 3 document: a channel a topic, from policy, the schema lock and who may write what.
// Holds: pure; cells and views that the reader's clearance does not dominate are left out as if they did not exist; payloads are
// by reference to the locked schemas; nothing here depends on a record. Source: AsyncAPI 3.0.0, Kafka bindings 0.5.0; README.md#topics

import { cellsOf, clearanceDominates, type Clearance } from '@sitebus/marking';
import { busTopics, type BusTopic, type TopicKind } from '@sitebus/kit';
import { CLOUD_EVENT_HEADERS, newestOf, OBSERVATION_NAMESPACE, writerOf } from '@sitebus/sdk';
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

/** A topic, and what lies on it. */
type Topic = BusTopic & Description;

interface Description {
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
      `write.${topic.name}`,
      { action: 'send', channel: { $ref: `#/channels/${channelId(topic)}` }, summary: `Written by principal ${topic.writtenBy} alone.` },
    ])),
    components: { messages: { ...Object.fromEntries(subjects.map((subject) => [subject, messageOf(subject, parts, held)])), note: NOTE } },
  };
} // prettier-ignore

/** Topics that may be known, by name. */
function topicsOf({ policy, lock }: AsyncApiParts, held: Clearance): readonly Topic[] {
  const cells = cellsOf(held, policy.cells).map(({ id }) => id);
  const views = policy.views.filter(({ clearance }) => clearanceDominates(held, clearance)).map(({ id }) => id);
  const isKnown = (topic: BusTopic): boolean =>
    'cell' in topic ? cells.includes(topic.cell) : !('view' in topic) || views.includes(topic.view);
  const known = busTopics(policy).filter(isKnown);
  return known.map((topic) => ({ ...topic, ...descriptionOf(topic, policy, lockedSubjects(lock)) }));
}

function descriptionOf(topic: BusTopic, policy: Policy, locked: readonly string[]): Description {
  const within = (namespace: string): string[] => locked.filter((subject) => subject.startsWith(`${namespace}.`));
  const by = (writtenBy: string, summary: string, subjects: readonly string[] = []): Description => ({
    writtenBy,
    summary,
    subjects,
  });
  switch (topic.kind) {
    case 'obs': {
      const { writer, cell } = topic;
      const own = within(OBSERVATION_NAMESPACE).filter((subject) => mayWrite(writer, subject, policy));
      return by(`agency.${writer}.${cell}`, `Observations of ${writer} in the cell ${cell}.`, own);
    }
    case 'dead':
      return by(
        `agency.${topic.writer}.${topic.cell}`,
        `Input of ${topic.writer} that was refused in the cell ${topic.cell}, with its bytes.`,
      );
    case 'spill':
      return by('registry', `Records of the cell ${topic.cell} that everybody skips, by signed order.`);
    case 'people':
      return by('registry', 'The registry: persons, keys, partners, proposals, and its heartbeat.');
    default:
      return OF_A_VIEW[topic.kind](topic.view, within, by);
  }
}

type OfAView = (
  view: string,
  within: (namespace: string) => string[],
  by: (writtenBy: string, summary: string, subjects?: readonly string[]) => Description,
) => Description;

const OF_A_VIEW: Readonly<Record<Exclude<TopicKind, 'obs' | 'dead' | 'spill' | 'people'>, OfAView>> = {
  assess: (view, _within, by) => by(`fusion.${view}`, `Assessments of the view ${view}.`, ['ca.sitebus.fusion.Assessment']),
  alert: (view, _within, by) => by(`fusion.${view}`, `Alerts of the view ${view}; their order is the cursor.`, ['ca.sitebus.fusion.Alert']),
  lane: (view, within, by) => by(`fusion.${view}`, `Committed steps of the fusion of ${view}.`, within('ca.sitebus.fusion').filter((subject) => subject.endsWith('.Cut'))),
  ops: (view, _within, by) => by(`gateway.${view}`, `Notices for operators of the view ${view}.`),
  ledger: (view, _within, by) => by(`gateway.${view}`, `Leaves of what was released in the view ${view}; a leaf's index is its offset.`),
  checkpoint: (view, _within, by) => by(`ledger.${view}`, 'Signed checkpoints of those leaves.'),
  denial: (view, _within, by) => by(`gateway.${view}`, `Leaves of what was asked for in vain in the view ${view}.`),
  'denial-checkpoint': (view, _within, by) => by(`ledger.${view}`, 'Signed checkpoints of those leaves.'),
  receipt: (view, within, by) => by(`gateway.${view}`, `Who was issued, sent, opened, acknowledged what in the view ${view}.`, within('ca.sitebus.gateway')),
  case: (view, within, by) => by('guard', `Events of matters in the view ${view}.`, within('ca.sitebus.protocol')),
}; // prettier-ignore

const lockedSubjects = ({ entries }: SchemaLock): readonly string[] => [
  ...new Set(entries.map(({ subject }) => subject)),
];

/** Types that policy limits are written by those it names; every tenant shares the topics of `partners`. */
function mayWrite(writer: string, subject: string, { writers }: Policy): boolean {
  const limited = writers[subject.slice(OBSERVATION_NAMESPACE.length + 1)];
  return limited === undefined || limited.some((agency) => writerOf(agency) === writer);
}

/** Names in the document have neither dots nor slashes in references that tools resolve alike. */
const channelId = ({ name }: Topic): string => name.replaceAll('.', '_');

function channelOf({ name: address, summary, subjects }: Topic, rule: TopicRule | undefined): Channel {
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
