// An observation as observed-data over its observables, or as a note, with its techniques, actors and targets.
// Holds: pure; whatever STIX has no place for is in our extension; recalled, only the revoked shell is left.

import type { ReleasedBody } from '../release.ts';
import { agencyIdentity, extensionDefinition, idOfAgency, ourselves } from './definitions.ts';
import { factsOfObservation } from './facts.ts';
import type { ObservationFacts, Target } from './facts.ts';
import type { MappingContext } from './mapping.ts';
import { markingDefinitions, markingRefs } from './marking.ts';
import { EXTENSIONS, idOfRecord, SITEBUS_IDENTITY } from './names.ts';
import { FIXED, toStixJson, versionHead, withoutEmpty } from './object.ts';
import type { StixObject } from './object.ts';
import { idOfObservation, relationsOf, WITHDRAWN_PLACEHOLDER } from './outline.ts';

/** @returns the objects of a released observation. */
export function observationObjects(body: ReleasedBody, context: MappingContext): readonly StixObject[] {
  const { policy } = context;
  const marking = context.markingOf(body);
  const object_marking_refs = markingRefs(marking, policy);
  const inEveryRecord = [
    extensionDefinition('marking'),
    extensionDefinition('observation'),
    ...ourselves(policy),
    ...markingDefinitions(marking, policy),
  ];
  if (body['status'] === 'RECALLED')
    return [...inEveryRecord, ...revoked(body['id'] as string, object_marking_refs, context)];
  const facts = factsOfObservation(body, { marking, features: context.featuresOf(body) });
  const marked = { object_marking_refs };
  const by = { created_by_ref: idOfAgency(facts.agency) };
  return [
    ...inEveryRecord,
    agencyIdentity(facts.agency, policy),
    ...facts.observables.map(({ type, id, properties }) => ({ type, spec_version: '2.1' as const, id, ...properties, ...marked })),
    ...facts.targets.map((target) => ({ ...targetIdentity(target), ...marked })),
    ...facts.techniques.map(({ attackPattern, framework, id }) => ({
      type: 'attack-pattern',
      id: attackPattern,
      ...FIXED,
      name: id,
      external_references: [{ source_name: SOURCE_NAMES.get(framework) ?? framework, external_id: id }],
      ...marked,
    })),
    ...facts.actors.map(({ intrusionSet, name }) => ({ type: 'intrusion-set', id: intrusionSet, ...FIXED, name, ...marked })),
    { ...selfOf(body, facts, context), ...by, ...marked },
    ...relationsOf(facts).map(({ id, kind, to }) => ({
      type: 'relationship',
      id,
      ...versionHead(context.versionOf(id)),
      ...by,
      relationship_type: kind,
      source_ref: idOfObservation(facts),
      target_ref: to,
      ...marked,
    })),
  ]; // prettier-ignore
}

/** Published vocabularies, as others name them. */
const SOURCE_NAMES: ReadonlyMap<string, string> = new Map([
  ['DISARM', 'DISARM'],
  ['ATTACK', 'mitre-attack'],
]);

function selfOf(body: ReleasedBody, facts: ObservationFacts, context: MappingContext): StixObject {
  const { envelope, report, texts, type, reason, falseClaim } = body as unknown as ObservationText;
  const id = idOfObservation(facts);
  const head = {
    id,
    ...versionHead(context.versionOf(id)),
    extensions: { [EXTENSIONS.observation]: extensionOf(body) },
  };
  if (facts.observables.length === 0) {
    const paragraphs = [...(report?.portions ?? []), ...(texts ?? [])].map(({ text }) => text);
    return {
      type: 'note',
      ...head,
      abstract: report?.title ?? type,
      content: paragraphs.join('\n\n') || reason || falseClaim || type,
      object_refs: [idOfAgency(facts.agency)],
    };
  }
  const first = report?.firstSeen ?? envelope.observedAt;
  const last = report?.lastSeen ?? envelope.observedAt;
  return {
    type: 'observed-data',
    ...head,
    first_observed: first < last ? first : last,
    last_observed: first < last ? last : first,
    number_observed: 1,
    object_refs: facts.observables.map((observable) => observable.id),
  };
}

interface ObservationText {
  readonly type: string;
  readonly envelope: { readonly observedAt: string };
  readonly report?: {
    readonly title?: string;
    readonly firstSeen?: string;
    readonly lastSeen?: string;
    readonly portions?: readonly { readonly text: string }[];
  };
  readonly texts?: readonly { readonly text: string }[];
  readonly reason?: string;
  readonly falseClaim?: string;
}

/** Fields that name other observations: what they name may come to be visible later, and a version never changes. */
const CITING_FIELDS = ['about', 'child', 'parent', 'replacement', 'lineage', 'supersedes', 'recalls'];

/**
 * Everything but the marking, which is referred to, the state that fusion derives, which changes by itself, and the ids of
 * other observations.
 */
function extensionOf(body: ReleasedBody): object {
  const { type, id: _id, status: _status, supersededBy: _by, marking: _marking, envelope, report, ...fields } = body;
  const { id: _own, marking: _its, ...origin } = envelope as Readonly<Record<string, unknown>>;
  const { portions = [], ...reported } = (report ?? {}) as { readonly portions?: readonly PortionBody[] };
  return withoutEmpty({
    extension_type: 'property-extension',
    record_type: type,
    envelope: toStixJson(uncited(origin)),
    report: toStixJson({
      ...reported,
      portions: portions.map(({ text, lang, marking }) => ({ text, lang, banner: marking?.banner })),
    }),
    fields: toStixJson(uncited(fields)),
  });
}

function uncited(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !CITING_FIELDS.includes(name)));
}

interface PortionBody {
  readonly text: string;
  readonly lang: string;
  readonly marking?: { readonly banner: string };
}

function targetIdentity({ identity, kind, name }: Target): StixObject {
  return {
    type: 'identity',
    id: identity,
    ...FIXED,
    name: name === '' ? kind : name,
    identity_class: IDENTITY_CLASSES.get(kind) ?? 'unspecified',
    roles: [kind],
  };
}

/** STIX's open vocabulary of identity classes, by our kinds of target. */
const IDENTITY_CLASSES: ReadonlyMap<string, string> = new Map([
  ['PARTY', 'organization'],
  ['CANDIDATE', 'individual'],
  ['CAMPAIGN_STAFF', 'individual'],
  ['OFFICE_HOLDER', 'individual'],
  ['ELECTION_BODY', 'organization'],
  ['ELECTION_WORKER', 'individual'],
  ['VOTERS', 'group'],
  ['COMMUNITY', 'group'],
  ['MEDIA', 'organization'],
  ['PLATFORM', 'organization'],
  ['SUPPLIER', 'organization'],
]);

/** What was recalled is known by its id alone: whichever kind of object it was, it is revoked, without content. */
function revoked(uuid: string, object_marking_refs: readonly string[], context: MappingContext): readonly StixObject[] {
  const head = (type: string) => {
    const id = idOfRecord(type, uuid);
    return { type, id, ...versionHead(context.versionOf(id)), created_by_ref: SITEBUS_IDENTITY, revoked: true, object_marking_refs };
  }; // prettier-ignore
  const observed = head('observed-data');
  return [
    {
      type: 'software',
      spec_version: '2.1',
      id: WITHDRAWN_PLACEHOLDER,
      name: 'withdrawn content',
      object_marking_refs,
    },
    {
      ...observed,
      first_observed: observed.created,
      last_observed: observed.created,
      number_observed: 1,
      object_refs: [WITHDRAWN_PLACEHOLDER],
    },
    { ...head('note'), content: 'recalled', object_refs: [SITEBUS_IDENTITY] },
  ];
}
