// An assessment as a report, with indicators for what links it and opinions for what agencies say of it.
// Holds: pure; merged away or closed it is revoked; likelihood, roots and caps are in our extension, never averaged into
// STIX's one number. Source: README.md#stix

import type { Assessment } from '@sitebus/sdk';
import type { ReleasedBody } from '../release.ts';
import { agencyIdentity, extensionDefinition, idOfAgency, ourselves } from './definitions.ts';
import { factsOfAssessment } from './facts.ts';
import type { AssessmentFacts } from './facts.ts';
import type { MappingContext } from './mapping.ts';
import { markingDefinitions, markingRefs } from './marking.ts';
import { EXTENSIONS, idOfRecord, SITEBUS_IDENTITY } from './names.ts';
import type { StixId } from './names.ts';
import { toStixJson, versionHead, withoutEmpty } from './object.ts';
import type { StixObject } from './object.ts';
import { observableOf } from './observables.ts';
import { duplicateOf, indicatorsOf } from './outline.ts';
import type { IndicatorOutline } from './outline.ts';

/** @returns the objects of a released assessment. */
export function assessmentObjects(body: ReleasedBody, context: MappingContext): readonly StixObject[] {
  const { policy } = context;
  const marking = context.markingOf(body);
  const assessment = body as unknown as AssessmentBody;
  const facts = factsOfAssessment(assessment, marking);
  const object_marking_refs = markingRefs(marking, policy);
  const confidence = STIX_CONFIDENCE[assessment.confidence];
  const marked = { object_marking_refs };
  const by = { created_by_ref: SITEBUS_IDENTITY };
  const relation = (kind: string, id: StixId, from: StixId, to: StixId): StixObject => ({
    type: 'relationship', id, ...versionHead(context.versionOf(id)), ...by, relationship_type: kind, source_ref: from, target_ref: to, ...marked,
  }); // prettier-ignore
  const indicators = indicatorsOf(facts, context.currentIdOf);
  return [
    extensionDefinition('marking'),
    extensionDefinition('assessment'),
    ...ourselves(policy),
    ...markingDefinitions(marking, policy),
    ...facts.positions.map(({ agency }) => agencyIdentity(agency, policy)),
    ...indicators.map((each) => ({ ...indicatorObject(each, assessment, context), ...by, confidence, ...marked })),
    ...context.withdrawnFrom(facts.id).map((id) => ({ ...withdrawnIndicator(id, context), ...by, ...marked })),
    ...assessment.positions.map((position) => ({ ...opinionOf(position, context), ...marked })),
    ...indicators.flatMap(({ basis }) => basis.map(({ id, needs: [from, to] }) => relation('based-on', id, from, to))),
    { ...reportOf(assessment, facts, indicators, context), ...by, confidence, ...marked },
    ...duplicateOf(facts).map(({ id, survivor }) => relation('duplicate-of', id, idOfRecord('report', facts.id), survivor)),
  ]; // prettier-ignore
}

/** An assessment in JSON: as decoded, with times as text and a headline. */
type AssessmentBody = Pick<Assessment, 'id' | 'status' | 'confidence' | 'likelihood' | 'links' | 'members' | 'positions'> & {
  readonly redirectTo?: string;
  readonly headline: { readonly en: string; readonly fr: string };
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly expiresAt?: string;
  readonly version: number;
}; // prettier-ignore

/** The middle of STIX's own ranges for low, moderate and high. */
const STIX_CONFIDENCE: Readonly<Record<Assessment['confidence'], number>> = { LOW: 15, MODERATE: 50, HIGH: 85 };
const STIX_OPINIONS: Readonly<Record<Assessment['positions'][number]['stance'], string>> = {
  CONCUR: 'agree',
  DISSENT: 'disagree',
  ABSTAIN: 'neutral',
};

function reportOf(
  assessment: AssessmentBody,
  facts: AssessmentFacts,
  indicators: readonly IndicatorOutline[],
  context: MappingContext,
): StixObject {
  const id = idOfRecord('report', facts.id);
  const head = versionHead(context.versionOf(id));
  const refs = [
    ...facts.members.flatMap((member) => ['observed-data', 'note'].map((type) => idOfRecord(type, member.id))),
    ...indicators.map((indicator) => indicator.id),
    ...facts.positions.map((position) => idOfRecord('opinion', position.id)),
  ].filter((ref) => context.isPresent(ref, id));
  return withoutEmpty({
    type: 'report',
    id,
    ...head,
    name: assessment.headline.en,
    lang: 'en',
    report_types: ['threat-report'],
    published: head.created,
    object_refs: refs.length === 0 ? [SITEBUS_IDENTITY] : refs,
    revoked: facts.status === 'LIVE' ? undefined : true,
    extensions: { [EXTENSIONS.assessment]: extensionOf(assessment) },
  });
}

/** Nothing that names another record: members and survivors are references, which are written only where they lead somewhere. */
const EXTENSION_FIELDS = [
  'view', 'version', 'status', 'likelihood', 'independentRoots', 'confidence', 'confidenceCaps', 'dissents', 'severity',
  'contextValues', 'categories', 'tools', 'ridings', 'platforms', 'gaps', 'firstSeen', 'lastSeen', 'expiresAt', 'ruleVersion', 'policyVersion',
] as const; // prettier-ignore

function extensionOf(assessment: AssessmentBody): object {
  const fields = assessment as unknown as Readonly<Record<string, unknown>>;
  const shown = Object.fromEntries(EXTENSION_FIELDS.map((name) => [name, fields[name]]));
  return {
    extension_type: 'property-extension',
    headline_fr: assessment.headline.fr,
    ...(toStixJson(shown) as object),
  };
}

function indicatorObject({ id, feature }: IndicatorOutline, assessment: AssessmentBody, context: MappingContext): StixObject {
  const { firstSeen, expiresAt } = assessment;
  return withoutEmpty({
    type: 'indicator',
    id,
    ...versionHead(context.versionOf(id)),
    name: `${feature.kind} of: ${assessment.headline.en}`,
    indicator_types: ['malicious-activity'],
    pattern: observableOf(feature)?.pattern,
    pattern_type: 'stix',
    valid_from: firstSeen,
    valid_until: expiresAt !== undefined && expiresAt > firstSeen ? expiresAt : undefined,
  });
} // prettier-ignore

/** What left its assessment is known by its id alone: the value was of an earlier version, and is not shown again. */
function withdrawnIndicator(id: StixId, context: MappingContext): StixObject {
  const head = versionHead(context.versionOf(id));
  return {
    type: 'indicator',
    id,
    ...head,
    revoked: true,
    name: 'withdrawn',
    pattern: "[software:name = 'withdrawn content']",
    pattern_type: 'stix',
    valid_from: head.created,
  };
}

function opinionOf(position: Assessment['positions'][number], context: MappingContext): StixObject {
  const id = idOfRecord('opinion', position.id);
  const about = ['observed-data', 'note'].map((type) => idOfRecord(type, position.about)).filter((ref) => context.isPresent(ref, id));
  return {
    type: 'opinion',
    id,
    ...versionHead(context.versionOf(id)),
    created_by_ref: idOfAgency(position.agency),
    opinion: STIX_OPINIONS[position.stance],
    object_refs: about.length === 0 ? [idOfAgency(position.agency)] : about,
  };
} // prettier-ignore
