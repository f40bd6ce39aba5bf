// The settings of an agency's service as a process of its own; every agency has the same.
// Holds: read once, at the start; no secret has a default. Source: README.md#environment

import { Type, type Static } from 'typebox';
import { BUS_TLS_ENVIRONMENT, BusTlsSettings, loadConfig, TlsFiles, tlsFilesAt, type Environment } from '@sitebus/kit';

/** The settings as a schema; secrets are annotated and have no default. */
export const AgencyConfig = Type.Object({
  brokers: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  tls: Type.Optional(BusTlsSettings),
  registryUrl: Type.String({ minLength: 1 }),
  /** File that provision writes: principal → user and password. */
  credentialsFile: Type.String({ minLength: 1 }),
  schemaLockFile: Type.String({ minLength: 1 }),
  /** Folder with `policy/`. */
  schemasDir: Type.String({ default: 'schemas' }),
  /** Keys of those who may sign policy, `sitebus/policy/<person>+<id>+<key>`. */
  policyRoots: Type.Array(Type.String(), { minItems: 2 }),
  policyNote: Type.Optional(Type.String({ minLength: 1 })),
  /** 32 bytes, base64url: the task force's key for source tokens. */
  signerKey: Type.String({ minLength: 43, secret: true }),
  /** Where gateways and the guard reach it, with the credential that they show; absent: nowhere. */
  intake: Type.Optional(
    Type.Object({
      host: Type.String({ default: '127.0.0.1' }),
      port: Type.Integer({ minimum: 0, maximum: 65_535 }),
      credential: Type.String({ secret: true, minLength: 32 }),
      tls: Type.Optional(TlsFiles),
    }),
  ),
  /** The file drop; absent: none. */
  inboxDir: Type.Optional(Type.String({ minLength: 1 })),
  journalFile: Type.String({ minLength: 1 }),
  adminHost: Type.String({ default: '127.0.0.1' }),
  adminPort: Type.Integer({ minimum: 0, maximum: 65_535, default: 7081 }),
});

/** The settings, checked. */
export type AgencyConfig = Static<typeof AgencyConfig>;

/** Environment name → setting. */
export const AGENCY_ENVIRONMENT: Readonly<Record<string, string>> = Object.freeze({
  BUS_BOOTSTRAP: 'brokers',
  ...BUS_TLS_ENVIRONMENT,
  BUS_REGISTRY: 'registryUrl',
  BUS_CREDENTIALS: 'credentialsFile',
  SITEBUS_SCHEMA_LOCK: 'schemaLockFile',
  SITEBUS_SCHEMAS: 'schemasDir',
  SITEBUS_POLICY_ROOTS: 'policyRoots',
  SITEBUS_POLICY_NOTE: 'policyNote',
  SITEBUS_SIGNER_KEY: 'signerKey',
  SITEBUS_INTAKE_HOST: 'intake/host',
  SITEBUS_INTAKE_PORT: 'intake/port',
  SITEBUS_INTAKE_CREDENTIAL: 'intake/credential',
  ...tlsFilesAt('intake/tls'),
  SITEBUS_INBOX: 'inboxDir',
  SITEBUS_JOURNAL: 'journalFile',
  SITEBUS_ADMIN_HOST: 'adminHost',
  SITEBUS_ADMIN_PORT: 'adminPort',
});

/** Reads the settings; throws INVALID_CONFIG (not retriable) naming every fault. */
export function loadAgencyConfig(env: Environment): AgencyConfig {
  return loadConfig({ schema: AgencyConfig, names: AGENCY_ENVIRONMENT }, env);
}
