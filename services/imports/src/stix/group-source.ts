// What all observations of one group share: where it comes from, when, how good, and what it says beside its values.
// Holds: pure; every fact keeps the marking of the object that states it. Source: README.md#stix, README.md#origins

import { createMarking, type Marking } from '@sitebus/marking';
import { contentName } from '../ids.ts';
import type { IndicatorSource, MarkedFact } from '../indicator-parts.ts';
import { toInstantMs } from '../instants.ts';
import type { ReadingContext } from '../reading.ts';
import type { ReportFact } from '../report.ts';
import { readTags, toTtp, type TagFacts } from '../tags.ts';
import { listAt, objectAt, textAt, textsAt } from '../untrusted.ts';
import { CONTAINER_TYPES, type StixEdge, type StixNode } from './graph.ts';
import type { StixGroup } from './groups.ts';
import { recipientsOf } from './object-values.ts';
import type { JsonObject } from '../untrusted.ts';

/** Our observation extension: what STIX itself has no property for. */
export const OBSERVATION_EXTENSION = 'extension-definition--3a7fd43c-6eae-5aa6-bcfd-59a14f2c8518';

const ACTOR_TYPES = ['campaign', 'intrusion-set', 'threat-actor'];
/** Ends of `part-of` and `belongs-to` that name an operation; an address that belongs to a network names none. */
const OPERATION_TYPES = ['identity', ...ACTOR_TYPES];

/** The source of a group's observations; `undefined` tags refuse nothing, an unmapped grade does. */
export function sourceOfGroup(
  group: StixGroup,
  context: ReadingContext,
): { readonly source: IndicatorSource; readonly tags: TagFacts } {
  const { container, members } = group;
  const tags = readTags(container === undefined ? [] : textsAt(container.object, 'labels'), context.mapping.grades);
  const revisedAtMs = Math.max(
    ...[container, ...members, ...group.edges.map(({ node }) => node)].map((node) => node?.modifiedMs ?? 0),
    0,
  );
  const source: IndicatorSource = {
    title: container === undefined ? 'STIX objects in no container' : titleOf(container),
    native: {
      format: 'stix',
      nativeId: container?.id ?? contentName(members.map(({ id }) => id)),
      revision: String(revisedAtMs),
      revisedAtMs,
    },
    marking: container?.marking ?? lowest(context),
    observedAtMs: observedAt(group) ?? (revisedAtMs > 0 ? revisedAtMs : undefined),
    sourceGrade: tags.sourceGrade ?? reliabilityOf(container) ?? 'F',
    infoGrade: tags.infoGrade ?? 6,
    origin:
      container === undefined ? undefined : `stix:${textAt(container.object, 'created_by_ref') ?? '-'}/${container.id}`,
    category: container === undefined ? undefined : categoryOf(container.object),
    mapping: context.mapping,
  };
  return { source, tags };
}

/** Category as our own extension states it; undefined leaves it to the source's mapping. */
export function categoryOf(object: JsonObject): string | undefined {
  return textAt(objectAt(object['extensions'], OBSERVATION_EXTENSION), 'category');
}

/** Everything a group says beside its values. */
export function factsOfGroup(group: StixGroup, tags: TagFacts, objects: ReadonlyMap<string, JsonObject>): MarkedFact[] {
  const { container } = group;
  const own =
    container === undefined
      ? []
      : [...containerFacts(container), ...tagFacts(tags)].map((fact) => ({
          fact,
          marking: container.marking,
          item: container.item,
        }));
  const stated = group.members.flatMap((node) =>
    nodeFacts(node, objects).map((fact) => ({ fact, marking: node.marking, item: node.item })),
  );
  const related = group.edges.flatMap((edge) =>
    edgeFacts(edge).map((fact) => ({ fact, marking: edge.node.marking, item: edge.node.item })),
  );
  return [...own, ...stated, ...related];
}

/** True for an edge that `factsOfGroup` reads; what no rule reads is a line of context. */
export function statesFact(edge: StixEdge): boolean {
  return edgeFacts(edge).length > 0;
}

/** The name by which an operation is known, for a thing that is `part-of` or `belongs-to` it. */
export function operationOf(node: StixNode, edges: readonly StixEdge[]): string | undefined {
  return edges
    .filter((edge) => edge.source === node && isOperation(edge))
    .map(({ target }) => nameOf(target))
    .sort()[0];
}

/** The name of an object for people. */
export function nameOf({ object, id }: StixNode): string {
  return (
    textAt(object, 'name') ??
    textAt(object, 'title') ??
    textAt(object, 'value') ??
    textAt(object, 'account_login') ??
    textAt(object, 'user_id') ??
    id
  );
}

/** The lowest marking, for the title of objects in no container, which says nothing. */
function lowest(context: ReadingContext): Marking {
  return createMarking({ classified: 'UNCLASSIFIED', owners: [context.policy.homeNation], origins: [context.agency] });
}

function titleOf(container: StixNode): string {
  const { object, type } = container;
  return (
    textAt(object, 'name') ?? textAt(object, 'abstract') ?? textAt(object, 'content')?.split('\n')[0] ?? `STIX ${type}`
  );
}

function observedAt({ container, members }: StixGroup): number | undefined {
  const observed = [container, ...members].flatMap((node) =>
    node?.type === 'observed-data' ? (toInstantMs(textAt(node.object, 'last_observed') ?? '') ?? []) : [],
  );
  if (observed.length > 0) return Math.max(...observed);
  return (
    toInstantMs(textAt(container?.object, 'published') ?? '') ?? toInstantMs(textAt(container?.object, 'created') ?? '')
  );
}

/** OpenCTI writes the Admiralty letter before its meaning: `B - Usually reliable`. */
function reliabilityOf(container: StixNode | undefined): IndicatorSource['sourceGrade'] | undefined {
  const letter = /^([A-F])\b/.exec(textAt(container?.object, 'x_opencti_reliability') ?? '')?.[1];
  return letter as IndicatorSource['sourceGrade'] | undefined; // the pattern admits A–F alone
}

function containerFacts({ object }: StixNode): ReportFact[] {
  const texts = [textAt(object, 'description'), textAt(object, 'content'), textAt(object, 'explanation')].filter(
    (text) => text !== undefined,
  );
  const [firstMs, lastMs] = ['first_observed', 'last_observed'].map((key) => toInstantMs(textAt(object, key) ?? ''));
  const portions = texts.map((text): ReportFact => ({ kind: 'portion', text, lang: textAt(object, 'lang') }));
  return [...portions, { kind: 'seen', firstMs, lastMs }];
}

function tagFacts(tags: TagFacts): ReportFact[] {
  return [
    ...tags.actors.map((actor): ReportFact => ({ kind: 'actor', actor, responsibility: tags.responsibility })),
    ...tags.ttps.map((ttp): ReportFact => ({ kind: 'ttp', ttp })),
    ...tags.labels.map((label): ReportFact => ({ kind: 'label', label })),
  ];
}

function nodeFacts(node: StixNode, objects: ReadonlyMap<string, JsonObject>): ReportFact[] {
  const { type, object } = node;
  if (CONTAINER_TYPES.includes(type)) return containerFacts(node);
  if (ACTOR_TYPES.includes(type)) return [{ kind: 'actor', actor: nameOf(node) }];
  if (type === 'attack-pattern') return [techniqueOf(node)];
  if (type === 'email-message')
    return recipientsOf(object, objects).map((ref) => ({ kind: 'target', targetKind: 'OTHER', ref }));
  return [];
}

/** The id's shape decides: DISARM techniques are often labelled `mitre-attack`. */
function techniqueOf(node: StixNode): ReportFact {
  const ids = [
    textAt(node.object, 'x_mitre_id'),
    ...listAt(node.object, 'external_references').map((each) => textAt(each, 'external_id')),
  ];
  const ttp = ids.flatMap((id) => (id === undefined ? [] : (toTtp(id) ?? [])))[0];
  return ttp === undefined ? { kind: 'label', label: nameOf(node) } : { kind: 'ttp', ttp };
}

function edgeFacts(edge: StixEdge): ReportFact[] {
  const { kind, target, node } = edge;
  if (kind === 'sighting')
    return [
      {
        kind: 'seen',
        firstMs: toInstantMs(textAt(node.object, 'first_seen') ?? ''),
        lastMs: toInstantMs(textAt(node.object, 'last_seen') ?? ''),
      },
    ];
  if (kind === 'attributed-to') return [{ kind: 'actor', actor: nameOf(target) }];
  if (kind === 'targets' && target.type === 'identity') return [identityTarget(target)];
  if (kind === 'targets' && target.type === 'location')
    return [{ kind: 'target', targetKind: 'OTHER', ref: `country:${countryOf(target)}` }];
  if (kind === 'located-at' && target.type === 'location')
    return [{ kind: 'label', label: `country:${countryOf(target)}` }];
  if (isOperation(edge)) return [{ kind: 'label', label: `operation:${nameOf(target)}` }];
  return [];
}

/** Whom an identity is here is said by our extension, both kind and reference; else it is an organisation by its name. */
function identityTarget(identity: StixNode): ReportFact {
  const ours = objectAt(identity.object['extensions'], OBSERVATION_EXTENSION);
  const [targetKind, ref] = [textAt(ours, 'target_kind'), textAt(ours, 'target_ref')];
  return targetKind !== undefined && ref !== undefined
    ? { kind: 'target', targetKind, ref }
    : { kind: 'target', targetKind: 'OTHER', ref: `org:${slug(nameOf(identity))}` };
}

function isOperation({ kind, target }: StixEdge): boolean {
  return (kind === 'part-of' || kind === 'belongs-to') && OPERATION_TYPES.includes(target.type);
}

function countryOf(node: StixNode): string {
  return textAt(node.object, 'country') ?? nameOf(node);
}

/** Lower case, accents off, everything else a hyphen; a name in another script keeps its letters. */
function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
