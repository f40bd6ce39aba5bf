// Releases one answer made of more records than one ledger leaf should hold.
// Holds: every record is on the ledger before the answer is; the answer is marked at the join of them all: the last leaf
// names one record of every marking there is. Source: README.md#release

import type { Judged, Monitor, Released, ReleasedBody } from './release.ts';
import type { Subject } from './subject.ts';

/** Records in a leaf: far below what one record of the ledger's topic may have. */
const LEAF_RECORDS = 1_000;

/** Releases `shape` of all bodies, which stand in the order of `judged`. Throws as `releaseAll` does. */
export async function releaseMany<T>(
  monitor: Pick<Monitor, 'releaseAll'>,
  judged: readonly Judged[],
  subject: Subject,
  shape: (bodies: readonly ReleasedBody[]) => T,
  leafRecords = LEAF_RECORDS,
): Promise<Released<T>> {
  if (judged.length <= leafRecords) return monitor.releaseAll(judged, subject, 'LIST', (bodies) => shape(bodies));
  const last = [...new Map(judged.map((each) => [JSON.stringify(each.marking), each])).values()];
  const bodies = new Map<Judged, ReleasedBody>();
  const release = <R>(part: readonly Judged[], then: () => R): Promise<Released<R>> =>
    monitor.releaseAll(part, subject, 'LIST', (released) => {
      part.forEach((each, index) => {
        const body = released[index];
        if (body !== undefined) bodies.set(each, body);
      });
      return then();
    });
  const isLast = new Set(last);
  const others = judged.filter((each) => !isLast.has(each));
  for (let from = 0; from < others.length; from += leafRecords)
    await release(others.slice(from, from + leafRecords), () => undefined);
  return release(last, () => shape(judged.flatMap((each) => bodies.get(each) ?? [])));
}
