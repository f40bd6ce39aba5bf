// An order to skip one record wherever it is read: its text, and the signatures of the persons who stand for it.
// Holds: pure; one text an order and one order a text (RFC 8785); an order names its place in its cell's list and the order
// before it, so that none can be left out, repeated or moved to another cell. Source: README.md#spills; C2SP signed-note

import { createHash } from 'node:crypto';
import { fromObsTopic, policyRootOf, signStatement } from '@sitebus/sdk';
import { parseNote, renderNote } from '@sitebus/sdk/merkle';
import { isReason, isText, isWhole, orderTextOf } from '../order-text.ts';

/** What two persons sign. */
export interface SpillOrder {
  readonly cell: string;
  /** Place in the cell's list, from 1. */
  readonly seq: number;
  /** SHA-256, hexadecimal, of the text of the order before; empty for the first. */
  readonly previous: string;
  /** `obs.<cell>.<writer>`. */
  readonly topic: string;
  readonly partition: number;
  /** Decimal. */
  readonly offset: string;
  /** The record's key as it lies there, base64url; null where it has none. The purge writes a tombstone under it. */
  readonly key: string | null;
  /** SHA-256, hexadecimal, of the record's value: copies of it in the cell are skipped too. */
  readonly sha256: string;
  /** What the record says it is: null for one that no reader admits. */
  readonly id: string | null;
  readonly agency: string | null;
  readonly reason: string;
  /** `Person.person` of the first of the two. */
  readonly by: string;
  /** UTC milliseconds. Not confirmed before `until` (exclusive), it never comes into force. */
  readonly at: number;
  readonly until: number;
  readonly policyVersion: number;
}

/** Distinct persons it takes. */
export const SPILL_SIGNERS = 2;

const form = orderTextOf<SpillOrder>('sitebus/spill', {
  cell: isText,
  seq: (value) => isWhole(value) && value >= 1,
  previous: (value) => typeof value === 'string' && /^([0-9a-f]{64})?$/.test(value),
  topic: isText,
  partition: isWhole,
  offset: (value) => typeof value === 'string' && /^(0|[1-9]\d{0,18})$/.test(value),
  key: (value) => value === null || (typeof value === 'string' && /^[A-Za-z0-9_-]*$/.test(value)),
  sha256: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  id: (value) => value === null || isText(value),
  agency: (value) => value === null || isText(value),
  reason: isReason,
  by: isText,
  at: isWhole,
  until: isWhole,
  policyVersion: isWhole,
});

/** @returns the text that is signed; ends with a line break. */
export const spillText = form.textOf;

/**
 * Reads the order in a note, whoever signed it. @returns undefined for anything that is not an order in exactly this form, or not
 * about its own cell.
 */
export function spillOrderIn(note: string): SpillOrder | undefined {
  const order = form.parse(parseNote(note)?.text ?? '');
  return order !== undefined && fromObsTopic(order.topic)?.cell === order.cell ? order : undefined;
}

/** What names it to people: `<cell>.<seq>`. */
export const spillId = ({ cell, seq }: Pick<SpillOrder, 'cell' | 'seq'>): string => `${cell}.${seq}`;

/** @returns what the order after this one says as `previous`. */
export function spillHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Adds a person's signature: for people's own tools and tests. @returns the note; signatures that are there stay. */
export function signSpill(textOrNote: string, { person, seed }: { readonly person: string; readonly seed: string }): string {
  const before = parseNote(textOrNote);
  const text = before?.text ?? textOrNote;
  const { name, keyId } = policyRootOf(person, seed);
  const signature = new Uint8Array(Buffer.from(signStatement(text, seed), 'base64url'));
  const others = (before?.signatures ?? []).filter((each) => each.keyId !== keyId);
  return renderNote(text, [...others, { name, keyId, signature }]);
} // prettier-ignore
