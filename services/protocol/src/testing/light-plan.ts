// Machines with their effects and their clock, without bus, hashes or ledger: for properties over many histories.
// Holds: what plan.ts and proceedings.ts promise of effects and due commands, naively; guard-world.ts has the real ones.

import { randomUUID } from 'node:crypto';
import type { Person, Policy } from '@sitebus/sdk';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { Refused } from '../errors.ts';
import { isRefused, type Asking, type Frame } from '../machine.ts';
import { TIMER, type AnyMachine, type Facts, type Outcome, type Release } from '../protocol-machine.ts';
import { createSourceGaps, type SourceGaps } from '../source-gaps.ts';

/** A world of matters whose clock a test moves. */
export interface LightWorld {
  now: number;
  policy: Policy;
  /** By view and id. */
  readonly assessments: Map<string, AssessmentFacts>;
  readonly persons: Map<string, Person>;
  /** By id: tearlines and downgrades in force. */
  readonly releases: Map<string, Release>;
  /** What agencies say that they did not observe. */
  readonly sourceGaps: Pick<SourceGaps, 'take'>;
  /** @returns the refusal where there is one; then nothing has changed anywhere. */
  give(kind: string, id: string, view: string, name: string, args: unknown, by: Asking): Refused | undefined;
  /** Gives what is due, until nothing is. */
  tick(): void;
  state(kind: string, id: string): unknown;
  /** Of a view, in the order of writing. */
  events(view: string): readonly Frame<string>[];
  ids(kind: string, view: string): readonly string[];
  facts(view: string): Facts;
  asking(person: string): Asking;
}

interface One {
  readonly machine: AnyMachine;
  readonly view: string;
  state: unknown;
}

/** Makes an empty one. */
export function createLightWorld(machines: readonly AnyMachine[], policy: Policy, now: number): LightWorld {
  const byKind = new Map(machines.map((machine) => [machine.kind, machine]));
  const sourceGaps = createSourceGaps(policy.cells);
  const views = new Map(policy.views.map((view) => [view.id, view]));
  let matters = new Map<string, One>();
  let log: { readonly view: string; readonly event: Frame<string> }[] = [];

  const order = (kind: string, id: string, view: string, name: string, args: unknown, by: Asking): Refused | undefined => {
    const machine = byKind.get(kind)!;
    const key = `${kind} ${id}`;
    const one = { ...(matters.get(key) ?? { machine, view, state: machine.start as unknown }) };
    const decided = machine.decide(one.state, { name, args }, by, world.facts(one.view), id) as
      | Outcome<Frame<string>>
      | Refused;
    if (isRefused(decided)) return decided;
    for (const happening of decided.events) {
      const about = { id, at: world.now, by: { person: by.person, role: 'any', agency: by.agency ?? null } };
      const event = { ...(machine.empty as object), ...happening, ...about } as unknown as Frame<string>;
      one.state = machine.evolve(one.state, event);
      matters.set(key, { ...one });
      log.push({ view: one.view, event });
    }
    for (const effect of decided.effects ?? []) {
      const there = matters.get(`${effect.kind} ${effect.id}`);
      if (effect.does === 'command' && there === undefined) throw new Error(`an effect on nothing: ${effect.kind}`);
      const refused =
        effect.does === 'open'
          ? order(effect.kind, effect.id, effect.view, 'open', effect.args, TIMER)
          : order(effect.kind, effect.id, there!.view, effect.name, effect.args, TIMER);
      if (refused !== undefined) return refused;
    }
    return undefined;
  }; // prettier-ignore

  const world: LightWorld = {
    now,
    policy,
    assessments: new Map(),
    releases: new Map(),
    sourceGaps,
    persons: new Map(policy.people.map((person) => [person.person, person])),
    give(kind, id, view, name, args, by) {
      const before = { matters: new Map(matters), log: [...log] };
      const refused = order(kind, id, view, name, args, by);
      if (refused !== undefined) {
        matters = before.matters;
        log = before.log;
      }
      return refused;
    },
    tick() {
      for (let isDone = false; !isDone;) {
        isDone = true;
        for (const machine of byKind.values())
          for (const { id: view } of policy.views)
            for (const args of (machine.arising?.(world.facts(view)) ?? []).slice(0, 1)) {
              isDone = false;
              const refused = world.give(machine.kind, machine.idOf?.(args) ?? randomUUID(), view, 'open', args, TIMER);
              if (refused !== undefined) throw new Error(`arises, and is refused: ${machine.kind}`);
            }
        for (const [key, { machine, view }] of [...matters]) {
          const id = key.slice(machine.kind.length + 1);
          const [command] = machine.due?.(matters.get(key)!.state, world.facts(view), id) ?? [];
          if (command === undefined) continue;
          isDone = false;
          const events = log.length;
          const refused = world.give(machine.kind, id, view, command.name, command.args, TIMER);
          if (refused !== undefined || log.length === events)
            throw new Error(`due, and comes to nothing: ${command.name}`);
        }
      }
    },
    state: (kind, id) => matters.get(`${kind} ${id}`)?.state ?? (byKind.get(kind)!.start as unknown),
    events: (view) => log.filter((each) => each.view === view).map(({ event }) => event),
    ids: (kind, view) =>
      [...matters].flatMap(([key, one]) =>
        one.machine.kind === kind && one.view === view ? [key.slice(kind.length + 1)] : [],
      ),
    facts: (view) => ({
      now: world.now,
      policy: world.policy,
      view,
      assessment: (id) => world.assessments.get(`${view} ${id}`),
      isRecalled: () => false,
      release: (id) => world.releases.get(id),
      sourceGaps: () => sourceGaps.of(views.get(view)!),
      person: (person) => world.persons.get(person),
      people: () => [...world.persons.values()],
      live: () => [...world.assessments].flatMap(([key, facts]) => (key.startsWith(`${view} `) ? [facts] : [])),
      everywhere: (kind) =>
        [...matters].flatMap(([key, one]) =>
          one.machine.kind === kind ? [{ id: key.slice(kind.length + 1), view: one.view, state: one.state }] : [],
        ),
      states: (kind) =>
        [...matters]
          .reverse()
          .flatMap(([key, one]) =>
            one.machine.kind === kind && one.view === view
              ? [{ id: key.slice(kind.length + 1), state: one.state }]
              : [],
          ),
    }),
    asking(person) {
      const { agency, roles = [] } = world.persons.get(person) ?? {};
      return { person, ...(agency === undefined ? {} : { agency }), roles };
    },
  };
  return world;
}
