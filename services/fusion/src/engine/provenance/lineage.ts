// Where records come from: which of them speak of one origin, so that an origin counts once.
// Holds: a function of the live set; equal source tokens are one origin, and so are a copy and its original; `derivedFrom`
// and LineageLinks lead to the parent's; every edge of a derivation cycle is ignored; a parent not readable here is an origin
// all the same. Source: README.md#lineage

import type { Copies } from './copies.ts';
import { Derivations } from './derivations.ts';
import { rootsOf, type Root } from './origin-roots.ts';
import { isOwnId, Origins, type Origin } from './origins.ts';
import { LIVE, TENANT, type RecordTable } from '../records/records.ts';
import { stronglyConnected } from './strongly-connected.ts';
import { grown, lengthFor } from '../growing-columns.ts';

/** Origins that derivation joins, with their live records. */
type Cluster = ReadonlyMap<Origin, readonly number[]>;

/** By number, 1 for each that stands. */
interface KeptTexts {
  readonly ids: Uint8Array;
  readonly tokens: Uint8Array;
}

/** Lineages of the live records, kept up to date cut by cut. */
export class Lineages {
  readonly #records: RecordTable;
  readonly #copies: Copies;
  readonly #origins: Origins;
  readonly #derivations: Derivations;
  #lineage = new Int32Array(1_024);
  #rootless = new Uint8Array(1_024);
  /** Origins that derive from something, or from which something derives: what joins them must be worked out. */
  readonly #derived = new Set<Origin>();
  #seeds = new Set<number>();
  #added: number[] = [];

  constructor(records: RecordTable, copies: Copies) {
    this.#records = records;
    this.#copies = copies;
    this.#origins = new Origins(records, copies);
    this.#derivations = new Derivations(records, copies);
  }

  lineageOf(record: number): number {
    return this.#lineage[record]!;
  }

  /** True where nothing says where the record comes from. */
  isRootless(record: number): boolean {
    return this.#rootless[record] === 1;
  }

  /** Marks the ids and tokens under which a live record, or what it derives from, is known. */
  keepOrigins(record: number, kept: KeptTexts): void {
    for (const origin of [this.#lineage[record]!, this.#origins.of(record)])
      (isOwnId(origin) ? kept.ids : kept.tokens)[origin >> 1] = 1;
  }

  /** Ids and tokens without a mark have been freed: nothing may be known under them. */
  keepOnly(kept: KeptTexts): void {
    for (const origin of this.#derived)
      if ((isOwnId(origin) ? kept.ids : kept.tokens)[origin >> 1] !== 1) this.#derived.delete(origin);
  }

  /** Live LineageLinks that name this record as child or parent. */
  linksAbout(record: number): number[] {
    return this.#derivations.linksAbout(this.#records.id[record]!);
  }

  /** A record has become live. Lineages are right again after `settle`. */
  enter(record: number): void {
    if (record >= this.#lineage.length) {
      const length = lengthFor(record + 1, this.#lineage.length);
      this.#lineage = grown(this.#lineage, new Int32Array(length));
      this.#rootless = grown(this.#rootless, new Uint8Array(length));
    }
    this.#derivations.note(record);
    this.#added.push(record);
  }

  /** A record is live no longer. */
  leave(record: number): void {
    this.#touch(record);
    this.#origins.unlist(record);
    this.#derivations.forget(record);
    this.#lineage[record] = 0;
  }

  /**
   * Works out again what was touched. @returns records that were live before and whose lineage, or what they are a copy
   * of, may be another now. Cost: the records just added, and whole derivation clusters that were touched.
   */
  settle(): number[] {
    const added = new Set(this.#added);
    const moved = [...this.#copies.settle()].filter((record) => this.#records.is(record, LIVE) && !added.has(record));
    for (const record of moved) {
      this.#touch(record);
      this.#origins.unlist(record);
    }
    for (const record of [...added, ...moved]) if (this.#records.is(record, LIVE)) this.#begin(record);
    for (const record of [...added, ...moved]) if (this.#records.is(record, LIVE)) this.#touch(record);
    const settled = new Set([...added, ...moved]);
    const changed = moved;
    const visited = new Set<Origin>();
    for (const id of this.#seeds)
      for (const origin of this.#origins.ofId(id))
        if (!visited.has(origin)) this.#resolve(origin, visited, settled, changed);
    this.#seeds = new Set();
    this.#added = [];
    return changed;
  }

  /** Lists a record under its origin, which is its lineage unless derivation leads further. */
  #begin(record: number): void {
    this.#origins.list(record);
    const origin = this.#origins.of(record);
    this.#lineage[record] = origin;
    const rootless = isOwnId(origin) ? 1 : 0;
    if (this.#rootless[record] !== rootless) this.#rootless[record] = rootless;
  }

  /** Ids around a record from which a cluster must be worked out; none for a record that derives from nothing. */
  #touch(record: number): void {
    const { id, parents, links } = this.#records;
    const own = id[record]!;
    const link = links.get(record);
    if (link) this.#seeds.add(link.child).add(link.parent);
    const origin = this.#origins.of(record);
    const derived =
      parents.has(record) ||
      this.#derivations.isNamed(own) ||
      this.#derived.has(origin) ||
      (parents.size > 0 && this.#origins.liveWithId(own).some((each) => parents.has(each))); // which of them may speak depends on all of them
    if (!derived) return;
    this.#seeds.add(own);
    for (const parent of this.#derivations.parentIdsOf(record)) this.#seeds.add(parent);
    for (const child of this.#derivations.childIdsOf(own)) this.#seeds.add(child);
    // The rest of an origin, which a record that leaves no longer leads to.
    if (isOwnId(origin)) this.#seeds.add(origin >> 1);
    const neighbour = this.#origins.neighbourOf(record);
    if (neighbour !== 0) this.#seeds.add(id[neighbour]!);
  }

  #resolve(start: Origin, visited: Set<Origin>, settled: ReadonlySet<number>, changed: number[]): void {
    const cluster = this.#clusterOf(start, visited);
    const roots = rootsOf(this.#edgesOf(cluster), (origins) => this.#leastOf(origins));
    for (const [origin, records] of cluster) {
      const root = roots.get(origin)!;
      const rootless = isBare(root, cluster) ? 1 : 0;
      if (cluster.size > 1) this.#derived.add(origin);
      else this.#derived.delete(origin);
      for (const record of records) {
        const same = this.#lineage[record] === root.origin && this.#rootless[record] === rootless;
        this.#lineage[record] = root.origin;
        this.#rootless[record] = rootless;
        if (!same && !settled.has(record)) changed.push(record);
      }
    }
  }

  #clusterOf(start: Origin, visited: Set<Origin>): Cluster {
    const cluster = new Map<Origin, readonly number[]>();
    const open = [start];
    visited.add(start);
    const reach = (id: number) => {
      for (const origin of this.#origins.ofId(id))
        if (!visited.has(origin)) {
          visited.add(origin);
          open.push(origin);
        }
    };
    for (let origin = open.pop(); origin !== undefined; origin = open.pop()) {
      const records = this.#origins.recordsOf(origin);
      cluster.set(origin, records);
      const ids = new Set(records.map((record) => this.#records.id[record]!));
      if (isOwnId(origin)) ids.add(origin >> 1);
      for (const record of records) this.#derivations.parentIdsOf(record).forEach(reach);
      for (const id of ids) this.#derivations.childIdsOf(id).forEach(reach);
    }
    return cluster;
  }

  /** Origin → origins it derives from, without the edges of derivation cycles. */
  #edgesOf(cluster: Cluster): Map<Origin, Set<Origin>> {
    const counted = this.#countedParentIds(cluster);
    const byId = new Map<number, Set<number>>();
    for (const [record, parents] of counted)
      for (const parent of parents) {
        const id = this.#records.id[record]!;
        byId.set(id, (byId.get(id) ?? new Set()).add(parent));
      }
    const cycleOf = stronglyConnected(byId);
    const edges = new Map<Origin, Set<Origin>>();
    for (const [origin, records] of cluster) {
      const parents = new Set<Origin>();
      for (const record of records)
        for (const parent of counted.get(record)!)
          if (cycleOf.get(this.#records.id[record]!) !== cycleOf.get(parent))
            for (const each of this.#origins.ofId(parent)) if (each !== origin) parents.add(each);
      edges.set(origin, parents);
    }
    return edges;
  }

  #countedParentIds(cluster: Cluster): Map<number, readonly number[]> {
    const isGovernment = (record: number) => !this.#records.is(record, TENANT);
    const counted = new Map<number, readonly number[]>();
    for (const records of cluster.values()) {
      const besideGovernment = records.some(isGovernment);
      for (const record of records) {
        const sharesId = () => this.#origins.liveWithId(this.#records.id[record]!).some(isGovernment);
        const isSilent = !isGovernment(record) && (besideGovernment || sharesId());
        counted.set(record, this.#derivations.countedParentIdsOf(record, isSilent));
      }
    }
    return counted;
  }

  /** The origin that stands for several: by its least record, government first; unreadable ids last. */
  #leastOf(origins: readonly Origin[]): Origin {
    let least: Origin | undefined;
    let leastRecord = 0;
    for (const origin of origins) {
      const records = this.#origins.recordsOf(origin);
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
}

/**
 * True where the root is a record without token, that is, nothing is known of where it comes from. An id that no live
 * record bears is known: its record exists, above this view.
 */
function isBare({ origin, circle }: Root, cluster: Cluster): boolean {
  return circle.every(isOwnId) && (cluster.get(origin)?.length ?? 0) > 0;
}
