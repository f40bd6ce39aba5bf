// Settings of the guard, and the only reader of the environment.
// Holds: all faults are told at once; secrets have no default. Source: README.md#environment

import { GUARD_PRINCIPAL } from '@sitebus/sdk';
import {
  KAFKA_ENVIRONMENT,
  KafkaSettings,
  loadConfig,
  signsInAs,
  TlsFiles,
  tlsFilesAt,
  type Environment,
} from '@sitebus/kit';
import { Type, type Static } from 'typebox';

/** What the guard is told. */
export interface GuardConfig {
  /** 32 bytes in base64url; keys the commitments in its leaves, as for the gateways. */
  readonly ledgerSalt: string;
  /** 32-byte Ed25519 seed in base64url: signs notices to the public; absent: they are issued without a signature. */
  readonly noticeKey?: string;
  /** How often it looks for what has run out of time or was not finished, ms. */
  readonly tickMs: number;
}

const ProtocolProcessConfig = Type.Object({
  ledgerSalt: Type.String({ secret: true, pattern: '^[A-Za-z0-9_-]{43}$' }),
  noticeKey: Type.Optional(Type.String({ secret: true, pattern: '^[A-Za-z0-9_-]{43}$' })),
  tickMs: Type.Integer({ minimum: 100, maximum: 60_000, default: 1_000 }),
  /** What gateways show it, at least 32 characters. */
  credential: Type.String({ secret: true, minLength: 32 }),
  host: Type.String({ default: '127.0.0.1' }),
  /** Of that listener; absent: plain HTTP. */
  tls: Type.Optional(TlsFiles),
  port: Type.Integer({ minimum: 0, maximum: 65_535, default: 7_090 }),
  schemasDir: Type.String({ default: 'schemas' }),
  schemaLock: Type.String(),
  registryUrl: Type.String(),
  policyRoots: Type.Array(Type.String(), { minItems: 2 }),
  policyNote: Type.Optional(Type.String()),
  intakesFile: Type.String(),
  kafka: KafkaSettings,
  adminHost: Type.String({ default: '127.0.0.1' }),
  adminPort: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
});

/** What one process needs. */
export type ProtocolProcessConfig = Static<typeof ProtocolProcessConfig>;

/** Environment name → setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_LEDGER_SALT: 'ledgerSalt',
  SITEBUS_NOTICE_KEY: 'noticeKey',
  SITEBUS_TICK_MS: 'tickMs',
  SITEBUS_PROTOCOL_CREDENTIAL: 'credential',
  SITEBUS_PROTOCOL_HOST: 'host',
  SITEBUS_PROTOCOL_PORT: 'port',
  ...tlsFilesAt('tls'),
  SITEBUS_SCHEMAS_DIR: 'schemasDir',
  SITEBUS_SCHEMA_LOCK: 'schemaLock',
  SITEBUS_REGISTRY_URL: 'registryUrl',
  SITEBUS_POLICY_ROOTS: 'policyRoots',
  SITEBUS_POLICY_NOTE: 'policyNote',
  SITEBUS_INTAKES_FILE: 'intakesFile',
  ...KAFKA_ENVIRONMENT,
  SITEBUS_ADMIN_HOST: 'adminHost',
  SITEBUS_ADMIN_PORT: 'adminPort',
} as const);

const rules = [signsInAs<ProtocolProcessConfig>(() => GUARD_PRINCIPAL)];

/** The settings. Throws INVALID_CONFIG (not retriable) naming every fault. */
export function loadProtocolConfig(env: Environment): ProtocolProcessConfig {
  return loadConfig({ schema: ProtocolProcessConfig, names: ENVIRONMENT, rules }, env);
}
