// What stands of one record type for one reader: judged, neither recalled nor superseded, newest first.
// Holds: public matters are asked of the lowest cell alone, so that a public answer is a function of public records;
// nothing is counted that was not judged. Source: README.md#public-matters

import type { FastifyRequest } from 'fastify';
import { createTurns } from './page.ts';
import type { GatewayParts } from './parts.ts';
import type { StoredObservation } from './read-model/model.ts';
import { isWithheld } from './release.ts';
import type { Judged } from './release.ts';

/** A judged observation. */
export type JudgedObservation = Judged & { readonly record: StoredObservation };

/** The current records of these types that the caller sees, by type, newest first. */
export async function currentRecords<T extends string>(
  { readModel, monitor, policy }: GatewayParts,
  { subject }: FastifyRequest,
  types: readonly T[],
): Promise<Readonly<Record<T, readonly JudgedObservation[]>>> {
  const found = Object.fromEntries(types.map((type) => [type, []])) as unknown as Record<T, JudgedObservation[]>;
  const [lowest] = policy.cells;
  const turn = createTurns();
  for (const type of types)
    for await (const record of readModel.ofType(type)) {
      await turn();
      if (record.cell !== lowest?.id) continue;
      const judged = monitor.judge(record, subject);
      if (!isWithheld(judged) && isCurrent(judged)) found[type].push({ ...judged, record });
    }
  return found;
}

/** True for what nothing that the reader sees has recalled or superseded. */
export function isCurrent({ body }: Judged): boolean {
  return body['status'] !== 'RECALLED' && body['status'] !== 'SUPERSEDED';
}
