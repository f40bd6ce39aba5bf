// POST /v1/features/lookup: what is known of up to 1,000 values.
// Holds: only released observations count; a value that is only in hidden ones, or of a kind that policy masks, is answered as
// never seen, whoever asks. Source: README.md#routes, README.md#masking

import { Type } from 'typebox';
import { FEATURE_KINDS, normalise } from '@sitebus/sdk';
import { createTurns, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import type { Judged } from '../release.ts';
import type { Subject } from '../subject.ts';

const MAX_VALUES = 1_000;
const MAX_OBSERVATIONS = 20;

/** The route of look-ups. */
export const featureRoutes: Routes = async (app, parts) => {
  app.post('/v1/features/lookup', { schema: lookup }, async (request) => {
    const found: Found[] = [];
    const once = new Map<string, Found>(); // a value given again costs nothing again
    const turn = createTurns();
    for (const { kind, value: raw } of request.body.features) {
      const value = normalise(kind, raw) ?? raw;
      const present = once.get(`${kind} ${value}`) ?? (await find(parts, request.subject, kind, value, turn));
      once.set(`${kind} ${value}`, present);
      found.push(present);
    }
    const judged = found.flatMap(({ observations, context }) => [...observations, ...context]);
    return parts.monitor.releaseAll(unique(judged), request.subject, 'LIST', () => ({
      items: found.map(({ answer }) => answer),
    }));
  });
};

interface Found {
  readonly observations: readonly Judged[];
  readonly context: readonly Judged[];
  readonly answer: Answer;
}

interface Answer {
  readonly kind: string;
  readonly value: string;
  readonly seen: boolean;
  readonly first?: string;
  readonly last?: string;
  readonly observations: readonly string[];
  readonly context?: string;
}

async function find(
  { readModel, monitor, policy }: GatewayParts,
  subject: Subject,
  kind: string,
  value: string,
  turn: ReturnType<typeof createTurns>,
): Promise<Found> {
  // A kind that is none may be one with the beginning of a masked value.
  if (!FEATURE_KINDS.some((each) => each === kind) || policy.masking.kinds.includes(kind))
    return { observations: [], context: [], answer: { kind, value, seen: false, observations: [] } };
  const judged: Judged[] = [];
  for await (const each of readModel.withFeature(kind, value)) {
    await turn();
    const outcome = monitor.judge(each, subject);
    if (!isWithheld(outcome) && outcome.body['status'] !== 'RECALLED') judged.push(outcome);
  }
  const context = (await readModel.contextOf(kind, value))
    .map((each) => monitor.judge(each, subject))
    .flatMap((each) => (isWithheld(each) ? [] : [each]));
  const why = context.flatMap(
    ({ body }) => (body['contextValues'] ?? []) as readonly { kind: string; value: string; why: string }[],
  );
  const times = judged.map(({ body }) => String((body['envelope'] as Record<string, unknown>)['observedAt'])).sort();
  const reason = why.find((each) => each.kind === kind && each.value === value)?.why;
  const [first] = times;
  const last = times.at(-1);
  return {
    observations: judged,
    context,
    answer: {
      kind,
      value,
      seen: judged.length > 0,
      ...(first === undefined || last === undefined ? {} : { first, last }),
      observations: judged.slice(0, MAX_OBSERVATIONS).map(({ record }) => record.id),
      ...(reason === undefined ? {} : { context: reason }),
    },
  };
}

function unique(judged: readonly Judged[]): readonly Judged[] {
  return [...new Map(judged.map((each) => [`${each.record.kind} ${each.record.id}`, each])).values()];
}

const lookup = {
  summary: 'What is known of these values',
  tags: ['features'],
  querystring: query({}),
  body: Type.Object(
    {
      features: Type.Array(
        Type.Object(
          { kind: Type.String({ maxLength: 40 }), value: Type.String({ minLength: 1, maxLength: 2_048 }) },
          { additionalProperties: false },
        ),
        { maxItems: MAX_VALUES },
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          kind: Type.String(),
          value: Type.String(),
          seen: Type.Boolean({ description: 'Of kinds that policy masks always false.' }),
          first: Type.Optional(Type.String()),
          last: Type.Optional(Type.String()),
          observations: Type.Array(Type.String()),
          context: Type.Optional(Type.String()),
        }),
      ),
    }),
  },
};
