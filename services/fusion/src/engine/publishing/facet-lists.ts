// What the reports of a component speak of: categories, tools, targets, ridings, platforms and gaps, each as one list.
// Holds: sorted, each once, whatever came first; frozen, and one object for all components whose members say the same, so
// that whoever writes it writes it once. Source: README.md#assessment

import type { AssessmentBody } from './assessment.ts';
import type { Facets } from '../observation.ts';
import { compareText } from '../records/records.ts';

/** Lists of an assessment's body. */
export type FacetLists = Pick<AssessmentBody, 'categories' | 'gaps' | 'platforms' | 'ridings' | 'targets' | 'tools'>;

const ofOne = new WeakMap<Facets, FacetLists>();

/** The lists of some reports; equal facets may be one object. */
export function facetListsOf(facets: Iterable<Facets>): FacetLists {
  const distinct = [...new Set(facets)];
  const [only] = distinct;
  if (only === undefined || distinct.length > 1) return toLists(distinct);
  let lists = ofOne.get(only);
  if (lists === undefined) ofOne.set(only, (lists = toLists(distinct)));
  return lists;
}

function toLists(facets: readonly Facets[]): FacetLists {
  return Object.freeze({
    categories: sortedTexts(facets.map(({ category }) => category)),
    gaps: sortedParts(facets.flatMap(({ gaps }) => gaps.map(({ from, platform, reason, to }) => ({ from, platform, reason, to })))),
    platforms: sortedTexts(facets.flatMap(({ platforms }) => platforms)),
    ridings: sortedTexts(facets.flatMap(({ ridings }) => ridings)),
    targets: sortedParts(facets.flatMap(({ targets }) => targets.map(({ kind, ref, suppressedAs }) => ({ kind, ref, suppressedAs })))),
    tools: sortedTexts(facets.flatMap(({ tools }) => tools)),
  }); // prettier-ignore
}

const NONE: [] = [];
Object.freeze(NONE);

function sortedTexts(texts: readonly string[]): string[] {
  if (texts.length === 0) return NONE;
  const sorted = [...new Set(texts)].sort(compareText);
  Object.freeze(sorted);
  return sorted;
}

/** Objects without objects in them, sorted by their JSON. */
function sortedParts<T extends object>(values: readonly T[]): T[] {
  if (values.length === 0) return NONE;
  const byText = new Map(values.map((value) => [JSON.stringify(value), value]));
  const sorted = [...byText].sort(([a], [b]) => compareText(a, b)).map(([, value]) => Object.freeze(value));
  Object.freeze(sorted);
  return sorted;
}
