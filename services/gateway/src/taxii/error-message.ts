// A refusal as TAXII has it: the same catalogue and words as everywhere, in TAXII's error message.
// Holds: pure; hidden and absent are one constant body, without an id of their own. Source: TAXII 2.1 §3.6

import { Type, type Static } from 'typebox';
import type { Problem } from '../errors.ts';
import { renderProblem } from '../problem.ts';
import type { Language } from '../problem-texts.ts';

/** The body of every TAXII answer from 400 up. */
export const ErrorMessage = Type.Object(
  {
    title: Type.String(),
    description: Type.Optional(Type.String()),
    error_id: Type.Optional(Type.String()),
    error_code: Type.String(),
    http_status: Type.String({ pattern: '^[45]\\d\\d$' }),
    details: Type.Optional(
      Type.Object({
        errors: Type.Optional(Type.Array(Type.Object({}, { additionalProperties: true }))),
        effect: Type.Optional(Type.Literal('UNKNOWN')), // as in a problem
      }),
    ),
  },
  { additionalProperties: false },
);
export type ErrorMessage = Static<typeof ErrorMessage>;

/** @returns the message. */
export function renderErrorMessage(
  problem: Problem,
  language: Language,
  traceId: string,
  mayHaveBegun = false,
): ErrorMessage {
  const { title, detail, errors, effect, traceId: id } = renderProblem(problem, language, traceId, mayHaveBegun);
  return {
    title,
    ...(detail === undefined ? {} : { description: detail }),
    ...(id === undefined ? {} : { error_id: id }),
    error_code: problem.slug,
    http_status: String(problem.status),
    ...((errors ?? effect) === undefined ? {} : { details: { ...(errors && { errors }), ...(effect && { effect }) } }),
  };
}
