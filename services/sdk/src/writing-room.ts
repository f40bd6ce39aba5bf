// Bytes of records that are being written one after another: each is handed out where it was written, without a copy.
// Holds: what was handed out is never written again; a record lies in one piece, whatever it grows to.

import { WritingTap } from './writing-tap.ts';

/** Room is taken in pieces of so many bytes: small enough that a record which is kept keeps little else. */
const PIECE_BYTES = 65_536;
/** Of a number in Avro's variable length. */
const MAX_NUMBER_BYTES = 10;
/** A UTF-16 unit is at most this many bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;

/** A record in the making. `bytes` may be another after any call that writes. */
export class WritingRoom {
  bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** Where the record in hand goes on. */
  at = 0;
  #start = 0;
  readonly #tap = new WritingTap();

  /** Makes sure of room for so many bytes more. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const written = this.at - this.#start;
    const larger = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, (written + count) * 2));
    this.bytes.copy(larger, 0, this.#start, this.at);
    this.bytes = larger;
    this.#start = 0;
    this.at = written;
  }

  /** The record; the next one begins behind it. */
  finish(): Buffer {
    const record = this.bytes.subarray(this.#start, this.at);
    this.#start = this.at;
    return record;
  }

  /** Gives up the record in hand. */
  drop(): void {
    this.at = this.#start;
  }

  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** An Avro int or long; exact for whole numbers up to 2^53 − 1. */
  writeLong(value: number): void {
    this.reserve(MAX_NUMBER_BYTES);
    this.#tap.moveTo(this.bytes, this.at);
    this.#tap.writeLong(value);
    this.at = this.#tap.pos;
  }

  /** An Avro string. */
  writeText(text: string): void {
    this.reserve(MAX_NUMBER_BYTES + text.length * MAX_UNIT_BYTES);
    this.#tap.moveTo(this.bytes, this.at);
    this.#tap.writeString(text);
    this.at = this.#tap.pos;
  }
}
