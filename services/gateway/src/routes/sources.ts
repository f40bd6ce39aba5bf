// GET /v1/sources, /v1/sources/{id}: what has been heard from whom, and who is silent.
// Holds: figures count only records the view's own clearance dominates, and are released under the join of those.
// Source: README.md#routes

import { notFound } from '../errors.ts';
import { query, pageBody } from '../page.ts';
import type { Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import { ById, SourceBody } from '../shapes/bodies.ts';

/** Routes of sources. */
export const sourceRoutes: Routes = async (app, { readModel, monitor }) => {
  app.get('/v1/sources', { schema: list }, async (request) => {
    const judged = (await readModel.sources())
      .map((each) => monitor.judge(each, request.subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    return monitor.releaseAll(judged, request.subject, 'LIST', (items) => ({ items }));
  });

  app.get('/v1/sources/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const source = (await readModel.sources()).find((each) => each.id === id);
    const outcome = await monitor.release(source, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });
};

const list = {
  summary: 'Sources and their freshness',
  tags: ['sources'],
  querystring: query({}),
  response: { 200: pageBody(SourceBody) },
};
const one = {
  summary: 'One source and its freshness',
  tags: ['sources'],
  params: ById,
  querystring: query({}),
  response: { 200: SourceBody },
};
