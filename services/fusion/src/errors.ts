// Every way fusion refuses, one literal a code. README.md has a table of them.

import { refusal } from '@sitebus/sdk';

/** A list of common values cannot be read; fusion does not start without its lists. */
export const commonValuesInvalid = refusal<{ file: string; reason: string }>({
  code: 'COMMON_VALUES_INVALID',
  retriable: false,
});
/** Policy has no such view. */
export const unknownView = refusal<{ view: string }>({ code: 'UNKNOWN_VIEW', retriable: false });
/**
 * A replay of a cut made under our own versions gave other outputs than were committed: the engine has changed and its
 * version has not, or the input has.
 */
export const replayDiffers = refusal<{ view: string; seq: number }>({
  code: 'REPLAY_DIFFERS',
  retriable: false,
});
/** The thread that judges records has ended: what it had in hand is unknown, so nothing goes on without a fresh start. */
export const admissionFailed = refusal<{ view: string }>({ code: 'ADMISSION_FAILED', retriable: true });
/** A cut needs input that the topic no longer has. */
export const inputGone = refusal<{ topic: string; partition: number; from: string; earliest: string }>({
  code: 'INPUT_GONE',
  retriable: false,
});
/** A commit failed, its outcome unknown or refused: only a fresh start from the last cut knows. */
export const commitFailed = refusal<{ view: string; seq: number }>({ code: 'COMMIT_FAILED', retriable: true });
/** A newer leader holds the lane: this instance's term is over, and its state is ahead of what was committed. */
export const laneFenced = refusal<{ view: string; by: string }>({ code: 'LANE_FENCED', retriable: true });
/** The lane has cuts of a newer policy than ours; going back would judge records by what was withdrawn. */
export const policyOutdated = refusal<{ view: string; ours: number; lane: number }>({
  code: 'POLICY_OUTDATED',
  retriable: false,
});
/** The lane has cuts that skip more than our lists of spills name: some of what is to be skipped has not been read. */
export const spillsOutdated = refusal<{ view: string; ours: string; lane: string }>({
  code: 'SPILLS_OUTDATED',
  retriable: true,
});
/** Offline: the file to fuse cannot be read. */
export const inputUnreadable = refusal<{ file: string }>({ code: 'INPUT_UNREADABLE', retriable: false });
/** Offline: the result cannot be written; what stood there before is untouched. */
export const outputUnwritable = refusal<{ file: string }>({ code: 'OUTPUT_UNWRITABLE', retriable: false });
/** Offline: the file to judge by cannot be used; `line` 0 is the file itself. */
export const truthInvalid = refusal<{ file: string; line: number; reason: string }>({
  code: 'TRUTH_INVALID',
  retriable: false,
});
/** assess.<view> does not hold what the cuts say was written, or not in time. */
export const issuedIncomplete = refusal<{ view: string; expected: number; found: number }>({
  code: 'ISSUED_INCOMPLETE',
  retriable: true,
});
