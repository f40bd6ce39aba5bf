// Which rows a view's fusion has put together, held against what it must have found.
// Holds: pure; the newest version of an assessment counts, and of those the live ones.

import type { Assessment } from '@sitebus/sdk';

/** @returns the live assessments of two or more members, each as its rows in order; sorted. */
export function mattersOf(
  assessments: readonly Assessment[],
  rowOf: (agency: string, id: string) => string,
): readonly string[] {
  const newest = new Map<string, Assessment>();
  for (const each of assessments) if ((newest.get(each.id)?.version ?? 0) <= each.version) newest.set(each.id, each);
  return [...newest.values()]
    .filter(({ status, members }) => status === 'LIVE' && members.length > 1)
    .map(({ members }) => inOrder(members.map(({ agency, id }) => rowOf(agency, id))))
    .sort();
}

/** The same form for what is expected. */
export function expectedMatters(matters: readonly (readonly string[])[]): readonly string[] {
  return matters.map(inOrder).sort();
}

function inOrder(rows: readonly string[]): string {
  return [...rows].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(' ');
}
