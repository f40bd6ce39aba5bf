// Cursors: a position in a list or a stream, sealed in two parts: whose it is, and where they stand.
// Holds: fixed length whatever it says; unreadable and unforgeable without the key; bound to reader, view and resource (and for list
// pages to the filter); a position, never a permission: what it leads to is judged anew. The part that says where is sealed into its
// own cursor, but for an alert that a stream shows: there it is the alert's own, the same for every reader, and a function of nothing
// else; whoever puts another's such part behind their own stands where that alert stood, and sees from there what they may see.
// Source: NIST SP 800-38D (AES-GCM); README.md#cursors

import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'; // prettier-ignore
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

/** Of what: must be the same when it is used. */
export interface CursorPlace {
  readonly view: string;
  readonly resource: string;
}

/** Whose cursor, of what: must be the same when it is used. */
export interface CursorScope extends CursorPlace {
  readonly person: string;
}

/** A key of 32 bytes under a number of 0 to 255; the first seals, all open. */
export interface CursorKey {
  readonly id: number;
  readonly key: Buffer;
}

/** A position without its reader. */
export type Standing = Partial<Omit<CursorPosition, 'epoch'>>;

export interface Cursors {
  /** `filter` is absent on streams, which take any cursor of their resource. */
  seal(scope: CursorScope, position: Partial<CursorPosition>, filter?: unknown): string;
  /** Cursors of one open stream, whose reader's epoch does not change while it is open. */
  sealer(scope: CursorScope, epoch: number): Sealer;
  /**
   * Seals where something stands that is shown, for all readers: `WHERE_CHARS` of ASCII to stand behind a reader's `whose`. The same
   * position has the same text, whoever seals it and when; so it must be that of what is shown, and tell of nothing passed over.
   */
  shared(place: CursorPlace): (shown: Standing) => string;
  /** Throws `cursor-invalid` for anything not sealed here for this scope; with `filter`, for another filter too. */
  open(scope: CursorScope, cursor: string, filter?: unknown): CursorPosition;
}

/** Seals the cursors of one stream. */
export interface Sealer {
  /** What all of them begin with: `WHOSE_CHARS` of ASCII. */
  readonly whose: Buffer;
  /** The whole cursor of a position that may depend on what its reader does not see: no two share what follows `whose`. */
  at(position: Standing): string;
}

/** Makes cursors. Keys come from configuration, so that cursors survive a restart and are shared by replicas. */
export function createCursors(keys: readonly CursorKey[]): Cursors {
  const [sealing] = keys;
  if (sealing === undefined || keys.some(({ key, id }) => key.length !== KEY_BYTES || id < 0 || id > 255))
    throw new RangeError('cursor keys are 32 bytes each, numbered 0 to 255, at least one');
  const sealingKey = createSecretKey(sealing.key);
  const nonceKey = createSecretKey(Buffer.from(hkdfSync('sha256', sealing.key, '', 'sitebus cursor nonce', KEY_BYTES)));
  const randomly = (bound: Buffer, plain: Buffer): Buffer => sealed(sealingKey, randomBytes(NONCE_BYTES), bound, plain);
  const whoseOf = (scope: CursorScope, epoch: number): Buffer => {
    const plain = Buffer.alloc(EPOCH_BYTES);
    plain.writeUInt32BE(epoch % 2 ** 32);
    return Buffer.concat([Buffer.of(sealing.id), randomly(whoseBound(scope), plain)]);
  };
  const whole = (place: CursorPlace, whose: Buffer, position: Standing, filter?: unknown): string =>
    Buffer.concat([whose, randomly(ownBound(place, whose), toBytes(position, filter))]).toString('base64url');
  return {
    seal: (scope, position, filter) => whole(scope, whoseOf(scope, position.epoch ?? 0), position, filter),
    sealer({ person, view, resource }, epoch) {
      const whose = whoseOf({ person, view, resource }, epoch);
      return {
        whose: Buffer.from(whose.toString('base64url'), 'latin1'),
        at: (position) => whole({ view, resource }, whose, position),
      };
    },
    shared(place) {
      const bound = sharedBound(place);
      return (shown) => {
        const plain = toBytes(shown, undefined);
        // A nonce of its own for each plaintext, and the same each time: equal bytes then say that the same is shown, and no more.
        const nonce = createHmac('sha256', nonceKey).update(bound).update(plain).digest().subarray(0, NONCE_BYTES);
        return sealed(sealingKey, nonce, bound, plain).toString('base64url');
      };
    },
    open(scope, cursor, filter) {
      // Both parts are whole groups of three bytes: there are no spare bits, and so one spelling alone.
      if (!/^[A-Za-z0-9_-]+$/.test(cursor) || cursor.length !== CURSOR_CHARS) throw cursorInvalid({});
      const bytes = Buffer.from(cursor, 'base64url');
      const [whose, where] = [bytes.subarray(0, WHOSE_BYTES), bytes.subarray(WHOSE_BYTES)];
      const key = keys.find(({ id }) => id === bytes[0])?.key;
      if (key === undefined) throw cursorInvalid({});
      const epoch = unsealed(key, whoseBound(scope), whose.subarray(1));
      const plain = unsealed(key, ownBound(scope, whose), where) ?? unsealed(key, sharedBound(scope), where);
      if (epoch === undefined || plain === undefined || plain[0] !== VERSION) throw cursorInvalid({});
      if (filter !== undefined && !plain.subarray(FILTER_AT).equals(filterHash(filter))) throw cursorInvalid({});
      return { ...fromBytes(plain), epoch: epoch.readUInt32BE() };
    },
  };
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 2;
// whose: key id 1 · nonce 12 · epoch 4 · tag 16
const EPOCH_BYTES = 4;
const WHOSE_BYTES = 1 + NONCE_BYTES + EPOCH_BYTES + TAG_BYTES;
// where: nonce 12 · version 1, offset 8, atMs 8, id 16, filter 8 · tag 16
const OFFSET_AT = 1;
const TIME_AT = 9;
const ID_AT = 17;
const FILTER_AT = 33;
const FILTER_BYTES = 8;
const WHERE_BYTES = NONCE_BYTES + FILTER_AT + FILTER_BYTES + TAG_BYTES;
/** Characters of the part that says whose, and of the part that says where: both are whole groups of three bytes. */
export const WHOSE_CHARS = (WHOSE_BYTES * 4) / 3;
export const WHERE_CHARS = (WHERE_BYTES * 4) / 3;
/** Characters of every cursor. */
export const CURSOR_CHARS = WHOSE_CHARS + WHERE_CHARS;

function toBytes({ offset = 0n, atMs = 0, id = '' }: Standing, filter: unknown): Buffer {
  const plain = Buffer.alloc(FILTER_AT + FILTER_BYTES);
  plain[0] = VERSION;
  plain.writeBigInt64BE(offset, OFFSET_AT);
  plain.writeDoubleBE(atMs, TIME_AT);
  Buffer.from(id.replaceAll('-', ''), 'hex').copy(plain, ID_AT, 0, 16);
  if (filter !== undefined) filterHash(filter).copy(plain, FILTER_AT);
  return plain;
}

function fromBytes(plain: Buffer): Required<Standing> {
  const hex = plain.subarray(ID_AT, FILTER_AT).toString('hex');
  return {
    offset: plain.readBigInt64BE(OFFSET_AT),
    atMs: plain.readDoubleBE(TIME_AT),
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  };
}

/** @returns nonce, what is sealed, tag. */
function sealed(key: KeyObject, nonce: Buffer, bound: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unsealed(key: Buffer, bound: Buffer, part: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, part.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(bound)
      .setAuthTag(part.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(part.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // altered, or another reader's, view's or resource's: the caller refuses, whichever it was
  }
}

// What each part is bound to begins with a word of its own: none opens as another.

function whoseBound({ person, view, resource }: CursorScope): Buffer {
  return Buffer.from(JSON.stringify(['whose', person, view, resource]), 'utf8');
}

/** To its cursor too: what a reader does not see may be in it, so it opens nowhere else. */
function ownBound({ view, resource }: CursorPlace, whose: Buffer): Buffer {
  return Buffer.concat([Buffer.from(JSON.stringify(['where', view, resource]), 'utf8'), whose]);
}

function sharedBound({ view, resource }: CursorPlace): Buffer {
  return Buffer.from(JSON.stringify(['shown', view, resource]), 'utf8');
}

/** Filters are flat objects of the query; their keys are sorted so that order in the URL does not matter. */
function filterHash(filter: unknown): Buffer {
  const sorted = Object.entries(filter as object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest().subarray(0, FILTER_BYTES);
}
