// What the OpenAPI document says of each route beyond its own schema: every status it may answer, in which form, and bodies
// that are read as a stream. Holds: pure; it changes the document alone, nothing that is validated or written; statuses are
// listed one by one, so that a test which meets another one has found a fault. Source: README.md#http; RFC 9457

import { Type, type TSchema } from 'typebox';
import type { FastifySchema, RouteOptions } from 'fastify';
import { ACCESS } from './access.ts';
import { ProblemBody } from './problem.ts';
import { COLLECTION } from './shapes/taxii.ts';
import { ErrorMessage } from './taxii/error-message.ts';
import { isTaxiiPath, TAXII_TYPE } from './taxii/media.ts';
import './http-types.ts';

/** The form of `@fastify/swagger`'s hook for one route. */
export interface DescribedRoute {
  readonly schema: FastifySchema;
  readonly url: string;
  readonly route: RouteOptions;
}

/** @returns the route as the document shows it. */
export function describeRoute({ schema, url, route }: DescribedRoute): { schema: FastifySchema; url: string } {
  if ((schema as { hide?: boolean }).hide === true) return { schema, url };
  const own = withoutClasses(schema.response as Readonly<Record<string, unknown>>);
  const problems = Object.fromEntries(statusesOf(schema, url, route).map((status) => [status, problemAnswer(url, status)]));
  const isOpen = ACCESS[`${[route.method].flat()[0] ?? ''} ${url}`] === 'anyone';
  return {
    url,
    schema: {
      ...schema,
      ...bodyOf(schema, route),
      // Numbers come first in the order of an object's keys, whatever is written first: one class never hides another.
      response: { ...problems, ...own },
      ...(isOpen ? { security: [{}, { bearer: [] }] } : {}),
    },
  };
} // prettier-ignore

const WORDS: Readonly<Record<number, string>> = {
  304: 'It is the one that If-None-Match names.',
  400: 'Syntax, an unknown parameter or a cursor that was not made here; the parameter is named.',
  401: 'No credential, or none that is good.',
  403: 'Not for this role or key, decided before anything is looked up; or a record that the reader sees and may not change.',
  404: 'Not visible, or not there: one answer for both.',
  405: 'A collection that is written only, or one that is read only; Allow names what can be done.',
  406: 'No media type that the route answers with.',
  409: 'Not possible now; what is possible is named.',
  410: 'The cursor stands where nothing is held any more: begin again.',
  412: 'If-Match names another version.',
  413: 'Too large; the limit is named.',
  415: 'A media type that the route does not take.',
  422: 'The body does not fit; a pointer for each fault.',
  428: 'If-Match is needed.',
  429: 'Too many requests of this reader; Retry-After says when.',
  431: 'The path and the headers are longer than 16 KiB together: nothing of the request was read, and there is no body.',
  500: 'A defect; the trace id finds it.',
  503: 'Load, or policy, registry, store or ledger cannot be asked: nothing is released. Where `effect` is UNKNOWN, what was asked for may have been done: send it again with the same Idempotency-Key.',
};
const EVERYWHERE = [400, 401, 404, 406, 429, 431, 500, 503];
/** A status that says it all; 431 comes from the reader of HTTP, before there is a route. */
const WITHOUT_BODY = [304, 431];
const WITH_BODY = [409, 413, 415, 422];

function statusesOf(schema: FastifySchema, url: string, route: RouteOptions): readonly number[] {
  const method = [route.method].flat()[0] ?? '';
  const who = ACCESS[`${method} ${url}`];
  const headers = Object.keys(propertiesOf(schema.headers));
  const hasCursor = 'cursor' in propertiesOf(schema.querystring) && !(route.config?.produces ?? '').includes('event');
  return [
    ...EVERYWHERE,
    ...(who === 'anyone' ? [] : [403]),
    ...(method === 'GET' ? [] : WITH_BODY),
    ...(url.startsWith(`${COLLECTION}/`) ? [405] : []), // which collection it is decides what it takes
    ...(hasCursor ? [410] : []),
    ...(headers.includes('if-match') ? [412, 428] : []),
    ...(route.config?.etag === true && method === 'GET' ? [304] : []),
  ];
}

function problemAnswer(url: string, status: number): object {
  const description = WORDS[status] ?? '';
  if (WITHOUT_BODY.includes(status)) return { description, type: 'null' };
  return {
    description,
    content: isTaxiiPath(url)
      ? { [TAXII_TYPE]: { schema: ErrorMessage } }
      : { 'application/problem+json': { schema: ProblemBody } },
  };
}

/** A body that is read as it comes has no schema to be validated by; it is described all the same. */
function bodyOf(schema: FastifySchema, { config, method }: RouteOptions): Partial<FastifySchema> {
  const types = config?.consumes ?? (schema as { consumes?: readonly string[] }).consumes;
  if (schema.body !== undefined || method === 'GET' || types === undefined) return {};
  const text: TSchema = Type.String();
  return { body: { content: Object.fromEntries(types.map((type) => [type, { schema: text }])) } };
}

/** '4xx' and '5xx' stand for what is listed one by one. */
function withoutClasses(response: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(response ?? {}).filter(([status]) => !/xx$/i.test(status)));
}

function propertiesOf(schema: unknown): object {
  return (schema as { properties?: object } | undefined)?.properties ?? {};
}
