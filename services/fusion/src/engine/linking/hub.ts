// When a value is too common to mean anything: it then links nothing and stays visible as context.
// Holds: df is counted over distinct lineages of this view; a partner tenant counts at most its quota a value, so that
// it cannot make a hub of what a government agency sees. Source: README.md#hubs

import type { Rules } from '../rules.ts';
import type { SeenTimes } from './separate-times.ts';

/** Walks the live records of a value: `firstPosting`, then `nextPosting` until 0. */
export interface Postings {
  firstPosting(feature: number): number;
  nextPosting(posting: number): number;
  recordAt(posting: number): number;
}

/** What the count needs to know of a record. */
export interface LineageOf {
  /** When records were seen. */
  readonly times: SeenTimes;
  lineageOf(record: number): number;
  agencyOf(record: number): number;
  isTenant(record: number): boolean;
}

/**
 * Distinct lineages of a value and of those that count with it, up to `hubCap + 1`: more makes no difference.
 * |G| + min(|T|, Σ over tenants min(quota, their own)), G the lineages a government record carries, T the others.
 */
export function countLineages(
  rules: Rules,
  postings: Postings,
  feature: number,
  alike: readonly number[],
  of: LineageOf,
): number {
  const enough = rules.hubCap + 1;
  const government: number[] = [];
  let tenants = false;
  for (let turn = 0; turn <= alike.length; turn += 1) {
    const each = turn === 0 ? feature : alike[turn - 1]!;
    for (let at = postings.firstPosting(each); at !== 0; at = postings.nextPosting(at)) {
      const record = postings.recordAt(at);
      if (of.isTenant(record)) tenants = true;
      else if (addDistinct(government, of.lineageOf(record)) && government.length >= enough) return enough;
    }
  }
  if (!tenants) return government.length;
  const features = alike.length === 0 ? [feature] : [feature, ...alike];
  return Math.min(enough, government.length + countTenants(rules, postings, features, of, government, enough));
}

function countTenants(
  rules: Rules,
  postings: Postings,
  features: readonly number[],
  of: LineageOf,
  government: readonly number[],
  enough: number,
): number {
  const distinct: number[] = [];
  const perTenant = new Map<number, number[]>();
  let quota = 0;
  for (const feature of features)
    for (let at = postings.firstPosting(feature); at !== 0; at = postings.nextPosting(at)) {
      const record = postings.recordAt(at);
      if (!of.isTenant(record)) continue;
      const lineage = of.lineageOf(record);
      if (government.includes(lineage)) continue;
      if (distinct.length < enough) addDistinct(distinct, lineage);
      const own = perTenant.get(of.agencyOf(record)) ?? [];
      if (own.length < rules.tenantLineages && addDistinct(own, lineage)) quota += 1;
      perTenant.set(of.agencyOf(record), own);
      if (quota >= enough && distinct.length >= enough) return enough;
    }
  return Math.min(quota, distinct.length);
}

function addDistinct(into: number[], value: number): boolean {
  if (into.includes(value)) return false;
  into.push(value);
  return true;
}
