// One thing that a person does at a gateway, as data: when, who, in which view, what is asked, and what has to be answered.
// Holds: pure; strings may name instants `{{D-4T12:00Z}}`, what earlier acts kept `{{case1}}`, what was read just before
// `{{read.evidenceHash}}`, and things that are looked up by a text that occurs in them `{{observation CANARY-1.12}}`.
// Source: README.md#acts

/** An act. */
export interface Act {
  /** Tells it from others; unique. */
  readonly id: string;
  /** Such as `D-23T19:00Z`. */
  readonly at: string;
  /** Person of policy; absent: nobody, without a token. */
  readonly by?: string;
  readonly view: string;
  /** Path, without `view`; either this or `post`. */
  readonly get?: string;
  readonly post?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Read before, by the same person: its ETag goes along, and its properties are `{{read.…}}`. */
  readonly reads?: string;
  /** True: signs `toSign` of what was read, and sends the signature. */
  readonly signs?: true;
  /** Status that has to be answered; default: any of success. */
  readonly answers?: number;
  /** Properties that the answer has to have; of a problem, `type` without its urn. */
  readonly shows?: Readonly<Record<string, unknown>>;
  /** What the answer has to say somewhere. */
  readonly says?: readonly string[];
  /** Name under which the id of the answer is kept. */
  readonly keeps?: string;
  /** The row that the record `applied` of the answer is. */
  readonly makes?: string;
  /** True for what somebody does who was told of a decision: without these acts nothing of it changes. */
  readonly isOfRecipient?: true;
}

/** What people do on one matter, in order. */
export type Acts = readonly Act[];
