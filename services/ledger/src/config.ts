// Settings of one view's ledger, and the only reader of the environment.
// Holds: all faults are told at once; keys and password have no default. Source: README.md#environment

import { KAFKA_ENVIRONMENT, KafkaSettings, loadConfig, signsInAs, type Environment } from '@sitebus/kit';
import { ledgerPrincipal } from '@sitebus/sdk';
import { Type, type Static } from 'typebox';

/** How often a checkpoint is signed while leaves come. */
export interface SigningPace {
  /** At least after so many leaves. */
  readonly everyLeaves: number;
  /** At the latest so long after a leaf was read. */
  readonly everyMs: number;
}

/** The pace of the local stack and of whoever says nothing. */
export const DEFAULT_PACE: SigningPace = Object.freeze({ everyLeaves: 1_000, everyMs: 100 });

const LedgerProcessConfig = Type.Object({
  view: Type.String({ minLength: 1 }),
  /** `<id>:<32-byte Ed25519 seed in base64url>`, comma-separated; all sign. */
  keys: Type.String({ secret: true, pattern: '^\\w{1,32}:[A-Za-z0-9_-]{43}(,\\w{1,32}:[A-Za-z0-9_-]{43})*$' }),
  /** Public halves of keys that signed once and no longer do, comma-separated. */
  retiredKeys: Type.Array(Type.String(), { default: [] }),
  everyLeaves: Type.Integer({ minimum: 1, default: DEFAULT_PACE.everyLeaves }),
  everyMs: Type.Integer({ minimum: 1, maximum: 60_000, default: DEFAULT_PACE.everyMs }),
  kafka: KafkaSettings,
  adminHost: Type.String({ default: '127.0.0.1' }),
  adminPort: Type.Integer({ minimum: 0, maximum: 65_535, default: 0 }),
});

/** What one process needs. */
export type LedgerProcessConfig = Static<typeof LedgerProcessConfig>;

/** Environment name → setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_VIEW: 'view',
  SITEBUS_LEDGER_KEYS: 'keys',
  SITEBUS_LEDGER_RETIRED_KEYS: 'retiredKeys',
  SITEBUS_CHECKPOINT_LEAVES: 'everyLeaves',
  SITEBUS_CHECKPOINT_MS: 'everyMs',
  ...KAFKA_ENVIRONMENT,
  SITEBUS_ADMIN_HOST: 'adminHost',
  SITEBUS_ADMIN_PORT: 'adminPort',
} as const);

const rules = [signsInAs(({ view }: LedgerProcessConfig) => ledgerPrincipal(view))];

/** The settings. Throws INVALID_CONFIG (not retriable) naming every fault. */
export function loadLedgerConfig(env: Environment): LedgerProcessConfig {
  return loadConfig({ schema: LedgerProcessConfig, names: ENVIRONMENT, rules }, env);
}
