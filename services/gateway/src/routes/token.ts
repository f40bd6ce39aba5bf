// POST /dev/token: a token for one of the local stack's invented persons. Registered only where a local issuer exists.

import { Type } from 'typebox';
import { notFound } from '../errors.ts';
import { isLoopback, LOCAL_ISSUER } from '../local-issuer.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** The route of local tokens. */
export const tokenRoutes: Routes = async (app, { registry, localIssuer }) => {
  app.post('/dev/token', { schema: token }, async (request) => {
    // A page elsewhere can have its own name resolve to this machine; the browser then sends that name.
    if (!isLoopback(request.hostname.replace(/^\[(.*)\]$/, '$1'))) throw notFound({});
    const { person, role } = request.body;
    const local = registry.persons().filter(({ issuer }) => issuer === LOCAL_ISSUER);
    const chosen = local
      .filter(
        (row) =>
          (person === undefined || row.person === person) &&
          (role === undefined || row.roles.some((each) => each === role)),
      )
      .sort((a, b) => (a.person < b.person ? -1 : 1))[0];
    if (chosen === undefined || localIssuer === undefined) throw notFound({});
    return statement({ person: chosen.person, ...(await localIssuer.issue(chosen.subject)) });
  });
};

const token = {
  summary: 'A token of the local stack, for trying out',
  tags: ['about'],
  querystring: query({}),
  body: Type.Object(
    { person: Type.Optional(Type.String({ maxLength: 80 })), role: Type.Optional(Type.String({ maxLength: 40 })) },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: Type.Object({ person: Type.String(), token: Type.String(), expiresAt: Type.String() }) },
};
