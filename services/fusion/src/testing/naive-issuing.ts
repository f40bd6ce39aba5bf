// Which products must be live, worked out the slow way: from what rules that issue every report publish of the same records.
// Holds: shares no code with the engine; who is a product at all is decided here by category, position and LineageLink alone.

import type { Assessment } from '@sitebus/sdk';
import type { FusionObservation } from '../engine/observation.ts';
import type { Rules } from '../engine/rules.ts';
import { liveOf, presentOf } from './naive-oracle.ts';

/** The same rules, under which every report that stands alone is an assessment. */
export const issuingEverything = (rules: Rules): Rules => ({ ...rules, assessAloneFrom: 0 });

/** Of every id that was issued the newest version. */
export type Published = ReadonlyMap<string, Assessment>;

/** Live products by id: their content, without what history adds. */
export function liveContent(published: Published): Record<string, unknown> {
  const live = [...published.values()].filter(({ status }) => status === 'LIVE');
  const contents = live.map(({ version: _, splitFrom: _from, ...content }) => [content.id, content] as const);
  return Object.fromEntries(contents.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What must be live once `given` have come, in a world that has `issued` so much: of the products of a world that issues
 * `everything`, those that have company, are severe or spoken of, and those whose id was issued before.
 */
export function mustBeLive(
  rules: Rules,
  given: readonly FusionObservation[],
  everything: Published,
  issued: Published,
): Record<string, unknown> {
  const isWorth = isWorthIssuing(rules, given);
  const products = Object.entries(liveContent(everything)) as [string, Assessment][];
  return Object.fromEntries(products.filter(([id, product]) => isWorth(product) || issued.has(id)));
}

/**
 * Of what one cut published: ids that begin as a mild report of which nobody speaks, though no other id that was issued
 * had nowhere else to go. There must be none.
 */
export function begunForNothing(
  rules: Rules,
  given: readonly FusionObservation[],
  published: readonly Assessment[],
): Assessment[] {
  const isWorth = isWorthIssuing(rules, given);
  const ledTo = new Set(published.map(({ redirectTo }) => redirectTo));
  const begun = published.filter(({ version, status }) => version === 1 && status === 'LIVE');
  return begun.filter((product) => !isWorth(product) && !ledTo.has(product.id));
}

function isWorthIssuing(
  { impact, assessAloneFrom }: Rules,
  given: readonly FusionObservation[],
): (product: Assessment) => boolean {
  const links = liveOf(presentOf(given)).flatMap(({ lineageLink }) => lineageLink ?? []);
  const named = new Set(links.flatMap(({ child, parent }) => [child, parent]));
  return ({ members, positions }) =>
    members.length > 1 ||
    positions.length > 0 ||
    members.some(({ id, category }) => named.has(id) || (impact.get(category ?? '') ?? 0) >= assessAloneFrom);
}
