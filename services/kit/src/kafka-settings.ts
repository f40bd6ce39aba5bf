// How a service of its own signs in at the bus: one schema and the same environment names for every service.
// Holds: the password has no default; a service speaks as its own principal or not at all. Source: README.md#configuration

import type { BusTls, Scram } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';
import { BUS_TLS_ENVIRONMENT, BusTlsSettings, readBusTls } from './bus-tls.ts';
import type { ConfigRule } from './config.ts';

/** Settings of the bus, as the part `kafka` of a service's settings. */
export const KafkaSettings = Type.Object({
  brokers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1, secret: true }),
  tls: Type.Optional(BusTlsSettings),
});
export type KafkaSettings = Static<typeof KafkaSettings>;

/** Environment name → setting, to be spread into a service's names. */
export const KAFKA_ENVIRONMENT = Object.freeze({
  SITEBUS_BROKERS: 'kafka/brokers',
  SITEBUS_BUS_USERNAME: 'kafka/username',
  SITEBUS_BUS_PASSWORD: 'kafka/password',
  SITEBUS_BUS_TLS: `kafka/${BUS_TLS_ENVIRONMENT.SITEBUS_BUS_TLS}`,
  SITEBUS_BUS_CA_FILE: `kafka/${BUS_TLS_ENVIRONMENT.SITEBUS_BUS_CA_FILE}`,
  SITEBUS_BUS_CERT_FILE: `kafka/${BUS_TLS_ENVIRONMENT.SITEBUS_BUS_CERT_FILE}`,
  SITEBUS_BUS_KEY_FILE: `kafka/${BUS_TLS_ENVIRONMENT.SITEBUS_BUS_KEY_FILE}`,
} as const);

/** Where a service's bus is and how to sign in there: what a bus is made of, but for its name. */
export interface BusConnection {
  readonly brokers: readonly string[];
  readonly sasl: Scram;
  readonly tls: BusTls;
}

/** The connection that the settings describe, with its files read. @throws INVALID_CONFIG (not retriable), see `readBusTls` */
export function toBusConnection({ brokers, username, password, tls }: KafkaSettings): BusConnection {
  return { brokers, sasl: { username, password }, tls: readBusTls(tls) };
}

/** The rule that a service signs in as the principal that it is. */
export function signsInAs<C extends { readonly kafka: KafkaSettings }>(
  principalOf: (config: C) => string,
): ConfigRule<C> {
  return {
    at: 'kafka/username',
    holds: (config) => config.kafka.username === principalOf(config),
    reason: 'it has the rights of its own principal, and of no other',
  };
}
