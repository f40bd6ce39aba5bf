// Gaps that agencies declared of themselves, each with the source it is of; what reads over that time shows them.
// Holds: pure; a gap that was recalled or replaced is none; one that is not released is in no answer.
// Source: README.md#sources

import { instantIn, objectIn, textIn } from './body-fields.ts';
import { isCurrent } from './current-records.ts';
import type { JudgedObservation } from './current-records.ts';

/** One declared gap as it is answered; without `to` it lasts. */
export interface SourceGapBody {
  readonly id: string;
  readonly from: string;
  readonly to?: string;
  readonly reason: string;
}

/** @returns the id of the source that an observation is of: `<cell>.<agency>`. */
export function sourceIdOf({ body, record }: Pick<JudgedObservation, 'body' | 'record'>): string {
  return `${record.cell}.${textIn(objectIn(body, 'envelope'), 'agency')}`;
}

/** @returns the gaps of each source, by its id, by their begin. */
export function gapsBySource(judged: readonly JudgedObservation[]): ReadonlyMap<string, readonly SourceGapBody[]> {
  const found = new Map<string, SourceGapBody[]>();
  for (const each of judged.filter(isCurrent)) {
    const id = sourceIdOf(each);
    found.set(id, [...(found.get(id) ?? []), bodyOf(each)]);
  }
  for (const gaps of found.values()) gaps.sort((a, b) => (a.from < b.from ? -1 : 1));
  return found;
}

/** The declared gaps of these agencies, each with the source it is of, by their begin. */
export function gapsOfAgencies(
  judged: readonly JudgedObservation[],
  agencies: readonly string[],
): readonly (SourceGapBody & { readonly source: string })[] {
  const own = judged.filter(({ body }) => agencies.includes(textIn(objectIn(body, 'envelope'), 'agency')));
  return [...gapsBySource(own)]
    .flatMap(([source, gaps]) => gaps.map((gap) => ({ source, ...gap })))
    .sort((a, b) => (a.from === b.from ? (a.source < b.source ? -1 : 1) : a.from < b.from ? -1 : 1));
}

function bodyOf({ body, record }: JudgedObservation): SourceGapBody {
  const to = instantIn(body, 'to');
  return {
    id: record.id,
    from: textIn(body, 'from'),
    ...(!Number.isNaN(to) && { to: new Date(to).toISOString() }),
    reason: textIn(body, 'reason'),
  };
}
