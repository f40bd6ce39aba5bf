// Columns of numbers, and how they grow: seldom, because whoever adds a record waits for the copy.
// Holds: what was never written takes no memory, however long a column is; address space is given away for that, some hundred
// megabytes a view. Source: README.md#memory

/** From so many elements on a copy of many columns would be felt: some ten milliseconds. */
const MANY = 2 ** 16;
/** As many records, and as many values, as hardly a view has. */
const MANY_RECORDS = 2 ** 22;
/** For `lengthFor`: values of all records. */
export const MANY_VALUES = 2 ** 25;

/**
 * How long a column of `length` becomes that needs `needed` elements: twice as long at least; but before its copy is felt at
 * once as long as it is likely to get, because memory that was never written takes no room.
 */
export function lengthFor(needed: number, length: number, likely = MANY_RECORDS): number {
  return Math.max(needed, length * 2, length < MANY ? 0 : likely);
}

/** Elements that are looked at together when a column grows. */
const BLOCK = 1_024;

/**
 * Copies a column into its larger successor, which is empty, and hands that back. Where there are only zeros nothing is
 * written: memory that was never written takes no room. For the same reason a 0 is best not written over a 0.
 */
export function grown<A extends Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  column: A,
  larger: A,
): A {
  for (let from = 0; from < column.length; from += BLOCK) {
    const end = from + BLOCK < column.length ? from + BLOCK : column.length;
    let at = from;
    while (at < end && column[at] === 0) at += 1;
    if (at < end) larger.set(column.subarray(from, end), from);
  }
  return larger;
}
