// GET /stix/extensions/{name}.json: what our STIX extensions contain, as JSON Schema.
// Holds: constants alone.

import { Type } from 'typebox';
import { notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';
import { EXTENSION_SCHEMAS } from '../stix/extension-schemas.ts';

/** Routes of STIX's own documents. */
export const stixRoutes: Routes = async (app) => {
  app.get('/stix/extensions/:name', { schema: extension }, async ({ params }) => {
    const name = /^(.+)\.json$/.exec(params.name)?.[1] ?? '';
    if (!Object.hasOwn(EXTENSION_SCHEMAS, name)) throw notFound({});
    return statement(EXTENSION_SCHEMAS[name as keyof typeof EXTENSION_SCHEMAS]);
  });
};

const extension = {
  summary: 'The JSON Schema of one of our STIX extensions',
  tags: ['about'],
  params: Type.Object({ name: Type.String({ description: 'marking.json, assessment.json, alert.json, observation.json' }) }),
  querystring: query({}),
  response: { 200: Type.Object({}, { additionalProperties: true }) },
}; // prettier-ignore
