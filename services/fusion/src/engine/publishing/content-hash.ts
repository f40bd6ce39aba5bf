// What of an assessment is hashed, so that a new version is published exactly when something lasting has changed.
// Holds: what only ages is left out; the text is canonical JSON, whatever came first. Source: README.md#assessment; RFC 8785

import { hash } from 'node:crypto';
import type { Assessment } from '@sitebus/sdk';
import { precedenceOf } from './alert.ts';
import type { AssessmentBody } from './assessment.ts';
import { CanonicalBytes } from './canonical-bytes.ts';
import { compareText } from '../records/records.ts';
import { PROXIMITY } from '../judgement/severity.ts';

/** SHA-256 of the canonical JSON of what lasts: likelihood by its band, dissent by its pairs, severity by its urgency. */
export function contentHashOf(body: AssessmentBody): string {
  writeContent(content.begin(), body);
  return hash('sha256', content.written, 'hex');
}

const content = new CanonicalBytes();

/**
 * The canonical JSON (RFC 8785) that is hashed: keys in order at every level, strings and numbers as the runtime's own JSON
 * writes them. Written piece by piece, at a fraction of the cost of building an object to be written; a test holds it
 * against a canonicaliser.
 */
function writeContent(to: CanonicalBytes, body: AssessmentBody): void {
  to.raw('{"categories":').piece(json(body.categories)).raw(',"confidence":').text(body.confidence);
  to.raw(',"confidenceCaps":').piece(json(body.confidenceCaps));
  to.raw(',"contextValues":').list(body.contextValues, writeContextValue);
  if (body.copies.length > 0) to.raw(',"copies":').piece(json(body.copies)); // what has none is hashed as if it could have none
  to.raw(',"dissents":').list(body.dissents, writeDissent);
  to.raw(',"firstSeen":').number(body.firstSeen).raw(',"gaps":').piece(json(body.gaps));
  to.raw(',"independentRoots":').number(body.independentRoots).raw(',"lastSeen":').number(body.lastSeen);
  to.raw(',"likelihood":{"band":').number(body.likelihood.band).raw('},"links":').list(body.links, writeLink);
  to.raw(',"marking":').piece(json(body.marking)).raw(',"members":').list(body.members, writeMember);
  to.raw(',"platforms":').piece(json(body.platforms)).raw(',"positions":').piece(json(body.positions));
  to.raw(',"ridings":').piece(json(body.ridings)).raw(',"severity":');
  writeSeverity(to, body.severity);
  to.raw(',"targets":').piece(json(body.targets)).raw(',"tools":').piece(json(body.tools)).raw('}');
}

function writeContextValue(to: CanonicalBytes, { kind, value, why }: AssessmentBody['contextValues'][number]): void {
  to.raw('{"kind":').text(kind).raw(',"value":').text(value).raw(',"why":').text(why).raw('}');
}

function writeDissent(to: CanonicalBytes, { a, b }: AssessmentBody['dissents'][number]): void {
  to.raw('{"a":').text(a).raw(',"b":').text(b).raw('}');
}

function writeLink(to: CanonicalBytes, { a, b, features, scoreMicro }: AssessmentBody['links'][number]): void {
  to.raw('{"a":').text(a).raw(',"b":').text(b).raw(',"features":').list(features, writeFeature);
  to.raw(',"scoreMicro":').number(scoreMicro).raw('}');
}

function writeFeature(to: CanonicalBytes, feature: AssessmentBody['links'][number]['features'][number]): void {
  to.raw('{"contributionMicro":').number(feature.contributionMicro).raw(',"dfBucket":').number(feature.dfBucket);
  to.raw(',"kind":').text(feature.kind).raw(',"value":').text(feature.value);
  to.raw(',"weight":').number(feature.weight).raw('}');
}

function writeMember(to: CanonicalBytes, member: AssessmentBody['members'][number]): void {
  to.raw('{"agency":').text(member.agency).raw(',"category":').textOrNull(member.category);
  to.raw(',"copyOf":').textOrNull(member.copyOf).raw(',"discounted":').textOrNull(member.discounted);
  to.raw(',"id":').text(member.id).raw(',"infoGrade":').number(member.infoGrade);
  to.raw(',"lifetimeDays":').number(member.lifetimeDays).raw(',"observedAt":').number(member.observedAt);
  to.raw(',"root":').textOrNull(member.root).raw(',"sourceGrade":').text(member.sourceGrade);
  to.raw(',"stance":').text(member.stance).raw(',"type":').text(member.type).raw('}');
}

/** Without the nearness of an election: what it is made of, and how urgent the whole is. */
function writeSeverity(to: CanonicalBytes, { inputs, score }: AssessmentBody['severity']): void {
  to.raw('{"inputs":').list(lastingInputs(inputs), writeInput);
  to.raw(',"precedence":').text(precedenceOf(score)).raw('}');
}

function writeInput(to: CanonicalBytes, { name, value }: AssessmentBody['severity']['inputs'][number]): void {
  to.raw('{"name":').text(name).raw(',"value":').number(value).raw('}');
}

const EMPTY = Buffer.from('[]');
const parts = new WeakMap<object, Uint8Array>();

/** The JSON of a part; one that is frozen (at every level) is written once, however many bodies share it. */
function json(part: object): Uint8Array {
  if (Array.isArray(part) && part.length === 0) return EMPTY;
  if (!Object.isFrozen(part)) return Buffer.from(JSON.stringify(part));
  let bytes = parts.get(part);
  if (bytes === undefined) parts.set(part, (bytes = Buffer.from(JSON.stringify(part))));
  return bytes;
}

/** Severity without the nearness of an election: what it is made of, and how urgent the whole is. */
export function lastingSeverity({ inputs, score }: Assessment['severity']): object {
  return { inputs: lastingInputs(inputs), precedence: precedenceOf(score) };
}

function lastingInputs(inputs: Assessment['severity']['inputs']): Assessment['severity']['inputs'] {
  return inputs.filter(({ name }) => name !== PROXIMITY);
}

/** RFC 8785 for the values that occur here: objects, lists, strings, finite numbers, booleans, null. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}
