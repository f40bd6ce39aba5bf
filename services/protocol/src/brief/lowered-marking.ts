// The marking of a brief: that of its case, or a lower one that released records carry.
// Holds: pure; lower than the case only with tearlines that are published or downgrades that are applied, each of an observation
// that the case rests on, none marked above the brief; whose it is stays what the case says of itself nowhere.
// Source: README.md#briefs

import { createMarking, isAtLeast, joinAll, type Marking } from '@sitebus/marking';
import { fromWire, toWire, type WireMarking } from '@sitebus/sdk';
import { isBelow } from '../below.ts';
import type { Case } from '../cases/case.ts';
import { markingOf } from '../cases/evidence.ts';
import { givenMarking } from '../drafting.ts';
import type { DraftFault } from '../errors.ts';
import type { Facts } from '../protocol-machine.ts';

/** What whoever issues a brief says of its marking. */
export interface LoweredArgs {
  /** Text form, or the fields of the wire; absent: that of the case. */
  readonly marking?: unknown;
  /** Ids of tearlines and downgrades. */
  readonly released?: readonly string[];
}

/** A brief's marking, and what allows it. */
export interface BriefMarking {
  readonly marking: WireMarking;
  readonly released: readonly string[];
  /** True: its words are held against the rule for tearlines. */
  readonly isLowered: boolean;
}

/** @returns the marking, or what is wrong with what was said of it. */
export function briefMarkingOf(
  { assessments }: Pick<Case, 'assessments'>,
  { marking: given, released = [] }: LoweredArgs,
  facts: Pick<Facts, 'policy' | 'release'>,
): BriefMarking | { readonly faults: readonly DraftFault[] } {
  const wire = markingOf(assessments)!;
  const own = fromWire(wire);
  if (given === undefined) return { marking: wire, released: [], isLowered: false };
  const { policy } = facts;
  const marking = givenMarking(given, policy, { owners: [policy.homeNation], origins: [] });
  if ('faults' in marking) return { faults: marking.faults };
  if (covers(marking, own)) return { marking: toWire(joinAll([marking, own])), released: [], isLowered: false };
  if (!isBelow(marking, own)) return { faults: [fault('/marking', 'NOT_BELOW', 'is neither the marking of the case nor below it')] };
  if (released.length === 0)
    return { faults: [fault('/released', 'RELEASE_REQUIRED', 'names no tearline or downgrade that it rests on')] };
  const members = new Set(assessments.flatMap((each) => each.members.map(({ id }) => id)));
  const faults = released.flatMap((id, at) => {
    const release = facts.release(id);
    const pointer = `/released/${at}`;
    if (release === undefined || !members.has(release.source))
      return [fault(pointer, 'NOT_RELEASED', 'is no tearline or downgrade in force of what the case rests on')];
    return covers(marking, fromWire(release.marking)) ? [] : [fault(pointer, 'ABOVE_BRIEF', 'is marked above the brief')];
  });
  if (faults.length > 0) return { faults };
  return { marking: toWire(marking), released: [...new Set(released)].sort(), isLowered: true };
} // prettier-ignore

/** True where the first protects at least as much; whose it is does not count. */
function covers(marking: Marking, other: Marking): boolean {
  const { owners, origins } = other;
  return isAtLeast(createMarking({ ...marking, owners, origins }), other);
}

function fault(pointer: string, code: string, detail: string): DraftFault {
  return { pointer, code, detail };
}
