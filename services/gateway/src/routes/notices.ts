// /v1/notices: what the public is told, in both languages, by anyone, token or not; drafts of it, by the secretariat.
// Holds: a notice names no case; a replaced version stays readable in it; a draft is part of its case, and judged with it.
// Source: README.md#cases

import { NoticeTextBody } from '@sitebus/kit';
import type { Matter } from '@sitebus/kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { renderAtom } from '../atom.ts';
import { notFound } from '../errors.ts';
import { mustMatch } from '../etag.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredMatter } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { isWithheld, open as opened } from '../release.ts';
import type { Judged, Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { PUBLIC_VIEW } from '../subject.ts';
import { keyOf } from './disclosures.ts';
import {
  askProtocol,
  callerOf,
  fromKept,
  matterBody,
  releaseMatter,
  seenMatter,
  toKept,
  toStoredMatter,
} from './matters.ts';
import type { Kept } from './matters.ts';

const Words = Type.Object({ title: Type.String(), known: Type.String(), steps: Type.Array(Type.String()) });
const Shown = matterBody({
  version: Type.Integer(),
  kind: Type.String({ description: 'BELOW_THRESHOLD or ANNOUNCEMENT.' }),
  electionId: Type.String(),
  en: Words,
  fr: Words,
  decisionHash: Type.String(),
  issuedAt: Type.String(),
  signature: Type.Optional(
    Type.Object(
      { by: Type.String(), at: Type.String(), signature: Type.String() },
      {
        description:
          'Ed25519 over id, version, kind, election, both texts, decision hash and instant; check it with keys of your own.',
      },
    ),
  ),
  corrections: Type.Array(
    Type.Object({ version: Type.Integer(), why: Type.String(), at: Type.String(), en: Words, fr: Words }),
    { description: 'Earlier versions, oldest first.' },
  ),
});
const Draft = Type.Object(
  {
    caseId: Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' }),
    kind: Type.Union([Type.Literal('BELOW_THRESHOLD'), Type.Literal('ANNOUNCEMENT')]),
    en: NoticeTextBody,
    fr: NoticeTextBody,
  },
  { additionalProperties: false },
);
const DraftShown = Type.Object({ id: Type.String(), marking: MarkingBody }, { additionalProperties: true });
const tags = ['notices'];
const TITLES = { en: 'Notices to the public', fr: 'Avis au public' } as const;

/** Routes of notices. */
export const noticeRoutes: Routes = async (app, parts) => {
  const { monitor, cursors, idempotency, view } = parts;
  const list = { summary: 'Notices, newest first', tags, querystring: query({ ...paging }), response: { 200: pageBody(Shown) } };
  app.get('/v1/notices', { schema: list }, async (request, reply) => {
    const { subject } = request;
    const found = await noticesFor(parts, request);
    return answerPage<StoredMatter>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: 'notice' },
      filter: {},
      from: async function* (cursor) {
        yield* found
          .filter(({ atMs, id }) => cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && id < cursor.id))
          .map(toStoredMatter);
      },
      keep: () => true,
      positionOf: ({ atMs, id }) => ({ atMs, id }),
    });
  });

  const feed = {
    summary: 'Notices as an Atom feed', tags, produces: ['application/atom+xml'],
    querystring: query({ lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')])) }),
    response: { 200: Type.String() },
  };
  app.get('/v1/notices/feed.atom', { schema: feed, config: { produces: 'application/atom+xml' } }, async (request, reply) => {
    const { lang = 'en' } = request.query;
    const judged = (await noticesFor(parts, request))
      .map((matter) => monitor.judge(toStoredMatter(matter), request.subject))
      .filter((each): each is Judged => !isWithheld(each));
    const released = await monitor.releaseAll(judged, request.subject, 'LIST', (bodies) =>
      renderAtom({ lang, title: TITLES[lang], self: `/v1/notices/feed.atom?lang=${lang}`, entries: bodies.map((body) => entryIn(body, lang)) }),
    );
    return answerText(reply, released, lang);
  });

  const one = { summary: 'One notice, with what it said before', tags, params: ById, querystring: query({}), response: { 200: Shown } };
  app.get('/v1/notices/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const found = await askProtocol(parts, (protocol) => protocol.find('notice', id, publicCaller(request)));
    return releaseMatter(parts, found, request.subject, id);
  });

  const key = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };
  const drafting = { tags, querystring: query({}), headers: Type.Object(key, { additionalProperties: true }), body: Draft };
  app.post('/v1/notices/drafts', { schema: { ...drafting, summary: 'Drafts a notice of a case', response: { 201: DraftShown } } }, async (request, reply) => {
    const { subject, body } = request;
    const { answer, replayed } = await idempotency.once<Kept>(
      { scope: `${subject.person} POST /v1/notices/drafts`, key: keyOf(request), body },
      async () => {
        const known = new Set(draftsIn(await caseOf(parts, request, body.caseId)).map(({ draft }) => draft));
        const after = await draft(parts, request);
        const made = draftsIn(after).find((each) => !known.has(each.draft));
        if (made === undefined) throw notFound({});
        return toKept(draftOf(after, made));
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201);
    return releaseMatter(parts, fromKept(answer), subject);
  });
  app.put('/v1/notices/drafts/:id', { schema: { ...drafting, params: ById, summary: 'Drafts it again', response: { 200: DraftShown } } }, async (request) => {
    const { id } = request.params;
    const { subject, body } = request;
    mustMatch(request, await seenMatter(parts, 'case', body.caseId, subject)); // its drafts stand in it, and are read there
    const after = await draft(parts, request, id);
    const made = draftsIn(after).find((each) => each.draft === id);
    return releaseMatter(parts, made && draftOf(after, made), subject, id);
  });
}; // prettier-ignore

/** Text passes no serialiser: what is written is opened here. */
function answerText(reply: FastifyReply, released: Released<string>, lang: string): Released<string> {
  const text = opened(released);
  reply.type('application/atom+xml; charset=utf-8').header('content-language', lang);
  reply.opened = text;
  return reply.send(text.body) as never; // Fastify takes the reply itself as “sent”
}

interface DraftBody extends Readonly<Record<string, unknown>> {
  readonly draft: string;
}

async function draft(parts: GatewayParts, request: FastifyRequest, draftId?: string): Promise<Matter> {
  const { caseId, kind: notice, en, fr } = request.body as Readonly<Record<'caseId' | 'kind' | 'en' | 'fr', unknown>>;
  const args = { notice, en, fr, ...(draftId === undefined ? {} : { draftId }) };
  await caseOf(parts, request, String(caseId));
  return askProtocol(parts, (protocol) => protocol.command('case', String(caseId), 'draft', args, callerOf(parts, request.subject))); // prettier-ignore
}

/** The case as its drafter sees it. Throws `not-found`, with the leaf of any absent id. */
async function caseOf(parts: GatewayParts, { subject }: FastifyRequest, id: string): Promise<Matter> {
  const found = await askProtocol(parts, (protocol) => protocol.find('case', id, callerOf(parts, subject)));
  if (found !== undefined && !isWithheld(parts.monitor.judge(toStoredMatter(found), subject))) return found;
  await parts.monitor.release(undefined, subject, id);
  throw notFound({});
}

function draftsIn({ parts: own }: Matter): readonly DraftBody[] {
  const drafts = own.find(({ name }) => name === 'office')?.body['drafts'];
  return Array.isArray(drafts) ? (drafts as readonly DraftBody[]) : [];
}

/** The draft as a matter of its own, marked as its case. */
function draftOf(after: Matter, { draft: id, ...body }: DraftBody): Matter {
  return { ...after, id, body: { caseId: after.id, ...body }, parts: [] };
}

async function noticesFor(parts: GatewayParts, request: FastifyRequest): Promise<readonly Matter[]> {
  return askProtocol(parts, (protocol) => protocol.list('notice', publicCaller(request)));
}

function publicCaller({ subject }: FastifyRequest) {
  return { person: subject.person, view: PUBLIC_VIEW };
}

function entryIn(body: Body, lang: 'en' | 'fr') {
  const said = body[lang] as { readonly title: string; readonly known: string; readonly steps: readonly string[] };
  const [first] = body['corrections'] as readonly { readonly at: string }[];
  const { id, issuedAt } = body as { readonly id: string; readonly issuedAt: string };
  return {
    id,
    title: said.title,
    published: first?.at ?? issuedAt,
    updated: issuedAt,
    text: [said.known, ...said.steps.map((step, at) => `${at + 1}. ${step}`)].join('\n'),
  };
}
