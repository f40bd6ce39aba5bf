// Check 5: one source echoed as many is one root; so are a tearline and its source, a downgrade and its original, posts of one channel.

import type { Run } from './checks.ts';
import { MATTERS, type TrueView } from './ground-truth.ts';
import { matterOf, rowsOf } from './newest.ts';

const VIEWS = (Object.keys(MATTERS) as TrueView[]).filter((view) => view !== 'public');
const ECHO = ['6.01', '6.02', '6.03', '6.04', '6.05'];
/** Pairs that are one root, each in a view that reads both. */
const ONE_ROOT = [
  ['s-can', '1.15', '1.12'],
  ['s-can', '1.18', '1.11'],
  ['partner', '2.03', '2.02'],
  ['partner', '2.09', '2.02'],
] as const;

/** What is recorded of roots. */
export interface EchoRecord {
  /** By view: the matter of row 6.01. */
  readonly echo: Readonly<Record<string, { readonly rows: readonly string[]; readonly roots: number; readonly confidence: string } | null>>; // prettier-ignore
  /** By `view row`: its root; null where it has none. */
  readonly roots: Readonly<Record<string, string | null>>;
}

/** Of the play with people. */
export function recordEcho({ played }: Run): EchoRecord {
  const echo = VIEWS.map((view) => {
    const found = matterOf(played, view, '6.01');
    const { independentRoots: roots = 0, confidence = '' } = found ?? {};
    return [view, found === undefined ? null : { rows: rowsOf(played, found), roots, confidence }] as const;
  });
  const rootOf = (view: string, row: string): string | null =>
    matterOf(played, view, row)?.members.find(({ agency, id }) => played.rowOf(agency, id) === row)?.root ?? null;
  const roots = ONE_ROOT.flatMap(([view, a, b]) => [a, b].map((row) => [`${view} ${row}`, rootOf(view, row)] as const));
  return { echo: Object.fromEntries(echo), roots: Object.fromEntries(roots) };
}

/** Check 5. */
export function echoFaults({ echo, roots }: EchoRecord): readonly string[] {
  return [
    ...VIEWS.flatMap((view) => {
      const found = echo[view] ?? null;
      if (found === null) return [`${view}: row 6.01 is in no assessment`];
      const { rows, roots: own, confidence } = found;
      return [
        ...(rows.length > 1 && rows.every((row) => ECHO.includes(row)) ? [] : [`${view}: the echo is ${rows.join(' ')}`]),
        ...(own === 1 && confidence === 'LOW' ? [] : [`${view}: the echo has ${own} roots, confidence ${confidence}`]),
      ];
    }),
    ...ONE_ROOT.flatMap(([view, a, b]) => {
      const root = roots[`${view} ${a}`] ?? null;
      return root !== null && root === roots[`${view} ${b}`] ? [] : [`${view}: ${a} and ${b} are two roots`];
    }),
  ];
} // prettier-ignore
