// POST /v1/lint: what the rules of tradecraft say of a text, while it is written.
// Holds: without a case it depends on what was sent and on policy alone; with one, also on those of its records that the drafter
// may read, and on no others; nothing is kept. Source: README.md#lint

import { leaksIn, lint } from '@sitebus/kit';
import type { LintPortion } from '@sitebus/kit';
import { createMarking, parse } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { isRefusal } from '@sitebus/sdk';
import { Type } from 'typebox';
import { recordsAbove } from '../case-records.ts';
import { invalidMarking, notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isWithheld, statement } from '../release.ts';
import type { Subject } from '../subject.ts';
import { askProtocol, callerOf, toStoredMatter } from './matters.ts';

/** The route of lint. */
export const lintRoutes: Routes = async (app, parts) => {
  const { policy } = parts;
  const read = (text: string, pointer: string): Marking => {
    try {
      return parse(text, policy);
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw invalidMarking({ errors: [{ pointer, code: cause.code, detail: 'is no marking' }] });
    }
  };
  app.post('/v1/lint', { schema }, async (request) => {
    const { banner, caseId, portions = [], ...rest } = request.body;
    const marked = portions.map(({ text, lang, marking }, at): LintPortion => ({
      text, lang: lang ?? 'en', ...(marking === undefined ? {} : { marking: read(marking, `/portions/${at}/marking`) }),
    })); // prettier-ignore
    const product = { ...rest, portions: marked, ...(banner === undefined ? {} : { banner: read(banner, '/banner') }) };
    const findings = lint(product, policy);
    if (caseId === undefined) return statement({ findings });
    const target = product.banner ?? FOR_EVERYBODY;
    const { judged, sources, leftOut } = await recordsAbove(
      parts,
      request.subject,
      await citedBy(parts, request.subject, caseId),
      target,
    );
    const leaks = leaksIn(product, sources, policy);
    return parts.monitor.releaseAll(judged, request.subject, 'LIST', () => ({
      findings: [...findings, ...leaks],
      checked: sources.length,
      leftOut,
    }));
  });
};

/** What the case cites, for whoever sees the case. Throws `not-found`, with the leaf of any absent id. */
async function citedBy(parts: GatewayParts, subject: Subject, id: string): Promise<readonly string[]> {
  const found = await askProtocol(parts, (protocol) => protocol.find('case', id, callerOf(parts, subject)));
  const judged = parts.monitor.judge(found && toStoredMatter(found), subject);
  if (isWithheld(judged)) {
    await parts.monitor.release(undefined, subject, id);
    throw notFound({});
  }
  const cited = judged.body['assessments'];
  return Array.isArray(cited) ? cited.map((each) => String((each as { readonly id?: unknown }).id)) : [];
}

/** Where a notice goes. */
const FOR_EVERYBODY = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL', tlp: 'CLEAR' });

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
      caseId: Type.Optional(
        Type.String({
          pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
          description:
            'A case of yours: the text is held against its records above the banner (of a notice: above public) that you may read.',
        }),
      ),
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
          sources: Type.Optional(Type.Array(Type.String(), { description: 'Of a leak: records that have it.' })),
        }),
      ),
      checked: Type.Optional(Type.Integer({ description: 'Records that the text was held against.' })),
      leftOut: Type.Optional(Type.Integer({ description: 'Records that there were too many of.' })),
    }),
  },
};
