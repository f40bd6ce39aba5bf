// An agency's intake over HTTP, on an internal listener: the serving half; src/intake-client.ts is the other.
// Holds: nobody without the service credential reaches the intake, and all who lack it get one answer; refusals carry code and
// details, never a driver's text; an answer that has begun ends in a summary or in a line that says why not.
// Source: README.md#intake-over-http

import { Readable } from 'node:stream';
import type { FastifyPluginAsync } from 'fastify';
import { isRefusal, unreachable } from '@sitebus/sdk';
import type { AgencyIntake, ObservationJson, OnBehalfOf } from './intake.ts';
import { requireCredential, toRefusalBody } from './internal-routes.ts';

/** What the routes serve, and who may call them. */
export interface IntakeRoutesParts {
  readonly intake: AgencyIntake;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}

export const SUBMIT_PATH = '/internal/v1/intake/submit';
export const DEAD_LETTERS_PATH = '/internal/v1/intake/dead-letters';
export const ERASE_PATH = '/internal/v1/intake/erase';
export const IMPORT_PATH = '/internal/v1/intake/import';
/** The largest file taken in, bytes. */
export const MAX_IMPORT_BYTES = 64 * 1024 * 1024;

/** What `submit` takes. */
export interface SubmitBody {
  readonly items: readonly ObservationJson[];
  readonly onBehalfOf: OnBehalfOf;
}

/** What is asked of dead letters. */
export interface DeadLettersBody {
  readonly act: 'list' | 'redrive' | 'discard';
  readonly id?: string;
  readonly reason?: string;
  readonly onBehalfOf: OnBehalfOf;
  /** Of a redrive: what is not to be taken in again. */
  readonly spilled: readonly string[];
}

/** The routes of an intake. Throws at once where the credential is too short. */
export function intakeRoutes({ intake, credential }: IntakeRoutesParts): FastifyPluginAsync {
  const guarded = requireCredential(credential);
  return (app) => {
    guarded(app);
    app.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: MAX_IMPORT_BYTES },
      (_request, body, done) => done(null, body),
    );
    app.post<{ Body: SubmitBody }>(
      SUBMIT_PATH,
      { schema: { body: SUBMIT_SCHEMA }, bodyLimit: MAX_IMPORT_BYTES },
      async (request) => {
        const { items, onBehalfOf } = request.body;
        return { answers: await intake.submit(items, onBehalfOf) };
      },
    );
    app.post<{ Body: DeadLettersBody }>(
      DEAD_LETTERS_PATH,
      { schema: { body: DEAD_LETTERS_SCHEMA } },
      async (request) => {
        const { act, id = '', reason = '', onBehalfOf, spilled } = request.body;
        const { deadLetters } = intake;
        if (deadLetters === undefined) throw unreachable({ what: `the dead letters of ${intake.agency}` });
        switch (act) {
          case 'list':
            return { letters: await deadLetters.list(onBehalfOf) };
          case 'redrive':
            return { letters: [await deadLetters.redrive(id, reason, onBehalfOf, spilled)] };
          case 'discard':
            return { letters: [await deadLetters.discard(id, reason, onBehalfOf)] };
        }
      },
    );
    app.post<{ Body: { readonly note: string } }>(
      ERASE_PATH,
      { schema: { body: required('note') } },
      async (request) => ({
        isErased: (await intake.erase?.(request.body.note)) ?? false,
      }),
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
const DEAD_LETTERS_SCHEMA = {
  type: 'object',
  required: ['act', 'onBehalfOf', 'spilled'],
  properties: {
    spilled: { type: 'array', items: TEXT },
    act: { type: 'string', enum: ['list', 'redrive', 'discard'] },
    id: TEXT,
    reason: TEXT,
    onBehalfOf: required('person', 'agency'),
  },
} as const;
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
    yield `${JSON.stringify(toRefusalBody(refusal))}\n`;
  }
}
