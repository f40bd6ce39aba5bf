// The headers by which a record is a CloudEvent in binary mode: what a generic consumer sees without our schemas.
// Holds: headers are hints, the decoded record is the truth; no header carries a marking or a value of the record.
// Source: CloudEvents 1.0.2; CloudEvents Kafka binding §3.2

import type { Envelope } from './generated/observation.ts';

/** Names of the headers, as they stand on the record. */
export const CLOUD_EVENT_HEADERS = Object.freeze([
  'ce_id', 'ce_source', 'ce_type', 'ce_time', 'ce_specversion', 'content-type',
] as const); // prettier-ignore

/** What of a record its headers repeat. */
export interface CloudEventParts {
  readonly id: string;
  /** URI reference of who wrote it. */
  readonly source: string;
  /** Full name of the record type. */
  readonly type: string;
  /** UTC milliseconds; left out of the headers where no calendar has such a day. */
  readonly timeMs: number;
}

/** @returns the headers of a record; `traceparent` is the caller's to add. */
export function toCloudEventHeaders({ id, source, type, timeMs }: CloudEventParts): Record<string, string> {
  return {
    ce_id: id,
    ce_source: source,
    ce_type: type,
    ...(Math.abs(timeMs) <= MAX_DATE_MS ? { ce_time: new Date(timeMs).toISOString() } : {}),
    ce_specversion: '1.0',
    'content-type': 'application/avro',
  };
}

/** @returns the headers of an observation: its agency is the source, the time is when it was observed. */
export function observationHeaders(
  subject: string,
  envelope: Pick<Envelope, 'id' | 'agency' | 'observedAt'>,
): Record<string, string> {
  const { id, agency, observedAt } = envelope;
  return toCloudEventHeaders({ id, source: agencySource(agency), type: subject, timeMs: observedAt });
}

/** URI of an agency as the source of its records. */
export const agencySource = (agency: string): string => `urn:sitebus:agency:${agency}`;
/** URI of a view's fusion as the source of what it writes. */
export const viewSource = (view: string): string => `urn:sitebus:view:${view}`;

/** ECMA-262 §21.4.1.1: a date holds so many milliseconds on either side of the epoch. */
const MAX_DATE_MS = 8.64e15;
