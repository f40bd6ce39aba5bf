// What one command comes to, over every matter it touches: decided on a copy, written as one transaction or not at all.
// Holds: pure but for what it collects; an effect is decided on what the command before it has made; what follows from a
// refused effect does not follow. Source: README.md#machines

import type { Policy } from '@sitebus/sdk';
import { framed, isRefused, type Asking, type ChainEnd, type Frame } from './machine.ts';
import type { Refused } from './errors.ts';
import type { AppendedEvent } from './event-log.ts';
import { strandOf, type Matters } from './matters.ts';
import {
  TIMER,
  type AnyMachine,
  type Command,
  type Effect,
  type Facts,
  type Outcome,
  type Written,
} from './protocol-machine.ts';

/** Facts but those that a plan itself knows. */
export type OutsideFacts = Omit<
  Facts,
  'view' | 'states' | 'everywhere' | 'live' | 'now' | 'policy' | 'assessment' | 'isRecalled' | 'sourceGaps'
> & {
  readonly policy: Policy;
  assessment(view: string, id: string): ReturnType<Facts['assessment']>;
  isRecalled(view: string, agency: string, observation: string): boolean;
  live(view: string): ReturnType<Facts['live']>;
  sourceGaps(view: string): ReturnType<Facts['sourceGaps']>;
};

/** A command on a matter, by somebody. */
export interface Order {
  readonly kind: string;
  readonly id: string;
  readonly view: string;
  readonly command: Command;
  readonly by: Asking;
  /** The role that the events name. */
  readonly role: string;
}

/** One transaction in the making. */
export interface Plan {
  /** Decides, and whatever follows. @returns the refusal where there is one: then nothing of the plan is to be written. */
  order(order: Order): Refused | undefined;
  stateOf(kind: string, id: string): unknown;
  facts(view: string): Facts;
  /** What is to be written, in order. */
  readonly events: readonly AppendedEvent[];
}

interface Touched {
  readonly machine: AnyMachine;
  readonly view: string;
  readonly atMs: number;
  state: unknown;
  to: string | undefined;
  readonly ends: Map<string, ChainEnd<string>>;
}

/** More commands than this from one are a circle; the writ alone gives two to every case of its election. */
const MOST_EFFECTS = 10_000;

/** An empty plan over what is known now. */
export function createPlan(
  matters: Matters,
  machines: ReadonlyMap<string, AnyMachine>,
  outside: OutsideFacts,
  now: number,
): Plan {
  const touched = new Map<string, Touched>();
  const events: AppendedEvent[] = [];
  let effects = 0;

  const touch = (machine: AnyMachine, id: string, view: string): Touched => {
    const key = `${machine.kind} ${id}`;
    const before = touched.get(key);
    if (before !== undefined) return before;
    const held = matters.get(machine.kind, id);
    const made: Touched = {
      machine,
      view: held?.view ?? view,
      atMs: held?.atMs ?? now,
      state: held?.state ?? machine.start,
      to: held?.events.at(-1)?.to,
      ends: new Map(),
    };
    touched.set(key, made);
    return made;
  };
  const endOf = (one: Touched, id: string, strand: string): ChainEnd<string> | undefined => {
    if (one.to === undefined) return undefined;
    const end = one.ends.get(strand) ?? matters.endOf(one.machine.kind, id, strand) ?? { seq: 0, hash: '' };
    return { ...end, to: one.to };
  };
  const write = (
    one: Touched,
    id: string,
    { marking, by: named, ...happening }: Written<Frame<string>>,
    giver: Frame<string>['by'],
  ): void => {
    const { machine, view } = one;
    const by = named ?? giver;
    const strand = strandOf(machine, happening);
    const event = framed(happening, endOf(one, id, strand), machine.empty as object, { id, at: now, by, marking });
    one.state = machine.evolve(one.state, event);
    one.to = event.to;
    one.ends.set(strand, { seq: event.seq, hash: event.hash, to: event.to });
    events.push({ view, subject: machine.subject, event });
  };
  const { policy } = outside;
  const seenFrom = new Map<string, Facts>();
  const facts = (view: string): Facts => {
    const made = seenFrom.get(view) ?? factsOf(view);
    seenFrom.set(view, made);
    return made;
  };
  const factsOf = (view: string): Facts => ({
    ...outside,
    now,
    view,
    assessment: (id) => outside.assessment(view, id),
    isRecalled: (agency, observation) => outside.isRecalled(view, agency, observation),
    states: (kind) => {
      const ids = new Map(matters.of(kind, view).map(({ id, atMs }) => [id, atMs]));
      for (const [key, one] of touched)
        if (one.machine.kind === kind && one.view === view && one.to !== undefined) ids.set(key.slice(kind.length + 1), one.atMs); // prettier-ignore
      return [...ids]
        .sort(([a, atA], [b, atB]) => atB - atA || (a < b ? 1 : -1))
        .map(([id]) => ({ id, state: stateOf(kind, id) }));
    },
    everywhere: (kind) =>
      policy.views.flatMap(({ id }) =>
        facts(id)
          .states(kind)
          .map((each) => ({ ...each, view: id })),
      ),
    live: () => outside.live(view),
    sourceGaps: () => outside.sourceGaps(view),
  });
  const stateOf = (kind: string, id: string): unknown =>
    touched.get(`${kind} ${id}`)?.state ?? matters.get(kind, id)?.state;
  const follow = (effect: Effect): Refused | undefined => {
    effects += 1;
    if (effects > MOST_EFFECTS) throw new Error(`commands follow from each other without end, at ${effect.kind}`);
    const timer = { by: TIMER, role: 'timer', kind: effect.kind, id: effect.id };
    if (effect.does === 'open')
      return order({ ...timer, view: effect.view, command: { name: 'open', args: effect.args } });
    const view = touched.get(`${effect.kind} ${effect.id}`)?.view ?? matters.get(effect.kind, effect.id)?.view;
    if (view === undefined) throw new Error(`nothing of kind ${effect.kind} has the id that an effect names`);
    return order({ ...timer, view, command: { name: effect.name, args: effect.args } });
  };
  const order = ({ kind, id, view, command, by, role }: Order): Refused | undefined => {
    const machine = machines.get(kind);
    if (machine === undefined) throw new Error(`no machine of kind ${kind}`);
    const one = touch(machine, id, view);
    const decided = machine.decide(one.state, command, by, facts(one.view), id) as Outcome<Frame<string>> | Refused;
    if (isRefused(decided)) return decided;
    const actor = { person: by.person, role: decided.role ?? role, agency: by.agency ?? null };
    for (const happening of decided.events) write(one, id, happening, actor);
    for (const effect of decided.effects ?? []) {
      const refused = follow(effect);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };
  return { order, stateOf, facts, events };
}
