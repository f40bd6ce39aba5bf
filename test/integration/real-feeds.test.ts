// Every real MISP and STIX file, and the ministry's real lists, through their readers, the checks and the codec.
// Holds: accepted + refused + skipped = items, as they are counted without the reader, for each file; no value of a file is
// ever contacted. Without the shared data the suite says so loudly and tests nothing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { CSE } from '@sitebus/cse';
import { GAC } from '@sitebus/gac';
import { createTableService } from '@sitebus/imports';
import { createImportBench, importAll } from '@sitebus/imports/testing';
import type { Policy } from '@sitebus/sdk';
import { parse } from 'csv-parse/sync';

const feeds = join(
  process.env['SITEBUS_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url)),
  'data/feeds',
);

interface Feed {
  readonly file: string;
  readonly agency: 'cse' | 'gac';
  readonly format: string;
  readonly source: string;
}

const filesIn = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(feeds, folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));

/** Which agency takes a file in, and from which source of policy. */
function feedsFound(): readonly Feed[] {
  if (!existsSync(feeds)) return [];
  return [
    ...filesIn('cse-misp', /\.json$/).map((file): Feed => ({
      file,
      agency: 'cse',
      format: 'misp',
      source: 'open-reports',
    })),
    ...filesIn('cse-stix', /\.(json|stix2)$/).map((file): Feed => ({
      file,
      agency: file.includes('viginum') ? 'gac' : 'cse',
      format: 'stix',
      source: 'open-reports',
    })),
    ...filesIn('gac-domains', /\.csv$/).map((file): Feed => ({
      file,
      agency: 'gac',
      format: 'domains',
      source: file.includes('sites') ? 'open-sites' : 'open-lists',
    })),
    {
      file: 'gac-state-media/Hamilton_Account_List2024.csv',
      agency: 'gac',
      format: 'accounts',
      source: 'open-monitor-accounts',
    },
    {
      file: 'gac-state-media/State_Media_Matrix.csv',
      agency: 'gac',
      format: 'accounts',
      source: 'open-outlet-accounts',
    },
    ...filesIn('euvsdisinfo', /\.csv$/).map((file): Feed => ({
      file,
      agency: 'gac',
      format: 'debunks',
      source: 'open-debunks',
    })),
  ];
}

interface MispEvent {
  readonly Attribute?: readonly unknown[];
  readonly Object?: readonly { readonly Attribute?: readonly unknown[] }[];
}

/** How many items a file has, by its format alone: what its reader has to account for. */
function itemsIn({ format, source }: Feed, text: string, { importMappings }: Policy): number {
  if (format === 'stix') return (JSON.parse(text) as { objects: unknown[] }).objects.length;
  if (format === 'misp') return eventsIn(JSON.parse(text)).reduce((sum, event) => sum + 1 + attributesIn(event), 0);
  const table: string[][] = parse(text, { bom: true, relax_column_count: true });
  const [head = [], ...rows] = table;
  if (format !== 'accounts') return rows.length;
  const columns: Readonly<Record<string, string>> = importMappings.find((mapping) => mapping.source === source)?.columns ?? {};
  const isPlatform = head.map((name) => (columns[name.trim()] ?? '').startsWith('platform:'));
  // An account a platform; an entity without any is one item, which says so.
  const accountsIn = (row: readonly string[]): number => row.filter((cell, at) => isPlatform[at] === true && cell.trim() !== '').length;
  return rows.reduce((sum, row) => sum + Math.max(1, accountsIn(row)), 0);
} // prettier-ignore

/** One event, an answer of several, or a list. */
function eventsIn(document: unknown): readonly MispEvent[] {
  const { response = document } = document as { readonly response?: unknown };
  const list = Array.isArray(response) ? (response as unknown[]) : [response];
  return list.map((each) => (each as { Event?: MispEvent }).Event ?? (each as MispEvent));
}

function attributesIn({ Attribute = [], Object: objects = [] }: MispEvent): number {
  return Attribute.length + objects.reduce((sum, each) => sum + (each.Attribute?.length ?? 0), 0);
}

const found = feedsFound();
if (found.length === 0) {
  console.warn(
    `SKIPPED: real feeds were not tested, because ${feeds} does not exist; set SITEBUS_SHARED to the shared folder`,
  );
  test.skip('real feeds are taken in with every item accounted for', () => undefined);
} else {
  const lines: string[] = [];

  for (const feed of found) {
    test(`${feed.file} is taken in with every item accounted for, and a second time yields nothing new`, async () => {
      const bench = await createImportBench();
      const service = createTableService(feed.agency === 'cse' ? CSE : GAC, bench);
      await service.start();
      const content = readFileSync(join(feeds, feed.file));

      const first = await importAll(service, feed.format, feed.source, content);
      const observations = bench.observations();
      const second = await importAll(service, feed.format, feed.source, content);

      const { items, accepted, refused, skipped } = first.summary;
      lines.push(
        [basename(feed.file).slice(0, 60).padEnd(60), items, accepted, refused, skipped, observations.length].join(
          '\t',
        ),
      );
      expect(items).toBeGreaterThan(0);
      expect(items).toBe(itemsIn(feed, content.toString('utf8'), bench.policy)); // counted without the reader
      expect(first.answers).toHaveLength(items);
      expect(accepted + refused + skipped).toBe(items);
      expect(accepted).toBeGreaterThan(items / 2);
      const ids = new Set(observations.map(({ value }) => value.envelope.id));
      const named = first.answers.flatMap((answer) => (answer.status === 'accepted' ? answer.id : []));
      expect(named.filter((id) => !ids.has(id))).toEqual([]);
      const unexplained = first.answers.filter(
        (answer) =>
          answer.status !== 'accepted' && [answer.code, answer.reason, answer.fix].some((text) => text === ''),
      );
      expect(unexplained).toEqual([]);
      expect(bench.observations()).toHaveLength(observations.length);
      expect(second.summary).toEqual(first.summary);
      expect(second.answers.filter((answer) => answer.status === 'accepted' && answer.known !== true)).toEqual([]);
      await service.stop();
    });
  }

  test('the counts of all files', () => {
    process.stdout.write(
      `${'file'.padEnd(60)}\titems\taccepted\trefused\tskipped\tobservations\n${lines.join('\n')}\n`,
    );
    expect(lines).toHaveLength(found.length);
  });
}
