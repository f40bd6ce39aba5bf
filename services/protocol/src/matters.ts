// Every matter of every machine as its events have made it, and those events, so that any earlier moment can be folded again.
// Holds: an event is taken in only where it follows the one before it on its strand; nothing here is stored elsewhere.
// Source: README.md#machines

import { follows, type ChainEnd, type Frame } from './machine.ts';
import type { AnyMachine } from './protocol-machine.ts';

/** One of them. */
export interface HeldMatter {
  readonly machine: AnyMachine;
  readonly id: string;
  readonly view: string;
  /** When it was opened, UTC milliseconds. */
  readonly atMs: number;
  readonly state: unknown;
  /** Of all strands, in the order in which they were written. */
  readonly events: readonly Frame<string>[];
}

/** All of them. */
export interface Matters {
  get(kind: string, id: string): HeldMatter | undefined;
  /** Of a view, newest first. */
  of(kind: string, view: string): readonly HeldMatter[];
  all(): Iterable<HeldMatter>;
  /** The state after the events until then; undefined where there was none yet. */
  asOf(held: HeldMatter, atMs: number): HeldMatter | undefined;
  /** Where the next event of a strand goes; `to` is the state of the matter, whichever strand brought it there. */
  endOf(kind: string, id: string, strand: string): ChainEnd<string> | undefined;
  /** The machine whose events have this subject. */
  machineOf(subject: string): AnyMachine | undefined;
  /** @returns false where the event does not follow. */
  apply(view: string, subject: string, event: Frame<string>): boolean;
}

interface Kept {
  readonly machine: AnyMachine;
  readonly view: string;
  readonly atMs: number;
  state: unknown;
  to: string;
  readonly ends: Map<string, Pick<ChainEnd<string>, 'seq' | 'hash'>>;
  readonly events: Frame<string>[];
}

/** An empty collection for these machines. */
export function createMatters(machines: readonly AnyMachine[]): Matters {
  const bySubject = new Map(machines.map((machine) => [machine.subject, machine]));
  const kept = new Map(machines.map(({ kind }) => [kind, new Map<string, Kept>()]));
  const toHeld = (id: string, { machine, view, atMs, state, events }: Kept): HeldMatter => ({
    machine, id, view, atMs, state, events,
  }); // prettier-ignore
  const endOf = (kind: string, id: string, strand: string): ChainEnd<string> | undefined => {
    const one = kept.get(kind)?.get(id);
    if (one === undefined) return undefined;
    return { seq: 0, hash: '', ...one.ends.get(strand), to: one.to };
  };
  return {
    endOf,
    machineOf: (subject) => bySubject.get(subject),
    get(kind, id) {
      const one = kept.get(kind)?.get(id);
      return one && toHeld(id, one);
    },
    of: (kind, view) =>
      [...(kept.get(kind) ?? [])]
        .filter(([, each]) => each.view === view)
        .map(([id, each]) => toHeld(id, each))
        .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1)),
    *all() {
      for (const ofKind of kept.values()) for (const [id, each] of ofKind) yield toHeld(id, each);
    },
    asOf(held, atMs) {
      const events = held.events.filter(({ at }) => at <= atMs);
      if (events.length === 0) return undefined;
      return {
        ...held,
        events,
        state: events.reduce<unknown>((state, event) => held.machine.evolve(state, event), held.machine.start),
      };
    },
    apply(view, subject, event) {
      const machine = bySubject.get(subject);
      const ofKind = machine && kept.get(machine.kind);
      if (machine === undefined || ofKind === undefined) return false;
      const one = ofKind.get(event.id);
      if (one !== undefined && one.view !== view) return false;
      const strand = strandOf(machine, event);
      if (!follows(event, endOf(machine.kind, event.id, strand))) return false;
      const { seq, hash, to } = event;
      const state: unknown = machine.evolve(one?.state ?? machine.start, event);
      if (one === undefined)
        ofKind.set(event.id, { machine, view, atMs: event.at, state, to, ends: new Map([[strand, { seq, hash }]]), events: [event] }); // prettier-ignore
      else {
        Object.assign(one, { state, to });
        one.ends.set(strand, { seq, hash });
        one.events.push(event);
      }
      return true;
    },
  };
}

/** The strand of an event, by its machine. */
export function strandOf(machine: AnyMachine, event: { readonly kind: string }): string {
  return machine.strandOf?.(event) ?? '';
}
