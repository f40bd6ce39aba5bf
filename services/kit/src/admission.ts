// What a record of `obs.*` is, judged anew by whoever reads it: layer 3 of the enforcement.
// Holds: the topic is the authenticated origin and the decoded envelope the truth; headers may be absent, but may not say
// otherwise; what does not fit is refused, never repaired; any bytes give an answer, never an exception; pure.
// Source: README.md#admission

import { hash } from 'node:crypto';
import { cellOf, isAtLeast, type Cell, type Marking } from '@sitebus/marking';
import {
  agencySource, carriesAgency, fromObsTopic, fromWire, isRefusal, OBSERVATION_NAMESPACE,
  type BusRecord, type Decoded, type Envelope, type PartialDecoder, type Policy, type WireMarking,
} from '@sitebus/sdk'; // prettier-ignore

/** A record that may be read on: its origin, cell, schema and writer have been established. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly decoded: Decoded;
  readonly envelope: Envelope;
  readonly marking: Marking;
  /** Of the topic, and of the marking: they agree. */
  readonly cell: string;
  readonly agency: string;
}

/** Why a record is skipped by every reader. */
export type QuarantineCode =
  | 'NOT_AN_OBSERVATION'
  | 'TOO_LARGE'
  | 'MALFORMED_RECORD'
  | 'SCHEMA_DENIED'
  | 'INVALID_MARKING'
  | 'MARKING_TOO_LOW'
  | 'AGENCY_NOT_OF_TOPIC'
  | 'WRONG_CELL'
  | 'WRITER_NOT_ALLOWED'
  | 'HEADER_MISMATCH';

/** A record that is skipped by every reader and announced by one: where it lies and what it is, never what it says. */
export interface Quarantined {
  readonly kind: 'quarantined';
  readonly code: QuarantineCode;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** SHA-256 of the value, hexadecimal. */
  readonly sha256: string;
}

/** Not a verdict: the partition pauses until the codec has been taught (`Codec.ensure`), or the lock denies the id. */
export interface UnknownSchema {
  readonly kind: 'unknown-schema';
  readonly schemaId: number;
}

/** The three answers. */
export type Admission = Admitted | Quarantined | UnknownSchema;

/** What admission looks at. */
export interface AdmissionParts {
  /** Or `Codec.lookingAt` of `CHECKED_FIELDS` and what the caller reads besides. */
  readonly codec: PartialDecoder;
  readonly policy: Policy;
}

/** The fields of a record that the check looks at. */
export const CHECKED_FIELDS: readonly string[] = Object.freeze([
  'envelope',
  'report.portions.marking',
  'portions.marking',
]);

/** The check of a record, as readers call it. */
export type Admit = (record: BusRecord, parts: AdmissionParts) => Admission;

/**
 * Makes the check, with a memory of markings of its own. A tombstone is no observation: callers that follow erasures look
 * at `value` first. Cost: one decode.
 */
export function createAdmit(): Admit {
  const memory: Memory = { placeOf: rememberPlaces(), originOf: rememberOrigins(), maxBytesOf: rememberMaxBytes() };
  return (record, parts) => {
    const verdict = judge(record, parts, memory);
    return typeof verdict === 'string' ? toQuarantined(record, verdict) : verdict;
  };
}

/** Few topics and markings are in use, and each is decided once. */
interface Memory {
  readonly placeOf: PlaceOf;
  readonly originOf: (topic: string) => Origin | undefined;
  readonly maxBytesOf: (policy: Policy) => number;
}

function judge(
  record: BusRecord,
  { codec, policy }: AdmissionParts,
  { placeOf, originOf, maxBytesOf }: Memory,
): Admitted | UnknownSchema | QuarantineCode {
  const origin = originOf(record.topic);
  if (origin === undefined || record.value === null) return 'NOT_AN_OBSERVATION';
  if (record.value.length > maxBytesOf(policy)) return 'TOO_LARGE';
  const read = decode(codec, record.value);
  if (!('subject' in read)) return read.unknown ?? read.code;
  const envelope = envelopeOf(read);
  if (envelope === undefined) return 'NOT_AN_OBSERVATION';
  const place = placeOf(envelope.marking, policy.cells);
  const { marking, cell } = place;
  if (marking === undefined) return 'INVALID_MARKING';
  if (!carriesAgency(origin.writer, envelope.agency)) return 'AGENCY_NOT_OF_TOPIC';
  if (cell !== origin.cell) return 'WRONG_CELL';
  const portions = checkPortions(read.value as WithPortions, place, policy.cells, placeOf);
  if (portions !== undefined) return portions;
  if (!mayWrite(policy, read.type, envelope.agency)) return 'WRITER_NOT_ALLOWED';
  if (!headersAgree(record.headers, read.subject, envelope)) return 'HEADER_MISMATCH';
  return { kind: 'admitted', decoded: read, envelope, marking, cell, agency: envelope.agency };
}

type Undecoded = { readonly code: QuarantineCode; readonly unknown?: UnknownSchema };

function decode(codec: PartialDecoder, bytes: Buffer): Decoded | Undecoded {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause; // a bug here, not a fault there
    const schemaId = cause.code === 'SCHEMA_UNKNOWN' ? cause.details['schemaId'] : undefined;
    if (typeof schemaId !== 'number') return { code: 'MALFORMED_RECORD' };
    return {
      code: 'SCHEMA_DENIED',
      ...(!codec.lock.denied.includes(schemaId) && { unknown: { kind: 'unknown-schema', schemaId } }),
    };
  }
}

/** Every observation type has the envelope first; a record of another namespace does not belong on the topic. */
function envelopeOf({ subject, value }: Decoded): Envelope | undefined {
  return subject.startsWith(`${OBSERVATION_NAMESPACE}.`)
    ? (value as { readonly envelope: Envelope }).envelope
    : undefined;
}

/** Paragraphs lie in the report of a sighting, or at the top of a position. */
interface WithPortions {
  readonly report?: { readonly portions?: unknown };
  readonly portions?: unknown;
}

/**
 * What is wrong with the markings of paragraphs. The envelope's marking alone is what readers are judged by, so it must
 * protect them too; one that is no marking at all is worse than one that is too high.
 */
function checkPortions(
  { report, portions }: WithPortions,
  envelope: Place,
  cells: readonly Cell[],
  placeOf: PlaceOf,
): QuarantineCode | undefined {
  let code: QuarantineCode | undefined;
  for (const list of [report?.portions, portions]) {
    if (!Array.isArray(list)) continue;
    for (const portion of list as readonly unknown[]) {
      const wire = markingIn(portion);
      if (wire === undefined) continue;
      const place = placeOf(wire, cells);
      if (place.marking === undefined) return 'INVALID_MARKING';
      if (place !== envelope && !protects(envelope.marking!, place.marking)) code = 'MARKING_TOO_LOW';
    }
  }
  return code;
}

/** Whose it is does not decide who reads it: owners and origins are for the producer's check. */
function protects(marking: Marking, portion: Marking): boolean {
  return isAtLeast(marking, { ...portion, owners: marking.owners, origins: marking.origins });
}

function markingIn(portion: unknown): WireMarking | undefined {
  const { marking } = (portion ?? {}) as { readonly marking?: WireMarking };
  return typeof marking === 'object' && 'relToAll' in marking ? marking : undefined;
}

/** A type that policy does not list is open to all; `partner-*` stands for every tenant. */
function mayWrite(policy: Policy, type: string, agency: string): boolean {
  const writers = policy.writers[type];
  return (
    writers === undefined ||
    writers.some((one) => (one.endsWith('*') ? agency.startsWith(one.slice(0, -1)) : one === agency))
  );
}

function headersAgree(headers: BusRecord['headers'], subject: string, { id, agency }: Envelope): boolean {
  const { ce_id: givenId, ce_type: givenType, ce_source: givenSource } = headers;
  return (
    (givenId === undefined || givenId === id) &&
    (givenType === undefined || givenType === subject) &&
    (givenSource === undefined || givenSource === agencySource(agency))
  );
}

function rememberMaxBytes(): (policy: Policy) => number {
  let known: Policy | undefined;
  let maxBytes = 0;
  return (policy) => {
    if (policy !== known) {
      known = policy;
      maxBytes = policy.topics.find(({ kind }) => kind === 'obs')?.maxMessageBytes ?? Number.POSITIVE_INFINITY;
    }
    return maxBytes;
  };
}

function toQuarantined({ topic, partition, offset, value }: BusRecord, code: QuarantineCode): Quarantined {
  return {
    kind: 'quarantined',
    code,
    topic,
    partition,
    offset,
    sha256: hash('sha256', value ?? Buffer.alloc(0), 'hex'),
  };
}

interface Place {
  /** Undefined where the kernel refuses it. */
  readonly marking: Marking | undefined;
  readonly cell: string | undefined;
}
type PlaceOf = (wire: WireMarking, cells: readonly Cell[]) => Place;

/** Forgotten together, because somebody may send ever new ones. */
const MAX_KNOWN_MARKINGS = 4_096;

/**
 * Builds each marking once: each costs a validation, a sort and a freeze. A frozen wire marking is the codec's, who hands
 * out the same one for the same bytes, so that it needs no reading; any other is known by what it says.
 */
function rememberPlaces(): PlaceOf {
  const bySaying = new Map<string, Place>();
  let byWire = new WeakMap<WireMarking, Place>();
  let knownCells: readonly Cell[] | undefined;
  return (wire, cells) => {
    if (cells !== knownCells || bySaying.size >= MAX_KNOWN_MARKINGS) {
      bySaying.clear();
      byWire = new WeakMap();
      knownCells = cells;
    }
    const known = byWire.get(wire);
    if (known !== undefined) return known;
    const key = JSON.stringify(wire);
    let place = bySaying.get(key);
    if (place === undefined) bySaying.set(key, (place = toPlace(wire, cells)));
    if (Object.isFrozen(wire)) byWire.set(wire, place);
    return place;
  };
}

type Origin = NonNullable<ReturnType<typeof fromObsTopic>>;

/** Topics are those that a consumer has subscribed to, so they need no bound. */
function rememberOrigins(): (topic: string) => Origin | undefined {
  const known = new Map<string, Origin>();
  return (topic) => {
    let origin = known.get(topic);
    if (origin === undefined) {
      origin = fromObsTopic(topic);
      if (origin !== undefined) known.set(topic, origin);
    }
    return origin;
  };
}

function toPlace(wire: WireMarking, cells: readonly Cell[]): Place {
  try {
    const marking = fromWire(wire);
    return { marking, cell: cellOf(marking, cells)?.id };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return { marking: undefined, cell: undefined };
  }
}
