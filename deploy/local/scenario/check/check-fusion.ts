// Checks 2, 3, 5 and 6: what fusion has found, and that it depends on nothing above a view, nor on when or how often.

import { cellsOf } from '@sitebus/marking';
import { alertTopic, assessTopic, type Assessment } from '@sitebus/sdk';
import { ROWS } from '../rows.ts';
import type { ScenarioRow } from '../row.ts';
import type { Checking } from './checks.ts';
import { DOWNGRADE } from './downgrade-act.ts';
import { MATTERS, type TrueView } from './ground-truth.ts';
import { playInMemory, type PlayedInMemory } from './in-memory.ts';
import { expectedMatters, mattersOf } from './matters.ts';

const VIEWS = Object.keys(MATTERS) as TrueView[];
const CDN = '192.0.2.10';
const ECHO = ['6.01', '6.02', '6.03', '6.04', '6.05'];

/** Keeps the matters of the partner view as they were before each day's first row. */
export function matterLog() {
  const before = new Map<number, readonly string[]>();
  return {
    before,
    note: ({ day }: ScenarioRow, { assessments, rowOf }: Pick<PlayedInMemory, 'assessments' | 'rowOf'>): void => {
      if (!before.has(day)) before.set(day, mattersOf(assessments('partner'), rowOf));
    },
  };
}

/** Check 2: which rows are one matter. */
export function membershipFaults({ played }: Pick<Checking, 'played'>): readonly string[] {
  return VIEWS.flatMap((view) => {
    const found = mattersOf(played.assessments(view), played.rowOf);
    const wanted = expectedMatters(MATTERS[view]);
    return [
      ...wanted.filter((each) => !found.includes(each)).map((each) => `${view}: ${each} is not one matter`),
      ...found.filter((each) => !wanted.includes(each)).map((each) => `${view}: ${each} is one matter`),
    ];
  });
}

/** Check 2, again by instances that know nothing but the bus. */
export async function restartFaults({ played }: Checking): Promise<readonly string[]> {
  const before = VIEWS.map((view) => played.assessments(view).length);
  await played.restart();
  const after = VIEWS.map((view) => played.assessments(view).length);
  const again = VIEWS.flatMap((view, at) => (before[at] === after[at] ? [] : [`${view}: a restart publishes again`]));
  return [...again, ...membershipFaults({ played })];
}

/** Check 2, in a second play, in which nobody but the guard acts. */
export async function secondPlayFaults({ parts }: Checking): Promise<readonly string[]> {
  const second = await playInMemory(parts);
  const faults = membershipFaults({ played: second });
  await second.stop();
  return faults;
}

/** Check 3. */
export async function sameBelowFaults({ parts }: Checking): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const view of ['public', 'partner', 'pb-can'] as const) {
    const { policy } = parts;
    const cells = new Set(cellsOf(policy.views.find(({ id }) => id === view)!.clearance, policy.cells).map(({ id }) => id)); // prettier-ignore
    const below = await playInMemory({ ...parts, views: [view], keep: ({ row }) => cells.has(ROWS[row]?.cell ?? '') });
    const whole = await playInMemory({ ...parts, views: [view], keep: ({ row }) => row !== DOWNGRADE.row });
    if (below.rows.length >= whole.rows.length || said(whole, view).length === 0) faults.push(`${view}: there is nothing to compare`); // prettier-ignore
    if (JSON.stringify(said(below, view)) !== JSON.stringify(said(whole, view))) faults.push(`${view}: what lies above it changes what it says`); // prettier-ignore
    await whole.stop();
    await below.stop();
  }
  return faults;
}

/** Check 5. */
export async function rootFaults({ played }: Checking): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const view of VIEWS.filter((each) => each !== 'public')) {
    const echo = matterOf(played, view, '6.01');
    if (echo === undefined) faults.push(`${view}: row 6.01 is in no assessment`);
    else {
      const rows = rowsOf(played, echo);
      if (rows.some((row) => !ECHO.includes(row)) || rows.length < 2) faults.push(`${view}: the echo is ${rows.join(' ')}`); // prettier-ignore
      if (echo.independentRoots !== 1 || echo.confidence !== 'LOW') faults.push(`${view}: the echo has ${echo.independentRoots} roots, confidence ${echo.confidence}`); // prettier-ignore
    }
  }
  for (const [view, a, b] of [
    ['s-can', '1.15', '1.12'],
    ['s-can', '1.18', '1.11'],
    ['partner', '2.03', '2.02'],
    ['partner', '2.09', '2.02'],
  ] as const)
    if (rootOf(played, view, a) !== rootOf(played, view, b)) faults.push(`${view}: ${a} and ${b} are two roots`);
  return faults;
}

/** Check 6, recall. */
export function recallFaults({ played, matters }: Checking): readonly string[] {
  const between = matters.before.get(-14) ?? [];
  const isJoined = between.some((matter) => matter.includes('2.08') && matter.includes('2.05') && matter.includes('9.01')); // prettier-ignore
  const after = mattersOf(played.assessments('partner'), played.rowOf);
  const newest = newestOf(played, 'partner');
  const ids = new Set(newest.map(({ id }) => id));
  const merged = newest.filter(({ status }) => status === 'REDIRECTED');
  return [
    ...(isJoined ? [] : ['between the mistake and its recall threads 2 and 9 are not one matter']),
    ...(after.some((matter) => matter.includes('2.08')) ? ['row 2.08 is still a member'] : []),
    ...(merged.length > 0 ? [] : ['no merged id is left to resolve']),
    ...merged.filter(({ redirectTo }) => !ids.has(redirectTo ?? '')).map(({ id }) => `${id} resolves to nothing`),
  ];
}

/** Check 6, hub. */
export function hubFaults({ played }: Checking): readonly string[] {
  return VIEWS.filter((view) => view !== 'public').flatMap((view) => {
    const live = newestOf(played, view).filter(({ status }) => status === 'LIVE');
    const linking = live.filter(({ links }) => links.some(({ features }) => features.some(({ value }) => value === CDN)));
    const context = matterOf(played, view, '1.01')?.contextValues ?? [];
    const joined = played.assessments(view).filter((each) => ['1.01', '3.04'].every((row) => rowsOf(played, each).includes(row)));
    return [
      ...linking.map(({ id }) => `${view}: ${id} is linked by the hub`),
      ...(context.some(({ value, why }) => value === CDN && why === 'HUB') ? [] : [`${view}: the hub is no context`]),
      ...joined.map(() => `${view}: threads 1 and 3 shared an assessment`),
    ];
  });
} // prettier-ignore

function newestOf(played: PlayedInMemory, view: string): readonly Assessment[] {
  return [...new Map(played.assessments(view).map((each) => [each.id, each])).values()];
}

function rowsOf(played: PlayedInMemory, { members }: Assessment): readonly string[] {
  return members.map(({ agency, id }) => played.rowOf(agency, id));
}

function matterOf(played: PlayedInMemory, view: string, row: string): Assessment | undefined {
  return newestOf(played, view).find((each) => each.status === 'LIVE' && rowsOf(played, each).includes(row));
}

function rootOf(played: PlayedInMemory, view: string, row: string): string | null | undefined {
  return matterOf(played, view, row)?.members.find(({ agency, id }) => played.rowOf(agency, id) === row)?.root;
}

/** Every byte that a view's fusion said of content, in its order. */
function said({ bus }: PlayedInMemory, view: string): readonly string[] {
  return [assessTopic(view), alertTopic(view)].flatMap(
    (topic) =>
    bus.records(topic).map(({ key, value, headers }) => `${topic} ${String(key)} ${value!.toString('base64')} ${JSON.stringify(headers)}`), // prettier-ignore
  );
}
