// The observation types as TypeScript sees them: names, values, and what a producer fills in.
// Holds: generated from schemas/avro (npm run schemas:types -- --check compares); timestamps are UTC milliseconds.

import type { ObservationByType } from './generated/observation.ts';

/** Name of a record type agencies write, without its namespace. */
export type ObservationType = keyof ObservationByType;

/** One observation as it is encoded and decoded. */
export type Observation<T extends ObservationType = ObservationType> = ObservationByType[T];

/** What a producer fills in: every field but the envelope. */
export type Fields<T extends ObservationType> = Omit<ObservationByType[T], 'envelope'>;

/** The namespace of every observation type. */
export const OBSERVATION_NAMESPACE = 'ca.sitebus.observation';

/** The subject of an observation type (RecordNameStrategy: the full name). */
export const observationSubject = (type: string): string => `${OBSERVATION_NAMESPACE}.${type}`;
