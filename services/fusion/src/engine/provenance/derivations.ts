// What live records state about who derives from whom: by `derivedFrom`, and by LineageLinks.
// Holds: a tenant's LineageLink speaks of its own agency's records alone; what a tenant states of a record that shares id or
// origin with a government record counts for nothing, for it would be said of the government's; nothing that is stated of a
// copy counts: it is its original that speaks. Ids are those of the record table. Source: README.md#lineage

import type { Copies } from './copies.ts';
import { TENANT, type RecordTable } from '../records/records.ts';

/** Statements of live records, by the ids they name. */
export class Derivations {
  readonly #records: RecordTable;
  readonly #copies: Copies;
  /** Parent → records that state it. */
  readonly #children = new Map<number, number | Set<number>>();
  readonly #linksOfChild = new Map<number, Set<number>>();
  readonly #linksOfParent = new Map<number, Set<number>>();

  constructor(records: RecordTable, copies: Copies) {
    this.#records = records;
    this.#copies = copies;
  }

  /** Takes note of what a record states. */
  note(record: number): void {
    const { parents, links } = this.#records;
    for (const parent of parents.get(record) ?? []) this.#putChild(parent, record);
    const link = links.get(record);
    if (link === undefined) return;
    put(this.#linksOfChild, link.child, record);
    put(this.#linksOfParent, link.parent, record);
  }

  /** Forgets what a record states. */
  forget(record: number): void {
    const { parents, links } = this.#records;
    for (const parent of parents.get(record) ?? []) this.#takeChild(parent, record);
    const link = links.get(record);
    if (link === undefined) return;
    take(this.#linksOfChild, link.child, record);
    take(this.#linksOfParent, link.parent, record);
  }

  /** LineageLinks that name an id as child or as parent. */
  linksAbout(id: number): number[] {
    return [...(this.#linksOfChild.get(id) ?? []), ...(this.#linksOfParent.get(id) ?? [])];
  }

  /** Whether anything is stated of an id. */
  isNamed(id: number): boolean {
    return this.#children.has(id) || this.#linksOfChild.has(id) || this.#linksOfParent.has(id);
  }

  /** Ids that are said, by whomever, to derive from this one. */
  childIdsOf(id: number): number[] {
    const { id: ids, links } = this.#records;
    const children = this.#childrenOf(id).map((child) => ids[child]!);
    return children.concat([...(this.#linksOfParent.get(id) ?? [])].map((link) => links.get(link)!.child));
  }

  /** Ids from which a record is said, by whomever, to derive. */
  parentIdsOf(record: number): number[] {
    const { id, links, parents } = this.#records;
    const linked = [...(this.#linksOfChild.get(id[record]!) ?? [])].map((link) => links.get(link)!.parent);
    return [...(parents.get(record) ?? []), ...linked];
  }

  /** Those of them that count. `isSilent`: a tenant's record that stands beside a government record of its id or origin. */
  countedParentIdsOf(record: number, isSilent: boolean): number[] {
    if (this.#copies.isCopy(record)) return [];
    const { id, links, parents } = this.#records;
    const stated = isSilent ? [] : [...(parents.get(record) ?? [])];
    for (const link of this.#linksOfChild.get(id[record]!) ?? [])
      if (this.#maySpeakOf(link, record, isSilent)) stated.push(links.get(link)!.parent);
    return stated;
  }

  /** Most parents have one child, for which no set is kept. */
  #putChild(parent: number, child: number): void {
    const known = this.#children.get(parent);
    if (known === undefined) this.#children.set(parent, child);
    else if (typeof known !== 'number') known.add(child);
    else if (known !== child) this.#children.set(parent, new Set([known, child]));
  }

  #takeChild(parent: number, child: number): void {
    const known = this.#children.get(parent);
    if (typeof known === 'object') known.delete(child);
    if (known === child || (typeof known === 'object' && known.size === 0)) this.#children.delete(parent);
  }

  #childrenOf(parent: number): number[] {
    const known = this.#children.get(parent);
    return known === undefined ? [] : typeof known === 'number' ? [known] : [...known];
  }

  #maySpeakOf(link: number, record: number, isSilent: boolean): boolean {
    if (!this.#records.is(link, TENANT)) return true;
    return !isSilent && this.#records.agency[link] === this.#records.agency[record];
  }
}

function put(into: Map<number, Set<number>>, key: number, value: number): void {
  const set = into.get(key);
  if (set === undefined) into.set(key, new Set([value]));
  else set.add(value);
}

function take(from: Map<number, Set<number>>, key: number, value: number): void {
  const set = from.get(key);
  set?.delete(value);
  if (set?.size === 0) from.delete(key);
}
