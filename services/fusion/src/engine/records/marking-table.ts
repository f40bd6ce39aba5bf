// Markings as small whole numbers: equal markings have one number, however many objects they are.
// Holds: numbers start at 1; few exist, so nothing is ever dropped; a join, and a marking as Avro has it, is made once.

import { join, markingKey, type Marking } from '@sitebus/marking';
import { toWire, type WireMarking } from '@sitebus/sdk';

/** Joins are remembered between markings of low number: a square of them is the most that is ever kept. */
const MAX_PAIRED = 512;

/** A table of interned markings. */
export class MarkingTable {
  readonly #byKey = new Map<string, number>();
  readonly #byObject = new WeakMap<Marking, number>();
  readonly #markings: Marking[] = [];
  readonly #wires: WireMarking[] = [];
  /** By the one, then by the other. */
  readonly #joins: number[][] = [];

  /** The marking's number. Cheap for an object seen before. */
  numberOf(marking: Marking): number {
    const known = this.#byObject.get(marking);
    if (known !== undefined) return known;
    const key = markingKey(marking);
    const number = this.#byKey.get(key) ?? this.#markings.push(marking);
    this.#byKey.set(key, number);
    this.#byObject.set(marking, number);
    return number;
  }

  markingOf(number: number): Marking {
    return this.#markings[number - 1]!;
  }

  /** The number of the join of two. */
  joinOf(a: number, b: number): number {
    if (a === b) return a;
    const known = this.#joins[a]?.[b];
    if (known !== undefined) return known;
    const joined = this.numberOf(join(this.markingOf(a), this.markingOf(b)));
    if (a < MAX_PAIRED && b < MAX_PAIRED) (this.#joins[a] ??= [])[b] = joined;
    return joined;
  }

  /** The marking as Avro has it, frozen, its keys in the order of RFC 8785; one object a number. */
  wireOf(number: number): WireMarking {
    return (this.#wires[number - 1] ??= Object.freeze(inOrder(toWire(this.markingOf(number)))));
  }
}

function inOrder(wire: WireMarking): WireMarking {
  const { classified, compartments, needToKnow, orcon, origins, owners, relTo, relToAll, tlp } = wire;
  return {
    classified,
    compartments,
    needToKnow,
    orcon,
    origins,
    owners,
    protected: wire.protected,
    relTo,
    relToAll,
    tlp,
  };
}
