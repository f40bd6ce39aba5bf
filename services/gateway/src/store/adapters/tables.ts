// The tables of schema `gateway` as Kysely sees them; what makes them is in migrations/.

import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** JSON is written as text, so that a list is not taken for an array of the database. */
type Json<T extends object> = JSONColumnType<T>;
type Instant = ColumnType<Date, Date, Date>;
type MaybeInstant = ColumnType<Date | null, Date | null, Date | null>;

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

export interface DeliveryPlaceTable {
  readonly view: string;
  readonly name: string;
  readonly state: string;
  /** Of 64 bits: the driver gives text. */
  readonly next: string;
  readonly last_id: string;
  readonly failures: number;
  readonly first_failed_at: MaybeInstant;
  readonly retry_at: MaybeInstant;
  readonly last_sent_at: MaybeInstant;
  readonly holder: string | null;
  readonly lease_until: MaybeInstant;
}

export interface DeliveryTable {
  readonly view: string;
  readonly subscription: string;
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly started_at: Instant;
  readonly ended_at: MaybeInstant;
  readonly records: number;
  readonly withheld: number;
  readonly attempts: number;
  readonly code: string | null;
  readonly leaf: string | null;
  readonly lag_ms: string | null;
}

export interface ToldDecisionTable {
  readonly view: string;
  readonly person: string;
  readonly alert_id: string;
  readonly seq: number;
  readonly told_at: Instant;
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
  readonly key_use: LatePlaceTable;
  readonly delivery_place: DeliveryPlaceTable;
  readonly delivery: DeliveryTable;
  readonly told_decision: ToldDecisionTable;
  readonly migration: MigrationTable;
}

/** The schema they lie in. */
export const SCHEMA = 'gateway';
/** Tables whose rows belong to views, each behind row security. */
export const WALLED_TABLES = [
  'answer', 'triage', 'item', 'late_place', 'key_use', 'delivery_place', 'delivery', 'told_decision',
] as const; // prettier-ignore
