// Judges a record of `obs.*` anew, by kit's admission, before the read model takes it.
// Holds: what is not admitted is left out, never repaired. Source: services/kit README.md#admission

import { createAdmit } from '@sitebus/kit';
import { featuresOf } from '@sitebus/sdk';
import type { BusRecord, Codec, Policy } from '@sitebus/sdk';
import type { ObservationValue } from './model.ts';
import type { Admission } from './rebuild.ts';

/** Makes the check of one record. It never throws on any bytes. */
export function createAdmission(codec: Codec, policy: Policy): (record: BusRecord) => Admission {
  const admit = createAdmit();
  return (record) => {
    const outcome = admit(record, { codec, policy });
    if (outcome.kind === 'unknown-schema') return { unknownSchema: outcome.schemaId };
    if (outcome.kind === 'quarantined') return { refused: outcome.code };
    const { decoded, cell, marking } = outcome;
    const { type, subject } = decoded;
    const { features } = featuresOf(codec, decoded);
    const value = decoded.value as ObservationValue; // admission has read its envelope
    const recordKey = record.key === null ? {} : { recordKey: record.key.toString('utf8') };
    return { admitted: { type, subject, cell, value, marking, features, atMs: record.timestampMs, ...recordKey } };
  };
}
