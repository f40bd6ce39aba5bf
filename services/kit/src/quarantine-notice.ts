// What becomes known of a quarantined record: an entry for its agency's operators, and a notice for the view's.
// Holds: coordinates, hash and code; never bytes, never the claimed marking, agency or id, which nobody has established.
// Source: README.md#admission

import { deadTopic, fromObsTopic, opsTopic, type OutgoingRecord } from '@sitebus/sdk';
import type { Quarantined } from './admission.ts';

/** Value of a record on `dead.<cell>.<agency>` that a refuser wrote (JSON). */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  /** Decimal, because it may pass 2^53. */
  readonly offset: string;
  readonly sha256: string;
  readonly code: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** Value of a record on `ops.<view>` (JSON): something operators should know. Details name places and codes. */
export interface OpsNotice {
  readonly view: string;
  /** UTC milliseconds. */
  readonly at: number;
  readonly code: string;
  readonly [detail: string]: string | number;
}

/** The entry for the operators of the topic's agency; its key is the coordinates, so that a repeat is seen as one. */
export function toDeadLetter({ topic, partition, offset, sha256, code }: Quarantined, nowMs: number): OutgoingRecord {
  const { cell, writer } = fromObsTopic(topic) ?? { cell: '', writer: '' };
  const letter: DeadLetter = { topic, partition, offset: String(offset), sha256, code, at: nowMs };
  return toJsonRecord(deadTopic(cell, writer), `${topic}/${partition}/${offset}`, letter);
}

/** The notice for the operators of the view that refuses: whose topic it is, not whom the record claims to come from. */
export function toQuarantineNotice(
  { topic, partition, offset, code }: Quarantined,
  view: string,
  nowMs: number,
): OutgoingRecord {
  const agency = fromObsTopic(topic)?.writer ?? '';
  return toOpsNotice(view, nowMs, code, { topic, partition, offset: String(offset), agency });
}

/** Any other notice on `ops.<view>`. */
export function toOpsNotice(
  view: string,
  nowMs: number,
  code: string,
  details: Readonly<Record<string, string | number>>,
): OutgoingRecord {
  const notice: OpsNotice = { ...details, view, at: nowMs, code };
  return toJsonRecord(opsTopic(view), view, notice);
}

function toJsonRecord(topic: string, key: string, value: DeadLetter | OpsNotice): OutgoingRecord {
  return { topic, key, value: Buffer.from(JSON.stringify(value)), headers: { 'content-type': 'application/json' } };
}
