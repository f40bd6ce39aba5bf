// A refusal as the reader gets it: RFC 9457 problem+json in English or French.
// Holds: pure; a 404 is one constant body for everything hidden or absent, without trace id; nothing but the catalogue's
// own texts, the caller's own words and safe details is rendered. Source: RFC 9457; README.md#problems

import { Type, type Static } from 'typebox';
import {
  Problem,
  badRequest,
  failClosed,
  internal,
  invalidBody,
  mediaType,
  notDurable,
  rateLimited,
  tooLarge,
  unknownParameter,
} from './errors.ts';
import type { FaultAt } from './errors.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';
import type { Language } from './problem-texts.ts';

/** The body of every answer from 400 up. */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ pattern: '^urn:sitebus:problem:[a-z-]+$' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String(),
          code: Type.String(),
          detail: Type.String(),
          hint: Type.Optional(Type.String()),
        }),
      ),
    ),
    effect: Type.Optional(
      Type.Literal('UNKNOWN', {
        description:
          'Of a 503 to what changes something, where its route had begun: it may have been carried out, though its answer cannot be shown now. Send the same with the same Idempotency-Key later: what was done is answered then, and not done twice.',
      }),
    ),
    help: Type.Optional(Type.String()),
    traceId: Type.Optional(Type.String()),
  },
  { $id: 'Problem', additionalProperties: false },
);
export type ProblemBody = Static<typeof ProblemBody>;

/** @returns the body; of `not-found` always the same bytes in a language. `mayHaveBegun`: the route was reached, and changes something. */
export function renderProblem(
  problem: Problem,
  language: Language,
  traceId: string,
  mayHaveBegun = false,
): ProblemBody {
  const { title, detail } = PROBLEM_TEXTS[problem.slug][language];
  const head = { type: `urn:sitebus:problem:${problem.slug}`, title, status: problem.status };
  if (problem.slug === 'not-found') return head;
  const errors = problem.details['errors'] as readonly FaultAt[] | undefined;
  return {
    ...head,
    ...(detail === undefined ? {} : { detail: filled(detail, problem.details) }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(mayHaveBegun && problem.status === 503 ? { effect: 'UNKNOWN' } : {}),
    help: '/docs',
    traceId,
  };
}

/** @returns the language of texts: the first of English and French that the caller prefers, else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .slice(0, 500)
    .split(',')
    .map((part, index) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const q = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='));
      return { language: tag.trim().split('-')[0], weight: q === undefined ? 1 : Number(q.slice(2)) || 0, index };
    })
    .filter(
      (w): w is { language: Language; weight: number; index: number } =>
        w.weight > 0 && (w.language === 'en' || w.language === 'fr'),
    )
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  return wanted[0]?.language ?? 'en';
}

/** A fault as the schema validator reports it, for one part of a request. */
interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** @returns what to answer when a query string (400) or a body (422) does not fit its schema. */
export function problemOfValidation(part: string | undefined, faults: readonly SchemaFault[]): Problem {
  const unknown = faults.flatMap((fault) =>
    fault.keyword === 'additionalProperties' ? ((fault.params['additionalProperties'] ?? []) as string[]) : [],
  );
  if (part !== 'body') {
    if (unknown[0] !== undefined) return unknownParameter({ parameter: unknown[0] });
    const parameter = faults[0]?.instancePath.slice(1) || requiredOf(faults[0]);
    return badRequest(parameter ? { parameter } : {});
  }
  return invalidBody({ errors: faults.slice(0, 20).map(toFaultAt) });
}

/**
 * @returns the problem to answer for anything thrown while a request was served; unknown things are `internal`.
 * `consumes`: the media types of the route's body; `maxBytes`: its bound.
 */
export function toProblem(
  thrown: unknown,
  consumes: readonly string[] = ['application/json'],
  maxBytes = MAX_JSON_BYTES,
): Problem {
  if (thrown instanceof Problem) return thrown;
  const { code } = (thrown ?? {}) as { code?: unknown };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge({ maxBytes }, thrown);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return mediaType({ accepted: consumes }, thrown);
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return badRequest({ parameter: 'body' }, thrown);
    case 'FILE_OVER_QUOTA':
      return tooLarge({ maxBytes: Number(detailOf(thrown, 'maxBytes')) }, thrown);
    case 'QUOTA_SPENT':
      return rateLimited({ retryAfterSeconds: Number(detailOf(thrown, 'retryAfterSeconds')) }, thrown);
    case 'REGISTRY_STALE':
      return failClosed({ part: 'registry' }, thrown);
    case 'NOT_DURABLE':
    case 'UNREACHABLE':
    case 'TIMEOUT':
    case 'OVERLOADED':
      return notDurable({}, thrown);
    default:
      return internal({}, thrown);
  }
}

/** Of a refusal of ours, whose details are safe to show. */
function detailOf(thrown: unknown, name: string): unknown {
  return (thrown as { details?: Readonly<Record<string, unknown>> }).details?.[name];
}

/** The longest JSON body that is parsed as one value. */
export const MAX_JSON_BYTES = 1024 * 1024;

function filled(text: string, details: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = details[name];
    if (Array.isArray(value)) return value.join(', ');
    return typeof value === 'string' || typeof value === 'number' ? String(value) : 'the request';
  });
}

function requiredOf(fault: SchemaFault | undefined): string | undefined {
  const missing = fault?.params['requiredProperties'];
  return Array.isArray(missing) ? String(missing[0]) : undefined;
}

function toFaultAt(fault: SchemaFault): FaultAt {
  const names = fault.params['additionalProperties'] ?? fault.params['requiredProperties'];
  const name = Array.isArray(names) ? `/${String(names[0])}` : '';
  return {
    pointer: `${fault.instancePath}${name}`,
    code: fault.keyword.replace(/([A-Z])/g, '_$1').toUpperCase(),
    detail: fault.message ?? fault.keyword,
  };
}
