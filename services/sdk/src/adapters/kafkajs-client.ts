// How this project talks to a Kafka cluster: limits, patience and log of every kafkajs client it makes.
// Holds: credentials reach the driver and nothing else; every producer and consumer has a client of its own, because
// clients of kafkajs share committed offsets by group and two members of one group would clear each other's.

import type { Admin, Kafka, KafkaConfig } from 'kafkajs';
import { toTlsOptions, type BusLogin } from '../bus-login.ts';
import type { Log } from '../time.ts';
import { kafkajs } from './kafkajs-fixed.ts';

/** Where the cluster is, and as whom to speak to it. */
export type KafkaAddress = BusLogin & {
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
};

/** The same, and who hears of it. */
export type KafkaConnection = KafkaAddress & { readonly log: Log };

/** How long one request may take before it counts as failed, ms. */
export const REQUEST_TIMEOUT_MS = 15_000;
const CONNECTION_TIMEOUT_MS = 5_000; // the driver's second is too short for a cold broker
/** About half a minute of trying, then a refusal: longer outages are for the host of the process to see. */
export const PATIENCE = Object.freeze({ initialRetryTime: 100, maxRetryTime: 5_000, retries: 10 });

/** A fresh client for one producer, consumer or admin. */
export function createClient({ brokers, sasl, clientId, tls = false, log }: KafkaConnection): Kafka {
  const config: KafkaConfig = {
    brokers: [...brokers],
    clientId,
    ...(sasl && { sasl: { mechanism: 'scram-sha-512', username: sasl.username, password: sasl.password } }),
    ssl: toTlsOptions(tls),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { ...PATIENCE },
    logLevel: kafkajs.logLevel.WARN,
    // Whatever matters surfaces as a refusal or as `fatal`; the driver's own words are for debugging only.
    logCreator: () => (entry) => log.debug({ client: entry.namespace, text: entry.log.message }, 'kafka client'),
  };
  return new kafkajs.Kafka(config);
}

/** The one administrative connection of a port, made when first needed. It asks; it never changes anything. */
export interface AdminAccess {
  connected(): Promise<Admin>;
  close(): Promise<void>;
}

/** Shares one connection among all who ask; a failed attempt is tried again by the next caller. */
export function createAdminAccess(connection: KafkaConnection): AdminAccess {
  let connecting: Promise<Admin> | undefined;
  const connect = async (): Promise<Admin> => {
    const admin = createClient(connection).admin();
    await admin.connect();
    return admin;
  };
  return {
    connected() {
      connecting ??= connect().catch((error: unknown) => {
        connecting = undefined;
        throw error;
      });
      return connecting;
    },
    async close() {
      const admin = await connecting?.catch(() => undefined); // never connected: nothing to close
      connecting = undefined;
      await admin?.disconnect();
    },
  };
}
