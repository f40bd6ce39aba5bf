// Every machine of this room that proceedings run; tearlines, downgrades and identity releases are the guard's own.
// Holds: one line a machine. Source: README.md#machines

import { AFFECTED_PARTY_MACHINE } from './affected/affected-party.ts';
import { BRIEF_MACHINE } from './brief/brief.ts';
import { CASE_MACHINE } from './cases/case-machine.ts';
import { createNoticeMachine, type NoticeParts } from './cases/notice-machine.ts';
import { PERIOD_MACHINE } from './cases/period-machine.ts';
import { FEEDBACK_MACHINE } from './feedback/feedback.ts';
import type { AnyMachine } from './protocol-machine.ts';
import { RFI_MACHINE } from './rfi/rfi.ts';
import { SITREP_SERIES_MACHINE } from './sitrep/series.ts';
import { SITREP_MACHINE } from './sitrep/sitrep-machine.ts';
import { createEnrolmentMachine, type EnrolmentParts } from './targets/enrolment.ts';
import { TARGET_MESSAGE_MACHINE } from './targets/target-message.ts';
import { createTargetNoticeMachine } from './targets/target-notice.ts';

/** All of them; no two have one kind or one subject. */
export function machinesOfProtocol(parts: EnrolmentParts & NoticeParts): readonly AnyMachine[] {
  return [
    PERIOD_MACHINE,
    CASE_MACHINE,
    createNoticeMachine(parts),
    BRIEF_MACHINE,
    SITREP_SERIES_MACHINE,
    SITREP_MACHINE,
    RFI_MACHINE,
    FEEDBACK_MACHINE,
    AFFECTED_PARTY_MACHINE,
    createEnrolmentMachine(parts),
    createTargetNoticeMachine(parts),
    TARGET_MESSAGE_MACHINE,
  ];
}
