// The objects of a bundle by id, each entered as an item and marked; what cannot be carried is settled here.
// Holds: the newest version of an id counts; a relationship lives only when both its ends do; sorted by id, so that the
// order of a bundle changes nothing. Source: STIX 2.1 §3; README.md#stix

import type { Marking } from '@sitebus/marking';
import { toInstantMs } from '../instants.ts';
import { decideMarking, isMarkingRefused } from '../marking-decision.ts';
import type { ReadingContext } from '../reading.ts';
import type { ItemEntry, Tally } from '../tally.ts';
import { isJsonObject, textAt, type JsonObject } from '../untrusted.ts';
import { statedOf } from './markings.ts';
import { holdsValues } from './object-values.ts';

/** An object that is carried, whatever becomes of it. */
export interface StixNode {
  readonly id: string;
  readonly type: string;
  readonly object: JsonObject;
  readonly marking: Marking;
  readonly item: ItemEntry;
  /** UTC milliseconds of `modified`, else `created`, else 0. */
  readonly modifiedMs: number;
}

/** A relationship or sighting with its ends. */
export interface StixEdge {
  readonly node: StixNode;
  /** `relationship_type`, or `sighting`. */
  readonly kind: string;
  readonly source: StixNode;
  readonly target: StixNode;
}

export interface StixGraph {
  /** Sorted by id; without relationships. */
  readonly nodes: ReadonlyMap<string, StixNode>;
  /** Sorted by id. */
  readonly edges: readonly StixEdge[];
  /** Every object with an id, the ones not carried too. */
  readonly objects: ReadonlyMap<string, JsonObject>;
}

export const CONTAINER_TYPES: readonly string[] = ['note', 'observed-data', 'grouping', 'report'];
const DEFINITION_TYPES = ['marking-definition', 'extension-definition', 'language-content'];
const NAMED_TYPES = [
  'incident',
  'campaign',
  'intrusion-set',
  'threat-actor',
  'attack-pattern',
  'narrative',
  'channel',
  'event',
  'media-content',
];

/** Enters every object as an item, and settles those that cannot be carried. */
export function readGraph(
  objects: readonly unknown[],
  pointer: string,
  tally: Tally,
  context: ReadingContext,
): StixGraph {
  const entered = objects.map((value, index) => ({ value, item: tally.item(`${pointer}/${index}`) }));
  const identified = entered.flatMap(({ value, item }) => identify(value, item));
  const newest = newestById(identified);
  const byId = new Map([...newest].map(([id, { object }]) => [id, object]));
  const live = [...newest.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((each) => nodeOf(each, byId, context));
  const isEdge = ({ type }: StixNode): boolean => type === 'relationship' || type === 'sighting';
  const nodes = new Map(live.filter((node) => !isEdge(node)).map((node) => [node.id, node]));
  return { nodes, objects: byId, edges: live.filter(isEdge).flatMap((node) => edgeOf(node, nodes, byId)) };
}

interface Identified {
  readonly id: string;
  readonly type: string;
  readonly object: JsonObject;
  readonly item: ItemEntry;
  readonly modifiedMs: number;
}

function identify(value: unknown, item: ItemEntry): readonly Identified[] {
  if (!isJsonObject(value))
    return item.refuse({ code: 'NOT_AN_OBJECT', reason: 'a STIX object is expected here', fix: 'correct the export' });
  const [id, type] = [textAt(value, 'id'), textAt(value, 'type')];
  if (id === undefined || type === undefined)
    return item.refuse({ code: 'NO_NATIVE_ID', reason: 'the object has no id or no type', fix: 'correct the export' });
  const modifiedMs = toInstantMs(textAt(value, 'modified') ?? '') ?? toInstantMs(textAt(value, 'created') ?? '') ?? 0;
  return [{ id, type, object: value, item, modifiedMs }];
}

function newestById(all: readonly Identified[]): Map<string, Identified> {
  const newest = new Map<string, Identified>();
  for (const each of all) {
    const other = newest.get(each.id);
    const [kept, older] = other === undefined || other.modifiedMs < each.modifiedMs ? [each, other] : [other, each];
    newest.set(each.id, kept);
    older?.item.skip({
      code: 'OLDER_VERSION',
      reason: 'the bundle holds a version of this object that is newer, or equal and first',
      fix: 'nothing',
    });
  }
  return newest;
}

function nodeOf(each: Identified, byId: ReadonlyMap<string, JsonObject>, context: ReadingContext): readonly StixNode[] {
  const { item, object, type } = each;
  if (DEFINITION_TYPES.includes(type))
    return item.skip({ code: 'DEFINITION', reason: 'a definition carries nothing to observe', fix: 'nothing' });
  if (!isKnownType(type))
    return item.skip({
      code: 'UNKNOWN_TYPE',
      reason: 'no rule for this object type',
      fix: 'send it as a type of STIX 2.1, or ask for a rule',
    });
  if (object['revoked'] === true)
    return CONTAINER_TYPES.includes(type)
      ? item.withdraw({ format: 'stix', nativeId: each.id, reason: 'revoked by its producer' })
      : item.skip({
          code: 'REVOKED',
          reason: 'its producer has revoked it',
          fix: 'nothing: it is treated as absent',
        });
  if (type === 'identity' && textAt(object, 'identity_class') === 'individual')
    return item.refuse({
      code: 'PERSONAL_DATA',
      reason: 'a private person is not taken in by name',
      fix: 'refer to the person by a token',
    });
  const marking = decideMarking(statedOf(object, byId, context.policy), context, context.policy, context.nowMs);
  return isMarkingRefused(marking) ? item.refuse(marking) : [{ ...each, marking }];
}

function isKnownType(type: string): boolean {
  return (
    type === 'relationship' ||
    type === 'sighting' ||
    CONTAINER_TYPES.includes(type) ||
    NAMED_TYPES.includes(type) ||
    holdsValues(type)
  );
}

function edgeOf(
  node: StixNode,
  nodes: ReadonlyMap<string, StixNode>,
  byId: ReadonlyMap<string, JsonObject>,
): readonly StixEdge[] {
  const sighting = node.type === 'sighting';
  const [from, to] = sighting ? ['sighting_of_ref', 'sighting_of_ref'] : ['source_ref', 'target_ref'];
  const ends = [textAt(node.object, from) ?? '', textAt(node.object, to) ?? ''];
  const [source, target] = ends.map((id) => nodes.get(id));
  if (source !== undefined && target !== undefined)
    return [
      {
        node,
        source,
        target,
        kind: sighting ? 'sighting' : (textAt(node.object, 'relationship_type') ?? 'related-to'),
      },
    ];
  const missing = ends.some((id) => !byId.has(id));
  return node.item.refuse({
    code: 'DANGLING_REF',
    reason: missing ? 'an end of the relationship is not in the bundle' : 'an end of the relationship was not taken in',
    fix: missing ? 'export the object with its relationship' : 'see the answer for that object',
  });
}
