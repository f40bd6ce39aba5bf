// A model of protocol for tests that crash it: the pure machines over the events that lie on the bus, and commands that people give.
// Holds: a command is known to be accepted, and what it comes to, before anybody is asked; every command that people can give on a
// case is among the candidates of some state, so that a walk which takes what it has not taken yet takes them all.

import { CASE_COMMANDS } from '@sitebus/kit';
import type { AssessmentFacts } from '../../services/protocol/src/assessment-index.ts';
import { NO_CASE, type Case } from '../../services/protocol/src/cases/case.ts';
import { machinesOfProtocol } from '../../services/protocol/src/machines.ts';
import { createMatters, type Matters } from '../../services/protocol/src/matters.ts';
import { createPlan } from '../../services/protocol/src/plan.ts';
import type { Frame } from '../../services/protocol/src/machine.ts';
import type { Person, Policy } from '@sitebus/sdk';

/** One command on the case, by a person of policy. */
export interface Given {
  readonly person: string;
  readonly name: string;
  readonly args: object;
}

/** An event as a transaction has it: where it lies and what it says, without what only writing it makes. */
export interface Told {
  readonly view: string;
  readonly subject: string;
  readonly event: Frame<string>;
}

/** The model of one case. */
export interface CaseModel {
  /** Takes in what lies on the bus. @returns false where it does not follow. */
  take(told: Told): boolean;
  state(id: string): Case;
  /** @returns the events of the command, or undefined where it is refused or changes nothing. */
  expected(id: string, given: Given, now: number): readonly string[] | undefined;
  /** What is cited, as fusion has it from now on. */
  assessment: AssessmentFacts;
  readonly matters: Matters;
}

/** `key`: with it identifiers are hashed; no command of a case depends on it. */
export function createCaseModel(policy: Policy, view: string, assessment: AssessmentFacts): CaseModel {
  const machines = machinesOfProtocol({ identifierKey: Buffer.alloc(32) });
  const byKind = new Map(machines.map((machine) => [machine.kind, machine]));
  const matters = createMatters(machines);
  const people = new Map(policy.people.map((person) => [person.person, person]));
  const outside = {
    policy,
    assessment: (of: string, id: string) => (of === view && id === model.assessment.id ? model.assessment : undefined),
    isRecalled: () => false,
    live: () => [],
    person: (person: string) => people.get(person),
    people: (): readonly Person[] => policy.people,
    release: () => undefined,
    sourceGaps: () => [],
  };
  const model: CaseModel = {
    assessment,
    matters,
    take: ({ view: of, subject, event }) => matters.machineOf(subject) === undefined || matters.apply(of, subject, event),
    state: (id) => (matters.get('case', id)?.state ?? NO_CASE) as Case,
    expected(id, { person, name, args }, now) {
      const { agency, roles = [] } = people.get(person) ?? {};
      const plan = createPlan(matters, byKind, outside, now);
      const by = { person, ...(agency === undefined ? {} : { agency }), roles };
      const refused = plan.order({ kind: 'case', id, view, command: { name, args }, by, role: roles[0] ?? 'none' });
      return refused === undefined && plan.events.length > 0 ? plan.events.map(nameOf) : undefined;
    },
  };
  return model;
} // prettier-ignore

/** What is compared of an event: the machine's word for it, and where it lies. */
export function nameOf({ view, subject, event: { kind } }: Told): string {
  return `${view} ${subject.split('.').at(-1) ?? ''} ${kind}`;
}

const SECRETARY = 'samir-vasquez';
const CLERK = 'marguerite-thorne';
const HEAD = 'farida-lund';
const ASKED = 'noor-castellane';
const SEATS = [CLERK, 'ines-halloran', 'jonas-marchand', 'katya-doyle', 'laurent-sorel'];

/** Commands that somebody could think of now, what moves the case on before what does not; some of them are refused. */
export function candidates(one: Case, { panel, people }: Policy, now: number): readonly Given[] {
  const in_ = (ms: number): string => new Date(now + ms).toISOString();
  const point = (name: string) => ({ name, level: 'LOW', rationale: 'few saw it' });
  const words = { title: 't', known: 'k', steps: ['s'] };
  const { evidenceHash, drafts, documents, state } = one;
  const newest = (kind: string): string | undefined => drafts.findLast((draft) => draft.kind === kind)?.draftId;
  const say = (person: string, name: string, args: object = {}): Given => ({ person, name, args });
  const withDraft = (name: string, kind: string, more: object = {}): readonly Given[] => {
    const draft = newest(kind);
    return draft === undefined ? [] : [say(CLERK, name, { draft, ...more })];
  };
  const brief = { summary: 'One narrative.', gaps: ['One platform gave no data.'] };
  const issued = (kind: string): number => one.notices.filter((notice) => notice.kind === kind).length;
  const outcome = state === 'ANNOUNCED' ? (issued('ANNOUNCEMENT') < 2 ? 'UPDATE' : 'CORRECT') : issued('BELOW_THRESHOLD') < 1 ? 'BELOW_DISCLOSED' : 'THRESHOLD_MET';
  const isBelow = state === 'NO_CONSENSUS' || state?.startsWith('BELOW') === true; // other evidence brings it back
  const isAgreed = ['THRESHOLD_MET', 'NOTIFYING', 'ANNOUNCED'].includes(state ?? ''); // there, it would undo what was agreed
  const unrated = SEATS.filter((person) => !one.ratings.some(({ seat }) => seat === people.find((each) => each.person === person)?.seat));
  const drafting = ['BELOW_THRESHOLD', 'ANNOUNCEMENT'].filter((kind) => newest(kind) === undefined || state === 'ANNOUNCED');
  return [
    ...unrated.map((seat) => say(seat, 'rate', { evidenceHash, criteria: panel.criteria.map(point), factors: panel.factors.map(point) })),
    ...SEATS.map((seat) => say(seat, 'vote', { evidenceHash, vote: 'AGREE', reasons: 'so it is' })),
    ...withDraft('disclose', 'BELOW_THRESHOLD'),
    ...withDraft('notify', 'ANNOUNCEMENT', { ...brief, announceAt: in_(20_000) }),
    ...withDraft('update', 'ANNOUNCEMENT'),
    ...withDraft('correct', 'ANNOUNCEMENT'),
    say(CLERK, 'propose', { outcome, ladder: ['BRIEF_PARTIES'] }),
    say(SECRETARY, 'consult', { agencies: ['csis', 'rcmp'], due: in_(3_600_000) }),
    say(ASKED, 'respond', { stance: 'NO_VIEW', text: 'nothing seen' }),
    say(SECRETARY, 'not-forward', { reason: 'small so far', reviewBy: in_(20_000) }),
    say(HEAD, 'inform', { ...brief, precedence: 'FLASH' }),
    say(SECRETARY, 'scope', { fact: 'a new fact' }),
    say(SECRETARY, 'finding', { finding: one.finding === undefined ? 'ELECTION_ADMINISTRATION' : 'IN_SCOPE' }),
    say(SECRETARY, 'answer'),
    say(CLERK, 'ask', { question: 'How many saw it?', due: in_(3_600_000) }),
    ...drafting.map((notice) => say(SECRETARY, 'draft', { notice, en: words, fr: words })),
    say(CLERK, 'name-issuer', { person: HEAD }),
    say(HEAD, 'agency-action', { text: 'we warn those concerned' }),
    ...(documents.length > 0 && !isBelow ? [] : [say(SECRETARY, 'attach', { title: 'a letter', contentHash: String(now % 1e9).padStart(64, '0') })]),
    ...(isAgreed ? [] : documents.slice(0, 1)).map(({ id }) => say(SECRETARY, 'detach', { document: id })),
    say(CLERK, 'refresh'),
    say(CLERK, 'close', { reason: 'over' }),
  ];
} // prettier-ignore

/** These take a case out of the walk: they come once there is nothing else to be tried. */
const LAST: ReadonlySet<string> = new Set(['close']);
/** These take a case further however often; others, again and again, would keep it where it is. */
const MOVING: ReadonlySet<string> = new Set(['rate', 'vote', 'disclose', 'notify', 'update', 'correct', 'propose', 'consult', 'inform', 'scope', 'finding', 'answer', 'draft', 'attach']); // prettier-ignore

/** Commands that people can give on a case; `announce` is the clock's wherever the clock goes. */
export const WALKED: readonly string[] = Object.keys(CASE_COMMANDS).filter((name) => name !== 'open' && name !== 'announce').sort(); // prettier-ignore

/**
 * What a walk through a case does next: what has not been done, else what takes it further.
 * @returns undefined where only the clock moves it.
 */
export function nextOf(possible: readonly Given[], done: ReadonlySet<string>): Given | undefined {
  const isOver = WALKED.every((name) => done.has(name) || LAST.has(name));
  const usable = possible.filter(({ name }) => isOver || !LAST.has(name));
  return (
    usable.find(({ name }) => !done.has(name) && !LAST.has(name)) ??
    (isOver ? usable.find(({ name }) => LAST.has(name)) : undefined) ??
    usable.find(({ name }) => MOVING.has(name))
  );
}

/** True where every one of the names is there, as often as it is named. */
export function isWithin(names: readonly string[], all: readonly string[]): boolean {
  const left = [...all];
  return names.every((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
