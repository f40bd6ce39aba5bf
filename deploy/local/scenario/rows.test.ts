// The scenario's files, dropped into the agencies' services: each becomes what the table says.
// Holds: one observation a file, in the stated cell, with the stated grades and features.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createTableService, ruleFor, type AgencyService, type AgencyTable } from '@sitebus/imports';
import { createImportBench, importAll, type ImportBench } from '@sitebus/imports/testing';
import { seedTenants, withTenants } from '@sitebus/kit';
import { cellOf } from '@sitebus/marking';
import { featuresOf, fromWire, sourceTokenOf, type Observation } from '@sitebus/sdk';
import { tableOf } from '../agencies.ts';
import { fillInstants } from './instants.ts';
import { loadRows } from './player.ts';
import { PLAYED_BY_PEOPLE, ROWS, TABLE_POLLING_DAY_MS as D0, type ExpectedFeature, type ExpectedRow } from './rows.ts';
import { SHARED } from './shared-values.ts';
import type { ScenarioRow } from './row.ts';

const folder = fileURLToPath(new URL('./in/', import.meta.url));
const files = await loadRows(folder);
const platforms = (
  JSON.parse(
    readFileSync(new URL('../../../schemas/policy/common-values/platforms.json', import.meta.url), 'utf8'),
  ) as { list: readonly string[] }
).list;

test.each(Object.entries(ROWS))('row %s becomes what the table says', async (row, expected) => {
  const { bench, service, table } = await theServiceOf(expected.agency);
  const played = [...(expected.after ?? []), ...(expected.isMade === true ? [] : [row])];
  const last = played.pop() ?? row;
  for (const earlier of played) await drop(fileOf(earlier), service, table);
  const before = new Set(bench.observations().map(({ value }) => value.envelope.id));

  const { summary } = await drop(fileOf(last), service, table);
  if (expected.isDue === true) {
    bench.clock.advance(bench.policy.monitor.settleSeconds * 1000);
    await service.takeDue?.();
  }

  expect(summary).toMatchObject({ refused: 0 });
  const written = bench.observations().filter(({ value }) => !before.has(value.envelope.id));
  const types = [expected, ...besides(row, last)].map(({ type }) => type);
  expect(written.map(({ type }) => type).sort()).toEqual(types.sort());
  const own = written.filter(({ type }) => type === expected.type);
  expect(own.map((decoded) => asExpected(decoded, bench, expected))).toEqual([
    { ...expected, features: inFull(expected.features) },
  ]);
});

/** Other rows that the file of `last` brings along: what it becomes itself, and what the service makes of it by then. */
function besides(row: string, last: string): readonly ExpectedRow[] {
  const isDue = ROWS[row]?.isDue === true;
  return Object.entries(ROWS).flatMap(([other, each]) => {
    const isMadeOfIt = each.isMade === true && each.after?.at(-1) === last && (isDue || each.isDue !== true);
    return other !== row && (other === last || isMadeOfIt) ? [each] : [];
  });
}

test('every file is a row of the table, of its agency, and no row lacks its file', () => {
  expect(files.map(({ row, agency }) => `${row} ${agency}`).sort()).toEqual(
    Object.entries(ROWS)
      .filter(([, { isMade }]) => isMade !== true)
      .map(([row, { agency }]) => `${row} ${agency}`)
      .sort(),
  );
});

test('a row that people play has no file', () => {
  expect(files.filter(({ row }) => row in PLAYED_BY_PEOPLE || !(row in ROWS))).toEqual([]);
});

test('every record above the partner cell carries the canary of its row, where its type has text', () => {
  const above = files.filter(
    ({ row }) => !['open', 'partner'].includes(ROWS[row]?.cell ?? '') && ROWS[row]?.type !== 'LineageLink',
  );
  expect(above.length).toBeGreaterThan(0);
  expect(above.filter((file) => !textOf(file).includes(`CANARY-${file.row}`)).map(({ row }) => row)).toEqual([]);
});

test('no record of the partner cell or below carries a canary', () => {
  const low = files.filter(({ row }) => ['open', 'partner'].includes(ROWS[row]?.cell ?? ''));
  expect(low.filter((file) => textOf(file).includes('CANARY')).map(({ row }) => row)).toEqual([]);
});

test('every shared value stands in the README', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const plain = Object.values(SHARED).filter((feature) => !/[0-9a-f]{64}$/.test(feature));
  const missing = plain
    .map((feature) => feature.slice(feature.indexOf(' ') + 1))
    .filter((value) => !readme.includes(value));
  expect(missing).toEqual([]);
});

async function theServiceOf(
  agency: string,
): Promise<{ bench: ImportBench; service: AgencyService; table: AgencyTable }> {
  const table = tableOf(agency);
  if (table === undefined) throw new Error(`${agency} has no folder`);
  const shipped = await createImportBench();
  const bench = { ...shipped, policy: withTenants(shipped.policy, seedTenants(shipped.policy)) };
  const service = createTableService(table, bench);
  await service.start();
  return { bench, service, table };
}

function drop(file: ScenarioRow, service: AgencyService, { drops }: AgencyTable): ReturnType<typeof importAll> {
  const rule = ruleFor(`/inbox/${file.dropAs}`, '/inbox', drops);
  return importAll(service, rule?.format ?? '', rule?.source ?? '', fillInstants(textOf(file), D0));
}

function fileOf(row: string): ScenarioRow {
  const file = files.find((each) => each.row === row);
  if (file === undefined) throw new Error(`row ${row} has no file`);
  return file;
}

function textOf({ agency, file }: ScenarioRow): string {
  return readFileSync(`${folder}${agency}/${file}`, 'utf8');
}

/** A record in the table's own terms; what the table leaves open is taken from it. */
function asExpected(
  decoded: ReturnType<ImportBench['observations']>[number],
  { codec, policy, signerKey }: ImportBench,
  { after, origin, isMade, isDue }: ExpectedRow,
): ExpectedRow {
  const envelope = decoded.value.envelope as unknown as Observation['envelope'];
  const { features } = featuresOf(codec.lock, decoded);
  return {
    agency: envelope.agency,
    day: Math.floor((envelope.observedAt - D0) / 86_400_000),
    type: decoded.type as ExpectedRow['type'],
    cell: cellOf(fromWire(envelope.marking), policy.cells)?.id ?? 'none',
    grade: `${envelope.sourceGrade}${envelope.infoGrade}`,
    features: features
      .filter(({ kind, value }) => kind !== 'domain' || !platforms.includes(value))
      .map(({ kind, value }) => `${kind} ${value}` as const)
      .sort(),
    ...(envelope.lineage.sourceToken === null && { isWithoutToken: true }),
    ...(origin !== undefined && envelope.lineage.sourceToken === sourceTokenOf(signerKey, origin) && { origin }),
    ...(after !== undefined && { after }),
    ...(isMade !== undefined && { isMade }),
    ...(isDue !== undefined && { isDue }),
  };
}

/** The features of the table written out, with the hosts of addresses. */
function inFull(features: readonly ExpectedFeature[]): `${string} ${string}`[] {
  const named = features.map((feature) => (feature in SHARED ? SHARED[feature as keyof typeof SHARED] : feature));
  const hosts = named
    .filter((feature) => feature.startsWith('url '))
    .map((feature) => new URL(feature.slice(4)).hostname)
    .filter((host) => !platforms.includes(host))
    .map((host) => `domain ${host}`);
  return [...new Set([...named, ...hosts])].sort() as `${string} ${string}`[];
}
