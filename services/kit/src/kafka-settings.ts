// How a service of its own signs in at the bus: one schema and the same environment names for every service.
// Holds: the password has no default; a service speaks as its own principal or not at all. Source: README.md#configuration

import { Type, type Static } from 'typebox';
import type { ConfigRule } from './config.ts';

/** Settings of the bus, as the part `kafka` of a service's settings. */
export const KafkaSettings = Type.Object({
  brokers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  username: Type.String({ minLength: 1 }),
  password: Type.String({ minLength: 1, secret: true }),
});
export type KafkaSettings = Static<typeof KafkaSettings>;

/** Environment name → setting, to be spread into a service's names. */
export const KAFKA_ENVIRONMENT = Object.freeze({
  SITEBUS_BROKERS: 'kafka/brokers',
  SITEBUS_BUS_USERNAME: 'kafka/username',
  SITEBUS_BUS_PASSWORD: 'kafka/password',
} as const);

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
