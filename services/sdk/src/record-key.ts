// The key of a record on obs.*: compaction then merges identical copies and nothing else.
// Holds: equal bytes under one id have equal keys; a changed byte makes another key.
// Source: README.md#topics

import { createHash } from 'node:crypto';

/** @returns `<id>:<first 16 hexadecimal digits of the value's SHA-256>`. */
export function recordKey(id: string, value: Buffer): string {
  return `${id}:${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

/** @returns the id in a record's key; undefined for a key of another form. */
export function idInKey(key: Buffer | string): string | undefined {
  return /^([0-9a-f-]{36}):[0-9a-f]{16}$/.exec(key.toString())?.[1];
}
