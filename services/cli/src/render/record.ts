// Records as a person reads them in a terminal: one line in a list, a block for one alone.
// Holds: pure; whatever the server released is shown, and nothing is computed from it; values that could be clicked by
// mistake stay as the server wrote them. A field this file does not know is still printed.

/** Any released record; the few fields used by name are optional, because a redacted field is absent. */
export type ReleasedRecord = Readonly<Record<string, unknown>>;

/** One line: what a list shows. Kinds are the routes' own words. */
export function lineOf(kind: string, record: ReleasedRecord): string {
  const line = LINES[kind]?.(record) ?? [text(record['id']), text(record['title'] ?? record['name'])];
  return [`[${bannerOf(record) ?? '?'}]`, ...line].filter((word) => word !== '').join('  '); // first: a cut never takes it
}

/** The marking's text, wherever the record carries it; undefined when it has none. */
export function bannerOf(record: ReleasedRecord): string | undefined {
  const marking = record['marking'] ?? (record['envelope'] as ReleasedRecord | undefined)?.['marking'];
  if (typeof marking === 'string') return marking;
  const banner = (marking as ReleasedRecord | undefined)?.['banner'];
  return typeof banner === 'string' ? banner : undefined;
}

/** The record as indented `name  value` lines, nested ones below their name. */
export function blockOf(record: ReleasedRecord): string[] {
  return Object.entries(record).flatMap(([name, value]) => entryLines(name, value, ''));
}

const LINES: Readonly<Record<string, (record: ReleasedRecord) => string[]>> = {
  alerts: (alert) => [
    text(alert['precedence']),
    text(alert['reason']),
    headlineOf(alert),
    whyOf(alert['why']),
    `${text(alert['assessmentId'])} v${text(alert['version'])}`,
  ],
  assessments: (assessment) => [
    text(assessment['status']),
    text(assessment['id']),
    likelihoodOf(assessment['likelihood']),
    text(assessment['confidence']),
    `${(assessment['members'] as readonly unknown[] | undefined)?.length ?? '?'} members`,
    headlineOf(assessment),
  ],
  observations: (observation) => {
    const envelope = (observation['envelope'] ?? observation) as ReleasedRecord;
    const report = observation['report'] as ReleasedRecord | undefined;
    return [
      text(envelope['observedAt']),
      text(observation['type']),
      text(envelope['id'] ?? observation['id']),
      text(envelope['agency']),
      text(report?.['title']),
    ];
  },
};

function headlineOf(record: ReleasedRecord): string {
  const headline = record['headline'] as ReleasedRecord | string | undefined;
  return typeof headline === 'string' ? headline : text(headline?.['en']);
}

function likelihoodOf(likelihood: unknown): string {
  const { pMicro, lo, hi, term } = (likelihood ?? {}) as ReleasedRecord;
  const said = text((term as ReleasedRecord | undefined)?.['en']);
  return typeof pMicro === 'number' ? `${(pMicro / 10_000).toFixed(0)} % (${text(lo)}–${text(hi)}) ${said}`.trim() : '';
}

/** `domain x.example links <id> and <id>`: what is shared, then who shares it. */
function whyOf(why: unknown): string {
  const links = Array.isArray(why) ? (why as readonly ReleasedRecord[]) : [];
  return links
    .map((link) => {
      const features = (link['features'] ?? []) as readonly ReleasedRecord[];
      const shared = features.map(({ kind, value }) => `${text(kind)} ${text(value)}`).join(', ');
      return `${shared} links ${text(link['a'])} and ${text(link['b'])}`;
    })
    .join('; ');
}

function entryLines(name: string, value: unknown, indent: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.length === 0) return [];
    if (value.every((item) => typeof item !== 'object')) return [`${indent}${name}  ${value.join(', ')}`];
    return [`${indent}${name}`, ...value.map((item) => `${indent}  - ${inline(item)}`)];
  }
  if (typeof value === 'object') {
    if (name === 'marking') return [`${indent}marking  ${bannerOf({ marking: value }) ?? inline(value)}`];
    return [
      `${indent}${name}`,
      ...Object.entries(value).flatMap(([key, inner]) => entryLines(key, inner, `${indent}  `)),
    ];
  }
  return [`${indent}${name}  ${text(value)}`];
}

/** One line for a nested value: its leaves, named, in order. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return value.map(inline).join(', ');
  if (typeof value !== 'object' || value === null) return text(value);
  const banner = (value as ReleasedRecord)['banner'];
  if (typeof banner === 'string') return `(${banner})`;
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== undefined && !(Array.isArray(inner) && inner.length === 0))
    .map(([key, inner]) => `${key} ${inline(inner)}`)
    .join(', ');
}

/** A leaf as text; what is absent or no leaf is empty. */
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
