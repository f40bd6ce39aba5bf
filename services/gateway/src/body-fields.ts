// Single fields of a released body, by the type they must have.
// Holds: pure; a field of another type, or redacted, is as absent. Source: README.md#public-matters

import type { Body } from './redact.ts';

/** A text; blank where there is none. */
export function textIn(body: Body, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value : '';
}

/** The texts of a list. */
export function textsIn(body: Body, field: string): readonly string[] {
  const value = body[field];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

/** A count; longs are released as text or number. */
export function countIn(body: Body, field: string): number | null {
  const value = body[field];
  const count = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(count) ? count : null;
}

/** An instant, UTC milliseconds; NaN where there is none. */
export function instantIn(body: Body, field: string): number {
  return Date.parse(textIn(body, field));
}

/** An object; empty where there is none. */
export function objectIn(body: Body, field: string): Body {
  const value = body[field];
  return typeof value === 'object' && !Array.isArray(value) ? (value as Body) : {};
}
