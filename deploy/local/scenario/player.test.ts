import { afterAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Act } from './acts/index.ts';
import { playedTo, playScenario } from './player.ts';
import { parseRow } from './row.ts';

const NOON = Date.UTC(2031, 10, 5, 12);

const roots: string[] = [];
afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true }))));

async function aScenario(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), 'scenario-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, 'in', path.split('/')[0] ?? ''), { recursive: true });
    await writeFile(join(root, 'in', path), text);
  }
  const played: string[] = [];
  const options = {
    source: join(root, 'in'),
    agencies: ['cse', 'gac'],
    inboxOf: (agency: string) => join(root, 'inbox', agency),
    stateFile: join(root, 'scenario.json'),
    secondsPerDay: 0,
    clock: { now: () => NOON },
    signal: new AbortController().signal,
    onPlayed: (row: { row: string }) => void played.push(row.row),
  };
  return { root, options, played };
}

test('rows are dropped in the order of their days, with the dates of sixteen days ago filled in', async () => {
  const { root, options, played } = await aScenario({
    'gac/1.04.D-30.gac-domains.csv': 'seen {{D-30:date}}',
    'cse/1.01.D-31.cse-misp.json': 'seen {{D0T09:00Z}}',
  });
  const result = await playScenario(options);
  expect(result).toEqual({ rows: 2, skipped: [] });
  expect(played).toEqual(['1.01', '1.04']);
  expect(await readFile(join(root, 'inbox/cse/1.01.cse-misp.json'), 'utf8')).toBe('seen 2031-10-20T09:00:00.000Z');
  expect(await readFile(join(root, 'inbox/gac/1.04.gac-domains.csv'), 'utf8')).toBe('seen 2031-09-20');
});

test('a second start on another day repeats nothing and keeps polling day', async () => {
  const { root, options, played } = await aScenario({ 'cse/1.01.D-31.cse-misp.json': '{{D0:date}}' });
  await playScenario(options);
  await writeFile(join(root, 'in/cse/1.11.D-10.cse-stix.json'), '{{D0:date}}');
  await playScenario({ ...options, clock: { now: () => NOON + 86_400_000 } });
  expect(played).toEqual(['1.01', '1.11']);
  expect(await readFile(join(root, 'inbox/cse/1.11.cse-stix.json'), 'utf8')).toBe('2031-10-20');
});

test('rows of an agency that does not run here are named, not played', async () => {
  const { root, options } = await aScenario({ 'csis/1.12.D-9.report.json': '{}', 'cse/1.01.D-31.cse-misp.json': '' });
  const { skipped } = await playScenario(options);
  expect(skipped.map(({ row, agency }) => [row, agency])).toEqual([['1.12', 'csis']]);
  expect(await readdir(join(root, 'inbox'))).toEqual(['cse']);
});

test('a player told to stop leaves the later rows for the next start', async () => {
  const stop = new AbortController();
  const { options, played } = await aScenario({ 'cse/1.01.D-31.a.json': '', 'cse/1.03.D-30.b.json': '' });
  await playScenario({
    ...options,
    secondsPerDay: 3600,
    signal: stop.signal,
    onPlayed: (row) => {
      played.push(row.row);
      stop.abort();
    },
  });
  expect(played).toEqual(['1.01']);
});

test('a file whose name says no day is refused by its path', () => {
  expect(() => parseRow('cse', 'notes.txt')).toThrow('cse/notes.txt');
});

test('people act between the rows, each act once, and what they kept is there after another start', async () => {
  const { options, played } = await aScenario({ 'cse/1.01.D-31.a.json': '', 'cse/1.03.D-30.b.json': '' });
  const acts = [
    { id: 'early', at: 'D-31T12:00Z', view: 'public', get: '/' },
    { id: 'between', at: 'D-30T12:00Z', view: 'public', get: '/' },
    { id: 'late', at: 'D-29T12:00Z', view: 'public', get: '/' },
  ];
  const stop = new AbortController();
  const people = {
    acts,
    perform: async (act: Act, kept: Map<string, string>) => {
      played.push(`${act.id} ${kept.get('what') ?? ''}`.trim());
      kept.set('what', act.id);
      if (act.id === 'between') stop.abort();
      return { act };
    },
  };
  await playScenario({ ...options, signal: stop.signal, people });
  expect(played).toEqual(['early', '1.01', 'between early']);
  await playScenario({ ...options, people });
  expect(played.slice(3)).toEqual(['1.03', 'late between']);
});

test('the clock is put before a step, nobody acts before what was dropped is at rest, and bad inputs are sent once', async () => {
  const { options } = await aScenario({ 'cse/1.01.D-2.a.json': '', 'cse/1.03.D-2.b.json': '' });
  const told: string[] = [];
  const midnight = Date.UTC(2031, 9, 20);
  const world = {
    passTo: async (ms: number) => void told.push(`time D${(ms - midnight) / 86_400_000}`),
    settled: async () => void told.push('settled'),
    taken: async (_agency: string, drop: () => Promise<void>) => {
      await drop();
      told.push('taken');
    },
  };
  const people = {
    acts: [{ id: 'act', at: 'D-2T18:00Z', view: 'public', get: '/' }],
    perform: async (act: Act) => {
      told.push(act.id);
      return { act };
    },
  };
  const badInputs = async () => void told.push('bad inputs');
  const signal = new AbortController().signal;
  await playScenario({ ...options, signal, world, people, badInputs });
  const from = told.indexOf('time D-1.25');
  expect(told.slice(from, from + 5)).toEqual(['time D-1.25', 'taken', 'taken', 'settled', 'act']);
  expect(told.filter((each) => each === 'bad inputs')).toHaveLength(1);
  expect(told.slice(told.indexOf('bad inputs') - 1, told.indexOf('bad inputs'))).toEqual(['time D-0.25']);
  expect(told.at(-1)).toBe('settled');
  expect(await playedTo(options)).toBeUndefined();

  told.length = 0;
  await playScenario({ ...options, signal, world, people, badInputs });
  expect(told.filter((each) => /act|taken|bad|time/.test(each))).toEqual([]);
});

test('another start puts the clock where the play had come to', async () => {
  const { options } = await aScenario({ 'cse/1.01.D-31.a.json': '', 'cse/1.03.D-30.b.json': '' });
  expect(await playedTo(options)).toBe(Date.UTC(2031, 9, 20) - 36 * 86_400_000);
  const stop = new AbortController();
  await playScenario({ ...options, signal: stop.signal, onPlayed: () => stop.abort() });
  expect(await playedTo(options)).toBe(Date.UTC(2031, 9, 20) - 31 * 86_400_000 + 18 * 3_600_000);
});
