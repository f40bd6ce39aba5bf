// Groups of nodes that all lead to one another.
// Holds: a group is numbered only after every group it leads to, so ascending numbers meet parents before children; no
// recursion, for a chain of derivations may be long. Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972

/** Node → number of its group. Every node that is a key or a value of `edges` has one. */
export function stronglyConnected(edges: ReadonlyMap<number, ReadonlySet<number>>): Map<number, number> {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const group = new Map<number, number>();
  const stack: number[] = [];
  let groups = 0;
  for (const start of edges.keys()) {
    if (order.has(start)) continue;
    const path: { node: number; rest: number[] }[] = [];
    const enter = (node: number) => {
      order.set(node, order.size);
      low.set(node, order.get(node)!);
      stack.push(node);
      path.push({ node, rest: [...(edges.get(node) ?? [])] });
    };
    enter(start);
    while (path.length > 0) {
      const { node, rest } = path[path.length - 1]!;
      const next = rest.pop();
      if (next !== undefined) {
        if (!order.has(next)) enter(next);
        else if (!group.has(next)) low.set(node, Math.min(low.get(node)!, order.get(next)!));
        continue;
      }
      path.pop();
      const above = path[path.length - 1];
      if (above) low.set(above.node, Math.min(low.get(above.node)!, low.get(node)!));
      if (low.get(node) !== order.get(node)) continue;
      for (let member = stack.pop()!; ; member = stack.pop()!) {
        group.set(member, groups);
        if (member === node) break;
      }
      groups += 1;
    }
  }
  return group;
}
