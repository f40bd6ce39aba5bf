// Values to bytes and back in the Confluent framing: 0x00, the schema's id, Avro. Synchronous once a writer's schema is known.
// Holds: any bytes give a value or a SitebusError, never another error, within work bounded by their length; an undeclared
// field is refused on the way in, trailing bytes on the way out; the reader is the newest locked schema of the subject.
// Source: Confluent wire format; Apache Avro 1.12 §Schema resolution; README.md#codec

import type { Type } from 'avsc';
import { StrictTap } from './avro-tap.ts';
import { toStrictType } from './avro-types.ts';
import { invalidObservation, malformedRecord, schemaUnknown } from './errors.ts';
import { toPointer, type Fault } from './fault.ts';
import { FoundStrings } from './features/found-strings.ts';
import type { Envelope } from './generated/observation.ts';
import { toPartialRead, type Read } from './partial-read.ts';
import { newestFeaturesOf, newestOf, type SchemaLock } from './schema-lock.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { createTrustedEncoder, type TrustedEncoder } from './trusted-encoder.ts';
import { createTrustedForm, type TrustedForm } from './trusted-form.ts';
import { WritingRoom } from './writing-room.ts';

/** A record as read: `value` has every field of the newest locked schema, defaults filled in. */
export interface Decoded<V = unknown> {
  readonly subject: string;
  /** Name without namespace, such as IndicatorReport. */
  readonly type: string;
  /** The writer's. */
  readonly schemaId: number;
  readonly value: V;
  /** Of a partial decode: where the strings of annotated fields lie, which `value` lacks. Until the next one. */
  readonly found?: FoundStrings;
}

/** Decodes what somebody looks at. */
export type PartialDecoder = Pick<Codec, 'lock' | 'decode'>;

/** The first field of an observation, read without the rest. */
export interface DecodedEnvelope {
  readonly schemaId: number;
  readonly subject: string;
  readonly envelope: Envelope;
}

/** Encodes and decodes by one lock; safe to share, holds nothing but compiled schemas. */
export interface Codec {
  readonly lock: SchemaLock;
  /**
   * Encodes with the newest locked schema. Fields that have a default may be absent; long fields are numbers up to 2^53 − 1.
   * Throws SCHEMA_UNKNOWN {subject}, or INVALID_OBSERVATION {faults} naming every undeclared, missing or mistyped field.
   */
  encode(subject: string, value: unknown): Buffer;
  /**
   * An encoder for values that the caller's own code has built: the bytes are those of `encode`, nothing is checked, and a
   * part that is frozen at every level is written once, however many values share it. Not for what comes from outside.
   * Throws SCHEMA_UNKNOWN {subject}.
   */
  trustedEncoder(subject: string): TrustedEncoder;
  /**
   * A form of records that differ from `like` in their holes alone, such as `members.0.id`; for the same values as
   * `trustedEncoder`, many times as fast. Throws SCHEMA_UNKNOWN {subject}.
   */
  trustedForm(subject: string, like: object, holes: readonly string[]): TrustedForm;
  /** Decodes a whole record. Throws SCHEMA_UNKNOWN {schemaId} (`ensure` may help) or MALFORMED_RECORD; neither is retriable. */
  decode(bytes: Buffer): Decoded;
  /**
   * A decoder for a caller who looks at these fields alone, paths joined by dots, and at what is annotated (`featuresOf`
   * takes both): refuses as `decode` does, and makes fewer values. They may have more, those of other
   * versions than the newest are whole. Compiles a reader for each schema: keep it.
   */
  lookingAt(look: readonly string[]): PartialDecoder;
  /** Decodes the envelope alone, about ten times faster; what follows it is not looked at. Throws as `decode` does. */
  decodeEnvelope(bytes: Buffer): DecodedEnvelope;
  /**
   * Makes a writer's schema known, asking the registry once: 'denied' if the lock denies the id, 'unknown' if the registry
   * has no such id or its schema cannot be read as a locked subject. Rejects with UNREACHABLE (retriable).
   */
  ensure(schemaId: number): Promise<'known' | 'unknown' | 'denied'>;
}

/** What a codec is made of. */
export interface CodecParts {
  readonly lock: SchemaLock;
  readonly registry?: Pick<SchemaRegistry, 'schemaOf'>;
}

/** @returns a codec for the locked schemas; without `registry`, ids outside the lock stay unknown. */
export function createCodec({ lock, registry }: CodecParts): Codec {
  const readers = new Map<number, Reader>();
  const subjects = new Map<string, Subject>();
  for (const { subject, id, schema } of lock.entries) {
    const newest = newestOf(lock, subject);
    if (newest?.id === id) subjects.set(subject, toSubject(subject, id, toStrictType(JSON.parse(schema))));
  }
  for (const { subject, id, schema } of lock.entries) readers.set(id, toReader(subjects, subject, id, schema));
  const denied = new Set(lock.denied);
  const room = new WritingRoom();

  const readerOf = (bytes: Buffer): Reader => {
    const schemaId = schemaIdOf(bytes);
    const reader = denied.has(schemaId) ? undefined : readers.get(schemaId);
    if (reader === undefined) throw schemaUnknown({ schemaId });
    return reader;
  };
  return {
    lock,
    encode(name, value) {
      const subject = subjects.get(name);
      if (subject === undefined) throw schemaUnknown({ subject: name });
      return encode(subject, value);
    },
    trustedEncoder(name) {
      const subject = subjects.get(name);
      if (subject === undefined) throw schemaUnknown({ subject: name });
      return createTrustedEncoder(subject.avro, framed(subject.schemaId, Buffer.alloc(0)), room);
    },
    trustedForm(name, like, holes) {
      const subject = subjects.get(name);
      if (subject === undefined) throw schemaUnknown({ subject: name });
      return createTrustedForm(subject.avro, framed(subject.schemaId, Buffer.alloc(0)), like, holes, room);
    },
    decode(bytes) {
      const { subject, type, schemaId, whole } = readerOf(bytes);
      return { subject, type, schemaId, value: guarded(bytes, (tap) => toEnd(tap, whole)) };
    },
    lookingAt(look) {
      const found = new FoundStrings();
      const parts = new Map<Reader, Read | 'whole'>();
      const partOf = (reader: Reader): Read | 'whole' => {
        const known = parts.get(reader);
        if (known !== undefined) return known;
        const { subject, schemaId } = reader;
        const { avro, schemaId: newest } = subjects.get(subject)!;
        const part = schemaId === newest ? toPartialRead(avro, look, newestFeaturesOf(lock, subject), found) : 'whole';
        parts.set(reader, part);
        return part;
      };
      return {
        lock,
        decode(bytes) {
          const reader = readerOf(bytes);
          const { subject, type, schemaId, whole } = reader;
          const part = partOf(reader);
          if (part === 'whole') return { subject, type, schemaId, value: guarded(bytes, (tap) => toEnd(tap, whole)) };
          found.begin(bytes);
          return { subject, type, schemaId, value: guarded(bytes, (tap) => toEnd(tap, part)), found };
        },
      };
    },
    decodeEnvelope(bytes) {
      const { subject, schemaId, prefix } = readerOf(bytes);
      if (prefix === undefined) throw malformedRecord({ reason: `${subject} has no envelope` });
      return { subject, schemaId, envelope: guarded(bytes, (tap) => prefix(tap)) };
    },
    async ensure(schemaId) {
      if (denied.has(schemaId)) return 'denied';
      if (readers.has(schemaId)) return 'known';
      const schema = await registry?.schemaOf(schemaId);
      const reader = schema === undefined ? undefined : foreignReader(subjects, schemaId, schema);
      if (reader === undefined) return 'unknown';
      readers.set(schemaId, reader);
      return 'known';
    },
  };
}

/** @returns the writer's schema id, or throws MALFORMED_RECORD when the bytes are not framed. */
export function schemaIdOf(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC) throw malformedRecord({ reason: 'is not in the wire format' });
  return bytes.readInt32BE(1);
}

const MAGIC = 0;
/** The magic byte and a four-byte id. */
const HEADER_BYTES = 5;

/** A locked subject: what is written, and what every writer's version is read as. */
interface Subject {
  readonly name: string;
  readonly type: string;
  readonly schemaId: number;
  readonly avro: Type;
  /** The same record with its envelope alone; undefined where the first field is no envelope. */
  readonly prefix: Type | undefined;
}

interface WithEnvelope {
  readonly envelope: Envelope;
}

interface Reader {
  readonly subject: string;
  readonly type: string;
  readonly schemaId: number;
  readonly whole: Read;
  readonly prefix: Read<Envelope> | undefined;
}

function toSubject(name: string, schemaId: number, avro: Type): Subject {
  return { name, type: name.slice(name.lastIndexOf('.') + 1), schemaId, avro, prefix: envelopeOnly(avro) };
}

/** A record type that resolves from the whole one and stops after the envelope. */
function envelopeOnly(avro: Type): Type | undefined {
  const first = 'fields' in avro ? (avro.fields as readonly { name: string; type: Type }[])[0] : undefined;
  if (first?.name !== 'envelope' || avro.name === undefined) return undefined;
  return toStrictType({ type: 'record', name: avro.name, fields: [{ name: 'envelope', type: first.type }] });
}

function toReader(subjects: ReadonlyMap<string, Subject>, name: string, schemaId: number, schema: string): Reader {
  const subject = subjects.get(name);
  if (subject === undefined) throw schemaUnknown({ subject: name });
  const writer = schemaId === subject.schemaId ? subject.avro : toStrictType(JSON.parse(schema));
  const whole = readFrom(subject.avro, writer, false);
  const prefix =
    subject.prefix && envelopeOnly(writer) ? readFrom<WithEnvelope>(subject.prefix, writer, true) : undefined;
  return { subject: name, type: subject.type, schemaId, whole, prefix: prefix && ((tap) => prefix(tap).envelope) };
}

/** Reads what `writer` wrote as `reader`; with `lazy`, trailing fields that the reader lacks are not even skipped. */
function readFrom<V>(reader: Type, writer: Type, lazy: boolean): Read<V> {
  const from = (reader === writer ? reader : reader.createResolver(writer)) as unknown as {
    _read(tap: StrictTap, lazy: boolean): V;
  };
  return (tap) => from._read(tap, lazy);
}

/** A schema the lock does not hold, but whose subject it does; undefined when it cannot be read as that. */
function foreignReader(subjects: ReadonlyMap<string, Subject>, schemaId: number, schema: string): Reader | undefined {
  try {
    const name = toStrictType(JSON.parse(schema)).name;
    return name !== undefined && subjects.has(name) ? toReader(subjects, name, schemaId, schema) : undefined;
  } catch {
    return undefined; // not JSON, not Avro, or not resolvable: to this lock it is unknown, and the caller says so
  }
}

function toEnd<V>(tap: StrictTap, read: Read<V>): V {
  const value = read(tap);
  if (tap.remaining > 0) throw malformedRecord({ reason: 'bytes are left over after the record' });
  return value;
}

/** Whatever hostile bytes make avsc's types throw becomes MALFORMED_RECORD; the driver's text stays in `cause`. */
function guarded<V>(bytes: Buffer, read: Read<V>): V {
  try {
    return read(new StrictTap(bytes, HEADER_BYTES));
  } catch (cause) {
    const own = cause instanceof Error && 'code' in cause && cause.code === 'MALFORMED_RECORD';
    if (own) throw cause;
    throw malformedRecord({ reason: 'the bytes are not a record of their schema' }, cause);
  }
}

function encode({ avro, schemaId }: Subject, value: unknown): Buffer {
  if (!avro.isValid(value, { noUndeclaredFields: true })) throw invalidObservation({ faults: faultsOf(avro, value) });
  return framed(schemaId, avro.toBuffer(value));
}

function framed(schemaId: number, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafeSlow(HEADER_BYTES + body.length);
  bytes[0] = MAGIC;
  bytes.writeInt32BE(schemaId, 1);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Every place at which the value does not fit the type: undeclared fields first, then the rest in the order of the schema. */
function faultsOf(avro: Type, value: unknown): Fault[] {
  const faults: Fault[] = undeclaredIn(avro, value, []).map((path) => {
    return { pointer: toPointer(path), code: 'UNDECLARED_FIELD', detail: 'the record type has no such field' };
  });
  const errorHook = (path: readonly string[], found: unknown, type: Type): void => {
    const code = found === undefined ? 'MISSING_FIELD' : 'WRONG_TYPE';
    faults.push({ pointer: toPointer(path), code, detail: `must be ${describe(type)}` });
  };
  avro.isValid(value, { errorHook });
  return faults;
}

function undeclaredIn(type: Type, value: unknown, path: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  if ('types' in type) return (type.types as readonly Type[]).flatMap((branch) => undeclaredIn(branch, value, path));
  if ('itemsType' in type)
    return Array.isArray(value)
      ? value.flatMap((item, index) => undeclaredIn(type.itemsType as Type, item, [...path, String(index)]))
      : [];
  if (!('fields' in type)) return [];
  const declared = new Map(
    (type.fields as readonly { name: string; type: Type }[]).map((field) => [field.name, field]),
  );
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = declared.get(key);
    return field === undefined ? [[...path, key]] : undeclaredIn(field.type, inner, [...path, key]);
  });
}

function describe(type: Type): string {
  if ('symbols' in type) return `one of ${(type.symbols as readonly string[]).join(', ')}`;
  if ('types' in type) return (type.types as readonly Type[]).map(describe).join(' or ');
  switch (type.typeName) {
    case 'long':
      return 'a whole number of at most 2^53 − 1 in magnitude';
    case 'int':
      return 'a whole number of 32 bits';
    case 'string':
      return 'a string that can be written as UTF-8';
    case 'array':
      return 'an array';
    case 'null':
      return 'null';
    default:
      return type.typeName === 'boolean' ? 'true or false' : 'an object';
  }
}
