// Catalogues of past incidents, as GeoJSON (a feature a country) or as our own CSV, as TrackedIncidents.
// Holds: an item is an incident under one country, and one incident under several is one record; nothing is said to be
// attributed but what was published where policy counts it; a time that cannot be read is kept as text, with a warning.
// Source: README.md#catalogue

import { isAttributionHost, type DatePrecision } from '@sitebus/sdk';
import { decideWritten } from '../row-marking.ts';
import { contentName } from '../ids.ts';
import { toDayMs, toInstantMs } from '../instants.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { distinct } from '../report.ts';
import { readTable } from '../table.ts';
import { createTally, unreadableFile, type ItemEntry, type NotCarriedReason, type Tally } from '../tally.ts';
import { at, isNo, listAt, objectAt, sortedJson, textAt, textsAt, toScalarText } from '../untrusted.ts';
import { toPlainText } from './html-text.ts';
import { readMessyDate } from './messy-date.ts';
import { practicesIn, readPractice } from './practices.ts';

/** Reads catalogues: JSON, else CSV. */
export const catalogueReader: FormatReader = {
  format: 'catalogue',
  read(content, context) {
    const start = content.toString('utf8', 0, 64).replace(/^\ufeff/, '').trimStart(); // prettier-ignore
    const tally = createTally();
    const parsed = start.startsWith('{') ? parsedIn(content) : undefined;
    const practices = practicesIn(parsed);
    if (practices !== undefined) {
      practices.forEach((practice, index) => readPractice(practice, tally.item(`/practices/${index}`), context));
      return tally.reading();
    }
    const items = start.startsWith('{') ? fromGeoJson(parsed, tally) : fromCsv(content, context, tally);
    if (items === undefined)
      return unreadableFile(
        'the file is neither a FeatureCollection nor a table',
        'send GeoJSON, or CSV with a header',
      );
    const read = items.flatMap(({ written, item }) => readIncident(written, item, context));
    for (const same of grouped(read)) carry(same, context);
    return tally.reading();
  },
};

/** An incident as its format has it, before anything is checked. */
interface Written {
  readonly nativeId: string | undefined;
  readonly title: string | undefined;
  /** Plain text of the incident, and what its markup links to. */
  readonly text: string;
  readonly links: readonly string[];
  readonly countries: readonly string[];
  readonly actors: readonly string[];
  readonly tools: readonly string[];
  readonly dateText: string;
  /** `YYYYMMDD`, or blank. */
  readonly startText: string;
  readonly endText: string;
  /** Stated by our own exports: then start and end hold as they stand. */
  readonly precision: string | undefined;
  readonly sources: readonly { readonly url: string; readonly title: string }[];
  readonly organizations: readonly string[];
  readonly display: boolean;
  readonly marking: { readonly marking?: string | undefined; readonly tlp?: string | undefined };
  /** When it was entered, where the catalogue says so. */
  readonly enteredAt?: string | undefined;
}

interface Placed {
  readonly written: Written;
  readonly item: ItemEntry;
}

/** One incident under one country, read. */
interface Incident {
  readonly written: Written;
  readonly item: ItemEntry;
  readonly marking: ImportDraft['marking'];
  readonly title: string;
  readonly tools: readonly string[];
  readonly sources: readonly Source[];
  readonly when: When;
}

interface Source {
  readonly url: string;
  readonly title: string;
  readonly attribution: boolean;
}

interface When {
  readonly start: number | null;
  readonly end: number | null;
  readonly precision: DatePrecision;
}

const MAX_SOURCES = 5; // README.md#catalogue
const DAY_MS = 86_400_000;
const PRECISIONS: readonly string[] = ['DAY', 'MONTH', 'YEAR', 'CIRCA', 'UNKNOWN'];

function parsedIn(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return undefined; // Not JSON: answered as UNREADABLE.
  }
}

function fromGeoJson(parsed: unknown, tally: Tally): readonly Placed[] | undefined {
  if (at(parsed, 'type') !== 'FeatureCollection') return undefined;
  return listAt(parsed, 'features').flatMap((feature, index) => {
    const properties = objectAt(feature, 'properties');
    const country = textAt(properties, 'country');
    return listAt(properties, 'incidents').map((incident, n) => ({
      written: fromIncident(incident, country),
      item: tally.item(`/features/${index}/properties/incidents/${n}`),
    }));
  });
}

function fromIncident(incident: unknown, country: string | undefined): Written {
  const { text, links } = toPlainText(textAt(incident, 'content') ?? '');
  const names = (key: string): string[] =>
    listAt(incident, key).flatMap((each) => textAt(each, 'name') ?? (typeof each === 'string' ? each : []));
  return {
    nativeId: toScalarText(at(incident, 'post_id')),
    title: headline(textAt(incident, 'title')),
    text: textAt(incident, 'text') ?? text,
    links: [...(textAt(incident, 'link') === undefined ? [] : [textAt(incident, 'link') ?? '']), ...links],
    countries: country === undefined ? [] : [country],
    actors: names('actors'),
    tools: names('tools'),
    dateText: textAt(incident, 'date_text') ?? '',
    startText: textsAt(incident, 'start_date')[0] ?? '',
    endText: textsAt(incident, 'end_date')[0] ?? '',
    precision: textAt(incident, 'precision'),
    sources: listAt(incident, 'sources').flatMap((each) => {
      const url = textAt(each, 'url');
      return url === undefined ? [] : [{ url, title: textAt(each, 'title') ?? '' }];
    }),
    organizations: textsAt(incident, 'organizations'),
    display: !isNo(at(incident, 'display')),
    enteredAt: textAt(incident, 'entered_at'),
    marking: { marking: textAt(incident, 'marking'), tlp: textAt(incident, 'tlp') },
  };
}

function fromCsv(content: Buffer, context: ReadingContext, tally: Tally): readonly Placed[] | undefined {
  const table = readTable(withoutBanner(content), context.mapping.columns);
  if (table.rows.length === 0 && table.brokenAtLine === undefined) return undefined;
  const placed = table.rows.map(({ line, columns }) => ({ written: fromRow(columns), item: tally.item('', line) }));
  if (table.brokenAtLine !== undefined)
    tally.item('', table.brokenAtLine).refuse({
      code: 'BROKEN_TABLE',
      reason: 'from this line on the file is no CSV: a quote does not close',
      fix: 'close the quote',
    });
  return placed;
}

/** Our exports begin with their marking, `# <banner>`: the line is left blank, so that lines keep their numbers. */
function withoutBanner(content: Buffer): Buffer {
  const end = content.indexOf(0x0a);
  if (content[0] !== 0x23 || end < 0) return content;
  return content.subarray(content[end - 1] === 0x0d ? end - 1 : end); // its own line end: the parser goes by the first
}

function fromRow(columns: ReadonlyMap<string, string>): Written {
  const cell = (name: string): string | undefined => unguarded(columns.get(name))?.normalize('NFC');
  const lines = (name: string): string[] => (cell(name) ?? '').split('\n').filter((line) => line.trim() !== '');
  return {
    nativeId: undefined,
    title: cell('title')?.replace(/\s+/g, ' '),
    text: cell('text') ?? '',
    links: [],
    countries: lines('countries'),
    actors: lines('actors'),
    tools: lines('tools'),
    dateText: cell('date_text') ?? '',
    startText: (cell('start') ?? '').replaceAll('-', ''),
    endText: (cell('end') ?? '').replaceAll('-', ''),
    precision: cell('precision'),
    sources: lines('sources').map((line) => {
      const [url = '', ...title] = line.split(' ');
      return { url, title: title.join(' ') };
    }),
    organizations: lines('organizations'),
    display: !isNo(cell('display')),
    marking: { marking: cell('marking'), tlp: cell('tlp') },
  };
}

/** Our exports put an apostrophe before what a spreadsheet would take for a formula; it is no part of the value. */
function unguarded(cell: string | undefined): string | undefined {
  return cell?.startsWith("'") === true ? cell.slice(1) : cell;
}

/** Titles of GeoJSON come with markup in them as well. */
function headline(title: string | undefined): string | undefined {
  const { text } = toPlainText(title ?? '');
  return text === '' ? undefined : text.replaceAll('\n', ' ');
}

function readIncident(written: Written, item: ItemEntry, context: ReadingContext): Incident[] {
  const refuse = (why: NotCarriedReason): Incident[] => (item.refuse(why), []);
  const words = context.policy.vocabulary['Tool'] ?? [];
  const tools = written.tools.map((tool) =>
    tool
      .trim()
      .toUpperCase()
      .replace(/[\s-]+/g, '_'),
  );
  const unknown = tools.some((tool) => !words.includes(tool));
  const { title } = written;
  if (title === undefined || written.text.trim() === '')
    return refuse({ code: 'MISSING_PROPERTY', reason: 'an incident has a title and a text', fix: 'give both' });
  if (unknown || tools.length === 0)
    return refuse({
      code: 'UNKNOWN_TOOL',
      reason: unknown ? 'a tool is none of the vocabulary' : 'an incident names at least one tool',
      fix: `use ${words.join(', ')}`,
    });
  const sources = sourcesOf(written, context.policy.partners.attributionHosts);
  if (!sources.some(({ attribution }) => attribution))
    return refuse({
      code: 'NO_ATTRIBUTION',
      reason: 'no source of it is a credible public attribution: none was published at a host that policy counts',
      fix: 'cite the public attribution, or have its host added to policy',
    });
  const marking = decideWritten({ ...written.marking, groups: [] }, context);
  if (isMarkingRefused(marking)) return refuse(marking);
  const when = whenOf(written, item, context);
  return when === undefined
    ? refuse({
        code: 'BAD_DAY',
        reason: 'start, end and precision do not fit together',
        fix: 'write days as 2031-10-02',
      })
    : [{ written, item, marking, title, tools, sources, when }];
}

/** At most five, attributions first; an address that is none is left out. */
function sourcesOf({ links, sources }: Written, hosts: readonly string[]): readonly Source[] {
  const named = [...sources, ...links.map((url) => ({ url, title: '' }))]
    .filter(({ url }) => /^https?:\/\/\S+$/i.test(url) && URL.canParse(url))
    .map(({ url, title }) => ({ url, title: title.replace(/\s+/g, ' ').trim(), attribution: isAttributionHost(url, hosts) }));
  const byUrl = new Map([...named].reverse().map((source) => [source.url, source]));
  return limited([...byUrl.values()]);
} // prettier-ignore

function limited(sources: readonly Source[]): readonly Source[] {
  return [...sources].sort(byAttribution).slice(0, MAX_SOURCES);
}

function byAttribution(a: Source, b: Source): number {
  if (a.attribution !== b.attribution) return a.attribution ? -1 : 1;
  return a.url < b.url ? -1 : a.url > b.url ? 1 : 0;
}

/** Undefined where what is stated exactly is no time. */
function whenOf(written: Written, item: ItemEntry, { mapping }: ReadingContext): When | undefined {
  const [start, end] = [toDay(written.startText), toDay(written.endText)];
  if (written.precision !== undefined) {
    const isTime = start !== undefined && end !== undefined && PRECISIONS.includes(written.precision);
    if (!isTime || (start !== null && end !== null && end < start)) return undefined;
    return { start, end, precision: written.precision as DatePrecision }; // one of the list
  }
  const read = readMessyDate(written.dateText, mapping.dateFormat);
  if (read !== undefined) {
    const isOutside = typeof start === 'number' && (start < read.start || start > (read.end ?? start));
    if (isOutside)
      item.warn('the catalogue’s own first day lies outside the time that its text gives; the text counts');
    return { start: read.start, end: read.end ?? null, precision: read.precision };
  }
  item.warn('the time cannot be read and is kept as text: precision UNKNOWN');
  const fits = typeof start === 'number' && (typeof end !== 'number' || end >= start);
  return { start: fits ? start : null, end: fits ? (end ?? null) : null, precision: 'UNKNOWN' };
}

/** `YYYYMMDD` as a day; null where blank, undefined where it is none. */
function toDay(text: string): number | null | undefined {
  if (text === '') return null;
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  const ms = toDayMs(`${year ?? ''}-${month ?? ''}-${day ?? ''}`, 'yyyy-mm-dd');
  return ms === undefined ? undefined : ms / DAY_MS;
}

/** Those that are one incident: under one native id, or with one title, time and attribution. */
function grouped(incidents: readonly Incident[]): readonly (readonly Incident[])[] {
  const groups = new Map<string, Incident[]>();
  const byNative = new Map<string, Incident[]>();
  for (const incident of incidents) {
    const { nativeId } = incident.written;
    const key = nameOf(incident);
    const group = (nativeId === undefined ? undefined : byNative.get(nativeId)) ?? groups.get(key) ?? [];
    group.push(incident);
    groups.set(key, group);
    if (nativeId !== undefined) byNative.set(nativeId, group);
  }
  return [...new Set(groups.values())];
}

/** The same in every catalogue that repeats the incident, so that an export that comes back is known. */
function nameOf({ title, sources, written }: Incident): string {
  return contentName([title, written.dateText, sources[0]?.url ?? '']);
}

function carry(same: readonly Incident[], { mapping }: ReadingContext): void {
  const ordered = [...same].sort((a, b) => compare(contentOf(a), contentOf(b)));
  const [first] = ordered;
  if (first === undefined) return;
  const { written } = first;
  const fields = {
    title: first.title,
    text: written.text,
    countries: distinct(ordered.flatMap((each) => each.written.countries)),
    actors: distinct(ordered.flatMap((each) => each.written.actors)),
    tools: distinct(ordered.flatMap((each) => each.tools)),
    dateText: written.dateText,
    ...first.when,
    sources: limited(distinct(ordered.flatMap((each) => each.sources))),
    organizations: distinct(ordered.flatMap((each) => each.written.organizations)),
    display: ordered.every((each) => each.written.display),
  };
  const enteredMs = toInstantMs(written.enteredAt ?? '');
  const isTold = ordered.some((each) => contentOf(each) !== contentOf(first));
  const draft: ImportDraft = {
    type: 'TrackedIncident',
    native: {
      format: 'catalogue',
      nativeId: nameOf(first),
      revision: contentName([sortedJson(fields), written.enteredAt ?? '']),
      part: '1',
    },
    fields,
    marking: first.marking,
    ...(enteredMs !== undefined && { observedAtMs: enteredMs }),
    sourceGrade: mapping.sourceGrade ?? 'F',
    infoGrade: mapping.infoGrade ?? 6,
  };
  for (const { item } of ordered) {
    if (isTold) item.warn('the incident is told differently under another country; one of the texts is kept');
    item.carriedBy(draft);
  }
}

function contentOf({ title, written, when }: Incident): string {
  return sortedJson([title, written.text, written.dateText, when]);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
