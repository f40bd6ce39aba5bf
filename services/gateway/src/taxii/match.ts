// `match[…]`: which objects of a collection a client wants.
// Holds: pure; a comma means or, several filters mean and; what is no filter of TAXII 2.1 never gets here.
// Source: TAXII 2.1 §3.4.1; README.md#taxii

import { badRequest } from '../errors.ts';
import { readTime } from './date-added.ts';
import type { Listed } from './edition.ts';
import { versionOf } from './version.ts';

/** Filters as the query has them. */
export interface MatchQuery {
  readonly 'match[id]'?: string;
  readonly 'match[type]'?: string;
  readonly 'match[version]'?: string;
  readonly 'match[spec_version]'?: string;
}

/** Which of the listed objects match. */
export type Matches = (object: Pick<Listed, 'id' | 'type' | 'addedMs' | 'modifiedMs'>) => boolean;

/** Reads the filters. Throws `bad-request` for a version that is neither a word nor a time. */
export function matchesOf(query: MatchQuery): Matches {
  const ids = listOf(query['match[id]']);
  const types = listOf(query['match[type]']);
  const specs = listOf(query['match[spec_version]']);
  const versions = listOf(query['match[version]']);
  const times = versions?.filter((version) => !WORDS.includes(version)).map((version) => {
    const ms = readTime(version);
    if (ms === undefined) throw badRequest({ parameter: 'match[version]' });
    return ms;
  }); // prettier-ignore
  // Of each object the newest version alone is kept, so it is the first, the last and all of them.
  const everyVersion = versions === undefined || versions.some((version) => WORDS.includes(version));
  return (object) =>
    (ids?.includes(object.id) ?? true) &&
    (types?.includes(object.type) ?? true) &&
    (specs?.includes('2.1') ?? true) &&
    (everyVersion || times?.includes(readTime(versionOf(object)) ?? Number.NaN) === true);
}

const WORDS = ['first', 'last', 'all'];
/** An empty filter asks for nothing in particular. */
function listOf(text: string | undefined): readonly string[] | undefined {
  const items = (text ?? '').split(',').map((item) => item.trim()).filter((item) => item !== ''); // prettier-ignore
  return items.length === 0 ? undefined : items;
}
