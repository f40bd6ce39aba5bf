// What the research room keeps: events of projects and data sets, the key of an edition until it is frozen, frozen rows.
// The port. Holds: an event is appended at its place in its chain or not at all; freezing keeps rows, destroys the key and
// adds its event in one step; whatever goes wrong is STORE_CLOSED, and nothing is guessed. Source: README.md#store

/** One event as it is kept. `body` is canonical JSON. */
export interface KeptEvent {
  readonly kind: 'project' | 'dataset';
  readonly id: string;
  /** From 1, without gaps, per id. */
  readonly seq: number;
  readonly body: string;
  /** Of the event before it; empty for the first. */
  readonly prevHash: string;
  readonly hash: string;
}

/** An edition of a data set. */
export interface EditionPlace {
  readonly dataset: string;
  readonly edition: number;
}

/** `in-memory.ts` is the one of unit tests, `adapters/postgres-store.ts` the one of every stack. */
export interface ResearchStore {
  /** `ok`, or why it cannot be used, in words for `/readyz`. */
  state(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Every event, in the order in which they were kept. */
  events(): Promise<readonly KeptEvent[]>;
  /** @returns false where the id has an event with this `seq` already: somebody else came first. */
  append(event: KeptEvent): Promise<boolean>;
  /** Keeps the key of an edition that begins, with its event; destroys frozen rows and key of the edition before. */
  beginEdition(event: KeptEvent, place: EditionPlace, key: Buffer): Promise<boolean>;
  keyOf(place: EditionPlace): Promise<Buffer | undefined>;
  /** Keeps the rows, destroys the key, and adds the event: all of it or nothing. */
  freeze(event: KeptEvent, place: EditionPlace, rows: Buffer): Promise<boolean>;
  rowsOf(place: EditionPlace): Promise<Buffer | undefined>;
  /** Destroys rows and keys of every edition, and adds the event. */
  retract(event: KeptEvent, dataset: string): Promise<boolean>;
}
