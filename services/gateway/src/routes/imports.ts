// POST /v1/imports/{format}: a whole file for the caller's own agency.
// Holds: the file goes to the agency's service as it came; each item is answered, the summary adds up; nothing is marked
// by default. Source: README.md#routes

import { Type } from 'typebox';
import { IMPORT_FORMATS, isImportFormat } from '@sitebus/sdk';
import { notFound } from '../errors.ts';
import { intakeOf } from '../intake-of.ts';
import { answerLines, wholeBody } from '../ndjson.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';
import type { Released } from '../release.ts';
import type { AgencyIntake } from '@sitebus/kit';

/** The route of imports. */
export const importRoutes: Routes = async (app, parts) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.post(
    '/v1/imports/:format',
    { schema: importFile, config: { produces: 'application/x-ndjson' } },
    async (request, reply) => {
      const { format } = request.params;
      if (!isImportFormat(format)) throw notFound({});
      intakeOf(parts, request.subject); // who may not publish is refused before the file is read
      parts.uploads.take(request, reply);
      const content = await wholeBody(request);
      await request.judge(); // files come for minutes
      const { intake, onBehalfOf } = intakeOf(parts, request.subject);
      return answerLines(reply, answers(intake.importFile(format, request.query.source, content, onBehalfOf)));
    },
  );
};

async function* answers(items: ReturnType<AgencyIntake['importFile']>): AsyncGenerator<Released<unknown>> {
  for await (const item of items) {
    // Whether an item was known before is for the agency's own operators, not for an answer that could be compared.
    if ('summary' in item || item.status !== 'accepted') yield statement(item);
    else
      yield statement({
        line: item.line,
        status: item.status,
        id: item.id,
        cell: item.cell,
        ...(item.warnings === undefined ? {} : { warnings: item.warnings }),
      });
  }
}

const importFile = {
  summary: 'Imports a file; one answer an item, the summary last',
  tags: ['observations'],
  consumes: ['application/octet-stream'],
  produces: ['application/x-ndjson'],
  params: Type.Object({ format: Type.String({ description: IMPORT_FORMATS.join(', ') }) }),
  querystring: query({ source: Type.String({ minLength: 1, maxLength: 200, description: 'As named in policy.' }) }),
  response: { 200: Type.String() },
};
