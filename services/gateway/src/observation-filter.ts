// The filters of observations, applied to what is released.
// Holds: pure; linear time on any text; a redacted field cannot be probed. Source: README.md#filters

import { Type, type Static, type TObject } from 'typebox';
import type { JsonObject } from './avro-json.ts';
import type { Body } from './redact.ts';

export const ObservationFilter = {
  type: Type.Optional(Type.String({ maxLength: 80 })),
  agency: Type.Optional(Type.String({ maxLength: 80 })),
  category: Type.Optional(Type.String({ maxLength: 80 })),
  feature: Type.Optional(
    Type.String({ maxLength: 2_100, pattern: '^[a-z-]+:.+$', description: '`<kind>:<normalised value>`.' }),
  ),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Observed at or after this time.' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Observed before this time.' })),
  tool: Type.Optional(Type.String({ maxLength: 80 })),
  target: Type.Optional(Type.String({ maxLength: 200 })),
  marking: Type.Optional(Type.String({ maxLength: 2_048, description: 'Exactly this banner.' })),
  status: Type.Optional(
    Type.Unsafe<string>({ type: 'string', enum: ['RELEASED', 'CORROBORATED', 'CONTESTED', 'SUPERSEDED', 'RECALLED'] }),
  ),
  q: Type.Optional(Type.String({ minLength: 2, maxLength: 200, description: 'Text that occurs in it, in any case.' })),
};
export type ObservationFilterValues = Static<TObject<typeof ObservationFilter>>;

/** @returns the part of a query that is a filter. */
export function observationFilterOf(query: Readonly<Record<string, unknown>>): ObservationFilterValues {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name in ObservationFilter));
}

/** @returns whether the released body fulfils every condition; `features` are those of its released fields. */
export function observationMatches(
  body: Body,
  features: readonly { readonly kind: string; readonly value: string }[],
  filter: ObservationFilterValues,
): boolean {
  const isRecalled = body['status'] === 'RECALLED'; // of its content nothing is left to find
  const report = objectOf(body['report']);
  const envelope = objectOf(body['envelope']);
  const seen = envelope['observedAt'];
  const observedAt = typeof seen === 'string' ? Date.parse(seen) : Number.NaN;
  const { type, agency, category, feature, from, to, tool, target, marking, status, q } = filter;
  return (
    (type === undefined || body['type'] === type) &&
    (agency === undefined || envelope['agency'] === agency) &&
    (category === undefined || report['category'] === category) &&
    (feature === undefined || (!isRecalled && features.some(({ kind, value }) => `${kind}:${value}` === feature))) &&
    (from === undefined || observedAt >= Date.parse(from)) &&
    (to === undefined || observedAt < Date.parse(to)) &&
    (tool === undefined || listOf(report['tools']).includes(tool)) &&
    (target === undefined || listOf(report['targets']).some((each) => objectOf(each)['ref'] === target)) &&
    (marking === undefined || objectOf(body['marking'])['banner'] === marking) &&
    (status === undefined || body['status'] === status) &&
    (q === undefined || JSON.stringify(body).toLowerCase().includes(q.toLowerCase()))
  );
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
