// From what a decider says to the events of a case: what every event says beside it, and in which strand it lies.
// Holds: pure; an event is marked at the join of everything the case cites after it; the panel's strand needs the panel besides;
// an event of the open strand that comes of deliberation names the panel, never the seat. Source: README.md#case

import type { CaseEvent, CaseStrand, PeriodState, WireMarking } from '@sitebus/sdk';
import type { Frame } from '../machine.ts';
import type { Written } from '../protocol-machine.ts';
import { evolveCase, type Case } from './case.ts';
import { evidenceHashOf, markingOf } from './evidence.ts';
import type { CaseHappening } from './given.ts';

export const CASE_SUBJECT = 'ca.sitebus.protocol.CaseEvent';

/** The need-to-know group of the panel. */
export const PANEL_GROUP = 'panel';

/** Every field that is not of the frame. */
export const EMPTY_CASE_EVENT: Omit<CaseEvent, keyof Frame<string>> = Object.freeze({
  strand: 'OPEN', electionId: '', periodState: 'PRE_WRIT', evidenceHash: '', question: null, precedence: null,
  successorOf: null, crossing: null, assessments: [], changes: [], document: null, agencies: [], due: null, answer: null,
  reason: null, reviewBy: null, brief: null, finding: null, infoRequest: null, rating: null, motion: null, vote: null,
  decision: null, notice: null, draft: null, notification: null, told: [], issuer: null,
}); // prettier-ignore

const PANEL_KINDS: ReadonlySet<string> = new Set(['asked', 'rated', 'proposed', 'voted']);
const OF_THE_PANEL: ReadonlySet<string> = new Set(['information-requested', 'decided', 'refreshed']);

const CHANGES_EVIDENCE: ReadonlySet<string> = new Set([
  'opened', 'responded', 'attached', 'detached', 'refreshed', 'evidence-changed', 'accumulated',
]); // prettier-ignore

/** As whom the panel acts where it does not matter which seat spoke. */
export const THE_PANEL = Object.freeze({ person: 'panel', role: 'panel', agency: null });

/** @returns the strand in which an event of this kind lies. */
export function strandOfKind(kind: string): CaseStrand {
  return PANEL_KINDS.has(kind) ? 'PANEL' : 'OPEN';
}

/** @returns the events as they are to be written, each complete but for its frame. */
export function toCaseEvents(
  before: Case,
  happenings: readonly CaseHappening[],
  period: PeriodState,
): readonly Written<CaseEvent>[] {
  let now = before;
  return happenings.map((happening) => {
    const { electionId = now.electionId, ...rest } = happening;
    const strand = strandOfKind(happening.kind);
    const draft = { ...EMPTY_CASE_EVENT, ...rest, strand, electionId, periodState: period };
    // Nothing that evolving does to the evidence depends on the frame.
    const trial = { ...draft, ...NO_FRAME, kind: happening.kind, to: happening.to };
    const isOther = CHANGES_EVIDENCE.has(happening.kind);
    const evidenceHash = isOther ? evidenceHashOf(evolveCase(now, trial)) : now.evidenceHash;
    now = evolveCase(now, { ...trial, evidenceHash });
    const marking = markingOf(now.assessments)!;
    const by = OF_THE_PANEL.has(happening.kind) ? { by: THE_PANEL } : {};
    return { ...draft, ...by, evidenceHash, marking: strand === 'PANEL' ? forPanel(marking) : marking };
  });
}

/** The same marking, for the panel alone. */
export function forPanel(marking: WireMarking): WireMarking {
  return { ...marking, needToKnow: [...marking.needToKnow, [PANEL_GROUP]] };
}

const NO_FRAME = {
  id: '', seq: 0, at: 0, by: { person: '', role: '', agency: null }, from: null, prevHash: '', hash: '',
  marking: {
    classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'CLEAR', orcon: false,
    owners: [], origins: [], needToKnow: [],
  },
} as const; // prettier-ignore
