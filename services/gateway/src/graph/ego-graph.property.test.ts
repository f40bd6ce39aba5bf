// The neighbourhood of an assessment against a naive recount, and what a hidden member does to it: nothing.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { egoGraph, MAX_EDGES } from './ego-graph.ts';
import type { GraphLink, GraphMember, GraphSource } from './ego-graph.ts';

const RUNS = propertyRuns(500);
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const VALUES = ['domain one.example', 'domain two.example', 'ip 192.0.2.1'] as const;

const pair = fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 2, maxLength: 2 }).map((ids) => [...ids].sort());
const link: fc.Arbitrary<GraphLink> = fc.record({
  pair,
  values: fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 1 }),
  score: fc.integer({ min: 1, max: 5 }),
}).map(({ pair: [a = '', b = ''], values, score }) => ({
  a, b, scoreMicro: score * values.length,
  features: values.map((each) => ({ kind: each.split(' ')[0]!, value: each.split(' ')[1]!, contributionMicro: score })),
})); // prettier-ignore
const drawn = fc.record({
  links: fc.uniqueArray(link, { selector: ({ a, b }) => `${a} ${b}`, maxLength: 9 }),
  visible: fc.subarray([...IDS]),
  context: fc.subarray([...VALUES]),
  limit: fc.integer({ min: 1, max: 9 }),
  depth: fc.constantFrom(1 as const, 2 as const),
});

const membersOf = (ids: readonly string[]): GraphMember[] =>
  ids.map((id) => ({ id, values: new Set(VALUES.slice(0, 1)) }));
const sourceOf = (links: readonly GraphLink[], context: readonly string[]): GraphSource => ({
  links,
  contextValues: context.map((each) => ({ kind: each.split(' ')[0]!, value: each.split(' ')[1]!, why: 'HUB' })),
});

test('shown is the heaviest of what there is, total counts all of it, and every node says how many neighbours are missing', () => {
  fc.assert(
    fc.property(drawn, ({ links, visible, context, limit, depth }) => {
      const { nodes, edges, total, edgeTotal } = egoGraph(sourceOf(links, context), membersOf(visible), { depth, limit });
      const whole = egoGraph(sourceOf(links, context), membersOf(visible), { depth, limit: 1_000 });
      expect(total).toBe(whole.nodes.length);
      expect(nodes.map(({ id }) => id)).toEqual(whole.nodes.slice(0, limit).map(({ id }) => id));
      expect(nodes.filter(({ kind }) => kind === 'observation').length).toBeLessThanOrEqual(visible.length);
      const shown = new Set(nodes.map(({ id }) => id));
      const neighbours = (id: string): string[] => whole.edges.filter(({ a, b }) => a === id || b === id).map(({ a, b }) => (a === id ? b : a));
      for (const node of nodes) expect(node.more).toBe(neighbours(node.id).filter((id) => !shown.has(id)).length);
      expect(edges).toHaveLength(whole.edges.filter(({ a, b }) => shown.has(a) && shown.has(b)).length);
      expect(edgeTotal).toBe(edges.length);
      const weights = nodes.map(({ weightMicro }) => weightMicro);
      expect(weights).toEqual([...weights].sort((x, y) => y - x));
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('what a reader does not see changes nothing: the graph is that of a world without it', () => {
  fc.assert(
    fc.property(drawn, ({ links, visible, context, limit, depth }) => {
      const without = links.filter(({ a, b }) => visible.includes(a as never) && visible.includes(b as never));
      const wanted = { depth, limit };
      expect(egoGraph(sourceOf(links, context), membersOf(visible), wanted)).toEqual(
        egoGraph(sourceOf(without, context), membersOf(visible), wanted),
      );
    }),
    { numRuns: RUNS },
  );
});

test('three members on one domain: the value is a node of depth two, held by each, and the strongest comes first', () => {
  const on = (a: string, b: string, contributionMicro: number): GraphLink => ({
    a, b, scoreMicro: contributionMicro, features: [{ kind: 'domain', value: 'one.example', contributionMicro }],
  }); // prettier-ignore
  const made = egoGraph(sourceOf([on('a', 'b', 7), on('b', 'c', 7)], []), membersOf(['a', 'b', 'c']), { depth: 2, limit: 9 });
  expect(made.nodes.map(({ id, weightMicro }) => [id, weightMicro])).toEqual([
    ['value:domain one.example', 21],
    ['b', 14],
    ['a', 7],
    ['c', 7],
  ]);
  expect(made.edges.filter(({ kind }) => kind === 'has')).toHaveLength(3);
}); // prettier-ignore

test('a masked value is no node, and no edge says it', () => {
  const masked: GraphLink = { a: 'a', b: 'b', scoreMicro: 5, features: [{ kind: 'person', contributionMicro: 5 }] };
  const made = egoGraph(sourceOf([masked], []), membersOf(['a', 'b']), { depth: 2, limit: 9 });
  expect(made.nodes.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(made.edges).toEqual([{ a: 'a', b: 'b', kind: 'link', weightMicro: 5, features: [{ kind: 'person' }] }]);
});

test('ten thousand members are counted exactly and drawn three hundred at a time, edges within their bound', () => {
  const ids = Array.from({ length: 10_000 }, (_, n) => `m${String(n).padStart(5, '0')}`);
  const links = ids.slice(1).map((id, n): GraphLink => ({ a: ids[n]!, b: id, scoreMicro: n, features: [] }));
  const dense = ids.slice(0, 300).flatMap((a, n) => ids.slice(n + 2, 300).map((b): GraphLink => ({ a, b, scoreMicro: 1_000_000, features: [] })));
  const made = egoGraph(sourceOf([...links, ...dense], []), membersOf(ids), { depth: 1, limit: 300 });
  expect([made.nodes.length, made.total, made.edges.length]).toEqual([300, 10_000, MAX_EDGES]);
  expect(made.edgeTotal).toBeGreaterThan(40_000);
}); // prettier-ignore
