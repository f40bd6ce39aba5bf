// An incident of the catalogue as somebody writes it by hand, completed: what its time is, and which sources attribute it.
// Holds: pure; policy says what attributes, whatever the sender says; a time that cannot be read is kept as text, with a
// warning; what is no incident comes back as it was. Source: README.md#the-catalogue

import { readMessyDate } from '@sitebus/imports';
import type { ObservationJson } from '@sitebus/kit';
import { isAttributionHost, isJsonObject, type Policy } from '@sitebus/sdk';

/** An item to submit, and what its sender should know. */
export interface CompletedItem {
  readonly item: ObservationJson;
  readonly warnings: readonly string[];
}

/** Completes a TrackedIncident; every other type is left alone. */
export function completeIncident(item: ObservationJson, { partners }: Pick<Policy, 'partners'>): CompletedItem {
  if (item['type'] !== 'TrackedIncident') return { item, warnings: [] };
  const sources = Array.isArray(item['sources'])
    ? (item['sources'] as readonly unknown[]).map((source) => attributed(source, partners.attributionHosts))
    : item['sources'];
  const { display = true } = item;
  if (item['precision'] !== undefined) return { item: { ...item, sources, display }, warnings: [] };
  const { dateFormat } = partners.sources.find(({ format }) => format === 'catalogue') ?? {};
  const text = typeof item['dateText'] === 'string' ? item['dateText'] : '';
  const read = readMessyDate(text, dateFormat);
  const when =
    read === undefined
      ? { start: null, end: null, precision: 'UNKNOWN' }
      : { start: read.start, end: read.end ?? null, precision: read.precision };
  return {
    item: { ...item, sources, display, dateText: text, ...when },
    warnings: read === undefined ? [UNREAD] : [],
  };
}

const UNREAD = 'the time cannot be read and is kept as text: precision UNKNOWN';

function attributed(source: unknown, hosts: readonly string[]): unknown {
  if (!isJsonObject(source)) return source; // the checks name it
  return { title: '', ...source, attribution: isAttributionHost(String(source['url']), hosts) };
}
