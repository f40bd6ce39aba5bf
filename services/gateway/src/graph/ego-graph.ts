// The neighbourhood of one assessment: its members, what links them and, one step further, the values they have in common.
// Holds: pure; made of what the reader sees alone; largest weight first, ties by id, so that the same question has the same
// answer; what is not shown is counted, for the whole and at every node. Source: README.md#graph

import type { JsonObject } from '../avro-json.ts';

/** A member that the reader sees, before it is known whether it is shown. */
export interface GraphMember {
  readonly id: string;
  /** Normalised values of the record, `<kind> <value>`. */
  readonly values: ReadonlySet<string>;
}

/** Of the released assessment, what makes the graph. */
export interface GraphSource {
  readonly links: readonly GraphLink[];
  readonly contextValues: readonly { readonly kind: string; readonly value?: string; readonly why: string }[];
}

/** One link of the released assessment; a value that is masked is absent. */
export interface GraphLink {
  readonly a: string;
  readonly b: string;
  readonly scoreMicro: number;
  readonly features: readonly { readonly kind: string; readonly value?: string; readonly contributionMicro: number }[];
}

/** A node beside the root. */
export interface GraphNode {
  readonly id: string;
  readonly kind: 'observation' | 'value';
  /** Sum of what links it, in micro-units; 0 for what links nothing. */
  readonly weightMicro: number;
  /** Neighbours that are not shown: "+14". */
  readonly more: number;
  /** Of values. */
  readonly value?: { readonly kind: string; readonly value: string; readonly why?: string };
}

/** `link`: two members that share values; `has`: a member and a value of it. */
export interface GraphEdge {
  readonly a: string;
  readonly b: string;
  readonly kind: 'link' | 'has';
  readonly weightMicro: number;
  readonly features?: readonly JsonObject[];
}

export interface EgoGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Nodes beside the root that there are. */
  readonly total: number;
  /** Edges between shown nodes that there are. */
  readonly edgeTotal: number;
}

/** Edges in one answer: a dense component of 300 has forty thousand. */
export const MAX_EDGES = 3_000;

/** The graph of these members up to `limit` nodes beside the root. `depth` 2 adds values. */
export function egoGraph(
  source: GraphSource,
  members: readonly GraphMember[],
  { depth, limit }: { readonly depth: 1 | 2; readonly limit: number },
): EgoGraph {
  const visible = new Map(members.map((member) => [member.id, member]));
  const links = source.links.filter(({ a, b }) => visible.has(a) && visible.has(b));
  const values = depth === 2 ? valuesOf(source, links, members) : [];
  const edges: readonly GraphEdge[] = [...links.map(linkEdge), ...values.flatMap(hasEdges)];
  const weights = new Map<string, number>();
  for (const { a, b, kind, weightMicro } of edges)
    for (const end of [a, b]) if (kind === 'link' || end === b) weights.set(end, (weights.get(end) ?? 0) + weightMicro);
  const candidates = [
    ...members.map(({ id }) => ({ id, kind: 'observation' as const, weightMicro: weights.get(id) ?? 0 })),
    ...values.map(({ id, value }) => ({ id, kind: 'value' as const, weightMicro: weights.get(id) ?? 0, value })),
  ].sort(heaviestFirst);
  const chosen = candidates.slice(0, limit);
  const shown = new Set(chosen.map(({ id }) => id));
  const missing = new Map<string, number>();
  for (const { a, b } of edges) {
    if (!shown.has(b)) missing.set(a, (missing.get(a) ?? 0) + 1);
    if (!shown.has(a)) missing.set(b, (missing.get(b) ?? 0) + 1);
  }
  const between = edges.filter(({ a, b }) => shown.has(a) && shown.has(b));
  return {
    nodes: chosen.map((node) => ({ ...node, more: missing.get(node.id) ?? 0 })),
    edges: [...between].sort(heaviestEdgeFirst).slice(0, MAX_EDGES),
    total: candidates.length,
    edgeTotal: between.length,
  };
}

interface ValueNode {
  readonly id: string;
  readonly value: NonNullable<GraphNode['value']>;
  /** Members that have it, with what it adds to their links; 0 where it links nothing. */
  readonly holders: ReadonlyMap<string, number>;
}

function valuesOf(source: GraphSource, links: readonly GraphLink[], members: readonly GraphMember[]): readonly ValueNode[] {
  const found = new Map<string, { readonly value: ValueNode['value']; readonly holders: Map<string, number> }>();
  const at = (kind: string, value: string, why?: string) => {
    const key = `${kind} ${value}`;
    const present = found.get(key) ?? { value: { kind, value, ...(why !== undefined && { why }) }, holders: new Map<string, number>() };
    found.set(key, present);
    return present.holders;
  };
  for (const { a, b, features } of links)
    for (const { kind, value, contributionMicro } of features)
      if (value !== undefined)
        for (const end of [a, b]) at(kind, value).set(end, Math.max(at(kind, value).get(end) ?? 0, contributionMicro));
  for (const { kind, value, why } of source.contextValues) {
    const holders = value === undefined ? [] : members.filter(({ values }) => values.has(`${kind} ${value}`));
    if (value !== undefined && holders.length > 0) for (const { id } of holders) at(kind, value, why).set(id, 0);
  }
  return [...found].map(([key, each]) => ({ id: `value:${key}`, ...each }));
} // prettier-ignore

function linkEdge({ a, b, scoreMicro, features }: GraphLink): GraphEdge {
  const shown = features.map(({ kind, value }) => ({ kind, ...(value !== undefined && { value }) }));
  return { a, b, kind: 'link', weightMicro: scoreMicro, features: shown };
}

function hasEdges({ id, holders }: ValueNode): GraphEdge[] {
  return [...holders].map(([member, weightMicro]) => ({ a: member, b: id, kind: 'has', weightMicro }));
}

function heaviestFirst(x: { id: string; weightMicro: number }, y: { id: string; weightMicro: number }): number {
  return y.weightMicro - x.weightMicro || (x.id < y.id ? -1 : 1);
}

function heaviestEdgeFirst(x: GraphEdge, y: GraphEdge): number {
  return y.weightMicro - x.weightMicro || (`${x.a} ${x.b}` < `${y.a} ${y.b}` ? -1 : 1);
}
