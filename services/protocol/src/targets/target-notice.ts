// Telling one organisation of one assessment that names it, or consenting persons of it, as targets.
// Holds: pure; consents are looked at again when it is sent; what is seen again within the time of folding makes no second
// notice; where nobody may be told yet, a decision on the affected party opens in this view. Source: README.md#protected-accounts

import { joinAll } from '@sitebus/marking';
import { fromWire, toWire, type TargetNoticeEvent } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import type { AffectedPartyOpening } from '../affected/affected-party.ts';
import { affectedPartyId } from '../affected/arising.ts';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Command, Effect, Facts, Outcome, ProtocolMachine, Written } from '../protocol-machine.ts';
import { localDate } from '../sitrep/cut-off.ts';
import { reportMarking, viewsBelow } from '../sitrep/renditions.ts';
import { isConsenting, type Enrolment } from './enrolment.ts';
import { matchOf, type TargetMatch } from './match.ts';
import { releaseBasis } from './release.ts';
import { tell } from './target-message.ts';
import { templateText } from './template.ts';

/** What opens a notice. */
export interface NoticeOpening {
  readonly enrolment: string;
  readonly about: string;
  readonly org: string;
  readonly members: readonly string[];
  readonly day: string;
  readonly category: string;
  readonly marking: TargetNoticeEvent['marking'];
}

/** A notice. */
export interface TargetNotice {
  readonly state?: TargetNoticeEvent['to'];
  readonly enrolment: string;
  readonly about: string;
  readonly org: string;
  readonly members: readonly string[];
  readonly day: string;
  readonly category: string;
  readonly marking?: TargetNoticeEvent['marking'];
  /** Who was told, each once. */
  readonly told: readonly string[];
  /** Persons of whom it was decided: told, or left to the decision on the affected party. */
  readonly handled: readonly string[];
  readonly sentAt?: number;
  readonly version: number;
}

export const TARGET_NOTICE_SUBJECT = 'ca.sitebus.protocol.TargetNoticeEvent';
export const EMPTY_TARGET_NOTICE: Omit<TargetNoticeEvent, keyof Frame<string>> = Object.freeze({
  enrolment: null, about: null, org: null, members: [], recipients: [], template: null, day: null, category: null,
  policyVersion: null, version: null,
}); // prettier-ignore
const NO_NOTICE: TargetNotice = Object.freeze({
  enrolment: '', about: '', org: '', members: [], day: '', category: '', told: [], handled: [], version: 0,
}); // prettier-ignore
const HOUR_MS = 3_600_000;

/** The notice as proceedings run it; `identifierKey`: of the hashes of enrolments. */
export function createTargetNoticeMachine({ identifierKey }: { readonly identifierKey: Uint8Array }): ProtocolMachine<TargetNotice, TargetNoticeEvent> {
  return {
    kind: 'target-notice',
    subject: TARGET_NOTICE_SUBJECT,
    empty: EMPTY_TARGET_NOTICE,
    start: NO_NOTICE,
    commands: {},
    openedAs: reportMarking,
    idOf: (args) => {
      const { about, enrolment } = args as Partial<NoticeOpening>;
      return about === undefined || enrolment === undefined ? undefined : noticeId(about, enrolment);
    },
    decide: decideNotice,
    evolve: evolveNotice,
    arising: (facts) => arising(facts, identifierKey),
    due: (notice, facts) => due(notice, facts, identifierKey),
    isThereFor: (_notice, { asking }) => asking.roles.some((role) => role === 'secretariat' || role === 'reviewer'),
    shown: (notice, { facts }) => ({
      marking: notice.marking === undefined ? reportMarking(facts.policy) : fromWire(notice.marking),
      body: { state: notice.state, about: notice.about, org: notice.org, told: notice.told, version: notice.version, possible: [] },
    }),
  };
} // prettier-ignore

/** @returns one id an assessment and enrolment. */
export function noticeId(about: string, enrolment: string): string {
  return uuidOf(`target-notice/${about}`, enrolment);
}

/** Assessments of this view that name somebody who is enrolled here or below, and that nobody has looked at yet. */
function arising(facts: Facts, key: Uint8Array): readonly NoticeOpening[] {
  const enrolments = enrolmentsFor(facts);
  if (enrolments.length === 0) return [];
  const known = new Set(facts.states('target-notice').map(({ id }) => id));
  const found: NoticeOpening[] = [];
  for (const assessment of facts.live())
    for (const { id, enrolment } of assessment.targets.length === 0 ? [] : enrolments) {
      if (known.has(noticeId(assessment.id, id))) continue;
      const match = matchOf(enrolment, assessment.targets, key);
      if (match !== undefined) found.push(openingOf(assessment, id, enrolment, match, facts));
    }
  return found.sort((a, b) => (noticeId(a.about, a.enrolment) < noticeId(b.about, b.enrolment) ? -1 : 1));
}

/** Enrolments of this view and of those below it: a view reads down. */
function enrolmentsFor(facts: Facts): readonly { readonly id: string; readonly enrolment: Enrolment }[] {
  const views = new Set([facts.view, ...viewsBelow(facts.policy, facts.view).map(({ id }) => id)]);
  return facts
    .everywhere('protected-account')
    .filter(({ view }) => views.has(view))
    .map(({ id, state }) => ({ id, enrolment: state as Enrolment }));
}

function openingOf(assessment: AssessmentFacts, enrolmentId: string, enrolment: Enrolment, { members }: TargetMatch, { policy }: Facts): NoticeOpening {
  const zone = policy.elections[0]?.timeZone ?? 'UTC';
  return {
    enrolment: enrolmentId,
    about: assessment.id,
    org: enrolment.org,
    members,
    day: localDate(assessment.lastSeen, zone),
    category: assessment.categories[0] ?? 'OTHER',
    marking: assessment.marking,
  };
} // prettier-ignore

/** Sent on the next look; again, once the time of folding has passed and the assessment names somebody not yet told. */
function due(notice: TargetNotice, facts: Facts, key: Uint8Array): readonly Command[] {
  if (notice.state === 'MATCHED') return [{ name: 'send', args: {} }];
  const assessment = facts.assessment(notice.about);
  const enrolment = enrolmentOf(notice, facts);
  if (assessment?.status !== 'LIVE' || enrolment === undefined) return [];
  const match = matchOf(enrolment, assessment.targets, key);
  const fresh = (match?.members ?? []).filter((person) => !notice.handled.includes(person));
  const zone = facts.policy.elections[0]?.timeZone ?? 'UTC';
  const day = localDate(assessment.lastSeen, zone);
  const foldsUntil = (notice.sentAt ?? 0) + facts.policy.timers.targetNotices.foldHours * HOUR_MS;
  const isAnother = match !== undefined && day > notice.day && facts.now >= foldsUntil;
  if (fresh.length === 0 && !isAnother) return [];
  const members = isAnother ? match.members : [...new Set([...notice.members, ...fresh])].sort();
  return [{ name: 'match-again', args: { members, day: isAnother ? day : notice.day } }];
}

function decideNotice(notice: TargetNotice, { name, args }: Command, by: Asking, facts: Facts): Outcome<TargetNoticeEvent> | Refused {
  if (!by.roles.includes('timer')) return refuse('ILLEGAL_TRANSITION', []);
  if (name === 'open' && notice.state !== undefined) return refuse('ILLEGAL_TRANSITION', []);
  if (name === 'open') return { events: [{ ...(args as NoticeOpening), kind: 'matched', to: 'MATCHED' }] };
  if (name === 'match-again') {
    const { members, day } = args as Pick<NoticeOpening, 'members' | 'day'>;
    return { events: [written(notice, { kind: 'folded', to: 'MATCHED', members: [...members], day })] };
  }
  return sent(notice, facts);
} // prettier-ignore

/** Consents of this moment count, not those of the match. */
function sent(notice: TargetNotice, facts: Facts): Outcome<TargetNoticeEvent> {
  const { policy, now } = facts;
  const enrolment = enrolmentOf(notice, facts);
  const assessment = facts.assessment(notice.about);
  const stopped = { events: [written(notice, { kind: 'stopped', to: 'STOPPED' })] };
  if (enrolment === undefined || assessment?.status !== 'LIVE') return stopped;
  const members = notice.members.filter((person) => isConsenting(enrolment, person));
  const isForNobody = notice.members.length > 0 && members.length === 0;
  if (isForNobody) return stopped;
  const recipients = [...new Set([...enrolment.contacts, ...members])].sort();
  const text = templateText(policy, assessment.categories, notice.day);
  const basis = releaseBasis(assessment, recipients.map((name) => facts.person(name)), policy, now);
  const version = notice.version + 1;
  const event = written(notice, { kind: 'sent', to: 'SENT', recipients, template: text.template, policyVersion: policy.version, version });
  if (basis !== undefined) {
    const occasion = `${notice.enrolment}/${text.template}/${notice.day}`;
    return { events: [event], effects: tell({ ...text, recipients }, occasion, facts) };
  }
  const decision: AffectedPartyOpening = {
    party: notice.org, persons: recipients, about: notice.about, category: notice.category,
    marking: toWire(joinAll([fromWire(assessment.marking), reportMarking(policy)])),
  };
  const id = affectedPartyId(notice.about, notice.org);
  const open: Effect[] = facts.states('affected-party').some((each) => each.id === id) ? [] : [{ does: 'open', kind: 'affected-party', id, view: facts.view, args: decision }];
  return { events: [written(notice, { kind: 'referred', to: 'STOPPED', recipients })], effects: open };
} // prettier-ignore

function evolveNotice(notice: TargetNotice, event: TargetNoticeEvent): TargetNotice {
  const { to: state } = event;
  switch (event.kind) {
    case 'matched':
      return {
        ...notice, state, enrolment: event.enrolment!, about: event.about!, org: event.org!, members: event.members,
        day: event.day!, category: event.category!, marking: event.marking,
      };
    case 'folded':
      return { ...notice, state, members: event.members, day: event.day! };
    case 'sent':
      return {
        ...notice,
        state,
        told: union(notice.told, event.recipients),
        handled: union(notice.handled, event.recipients),
        sentAt: event.at,
        version: event.version!,
      };
    case 'referred':
      return { ...notice, state, handled: union(notice.handled, event.recipients), sentAt: event.at };
    default:
      return { ...notice, state };
  }
} // prettier-ignore

function union(known: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...known, ...more])];
}

function enrolmentOf({ enrolment }: TargetNotice, facts: Facts): Enrolment | undefined {
  return facts.everywhere('protected-account').find(({ id }) => id === enrolment)?.state as Enrolment | undefined;
}

function written({ marking }: TargetNotice, happening: Omit<Written<TargetNoticeEvent>, 'marking'>): Written<TargetNoticeEvent> {
  return { ...happening, marking: marking! };
} // prettier-ignore
