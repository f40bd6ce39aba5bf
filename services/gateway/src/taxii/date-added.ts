// `date_added` and the times a client asks after.
// Holds: printed with six digits of which the last three are zero, so that a client that cuts to milliseconds has the same.

const FRACTION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?Z$/;

/** @returns the time as every TAXII answer prints it. */
export function printAdded(addedMs: number): string {
  return new Date(addedMs).toISOString().replace('Z', '000Z');
}

/** @returns UTC milliseconds, what is finer cut off; undefined for anything but RFC 3339 in UTC. */
export function readTime(text: string): number | undefined {
  const [, seconds, fraction = ''] = FRACTION.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const ms = Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
