// Judges a record of `obs.*` anew before the read model takes it: origin, cell and schema.
// Holds: the topic is the authenticated origin, the decoded envelope the truth; what does not fit is left out, never
// repaired; headers are not looked at. Source: README.md#read-model

import { cellOf } from '@sitebus/marking';
import { carriesAgency, featuresOf, fromObsTopic, fromWire } from '@sitebus/sdk';
import type { BusRecord, Codec, Decoded, Policy } from '@sitebus/sdk';
import type { ObservationValue } from './model.ts';
import type { Admission } from './rebuild.ts';

/** Makes the check of one record. It never throws on any bytes. */
export function createAdmission(codec: Codec, policy: Policy): (record: BusRecord) => Admission {
  return (record) => {
    const origin = fromObsTopic(record.topic);
    if (origin === undefined || record.value === null) return { refused: 'NOT_AN_OBSERVATION' };
    const decoded = decode(codec, record.value);
    if (!('value' in decoded)) return decoded;
    const value = decoded.value as ObservationValue;
    const marking = fromWire(value.envelope.marking);
    if (!carriesAgency(origin.writer, value.envelope.agency)) return { refused: 'AGENCY_NOT_OF_TOPIC' };
    if (cellOf(marking, policy.cells)?.id !== origin.cell) return { refused: 'WRONG_CELL' };
    const { features } = featuresOf(codec, decoded);
    const { type, subject } = decoded;
    return { admitted: { type, subject, cell: origin.cell, value, marking, features, atMs: record.timestampMs } };
  };
}

function decode(codec: Codec, bytes: Buffer): Decoded | Exclude<Admission, { admitted: unknown }> {
  try {
    const decoded = codec.decode(bytes);
    fromWire((decoded.value as ObservationValue).envelope.marking); // a marking the kernel refuses refuses the record
    return decoded;
  } catch (cause) {
    const { code, details } = cause as { code?: string; details?: { schemaId?: number } };
    if (code === 'SCHEMA_UNKNOWN' && details?.schemaId !== undefined) return { unknownSchema: details.schemaId };
    return { refused: code ?? 'MALFORMED_RECORD' };
  }
}
