// P1 to P3: what moves the period of an election, which elections have a caretaker period, and what the writ does to cases.

import { expect, test } from '@jest/globals';
import type { PeriodEvent, Role } from '@sitebus/sdk';
import fc from 'fast-check';
import { isRefused, type Asking } from '../machine.ts';
import { createMatters } from '../matters.ts';
import { createPlan } from '../plan.ts';
import { TIMER } from '../protocol-machine.ts';
import { anAssessment } from '../testing/an-assessment.ts';
import { loadContract, propertyRuns } from '@sitebus/sdk/testing';
import { RFI_MACHINE } from '../rfi/rfi.ts';
import { reportingViews } from '../sitrep/renditions.ts';
import { seriesId, SITREP_SERIES_MACHINE, type SitrepSeries } from '../sitrep/series.ts';
import { CASE_MACHINE } from './case-machine.ts';
import type { Case } from './case.ts';
import { historyPackOf } from './history-pack.ts';
import { NOTICE_MACHINE } from './notice-machine.ts';
import { PERIOD_MACHINE, PUBLIC_VIEW } from './period-machine.ts';
import { decidePeriod, evolvePeriod, NO_PERIOD, type Period, type PeriodCommand } from './period.ts';

const { policy } = await loadContract();
const RUNS = propertyRuns(500);
const COMMANDS = ['dissolution', 'government-sworn-in', 'returning-result-clear', 'independent-review'] as const;
const CLERK: Asking = { person: 'cleo', roles: ['clerk'] };

interface Step {
  readonly name: (typeof COMMANDS)[number];
  readonly roles: readonly Role[];
}

const someSteps = (): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...COMMANDS),
      roles: fc.constantFrom<readonly Role[]>(['clerk'], ['clerk'], ['secretariat'], ['panel-member'], ['agency-head']),
    }),
    { maxLength: 8 },
  );

function run(steps: readonly Step[], hasCaretaker: boolean): { readonly states: string[]; readonly period: Period } {
  let period = NO_PERIOD;
  const states = ['PRE_WRIT'];
  for (const { name, roles } of steps) {
    const command = (name === 'independent-review' ? { kind: name, body: 'a judge' } : { kind: name, at: 7 }) as PeriodCommand;
    const decided = decidePeriod(period, command, { person: 'x', roles }, { caretaker: hasCaretaker, cadence: 'writ' });
    if (isRefused(decided)) continue;
    for (const each of decided) {
      period = evolvePeriod(period, { effectiveAt: null, body: null, cadence: null, ...each } as unknown as PeriodEvent);
      states.push(each.to);
    }
  }
  return { states, period };
} // prettier-ignore

const FULL: readonly Step[] = (['dissolution', 'government-sworn-in', 'independent-review'] as const).map((name) => ({ name, roles: ['clerk'] })); // prettier-ignore

test('P1: no passing of time changes the state, polling day included, and nobody but the clerk does', () => {
  fc.assert(
    fc.property(someSteps(), (steps) => {
      const { states, period } = run(steps, true);
      expect('due' in PERIOD_MACHINE).toBe(false); // the clock has no command to give
      for (const name of COMMANDS) {
        const command = (name === 'independent-review' ? { kind: name, body: 'b' } : { kind: name, at: 7 }) as PeriodCommand;
        for (const by of [TIMER, { person: 'x', roles: ['secretariat', 'panel-member', 'minister'] } as Asking])
          expect(isRefused(decidePeriod(period, command, by, { caretaker: true, cadence: 'writ' }))).toBe(true);
      }
      const order = ['PRE_WRIT', 'CARETAKER', 'CLOSED', 'INDEPENDENT_REVIEW'];
      expect(states).toEqual(order.slice(0, states.length));
    }),
    { numRuns: RUNS, examples: [[FULL]] },
  );
}); // prettier-ignore

test('P2: an election without caretaker period never reaches one', () => {
  fc.assert(
    fc.property(someSteps(), (steps) => {
      expect(run(steps, false).states).toEqual(['PRE_WRIT']);
    }),
    { numRuns: RUNS, examples: [[FULL]] },
  );
  for (const kind of ['BY_ELECTION', 'LEADERSHIP', 'NOMINATION'])
    expect(policy.panel.caretakerKinds).not.toContain(kind);
  expect(run(FULL, true).states).toHaveLength(4);
});

/** Cases of several views, brought some way each; then the writ. */
function afterTheWrit(ways: readonly number[]) {
  const machines = [CASE_MACHINE, PERIOD_MACHINE, NOTICE_MACHINE, RFI_MACHINE, SITREP_SERIES_MACHINE];
  const matters = createMatters(machines);
  const byKind = new Map(machines.map((machine) => [machine.kind, machine as never]));
  const assessment = anAssessment({ id: '00000000-0000-4000-8000-000000000001' });
  let now = 1_000;
  const outside = {
    policy, assessment: () => assessment, isRecalled: () => false, live: () => [], person: () => undefined,
    people: () => policy.people, release: () => undefined, sourceGaps: () => [],
  }; // prettier-ignore
  const order = (kind: string, id: string, view: string, name: string, args: unknown, by: Asking): void => {
    now += 1;
    const plan = createPlan(matters, byKind, outside, now);
    const refused = plan.order({ kind, id, view, command: { name, args }, by, role: 'any' });
    if (refused !== undefined) throw new Error(`${name}: ${refused.refused}`);
    for (const { view: of, subject, event } of plan.events) expect(matters.apply(of, subject, event)).toBe(true);
  };
  const SAM: Asking = { person: 'sam', roles: ['secretariat'] };
  const later = new Date(now + 3_600_000).toISOString();
  const steps: readonly (readonly [string, unknown, Asking])[] = [
    [
      'open',
      { assessments: [assessment.id], question: 'What of it?' },
      { person: 'g', agency: 'gac', roles: ['analyst'] },
    ],
    ['consult', { agencies: ['csis'], due: later }, SAM],
    [
      'inform',
      { summary: 's', gaps: ['g'], precedence: 'FLASH' },
      { person: 'h', agency: 'cse', roles: ['agency-head'] },
    ],
    ['scope', {}, SAM],
    ['finding', { finding: 'IN_SCOPE' }, SAM],
    ['close', { reason: 'over' }, CLERK],
  ];
  for (const [at, way] of ways.entries())
    for (const [name, args, by] of steps.slice(0, way))
      order('case', `case-${at}`, policy.views[at % policy.views.length]!.id, name, args, by);
  order('period', 'ge-demo', PUBLIC_VIEW, 'open', { electionId: 'ge-demo', at: later }, CLERK);
  const period = (name: string): void => order('period', 'ge-demo', PUBLIC_VIEW, name, { at: later }, CLERK);
  const plan = createPlan(matters, byKind, outside, now);
  return { period, matters, pack: historyPackOf('ge-demo', plan.facts(PUBLIC_VIEW)) };
}

test('P3: after the writ every case that is not closed is in the history pack once, and none is with ministers', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }), (ways) => {
      const { matters, pack } = afterTheWrit(ways);
      const states = ways.map((_way, at) => (matters.get('case', `case-${at}`)!.state as Case).state);
      expect(states).not.toContain('REFERRED_MINISTERIAL');
      const open = ways.flatMap((_way, at) => (states[at] === 'CLOSED' ? [] : [`case-${at}`]));
      expect(pack.map(({ id }) => id).sort()).toEqual(open);
      // sent to the five seats, each case once, whatever was sent of it before
      const packed = ways.flatMap((_way, at) => {
        const { sent } = matters.get('case', `case-${at}`)!.state as Case;
        return sent.flatMap(({ reason, told }) => (reason.startsWith('history pack') ? [{ id: `case-${at}`, told }] : []));
      });
      expect(packed.map(({ id }) => id)).toEqual(open);
      for (const { told } of packed) expect(told).toEqual(SEATED);
      expect(states.filter((state) => state === 'SCOPE_CHECK')).toHaveLength(ways.filter((way) => way === 4 || way === 5).length);
    }),
    { numRuns: propertyRuns(50), examples: [[[1, 2, 3, 4, 5, 6]]] },
  );
}); // prettier-ignore

const SEATED = policy.people.flatMap(({ person, seat }) => (seat === undefined ? [] : [person]));

test('the cadence of policy begins with the writ and goes off at the close, in the same transactions', () => {
  const { matters, period } = afterTheWrit([]);
  const series = () => matters.of('sitrep-series', reportingViews(policy)[0]!.id);
  expect(series().map(({ id, state }) => [id, (state as SitrepSeries).state, (state as SitrepSeries).cadence])).toEqual(
    [[seriesId('ge-demo', policy.panel.writCadence), 'RUNNING', policy.panel.writCadence]],
  );
  period('government-sworn-in');
  expect(series().map(({ state }) => state)).toMatchObject([
    { state: 'STOPPED', reason: 'the period of the election is closed' },
  ]);
});
