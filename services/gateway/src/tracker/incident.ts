// An incident of the public catalogue as it was released, and what a question asks of it.
// Holds: pure; only what was released is looked at; an incident without a known day answers no question about time.
// Source: README.md#the-catalogue-and-good-practice

import { Type, type Static, type TObject } from 'typebox';
import type { Body } from '../redact.ts';

/** Where an incident was published. */
export interface IncidentSource {
  readonly url: string;
  readonly title: string;
  readonly attribution: boolean;
}

/** An incident; days as `YYYY-MM-DD`, the end inclusive and absent while it goes on. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly countries: readonly string[];
  readonly actors: readonly string[];
  readonly tools: readonly string[];
  readonly dateText: string;
  readonly start?: string;
  readonly end?: string;
  readonly precision: string;
  readonly sources: readonly IncidentSource[];
  readonly organizations: readonly string[];
  readonly display: boolean;
}

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
export const IncidentFilter = {
  tool: Type.Optional(Type.String({ maxLength: 64, description: 'A word of the vocabulary Tool.' })),
  actor: Type.Optional(Type.String({ maxLength: 200 })),
  country: Type.Optional(Type.String({ maxLength: 200 })),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  q: Type.Optional(Type.String({ minLength: 2, maxLength: 200, description: 'Text that occurs in it, in any case.' })),
};
export type IncidentFilterValues = Static<TObject<typeof IncidentFilter>>;

/** @returns the part of a query that is a filter. */
export function incidentFilterOf(query: Readonly<Record<string, unknown>>): IncidentFilterValues {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name in IncidentFilter));
}

/** @returns the incident in a released body; undefined for any other record, and for one that is recalled, replaced or hidden. */
export function incidentIn(body: Body): Incident | undefined {
  if (body['type'] !== 'TrackedIncident' || body['display'] !== true) return undefined;
  if (body['status'] === 'SUPERSEDED' || body['status'] === 'RECALLED') return undefined;
  const { envelope: _envelope, marking: _marking, type: _type, status: _status, ...fields } = body;
  return fields as unknown as Incident; // of the locked type TrackedIncident, as `toJson` renders it
}

/** @returns whether the incident fulfils every condition; `from` and `to` are days on which it may still have been going on. */
export function incidentMatches(incident: Incident, filter: IncidentFilterValues): boolean {
  const { tool, actor, country, from, to, q } = filter;
  const { start, end } = incident;
  const isNamed = (name: string | undefined, list: readonly string[]): boolean =>
    name === undefined || list.some((each) => each.toLowerCase() === name.toLowerCase());
  return (
    isNamed(tool, incident.tools) &&
    isNamed(actor, incident.actors) &&
    isNamed(country, incident.countries) &&
    (from === undefined || (start !== undefined && (end === undefined || end >= from))) &&
    (to === undefined || (start !== undefined && start <= to)) &&
    (q === undefined || wordsOf(incident).includes(q.toLowerCase()))
  );
}

function wordsOf({ title, text, organizations }: Incident): string {
  return [title, text, ...organizations].join('\n').toLowerCase();
}
