// The first rows of the scenario, dropped file by file into the agencies' services: each becomes what the table says.
// Holds: one observation a file, in the stated cell, with the stated grades and features.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { CSE_DROPS, createCseService } from '@sitebus/cse';
import { createGacService, GAC_DROPS } from '@sitebus/gac';
import { ruleFor } from '@sitebus/imports';
import { createImportBench, importAll } from '@sitebus/imports/testing';
import { featuresOf, fromWire, type Observation } from '@sitebus/sdk';
import { cellOf } from '@sitebus/marking';
import { fillInstants } from '../../deploy/local/scenario/instants.ts';
import { parseRow } from '../../deploy/local/scenario/row.ts';

const folder = fileURLToPath(new URL('../../deploy/local/scenario/in/', import.meta.url));
const D0 = Date.UTC(2031, 9, 20);

const expected = [
  {
    agency: 'cse',
    row: '1.01',
    day: -31,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'B2',
    features: ['domain webmail-civicrenewal.example', 'hash d', 'ip 192.0.2.10', 'ip 203.0.113.44'],
  },
  {
    agency: 'cse',
    row: '1.03',
    day: -30,
    type: 'IndicatorReport',
    cell: 's-fvey',
    grade: 'A2',
    features: ['certificate d', 'domain webmail-civicrenewal.example', 'ip 198.51.100.7'],
  },
  {
    agency: 'cse',
    row: '1.11',
    day: -10,
    type: 'CyberIncident',
    cell: 's-fvey',
    grade: 'A2',
    features: ['domain leak-river.example', 'hash d'],
  },
  {
    agency: 'gac',
    row: '1.04',
    day: -30,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'C3',
    features: ['domain webmail-civicrenewal.example'],
  },
  {
    agency: 'gac',
    row: '1.07',
    day: -12,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: [
      'account chirrup:tide_table_ann',
      'domain chirrup.example',
      'domain leak-river.example',
      'text t',
      'url https://chirrup.example/posts/440127',
    ],
  },
  {
    agency: 'gac',
    row: '2.05',
    day: -23,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: [
      'account lantern:clear_voices',
      'domain harbour-watch.example',
      'text t',
      'url https://harbour-watch.example/sold',
    ],
  },
];

for (const { agency, row, day, type, cell, grade, features } of expected) {
  test(`row ${row} becomes one ${type} in ${cell}, graded ${grade}`, async () => {
    const bench = await createImportBench();
    const service = agency === 'cse' ? createCseService(bench) : createGacService(bench);
    await service.start();
    const file = readdirSync(`${folder}${agency}`).find((name) => name.startsWith(`${row}.`)) ?? 'absent';
    const { dropAs } = parseRow(agency, file);
    const rule = ruleFor(`/inbox/${dropAs}`, '/inbox', agency === 'cse' ? CSE_DROPS : GAC_DROPS);

    const { summary } = await importAll(
      service,
      rule?.format ?? '',
      rule?.source ?? '',
      fillInstants(readFileSync(`${folder}${agency}/${file}`, 'utf8'), D0),
    );

    expect(summary).toMatchObject({ refused: 0 });
    const observations = bench.observations();
    expect(observations.map((each) => each.type)).toEqual([type]);
    const [decoded] = observations;
    if (decoded === undefined) throw new Error('no observation');
    const envelope = decoded.value.envelope as unknown as Observation['envelope'];
    expect(Math.floor((envelope.observedAt - D0) / 86_400_000)).toBe(day);
    expect(`${envelope.sourceGrade}${envelope.infoGrade}`).toBe(grade);
    expect(cellOf(fromWire(envelope.marking), bench.policy.cells)?.id).toBe(cell);
    expect(envelope.lineage.sourceToken).toMatch(/^[\w-]{43}$/);
    const found = featuresOf(bench.codec.lock, decoded).features.map(
      ({ kind, value }) => `${kind} ${['hash', 'certificate'].includes(kind) ? 'd' : kind === 'text' ? 't' : value}`,
    );
    expect(found.sort()).toEqual(features);
  });
}

test('every row file is one that the table above knows', () => {
  const files = ['cse', 'gac'].flatMap((agency) =>
    readdirSync(`${folder}${agency}`).map((file) => parseRow(agency, file)),
  );
  expect(files.filter(({ row }) => !expected.some((each) => each.row === row))).toEqual([]);
  expect(files.length).toBeGreaterThanOrEqual(expected.length);
});
