// An assessment as its explanation: what makes it one, and what makes it this likely.
// Holds: pure, on the released body; leaves out what explains nothing. Source: README.md#routes

import type { JsonObject } from './avro-json.ts';
import type { Body } from './redact.ts';

const EXPLAINING = [
  'id',
  'view',
  'version',
  'status',
  'marking',
  'headline',
  'members',
  'links',
  'contextValues',
  'copies',
  'likelihood',
  'evidence',
  'independentRoots',
  'confidence',
  'confidenceCaps',
  'dissents',
  'positions',
  'severity',
  'gaps',
  'assessedAt',
  'ruleVersion',
  'policyVersion',
] as const;

/** @returns the fields one needs to recompute it by hand. */
export function explain(body: Body): JsonObject {
  return Object.fromEntries(EXPLAINING.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]])));
}
