// What is kept of what subscriptions send: where each stands, what was sent when, and which decisions a person has been told.
// Holds: of two replicas one holds a place at a time; a place moves under its holder alone, but for what its owner says of
// it; the log is of the newest attempt of each delivery. The port. Source: README.md#deliveries

/** Sent by itself, held by its owner, or given up because the other side took nothing for too long. */
export const PLACE_STATES = ['ACTIVE', 'PAUSED', 'DEAD'] as const;
export type PlaceState = (typeof PLACE_STATES)[number];

/** Where one subscription, or one person's digest, stands. Times are UTC milliseconds. */
export interface DeliveryPlace {
  readonly state: PlaceState;
  /** The offset in alert.<view> from which on nothing has been sent; of a digest, the beat of the last one. */
  readonly next: bigint;
  /** Id of the alert before `next`; the nil UUID where it is not known. */
  readonly lastId: string;
  /** In a row. */
  readonly failures: number;
  /** Of those in a row, when the first one was. */
  readonly firstFailedMs?: number;
  /** Not before then. */
  readonly retryAtMs?: number;
  /** When something went last. */
  readonly lastSentMs?: number;
}

/** What of a place its holder moves. */
export type PlaceMove = Omit<DeliveryPlace, 'state'> & { readonly isDead?: boolean };

/** Why a delivery was made, and what became of it. */
export const DELIVERY_KINDS = ['WEBHOOK', 'DIGEST', 'TEST'] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];
/** RETRYING: the last attempt failed. WITHHELD: nothing of it may go this way. */
export const DELIVERY_STATES = ['SENDING', 'SENT', 'RETRYING', 'FAILED', 'WITHHELD'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** One delivery of one subscription: a post with its attempts, or a digest. Times are UTC milliseconds. */
export interface DeliveryEntry {
  /** Canonical UUID; the same for every attempt to send the same records. */
  readonly id: string;
  readonly subscription: string;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly records: number;
  /** Records that its owner reads and that may not go this way. */
  readonly withheld: number;
  readonly attempts: number;
  /** Why the last attempt failed, a word; never what the other side said. */
  readonly code?: string;
  readonly leafIndex?: bigint;
  /** From the oldest record to its going out. */
  readonly lagMs?: number;
}

/** A decision of which a person has been told: the newest `seq` of an alert. */
export interface Told {
  readonly alertId: string;
  readonly seq: number;
}

/** What is kept of deliveries. */
export interface KeptDeliveries {
  place(name: string): Promise<DeliveryPlace | undefined>;
  places(names: readonly string[]): Promise<ReadonlyMap<string, DeliveryPlace>>;
  /** Makes the place where it is missing, as `fresh` says. @returns it as it stands; undefined while another holds it. */
  take(
    name: string,
    holder: string,
    times: { readonly nowMs: number; readonly leaseUntilMs: number },
    fresh: Pick<DeliveryPlace, 'next' | 'lastId'>,
  ): Promise<DeliveryPlace | undefined>;
  /** @returns false where it is another's by now: nothing was moved. A paused place that fails for good stays paused. */
  move(name: string, holder: string, move: PlaceMove): Promise<boolean>;
  /** Lets go of it. */
  leave(name: string, holder: string): Promise<void>;
  /** Its owner's word, whoever holds it; makes it where it is missing. ACTIVE forgets failures. */
  turn(name: string, state: PlaceState, fresh: Pick<DeliveryPlace, 'next' | 'lastId'>): Promise<void>;
  /** What a stream has sent of it; it never goes back. */
  pass(name: string, passed: Pick<DeliveryPlace, 'next' | 'lastId'> & { readonly lastSentMs: number }): Promise<void>;
  /** Writes it, or over its earlier attempt: when it was started stays. */
  log(entry: DeliveryEntry): Promise<void>;
  /** Newest first. */
  newest(subscription: string, limit: number): Promise<readonly DeliveryEntry[]>;
  /** Of the person, by alert. */
  told(person: string, alertIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  tell(person: string, what: readonly Told[], atMs: number): Promise<void>;
  /** Its place and its log. */
  forget(name: string, subscription: string): Promise<void>;
  /** What was sent and told before then is forgotten. */
  sweep(beforeMs: number): Promise<void>;
}
