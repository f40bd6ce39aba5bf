// Judges a record of `obs.*` anew: origin, cell, schema. The default of `admit` until the server library has its own.
// Holds: the topic is the authenticated origin, the decoded envelope the truth; what does not fit is refused, never
// repaired; any bytes give an answer, never an exception. Source: README.md#admission

import { cellOf, type Cell, type Marking } from '@sitebus/marking';
import { carriesAgency, fromObsTopic, fromWire, type Decoded, type Envelope, type WireMarking } from '@sitebus/sdk';
import type { Admit, AdmitAnswer } from './admission.ts';

/** Markings seen before, so that each is built once; forgotten together, because somebody may send ever new ones. */
const MAX_KNOWN_MARKINGS = 4_096;

/** Makes the check, with a memory of markings of its own. */
export function createRecordCheck(): Admit {
  const placeOf = rememberPlaces();
  return (record, { codec, policy }) => {
    const origin = fromObsTopic(record.topic);
    if (origin === undefined || record.value === null) return refused('NOT_AN_OBSERVATION');
    try {
      const decoded = codec.decode(record.value);
      const { envelope } = decoded.value as { readonly envelope: Envelope };
      const { marking, cell } = placeOf(envelope.marking, policy.cells);
      if (!carriesAgency(origin.writer, envelope.agency)) return refused('AGENCY_NOT_OF_TOPIC');
      if (cell !== origin.cell) return refused('WRONG_CELL');
      return admitted(decoded, envelope, marking, cell);
    } catch (cause) {
      return fromCause(cause);
    }
  };
}

interface Place {
  readonly marking: Marking;
  readonly cell: string | undefined;
}

function rememberPlaces(): (wire: WireMarking, cells: readonly Cell[]) => Place {
  const known = new Map<string, Place>();
  return (wire, cells) => {
    const key = JSON.stringify(wire);
    let place = known.get(key);
    if (place !== undefined) return place;
    const marking = fromWire(wire);
    place = { marking, cell: cellOf(marking, cells)?.id };
    if (known.size >= MAX_KNOWN_MARKINGS) known.clear();
    known.set(key, place);
    return place;
  };
}

function admitted(decoded: Decoded, envelope: Envelope, marking: Marking, cell: string): AdmitAnswer {
  return { kind: 'admitted', decoded, envelope, marking, cell, agency: envelope.agency };
}

function refused(code: string): AdmitAnswer {
  return { kind: 'quarantined', code };
}

/** Refusals of codec and kernel have a code; anything else is a bug and goes on. */
function fromCause(cause: unknown): AdmitAnswer {
  const { code, details } = cause as { code?: unknown; details?: { schemaId?: number } };
  if (typeof code !== 'string') throw cause;
  if (code === 'SCHEMA_UNKNOWN' && details?.schemaId !== undefined)
    return { kind: 'unknown-schema', schemaId: details.schemaId };
  return refused(code);
}
