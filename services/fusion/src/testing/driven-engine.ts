// An engine to which a test gives cuts one by one, with what a reader of its products would hold.

import type { Assessment } from '@sitebus/sdk';
import type { FusionObservation } from '../engine/observation.ts';
import type { Rules } from '../engine/rules.ts';
import { createState, type EngineState } from '../engine/state.ts';
import { step, type Changes } from '../engine/step.ts';
import { NOW, VIEW } from './observations.ts';

/** An engine in a test's hands. */
export interface DrivenEngine {
  readonly state: EngineState;
  /** The newest version of every id. */
  readonly newest: ReadonlyMap<string, Assessment>;
  /** A cut at NOW. */
  readonly cut: (...observations: readonly FusionObservation[]) => Changes;
  readonly cutAt: (now: number, ...observations: readonly FusionObservation[]) => Changes;
  /** The newest versions that stand for something. */
  readonly live: () => Assessment[];
}

/** A fresh one by these rules. */
export function driveEngine(rules: Rules): DrivenEngine {
  const state = createState(VIEW, rules);
  const newest = new Map<string, Assessment>();
  const cutAt: DrivenEngine['cutAt'] = (now, ...observations) => {
    const { changes } = step(state, { now, observations });
    for (const each of changes.assessments) newest.set(each.id, each);
    return changes;
  };
  return {
    state,
    newest,
    cutAt,
    cut: (...observations) => cutAt(NOW, ...observations),
    live: () => [...newest.values()].filter(({ status }) => status === 'LIVE'),
  };
}

/** Ids of the members of each. */
export const membersOf = (assessments: readonly Assessment[]): string[][] =>
  assessments.map(({ members }) => members.map(({ id }) => id));
