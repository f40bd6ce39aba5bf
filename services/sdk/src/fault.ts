// One thing wrong with what a caller sent: where, which, and what to do.
// Holds: codes are literals; `detail` and `hint` repeat nothing but what this caller sent.

/** A refusal of one field; publishing a record with any fault is refused. */
export interface Fault {
  /** JSON pointer (RFC 6901) into the record; '' is the record itself. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
}

/** @returns the JSON pointer (RFC 6901) of a path of keys and indices. */
export function toPointer(path: readonly (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
