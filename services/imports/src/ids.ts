// Observation ids that come from what was imported, so that the same item gets the same id whenever it is read.
// Holds: never time-ordered; equal input, equal id; the separator cannot occur inside a part, so no two inputs meet.
// Source: RFC 9562 §5.5; README.md#ids

import { createHash } from 'node:crypto';
import { v5 } from 'uuid';

/** What an imported observation is called where it comes from. */
export interface NativeRef {
  readonly format: string;
  /** The producer's own name of the thing; without one, a hash of its content. */
  readonly nativeId: string;
  /** Changes whenever the producer changes the thing. */
  readonly revision: string;
  /** UTC milliseconds of the revision where the format has them: they order revisions. */
  readonly revisedAtMs?: number;
  /** Which of the observations made from the thing. */
  readonly part: string;
}

/** U+001F, the unit separator: normalised text does not contain it. */
const SEPARATOR = '\u001f';

/** The id of the observation made from `native` by the agency that owns `namespace`. */
export function deriveId(namespace: string, native: NativeRef): string {
  return v5(join([native.format, native.nativeId, native.revision, native.part]), namespace);
}

/** The id of the recall of an imported observation: one per recalled id, however often it is imported. */
export function deriveRecallId(namespace: string, recalledId: string): string {
  return v5(join(['recall', recalledId]), namespace);
}

/** Names a thing that its producer has not named: SHA-256, hexadecimal, of its parts in the order given. */
export function contentName(parts: readonly string[]): string {
  return createHash('sha256').update(join(parts)).digest('hex');
}

function join(parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(SEPARATOR, '\ufffd')).join(SEPARATOR);
}
