// The tables of schema `research` as Kysely sees them; what makes them is in migrations/.

import type { Generated } from 'kysely';

export interface EventTable {
  /** In the order in which they were kept. */
  readonly place: Generated<string>;
  readonly kind: 'project' | 'dataset';
  readonly id: string;
  readonly seq: number;
  readonly body: string;
  readonly prev_hash: string;
  readonly hash: string;
}

export interface KeyTable {
  readonly dataset: string;
  readonly edition: number;
  readonly secret: Buffer;
}

export interface FrozenTable {
  readonly dataset: string;
  readonly edition: number;
  readonly content: Buffer;
}

/** By name within the schema. */
export interface Tables {
  readonly event: EventTable;
  readonly key: KeyTable;
  readonly frozen: FrozenTable;
}

/** The schema they lie in. */
export const SCHEMA = 'research';
/** The role that the room signs in as. */
export const ROLE = 'research';
