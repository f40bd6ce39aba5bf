// Which assessments of a view count towards an accumulation, and what a crossing does.
// Holds: pure; counted is what no case has before it or what a case has found below the threshold; a crossing that counts such a
// case reopens it, else a case is opened. Source: README.md#accumulation

import type { AccumulationGroup, CaseState } from '@sitebus/sdk';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { Command, Facts } from '../protocol-machine.ts';
import { crossingsOf, type Counted, type CountedMatter, type Crossing } from './accumulation.ts';
import type { Case } from './case.ts';
import { standing } from './standing.ts';

const BELOW: ReadonlySet<CaseState> = new Set(['BELOW_MONITOR', 'BELOW_INTERVENTION', 'BELOW_DISCLOSED']);

interface CaseOf {
  readonly id: string;
  readonly state: Case;
}

/** What opens by itself in a view now, as arguments of `open`. */
export function crossingsIn(facts: Facts): readonly unknown[] {
  return crossingsNow(facts).flatMap((crossing) =>
    caseReopenedBy(crossing, casesOf(facts)) === undefined ? [openingOf(crossing, facts)] : [],
  );
}

/** What reopens this case by itself now. */
export function reopening(id: string, { state }: Case, facts: Facts): readonly Command[] {
  if (state === undefined || !BELOW.has(state)) return []; // counting looks at every assessment of the view
  return crossingsNow(facts).flatMap((crossing) =>
    caseReopenedBy(crossing, casesOf(facts)) === id
      ? [{ name: 'accumulate', args: { crossing: crossing.id, assessments: crossing.assessments } }]
      : [],
  );
}

function crossingsNow(facts: Facts): readonly Crossing[] {
  const { policy, now } = facts;
  if (policy.accumulation.length === 0 || policy.elections.length === 0) return [];
  const cases = casesOf(facts);
  const taken = new Set(
    cases.flatMap(({ state }) =>
      state.state !== undefined && BELOW.has(state.state) ? [] : state.assessments.map(({ id }) => id),
    ),
  );
  const matters = [...facts.live()].filter(({ id }) => !taken.has(id)).map(toMatter);
  return crossingsOf(policy.accumulation, matters, countedIn(policy.accumulation, cases, facts), now);
}

function casesOf(facts: Facts): readonly CaseOf[] {
  return facts.states('case') as readonly CaseOf[]; // the kind's own machine
}

function openingOf({ id, value, group, assessments }: Crossing, { policy }: Facts): unknown {
  const electionId = policy.elections[0]!.id;
  return { electionId, assessments, crossing: id, question: `${group}: ${assessments.length} × ${value}` };
}

/** The newest case below the threshold that one of the counted belongs to. */
function caseReopenedBy({ assessments }: Crossing, cases: readonly CaseOf[]): string | undefined {
  return cases.find(
    ({ state }) =>
      state.state !== undefined &&
      BELOW.has(state.state) &&
      state.assessments.some(({ id }) => assessments.includes(id)),
  )?.id;
}

/** Lineages that were counted in earlier crossings: those of everything a case with such a crossing cites. */
function countedIn(groups: readonly AccumulationGroup[], cases: readonly CaseOf[], facts: Facts): Counted {
  const counted = new Map<string, { crossings: number; lineages: Set<string> }>();
  const known = new Set(groups.map(({ id }) => id));
  for (const { state } of cases)
    for (const crossing of state.crossings) {
      const [, key = '', group = ''] = /^((?:([^/]+))\/.*)\/\d+$/.exec(crossing) ?? [];
      if (!known.has(group)) continue;
      const before = counted.get(key) ?? { crossings: 0, lineages: new Set<string>() };
      for (const { id } of state.assessments)
        for (const root of lineagesOf(standing(facts, id))) before.lineages.add(root);
      counted.set(key, { crossings: before.crossings + 1, lineages: before.lineages });
    }
  return counted;
}

function toMatter(assessment: AssessmentFacts): CountedMatter {
  const { id, severity, lastSeen, ridings, tools } = assessment;
  return {
    id,
    severity: severity.score,
    lastSeen,
    lineages: lineagesOf(assessment),
    values: { riding: ridings, tool: tools },
  };
}

function lineagesOf(assessment: AssessmentFacts | undefined): readonly string[] {
  return [...new Set((assessment?.members ?? []).flatMap(({ root }) => (root === null ? [] : [root])))].sort();
}
