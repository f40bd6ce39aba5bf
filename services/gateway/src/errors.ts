// Every way the gateway refuses a request: one literal a slug, its status, whether trying again can help.
// Holds: the catalogue is the problem table of the README (a test compares both ways); `details` hold only what the
// caller sent or what is the same for every caller. Texts for people: problem-texts.ts.

import { SitebusError } from '@sitebus/sdk';

/** The last part of `urn:sitebus:problem:<slug>`. */
export type Slug =
  | 'bad-request'
  | 'unknown-parameter'
  | 'cursor-invalid'
  | 'not-authenticated'
  | 'role-not-allowed'
  | 'not-yours'
  | 'embargoed'
  | 'not-found'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'illegal-transition'
  | 'evidence-changed'
  | 'idempotency-in-flight'
  | 'cursor-stale'
  | 'precondition-failed'
  | 'precondition-required'
  | 'too-large'
  | 'media-type'
  | 'invalid-body'
  | 'invalid-observation'
  | 'invalid-marking'
  | 'marking-not-allowed'
  | 'unexpandable-group'
  | 'lint-failed'
  | 'idempotency-mismatch'
  | 'rate-limited'
  | 'internal'
  | 'not-durable'
  | 'fail-closed'
  | 'overloaded';

/** One fault inside a body: where (JSON pointer), which rule, what it says, what helps. */
export interface FaultAt {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
}

/** What the gateway cannot do without; `/readyz` and 503 `fail-closed` name it. */
export type Dependency =
  | 'policy'
  | 'registry'
  | 'kafka'
  | 'schema-registry'
  | 'store'
  | 'ledger'
  | 'receipts'
  | 'intake'
  | 'guard'
  | 'research'
  | 'spills';

/** A refusal of one request, to be rendered once, by problem.ts. */
export class Problem extends SitebusError {
  readonly slug: Slug;
  readonly status: number;

  constructor(
    kind: { readonly slug: Slug; readonly status: number; readonly retriable: boolean },
    details: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ) {
    super(kind.slug, kind.retriable, details, cause);
    this.slug = kind.slug;
    this.status = kind.status;
  }
}

/** @returns the problem that another process of this room refused with; undefined where the catalogue has none of this code. */
export function problemOf(code: string, details: Readonly<Record<string, unknown>>): Problem | undefined {
  const kind = kinds.find(({ slug }) => slug === code);
  return kind === undefined ? undefined : new Problem(kind, details);
}

type None = Readonly<Record<string, never>>;

interface ProblemKind {
  readonly slug: Slug;
  readonly status: number;
  readonly retriable: boolean;
}

const kinds: ProblemKind[] = [];

/** Every entry of the catalogue, for the test that compares it with the README. */
export const catalogue: readonly ProblemKind[] = kinds;

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- D types what each entry's caller must give
function problem<D extends Readonly<Record<string, unknown>> = None>(
  kind: ProblemKind,
): (details: D, cause?: unknown) => Problem {
  kinds.push(kind);
  return (details, cause) => new Problem(kind, details, cause);
}

export const badRequest = problem<{ parameter?: string; reason?: string }>({
  slug: 'bad-request',
  status: 400,
  retriable: false,
});
export const unknownParameter = problem<{ parameter: string }>({
  slug: 'unknown-parameter',
  status: 400,
  retriable: false,
});
export const cursorInvalid = problem({ slug: 'cursor-invalid', status: 400, retriable: false });
export const notAuthenticated = problem<{ expired: boolean }>({
  slug: 'not-authenticated',
  status: 401,
  retriable: false,
});
export const roleNotAllowed = problem({ slug: 'role-not-allowed', status: 403, retriable: false });
export const notYours = problem({ slug: 'not-yours', status: 403, retriable: false });
export const embargoed = problem<{ until: string }>({ slug: 'embargoed', status: 403, retriable: false });
export const notFound = problem({ slug: 'not-found', status: 404, retriable: false });
export const methodNotAllowed = problem<{ allow: readonly string[] }>({
  slug: 'method-not-allowed',
  status: 405,
  retriable: false,
});
export const notAcceptable = problem<{ accepted: readonly string[] }>({
  slug: 'not-acceptable',
  status: 406,
  retriable: false,
});
export const illegalTransition = problem<{ possible: readonly string[]; errors?: readonly FaultAt[] }>({
  slug: 'illegal-transition',
  status: 409,
  retriable: false,
});
export const evidenceChanged = problem<{ evidenceHash: string }>({
  slug: 'evidence-changed',
  status: 409,
  retriable: false,
});
export const idempotencyInFlight = problem<{ retryAfterSeconds: number }>({
  slug: 'idempotency-in-flight',
  status: 409,
  retriable: true,
});
export const cursorStale = problem({ slug: 'cursor-stale', status: 410, retriable: false });
export const preconditionFailed = problem<{ etag: string }>({
  slug: 'precondition-failed',
  status: 412,
  retriable: false,
});
export const tooLarge = problem<{ maxBytes: number }>({ slug: 'too-large', status: 413, retriable: false });
export const mediaType = problem<{ accepted: readonly string[] }>({
  slug: 'media-type',
  status: 415,
  retriable: false,
});
export const invalidBody = problem<{ errors: readonly FaultAt[] }>({
  slug: 'invalid-body',
  status: 422,
  retriable: false,
});
export const invalidObservation = problem<{ errors: readonly FaultAt[] }>({
  slug: 'invalid-observation',
  status: 422,
  retriable: false,
});
export const invalidMarking = problem<{ errors: readonly FaultAt[] }>({
  slug: 'invalid-marking',
  status: 422,
  retriable: false,
});
export const markingNotAllowed = problem<{ errors: readonly FaultAt[] }>({
  slug: 'marking-not-allowed',
  status: 422,
  retriable: false,
});
export const unexpandableGroup = problem<{ errors: readonly FaultAt[] }>({
  slug: 'unexpandable-group',
  status: 422,
  retriable: false,
});
export const lintFailed = problem<{ errors: readonly FaultAt[] }>({
  slug: 'lint-failed',
  status: 422,
  retriable: false,
});
export const idempotencyMismatch = problem({ slug: 'idempotency-mismatch', status: 422, retriable: false });
export const preconditionRequired = problem({ slug: 'precondition-required', status: 428, retriable: false });
export const rateLimited = problem<{ retryAfterSeconds: number }>({
  slug: 'rate-limited',
  status: 429,
  retriable: true,
});
export const internal = problem({ slug: 'internal', status: 500, retriable: false });
export const notDurable = problem({ slug: 'not-durable', status: 503, retriable: true });
export const failClosed = problem<{ part: Dependency }>({ slug: 'fail-closed', status: 503, retriable: true });
export const overloaded = problem({ slug: 'overloaded', status: 503, retriable: true });
