// STIX 2.1 bundles, plain and of the OpenCTI flavour, as observations.
// Holds: pure; every object of the bundle is an item; one that is refused costs only itself and what hangs on it alone;
// the order of objects changes neither ids nor content. Source: STIX 2.1; README.md#stix

import { isSameMarking, join } from '@sitebus/marking';
import { dealIntoParts, type IndicatorSource, type MarkedFact } from '../indicator-parts.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { cut } from '../report.ts';
import { createTally, unreadableFile } from '../tally.ts';
import { at, isJsonObject, textAt, toScalarText, type JsonObject } from '../untrusted.ts';
import { CONTAINER_TYPES, readGraph, type StixEdge, type StixGraph, type StixNode } from './graph.ts';
import { groupsOf, type StixGroup } from './groups.ts';
import { factsOfGroup, nameOf, sourceOfGroup, statesFact } from './group-source.ts';
import { incidentDrafts, type NodeEntry } from './incident.ts';
import { INFLUENCE_TYPES, influenceDrafts } from './influence.ts';
import { valuesOf } from './object-values.ts';

const MAX_CONTEXT_CHARS = 4_000;
/** Types whose objects speak as facts alone. */
const FACT_TYPES = [
  'campaign',
  'intrusion-set',
  'threat-actor',
  'attack-pattern',
  'incident',
  ...INFLUENCE_TYPES,
  ...CONTAINER_TYPES,
];

/** Reads STIX 2.1: a bundle, or a bare list of objects. */
export const stixReader: FormatReader = {
  format: 'stix',
  read(content, context) {
    const found = objectsIn(content);
    if (found === undefined)
      return unreadableFile('the file is no STIX bundle', 'expected {"type": "bundle", "objects": […]}');
    const tally = createTally();
    const graph = readGraph(found.objects, found.pointer, tally, context);
    for (const group of groupsOf(graph)) readGroup(group, graph, context);
    return tally.reading();
  },
};

function objectsIn(content: Buffer): { readonly objects: readonly unknown[]; readonly pointer: string } | undefined {
  const parsed = parseJson(content);
  if (Array.isArray(parsed)) return { objects: parsed, pointer: '' };
  const objects = at(parsed, 'objects');
  return isJsonObject(parsed) && parsed['type'] === 'bundle' && Array.isArray(objects)
    ? { objects, pointer: '/objects' }
    : undefined;
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8').replace(/^\ufeff/, '')) as unknown;
  } catch {
    return undefined; // Not JSON: answered as UNREADABLE.
  }
}

function readGroup(group: StixGroup, graph: StixGraph, context: ReadingContext): void {
  const { source, tags } = sourceOfGroup(group, context);
  if (tags.unmappedGrade !== undefined) return refuseGroup(group, tags.unmappedGrade);
  const facts = factsOfGroup(group, tags, graph.objects);
  const { drafts: influence, attached } = influenceDrafts(group, source, facts);
  const entries = entriesOf(group, attached, graph.objects);
  const { drafts: incidents, taken } = incidentDrafts(group, source, entries, facts);
  const indicators = indicatorDrafts(
    source,
    entries.filter((entry) => !taken.has(entry)),
    facts,
    [...influence, ...incidents],
  );
  for (const draft of [...influence, ...incidents, ...indicators]) {
    group.container?.item.carriedBy(draft);
    // Creators stand behind the origin, targets are said as facts: neither is a value.
    for (const { item } of [...creatorsOf(group), ...targetsOf(group)]) item.carriedBy(draft);
  }
}

function refuseGroup({ container, members, edges }: StixGroup, grade: string): void {
  const why = {
    code: 'GRADE_UNMAPPED',
    reason: `the source reliability ${grade} has no place on our scale`,
    fix: 'have the grade mapped for this source',
  };
  for (const node of [container, ...members, ...edges.map((edge) => edge.node)]) node?.item.refuse(why);
}

/** Identities that made something in the group. */
function creatorsOf({ container, members }: StixGroup): StixNode[] {
  const creators = new Set([container, ...members].flatMap((node) => textAt(node?.object, 'created_by_ref') ?? []));
  return members.filter(({ id, type }) => type === 'identity' && creators.has(id));
}

/** Identities that a relation of the group says to be a target. */
function targetsOf({ edges }: StixGroup): StixNode[] {
  const targets = edges.filter((edge) => statesFact(edge) && edge.kind === 'targets').map(({ target }) => target);
  return [...new Set(targets.filter(({ type }) => type === 'identity'))];
}

function entriesOf(
  group: StixGroup,
  attached: ReadonlySet<StixEdge>,
  objects: ReadonlyMap<string, JsonObject>,
): NodeEntry[] {
  const { members, edges } = group;
  const said = [...creatorsOf(group), ...targetsOf(group)];
  const stated = members
    .filter((node) => !FACT_TYPES.includes(node.type) && !said.includes(node))
    .flatMap((node) =>
      valuesOf(node.object, objects).map((value) => ({ ...value, node, item: node.item, marking: node.marking })),
    );
  const related = edges.flatMap((edge) =>
    contextOf(edge, attached).map((value) => ({
      field: 'context' as const,
      value,
      node: edge.node,
      edge,
      item: edge.node.item,
      marking: edge.node.marking,
    })),
  );
  return [...stated, ...related];
}

/** A relation that no rule reads stays as a line; one that is in an observation already needs none. */
function contextOf(edge: StixEdge, attached: ReadonlySet<StixEdge>): string[] {
  if (edge.kind === 'sighting')
    return [`sighting: ${nameOf(edge.target)}, count ${toScalarText(edge.node.object['count']) ?? '1'}`];
  if (statesFact(edge) || attached.has(edge)) return [];
  return [cut(`${edge.kind}: ${nameOf(edge.source)} → ${nameOf(edge.target)}`, MAX_CONTEXT_CHARS)];
}

function indicatorDrafts(
  source: IndicatorSource,
  entries: readonly NodeEntry[],
  facts: readonly MarkedFact[],
  others: readonly ImportDraft[],
): ImportDraft[] {
  if (entries.length > 0 || others.length === 0) return dealIntoParts(source, entries, facts);
  const uncovered = facts.filter(
    (fact) => !others.some(({ marking }) => isSameMarking(join(marking, fact.marking), marking)),
  );
  return uncovered.length === 0 ? [] : dealIntoParts(source, [], uncovered);
}
