// Decides the marking of an imported item: what the item says, else what a signed decision for its source says, else no.
// Holds: there is no default; a decision joins what the item says and never lowers it; an expired decision is none;
// TLP alone is not a classification. Source: README.md#how-an-import-is-marked; TLP 2.0

import { createMarking, join, joinAll, parse } from '@sitebus/marking';
import type { Marking, Tlp } from '@sitebus/marking';
import type { ImportDecision, Policy } from '@sitebus/sdk';
import { foreignTo } from './whose.ts';

/** What an item itself says about its marking. `tlp` without `full` is a TLP-only item; neither is an unmarked one. */
export interface StatedMarking {
  readonly full?: Marking;
  readonly tlp?: Tlp;
  /** Set when the item says something that cannot be read: it is then refused, whatever else it says. */
  readonly unreadable?: string;
}

/** Nothing said. */
export const UNMARKED: StatedMarking = Object.freeze({});

/** Who imports what from where: the key under which policy holds decisions. */
export interface MarkingSource {
  readonly agency: string;
  readonly source: string;
  readonly format: string;
}

export interface MarkingRefused {
  readonly code: 'MARKING_REQUIRED' | 'MARKING_UNREADABLE' | 'NOT_YOUR_ORIGIN';
  readonly reason: string;
  readonly fix: string;
}

/** True when no marking could be established. */
export function isMarkingRefused(outcome: Marking | MarkingRefused): outcome is MarkingRefused {
  return 'code' in outcome;
}

/**
 * Decides the marking of one item.
 * @returns the marking with this agency as its origin and the home nation as its owner; an item that names others is refused.
 */
export function decideMarking(
  stated: StatedMarking,
  from: MarkingSource,
  policy: Policy,
  nowMs: number,
): Marking | MarkingRefused {
  if (stated.unreadable !== undefined) return unreadable(stated.unreadable);
  if (stated.full !== undefined && foreignTo({ agency: from.agency, policy }, stated.full).length > 0)
    return notTheirs();
  if (stated.full !== undefined) return owned(withTlp(stated.full, stated.tlp), from.agency, policy);
  const condition = stated.tlp === undefined ? 'UNMARKED' : 'TLP_ONLY';
  const decision = policy.importDecisions.find((candidate) => decides(candidate, from, condition, nowMs));
  if (decision === undefined) return required(from, condition);
  return owned(withTlp(markingOf(decision, policy), stated.tlp), from.agency, policy);
}

/** Joins what several tags or refs of one item say; unreadable wins over everything. */
export function joinStated(all: readonly StatedMarking[]): StatedMarking {
  const unread = all.find((stated) => stated.unreadable !== undefined);
  if (unread !== undefined) return unread;
  const fulls = all.flatMap((stated) => stated.full ?? []);
  const colours = all.flatMap((stated) => (stated.tlp === undefined ? [] : [ofTlp(stated.tlp)]));
  return {
    ...(fulls.length > 0 && { full: joinAll(fulls) }),
    ...(colours.length > 0 && { tlp: joinAll(colours).tlp }),
  };
}

function decides(
  decision: ImportDecision,
  from: MarkingSource,
  condition: ImportDecision['condition'],
  nowMs: number,
): boolean {
  return (
    decision.agency === from.agency &&
    decision.source === from.source &&
    decision.format === from.format &&
    decision.condition === condition &&
    Date.parse(decision.decidedAt) <= nowMs &&
    nowMs < Date.parse(decision.expiresAt)
  );
}

function markingOf(decision: ImportDecision, policy: Policy): Marking {
  const marking = parse(decision.marking, { homeNation: policy.homeNation });
  return createMarking({ ...marking, needToKnow: [...marking.needToKnow, ...(decision.needToKnow ?? [])] });
}

function owned(marking: Marking, agency: string, policy: Policy): Marking {
  return createMarking({
    ...marking,
    owners: marking.owners.length > 0 ? marking.owners : [policy.homeNation],
    origins: marking.origins.length > 0 ? marking.origins : [agency],
  });
}

function withTlp(marking: Marking, tlp: Tlp | undefined): Marking {
  return tlp === undefined ? marking : join(marking, ofTlp(tlp));
}

function ofTlp(tlp: Tlp): Marking {
  return createMarking({ classified: 'UNCLASSIFIED', tlp });
}

function unreadable(reason: string): MarkingRefused {
  return { code: 'MARKING_UNREADABLE', reason, fix: 'correct the marking at its source; it is never guessed' };
}

function notTheirs(): MarkingRefused {
  return {
    code: 'NOT_YOUR_ORIGIN',
    reason: 'the marking names another agency or nation as the one whose information it is',
    fix: 'have that agency publish it, or mark what is your own as your own',
  };
}

function required(from: MarkingSource, condition: ImportDecision['condition']): MarkingRefused {
  const said =
    condition === 'UNMARKED' ? 'carries no marking' : 'carries a TLP colour only, which is no classification';
  return {
    code: 'MARKING_REQUIRED',
    reason: `the item ${said}, and policy has no ${condition} decision in force for ${from.agency}, source ${from.source}, format ${from.format}`,
    fix: 'mark the item, or have an import decision for this source signed',
  };
}
