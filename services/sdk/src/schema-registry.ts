// Looks schemas up in the registry (Confluent's REST interface, as Apicurio serves it); registers nothing.
// Holds: each id is fetched once, however many ask at the same time; "no such id" is believed for a short while only,
// because a newer producer may register in between; an answer that does not come is asked for again before it rejects.
// Source: Confluent Schema Registry API v1 §Schemas, §Subjects; README.md#codec

import { SchemaRegistry as RegistryClient, SchemaType } from '@kafkajs/confluent-schema-registry';
import { timedOut, unreachable } from './errors.ts';
import { systemClock, type Clock } from './time.ts';

/** What running services ask of a registry. */
export interface SchemaRegistry {
  /** The schema's text as registered; undefined when the registry has no such id. Rejects with UNREACHABLE (retriable). */
  schemaOf(id: number): Promise<string | undefined>;
  /** The id under which exactly this schema is registered for the subject; undefined when it is not. Rejects as above. */
  idOf(subject: string, schema: string): Promise<number | undefined>;
}

/** Where the registry is, and how long its absences are believed. */
export interface RegistryOptions {
  /** Base address, such as http://host:port/apis/ccompat/v7. */
  readonly url: string;
  /** How long "no such id" is believed, ms. Default 2000. */
  readonly absentForMs?: number;
  /** How long an answer may take, ms, before it is asked for again; whoever waits holds up a partition. Default 5 s. */
  readonly answerWithinMs?: number;
  readonly clock?: Clock;
}

/** How often a question is put whose answer does not come. */
const ASKED_AT_MOST = 3;

/** @returns a registry over REST. The library's own encode and decode are not used: they rebuild a resolver a record. */
export function createConfluentRegistry({
  url,
  absentForMs = 2_000,
  answerWithinMs = 5_000,
  clock = systemClock,
}: RegistryOptions): SchemaRegistry {
  const found = new Map<number, string>();
  const absentUntil = new Map<number, number>();
  const asked = new Map<number, Promise<string | undefined>>();
  const connect = (): RegistryClient =>
    new RegistryClient({
      host: url,
      clientId: 'sitebus',
      retry: { retries: 2, initialRetryTimeInSecs: 0.05, maxRetryTimeInSecs: 1 },
      middlewares: [keepSchemaTexts(found)],
    });
  let library = connect();
  /** An answer that breaks off never settles in the library, which would hand its promise to everyone who asks again. */
  const inTime = async <T>(question: (client: RegistryClient) => Promise<T>): Promise<T> => {
    for (let asked = 1; ; asked++) {
      const late = timedOut({ what: 'schema registry', afterMs: answerWithinMs });
      let timer: NodeJS.Timeout | undefined;
      const lateness = new Promise<never>((_, reject) => (timer = setTimeout(reject, answerWithinMs, late)));
      const client = library;
      try {
        return await Promise.race([question(client), lateness]);
      } catch (cause) {
        if (cause !== late) throw cause;
        if (library === client) library = connect();
        if (asked === ASKED_AT_MOST) throw cause;
      } finally {
        clearTimeout(timer);
      }
    }
  };
  const fetchSchema = async (id: number): Promise<string | undefined> => {
    const failure = await failureOf(inTime((client) => client.getSchema(id)));
    const text = found.get(id);
    if (text !== undefined) return text; // even where avsc refuses to build it: what to do with it is the caller's matter
    if (failure === undefined || !isAbsent(failure)) throw unreachable({ what: 'schema registry' }, failure);
    absentUntil.set(id, clock.now() + absentForMs);
    return undefined;
  };
  return {
    schemaOf(id) {
      const text = found.get(id);
      if (text !== undefined) return Promise.resolve(text);
      if (clock.now() < (absentUntil.get(id) ?? 0)) return Promise.resolve(undefined);
      const request = asked.get(id) ?? fetchSchema(id).finally(() => asked.delete(id));
      asked.set(id, request);
      return request;
    },
    async idOf(subject, schema) {
      try {
        return await inTime((client) => client.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema }));
      } catch (cause) {
        if (isAbsent(cause)) return undefined;
        throw unreachable({ what: 'schema registry' }, cause);
      }
    },
  };
}

type Middleware = NonNullable<ConstructorParameters<typeof RegistryClient>[0]['middlewares']>[number];

/** The library hands out a built type, which has lost the annotations; the text is taken from the answer itself. */
function keepSchemaTexts(into: Map<number, string>): Middleware {
  return () => ({
    response: async (next) => {
      const response = await next();
      const id: unknown = response.request().params()['id'];
      const { schema } = response.data<{ schema?: unknown }>();
      if (typeof id === 'number' && typeof schema === 'string') into.set(id, schema);
      return response;
    },
  });
}

async function failureOf(request: Promise<unknown>): Promise<unknown> {
  try {
    await request;
    return undefined;
  } catch (cause) {
    return cause;
  }
}

/** The library wraps some 404s and loses their status; their texts carry the registry's own error words. */
function isAbsent(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  if ('status' in cause) return cause.status === 404;
  return cause.constructor.name === 'ConfluentSchemaRegistryError';
}
