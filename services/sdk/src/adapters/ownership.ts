// Whether what was fetched under an assignment is still a member's: three cells, which another thread may read as well.
// Holds: false as soon as an assignment has ended, the member is gone, or no heartbeat was answered for a session's length;
// never true again for a generation that has ended. Time is the runtime's monotonic clock, which all threads share.
// Source: README.md#the-bus

/** Time without an answered heartbeat after which a group drops a member, ms. */
export const SESSION_TIMEOUT_MS = 10_000;

const GENERATION = 0;
const IS_GONE = 1;
const HEARD_AT_NS = 2;
const CELLS = 3;
const SESSION_TIMEOUT_NS = BigInt(SESSION_TIMEOUT_MS) * 1_000_000n;

/** One member's ownership. The side that keeps the membership writes; any side reads. */
export class Ownership {
  /** What another thread needs to look at the same. */
  readonly memory: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(memory = new SharedArrayBuffer(CELLS * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new BigInt64Array(memory);
  }

  /** Counts assignments; a batch belongs to the one under which it was fetched. */
  get generation(): bigint {
    return Atomics.load(this.#cells, GENERATION);
  }

  /** A new assignment: everything fetched before belongs to nobody. */
  renew(): void {
    Atomics.add(this.#cells, GENERATION, 1n);
    Atomics.store(this.#cells, IS_GONE, 0n);
  }

  /** The group has dropped the member, or the member is over. */
  lose(): void {
    Atomics.store(this.#cells, IS_GONE, 1n);
  }

  /** A heartbeat was answered. */
  heard(): void {
    Atomics.store(this.#cells, HEARD_AT_NS, process.hrtime.bigint());
  }

  /** Whether what was fetched in this generation is still the member's. */
  owns(generation: bigint): boolean {
    const silentNs = process.hrtime.bigint() - Atomics.load(this.#cells, HEARD_AT_NS);
    return (
      generation === this.generation && Atomics.load(this.#cells, IS_GONE) === 0n && silentNs <= SESSION_TIMEOUT_NS
    );
  }
}
