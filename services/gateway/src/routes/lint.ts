// POST /v1/lint: what the rules of tradecraft say of a text, while it is written.
// Holds: depends on what was sent and on policy, never on a record; nothing is kept. Source: README.md#lint

import { lint } from '@sitebus/kit';
import type { LintPortion } from '@sitebus/kit';
import { parse } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { isRefusal } from '@sitebus/sdk';
import { Type } from 'typebox';
import { invalidMarking } from '../errors.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** The route of lint. */
export const lintRoutes: Routes = async (app, { policy }) => {
  const read = (text: string, pointer: string): Marking => {
    try {
      return parse(text, policy);
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw invalidMarking({ errors: [{ pointer, code: cause.code, detail: 'is no marking' }] });
    }
  };
  app.post('/v1/lint', { schema }, async (request) => {
    const { banner, portions = [], ...rest } = request.body;
    const marked = portions.map(({ text, lang, marking }, at): LintPortion => ({
      text, lang: lang ?? 'en', ...(marking === undefined ? {} : { marking: read(marking, `/portions/${at}/marking`) }),
    })); // prettier-ignore
    const product = { ...rest, portions: marked, ...(banner === undefined ? {} : { banner: read(banner, '/banner') }) };
    return statement({ findings: lint(product, policy) });
  });
};

const closed = { additionalProperties: false } as const;
const Words = Type.String({ maxLength: 10_000 });
const MarkingText = Type.String({ maxLength: 2_048 });
const Lang = Type.Union([Type.Literal('en'), Type.Literal('fr')]);
const Text = Type.Object(
  {
    title: Type.Optional(Words),
    known: Type.Optional(Words),
    text: Type.Optional(Words),
    steps: Type.Optional(Type.Array(Words, { maxItems: 50 })),
  },
  closed,
);
const Names = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 }));
const Both = Type.Object({ en: Type.String(), fr: Type.String() });
const schema = {
  summary: 'What the rules of tradecraft say of a text',
  tags: ['lint'],
  querystring: query({}),
  body: Type.Object(
    {
      kind: Type.Union([
        Type.Literal('tearline'),
        Type.Literal('notice'),
        Type.Literal('sitrep'),
        Type.Literal('brief'),
        Type.Literal('assessment'),
      ]),
      en: Type.Optional(Text),
      fr: Type.Optional(Text),
      portions: Type.Optional(
        Type.Array(
          Type.Object({ text: Words, lang: Type.Optional(Lang), marking: Type.Optional(MarkingText) }, closed),
          {
            maxItems: 100,
          },
        ),
      ),
      banner: Type.Optional(MarkingText),
      facts: Type.Optional(
        Type.Object(
          {
            actorClaims: Names,
            statesCoverage: Type.Optional(Type.Boolean()),
            statesGaps: Type.Optional(Type.Boolean()),
            independentRoots: Type.Optional(Type.Integer({ minimum: 0 })),
            privateNames: Names,
            publicNames: Names,
          },
          closed,
        ),
      ),
    },
    closed,
  ),
  response: {
    200: Type.Object({
      findings: Type.Array(
        Type.Object({
          rule: Type.String(),
          level: Type.String({ description: 'E refuses; W needs a reason.' }),
          pointer: Type.String(),
          place: Type.Optional(Type.Object({ start: Type.Integer(), end: Type.Integer() })),
          detail: Both,
          fix: Both,
        }),
      ),
    }),
  },
};
