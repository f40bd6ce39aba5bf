// Settings of the research room, and the only reader of the environment.
// Holds: all faults are told at once; secrets have no default. Source: README.md#environment

import {
  KAFKA_ENVIRONMENT,
  KafkaSettings,
  loadConfig,
  signsInAs,
  TlsFiles,
  tlsFilesAt,
  type Environment,
} from '@sitebus/kit';
import { RESEARCH_PRINCIPAL } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';

/** What the room is told. */
export interface ResearchConfig {
  /** 32 bytes in base64url; keys the commitments in its leaves, as for the gateways. */
  readonly ledgerSalt: string;
}

const ResearchProcessConfig = Type.Object({
  ledgerSalt: Type.String({ secret: true, pattern: '^[A-Za-z0-9_-]{43}$' }),
  /** What gateways show it, at least 32 characters. */
  credential: Type.String({ secret: true, minLength: 32 }),
  host: Type.String({ default: '127.0.0.1' }),
  /** Of that listener; absent: plain HTTP. */
  tls: Type.Optional(TlsFiles),
  port: Type.Integer({ minimum: 0, maximum: 65_535, default: 7_091 }),
  /** Its own schema of the database, as the room's role: `postgres://research:…@host/database`. */
  storeUrl: Type.String({ secret: true, pattern: '^postgres(ql)?://' }),
  schemasDir: Type.String({ default: 'schemas' }),
  schemaLock: Type.String(),
  registryUrl: Type.String(),
  /** Keys of those who may sign policy, `sitebus/policy/<person>+<id>+<key>`. */
  policyRoots: Type.Array(Type.String(), { minItems: 2 }),
  policyNote: Type.Optional(Type.String()),
  kafka: KafkaSettings,
  adminHost: Type.String({ default: '127.0.0.1' }),
  adminPort: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
});

/** What one process needs. */
export type ResearchProcessConfig = Static<typeof ResearchProcessConfig>;

/** Environment name → setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_LEDGER_SALT: 'ledgerSalt',
  SITEBUS_RESEARCH_CREDENTIAL: 'credential',
  SITEBUS_RESEARCH_HOST: 'host',
  SITEBUS_RESEARCH_PORT: 'port',
  SITEBUS_STORE_URL: 'storeUrl',
  ...tlsFilesAt('tls'),
  SITEBUS_SCHEMAS_DIR: 'schemasDir',
  SITEBUS_SCHEMA_LOCK: 'schemaLock',
  SITEBUS_REGISTRY_URL: 'registryUrl',
  SITEBUS_POLICY_ROOTS: 'policyRoots',
  SITEBUS_POLICY_NOTE: 'policyNote',
  ...KAFKA_ENVIRONMENT,
  SITEBUS_ADMIN_HOST: 'adminHost',
  SITEBUS_ADMIN_PORT: 'adminPort',
} as const);

const rules = [signsInAs<ResearchProcessConfig>(() => RESEARCH_PRINCIPAL)];

/** The settings. Throws INVALID_CONFIG (not retriable) naming every fault. */
export function loadResearchConfig(env: Environment): ResearchProcessConfig {
  return loadConfig({ schema: ResearchProcessConfig, names: ENVIRONMENT, rules }, env);
}
