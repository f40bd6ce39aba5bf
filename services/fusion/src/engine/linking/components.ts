// Which records belong together: surviving links, and the connected components they make.
// Holds: a component is the closure of the links that stand now; losing a link or a member rebuilds its component from
// what is left, so nothing remembers how it came about. The anchor is the least record by the anchor order.
// Source: README.md#components

import type { RecordTable } from '../records/records.ts';
import { grown, lengthFor } from '../growing-columns.ts';

/** Links and components of one view. */
export class Components {
  readonly #records: RecordTable;
  #parent = new Int32Array(1_024);
  #size = new Int32Array(1_024);
  #anchor = new Int32Array(1_024);
  /** Members of a component in a ring. */
  #ring = new Int32Array(1_024);
  /** Record → first of its half edges, 0 for none. */
  #firstEdge = new Int32Array(1_024);
  #edgeTo = new Int32Array(2_048);
  #nextEdge = new Int32Array(2_048);
  #usedEdges = 0;
  #freeEdge = 0;
  readonly #torn = new Set<number>();

  constructor(records: RecordTable) {
    this.#records = records;
  }

  /** A record becomes a component of one. */
  enter(record: number): void {
    if (record >= this.#parent.length) this.#grow(record);
    this.#isolate(record);
  }

  /** A record leaves with all its links. @returns the records it was linked to. */
  leave(record: number): number[] {
    const neighbours: number[] = [];
    for (let edge = this.#firstEdge[record]!; edge !== 0; edge = this.#nextEdge[edge]!)
      neighbours.push(this.#edgeTo[edge]!);
    for (const neighbour of neighbours) this.unlink(record, neighbour);
    this.#torn.add(record);
    return neighbours;
  }

  isLinked(a: number, b: number): boolean {
    for (let edge = this.#firstEdge[a]!; edge !== 0; edge = this.#nextEdge[edge]!)
      if (this.#edgeTo[edge] === b) return true;
    return false;
  }

  link(a: number, b: number): void {
    this.#addHalf(a, b);
    this.#addHalf(b, a);
    this.#unite(a, b);
  }

  /** Takes a link away; components are right again after `mend`. */
  unlink(a: number, b: number): void {
    this.#removeHalf(a, b);
    this.#removeHalf(b, a);
    this.#torn.add(a).add(b);
  }

  /**
   * Rebuilds every component that lost a link or a member. @returns all records that were in one of them, the ones that
   * left included.
   */
  mend(isLive: (record: number) => boolean): number[] {
    const touched: number[] = [];
    const roots = new Set([...this.#torn].map((record) => this.find(record)));
    this.#torn.clear();
    for (const root of roots) for (const member of this.membersOf(root)) touched.push(member); // no spread: it may be very many
    for (const record of touched) this.#isolate(record);
    for (const record of touched)
      if (isLive(record))
        for (let edge = this.#firstEdge[record]!; edge !== 0; edge = this.#nextEdge[edge]!)
          this.#unite(record, this.#edgeTo[edge]!);
    return touched;
  }

  find(record: number): number {
    const parent = this.#parent;
    let at = record;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  sizeOf(root: number): number {
    return this.#size[root]!;
  }

  anchorOf(root: number): number {
    return this.#anchor[root]!;
  }

  /** In no order. */
  membersOf(root: number): number[] {
    const members = [root];
    for (let record = this.#ring[root]!; record !== root; record = this.#ring[record]!) members.push(record);
    return members;
  }

  /** In no order. */
  neighboursOf(record: number): number[] {
    const neighbours: number[] = [];
    for (let edge = this.#firstEdge[record]!; edge !== 0; edge = this.#nextEdge[edge]!)
      neighbours.push(this.#edgeTo[edge]!);
    return neighbours;
  }

  #isolate(record: number): void {
    this.#parent[record] = record;
    this.#size[record] = 1;
    this.#anchor[record] = record;
    this.#ring[record] = record;
  }

  #unite(a: number, b: number): void {
    let large = this.find(a);
    let small = this.find(b);
    if (large === small) return;
    if (this.#size[large]! < this.#size[small]!) [large, small] = [small, large];
    this.#parent[small] = large;
    this.#size[large]! += this.#size[small]!;
    const next = this.#ring[large]!;
    this.#ring[large] = this.#ring[small]!;
    this.#ring[small] = next;
    if (this.#records.compareAnchors(this.#anchor[small]!, this.#anchor[large]!) < 0)
      this.#anchor[large] = this.#anchor[small]!;
  }

  #addHalf(from: number, to: number): void {
    let edge = this.#freeEdge;
    if (edge !== 0) this.#freeEdge = this.#nextEdge[edge]!;
    else {
      edge = this.#usedEdges += 1;
      if (edge >= this.#edgeTo.length) {
        this.#edgeTo = grown(this.#edgeTo, new Int32Array(lengthFor(edge + 1, this.#edgeTo.length)));
        this.#nextEdge = grown(this.#nextEdge, new Int32Array(lengthFor(edge + 1, this.#nextEdge.length)));
      }
    }
    this.#edgeTo[edge] = to;
    this.#nextEdge[edge] = this.#firstEdge[from]!;
    this.#firstEdge[from] = edge;
  }

  #removeHalf(from: number, to: number): void {
    let before = 0;
    for (let edge = this.#firstEdge[from]!; edge !== 0; before = edge, edge = this.#nextEdge[edge]!) {
      if (this.#edgeTo[edge] !== to) continue;
      if (before === 0) this.#firstEdge[from] = this.#nextEdge[edge]!;
      else this.#nextEdge[before] = this.#nextEdge[edge]!;
      this.#nextEdge[edge] = this.#freeEdge;
      this.#freeEdge = edge;
      return;
    }
  }

  #grow(record: number): void {
    const length = lengthFor(record + 1, this.#parent.length);
    this.#parent = grown(this.#parent, new Int32Array(length));
    this.#size = grown(this.#size, new Int32Array(length));
    this.#anchor = grown(this.#anchor, new Int32Array(length));
    this.#ring = grown(this.#ring, new Int32Array(length));
    this.#firstEdge = grown(this.#firstEdge, new Int32Array(length));
  }
}
