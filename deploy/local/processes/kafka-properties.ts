// The broker's server.properties as text, from ports, folder and secrets.
// Holds: every listener is on 127.0.0.1 and authenticates (clients by SCRAM, broker and controller links by PLAIN
// with a secret of their own); deny by default; User:admin alone is super, so no anonymous principal is.

/** What the file is computed from. */
export interface KafkaSettings {
  readonly ports: KafkaPorts;
  readonly logDir: string;
  /** The secret of the broker's and the controller's own links; never given to a client. */
  readonly internalPassword: string;
  /** Beside the three of a stack; default none. For tests: a stack of ours is on loopback without TLS. */
  readonly listeners?: readonly TlsListener[];
}

/** A listener of TLS. */
export interface TlsListener {
  /** In capitals, such as `TLS`. */
  readonly name: string;
  readonly port: number;
  readonly protocol: 'SASL_SSL' | 'SSL';
  /** Without the prefix of the listener; keys among them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The three listeners, all on loopback. Only `clients` is for anyone else. */
export interface KafkaPorts {
  readonly clients: number;
  readonly internal: number;
  readonly controller: number;
}

export const ADMIN_USER = 'admin';

// A dead letter may carry 16 MiB of refused bytes; batch and headers come on top. Topics restrict it further.
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/** @returns server.properties for one node that is broker and controller; secrets inside: write it mode 0600 */
export function kafkaProperties({ ports, logDir, internalPassword, listeners = [] }: KafkaSettings): string {
  const plain =
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    `username="${ADMIN_USER}" password="${internalPassword}" user_${ADMIN_USER}="${internalPassword}";`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const forClients = [
    `INT://127.0.0.1:${ports.internal}`,
    `CLI://127.0.0.1:${ports.clients}`,
    ...listeners.map(({ name, port }) => `${name}://127.0.0.1:${port}`),
  ];
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...forClients, `CONTROLLER://127.0.0.1:${ports.controller}`].join(),
    'advertised.listeners': forClients.join(),
    'listener.security.protocol.map': [
      ...['INT:SASL_PLAINTEXT', 'CLI:SASL_PLAINTEXT', 'CONTROLLER:SASL_PLAINTEXT'],
      ...listeners.map(({ name, protocol }) => `${name}:${protocol}`),
    ].join(),
    ...Object.fromEntries(listeners.flatMap(settingsOf)),
    'inter.broker.listener.name': 'INT',
    'controller.listener.names': 'CONTROLLER',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.int.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.int.plain.sasl.jaas.config': plain,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'listener.name.cli.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.cli.scram-sha-512.sasl.jaas.config': scram,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${ADMIN_USER}`,
    'allow.everyone.if.no.acl.found': false,
    'auto.create.topics.enable': false,
    'message.max.bytes': MAX_MESSAGE_BYTES,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the controller waits for the dead broker's session to end before it lets the new one in (default
    // 9 s). Much shorter, and a machine under load fences a broker that lives.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 4_000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.dirs': escaped(logDir),
  };
  return `${Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** PEM texts are written in one line each. */
function settingsOf({ name, settings }: TlsListener): readonly (readonly [string, string])[] {
  return Object.entries(settings).map(([key, value]) => [
    `listener.name.${name.toLowerCase()}.${key}`,
    value.replaceAll('\n', String.raw`\n`),
  ]);
}

/** A backslash (Windows paths) begins an escape in a properties file. */
function escaped(path: string): string {
  return path.replaceAll('\\', '/');
}
