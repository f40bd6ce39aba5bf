// Why one schema may not follow another, in words that name the field: the registry only says that it may not.
// Holds: pure; both directions are tried, because FULL_TRANSITIVE demands both, on the types that records are read with; no
// reason found is an empty list, and a registry's verdict stands all the same. Source: Apache Avro 1.12 §Schema Resolution

import type { Type } from 'avsc';
import { toStrictType } from './avro-types.ts';

/** A version that records may have been written with. */
export interface EarlierVersion {
  readonly version: number;
  /** Self-contained Avro schema, as JSON. */
  readonly schema: string;
}

/**
 * Tries a self-contained schema against each version it is to follow.
 * @returns a sentence for each earlier version and direction that fails; empty when every pair resolves.
 */
export function incompatibilities(schema: string, earlier: readonly EarlierVersion[]): readonly string[] {
  return earlier.flatMap((before) => {
    const newReadsOld = whyNot(schema, before.schema);
    const oldReadsNew = whyNot(before.schema, schema);
    return [
      ...(newReadsOld === undefined ? [] : [`cannot read records of version ${before.version}: ${newReadsOld}`]),
      ...(oldReadsNew === undefined ? [] : [`cannot be read by readers of version ${before.version}: ${oldReadsNew}`]),
    ];
  });
}

function whyNot(reader: string, writer: string): string | undefined {
  try {
    typeOf(reader).createResolver(typeOf(writer));
    return undefined;
  } catch (error) {
    // The library's text quotes whole schemas after its first words; the words name the field.
    return (error instanceof Error ? error.message : String(error)).split(/[{\n]/)[0]?.trim() ?? 'unknown';
  }
}

const typeOf = (schema: string): Type => toStrictType(JSON.parse(schema));
