// Rows 12–15 and 23: what the panel decides. A motion is bound to the evidence of its moment, and five seats vote on it once each.
// Holds: pure; without the agreement of all nothing is decided but that there is none; no vote counts on other evidence than
// that which stands when the motion is resolved; the threshold is met only in the caretaker period. Source: README.md#case

import { canonicalHash } from '@sitebus/kit';
import type { CaseState, MotionOutcome } from '@sitebus/sdk';
import { sortedBy, type Case, type OpenMotion } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { faultAt, isBlank, no, type Decided, type Given, type Participant } from './given.ts';
import { isRatedByAll } from './ratings.ts';
import { uuidOf } from './uuid-of.ts';

type Of<K extends CaseCommand['kind']> = Extract<CaseCommand, { kind: K }>;

/** Proposes what is to be decided. */
export function propose(before: Case, command: Of<'propose'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const { outcome, ladder, reviewAt, draft } = command;
  if (before.motion !== undefined) return no('MOTION_OPEN', possible);
  if (!isRatedByAll(before, given)) return no('RATINGS_MISSING', possible);
  if (isAfterwards(outcome) !== (before.state === 'ANNOUNCED'))
    return no('INVALID_DRAFT', possible, faultAt('/outcome', 'OUTCOME', 'is not for this state'));
  if (outcome === 'THRESHOLD_MET' && given.period(before.electionId) !== 'CARETAKER')
    return no('NO_CARETAKER_PERIOD', possible);
  if (reviewAt !== undefined && reviewAt <= given.now) return no('EXPIRY_IN_PAST', possible);
  if (draft !== undefined && !before.drafts.some(({ draftId }) => draftId === draft))
    return no('NO_SUCH_DRAFT', possible);
  const motion = {
    motionId: uuidOf(given.id, 'motion', String(before.motions)),
    seat: by.seat ?? '', outcome, ladder,
    evidenceHash: before.evidenceHash,
    reviewAt: reviewAt ?? null,
    draftId: draft ?? null,
  }; // prettier-ignore
  return [{ kind: 'proposed', to: before.state!, motion }];
}

/** Votes; the last seat's vote decides. */
export function vote(before: Case, command: Of<'vote'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const { motion, evidenceHash: current } = before;
  const seat = by.seat ?? '';
  if (command.evidenceHash !== current) return no('EVIDENCE_CHANGED', possible, { current });
  if (motion === undefined || motion.evidenceHash !== current) return no('NO_MOTION', possible);
  if (motion.votes.some((each) => each.seat === seat)) return no('VOTED_ALREADY', possible);
  if (isBlank(command.reasons)) return no('REASON_REQUIRED', possible);
  if (motion.outcome === 'THRESHOLD_MET' && given.period(before.electionId) !== 'CARETAKER')
    return no('NO_CARETAKER_PERIOD', possible);
  const own = { motionId: motion.motionId, seat, vote: command.vote, reasons: command.reasons };
  const voted = { kind: 'voted', to: before.state!, vote: own } as const;
  const votes = sortedBy([...motion.votes, own], 'seat');
  if (votes.length < given.panel.seats.length) return [voted];
  return [voted, decided(before.state!, { ...motion, votes })];
}

function decided(state: CaseState, motion: OpenMotion) {
  const { outcome, evidenceHash, ladder, reviewAt, draftId, votes } = motion;
  const result = votes.every(({ vote: each }) => each === 'AGREE') ? outcome : 'NO_CONSENSUS';
  const decision = { outcome: result, evidenceHash, ladder, reviewAt, draftId, decisionHash: canonicalHash(motion) };
  return { kind: 'decided', to: stateAfter(state, result), decision } as const;
}

/** What was announced stays announced, whatever is decided of it later. */
function stateAfter(state: CaseState, result: MotionOutcome | 'NO_CONSENSUS'): CaseState {
  if (state === 'ANNOUNCED' || result === 'UPDATE' || result === 'CORRECT') return 'ANNOUNCED';
  return result;
}

function isAfterwards(outcome: MotionOutcome): boolean {
  return outcome === 'UPDATE' || outcome === 'CORRECT';
}
