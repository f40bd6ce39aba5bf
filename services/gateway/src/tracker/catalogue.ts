// The public catalogue as files that others, and we, can take in: GeoJSON by country, and CSV.
// Holds: pure; what is written is read back as the same incidents; a cell that a spreadsheet would take for a formula is
// guarded by an apostrophe, which the reader takes off again. Source: README.md#the-catalogue-and-good-practice; RFC 7946; RFC 4180

import { stringify } from 'csv-stringify/sync';
import type { Incident } from './incident.ts';

/** A feature a country; an incident under several countries is in each of them, under one `post_id`. */
export function toCatalogueJson(incidents: readonly Incident[], banner: string): object {
  const countries = [...new Set(incidents.flatMap(countriesOf))].sort();
  return {
    marking: banner,
    type: 'FeatureCollection',
    features: countries.map((country) => {
      const own = incidents.filter((incident) => countriesOf(incident).includes(country));
      return {
        type: 'Feature',
        geometry: null,
        properties: { ...(country !== '' && { country }), count: own.length, incidents: own.map(toJsonIncident) },
      };
    }),
  };
}

/** A row an incident, under a line with the marking; lists have an item a line. */
export function toCatalogueCsv(incidents: readonly Incident[], banner: string): string {
  const rows = incidents.map((incident) => COLUMNS.map(([, cellOf]) => guarded(cellOf(incident))));
  return `# ${banner}\r\n${stringify([COLUMNS.map(([name]) => name), ...rows], { record_delimiter: '\r\n' })}`;
}

/** Blank for an incident without a country. */
function countriesOf({ countries }: Incident): readonly string[] {
  return countries.length === 0 ? [''] : countries;
}

function toJsonIncident(incident: Incident): object {
  const { id, title, text, actors, tools, dateText, start, end, precision, sources, organizations, display } = incident;
  return {
    post_id: id,
    title: escaped(title),
    text,
    content: text.split('\n').map((line) => `<p>${escaped(line)}</p>`).join(''),
    link: sources.find(({ attribution }) => attribution)?.url ?? '',
    date_text: dateText,
    start_date: [compact(start)],
    end_date: [compact(end)],
    precision,
    tools: tools.map((name) => ({ name, slug: name.toLowerCase().replaceAll('_', '-') })),
    actors: actors.map((name) => ({ name })),
    sources: sources.map((source) => ({ url: source.url, title: source.title })),
    organizations,
    display,
  };
} // prettier-ignore

/** Titles and texts of such catalogues are HTML. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `YYYYMMDD`, blank where there is no day. */
function compact(day: string | undefined): string {
  return (day ?? '').replaceAll('-', '');
}

const lines = (items: readonly string[]): string => items.join('\n');
const COLUMNS: readonly (readonly [string, (incident: Incident) => string])[] = [
  ['title', ({ title }) => title],
  ['text', ({ text }) => text],
  ['countries', ({ countries }) => lines(countries)],
  ['actors', ({ actors }) => lines(actors)],
  ['tools', ({ tools }) => lines(tools)],
  ['date_text', ({ dateText }) => dateText],
  ['start', ({ start = '' }) => start],
  ['end', ({ end = '' }) => end],
  ['precision', ({ precision }) => precision],
  ['sources', ({ sources }) => lines(sources.map(({ url, title }) => `${url} ${title}`.trim()))],
  ['organizations', ({ organizations }) => lines(organizations)],
  ['display', ({ display }) => String(display)],
];

/** OWASP, CSV injection: these begin a formula; an apostrophe of our own marks what was guarded, one that was there included. */
function guarded(cell: string): string {
  return /^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell;
}
