// Under which name it is kept where something stands: a subscription its own, a digest its person's.

import type { DeskItem } from '../store/desk.ts';

/** @returns the name of a subscription's place. */
export function placeOf({ id }: Pick<DeskItem, 'id'>): string {
  return `subscription ${id}`;
}

/** @returns the name of a person's digest: one, however many subscriptions ask for it. */
export function digestPlaceOf({ person }: Pick<DeskItem, 'person'>): string {
  return `digest ${person}`;
}
