// What TAXII 2.1 reads: /taxii2/, the API root, collections, objects, manifests, versions.
// Holds: hidden and absent are the same 404; a page is filled after the release check and ledgered before it is written;
// posting is in taxii-inbox.ts. Source: TAXII 2.1; README.md#taxii

import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkAccess } from '../access.ts';
import { badRequest, methodNotAllowed, notFound } from '../errors.ts';
import { originOf } from '../origin.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';
import {
  ApiRootBody,
  COLLECTION,
  CollectionBody,
  CollectionsBody,
  DEFAULT_LIMIT,
  DiscoveryBody,
  EnvelopeBody,
  errorAnswers,
  ManifestBody,
  MAX_LIMIT,
  ofCollection,
  ofObject,
  pages,
  ROOT,
  TAXII,
  taxiiRoute,
  VersionsBody,
} from '../shapes/taxii.ts';
import type { Subject } from '../subject.ts';
import { chooseOne, choosePage, releasePage } from '../taxii/collection.ts';
import type { Chosen, Entry } from '../taxii/collection.ts';
import { collectionsOf, INBOX } from '../taxii/collections.ts';
import { printAdded, readTime } from '../taxii/date-added.ts';
import type { Edition } from '../taxii/edition.ts';
import { createEditions } from '../taxii/editions.ts';
import { matchesOf } from '../taxii/match.ts';
import type { MatchQuery } from '../taxii/match.ts';
import { MAX_TAXII_BYTES, STIX_TYPE, TAXII_TYPE } from '../taxii/media.ts';
import { versionOf } from '../taxii/version.ts';

/** Routes of TAXII. */
export const taxiiRoutes: Routes = async (app, parts) => {
  const { policy, view, cursors } = parts;
  const editions = createEditions({ readModel: parts.readModel, policy });
  const views = policy.views.filter(({ id }) => id === view.id || parts.besideViews.includes(id));

  /** Throws `not-found` for every collection but this view's own, and where it is the inbox. */
  const editionFor = async (id: string, subject: Subject): Promise<Edition> => {
    if (id === INBOX && mayPublish(subject)) throw methodNotAllowed({ allow: ['POST'] });
    if (id !== view.collection) throw notFound({});
    return editions(subject);
  };
  const scopeOf = (subject: Subject) => ({ person: subject.person, view: view.id, resource: 'taxii' });
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    chosen: Chosen,
    edition: Edition,
    shape: (entries: readonly Entry[]) => object,
  ) => {
    const { subject } = request;
    const [first, last] = [chosen.shown.at(0)?.listed, chosen.shown.at(-1)?.listed];
    const paged = !chosen.more || last === undefined
      ? {}
      : { more: true, next: cursors.seal(scopeOf(subject), { atMs: last.addedMs, epoch: subject.epoch }) };
    const released = await releasePage(chosen, 'LIST', subject, edition, parts, (entries) =>
      entries.length === 0 ? {} : { ...paged, ...shape(entries) },
    );
    if (first !== undefined) reply.header('x-taxii-date-added-first', printAdded(first.addedMs));
    if (last !== undefined) reply.header('x-taxii-date-added-last', printAdded(last.addedMs));
    return released;
  }; // prettier-ignore
  const page = async (
    request: FastifyRequest<{ Params: { id: string }; Querystring: PageQuery }>,
    reply: FastifyReply,
    shape: (entries: readonly Entry[]) => object,
  ) => {
    const edition = await editionFor(request.params.id, request.subject);
    const { limit, next, added_after: addedAfter } = request.query;
    const wanted = {
      matches: matchesOf(request.query),
      limit: Math.min(limit ?? DEFAULT_LIMIT, MAX_LIMIT),
      afterMs: next ? cursors.open(scopeOf(request.subject), next).atMs : addedAfter ? timeOf(addedAfter) : undefined,
    };
    const chosen = await choosePage(edition, wanted, request.subject, parts);
    return answer(request, reply, chosen, edition, shape);
  };
  /** One object by its id; hidden and absent leave the same leaf and get the same answer. */
  const one = async (
    request: FastifyRequest<{ Params: { id: string; objectId: string }; Querystring: PageQuery }>,
    reply: FastifyReply,
    shape: (entries: readonly Entry[]) => object,
  ) => {
    const { id, objectId } = request.params;
    const edition = await editionFor(id, request.subject);
    const matches = matchesOf(request.query);
    const afterMs = request.query.added_after ? timeOf(request.query.added_after) : undefined;
    const chosen = chooseOne(edition, objectId, request.subject, parts);
    if (chosen.shown.length === 0) {
      await parts.monitor.release(undefined, request.subject, objectId);
      throw notFound({});
    }
    const shown = chosen.shown.filter(({ listed }) => matches(listed) && listed.addedMs > (afterMs ?? Number.NEGATIVE_INFINITY));
    return answer(request, reply, { shown, more: false }, edition, shape);
  }; // prettier-ignore

  app.get('/taxii2', { schema: discovery, config: TAXII }, async (request, reply) => {
    const root = `${originOf(request, parts.publicOrigin)}${ROOT}/`;
    reply.header('cache-control', 'private, no-store'); // it may depend on headers that no shared cache tells apart
    return statement({
      title: 'sitebus',
      description: 'Threats to an election, each reader exactly what their clearance allows.',
      contact: 'the operator of this origin',
      default: root,
      api_roots: [root],
    });
  });
  app.get(ROOT, { schema: apiRoot, config: TAXII }, async () =>
    statement({ title: 'sitebus', versions: [TAXII_TYPE], max_content_length: MAX_TAXII_BYTES }),
  );
  app.get(`${ROOT}/collections`, { schema: collections, config: TAXII }, async ({ subject }) => {
    const found = collectionsOf(subject, views, mayPublish(subject));
    return statement(found.length === 0 ? {} : { collections: found });
  });
  app.get(COLLECTION, { schema: collection, config: TAXII }, async ({ params, subject }) => {
    const found = collectionsOf(subject, views, mayPublish(subject)).find(({ id }) => id === params.id);
    if (found === undefined) throw notFound({});
    return statement(found);
  });
  app.get(`${COLLECTION}/objects`, { schema: objects, config: TAXII }, async (request, reply) =>
    page(request, reply, envelopeOf),
  );
  app.get(`${COLLECTION}/manifest`, { schema: manifest, config: TAXII }, async (request, reply) =>
    page(request, reply, manifestOf),
  );
  app.get(`${COLLECTION}/objects/:objectId`, { schema: object, config: TAXII }, async (request, reply) =>
    one(request, reply, envelopeOf),
  );
  app.get(`${COLLECTION}/objects/:objectId/versions`, { schema: versions, config: TAXII }, async (request, reply) =>
    one(request, reply, (entries) => ({ versions: entries.map(({ listed }) => versionOf(listed)) })),
  );
};

/** What the door to the inbox asks, asked where nothing is posted. */
function mayPublish(subject: Subject): boolean {
  try {
    checkAccess(`POST ${COLLECTION}/objects`, subject);
    return true;
  } catch {
    return false; // the route itself says which of role and key does not fit
  }
}

function timeOf(text: string): number {
  const ms = readTime(text);
  if (ms === undefined) throw badRequest({ parameter: 'added_after' });
  return ms;
}

function envelopeOf(entries: readonly Entry[]): object {
  return { objects: entries.map((entry) => entry.object) };
}

function manifestOf(entries: readonly Entry[]): object {
  return {
    objects: entries.map(({ listed }) => ({
      id: listed.id,
      date_added: printAdded(listed.addedMs),
      version: versionOf(listed),
      media_type: STIX_TYPE,
    })),
  };
}

interface PageQuery extends MatchQuery {
  readonly limit?: number;
  readonly next?: string;
  readonly added_after?: string;
}

const answers = (body: object) => ({ ...taxiiRoute, response: { 200: body, ...errorAnswers } });
const discovery = { ...answers(DiscoveryBody), summary: 'Discovery' };
const apiRoot = { ...answers(ApiRootBody), summary: 'The API root' };
const collections = { ...answers(CollectionsBody), summary: 'Collections' };
const collection = { ...answers(CollectionBody), summary: 'A collection', params: ofCollection };
const paged = { params: ofCollection, querystring: pages };
const objects = { ...answers(EnvelopeBody), summary: 'STIX objects, in the order in which they were added', ...paged };
const manifest = { ...answers(ManifestBody), summary: 'Ids, versions and times of objects', ...paged };
const ofOne = { params: ofObject, querystring: pages };
const object = { ...answers(EnvelopeBody), summary: 'One object', ...ofOne };
const versions = { ...answers(VersionsBody), summary: 'Versions of one object', ...ofOne };
