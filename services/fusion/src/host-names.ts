// A set of host names that is asked, mostly in vain, for the end of a longer one: nothing is cut out before a glance says so.
// Holds: exactly what a Set of the same names would answer; the glance may be wrong in one direction only, and is the same for
// a text and for its bytes.
// Source: README.md#common-values

/** Cells of the glance a name, so that few of them are set. */
const CELLS_PER_NAME = 16;
const LEAST_CELLS = 4_096;

/** Host names, in lower case. */
export class HostNames {
  readonly #names = new Set<string>();
  /** 1 where a name of such a shape is among them; a power of two of cells. */
  #glance = new Uint8Array(LEAST_CELLS);
  #shift = shiftTo(LEAST_CELLS);

  get size(): number {
    return this.#names.size;
  }

  add(name: string): void {
    this.#names.add(name);
    if (this.#names.size * CELLS_PER_NAME > this.#glance.length) {
      this.#glance = new Uint8Array(this.#glance.length * 4);
      this.#shift = shiftTo(this.#glance.length);
      for (const each of this.#names) this.#note(each);
    } else this.#note(name);
  }

  /** Whether the host from this place on is among them. */
  hasFrom(host: string, at: number): boolean {
    if (this.#glance[this.#cellOf(host, at)] === 0) return false;
    return this.#names.has(at === 0 ? host : host.slice(at));
  }

  /** False: the name in visible ASCII that lies from `at` to `to` is not among them. */
  mayHave(bytes: Uint8Array, at: number, to: number): boolean {
    const length = to - at;
    const third = length > 2 ? bytes[at + 2]! : 0;
    return (
      this.#glance[this.#cell(length, bytes[at]!, third, bytes[at + (length >> 1)]!, bytes[lateIn(at, to)]!)] !== 0
    );
  }

  #note(name: string): void {
    this.#glance[this.#cellOf(name, 0)] = 1;
  }

  /** What lies outside a short name is 0. */
  #cellOf(host: string, at: number): number {
    const to = host.length;
    const length = to - at;
    const third = host.charCodeAt(at + 2) | 0;
    const middle = host.charCodeAt(at + (length >> 1)) | 0;
    return this.#cell(length, host.charCodeAt(at) | 0, third, middle, host.charCodeAt(lateIn(at, to)) | 0);
  }

  /** By the length and four letters of it. */
  #cell(length: number, first: number, third: number, middle: number, late: number): number {
    const mixed = (((length * 31 + first) * 31 + third) * 31 + middle) * 31 + late;
    return Math.imul(mixed, 0x9e37_79b1) >>> this.#shift;
  }
}

/** The fifth letter from the end; the first of a shorter name. */
const lateIn = (at: number, to: number): number => (to - 5 > at ? to - 5 : at);

/** By how much 32 bits are shifted to name one of so many cells. */
const shiftTo = (cells: number): number => 32 - Math.log2(cells);
