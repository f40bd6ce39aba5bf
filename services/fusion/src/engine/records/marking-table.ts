// Markings as small whole numbers: equal markings have one number, however many objects they are.
// Holds: numbers start at 1; few exist, so nothing is ever dropped.

import { markingKey, type Marking } from '@sitebus/marking';

/** A table of interned markings. */
export class MarkingTable {
  readonly #byKey = new Map<string, number>();
  readonly #byObject = new WeakMap<Marking, number>();
  readonly #markings: Marking[] = [];

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
}
