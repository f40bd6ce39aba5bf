// The settings of one gateway, and the only reader of the environment.
// Holds: a secret has no default; every fault is told at once. Source: README.md#environment

import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** Bounds of streams. */
export const StreamLimits = Type.Object({
  heartbeatMs: Type.Integer({ minimum: 10, default: 15_000 }),
  perReader: Type.Integer({ minimum: 1, default: 5 }),
  /** Alerts that may come while a reader's connection takes nothing. */
  maxWaitingEvents: Type.Integer({ minimum: 1, default: 1_000 }),
});
export type StreamLimits = Static<typeof StreamLimits>;

export const GatewayConfig = Type.Object({
  view: Type.String({ minLength: 1 }),
  /** Absent: it has no listener of its own, and a front door hands it requests. */
  listen: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) })),
  /** Where /livez, /readyz, /startupz and /metrics are served; absent: nowhere. */
  admin: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) })),
  /** 32 bytes each in base64url, `<id>:<key>`, separated by commas; the first seals. */
  cursorKeys: Type.String({ pattern: '^\\d{1,3}:[A-Za-z0-9_-]{43}(,\\d{1,3}:[A-Za-z0-9_-]{43})*$' }),
  /** 32 bytes in base64url; keys the commitments in ledger leaves. */
  ledgerSalt: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
  requestsPerMinute: Type.Integer({ minimum: 1, default: 1_200 }),
  /** Delay of the event loop from which requests get 503 `overloaded`; 0 turns that off. */
  maxEventLoopDelayMs: Type.Integer({ minimum: 0, default: 1_000 }),
  drainMs: Type.Integer({ minimum: 0, default: 10_000 }),
  stream: StreamLimits,
});
export type GatewayConfig = Static<typeof GatewayConfig>;

const check = Compile(GatewayConfig);

/** @returns the settings with defaults filled in. Throws one error that names every fault, by its place. */
export function parseConfig(settings: unknown): GatewayConfig {
  const filled = check.Default({ stream: {}, ...(settings as object) });
  if (check.Check(filled)) return filled;
  const faults = check.Errors(filled).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  throw new Error(`gateway configuration: ${[...new Set(faults)].join('; ')}`);
}

/** Environment names by setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_VIEW: 'view',
  SITEBUS_GATEWAY_HOST: 'listen/host',
  SITEBUS_GATEWAY_PORT: 'listen/port',
  SITEBUS_ADMIN_HOST: 'admin/host',
  SITEBUS_ADMIN_PORT: 'admin/port',
  SITEBUS_CURSOR_KEYS: 'cursorKeys',
  SITEBUS_LEDGER_SALT: 'ledgerSalt',
  SITEBUS_REQUESTS_PER_MINUTE: 'requestsPerMinute',
  SITEBUS_MAX_EVENT_LOOP_DELAY_MS: 'maxEventLoopDelayMs',
  SITEBUS_DRAIN_MS: 'drainMs',
} as const);

/** Reads the settings from environment variables; see ENVIRONMENT. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const settings: Record<string, unknown> = {};
  for (const [name, path] of Object.entries(ENVIRONMENT)) {
    const text = env[name];
    if (text === undefined) continue;
    const value = /(port|Minute|Ms)$/.test(path) && /^\d+$/.test(text) ? Number(text) : text;
    const [group = '', field] = path.split('/');
    settings[group] = field === undefined ? value : { ...(settings[group] as object | undefined), [field]: value };
  }
  return parseConfig(settings);
}

/** @returns the keys of `cursorKeys`, in order. */
export function cursorKeysOf(text: string): readonly { readonly id: number; readonly key: Buffer }[] {
  return text.split(',').map((part) => {
    const [id = '', key = ''] = part.split(':');
    return { id: Number(id), key: Buffer.from(key, 'base64url') };
  });
}
