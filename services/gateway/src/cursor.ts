// Cursors: a position in a list or a stream, sealed.
// Holds: fixed length whatever it says; unreadable and unforgeable without the key; bound to reader, view and resource
// (and for list pages to the filter); a position, never a permission: what it leads to is judged anew.
// Source: NIST SP 800-38D (AES-GCM); README.md#cursors

import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes } from 'node:crypto';
import { cursorInvalid } from './errors.ts';

/** Where a reader is. Lists use `atMs` and `id`, and `offset` for what else tells records apart; unused parts are zero. */
export interface CursorPosition {
  /** Offset in alert.<view>, or a position's `part`. */
  readonly offset: bigint;
  /** UTC milliseconds. */
  readonly atMs: number;
  /** Canonical UUID. */
  readonly id: string;
  /** The reader's epoch when it was issued. */
  readonly epoch: number;
}

/** The `id` of a position that names no record. */
export const NIL_ID = '00000000-0000-0000-0000-000000000000';

/** Whose cursor, where: must be the same when it is used. */
export interface CursorScope {
  readonly person: string;
  readonly view: string;
  readonly resource: string;
}

/** A key of 32 bytes under a number of 0 to 255; the first seals, all open. */
export interface CursorKey {
  readonly id: number;
  readonly key: Buffer;
}

export interface Cursors {
  /** `filter` is absent on streams, which take any cursor of their resource. */
  seal(scope: CursorScope, position: Partial<CursorPosition>, filter?: unknown): string;
  /** `seal` of one scope without filter, for a stream, which seals one for each of its events. */
  sealer(scope: CursorScope): Sealer;
  /** Throws `cursor-invalid` for anything not sealed here for this scope; with `filter`, for another filter too. */
  open(scope: CursorScope, cursor: string, filter?: unknown): CursorPosition;
}

/** Seals cursors of one scope; the epoch of a position is left out for the one that is given. */
export interface Sealer {
  one(position: Partial<CursorPosition>, epoch: number): string;
  /** Writes the cursor of each position into `text`, `CURSOR_CHARS` from its `ats`. Positions that are one object are written out once. */
  many(positions: readonly Partial<CursorPosition>[], epoch: number, text: Buffer, ats: readonly number[]): void;
}

/** Makes cursors. Keys come from configuration, so that cursors survive a restart and are shared by replicas. */
export function createCursors(keys: readonly CursorKey[]): Cursors {
  const [sealing] = keys;
  if (sealing === undefined || keys.some(({ key, id }) => key.length !== KEY_BYTES || id < 0 || id > 255))
    throw new RangeError('cursor keys are 32 bytes each, numbered 0 to 255, at least one');
  const sealingKey = createSecretKey(sealing.key);
  const nextNonce = createNonces();
  /** Writes a cursor's bytes from `at` on. */
  const seal = (bound: Buffer, plain: Buffer, into: Buffer, at: number): void => {
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(bound);
    into[at] = sealing.id;
    into.set(nonce, at + 1);
    into.set(cipher.update(plain), at + 1 + NONCE_BYTES); // a stream cipher: as long as what it seals
    cipher.final();
    into.set(cipher.getAuthTag(), at + CURSOR_BYTES - TAG_BYTES);
  };
  const sealed = (bound: Buffer, plain: Buffer): string => {
    const whole = Buffer.alloc(CURSOR_BYTES);
    seal(bound, plain, whole, 0);
    return whole.toString('base64url');
  };
  const plains = new WeakMap<object, Buffer>(); // by position; the epoch is another reader's each time
  const plainOf = (position: Partial<CursorPosition>, epoch: number): Buffer => {
    let plain = plains.get(position);
    if (plain === undefined) plains.set(position, (plain = toBytes(position, undefined)));
    plain.writeUInt32BE(epoch % 2 ** 32, EPOCH_AT);
    return plain;
  };
  let row: Buffer = Buffer.alloc(0); // of the cursors that are being sealed: read out before the next ones are
  let spelled: Buffer = row;
  return {
    seal: (scope, position, filter) => sealed(boundTo(scope), toBytes(position, filter)),
    sealer(scope) {
      const bound = boundTo(scope);
      return {
        one: (position, epoch) => sealed(bound, toBytes({ ...position, epoch }, undefined)),
        many(positions, epoch, text, ats) {
          const bytes = positions.length * ROW_BYTES;
          if (row.length < bytes) [row, spelled] = rowOf(bytes);
          let at = 0;
          for (const position of positions) {
            seal(bound, plainOf(position, epoch), row, at);
            at += ROW_BYTES;
          }
          spelled.write(row.toString('base64url', 0, bytes), 'latin1');
          for (const [index, to] of ats.entries())
            spelled.copy(text, to, index * ROW_CHARS, index * ROW_CHARS + CURSOR_CHARS);
        },
      };
    },
    open(scope, cursor, filter) {
      if (!/^[A-Za-z0-9_-]+$/.test(cursor) || cursor.length !== CURSOR_CHARS) throw cursorInvalid({});
      const bytes = Buffer.from(cursor, 'base64url');
      // Spare bits of the last character are not sealed: only the canonical spelling is a cursor.
      if (bytes.toString('base64url') !== cursor) throw cursorInvalid({});
      const plain = unsealed(
        bytes,
        keys.find(({ id }) => id === bytes[0]),
        scope,
      );
      if (plain === undefined || plain[0] !== VERSION) throw cursorInvalid({});
      if (filter !== undefined && !plain.subarray(FILTER_AT, FILTER_AT + FILTER_BYTES).equals(filterHash(filter)))
        throw cursorInvalid({});
      return fromBytes(plain);
    },
  };
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;
// version 1 · offset 8 · atMs 8 · id 16 · epoch 4 · filter 8
const OFFSET_AT = 1;
const TIME_AT = 9;
const ID_AT = 17;
const EPOCH_AT = 33;
const FILTER_AT = 37;
const FILTER_BYTES = 8;
const PLAIN_BYTES = FILTER_AT + FILTER_BYTES;
const CURSOR_BYTES = 1 + NONCE_BYTES + PLAIN_BYTES + TAG_BYTES;
/** Characters of every cursor. */
export const CURSOR_CHARS = Math.ceil((CURSOR_BYTES * 4) / 3);
/** Cursors that are spelled together stand at whole groups of three bytes, zeros between them: each then begins its own spelling. */
const ROW_BYTES = Math.ceil(CURSOR_BYTES / 3) * 3;
const ROW_CHARS = (ROW_BYTES * 4) / 3;

/** Room for so many bytes of cursors, and for their spelling. */
function rowOf(bytes: number): [Buffer, Buffer] {
  return [Buffer.alloc(bytes), Buffer.alloc((bytes / 3) * 4)];
}

/** Nonces drawn at once: a call for each costs as much as sealing with it. */
const NONCES = 256;

/** @returns what gives a fresh random nonce at each call; no two share bytes. */
function createNonces(): () => Buffer {
  let drawn: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === drawn.length) [drawn, at] = [randomBytes(NONCES * NONCE_BYTES), 0];
    at += NONCE_BYTES;
    return drawn.subarray(at - NONCE_BYTES, at);
  };
}

function toBytes({ offset = 0n, atMs = 0, id = '', epoch = 0 }: Partial<CursorPosition>, filter: unknown): Buffer {
  const plain = Buffer.alloc(PLAIN_BYTES);
  plain[0] = VERSION;
  plain.writeBigInt64BE(offset, OFFSET_AT);
  plain.writeDoubleBE(atMs, TIME_AT);
  Buffer.from(id.replaceAll('-', ''), 'hex').copy(plain, ID_AT, 0, 16);
  plain.writeUInt32BE(epoch % 2 ** 32, EPOCH_AT);
  if (filter !== undefined) filterHash(filter).copy(plain, FILTER_AT);
  return plain;
}

function fromBytes(plain: Buffer): CursorPosition {
  const hex = plain.subarray(ID_AT, EPOCH_AT).toString('hex');
  return {
    offset: plain.readBigInt64BE(OFFSET_AT),
    atMs: plain.readDoubleBE(TIME_AT),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    epoch: plain.readUInt32BE(EPOCH_AT),
  };
}

function unsealed(bytes: Buffer, key: CursorKey | undefined, scope: CursorScope): Buffer | undefined {
  if (key === undefined) return undefined;
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const sealed = bytes.subarray(1 + NONCE_BYTES, bytes.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(boundTo(scope))
      .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined; // altered, or another reader's, view's or resource's: the caller refuses, whichever it was
  }
}

function boundTo({ person, view, resource }: CursorScope): Buffer {
  return Buffer.from(JSON.stringify([person, view, resource]), 'utf8');
}

/** Filters are flat objects of the query; their keys are sorted so that order in the URL does not matter. */
function filterHash(filter: unknown): Buffer {
  const sorted = Object.entries(filter as object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest().subarray(0, FILTER_BYTES);
}
