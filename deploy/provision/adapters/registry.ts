// The schema registry as provisioning needs it: Confluent's REST contract, as Apicurio serves it under /apis/ccompat/v7.
// Holds: registering happens here and nowhere else in sitebus; an answer outside the contract is REGISTRY_REFUSED.
// The look-up client of the SDK cannot be used: its register() asserts a level of its own.

import { registryRefused, unreachable } from '../errors.ts';

/** A schema as the registry keeps it. */
export interface RegisteredSchema {
  readonly subject: string;
  readonly id: number;
  readonly version: number;
}

export interface RegistryAdmin {
  /** The global compatibility level, such as FULL_TRANSITIVE or NONE. */
  level(): Promise<string>;
  setLevel(level: string): Promise<void>;
  /** The entry of exactly this schema under this subject, or undefined. */
  find(subject: string, schema: string): Promise<RegisteredSchema | undefined>;
  /** Whether the schema may follow all of the subject's versions; true when it is the first. */
  accepts(subject: string, schema: string): Promise<boolean>;
  /** The subject's versions, oldest first; empty for an unknown subject. */
  versions(subject: string): Promise<readonly { readonly version: number; readonly schema: string }[]>;
  register(subject: string, schema: string): Promise<number>;
}

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const TIMEOUT_MS = 10_000;

/** @returns a client of the registry at `url` (its ccompat root); nothing is contacted before the first call. */
export function connectRegistry(url: string): RegistryAdmin {
  const root = url.replace(/\/$/, '');
  return {
    async level() {
      const answer = await request(root, 'GET', '/config');
      return (answer.body as { compatibilityLevel?: string }).compatibilityLevel ?? 'NONE';
    },
    async setLevel(level) {
      const answer = await request(root, 'PUT', '/config', { compatibility: level });
      if (!answer.ok) throw registryRefused({ subject: 'config', status: answer.status });
    },
    async find(subject, schema) {
      const answer = await request(root, 'POST', `/subjects/${encodeURIComponent(subject)}`, {
        schema,
        schemaType: 'AVRO',
      });
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw registryRefused({ subject, status: answer.status });
      const { id, version } = answer.body as { id: number; version: number };
      return { subject, id, version };
    },
    async accepts(subject, schema) {
      const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions`;
      const answer = await request(root, 'POST', path, { schema, schemaType: 'AVRO' });
      if (answer.status === 404) return true; // no version yet
      if (answer.status === 422) return false; // not a schema at all
      if (!answer.ok) throw registryRefused({ subject, status: answer.status });
      return (answer.body as { is_compatible?: boolean }).is_compatible === true;
    },
    async versions(subject) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const answer = await request(root, 'GET', path);
      if (answer.status === 404) return [];
      if (!answer.ok) throw registryRefused({ subject, status: answer.status });
      const numbers = [...(answer.body as number[])].sort((a, b) => a - b);
      return Promise.all(
        numbers.map(async (version) => {
          const { ok, status, body } = await request(root, 'GET', `${path}/${version}`);
          if (!ok) throw registryRefused({ subject, status });
          return { version, schema: (body as { schema: string }).schema };
        }),
      );
    },
    async register(subject, schema) {
      const answer = await request(root, 'POST', `/subjects/${encodeURIComponent(subject)}/versions`, {
        schema,
        schemaType: 'AVRO',
      });
      if (!answer.ok) throw registryRefused({ subject, status: answer.status });
      return (answer.body as { id: number }).id;
    },
  };
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
}

async function request(root: string, method: string, path: string, body?: unknown): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(root + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': CONTENT_TYPE },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw unreachable({ what: 'schema registry', address: root }, error);
  }
  const text = await response.text();
  return { ok: response.ok, status: response.status, body: text === '' ? {} : parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {}; // an HTML error page: the status says enough
  }
}
