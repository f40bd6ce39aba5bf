// Why one schema may not follow another, in words that name the field: the registry only says that it may not.
// Holds: pure; both directions are tried, because FULL_TRANSITIVE demands both; no reason found is an empty list,
// and the registry's verdict stands all the same. Source: Apache Avro 1.12 §Schema Resolution

import avsc from 'avsc';

/** A version that is registered already. */
export interface EarlierVersion {
  readonly version: number;
  readonly schema: string;
}

/** @returns a sentence for each earlier version and direction that fails; empty when every pair resolves. */
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

const typeOf = (schema: string): avsc.Type =>
  avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema, { wrapUnions: true });
