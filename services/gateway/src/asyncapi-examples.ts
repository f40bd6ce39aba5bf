// Example records of the contract, for the description of the bus: the full one of each type.
// Holds: read once at start; a folder that is not there has none, for they are nothing that a gateway needs.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dominates, type Clearance } from '@sitebus/marking';
import { fromWire, isJsonObject } from '@sitebus/sdk';
import type { SchemaLock, WireMarking } from '@sitebus/sdk';

/** @returns by subject the JSON of `<type>/valid/full.json` below the folder, for every locked type that has one. */
export async function loadExamples(dir: string, { entries }: SchemaLock): Promise<ReadonlyMap<string, unknown>> {
  const types = new Set(await readdir(dir).catch(() => []));
  const found = new Map<string, unknown>();
  for (const subject of new Set(entries.map((entry) => entry.subject))) {
    const type = subject.slice(subject.lastIndexOf('.') + 1);
    if (!types.has(type)) continue;
    const text = await readFile(join(dir, type, 'valid', 'full.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) found.set(subject, JSON.parse(text));
  }
  return found;
}

/** True where the example says its marking and the clearance dominates it at that moment. */
export function maySeeExample(example: unknown, clearance: Clearance, nowMs: number): boolean {
  if (!isJsonObject(example) || !isJsonObject(example['envelope'])) return false;
  return dominates(clearance, fromWire(example['envelope']['marking'] as WireMarking), nowMs); // a contract test has read it
}
