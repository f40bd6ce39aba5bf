// GET /v1/products/{id}/correspondence: what was asked of a product, what was answered, and what its recipients said of it.
// Holds: each question and each word of feedback is released by its own marking, to whoever may read it where it lies; a product
// that nobody asked about, one that the reader does not see and one that is not there have one answer: an empty list.
// Source: README.md#correspondence; failure 7

import type { Matter } from '@sitebus/kit';
import { Type } from 'typebox';
import { QUESTION_READERS } from '../access.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { Routes } from '../parts.ts';
import type { StoredMatter } from '../read-model/model.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { askProtocol, callerOf, toStoredMatter } from './matters.ts';

/** Where a product's correspondence is, for a `Link` header. */
export function correspondenceLink(product: string): string {
  return `</v1/products/${encodeURIComponent(product)}/correspondence>; rel="related"`;
}

/** The route of correspondence. */
export const correspondenceRoutes: Routes = async (app, parts) => {
  const { monitor, cursors, view } = parts;
  app.get('/v1/products/:id/correspondence', { schema }, async (request, reply) => {
    const { subject } = request;
    const { id: product } = request.params;
    const by = callerOf(parts, subject);
    const mayAsk = subject.roles.some((role) => QUESTION_READERS.includes(role));
    const [questions, feedback] = await askProtocol(parts, async (protocol) =>
      Promise.all([mayAsk ? protocol.list('rfi', by) : [], protocol.list('feedback', by)]),
    );
    const found = [
      ...questions.filter(({ body }) => body['about'] === product).map((each) => named('question', each)),
      ...feedback.filter(({ body }) => body['productId'] === product).map((each) => named('feedback', each)),
    ].sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
    return answerPage<StoredMatter>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: `correspondence ${product}` },
      filter: {},
      from: async function* (cursor) {
        const isAfter = ({ atMs, id }: Matter): boolean =>
          cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && id < cursor.id);
        yield* found.filter(isAfter).map(toStoredMatter);
      },
      keep: () => true,
      positionOf: ({ atMs, id }) => ({ atMs, id }),
    });
  });
};

function named(kind: 'question' | 'feedback', { body, ...matter }: Matter): Matter {
  const { possible: _possible, ...said } = body;
  return { ...matter, body: { kind, ...said } };
}

const Item = Type.Object(
  {
    kind: Type.Union([Type.Literal('question'), Type.Literal('feedback')]),
    id: Type.String(),
    state: Type.String(),
    marking: MarkingBody,
    question: Type.Optional(Type.String()),
    toAgencies: Type.Optional(Type.Array(Type.String())),
    awaiting: Type.Optional(Type.Array(Type.String())),
    answers: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
    useful: Type.Optional(Type.String()),
    action: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
const schema = {
  summary: 'Questions about a product with their answers, and feedback on it, newest first',
  tags: ['rfis'],
  params: ById,
  querystring: query({ ...paging }),
  response: { 200: pageBody(Item) },
};
