// Drawn histories of a case: people who mostly do what comes next, sometimes anything, while assessments change and time goes by.
// Holds: a history is numbers, so that it shrinks; the same numbers give the same history; what is due comes before each command,
// as proceedings have it.

import { createMarking } from '@sitebus/marking';
import { toWire, type CaseEvent, type NoticeText, type PanelRules, type PeriodState } from '@sitebus/sdk';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { AssessmentFacts } from '../assessment-index.ts';
import { toCaseEvents } from '../cases/case-events.ts';
import { dueFor } from '../cases/case-machine.ts';
import { evolveCase, NO_CASE, type Case } from '../cases/case.ts';
import type { CaseCommand } from '../cases/commands.ts';
import { decideCase } from '../cases/decide-case.ts';
import type { Given, Participant } from '../cases/given.ts';
import type { Refused } from '../errors.ts';
import { isRefused } from '../machine.ts';
import { TIMER } from '../protocol-machine.ts';
import { anAssessment } from './an-assessment.ts';

/** A word that stands in everything the panel says among itself, and in nothing else. */
export const CANARY = 'CANARY-DELIBERATION';

export const SEATS = ['one', 'two', 'three', 'four', 'five'];
const AGENCIES = ['cse', 'csis', 'gac', 'elections'];

export const PANEL: PanelRules = {
  seats: SEATS.map((id) => ({ id, title: { en: id, fr: id } })),
  criteria: ['free-and-fair', 'credibility', 'confidence'],
  factors: ['attributable', 'self-corrected'],
  caretakerKinds: ['GENERAL_FIXED'],
  openingAgencies: AGENCIES,
  recipients: [
    { capacity: 'prime-minister', role: 'minister' },
    { capacity: 'party-leader', role: 'cleared-rep' },
    { capacity: 'election-authority', role: 'agency-head', agency: 'elections' },
  ],
  sameBrief: true,
  agencyActionIndependent: true,
  namedHeadsMayIssue: true,
  outsideCaretaker: 'REFERRED_MINISTERIAL',
  whenPeriodCloses: 'REFERRED_MINISTERIAL',
  finishAnnouncement: true,
  notForwardedDaysMax: 14,
  belowThresholdStatement: { en: 'The threshold was not met.', fr: 'Le seuil n’a pas été atteint.' },
  standDownStatement: { en: 'Not now.', fr: 'Pas maintenant.' },
  originatorsTold: ['analyst'],
  writCadence: 'writ',
}; // prettier-ignore

const seat = (id: string, more: Partial<Participant> = {}): Participant => ({ person: `seat-${id}`, roles: ['panel-member'], seat: id, ...more }); // prettier-ignore
/** Everybody who may do something, and some who may not. */
export const PEOPLE: readonly Participant[] = [
  ...SEATS.map((id) => seat(id)),
  { person: 'sam', roles: ['secretariat'] },
  { person: 'cleo', roles: ['clerk'] },
  { person: 'gina', agency: 'gac', roles: ['analyst'] },
  { person: 'sid', agency: 'csis', roles: ['analyst'] },
  { person: 'hal', agency: 'cse', roles: ['agency-head'] },
  { person: 'eve', agency: 'elections', roles: ['agency-head', 'analyst'] },
  { person: 'pm', roles: ['minister'] },
  { person: 'rep', roles: ['cleared-rep'] },
  { person: 'cand', roles: ['candidate'] },
  { person: 'anyone', roles: ['public'] },
  { person: 'stranger', roles: ['panel-member'], seat: 'six' },
]; // prettier-ignore
/** Those whom policy wants told. */
export const RECIPIENTS = ['eve', 'pm', 'rep'];
const named = (person: string): Participant => PEOPLE.find((each) => each.person === person)!;

/** One move of a history. */
export interface Move {
  /** 0: anything by anybody; else the next thing; high ones move the world. */
  readonly pick: number;
  readonly who: number;
  readonly what: number;
  readonly waitMin: number;
}

/** What came of one command. */
export interface Given1 {
  readonly command: CaseCommand;
  readonly by: Participant;
  readonly refused?: Refused;
}

/** A world with one case. */
export interface CaseWorld {
  now: number;
  period: PeriodState;
  one: Case;
  readonly events: CaseEvent[];
  readonly given: Given1[];
  readonly assessments: Map<string, AssessmentFacts>;
  readonly recalled: Set<string>;
  readonly panel: PanelRules;
}

const SECRET = toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] }));
const MIN_MS = 60_000;
const A1 = '00000000-0000-4000-8000-000000000001';
const A2 = '00000000-0000-4000-8000-000000000002';

/** A world before anything. */
export function aCaseWorld(panel: PanelRules = PANEL): CaseWorld {
  const member = (id: string, agency: string) => ({
    id, agency, type: 'IndicatorReport', observedAt: 0, root: id, discounted: null, copyOf: null, stance: 'ASSERTS' as const,
    sourceGrade: 'B', infoGrade: 2, category: null, lifetimeDays: 60,
  }); // prettier-ignore
  const make = (id: string) => anAssessment({ id, marking: SECRET, members: [member(`${id}-m1`, 'gac'), member(`${id}-m2`, 'csis')] }); // prettier-ignore
  return {
    now: Date.UTC(2031, 9, 1), period: 'PRE_WRIT', one: NO_CASE, events: [], given: [], panel,
    assessments: new Map([A1, A2].map((id) => [id, make(id)])),
    recalled: new Set(),
  }; // prettier-ignore
}

/** Facts as a machine would establish them. */
export function givenIn(world: CaseWorld): Given {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    now: world.now,
    panel: world.panel,
    definitions: [{ id: 'foreign-interference', version: 3, title: { en: '', fr: '' }, text: { en: '', fr: '' } }],
    elections: ['ge'],
    pinning: {
      isMember: (agency) => !agency.startsWith('partner-'),
      isRecalled: (_agency, id) => world.recalled.has(id),
    },
    period: () => world.period,
    assessment: (id) => world.assessments.get(id),
    caseState: () => undefined,
    recipients: () =>
      RECIPIENTS.map((person, at) => ({ person, capacity: PANEL.recipients[at]!.capacity, ...(person === 'rep' ? {} : { view: person === 'pm' ? 'ts-can' : 's-can' }) })),
    briefMarking: () => ({ marking: SECRET, released: [], isLowered: false }),
    briefFaults: () => [],
    originators: () => ['gina', 'sid'],
    seatHolders: () => SEATS.map((id) => `seat-${id}`),
    isAnswered: () => false,
    isHead: (person) => named(person).roles.includes('agency-head'),
    lintFaults: () => [],
  };
} // prettier-ignore

/** One command, after what is due. */
export function give(world: CaseWorld, command: CaseCommand, by: Participant): Refused | undefined {
  settle(world);
  return decide(world, command, by);
}

/** Everything that is due. */
export function settle(world: CaseWorld): void {
  for (let times = 0; times < 20; times += 1) {
    const [due] = dueFor(world.one, givenIn(world));
    if (due === undefined) return;
    const before = world.events.length;
    const refused = decide(world, { ...(due.args as object), kind: due.name } as CaseCommand, TIMER);
    if (refused !== undefined || world.events.length === before) throw new Error(`due, and comes to nothing: ${due.name}`);
  }
  throw new Error('what is due does not end');
} // prettier-ignore

function decide(world: CaseWorld, command: CaseCommand, by: Participant): Refused | undefined {
  const decided = decideCase(world.one, command, by, givenIn(world));
  if (isRefused(decided)) {
    world.given.push({ command, by, refused: decided });
    return decided;
  }
  world.given.push({ command, by });
  const actor = { person: by.person, role: by.roles[0] ?? 'none', agency: by.agency ?? null };
  for (const written of toCaseEvents(world.one, decided, world.period)) {
    const from = world.events.at(-1)?.to ?? null;
    const event = { by: actor, ...written, id: 'case', seq: 0, at: world.now, from, prevHash: '', hash: '' } as unknown as CaseEvent; // prettier-ignore
    world.one = evolveCase(world.one, event);
    world.events.push(event);
  }
  return undefined;
}

const text = (steps: number, what = 'x'): NoticeText => ({ title: `t ${what}`, known: `k ${what}`, steps: Array.from({ length: steps }, (_, at) => `s${at}`) }); // prettier-ignore
const points = (names: readonly string[]) => names.map((name) => ({ name, level: 'LOW' as const, rationale: `${CANARY} rationale` })); // prettier-ignore

export const rateNow = (world: CaseWorld): CaseCommand => ({
  kind: 'rate', evidenceHash: world.one.evidenceHash, criteria: points(PANEL.criteria), factors: points(PANEL.factors),
}); // prettier-ignore
export const voteNow = (world: CaseWorld, vote: 'AGREE' | 'DISAGREE'): CaseCommand => ({
  kind: 'vote', evidenceHash: world.one.evidenceHash, vote, reasons: `${CANARY} reasons`,
}); // prettier-ignore
export const draftOf = (notice: 'BELOW_THRESHOLD' | 'ANNOUNCEMENT', steps = 2): CaseCommand => ({
  kind: 'draft', notice, en: text(steps), fr: text(steps),
}); // prettier-ignore

const OUTCOMES = ['THRESHOLD_MET', 'THRESHOLD_MET', 'THRESHOLD_MET', 'BELOW_DISCLOSED', 'BELOW_MONITOR', 'BELOW_INTERVENTION'] as const; // prettier-ignore

/** What comes next, as most people would have it. `n` chooses where there is a choice. */
export function next(world: CaseWorld, n: number): readonly [CaseCommand, Participant] {
  const { one, now } = world;
  const draft = (kind: 'BELOW_THRESHOLD' | 'ANNOUNCEMENT') => one.drafts.findLast((each) => each.kind === kind)?.draftId;
  const soon = now + 90 * MIN_MS;
  const sam = named('sam');
  const cleo = named('cleo');
  const panel = (isAfterwards: boolean): readonly [CaseCommand, Participant] => {
    const unrated = SEATS.find((id) => !one.ratings.some((rating) => rating.seat === id));
    if (unrated !== undefined) return [rateNow(world), named(`seat-${unrated}`)];
    const outcome = isAfterwards ? (n % 2 === 0 ? 'CORRECT' : 'UPDATE') : OUTCOMES[n % OUTCOMES.length]!;
    if (one.motion === undefined)
      return [{ kind: 'propose', outcome, ladder: ['BRIEF_PARTIES'], ...(n % 3 === 0 ? { reviewAt: soon } : {}) }, named(`seat-${SEATS[n % 5]}`)];
    const unvoted = SEATS.find((id) => !one.motion!.votes.some((vote) => vote.seat === id))!;
    return [voteNow(world, n % 16 === 15 ? 'DISAGREE' : 'AGREE'), named(`seat-${unvoted}`)];
  };
  switch (one.state) {
    case undefined:
      return [{ kind: 'open', electionId: 'ge', assessments: [A1, A2], question: 'What of it?' }, named('gina')];
    case 'DETECTED':
      return [{ kind: 'consult', agencies: ['csis', 'elections'], due: soon }, sam];
    case 'AGENCY_CONSULTATION': {
      const silent = one.consultation?.agencies.find((id) => !one.answers.some(({ agency }) => agency === id));
      if (silent !== undefined && n % 3 > 0)
        return [{ kind: 'respond', stance: 'CONCUR', text: '', definitionId: 'foreign-interference' }, named(silent === 'csis' ? 'sid' : 'eve')];
      return [{ kind: 'inform', summary: 's', gaps: ['g'], precedence: 'FLASH' }, named('hal')];
    }
    case 'PANEL_INFORMED':
      return [{ kind: 'scope' }, sam];
    case 'SCOPE_CHECK':
      return [{ kind: 'finding', finding: n % 8 === 7 ? 'ELECTION_ADMINISTRATION' : 'IN_SCOPE' }, sam];
    case 'REFERRED_CEO':
    case 'REFERRED_MINISTERIAL':
      return n % 8 === 7 ? [{ kind: 'close', reason: 'done' }, cleo] : [{ kind: 'scope', fact: 'a new fact' }, sam];
    case 'EVALUATING':
      return n % 23 === 22 ? [{ kind: 'ask', question: 'How many?', due: soon }, named('seat-one')] : panel(false);
    case 'INFO_REQUESTED':
      return [{ kind: 'answer' }, sam];
    case 'BELOW_DISCLOSED': {
      const id = draft('BELOW_THRESHOLD');
      return id === undefined ? [draftOf('BELOW_THRESHOLD'), sam] : [{ kind: 'disclose', draft: id }, cleo];
    }
    case 'THRESHOLD_MET': {
      const id = draft('ANNOUNCEMENT');
      return id === undefined ? [draftOf('ANNOUNCEMENT'), sam] : [{ kind: 'notify', draft: id, summary: 's', gaps: ['g'], announceAt: now + (n % 4) * 30 * MIN_MS }, cleo];
    }
    case 'NOTIFYING':
      return [{ kind: 'announce' }, cleo];
    case 'ANNOUNCED': {
      const agreed = one.decision?.outcome;
      if ((agreed === 'CORRECT' || agreed === 'UPDATE') && !one.carriedOut.includes(one.decision!.decisionHash)) {
        const id = one.drafts.findLast(({ draftId }) => !one.notifications.some((each) => each.draftId === draftId))?.draftId;
        return id === undefined ? [draftOf('ANNOUNCEMENT', 3), sam] : [{ kind: agreed === 'CORRECT' ? 'correct' : 'update', draft: id }, cleo];
      }
      return n % 19 === 18 ? [{ kind: 'close', reason: 'done' }, cleo] : panel(true);
    }
    default:
      return n % 5 === 4 ? [{ kind: 'close', reason: 'done' }, cleo] : [{ kind: 'attach', title: 'letter', contentHash: String(n).padStart(64, '0') }, sam];
  }
} // prettier-ignore

/** Every command, plausible where it can be. */
export function anything(world: CaseWorld, n: number): CaseCommand {
  const { one, now } = world;
  const any = one.drafts[n % Math.max(1, one.drafts.length)]?.draftId ?? A1;
  const old = n % 3 === 0 ? 'f'.repeat(64) : one.evidenceHash;
  const later = now + ((n % 5) - 1) * MIN_MS;
  const all: readonly CaseCommand[] = [
    { kind: 'open', electionId: 'ge', assessments: [A1], question: 'again?' },
    { kind: 'consult', agencies: ['cse'], due: later },
    { kind: 'respond', stance: 'DISSENT', text: 'no', definitionId: 'foreign-interference' },
    { kind: 'not-forward', reason: n % 2 === 0 ? 'small' : '', reviewBy: later },
    { kind: 'inform', summary: 's', gaps: n % 2 === 0 ? [] : ['g'], precedence: 'FLASH' },
    { kind: 'scope', fact: 'f' },
    { kind: 'finding', finding: 'IN_SCOPE' },
    { kind: 'ask', question: 'q', due: later },
    { kind: 'answer' },
    { ...rateNow(world), evidenceHash: old } as CaseCommand,
    { kind: 'propose', outcome: n % 2 === 0 ? 'THRESHOLD_MET' : 'CORRECT', ladder: [] },
    { ...voteNow(world, n % 2 === 0 ? 'AGREE' : 'DISAGREE'), evidenceHash: old } as CaseCommand,
    { kind: 'refresh' },
    { kind: 'attach', title: 'letter', contentHash: String(n).padStart(64, '0') },
    { kind: 'detach', document: one.documents[0]?.id ?? A1 },
    { kind: 'draft', notice: 'ANNOUNCEMENT', en: text(2), fr: text(n % 2 === 0 ? 2 : 1) },
    { kind: 'name-issuer', person: n % 2 === 0 ? 'hal' : 'eve' },
    { kind: 'disclose', draft: any },
    { kind: 'notify', draft: any, summary: 's', gaps: ['g'], announceAt: now },
    { kind: 'announce' },
    { kind: 'update', draft: any },
    { kind: 'correct', draft: any },
    { kind: 'agency-action', text: 'we act' },
    { kind: 'close', reason: 'over' },
    { kind: 'review-due' },
    { kind: 'period-closed' },
    { kind: 'dissolution' },
    { kind: 'evidence', assessments: [A1] },
    { kind: 'accumulate', crossing: 'g/v/1', assessments: [A2] },
  ];
  return all[n % all.length]!;
}

/** Something happens outside: fusion, a recall, an agency's position, the writ. */
export function moveWorld(world: CaseWorld, n: number): void {
  const id = n % 2 === 0 ? A1 : A2;
  const now = world.assessments.get(id)!;
  const version = now.version + 1;
  const put = (over: Partial<AssessmentFacts>): void =>
    void world.assessments.set(id, { ...now, version, contentHash: String(version).padStart(64, '0'), ...over });
  const add = (agency: string): AssessmentFacts['members'] => [...now.members, { ...now.members[0]!, id: `${id}-v${version}`, agency }];
  switch (n % 9) {
    case 0:
    case 1:
      return put({ members: add('partner-chirrup'), likelihood: { ...now.likelihood, band: 1 + (version % 7) } });
    case 2:
      return put({ likelihood: { ...now.likelihood, band: Math.max(1, now.likelihood.band - 1) } }); // it grows old
    case 3:
      return put({ members: add('cse'), likelihood: { ...now.likelihood, band: 1 + (version % 7) } });
    case 4:
      world.recalled.add(now.members[0]!.id);
      return put({ members: now.members.slice(1).length > 0 ? now.members.slice(1) : add('gac') });
    case 5:
      return put({ positions: [...now.positions, { id: `${id}-p${version}`, agency: 'gac', about: now.members[0]!.id, observedAt: 0, stance: 'DISSENT', definitionId: 'd', likelihood: null, confidence: null }] });
    case 6:
    case 7:
      world.period = world.period === 'PRE_WRIT' ? 'CARETAKER' : world.period;
      return;
    default:
      world.period = n % 27 === 8 && world.period === 'CARETAKER' ? 'CLOSED' : world.period;
  }
} // prettier-ignore

/** Plays one move. */
export function play(world: CaseWorld, { pick, who, what, waitMin }: Move): void {
  world.now += 1 + waitMin * MIN_MS;
  if (pick >= 18) moveWorld(world, what);
  else if (pick <= 1) give(world, anything(world, what), PEOPLE[who % PEOPLE.length]!);
  else give(world, ...next(world, what));
}

/** @returns the world after a history. */
export function playAll(history: readonly Move[], world: CaseWorld = aCaseWorld()): CaseWorld {
  for (const move of history) play(world, move);
  settle(world);
  return world;
}

/** A move that does what comes next, without surprises. */
export const on = (what = 0, waitMin = 0): Move => ({ pick: 9, who: 0, what, waitMin });
/** The writ is dropped. */
export const WRIT: Move = { pick: 18, who: 0, what: 6, waitMin: 0 };

/** To the announcement and a corrected notice, undisturbed. */
export const TO_THE_END: readonly Move[] = [WRIT, ...Array.from({ length: 19 }, () => on(0)), on(4), on(4), on(4, 31), ...Array.from({ length: 16 }, () => on(0))]; // prettier-ignore

/** How far a history goes undisturbed before it is drawn. */
const STARTS = [0, 6, 12, 17, 19, 21, 28].map((length) => TO_THE_END.slice(0, length));

/** Histories that mostly get on, from anywhere on the way. */
export const someHistory = (): fc.Arbitrary<readonly Move[]> => {
  const move = fc.record({
    pick: fc.integer({ min: 0, max: 19 }),
    who: fc.nat({ max: 40 }),
    what: fc.nat({ max: 200 }),
    waitMin: fc.constantFrom(0, 0, 0, 5, 45, 200),
  });
  return fc
    .tuple(fc.constantFrom(...STARTS), fc.array(move, { minLength: 3, maxLength: 20 }))
    .map(([start, moves]) => (start.length === 0 ? [WRIT, ...moves] : [...start, ...moves]));
};

/** Runs of one property; more of them where somebody asks for longer. */
export const RUNS = propertyRuns(150);
