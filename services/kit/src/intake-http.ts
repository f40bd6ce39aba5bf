// An agency's intake over HTTP, on an internal listener: the serving half; src/intake-client.ts is the other.
// Holds: nobody without the service credential reaches the intake, and all who lack it get one answer; refusals carry code and
// details, never a driver's text; an answer that has begun ends in a summary or in a line that says why not.
// Source: README.md#intake-over-http

import { createHash, timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { isRefusal } from '@sitebus/sdk';
import type { AgencyIntake, ObservationJson, OnBehalfOf } from './intake.ts';

/** What the routes serve, and who may call them. */
export interface IntakeRoutesParts {
  readonly intake: AgencyIntake;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}

export const SUBMIT_PATH = '/internal/v1/intake/submit';
export const IMPORT_PATH = '/internal/v1/intake/import';
/** The largest file taken in, bytes. */
export const MAX_IMPORT_BYTES = 64 * 1024 * 1024;
/** Shorter ones could be found by trying. */
const MIN_CREDENTIAL_CHARS = 32;

/** What `submit` takes. */
export interface SubmitBody {
  readonly items: readonly ObservationJson[];
  readonly onBehalfOf: OnBehalfOf;
}

/** A refusal on the wire: as a body, or as the last line of an answer that had begun. */
export interface RefusalBody {
  readonly refusal: {
    readonly code: string;
    readonly retriable: boolean;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

/** The two routes of an intake. Throws at once where the credential is too short. */
export function intakeRoutes({ intake, credential }: IntakeRoutesParts): FastifyPluginAsync {
  if (credential.length < MIN_CREDENTIAL_CHARS) throw new Error('intake: the service credential is too short');
  const expected = digestOf(`Bearer ${credential}`);
  return (app) => {
    app.addHook('onRequest', async (request, reply) => {
      const given = digestOf(request.headers.authorization ?? '');
      if (!timingSafeEqual(given, expected))
        await refuse(reply, 401, { code: 'NOT_AUTHENTICATED', retriable: false, details: {} });
    });
    app.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: MAX_IMPORT_BYTES },
      (_request, body, done) => done(null, body),
    );
    app.setErrorHandler((error, _request, reply) => {
      if (isRefusal(error)) return refuse(reply, error.retriable ? 503 : 422, error);
      const { statusCode = 500 } = error as { readonly statusCode?: number };
      const code = statusCode === 413 ? 'TOO_LARGE' : statusCode < 500 ? 'MALFORMED_REQUEST' : 'UNEXPECTED';
      return refuse(reply, statusCode, { code, retriable: statusCode >= 500, details: {} });
    });
    app.post<{ Body: SubmitBody }>(
      SUBMIT_PATH,
      { schema: { body: SUBMIT_SCHEMA }, bodyLimit: MAX_IMPORT_BYTES },
      async (request) => {
        const { items, onBehalfOf } = request.body;
        return { answers: await intake.submit(items, onBehalfOf) };
      },
    );
    app.post<{ Body: Buffer; Querystring: ImportQuery }>(
      IMPORT_PATH,
      { schema: { querystring: IMPORT_SCHEMA } },
      (request, reply) => {
        const { format, source, person, agency, cells } = request.query;
        const onBehalfOf = { person, agency, ...(cells === undefined ? {} : { cells: cells.split(',') }) };
        const answers = intake.importFile(format, source, request.body, onBehalfOf);
        return reply.type('application/x-ndjson').send(Readable.from(toLines(answers)));
      },
    );
    return Promise.resolve();
  };
}

interface ImportQuery {
  readonly format: string;
  readonly source: string;
  readonly person: string;
  readonly agency: string;
  /** Joined by commas; a cell's id has none. */
  readonly cells?: string;
}

const TEXT = { type: 'string', minLength: 1 } as const;
const required = <K extends string>(...names: K[]) => ({
  type: 'object' as const,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, TEXT])),
});
const IMPORT_SCHEMA = required('format', 'source', 'person', 'agency');
const SUBMIT_SCHEMA = {
  type: 'object',
  required: ['items', 'onBehalfOf'],
  properties: { items: { type: 'array', items: { type: 'object' } }, onBehalfOf: required('person', 'agency') },
} as const;

/** Once the first line is out a status can no longer be changed, so a refusal becomes the last line. */
async function* toLines(answers: AsyncIterable<unknown>): AsyncGenerator<string> {
  try {
    for await (const answer of answers) yield `${JSON.stringify(answer)}\n`;
  } catch (error) {
    const refusal = isRefusal(error) ? error : { code: 'UNEXPECTED', retriable: true, details: {} };
    yield `${JSON.stringify(toBody(refusal))}\n`;
  }
}

function refuse(reply: FastifyReply, status: number, refusal: RefusalBody['refusal']): FastifyReply {
  return reply.code(status).send(toBody(refusal));
}

function toBody({ code, retriable, details }: RefusalBody['refusal']): RefusalBody {
  return { refusal: { code, retriable, details } };
}

/** Of equal length whatever is given, as the comparison needs. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
