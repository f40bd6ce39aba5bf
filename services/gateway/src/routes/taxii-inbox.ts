// TAXII's inbox: objects posted to it, and the statuses that say what became of them.
// Holds: objects go to the poster's own agency, which decides; a status is its poster's alone. Source: README.md#taxii

import { isTooDeep } from '@sitebus/kit';
import { badRequest, mediaType, methodNotAllowed, notDurable, notFound } from '../errors.ts';
import { intakeOf } from '../intake-of.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';
import {
  COLLECTION,
  errorAnswers,
  ofCollection,
  ofStatus,
  PostedBody,
  ROOT,
  StatusBody,
  TAXII,
  taxiiRoute,
} from '../shapes/taxii.ts';
import { INBOX } from '../taxii/collections.ts';
import { bundleOf, decideAll, detailsOf, TAXII_SOURCE } from '../taxii/inbox.ts';
import type { Posted } from '../taxii/inbox.ts';
import { isTaxiiContent, MAX_TAXII_BYTES, TAXII_TYPE } from '../taxii/media.ts';
import { createStatuses } from '../taxii/statuses.ts';

/** How long a post is waited for before it is answered as pending. */
const PATIENCE_MS = 2_000;

/** The route in, and the one that says what became of it. */
export const taxiiInboxRoutes: Routes = async (app, parts) => {
  const { view, clock } = parts;
  const statuses = createStatuses(clock);

  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    if (!isTaxiiContent(request.headers['content-type'])) return done(mediaType({ accepted: [TAXII_TYPE] }));
    try {
      done(null, JSON.parse(String(text)));
    } catch (cause) {
      done(badRequest({ parameter: 'body' }, cause));
    }
  });

  app.post(
    `${COLLECTION}/objects`,
    {
      schema: post,
      config: { ...TAXII, consumes: [TAXII_TYPE] },
      bodyLimit: MAX_TAXII_BYTES,
      onRequest: async (request, reply) => parts.uploads.take(request, reply),
    },
    async (request, reply) => {
      const { subject, params, body } = request;
      if (params.id === view.collection) throw methodNotAllowed({ allow: ['GET'] });
      if (params.id !== INBOX) throw notFound({});
      if (isTooDeep(body)) throw badRequest({ parameter: 'body' });
      const { intake, onBehalfOf } = intakeOf(parts, subject);
      const posted = body.objects as readonly Posted[];
      const status = statuses.open(subject.person, detailsOf(posted, clock.now()));
      const answers = intake.importFile('stix', TAXII_SOURCE, bundleOf(posted), onBehalfOf);
      const settled = decideAll(answers, status).catch((cause: unknown) => {
        status.decideRest('failure', 'NOT_DURABLE: not stored; send it again');
        return { cause };
      });
      const failed = await withinPatience(settled);
      if (failed && status.resource().success_count === 0) throw notDurable({}, failed.cause);
      reply.code(202);
      return statement(status.resource());
    },
  );

  app.get(`${ROOT}/status/:statusId`, { schema: status, config: TAXII }, async ({ params, subject }) => {
    const found = statuses.find(subject.person, params.statusId);
    if (found === undefined) throw notFound({});
    return statement(found);
  });
};

async function withinPatience<T>(settled: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  });
  return Promise.race([settled, patience]).finally(() => clearTimeout(timer));
}

const post = {
  ...taxiiRoute,
  summary: 'Posts objects, which become observations of your agency',
  consumes: [TAXII_TYPE],
  params: ofCollection,
  body: PostedBody,
  response: { 202: StatusBody, ...errorAnswers },
};
const status = {
  ...taxiiRoute,
  summary: 'What became of posted objects',
  params: ofStatus,
  response: { 200: StatusBody, ...errorAnswers },
};
