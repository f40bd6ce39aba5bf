// Posted objects on their way to the poster's own agency: one bundle to its service, one outcome an object back.
// Holds: nothing is marked here and nothing decided; what is refused is a failure with its code, its neighbours go on;
// what carries nothing to observe is a success that says so. Source: README.md#taxii

import type { BatchSummary, ItemAnswer } from '@sitebus/sdk';
import { canonicalText } from '@sitebus/kit';
import { idOfNamed } from '../stix/names.ts';
import type { OpenStatus, StatusDetail } from './statuses.ts';

/** The source under which policy says how what comes over TAXII is read. */
export const TAXII_SOURCE = 'taxii';

/** An object as it was posted: anything. */
export type Posted = Readonly<Record<string, unknown>>;

/** @returns what a status calls the objects, whatever was posted as their names. */
export function detailsOf(objects: readonly Posted[], nowMs: number): readonly StatusDetail[] {
  const now = new Date(nowMs).toISOString();
  return objects.map(({ id, type, modified, created }) => ({
    id: typeof id === 'string' && ID.test(id) ? id : `${typeof type === 'string' && TYPE.test(type) ? type : 'object'}--${NO_UUID}`,
    version: [modified, created].find((time): time is string => typeof time === 'string' && TIME.test(time)) ?? now,
  })); // prettier-ignore
}

/** @returns the bundle for the agency's service; the same objects make the same bytes. */
export function bundleOf(objects: readonly Posted[]): Buffer {
  return Buffer.from(JSON.stringify({ type: 'bundle', id: idOfNamed('bundle', canonicalText(objects)), objects }));
}

/** Writes the service's answers into the status as they come. Rejects as the service does; what was decided stands. */
export async function decideAll(
  answers: AsyncIterable<ItemAnswer | { readonly summary: BatchSummary }>,
  status: OpenStatus,
): Promise<void> {
  for await (const answer of answers) {
    if ('summary' in answer) continue;
    const at = placeOf(answer);
    if (at === undefined && answer.status !== 'accepted') status.decideRest('failure', messageOf(answer));
    else if (answer.status === 'refused') status.decide(at ?? -1, 'failure', messageOf(answer));
    else status.decide(at ?? -1, 'success', answer.status === 'accepted' ? answer.id : messageOf(answer));
  }
  status.decideRest('failure', 'NOT_DURABLE: no answer came');
}

/** @returns the object's index; undefined for a word on the whole. */
function placeOf({ pointer, line }: ItemAnswer): number | undefined {
  if (pointer === undefined) return line - 1;
  const index = /^\/objects\/(\d+)/.exec(pointer)?.[1];
  return index === undefined ? undefined : Number(index);
}

function messageOf({ code, reason, fix }: Exclude<ItemAnswer, { status: 'accepted' }>): string {
  return `${code}: ${reason}; ${fix}`;
}

const ID = /^[a-z0-9-]{3,250}--[0-9a-fA-F-]{36}$/;
const TYPE = /^[a-z0-9-]{3,250}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T[\d:.]{8,24}Z$/;
const NO_UUID = '00000000-0000-4000-8000-000000000000';
