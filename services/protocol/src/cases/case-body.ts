// A case as it is answered: what everybody who reads it sees, and in parts what only some do.
// Holds: pure; a function of the case and the reader; the deliberation is a part with need-to-know panel, so that neither role
// nor clearance alone shows it. Source: README.md#who-sees-what

import type { MatterPart } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import { fromWire, type CaseNotification, type WireMarking } from '@sitebus/sdk';
import type { Case } from './case.ts';
import { forPanel } from './case-events.ts';
import { deliberationFor } from './deliberation.ts';
import { markingOf } from './evidence.ts';
import type { CaseReader } from './reader.ts';

type Json = Readonly<Record<string, unknown>>;

const instant = (ms: number): string => new Date(ms).toISOString();

/** Everything that is answered of a case. `possible`: what this reader may do now; empty for a moment past. */
export function caseBody(one: Case, reader: CaseReader, possible: readonly string[]): {
  readonly marking: Marking;
  readonly body: Json;
  readonly parts: readonly MatterPart[];
} {
  const wire = markingOf(one.assessments)!;
  const parts = [part('office', wire, reader.isOfficial ? officeBody(one) : undefined), panelPart(one, reader, wire)];
  return { marking: fromWire(wire), body: openBody(one, possible), parts: parts.flatMap((each) => each ?? []) };
} // prettier-ignore

function openBody(one: Case, possible: readonly string[]): Json {
  const { consultation, notForwarded, brief, decision } = one;
  return {
    state: one.state,
    electionId: one.electionId,
    periodState: one.periodState,
    question: one.question,
    precedence: one.precedence,
    openedAt: instant(one.openedAt),
    ...(one.openedByAgency === undefined ? {} : { openedBy: one.openedByAgency }),
    ...(one.successorOf === undefined ? {} : { successorOf: one.successorOf }),
    basis: one.crossings.length > 0 ? 'ACCUMULATION' : 'INCIDENT',
    crossings: one.crossings,
    evidenceHash: one.evidenceHash,
    assessments: one.assessments.map(({ id, version, contentHash, band, confidence, dissents }) => ({
      id, version, contentHash, band, confidence, dissents,
    })),
    documents: one.documents,
    ...(consultation === undefined
      ? {}
      : { consultation: { agencies: consultation.agencies, due: instant(consultation.due) } }),
    answers: answersOf(one),
    ...(notForwarded === undefined
      ? {}
      : { notForwarded: { reason: notForwarded.reason, reviewBy: instant(notForwarded.reviewBy) } }),
    ...(brief === undefined ? {} : { brief }),
    ...(one.finding === undefined ? {} : { finding: one.finding }),
    infoRequests: one.infoRequests.map(({ due, ...rest }) => ({ ...rest, due: instant(due) })),
    ...(decision === undefined
      ? {}
      : {
          decision: {
            outcome: decision.outcome,
            ladder: decision.ladder,
            evidenceHash: decision.evidenceHash,
            decisionHash: decision.decisionHash,
            decidedAt: instant(decision.at),
            ...(decision.reviewAt === null ? {} : { reviewAt: instant(decision.reviewAt) }),
          },
        }),
    notices: one.notices.map(({ noticeId, version, kind, at, why }) => ({ noticeId, version, kind, why, at: instant(at) })),
    actions: one.actions.map(({ at, ...rest }) => ({ ...rest, at: instant(at) })),
    ...(one.reason === undefined ? {} : { reason: one.reason }),
    possible,
  };
} // prettier-ignore

/** Answers, and who did not answer, each agency once, as the brief prints them. */
export function answersOf({ answers, unanswered, consultation }: Case): readonly Json[] {
  return (consultation?.agencies ?? []).flatMap((agency): Json[] => {
    const given = answers.find((answer) => answer.agency === agency);
    if (given === undefined) return unanswered.includes(agency) ? [{ agency, stance: 'NO_ANSWER' }] : [];
    const { stance, text, definitionId, definitionVersion, at } = given;
    const cited = definitionId === null ? {} : { definitionId, definitionVersion };
    return [{ agency, stance, text, ...cited, at: instant(at) }];
  });
}

function officeBody({ drafts, issuers, notifications, updates }: Case): Json {
  return {
    drafts: drafts.map(({ draftId: draft, kind: notice, ...rest }) => ({ draft, notice, ...rest })),
    issuers,
    notifications: notifications.map(notificationBody),
    updates: updates.map(({ told, at }) => ({ told, at: instant(at) })),
  };
}

function notificationBody({ announceAt, draftId, briefs, recipients, at, marking, released }: CaseNotification & { readonly at: number }): Json {
  return {
    at: instant(at), announceAt: instant(announceAt), draft: draftId, briefs,
    ...(marking === null ? {} : { briefMarking: marking }),
    ...(released.length === 0 ? {} : { released }),
    recipients: recipients.map(({ person, capacity, briefHash, issued, view, product }) => ({
      person, capacity, briefHash, status: issued ? 'ISSUED' : 'WITHHELD', ...(product === null ? {} : { product, view }),
    })),
  };
} // prettier-ignore

function panelPart(one: Case, reader: CaseReader, wire: WireMarking): MatterPart | undefined {
  const marking = reader.seat === undefined ? wire : forPanel(wire);
  return part('deliberation', marking, deliberationFor(one, reader));
}

function part(name: string, wire: WireMarking, body: Json | undefined): MatterPart | undefined {
  return body === undefined ? undefined : { name, marking: fromWire(wire), body };
}
