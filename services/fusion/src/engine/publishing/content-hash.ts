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
 * The canonical JSON (RFC 8785) that is hashed: keys in order at every level, strings and numbers as the runtime's own JSON
 * writes them. Written piece by piece, at a third of the cost of building an object to be written; a test holds it against a
 * canonicaliser.
 */
function contentOf(body: AssessmentBody): string {
  const { categories, confidence, confidenceCaps, contextValues, dissents, gaps, likelihood, links, marking } = body;
  const { members, platforms, positions, ridings, severity, targets, tools } = body;
  return (
    `{"categories":${json(categories)},"confidence":"${confidence}","confidenceCaps":${json(confidenceCaps)}` +
    `,"contextValues":${json(contextValues)}${copiesJson(body)},"dissents":${json(dissents.map(({ a, b }) => ({ a, b })))}` +
    `,"firstSeen":${body.firstSeen},"gaps":${json(gaps)},"independentRoots":${body.independentRoots}` +
    `,"lastSeen":${body.lastSeen},"likelihood":{"band":${likelihood.band}},"links":${listOf(links, linkJson)}` +
    `,"marking":${json(marking)},"members":${listOf(members, memberJson)},"platforms":${json(platforms)}` +
    `,"positions":${json(positions)},"ridings":${json(ridings)},"severity":${json(lastingSeverity(severity))}` +
    `,"targets":${json(targets)},"tools":${json(tools)}}`
  );
}

/** Only where there are any: what has none is hashed as if it could have none. */
function copiesJson({ copies }: AssessmentBody): string {
  return copies.length === 0 ? '' : `,"copies":${JSON.stringify(copies)}`;
}

function memberJson(member: AssessmentBody['members'][number]): string {
  const { agency, category, copyOf, discounted, id, infoGrade, lifetimeDays, observedAt, root } = member;
  return (
    `{"agency":${word(agency)},"category":${orNull(category, word)},"copyOf":${orNull(copyOf, quoted)}` +
    `,"discounted":${orNull(discounted, word)},"id":${quoted(id)},"infoGrade":${infoGrade}` +
    `,"lifetimeDays":${lifetimeDays},"observedAt":${observedAt},"root":${orNull(root, quoted)}` +
    `,"sourceGrade":"${member.sourceGrade}","stance":"${member.stance}","type":${word(member.type)}}`
  );
}

function linkJson({ a, b, features, scoreMicro }: AssessmentBody['links'][number]): string {
  return `{"a":${quoted(a)},"b":${quoted(b)},"features":${listOf(features, featureJson)},"scoreMicro":${scoreMicro}}`;
}

function featureJson(feature: AssessmentBody['links'][number]['features'][number]): string {
  const { contributionMicro, dfBucket, kind, value, weight } = feature;
  return (
    `{"contributionMicro":${contributionMicro},"dfBucket":${dfBucket},"kind":${word(kind)}` +
    `,"value":${quoted(value)},"weight":${weight}}`
  );
}

function listOf<T>(items: readonly T[], toJson: (item: T) => string): string {
  let text = '';
  for (const item of items) text += text === '' ? toJson(item) : `,${toJson(item)}`;
  return `[${text}]`;
}

const orNull = (text: string | null, toJson: (text: string) => string): string =>
  text === null ? 'null' : toJson(text);

const quoted = (text: string): string => JSON.stringify(text);

/** Words kept; forgotten together, because agencies and types may come and go. */
const MAX_WORDS = 1_024;
const words = new Map<string, string>();

/** A text that many bodies have, such as an agency or a kind. */
function word(text: string): string {
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size >= MAX_WORDS) words.clear();
  const written = quoted(text);
  words.set(text, written);
  return written;
}

const parts = new WeakMap<object, string>();

/** The JSON of a part; one that is frozen (at every level) is written once, however many bodies share it. */
function json(part: object): string {
  if (Array.isArray(part) && part.length === 0) return '[]';
  if (!Object.isFrozen(part)) return JSON.stringify(part);
  let text = parts.get(part);
  if (text === undefined) parts.set(part, (text = JSON.stringify(part)));
  return text;
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
