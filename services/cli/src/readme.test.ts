// README.md and the program say the same: commands, exit codes and environment, in both directions.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXIT } from './errors.ts';
import { runCli } from './testing/run-cli.ts';

const readme = readFileSync('services/cli/README.md', 'utf8');
const section = (heading: string): string => readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

test('every command of the program is in the README, and every one there exists', async () => {
  const { out } = await runCli(['--help']);
  const listed = out.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
  const commands = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  const table = readme.split('| command')[1]?.split('\n\n')[0] ?? '';
  const described = [...table.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)/g)].map(([, name = '']) => name),
  );
  expect(commands.length).toBeGreaterThan(10);
  expect(described.sort()).toEqual(commands.sort());
});

test('the exit codes of the README are those of the program', () => {
  const described = [...section('Exit codes').matchAll(/(?:^|· )(\d+) /gm)].map(([, code]) => Number(code));
  expect(described).toEqual(Object.values(EXIT));
});

test('the environment of the README is what the program reads', () => {
  const sources = readdirSync('services/cli/src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(`services/cli/src/${file}`, 'utf8'))
    .join('');
  const read = new Set([...sources.matchAll(/env\['(SITEBUS_\w+)'\]/g)].map(([, name = '']) => name));
  const described = [...section('Environment').matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
  expect(read.size).toBeGreaterThan(3);
  expect(new Set(described)).toEqual(read);
});
