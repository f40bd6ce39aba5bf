// What becomes of one item of a batch: a file's record, a line of NDJSON. An outcome is a value, because the neighbours go on.
// Holds: accepted + refused + skipped = items; every item that was not accepted says what, where and what next.

/** An item that lies on the bus. */
export interface AcceptedItem {
  /** 1-based position in the input (line, or record number). */
  readonly line: number;
  /** JSON pointer to the item, or the column's name; '' or absent for the whole line. */
  readonly pointer?: string;
  readonly status: 'accepted';
  /** The observation that carries the item; several items of a file may share one. */
  readonly id: string;
  readonly cell: string;
  /** True when the same item had been accepted before and nothing new was written. */
  readonly known?: boolean;
  /** Things worth telling that refuse nothing. */
  readonly warnings?: readonly string[];
}

/** An item that does not, and what would help. */
export interface NotAcceptedItem {
  readonly line: number;
  readonly status: 'refused' | 'skipped';
  readonly code: string;
  /** JSON pointer into the item, or the column's name. */
  readonly pointer?: string;
  readonly reason: string;
  readonly fix: string;
}

/** What became of one item. */
export type ItemAnswer = AcceptedItem | NotAcceptedItem;

/** The closing line of a batch; it adds up. */
export interface BatchSummary {
  readonly items: number;
  readonly accepted: number;
  readonly refused: number;
  readonly skipped: number;
}
