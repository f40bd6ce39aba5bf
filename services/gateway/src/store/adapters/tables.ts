// The tables of schema `gateway` as Kysely sees them; what makes them is in migrations/.

import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** JSON is written as text, so that a list is not taken for an array of the database. */
type Json<T extends object> = JSONColumnType<T>;
type Instant = ColumnType<Date, Date, Date>;

export interface AnswerTable {
  readonly view: string;
  readonly scope: string;
  readonly key: string;
  readonly body_hash: string;
  readonly holder: string;
  readonly lease_until: Instant;
  readonly kept_until: Instant;
  /** JSON as it was written; null while it is running. */
  readonly answer: string | null;
}

export interface TriageTable {
  readonly view: string;
  readonly alert_id: string;
  readonly seq: number;
  readonly state: string;
  readonly assignee: string | null;
  readonly reason: string;
  readonly decided_by: string;
  readonly decided_at: Instant;
  readonly marking: Json<object>;
}

export interface ItemTable {
  readonly view: string;
  readonly kind: string;
  readonly id: string;
  readonly person: string;
  readonly shared_with: string | null;
  readonly version: number;
  readonly created_at: Instant;
  readonly changed_at: Instant;
  readonly body: Json<Record<string, unknown>>;
}

export interface LatePlaceTable {
  readonly view: string;
  readonly name: string;
  readonly at: Instant;
}

/** Written by migrations alone; read by gateways, to know whether they fit. */
export interface MigrationTable {
  readonly name: Generated<string>;
}

/** By name within the schema. */
export interface Tables {
  readonly answer: AnswerTable;
  readonly triage: TriageTable;
  readonly item: ItemTable;
  readonly late_place: LatePlaceTable;
  readonly migration: MigrationTable;
}

/** The schema they lie in. */
export const SCHEMA = 'gateway';
/** Tables whose rows belong to views, each behind row security. */
export const WALLED_TABLES = ['answer', 'triage', 'item', 'late_place'] as const;
