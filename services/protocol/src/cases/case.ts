// A case before the panel as its events have made it. `evolveCase` says what each event changes.
// Holds: pure; exactly one state; the open strand alone gives the state: ratings, motions and votes change none of what is not
// the panel's; what was rated or moved on other evidence is void. Source: README.md#case

import type {
  CaseBrief,
  CaseDecision,
  CaseDocument,
  CaseEvent,
  CaseNotification,
  CaseState,
  ConsultationAnswer,
  InfoRequest,
  Motion,
  NoticeDraft,
  NoticeIssue,
  PeriodState,
  PinnedAssessment,
  SeatRating,
  SeatVote,
} from '@sitebus/sdk';

/** What agencies were asked, and until when. */
export interface Consultation {
  readonly agencies: readonly string[];
  /** UTC milliseconds. */
  readonly due: number;
}

/** A motion with the votes that it has so far. */
export interface OpenMotion extends Motion {
  readonly votes: readonly SeatVote[];
}

/** A motion that five seats have voted on. */
export interface SealedMotion extends OpenMotion {
  readonly outcome: Motion['outcome'];
  /** What it came to: its outcome, or NO_CONSENSUS. */
  readonly result: string;
  readonly decisionHash: string;
  readonly at: number;
}

/** One action that an agency took within its own mandate. */
export interface AgencyAction {
  readonly agency: string;
  readonly text: string;
  readonly at: number;
}

/** The case, sent to persons who read cases. */
export interface SentCase {
  readonly told: readonly string[];
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

/** One case. */
export interface Case {
  readonly state?: CaseState;
  readonly electionId: string;
  readonly question: string;
  readonly openedAt: number;
  readonly openedBy: string;
  /** Absent: opened by the secretariat, or by an accumulation. */
  readonly openedByAgency?: string;
  readonly precedence: string;
  readonly successorOf?: string;
  /** Every crossing of an accumulation group that this case answers. */
  readonly crossings: readonly string[];
  readonly periodState: PeriodState;
  /** Sorted by id. */
  readonly assessments: readonly PinnedAssessment[];
  readonly documents: readonly CaseDocument[];
  readonly evidenceHash: string;
  readonly consultation?: Consultation;
  /** One an agency, sorted by it; the last one counts. */
  readonly answers: readonly ConsultationAnswer[];
  /** Agencies that had not answered when the panel was informed. */
  readonly unanswered: readonly string[];
  readonly notForwarded?: { readonly reason: string; readonly reviewBy: number };
  readonly brief?: CaseBrief;
  /** Who was given the brief, and by whom. */
  readonly informed?: { readonly told: readonly string[]; readonly at: number; readonly by: string };
  readonly finding?: string;
  readonly infoRequests: readonly InfoRequest[];
  readonly drafts: readonly NoticeDraft[];
  readonly issuers: readonly string[];
  /** The last decision, and when it was taken. */
  readonly decision?: CaseDecision & { readonly at: number };
  /** Decisions that a notice was issued on. */
  readonly carriedOut: readonly string[];
  readonly notices: readonly (NoticeIssue & {
    readonly at: number;
    readonly why: string;
    readonly decisionHash: string;
  })[];
  /** What recipients were given, oldest first. */
  readonly notifications: readonly (CaseNotification & { readonly at: number; readonly by: string })[];
  readonly updates: readonly { readonly told: readonly string[]; readonly at: number }[];
  /** To whom the case itself was sent, oldest first. */
  readonly sent: readonly SentCase[];
  readonly actions: readonly AgencyAction[];
  readonly reason?: string;
  /** The panel's own. By seat, on the evidence as it stands. */
  readonly ratings: readonly SeatRating[];
  readonly motion?: OpenMotion;
  readonly motions: number;
  readonly sealed: readonly SealedMotion[];
  /** Ratings that a decision rested on, by decision hash. */
  readonly sealedRatings: Readonly<Record<string, readonly SeatRating[]>>;
}

/** Before anything happened. */
export const NO_CASE: Case = Object.freeze({
  electionId: '', question: '', openedAt: 0, openedBy: '', precedence: 'ROUTINE', crossings: [], periodState: 'PRE_WRIT',
  assessments: [], documents: [], evidenceHash: '', answers: [], unanswered: [], infoRequests: [], drafts: [], issuers: [],
  carriedOut: [], notices: [], notifications: [], updates: [], sent: [], actions: [], ratings: [], motions: 0, sealed: [], sealedRatings: {},
}); // prettier-ignore

/** @returns the case with one event taken in. */
export function evolveCase(before: Case, event: CaseEvent): Case {
  const { to: state, evidenceHash, periodState } = event;
  const next = { ...(VOIDING.has(event.kind) ? voided(before) : before), state, evidenceHash, periodState };
  return withSent(CHANGES[event.kind]?.(next, event) ?? next, event);
}

/** Why the case is sent, by the event that says so; what those who were briefed are told is no case. */
const SENT_FOR: Readonly<Record<string, string | undefined>> = {
  opened: 'a case rests on what your agency reported',
  'not-forwarded': 'a case that rests on what your agency reported is kept from the panel, for a time',
  informed: 'brief for the panel',
  packed: 'history pack: cases of the election at the writ',
};

function withSent(next: Case, { kind, told, by, at }: CaseEvent): Case {
  const reason = SENT_FOR[kind];
  if (reason === undefined || told.length === 0) return next;
  return { ...next, sent: [...next.sent, { told, reason, by: by.person, at }] };
}

/** After these nothing that the panel had under way holds. */
const VOIDING: ReadonlySet<string> = new Set([
  'evidence-changed', 'accumulated', 'attached', 'detached', 'refreshed', 'review-due', 'found', 'period-closed',
]); // prettier-ignore

function voided(before: Case): Case {
  const { motion: _void, ...rest } = before;
  return { ...rest, ratings: [] };
}

type Change = (next: Case, event: CaseEvent) => Case;

const CHANGES: Readonly<Record<string, Change | undefined>> = {
  opened: (next, event) => ({
    ...next,
    electionId: event.electionId,
    question: event.question ?? '',
    openedAt: event.at,
    openedBy: event.by.person,
    ...(event.by.agency === null ? {} : { openedByAgency: event.by.agency }),
    precedence: event.precedence ?? 'ROUTINE',
    ...(event.successorOf === null ? {} : { successorOf: event.successorOf }),
    crossings: event.crossing === null ? [] : [event.crossing],
    assessments: event.assessments,
  }),
  consulted: (next, { agencies, due }) => ({ ...next, consultation: { agencies, due: due ?? 0 } }),
  responded: (next, { answer }) => ({
    ...next,
    answers: sortedBy([...next.answers.filter(({ agency }) => agency !== answer!.agency), answer!], 'agency'),
  }),
  'not-forwarded': (next, { reason, reviewBy }) => ({
    ...next,
    notForwarded: { reason: reason ?? '', reviewBy: reviewBy ?? 0 },
  }),
  informed: (next, { brief, agencies, precedence, told, at, by }) => ({
    ...next,
    brief: brief!,
    unanswered: agencies,
    informed: { told, at, by: by.person },
    precedence: precedence ?? next.precedence,
  }),
  scoped: withReason,
  found: (next, event) => withReason({ ...next, finding: event.finding ?? '' }, event),
  'information-requested': (next, { infoRequest }) => ({ ...next, infoRequests: [...next.infoRequests, infoRequest!] }),
  'evidence-changed': (next, { assessments, told, at }) => ({
    ...repinned(next, assessments),
    updates: told.length === 0 ? next.updates : [...next.updates, { told, at }],
  }),
  refreshed: (next, { assessments }) => repinned(next, assessments),
  accumulated: (next, { assessments, crossing }) => ({
    ...repinned(next, assessments),
    crossings: [...next.crossings, crossing ?? ''],
  }),
  attached: (next, { document, told, at }) => ({
    ...next,
    documents: sortedBy([...next.documents, document!], 'id'),
    updates: told.length === 0 ? next.updates : [...next.updates, { told, at }],
  }),
  detached: (next, { document, told, at }) => ({
    ...next,
    documents: next.documents.filter(({ id }) => id !== document!.id),
    updates: told.length === 0 ? next.updates : [...next.updates, { told, at }],
  }),
  rated: (next, { rating }) => ({
    ...next,
    ratings: sortedBy([...next.ratings.filter(({ seat }) => seat !== rating!.seat), rating!], 'seat'),
  }),
  proposed: (next, { motion }) => ({ ...next, motion: { ...motion!, votes: [] }, motions: next.motions + 1 }),
  voted: (next, { vote }) => ({
    ...next,
    motion: { ...next.motion!, votes: sortedBy([...next.motion!.votes, vote!], 'seat') },
  }),
  decided: (next, { decision, at }) => {
    const { motion, ratings, ...rest } = next;
    const { decisionHash, outcome: result } = decision!;
    return {
      ...rest,
      ratings,
      decision: { ...decision!, at },
      sealed: [...next.sealed, { ...motion!, result, decisionHash, at }],
      sealedRatings: { ...next.sealedRatings, [decisionHash]: ratings },
    };
  },
  drafted: (next, { draft }) => ({
    ...next,
    drafts: sortedBy([...next.drafts.filter(({ draftId }) => draftId !== draft!.draftId), draft!], 'draftId'),
  }),
  'issuer-named': (next, { issuer }) => ({ ...next, issuers: [...next.issuers, issuer!] }),
  disclosed: noticed,
  notified: (next, { notification, at, by }) => ({
    ...next,
    notifications: [...next.notifications, { ...notification!, at, by: by.person }],
  }),
  announced: noticed,
  updated: noticed,
  corrected: noticed,
  'agency-acted': (next, { by, reason, at }) => ({
    ...next,
    actions: [...next.actions, { agency: by.agency ?? '', text: reason ?? '', at }],
  }),
  closed: withReason,
};

function noticed(next: Case, { kind: why, notice, notification, at, by }: CaseEvent): Case {
  const decisionHash = next.decision?.decisionHash ?? '';
  return {
    ...next,
    carriedOut: [...next.carriedOut, decisionHash],
    notices: [...next.notices, { ...notice!, at, why, decisionHash }],
    notifications:
      notification === null ? next.notifications : [...next.notifications, { ...notification, at, by: by.person }],
  };
}

function withReason(next: Case, { reason }: CaseEvent): Case {
  return reason === null ? next : { ...next, reason };
}

/** The given ones in place of those with the same id; new ones added. */
function repinned(next: Case, pins: readonly PinnedAssessment[]): Case {
  const replaced = new Set(pins.map(({ id }) => id));
  return { ...next, assessments: sortedBy([...next.assessments.filter(({ id }) => !replaced.has(id)), ...pins], 'id') };
}

/** Sorted by one property, in the order of code units. */
export function sortedBy<T>(list: readonly T[], key: keyof T): readonly T[] {
  return [...list].sort((a, b) => (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0));
}
