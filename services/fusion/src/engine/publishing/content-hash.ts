// What of an assessment is hashed, so that a new version is published exactly when something lasting has changed.
// Holds: what only ages is left out; the text is canonical JSON, whatever came first. Source: README.md#assessment; RFC 8785

import { hash } from 'node:crypto';
import type { Assessment } from '@sitebus/sdk';
import { precedenceOf } from './alert.ts';
import type { AssessmentBody } from './assessment.ts';
import { compareText } from '../records/records.ts';
import { PROXIMITY } from '../judgement/severity.ts';

/** SHA-256 of the canonical JSON of what lasts: likelihood by its band, dissent by its pairs, severity by its urgency. */
export function contentHashOf(body: AssessmentBody): string {
  return hash('sha256', contentOf(body), 'hex');
}

/**
 * The canonical JSON (RFC 8785) that is hashed. Bodies are built with their keys in order, at every level, so that the
 * runtime's own JSON is canonical already; a test holds it against a canonicaliser.
 */
function contentOf(body: AssessmentBody): string {
  return JSON.stringify({
    categories: body.categories,
    confidence: body.confidence,
    confidenceCaps: body.confidenceCaps,
    contextValues: body.contextValues,
    dissents: body.dissents.map(({ a, b }) => ({ a, b })),
    firstSeen: body.firstSeen,
    gaps: body.gaps,
    independentRoots: body.independentRoots,
    lastSeen: body.lastSeen,
    likelihood: { band: body.likelihood.band },
    links: body.links,
    marking: body.marking,
    members: body.members,
    platforms: body.platforms,
    positions: body.positions,
    ridings: body.ridings,
    severity: lastingSeverity(body.severity),
    targets: body.targets,
    tools: body.tools,
  });
}

/** Severity without the nearness of an election: what it is made of, and how urgent the whole is. */
export function lastingSeverity({ inputs, score }: Assessment['severity']): object {
  return { inputs: inputs.filter(({ name }) => name !== PROXIMITY), precedence: precedenceOf(score) };
}

/** RFC 8785 for the values that occur here: objects, lists, strings, finite numbers, booleans, null. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}
