// Where records come from: which of them speak of one origin, so that an origin counts once.
// Holds: a function of the live set; equal source tokens are one origin; `derivedFrom` and LineageLinks lead to the
// parent's; every edge of a derivation cycle is ignored; a parent not readable here is an origin all the same.
// A tenant speaks of its own records only: its LineageLinks of those of its agency, and what it states of one that shares
// id or token with a government record of nothing, for that would be said of the government's. Source: README.md#lineage

import { LIVE, TENANT, type RecordTable } from './records.ts';
import { grown } from './text-table.ts';

/** An origin as a number: a token's (odd) or, without token, an id's (even). Means nothing outside the engine. */
export type Origin = number;

const ofToken = (token: number): Origin => token * 2 + 1;
const ofId = (id: number): Origin => id * 2;

/** Lineages of the live records, kept up to date cut by cut. */
export class Lineages {
  readonly #records: RecordTable;
  #lineage = new Int32Array(1_024);
  #rootless = new Uint8Array(1_024);
  /** Token → first live record with it; a doubly linked list goes on from there. */
  #firstWithToken = new Int32Array(1_024);
  #nextWithToken = new Int32Array(1_024);
  #previousWithToken = new Int32Array(1_024);
  /** Origins that derive from something, or from which something derives: what joins them must be worked out. */
  readonly #derived = new Set<Origin>();
  readonly #children = new Map<number, Set<number>>();
  readonly #linksOfChild = new Map<number, Set<number>>();
  readonly #linksOfParent = new Map<number, Set<number>>();
  #seeds = new Set<number>();
  #added: number[] = [];

  constructor(records: RecordTable) {
    this.#records = records;
  }

  lineageOf(record: number): number {
    return this.#lineage[record]!;
  }

  /** True where nothing says where the record comes from. */
  isRootless(record: number): boolean {
    return this.#rootless[record] === 1;
  }

  /** Live LineageLinks that name this record as child or parent. */
  linksAbout(record: number): number[] {
    const id = this.#records.id[record]!;
    return [...(this.#linksOfChild.get(id) ?? []), ...(this.#linksOfParent.get(id) ?? [])];
  }

  /** A record has become live. Lineages are right again after `settle`. */
  enter(record: number): void {
    const { token, parents, links } = this.#records;
    this.#makeRoom(record, token[record]!);
    this.#chain(record);
    for (const parent of parents.get(record) ?? []) put(this.#children, parent, record);
    const link = links.get(record);
    if (link) {
      put(this.#linksOfChild, link.child, record);
      put(this.#linksOfParent, link.parent, record);
    }
    this.#added.push(record);
    this.#touch(record);
  }

  /** A record is live no longer. */
  leave(record: number): void {
    const { parents, links } = this.#records;
    this.#touch(record);
    this.#unchain(record);
    for (const parent of parents.get(record) ?? []) take(this.#children, parent, record);
    const link = links.get(record);
    if (link) {
      take(this.#linksOfChild, link.child, record);
      take(this.#linksOfParent, link.parent, record);
    }
    this.#lineage[record] = 0;
  }

  /**
   * Works out again what was touched. @returns records that were live before and whose lineage is another now.
   * Cost: the records just added, and whole derivation clusters that were touched.
   */
  settle(): number[] {
    const changed: number[] = [];
    const added = new Set(this.#added);
    const visited = new Set<Origin>();
    for (const record of this.#added) {
      if (!this.#records.is(record, LIVE)) continue;
      this.#lineage[record] = this.#originOf(record);
      this.#rootless[record] = this.#records.token[record] === 0 ? 1 : 0;
    }
    for (const id of this.#seeds)
      for (const origin of this.#originsOfId(id))
        if (!visited.has(origin)) this.#resolve(origin, visited, added, changed);
    this.#seeds = new Set();
    this.#added = [];
    return changed;
  }

  /** Ids around a record from which a cluster must be worked out; none for a record that derives from nothing. */
  #touch(record: number): void {
    const { id, token, parents, links } = this.#records;
    const own = id[record]!;
    const link = links.get(record);
    if (link) this.#seeds.add(link.child).add(link.parent);
    const derived =
      parents.has(record) ||
      this.#children.has(own) ||
      this.#linksOfChild.has(own) ||
      this.#linksOfParent.has(own) ||
      this.#derived.has(this.#originOf(record)) ||
      this.#liveWithId(own).some((each) => parents.has(each)); // which of them may speak depends on all of them
    if (!derived) return;
    this.#seeds.add(own);
    for (const parent of parents.get(record) ?? []) this.#seeds.add(parent);
    for (const child of this.#children.get(own) ?? []) this.#seeds.add(id[child]!);
    for (const each of this.#linksOfChild.get(own) ?? []) this.#seeds.add(links.get(each)!.parent);
    for (const each of this.#linksOfParent.get(own) ?? []) this.#seeds.add(links.get(each)!.child);
    // The rest of a token class, which a record that leaves no longer leads to.
    const other = token[record] === 0 ? 0 : this.#firstWithToken[token[record]!]!;
    if (other !== 0) this.#seeds.add(id[other]!);
    const next = token[record] === 0 ? 0 : this.#nextWithToken[record]!;
    if (next !== 0) this.#seeds.add(id[next]!);
  }

  #originOf(record: number): Origin {
    const token = this.#records.token[record]!;
    return token === 0 ? ofId(this.#records.id[record]!) : ofToken(token);
  }

  /** The origins an id stands for: those of its live records, or the id itself where there is none. */
  #originsOfId(id: number): Origin[] {
    const origins = new Set<Origin>();
    for (const record of this.#liveWithId(id)) origins.add(this.#originOf(record));
    return origins.size === 0 ? [ofId(id)] : [...origins];
  }

  #liveWithId(id: number): number[] {
    const found: number[] = [];
    for (let record = this.#records.firstWithId(id); record !== 0; record = this.#records.nextWithId[record]!)
      if (this.#records.is(record, LIVE)) found.push(record);
    return found;
  }

  #recordsOf(origin: Origin): number[] {
    const number = origin >> 1;
    if ((origin & 1) === 0) return this.#liveWithId(number).filter((record) => this.#records.token[record] === 0);
    const found: number[] = [];
    for (let record = this.#firstWithToken[number] ?? 0; record !== 0; record = this.#nextWithToken[record]!)
      found.push(record);
    return found;
  }

  /** Ids a live record derives from, stated by itself or by a LineageLink that may speak of it. */
  #parentIdsOf(record: number): number[] {
    const { parents, links, id } = this.#records;
    const stated = [...(parents.get(record) ?? [])];
    for (const link of this.#linksOfChild.get(id[record]!) ?? [])
      if (this.#maySpeakOf(link, record)) stated.push(links.get(link)!.parent);
    return stated;
  }

  /** Those of them that count: a tenant's word is none where it would be said of a government record. */
  #countedParentIdsOf(record: number, isOfGovernment: boolean): number[] {
    const { links, id } = this.#records;
    const own = id[record]!;
    const isSilent =
      this.#records.is(record, TENANT) &&
      (isOfGovernment || this.#liveWithId(own).some((each) => !this.#records.is(each, TENANT)));
    if (!isSilent) return this.#parentIdsOf(record);
    return [...(this.#linksOfChild.get(own) ?? [])]
      .filter((link) => !this.#records.is(link, TENANT))
      .map((link) => links.get(link)!.parent);
  }

  #maySpeakOf(link: number, record: number): boolean {
    return !this.#records.is(link, TENANT) || this.#records.agency[link] === this.#records.agency[record];
  }

  #resolve(start: Origin, visited: Set<Origin>, added: ReadonlySet<number>, changed: number[]): void {
    const cluster = this.#clusterOf(start, visited);
    const edges = this.#edgesOf(cluster);
    const roots = rootsOf(edges, (group) => this.#leastOf(group));
    for (const [origin, records] of cluster) {
      const root = roots.get(origin)!;
      const rootless = !root.known && this.#isBare(root.origin, cluster) ? 1 : 0;
      if (cluster.size > 1) this.#derived.add(origin);
      else this.#derived.delete(origin);
      for (const record of records) {
        const same = this.#lineage[record] === root.origin && this.#rootless[record] === rootless;
        this.#lineage[record] = root.origin;
        this.#rootless[record] = rootless;
        if (!same && !added.has(record)) changed.push(record);
      }
    }
  }

  /** An id as an origin of its own is known where no live record bears it: its record exists, above this view. */
  #isBare(origin: Origin, cluster: ReadonlyMap<Origin, readonly number[]>): boolean {
    return (origin & 1) === 0 && (cluster.get(origin)?.length ?? 0) > 0;
  }

  #clusterOf(start: Origin, visited: Set<Origin>): Map<Origin, readonly number[]> {
    const cluster = new Map<Origin, readonly number[]>();
    const open = [start];
    visited.add(start);
    const reach = (id: number) => {
      for (const origin of this.#originsOfId(id))
        if (!visited.has(origin)) {
          visited.add(origin);
          open.push(origin);
        }
    };
    for (let origin = open.pop(); origin !== undefined; origin = open.pop()) {
      const records = this.#recordsOf(origin);
      cluster.set(origin, records);
      const ids = new Set(records.map((record) => this.#records.id[record]!));
      if ((origin & 1) === 0) ids.add(origin >> 1);
      for (const record of records) this.#parentIdsOf(record).forEach(reach);
      for (const id of ids) {
        for (const child of this.#children.get(id) ?? []) reach(this.#records.id[child]!);
        for (const link of this.#linksOfParent.get(id) ?? []) reach(this.#records.links.get(link)!.child);
      }
    }
    return cluster;
  }

  /** Origin → origins it derives from, without the edges of derivation cycles. */
  #edgesOf(cluster: ReadonlyMap<Origin, readonly number[]>): Map<Origin, Set<Origin>> {
    const byId = new Map<number, Set<number>>();
    const counted = new Map<number, readonly number[]>();
    for (const records of cluster.values()) {
      const isOfGovernment = records.some((record) => !this.#records.is(record, TENANT));
      for (const record of records) {
        counted.set(record, this.#countedParentIdsOf(record, isOfGovernment));
        for (const parent of counted.get(record)!) put(byId, this.#records.id[record]!, parent);
      }
    }
    const cycleOf = stronglyConnected(byId);
    const edges = new Map<Origin, Set<Origin>>();
    for (const [origin, records] of cluster) {
      const parents = new Set<Origin>();
      for (const record of records)
        for (const parent of counted.get(record)!)
          if (cycleOf.get(this.#records.id[record]!) !== cycleOf.get(parent))
            for (const each of this.#originsOfId(parent)) if (each !== origin) parents.add(each);
      edges.set(origin, parents);
    }
    return edges;
  }

  /** The origin that stands for several: by its least record, government first; unreadable ids last. */
  #leastOf(origins: readonly Origin[]): Origin {
    let least: Origin | undefined;
    let leastRecord = 0;
    for (const origin of origins) {
      const records = this.#recordsOf(origin);
      const record = records.reduce((a, b) => (a === 0 || this.#records.compareAnchors(b, a) < 0 ? b : a), 0);
      if (least === undefined || this.#precedes(origin, record, least, leastRecord)) {
        least = origin;
        leastRecord = record;
      }
    }
    return least!;
  }

  #precedes(a: Origin, recordOfA: number, b: Origin, recordOfB: number): boolean {
    if (recordOfA !== 0 && recordOfB !== 0) return this.#records.compareAnchors(recordOfA, recordOfB) < 0;
    if (recordOfA !== recordOfB) return recordOfA !== 0;
    return this.#records.ids.textOf(a >> 1) < this.#records.ids.textOf(b >> 1);
  }

  #chain(record: number): void {
    const token = this.#records.token[record]!;
    if (token === 0) return;
    const first = this.#firstWithToken[token]!;
    this.#nextWithToken[record] = first;
    this.#previousWithToken[record] = 0;
    if (first !== 0) this.#previousWithToken[first] = record;
    this.#firstWithToken[token] = record;
  }

  #unchain(record: number): void {
    const token = this.#records.token[record]!;
    if (token === 0) return;
    const next = this.#nextWithToken[record]!;
    const previous = this.#previousWithToken[record]!;
    if (previous === 0) this.#firstWithToken[token] = next;
    else this.#nextWithToken[previous] = next;
    if (next !== 0) this.#previousWithToken[next] = previous;
  }

  #makeRoom(record: number, token: number): void {
    if (record >= this.#lineage.length) {
      const length = Math.max(record + 1, this.#lineage.length * 2);
      this.#lineage = grown(this.#lineage, new Int32Array(length));
      this.#rootless = grown(this.#rootless, new Uint8Array(length));
      this.#nextWithToken = grown(this.#nextWithToken, new Int32Array(length));
      this.#previousWithToken = grown(this.#previousWithToken, new Int32Array(length));
    }
    if (token >= this.#firstWithToken.length)
      this.#firstWithToken = grown(
        this.#firstWithToken,
        new Int32Array(Math.max(token + 1, this.#firstWithToken.length * 2)),
      );
  }
}

interface Root {
  readonly origin: Origin;
  /** Several origins merged by a cycle among classes: a token is among them, so the provenance is known. */
  readonly known: boolean;
}

/** For every node the root that stands for it: the least of the terminal groups it leads to. */
function rootsOf(
  edges: ReadonlyMap<Origin, ReadonlySet<Origin>>,
  leastOf: (origins: readonly Origin[]) => Origin,
): Map<Origin, Root> {
  const groupOf = stronglyConnected(edges);
  const groups = new Map<number, Origin[]>();
  for (const origin of edges.keys()) put2(groups, groupOf.get(origin)!, origin);
  const roots = new Map<Origin, Root>();
  const ofGroup = new Map<number, Root>();
  // Tarjan numbers a group only after every group it leads to: ascending order meets parents first.
  for (const group of [...groups.keys()].sort((a, b) => a - b)) {
    const origins = groups.get(group)!;
    const above = new Map<Origin, Root>();
    for (const origin of origins)
      for (const parent of edges.get(origin) ?? []) {
        const parentGroup = groupOf.get(parent)!;
        if (parentGroup !== group) above.set(ofGroup.get(parentGroup)!.origin, ofGroup.get(parentGroup)!);
      }
    const root =
      above.size === 0
        ? { origin: leastOf(origins), known: origins.length > 1 }
        : above.get(leastOf([...above.keys()]))!;
    ofGroup.set(group, root);
    for (const origin of origins) roots.set(origin, root);
  }
  return roots;
}

/** Tarjan's strongly connected components, without recursion: a chain of derivations may be long. Node → group. */
function stronglyConnected(edges: ReadonlyMap<number, ReadonlySet<number>>): Map<number, number> {
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

function put(into: Map<number, Set<number>>, key: number, value: number): void {
  const set = into.get(key);
  if (set === undefined) into.set(key, new Set([value]));
  else set.add(value);
}

function put2(into: Map<number, number[]>, key: number, value: number): void {
  const list = into.get(key);
  if (list === undefined) into.set(key, [value]);
  else list.push(value);
}

function take(from: Map<number, Set<number>>, key: number, value: number): void {
  const set = from.get(key);
  set?.delete(value);
  if (set?.size === 0) from.delete(key);
}
