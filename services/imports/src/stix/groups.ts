// Which objects of a bundle make one report: what a container holds, and per creator what no container holds.
// Holds: every live object is in at least one group; a container inside another belongs to the outer one; sorted, pure.
// Source: STIX 2.1 §4.13, §4.14; README.md#stix

import { textAt, textsAt } from '../untrusted.ts';
import { CONTAINER_TYPES, type StixEdge, type StixGraph, type StixNode } from './graph.ts';

/** One report to be made. */
export interface StixGroup {
  /** The outermost container; undefined for the objects in none. */
  readonly container: StixNode | undefined;
  /** Without the container; sorted by id; containers inside included. */
  readonly members: readonly StixNode[];
  readonly edges: readonly StixEdge[];
}

/** Divides the objects of a bundle into reports. */
export function groupsOf(graph: StixGraph): readonly StixGroup[] {
  const held = [...outermost(graph)].map(([container, members]) => ({ container, members }));
  const inContainer = new Set(held.flatMap(({ container, members }) => [container.id, ...members]));
  const creators = creatorsOf(graph);
  const loose = [...graph.nodes.values()].filter(({ id }) => !inContainer.has(id) && !creators.has(id));
  const byCreator = new Map<string, Set<string>>();
  for (const { id, object } of loose) {
    const creator = textAt(object, 'created_by_ref') ?? '';
    byCreator.set(creator, (byCreator.get(creator) ?? new Set()).add(id));
  }
  const drafts: Draft[] = [
    ...held.map(({ container, members }) => ({ container, ids: new Set([container.id, ...members]) })),
    ...[...byCreator.values()].map((ids) => ({ container: undefined, ids })),
  ];
  for (const [creator, created] of creators) if (!inContainer.has(creator)) placeWith(creator, created, drafts);
  return withEdges(graph, drafts);
}

interface Draft {
  readonly container: StixNode | undefined;
  readonly ids: Set<string>;
}

/** Containers that no other holds, each with the ids of everything below it. */
function outermost(graph: StixGraph): Map<StixNode, string[]> {
  const containers = [...graph.nodes.values()].filter(({ type }) => CONTAINER_TYPES.includes(type));
  const below = new Map(containers.map((container) => [container.id, new Set<string>()]));
  const inner = new Set<string>();
  for (const container of containers)
    for (const ref of liveRefs(container, graph)) place(container, ref, graph, below, inner);
  const tops = new Map<StixNode, string[]>();
  const reached = new Set<string>();
  // A ring of containers has no outermost one: the first by id stands for it.
  for (const container of [...containers.filter(({ id }) => !inner.has(id)), ...containers]) {
    if (reached.has(container.id)) continue;
    const ids = reach(container.id, below);
    ids.forEach((id) => reached.add(id));
    tops.set(
      container,
      [...ids].filter((id) => id !== container.id),
    );
  }
  return tops;
}

/** A note about a report is part of the report, not the reverse: the higher container holds the lower. */
function place(
  container: StixNode,
  ref: string,
  graph: StixGraph,
  below: Map<string, Set<string>>,
  inner: Set<string>,
): void {
  const other = graph.nodes.get(ref);
  const upward = other !== undefined && CONTAINER_TYPES.indexOf(other.type) > CONTAINER_TYPES.indexOf(container.type);
  const [outer, lower] = upward ? [ref, container.id] : [container.id, ref];
  below.get(outer)?.add(lower);
  if (below.has(lower) && lower !== outer) inner.add(lower);
}

function liveRefs(container: StixNode, graph: StixGraph): string[] {
  const refs = textsAt(container.object, 'object_refs');
  const missing = refs.filter((ref) => !graph.objects.has(ref)).length;
  if (missing > 0) container.item.warn(`${missing} of its object_refs are not in the bundle`);
  return refs.filter((ref) => graph.objects.has(ref));
}

function reach(start: string, below: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set([start]);
  for (const id of seen) for (const lower of below.get(id) ?? []) seen.add(lower); // a Set yields what is added while it is walked
  return seen;
}

/** Identities that are somebody's `created_by_ref` and nothing else's member: they go where what they made goes. */
function creatorsOf(graph: StixGraph): Map<string, string[]> {
  const creators = new Map<string, string[]>();
  for (const { id, object } of graph.nodes.values()) {
    const creator = textAt(object, 'created_by_ref');
    if (creator === undefined || creator === id || !graph.nodes.has(creator)) continue;
    creators.set(creator, [...(creators.get(creator) ?? []), id]);
  }
  return creators;
}

function placeWith(creator: string, created: readonly string[], drafts: Draft[]): void {
  const homes = drafts.filter(({ ids }) => created.some((id) => ids.has(id)));
  if (homes.length === 0) drafts.push({ container: undefined, ids: new Set([creator]) }); // identities that made each other
  for (const { ids } of homes) ids.add(creator);
}

/** An edge lies in the groups that list it, else in those of its source, which always has one. */
function withEdges(graph: StixGraph, drafts: readonly Draft[]): StixGroup[] {
  const edgesOf = new Map<Draft, StixEdge[]>(drafts.map((draft) => [draft, []]));
  const homesOf = new Map<string, Draft[]>();
  for (const draft of drafts) for (const id of draft.ids) homesOf.set(id, [...(homesOf.get(id) ?? []), draft]);
  for (const edge of graph.edges)
    for (const home of homesOf.get(edge.node.id) ?? homesOf.get(edge.source.id) ?? []) edgesOf.get(home)?.push(edge);
  return drafts.map((draft) => ({
    container: draft.container,
    members: [...draft.ids].sort().flatMap((id) => (id === draft.container?.id ? [] : (graph.nodes.get(id) ?? []))),
    edges: edgesOf.get(draft) ?? [],
  }));
}
