// GET /v1/sources: what has been heard from whom, and who is silent.
// Holds: figures count only records the view's own clearance dominates, and are released under the join of those.
// Source: README.md#routes

import { query, pageBody } from '../page.ts';
import type { Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import { SourceBody } from '../shapes/bodies.ts';

/** The route of sources. */
export const sourceRoutes: Routes = async (app, { readModel, monitor }) => {
  app.get('/v1/sources', { schema: list }, async (request) => {
    const judged = (await readModel.sources())
      .map((each) => monitor.judge(each, request.subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    return monitor.releaseAll(judged, request.subject, 'LIST', (items) => ({ items }));
  });
};

const list = {
  summary: 'Sources and their freshness',
  tags: ['sources'],
  querystring: query({}),
  response: { 200: pageBody(SourceBody) },
};
