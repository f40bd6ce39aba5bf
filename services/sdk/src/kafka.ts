// @sitebus/sdk/kafka: the bus over a Kafka cluster.
// Holds: the driver stays inside adapters/; callers see the port of bus.ts only.
// Source: README.md#the-bus

import type { BusPort } from './bus.ts';
import type { BusLogin } from './bus-login.ts';
import { createKafkajsBus } from './adapters/kafkajs-bus.ts';
import { createThreadedBus } from './adapters/threaded-bus.ts';
import { silentLog, type Log } from './time.ts';

/** A cluster and the principal as whom to use it: by password (SCRAM-SHA-512), in TLS or not, or by certificate. */
export type KafkaBusOptions = BusLogin & {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log?: Log;
};

/** A port onto a Kafka cluster; it contacts nobody until something is made or asked. */
export function createKafkaBus({ log = silentLog, ...options }: KafkaBusOptions): BusPort {
  return createKafkajsBus({ ...options, log });
}

/**
 * The same with the driver in a thread of its own, for who computes much beside reading and writing: it costs a start and
 * some memory, and takes nearly all of the bus's work, and the heartbeats, off the caller's thread. A record that is kept
 * keeps its batch, a megabyte at most: copy what outlives its neighbours.
 */
export function createThreadedKafkaBus({ log = silentLog, ...options }: KafkaBusOptions): BusPort {
  return createThreadedBus({ ...options, log });
}
