// GET /v1/me: who the caller is here, what they may see, what does not work just now.

import { Type } from 'typebox';
import { clearanceDominates } from '@sitebus/marking';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** The route of the caller. */
export const meRoutes: Routes = async (app, { policy, view, requestsPerMinute, streamLimits, degraded }) => {
  app.get('/v1/me', { schema: me }, async (request) => {
    const { person, name, agency, party, seat, roles, homeView, held, clearance, expiresAt } = request.subject;
    const { epoch: _epoch, validUntil, ...axes } = clearance;
    return statement({
      person,
      name,
      ...(agency === undefined ? {} : { agency }),
      ...(party === undefined ? {} : { party }),
      ...(seat === undefined ? {} : { seat }),
      roles,
      homeView,
      view: view.id,
      clearance: { ...axes, validUntil: new Date(validUntil).toISOString() },
      ...(expiresAt === undefined ? {} : { credentialUntil: new Date(expiresAt).toISOString() }),
      views: policy.views
        .filter((each) => clearanceDominates(held, each.clearance))
        .map(({ id, name: title }) => ({ id, name: title })),
      limits: { requestsPerMinute, streams: streamLimits.perReader },
      degraded: degraded(),
    });
  });
};

const me = {
  summary: 'Who you are here',
  tags: ['me'],
  querystring: query({}),
  response: {
    200: Type.Object({
      person: Type.String(),
      name: Type.String(),
      roles: Type.Array(Type.String()),
      homeView: Type.String(),
      view: Type.String(),
      clearance: Type.Object({
        classified: Type.String(),
        nations: Type.Array(Type.String()),
        validUntil: Type.String(),
      }),
      views: Type.Array(
        Type.Object({ id: Type.String(), name: Type.Object({ en: Type.String(), fr: Type.String() }) }),
      ),
      limits: Type.Object({ requestsPerMinute: Type.Integer(), streams: Type.Integer() }),
      degraded: Type.Array(Type.String()),
    }),
  },
};
