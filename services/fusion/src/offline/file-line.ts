// One line of a file for offline fusion: an observation, a share, or a refusal that says why.
// Holds: pure; nothing but the named fields is looked at, so a file may carry its own truth; a value that is not of its
// type costs only itself, a line that is no observation only itself. Source: README.md#offline

/** What may be wrong with a line. */
export type LineFault = 'NOT_JSON' | 'NOT_AN_OBSERVATION' | 'REPEATED_ID' | 'MIXED_FILE' | 'TOO_LONG';

/** A line that is left out, with the reason and, inside the line, the place. */
export interface LineRefusal {
  readonly code: LineFault;
  readonly pointer: string;
  readonly reason: string;
}

/** An observation as a file states it. */
export interface FileObservation {
  readonly obsId: string;
  readonly agency: string;
  /** UTC milliseconds. */
  readonly eventTime: number;
  readonly features: readonly { readonly type: string; readonly value: string }[];
}

/** One account's sharing of one object. */
export interface FileShare {
  readonly kind: string;
  readonly object: string;
  readonly account: string;
  readonly content: string;
  /** Whole seconds since 1970. */
  readonly t: number;
}

/** What one line is. */
export type FileLine =
  | { readonly is: 'observation'; readonly observation: FileObservation }
  | { readonly is: 'share'; readonly share: FileShare }
  | { readonly is: 'refused'; readonly refusal: LineRefusal };

/** Characters a line may have: a report of a hundred thousand values fits. */
export const MAX_LINE_CHARS = 16 * 1_024 * 1_024;

/** Reads one line; a line with `object` and `account` is a share, any other an observation. Never throws. */
export function readFileLine(text: string): FileLine {
  if (text.length > MAX_LINE_CHARS) return refused('TOO_LONG', '', `has more than ${MAX_LINE_CHARS} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('NOT_JSON', '', 'is not JSON'); // the parser's own words would quote the line
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused('NOT_AN_OBSERVATION', '', 'must be an object');
  const given = value as Readonly<Record<string, unknown>>;
  return 'object' in given && 'account' in given ? readShare(given) : readObservation(given);
}

function readObservation({ obsId, agency, eventTime, features }: Readonly<Record<string, unknown>>): FileLine {
  if (!isName(obsId)) return refused('NOT_AN_OBSERVATION', '/obsId', NAME_WANTED);
  if (!isName(agency)) return refused('NOT_AN_OBSERVATION', '/agency', NAME_WANTED);
  const time = typeof eventTime === 'string' ? toMilliseconds(eventTime) : undefined;
  if (time === undefined) return refused('NOT_AN_OBSERVATION', '/eventTime', 'must be a time with its zone (RFC 3339)');
  if (!Array.isArray(features)) return refused('NOT_AN_OBSERVATION', '/features', 'must be a list');
  const bad = features.findIndex((feature) => !isFeature(feature));
  if (bad !== -1) return refused('NOT_AN_OBSERVATION', `/features/${bad}`, 'must have type and value, both text');
  return { is: 'observation', observation: { obsId, agency, eventTime: time, features } };
}

function readShare({ kind, object, account, content, t }: Readonly<Record<string, unknown>>): FileLine {
  for (const [name, value] of Object.entries({ kind, object, account, content }))
    if (!isName(value)) return refused('NOT_AN_OBSERVATION', `/${name}`, NAME_WANTED);
  if (!Number.isSafeInteger(t)) return refused('NOT_AN_OBSERVATION', '/t', 'must be whole seconds since 1970');
  return { is: 'share', share: { kind, object, account, content, t } as FileShare };
}

const NAME_WANTED = 'must be text, and not empty';
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Without a zone a time means another moment on every machine. */
function toMilliseconds(text: string): number | undefined {
  const time = RFC_3339.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

function isFeature(value: unknown): value is FileObservation['features'][number] {
  const { type, value: text } = (value ?? {}) as { type?: unknown; value?: unknown };
  return typeof type === 'string' && typeof text === 'string';
}

function refused(code: LineFault, pointer: string, reason: string): FileLine {
  return { is: 'refused', refusal: { code, pointer, reason } };
}
