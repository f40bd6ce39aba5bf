// A set of host names that is asked, mostly in vain, for the end of a longer one: nothing is cut out before a glance says so.
// Holds: exactly what a Set of the same names would answer; the glance may be wrong in one direction only.
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

  #note(name: string): void {
    this.#glance[this.#cellOf(name, 0)] = 1;
  }

  /** By the length and four letters of it; what lies outside a short name is 0. */
  #cellOf(host: string, at: number): number {
    const length = host.length - at;
    let mixed = length;
    mixed = mixed * 31 + (host.charCodeAt(at) | 0);
    mixed = mixed * 31 + (host.charCodeAt(at + 2) | 0);
    mixed = mixed * 31 + (host.charCodeAt(at + (length >> 1)) | 0);
    mixed = mixed * 31 + (host.charCodeAt(host.length - 5 > at ? host.length - 5 : at) | 0);
    return Math.imul(mixed, 0x9e37_79b1) >>> this.#shift;
  }
}

/** By how much 32 bits are shifted to name one of so many cells. */
const shiftTo = (cells: number): number => 32 - Math.log2(cells);
