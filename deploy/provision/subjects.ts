// Registering the contract: one subject a record type, FULL_TRANSITIVE, checked before anything is written.
// Holds: a subject is the record's full name (RecordNameStrategy); either every new schema is taken or none is;
// running services never register. Source: README.md#schemas

import { incompatibilities, type RecordSchema } from '@sitebus/sdk';
import type { RegisteredSchema, RegistryAdmin } from './adapters/registry.ts';
import { incompatible, registryRefused } from './errors.ts';

/** Every version reads every other, for ever: a reader may meet bytes of any age, and an old reader new ones. */
export const COMPATIBILITY = 'FULL_TRANSITIVE';

/** A schema that may not follow its subject's versions. */
export interface SubjectFault {
  readonly subject: string;
  /** A sentence each; they name fields, never values. */
  readonly reasons: readonly string[];
}

/** @returns the schemas that the registry would refuse, in the order given; empty is good. */
export async function faultsOf(
  registry: RegistryAdmin,
  schemas: readonly RecordSchema[],
): Promise<readonly SubjectFault[]> {
  const faults = await Promise.all(schemas.map((schema) => faultOf(registry, schema)));
  return faults.filter((fault) => fault !== undefined);
}

/**
 * Registers what is not registered yet and reads its ids back.
 * @returns one entry a schema. Throws INCOMPATIBLE_SCHEMA with subjects and reasons before the first is written.
 */
export async function registerAll(
  registry: RegistryAdmin,
  schemas: readonly RecordSchema[],
): Promise<readonly RegisteredSchema[]> {
  const faults = await faultsOf(registry, schemas);
  if (faults.length > 0) throw incompatible({ subjects: faults });
  const registered: RegisteredSchema[] = [];
  // One after the other, in the order of subjects: two registries that start empty then give the same ids.
  for (const { subject, text } of schemas) {
    await registry.register(subject, text);
    const entry = await registry.find(subject, text); // register's answer has no version
    if (entry === undefined) throw registryRefused({ subject, status: 404 });
    registered.push(entry);
  }
  return registered;
}

async function faultOf(registry: RegistryAdmin, { subject, text }: RecordSchema): Promise<SubjectFault | undefined> {
  if (await registry.accepts(subject, text)) return undefined;
  const reasons = incompatibilities(text, await registry.versions(subject));
  return { subject, reasons: reasons.length > 0 ? reasons : ['the registry does not accept it, without saying why'] };
}
