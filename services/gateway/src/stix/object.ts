// What every STIX object has in common, and JSON as STIX wants it.
// Holds: pure; no empty list, no null, names in lower case with underscores; times with milliseconds. Source: STIX 2.1 §3

import type { StixId } from './names.ts';

/** A STIX object as it is sent. */
export interface StixObject {
  readonly type: string;
  readonly id: StixId;
  readonly spec_version: '2.1';
  readonly [property: string]: unknown;
}

/** When the collection took an object in: its first version, and this one. UTC milliseconds. */
export interface Versioned {
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** When definitions and what has no history of its own were made: a constant, so that their version never changes. */
export const FIXED_TIME = '2026-01-01T00:00:00.000Z';

/** Head of an object that is in every collection the same. */
export const FIXED = Object.freeze({ spec_version: '2.1', created: FIXED_TIME, modified: FIXED_TIME } as const);

/** @returns the head of an object with a history. */
export function versionHead({ createdMs, modifiedMs }: Versioned) {
  return { spec_version: '2.1', created: toStixTime(createdMs), modified: toStixTime(modifiedMs) } as const;
}

/** @returns the time with milliseconds and `Z`. */
export function toStixTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** @returns the object without absent properties and empty lists. */
export function withoutEmpty<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isEmpty(value))) as T;
}

/** @returns JSON with names as STIX writes them (`observedAt` → `observed_at`), without empty lists, at every depth. */
export function toStixJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toStixJson).filter((each) => !isEmpty(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [toStixName(name), toStixJson(inner)] as const)
      .filter(([, inner]) => !isEmpty(inner)),
  );
}

function toStixName(name: string): string {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return snake.length < MIN_NAME_CHARS ? snake.padEnd(MIN_NAME_CHARS, '_') : snake;
}

/** STIX 2.1 §3.1; only `id` may be shorter, and ours are called otherwise. */
const MIN_NAME_CHARS = 3;

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
