// GET /v1/sitreps/{n}.html, /v1/sitreps/{n}.pdf: a report as a document, in the rendition of this view, or as the tearline version:
// the rendition of a view below, which is what may be handed on there.
// Holds: nothing is rewritten: a lower rendition is that view's own report, as its readers have it; a view that is not below this
// one, a report that is not there and one that the reader does not see are one 404. Source: README.md#renditions

import type { Matter } from '@sitebus/kit';
import { clearanceDominates } from '@sitebus/marking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { languageOf } from '../problem.ts';
import { open as opened } from '../release.ts';
import type { Released } from '../release.ts';
import { sitrepDocument } from '../renditions/sitrep-document.ts';
import type { Lang, ReleasedSitrep, SitrepDocument } from '../renditions/sitrep-document.ts';
import { renderSitrepHtml, SITREP_PAGE_POLICY } from '../renditions/sitrep-html.ts';
import { renderSitrepPdf } from '../renditions/sitrep-pdf.ts';
import { ById } from '../shapes/bodies.ts';
import { askProtocol, callerOf, readMatter, releaseMatter } from './matters.ts';

/** Routes of reports as documents. */
export const sitrepDocumentRoutes: Routes = async (app, parts) => {
  const html = schemaOf('One report as a page: the accessible original', 'text/html');
  app.get('/v1/sitreps/:id.html', { schema: html, config: { produces: 'text/html', etag: true } }, async (request, reply) =>
    sitrepAsPage(parts, request, reply),
  );
  const pdf = schemaOf('The same as a PDF, with markings at the top and the bottom of each page', 'application/pdf');
  app.get('/v1/sitreps/:id.pdf', { schema: pdf, config: { produces: 'application/pdf' } }, async (request, reply) =>
    sitrepAsFile(parts, request, reply),
  );
}; // prettier-ignore

/** Answers with the page, also where `/v1/sitreps/{n}` is asked for one. */
export async function sitrepAsPage(parts: GatewayParts, request: FastifyRequest, reply: FastifyReply): Promise<Released<string>> {
  const document = await documentOf(parts, request, reply);
  reply.type('text/html; charset=utf-8').header('content-security-policy', SITREP_PAGE_POLICY);
  return written(reply, renderSitrepHtml(document));
} // prettier-ignore

/** Answers with the file, likewise. */
export async function sitrepAsFile(parts: GatewayParts, request: FastifyRequest, reply: FastifyReply): Promise<Released<string>> {
  const document = await documentOf(parts, request, reply);
  const [path = ''] = request.url.split('?');
  const file = await renderSitrepPdf(document, `${path.replace(/\.pdf$/, '')}.html`);
  reply.type('application/pdf').header('content-disposition', `inline; filename="${document.fileName}.pdf"`);
  return written(reply, file);
} // prettier-ignore

/** What was released has been opened for it: it passes no serialiser. */
function written(reply: FastifyReply, document: string | Buffer): Released<string> {
  return reply.send(document) as never; // Fastify takes the reply itself as “sent”
}

/** The released report, as a document; the reply says what was released. */
async function documentOf(parts: GatewayParts, request: FastifyRequest, reply: FastifyReply): Promise<SitrepDocument> {
  const { id } = request.params as { readonly id: string };
  const { lang, tearline } = request.query as { readonly lang?: Lang; readonly tearline?: string };
  const { subject } = request;
  const found = await reportIn(parts, request, id, tearline);
  // A rendition of a view below is that view's product: whoever takes it from here has not opened theirs.
  const release =
    tearline === undefined && found !== undefined
      ? readMatter(parts, request, reply, found.id, async () => found)
      : releaseMatter(parts, found, subject, id);
  const released = opened(await release);
  const language = lang ?? languageOf(request.headers['accept-language']);
  reply.opened = released;
  reply.header('content-language', language);
  return sitrepDocument(released.body as unknown as ReleasedSitrep, language); // the shape of routes/sitreps.ts
}

async function reportIn(parts: GatewayParts, { subject }: FastifyRequest, name: string, tearline: string | undefined): Promise<Matter | undefined> {
  const here = await askProtocol(parts, (protocol) => protocol.list('sitrep', callerOf(parts, subject)));
  const own = here.find(({ id, body }) => id === name || (/^\d{1,6}$/.test(name) && body['number'] === Number(name)));
  if (tearline === undefined || own === undefined) return own;
  const below = parts.policy.views.find(({ id, clearance }) => id === tearline && clearanceDominates(parts.view.clearance, clearance));
  if (below === undefined) return undefined;
  const reports = await askProtocol(parts, (protocol) => protocol.list('sitrep', { person: subject.person, view: below.id }));
  return reports.find(({ body }) => SERIES.every((key) => body[key] === own.body[key]));
} // prettier-ignore

/** What makes two renditions those of one report. */
const SERIES = ['number', 'electionId', 'cadence'] as const;

function schemaOf(summary: string, produces: string) {
  return {
    summary,
    tags: ['sitreps'],
    produces: [produces],
    params: ById,
    querystring: query({
      lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')])),
      tearline: Type.Optional(Type.String({ maxLength: 64, description: 'A view below: its rendition, to hand on there.' })),
    }),
    response: { 200: Type.String() },
  };
} // prettier-ignore
