// The filters of assessments and alerts, applied to what is released.
// Holds: pure; only the redacted body is looked at, so a filter cannot probe what a reader does not get; every given
// condition must hold. Source: README.md#filters

import { Type, type Static, type TObject } from 'typebox';
import type { JsonObject } from './avro-json.ts';
import type { Body } from './redact.ts';

const words = <T extends string>(...values: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...values] });
const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

/** Query parameters shared by assessments, alerts and the stream. */
export const AssessmentFilter = {
  status: Type.Optional(words('LIVE', 'REDIRECTED', 'CLOSED')),
  severityMin: Type.Optional(Type.Number({ minimum: 0, description: 'Least severity score.' })),
  likelihoodMin: Type.Optional(
    Type.Number({ minimum: 0, maximum: 100, description: 'Least likelihood, in per cent.' }),
  ),
  confidence: Type.Optional(words('LOW', 'MODERATE', 'HIGH')),
  category: Type.Optional(Type.String({ maxLength: 80 })),
  feature: Type.Optional(
    Type.String({ maxLength: 2_100, pattern: '^[a-z-]+:.+$', description: '`<kind>:<normalised value>`.' }),
  ),
  agency: Type.Optional(Type.String({ maxLength: 80 })),
  tool: Type.Optional(Type.String({ maxLength: 80 })),
  riding: Type.Optional(Type.String({ maxLength: 200 })),
  platform: Type.Optional(Type.String({ maxLength: 200 })),
  target: Type.Optional(
    Type.String({ maxLength: 200, description: 'Reference of a target, where it is not suppressed.' }),
  ),
  from: time('Seen at or after this time.'),
  to: time('Seen before this time.'),
  q: Type.Optional(Type.String({ minLength: 2, maxLength: 200, description: 'Text that occurs in it, in any case.' })),
};

/** What alerts add. */
export const AlertFilter = {
  ...AssessmentFilter,
  precedence: Type.Optional(words('ROUTINE', 'PRIORITY', 'IMMEDIATE', 'FLASH')),
  reason: Type.Optional(
    words('NEW', 'BAND', 'CONFIDENCE', 'SEVERITY', 'DISSENT', 'MERGED', 'SPLIT', 'RECALLED', 'RULE_CHANGE'),
  ),
};

/** The conditions, whichever of them are given; `triggers`, of subscriptions alone: reasons between blanks, any of which will do. */
export type Filter = Static<TObject<typeof AlertFilter>> & { readonly triggers?: string };

/** @returns the part of a query that is a filter: without view, limit, cursor. */
export function filterOf(query: Readonly<Record<string, unknown>>): Filter {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name in AlertFilter));
}

/** @returns whether the released body fulfils every condition. */
export function matches(body: Body, filter: Filter): boolean {
  return (Object.entries(filter) as [keyof Filter, string | number | undefined][]).every(
    ([name, wanted]) => wanted === undefined || CONDITIONS[name](body, String(wanted)),
  );
}

const CONDITIONS: Readonly<Record<keyof Filter, (body: Body, wanted: string) => boolean>> = {
  status: (body, wanted) => body['status'] === wanted,
  severityMin: (body, wanted) => numberAt(body, 'severity', 'score') >= Number(wanted),
  likelihoodMin: (body, wanted) => numberAt(body, 'likelihood', 'pMicro') >= Number(wanted) * MICRO_PER_CENT,
  confidence: (body, wanted) => body['confidence'] === wanted,
  category: (body, wanted) => has(body, 'categories', wanted),
  tool: (body, wanted) => has(body, 'tools', wanted),
  riding: (body, wanted) => has(body, 'ridings', wanted),
  platform: (body, wanted) => has(body, 'platforms', wanted),
  precedence: (body, wanted) => body['precedence'] === wanted,
  reason: (body, wanted) => body['reason'] === wanted,
  triggers: (body, wanted) => wanted.split(' ').includes(textOf(body['reason'])),
  agency: (body, wanted) =>
    has(body, 'audience', wanted) || objectsAt(body, 'members').some(({ agency }) => agency === wanted),
  target: (body, wanted) => objectsAt(body, 'targets').some(({ ref }) => ref === wanted),
  from: (body, wanted) => timeAt(body, 'lastSeen') >= Date.parse(wanted),
  to: (body, wanted) => timeAt(body, 'firstSeen') < Date.parse(wanted),
  q: (body, wanted) => JSON.stringify(body).toLowerCase().includes(wanted.toLowerCase()),
  feature: (body, wanted) =>
    [...objectsAt(body, 'links'), ...objectsAt(body, 'why')]
      .flatMap((link) => objectsAt(link, 'features'))
      .concat(objectsAt(body, 'contextValues'))
      .some(({ kind, value }) => `${textOf(kind)}:${textOf(value)}` === wanted),
};

const MICRO_PER_CENT = 10_000;

function objectsAt(body: JsonObject, field: string): readonly JsonObject[] {
  const value = body[field];
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function has(body: JsonObject, field: string, wanted: string): boolean {
  const value = body[field];
  return Array.isArray(value) && value.includes(wanted);
}

/** NaN, which no comparison fulfils, where there is no such number. */
function numberAt(body: JsonObject, field: string, inner: string): number {
  const value = body[field];
  return typeof value === 'object' ? Number((value as JsonObject)[inner]) : Number.NaN;
}

function timeAt(body: JsonObject, field: string): number {
  return Date.parse(textOf(body[field] ?? body['at']));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
