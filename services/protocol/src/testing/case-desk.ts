// Persons of policy at work on one case, in a guard on an in-memory bus: a line a command, in the order in which things are done.

import type { Matter } from '@sitebus/kit';
import type { Assessment } from '@sitebus/sdk';
import { aGuardWorld, VIEW, type GuardWorld } from './guard-world.ts';

export const SECRETARY = 'samir-vasquez';
export const CLERK = 'marguerite-thorne';
export const HEAD = 'farida-lund';
export const ANALYST = 'ama-lindqvist';
export const ASKED = 'noor-castellane';
export const REPRESENTATIVE = 'colette-ibarra';
export const REVIEWER = 'viggo-tremblay';
export const SEAT_HOLDERS = [CLERK, 'ines-halloran', 'jonas-marchand', 'katya-doyle', 'laurent-sorel'];
export const ASSESSMENT = '00000000-0000-4000-8000-0000000000a1';
export const MEMBER = '00000000-0000-4000-8000-0000000000b1';
const ELECTION = 'ge-demo';

/** A desk. */
export interface CaseDesk {
  readonly world: GuardWorld;
  readonly id: string;
  give(person: string, name: string, args?: unknown): Promise<Matter>;
  find(person: string, asOfMs?: number): Promise<Matter | undefined>;
  state(): Promise<unknown>;
  hash(): Promise<string>;
  period(name: string, args?: unknown): Promise<Matter>;
  /** Another version of what is cited, as fusion writes it. */
  reassess(over: Partial<Assessment>): Promise<void>;
  inMinutes(minutes: number): string;
  /** To EVALUATING, in the caretaker period. */
  toPanel(): Promise<void>;
  rateAll(): Promise<void>;
  propose(outcome: string, more?: object): Promise<void>;
  vote(person: string, vote?: 'AGREE' | 'DISAGREE', evidenceHash?: string): Promise<Matter>;
  voteAll(outcome: string): Promise<void>;
  draft(kind: 'BELOW_THRESHOLD' | 'ANNOUNCEMENT', french?: string): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

const member = (id: string, agency: string): Assessment['members'][number] => ({
  id, agency, type: 'IndicatorReport', observedAt: 0, root: id, discounted: null, copyOf: null, stance: 'ASSERTS',
  sourceGrade: 'B', infoGrade: 2, category: null, lifetimeDays: 60,
}); // prettier-ignore

/** What is cited at first: one observation of cse. */
export const CITED = { id: ASSESSMENT, members: [member(MEMBER, 'cse')] } as const;
/** One more member. */
export const withMember = (agency: string, at = 2) => [member(MEMBER, 'cse'), member(MEMBER.replace(/.$/, String(at)), agency)]; // prettier-ignore

/** A case that cse's analyst has just opened. */
export async function aCaseDesk(options: Parameters<typeof aGuardWorld>[0] = {}): Promise<CaseDesk> {
  const world = await aGuardWorld(options);
  await world.assess(CITED);
  const by = (person: string) => ({ person, view: VIEW });
  const { id } = await world.guard.protocol.open('case', { assessments: [ASSESSMENT], question: 'Does it threaten the election?' }, by(ANALYST)); // prettier-ignore
  let version = 1;
  const point = (name: string) => ({ name, level: 'MODERATE', rationale: `CANARY-RATING of ${name}` });
  const { criteria, factors } = world.policy.panel;
  const desk: CaseDesk = {
    world,
    id,
    give: (person, name, args = {}) => world.guard.protocol.command('case', id, name, args, by(person)),
    find: (person, asOfMs) => world.guard.protocol.find('case', id, by(person), asOfMs),
    state: async () => (await desk.find(SECRETARY))?.body['state'],
    hash: async () => String((await desk.find(SECRETARY))?.body['evidenceHash']),
    async period(name, args = { at: new Date(world.clock.now()).toISOString() }) {
      const caller = { person: CLERK, view: 'public' };
      return (await world.guard.protocol.find('period', ELECTION, caller)) === undefined
        ? world.guard.protocol.open('period', { electionId: ELECTION, ...(args as object) }, caller)
        : world.guard.protocol.command('period', ELECTION, name, args, caller);
    },
    async reassess(over) {
      version += 1;
      await world.assess({ ...CITED, version, contentHash: String(version).padStart(64, '0'), ...over });
    },
    inMinutes: (minutes) => new Date(world.clock.now() + minutes * 60_000).toISOString(),
    async toPanel() {
      await desk.period('dissolution');
      await desk.give(SECRETARY, 'consult', { agencies: ['csis', 'rcmp'], due: desk.inMinutes(60) });
      await desk.give(HEAD, 'inform', { summary: 'One narrative.', gaps: ['One platform gave no data.'], precedence: 'FLASH' });
      await desk.give(SECRETARY, 'scope');
      await desk.give(SECRETARY, 'finding', { finding: 'IN_SCOPE' });
    },
    async rateAll() {
      for (const person of SEAT_HOLDERS)
        await desk.give(person, 'rate', { evidenceHash: await desk.hash(), criteria: criteria.map(point), factors: factors.map(point) });
    },
    async propose(outcome, more = {}) {
      await desk.give(CLERK, 'propose', { outcome, ladder: ['BRIEF_PARTIES'], ...more });
    },
    vote: async (person, vote = 'AGREE', evidenceHash) =>
      desk.give(person, 'vote', { vote, reasons: `CANARY-REASON of ${person}`, evidenceHash: evidenceHash ?? (await desk.hash()) }),
    async voteAll(outcome) {
      await desk.rateAll();
      await desk.propose(outcome);
      for (const person of SEAT_HOLDERS) await desk.vote(person);
    },
    async draft(notice, french = 'L’affirmation est fausse.') {
      const en = { title: 'A false claim', known: 'The claim is false.', steps: ['Check before sharing.'] };
      const fr = { title: 'Une fausse affirmation', known: french, steps: ['Vérifier avant de partager.'] };
      const after = await desk.give(SECRETARY, 'draft', { notice, en, fr });
      const office = after.parts.find(({ name }) => name === 'office')?.body as { drafts: { draft: string; fr: { known: string }; notice: string }[] };
      return office.drafts.find((each) => each.fr.known === french && each.notice === notice)!.draft;
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }; // prettier-ignore
  return desk;
}

/** What a command was refused with. */
export const refusalOf = async (promise: Promise<unknown>): Promise<Record<string, unknown>> =>
  promise.then(
    () => ({ code: 'ACCEPTED' }),
    (cause: unknown) => {
      const { code, details } = cause as { code?: string; details?: Record<string, unknown> };
      return { ...details, code: details?.['code'] ?? code };
    },
  );
