// Settings of one view's fusion as a process: the only reader of the environment.
// Holds: all faults are told at once; the password has no default. Source: README.md#environment

import { KAFKA_ENVIRONMENT, KafkaSettings, loadConfig, signsInAs, type Environment } from '@sitebus/kit';
import { fusionPrincipal } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';

const FusionProcessConfig = Type.Object({
  view: Type.String({ minLength: 1 }),
  cutMs: Type.Integer({ minimum: 0, maximum: 1_000, default: 50 }),
  maxCutRecords: Type.Integer({ minimum: 1, maximum: 20_000, default: 20_000 }),
  schemaRetryMs: Type.Integer({ minimum: 100, default: 5_000 }),
  snapshotDir: Type.Optional(Type.String({ minLength: 1 })),
  snapshotMs: Type.Integer({ minimum: 1_000, default: 300_000 }),
  policyDir: Type.String({ default: 'schemas/policy' }),
  /** Keys of those who may sign policy, `sitebus/policy/<person>+<id>+<key>`. */
  policyRoots: Type.Array(Type.String(), { minItems: 2 }),
  policyNote: Type.Optional(Type.String({ minLength: 1 })),
  schemaLock: Type.String({ default: 'schemas.lock' }),
  registry: Type.String({ minLength: 1 }),
  kafka: KafkaSettings,
  adminHost: Type.String({ default: '127.0.0.1' }),
  adminPort: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
});

/** What one process needs. */
export type FusionProcessConfig = Static<typeof FusionProcessConfig>;

/** Environment name → setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_VIEW: 'view',
  SITEBUS_CUT_MS: 'cutMs',
  SITEBUS_MAX_CUT_RECORDS: 'maxCutRecords',
  SITEBUS_SCHEMA_RETRY_MS: 'schemaRetryMs',
  SITEBUS_SNAPSHOT_DIR: 'snapshotDir',
  SITEBUS_SNAPSHOT_MS: 'snapshotMs',
  SITEBUS_POLICY_DIR: 'policyDir',
  SITEBUS_POLICY_ROOTS: 'policyRoots',
  SITEBUS_POLICY_NOTE: 'policyNote',
  SITEBUS_SCHEMA_LOCK: 'schemaLock',
  SITEBUS_REGISTRY_URL: 'registry',
  ...KAFKA_ENVIRONMENT,
  SITEBUS_ADMIN_HOST: 'adminHost',
  SITEBUS_ADMIN_PORT: 'adminPort',
} as const);

const rules = [signsInAs(({ view }: FusionProcessConfig) => fusionPrincipal(view))];

/** The settings. Throws INVALID_CONFIG (not retriable) naming every fault. */
export function loadFusionConfig(env: Environment): FusionProcessConfig {
  return loadConfig({ schema: FusionProcessConfig, names: ENVIRONMENT, rules }, env);
}
