// Objects as small whole numbers: equal ones, told by a key, have one number.
// Holds: numbers start at 1 and stand until a sweep frees them, to be given out again. Source: README.md#memory

/** A table of interned objects, for what many records have in common. */
export class InternedObjects<T> {
  readonly #numbers = new Map<string, number>();
  readonly #objects: (T | undefined)[] = [undefined];
  readonly #free: number[] = [];

  /** The greatest number ever given out. */
  get size(): number {
    return this.#objects.length - 1;
  }

  /** How many there are. */
  get used(): number {
    return this.#numbers.size;
  }

  /** The number of the object with this key, new if there is none. */
  numberOf(key: string, object: T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.#objects.length;
    this.#objects[number] = object;
    this.#numbers.set(key, number);
    return number;
  }

  /** Undefined for a number that stands for none. */
  objectOf(number: number): T | undefined {
    return this.#objects[number];
  }

  /** Frees every object for whose number `kept` has 0. */
  keepOnly(kept: Uint8Array): void {
    for (const [key, number] of this.#numbers) {
      if (kept[number] !== 0) continue;
      this.#numbers.delete(key);
      this.#objects[number] = undefined;
      this.#free.push(number);
    }
  }
}
