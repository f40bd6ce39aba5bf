// The settings of one gateway, and the only reader of the environment.
// Holds: a secret has no default; every fault is told at once. Source: README.md#environment

import { KAFKA_ENVIRONMENT, KafkaSettings, loadConfig, signsInAs, TlsFiles, tlsFilesAt } from '@sitebus/kit';
import type { ConfigRule, Environment } from '@sitebus/kit';
import { gatewayPrincipal } from '@sitebus/sdk';
import { parseVerifierKey } from '@sitebus/sdk/merkle';
import type { VerifierKey } from '@sitebus/sdk/merkle';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { HOST } from './origin.ts';

/** Bounds of streams. */
export const StreamLimits = Type.Object(
  {
    heartbeatMs: Type.Integer({ minimum: 10, default: 15_000 }),
    perReader: Type.Integer({ minimum: 1, default: 5 }),
    /** Alerts that may come while a reader's connection takes nothing. */
    maxWaitingEvents: Type.Integer({ minimum: 1, default: 1_000 }),
  },
  { default: {} },
);
export type StreamLimits = Static<typeof StreamLimits>;

/** An address, or a network of them. */
const PROXY = '^[0-9a-fA-F.:]{2,45}(/\\d{1,3})?$';

/** The settings of one gateway, as schema and type; `parseConfig` fills the defaults in. */
export const GatewayConfig = Type.Object({
  view: Type.String({ minLength: 1 }),
  /** Absent: it has no listener of its own, and a front door hands it requests. */
  listen: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) })),
  /** TLS of that listener, and of the one for other gateways; absent: plain HTTP, for behind a proxy. */
  tls: Type.Optional(TlsFiles),
  /** Addresses or networks of proxies in front, whose `X-Forwarded-*` and `Client-Cert` are believed. */
  proxies: Type.Array(Type.String({ pattern: PROXY }), { default: [] }),
  /** Where clients find it, `https://host[:port]`: what absolute links begin with, whatever a request says. */
  publicOrigin: Type.Optional(Type.String({ pattern: `^https://${HOST}$` })),
  /** Where /livez, /readyz, /startupz and /metrics are served; absent: nowhere. */
  admin: Type.Optional(Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) })),
  /** 32 bytes each in base64url, `<id>:<key>`, separated by commas; the first seals. */
  cursorKeys: Type.String({ secret: true, pattern: '^\\d{1,3}:[A-Za-z0-9_-]{43}(,\\d{1,3}:[A-Za-z0-9_-]{43})*$' }),
  /** 32 bytes in base64url; keys the commitments in ledger leaves. */
  ledgerSalt: Type.String({ secret: true, pattern: '^[A-Za-z0-9_-]{43}$' }),
  /** Verifier keys of this view's ledger, as it logs them at start: whose checkpoints count. Without any: no proofs. */
  ledgerKeys: Type.Array(Type.String(), { default: [] }),
  requestsPerMinute: Type.Integer({ minimum: 1, default: 1_200 }),
  /** Delay of the event loop from which requests get 503 `overloaded`; 0 turns that off. */
  maxEventLoopDelayMs: Type.Integer({ minimum: 0, default: 1_000 }),
  drainMs: Type.Integer({ minimum: 0, default: 10_000 }),
  /** Views that others serve at the same origin, behind one front door: their TAXII collections are listed here too. */
  besideViews: Type.Array(Type.String(), { default: [] }),
  stream: StreamLimits,
  /** How often deadlines are looked at, ms. */
  receiptsTickMs: Type.Integer({ minimum: 1, default: 1_000 }),
  /** How often it is looked what subscriptions have to send, ms. */
  deliveriesTickMs: Type.Integer({ minimum: 1, default: 1_000 }),
  /** Origins that webhooks may go to, and `loopback` for this machine's addresses; without any: none go out. */
  webhookOrigins: Type.Array(Type.String({ maxLength: 300 }), { default: [] }),
  /** The mail server of digests; it may name user and password. Neither this nor a folder: no digests. */
  smtpUrl: Type.Optional(Type.String({ secret: true, pattern: '^smtps?://' })),
  /** A folder that digests are written into, where there is no mail server. */
  outboxDir: Type.Optional(Type.String({ minLength: 1 })),
  /** Of every address: a person's is their id at it. */
  mailDomain: Type.String({ default: 'sitebus.invalid', pattern: '^[a-z0-9.-]{1,253}$' }),
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

/** What the process needs beside the gateway itself, and from which variables. */
export const ProcessConfig = Type.Object({
  gateway: GatewayConfig,
  schemasDir: Type.String({ default: 'schemas' }),
  schemaLock: Type.String(),
  registryUrl: Type.String(),
  kafka: KafkaSettings,
  /** The desk's database, as this view's role: `postgres://gateway_<view>:…@host/database`. */
  storeUrl: Type.String({ secret: true, pattern: '^postgres(ql)?://' }),
  /** Keys of those who may sign policy, `sitebus/policy/<person>+<id>+<key>`. */
  policyRoots: Type.Array(Type.String(), { minItems: 2 }),
  policyNote: Type.Optional(Type.String()),
  /** Where provision keeps every policy; absent: beside the schema lock. */
  policiesDir: Type.Optional(Type.String()),
  /** A file of issuers (issuer-keys.ts): whose tokens, and whose certificates, are believed. */
  issuersFile: Type.String(),
  /** A file with `[{agency, url, credential}]`: where the agencies' services take publishing; absent: nobody publishes here. */
  intakesFile: Type.Optional(Type.String()),
  /** Where protocol listens, and what it is shown; absent: 503 on all that is decided there. */
  protocolUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
  protocolCredential: Type.Optional(Type.String({ secret: true, minLength: 32 })),
  /** Where the research room listens, and what it is shown; absent: 503 on all of it. */
  researchUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
  researchCredential: Type.Optional(Type.String({ secret: true, minLength: 32 })),
  /** The registry's principal on the bus: given to one gateway, which thereby is the administration gateway. */
  peoplePassword: Type.Optional(Type.String({ secret: true, minLength: 1 })),
  /** Where the administration gateway listens for the others; absent: it serves itself alone. */
  peopleHost: Type.String({ default: '127.0.0.1' }),
  peoplePort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  /** Where a gateway that is not it finds it; absent: 503 on changes of people and partners. */
  peopleUrl: Type.Optional(Type.String({ pattern: '^https?://' })),
  /** What those show it. */
  peopleCredential: Type.Optional(Type.String({ secret: true, minLength: 32 })),
});
export type ProcessConfig = Static<typeof ProcessConfig>;

/** Environment name → setting; the README's table is compared with it. */
export const ENVIRONMENT = Object.freeze({
  SITEBUS_VIEW: 'gateway/view',
  SITEBUS_GATEWAY_HOST: 'gateway/listen/host',
  SITEBUS_GATEWAY_PORT: 'gateway/listen/port',
  ...tlsFilesAt('gateway/tls'),
  SITEBUS_PROXIES: 'gateway/proxies',
  SITEBUS_PUBLIC_ORIGIN: 'gateway/publicOrigin',
  SITEBUS_ADMIN_HOST: 'gateway/admin/host',
  SITEBUS_ADMIN_PORT: 'gateway/admin/port',
  SITEBUS_CURSOR_KEYS: 'gateway/cursorKeys',
  SITEBUS_LEDGER_SALT: 'gateway/ledgerSalt',
  SITEBUS_LEDGER_VERIFIER_KEYS: 'gateway/ledgerKeys',
  SITEBUS_REQUESTS_PER_MINUTE: 'gateway/requestsPerMinute',
  SITEBUS_MAX_EVENT_LOOP_DELAY_MS: 'gateway/maxEventLoopDelayMs',
  SITEBUS_DRAIN_MS: 'gateway/drainMs',
  SITEBUS_WEBHOOK_ORIGINS: 'gateway/webhookOrigins',
  SITEBUS_SMTP_URL: 'gateway/smtpUrl',
  SITEBUS_OUTBOX_DIR: 'gateway/outboxDir',
  SITEBUS_MAIL_DOMAIN: 'gateway/mailDomain',
  SITEBUS_SCHEMAS_DIR: 'schemasDir',
  SITEBUS_POLICY_ROOTS: 'policyRoots',
  SITEBUS_POLICY_NOTE: 'policyNote',
  SITEBUS_POLICIES_DIR: 'policiesDir',
  SITEBUS_SCHEMA_LOCK: 'schemaLock',
  SITEBUS_REGISTRY_URL: 'registryUrl',
  ...KAFKA_ENVIRONMENT,
  SITEBUS_STORE_URL: 'storeUrl',
  SITEBUS_ISSUERS_FILE: 'issuersFile',
  SITEBUS_INTAKES_FILE: 'intakesFile',
  SITEBUS_PROTOCOL_URL: 'protocolUrl',
  SITEBUS_PROTOCOL_CREDENTIAL: 'protocolCredential',
  SITEBUS_RESEARCH_URL: 'researchUrl',
  SITEBUS_RESEARCH_CREDENTIAL: 'researchCredential',
  SITEBUS_PEOPLE_PASSWORD: 'peoplePassword',
  SITEBUS_PEOPLE_HOST: 'peopleHost',
  SITEBUS_PEOPLE_PORT: 'peoplePort',
  SITEBUS_PEOPLE_URL: 'peopleUrl',
  SITEBUS_PEOPLE_CREDENTIAL: 'peopleCredential',
} as const);

const isPair = (one: unknown, other: unknown): boolean => (one === undefined) === (other === undefined);

const rules: readonly ConfigRule<ProcessConfig>[] = [
  signsInAs(({ gateway }) => gatewayPrincipal(gateway.view)),
  {
    at: 'protocolCredential',
    holds: ({ protocolUrl, protocolCredential }) => isPair(protocolUrl, protocolCredential),
    reason: 'protocol is reached with an address and a credential, or not at all',
  },
  {
    at: 'researchCredential',
    holds: ({ researchUrl, researchCredential }) => isPair(researchUrl, researchCredential),
    reason: 'the research room is reached with an address and a credential, or not at all',
  },
  {
    at: 'peopleUrl',
    holds: ({ peopleUrl, peoplePassword }) => peopleUrl === undefined || peoplePassword === undefined,
    reason: 'the administration gateway asks no other one',
  },
  {
    at: 'peoplePort',
    holds: ({ peoplePort, peoplePassword }) => peoplePort === undefined || peoplePassword !== undefined,
    reason: 'the administration gateway alone serves the others, and writes with the password of the registry',
  },
  {
    at: 'peopleCredential',
    holds: ({ peopleUrl, peoplePort, peopleCredential }) => isPair(peopleUrl ?? peoplePort, peopleCredential),
    reason: 'gateways that ask, and the one that is asked, share a credential; nobody else has it',
  },
];

/** Reads the settings from environment variables. Throws INVALID_CONFIG with every fault, by variable. */
export function loadProcessConfig(env: Environment): ProcessConfig {
  return loadConfig({ schema: ProcessConfig, names: ENVIRONMENT, rules }, env);
}

/** @returns the ledger's keys. Throws an error that shows the text which is none. */
export function ledgerKeysOf(texts: readonly string[]): readonly VerifierKey[] {
  return texts.map((text) => {
    const key = parseVerifierKey(text);
    if (key === undefined)
      throw new Error(`gateway configuration: ledgerKeys holds what is no verifier key: ${text.slice(0, 80)}`);
    return key;
  });
}

/** @returns the keys of `cursorKeys`, in order. */
export function cursorKeysOf(text: string): readonly { readonly id: number; readonly key: Buffer }[] {
  return text.split(',').map((part) => {
    const [id = '', key = ''] = part.split(':');
    return { id: Number(id), key: Buffer.from(key, 'base64url') };
  });
}
