import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { runCli } from '../testing/run-cli.ts';

/** What bash itself would offer at the end of a line. */
async function offered(line: string): Promise<string[]> {
  const { out: script } = await runCli(['completion', 'bash']);
  const words = line.split(' ');
  const asked = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _sitebus; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' })
    .split('\n')
    .filter((word) => word !== '');
}

test('bash completes commands, commands of commands and flags', async () => {
  expect(await offered('sitebus led')).toEqual(['ledger']);
  expect((await offered('sitebus ledger ')).slice(0, 3)).toEqual(['audit', 'check', 'checkpoint']);
  expect(await offered('sitebus tail alerts --fr')).toEqual(['--from']);
  expect(await offered('sitebus --as analyst ledger --ke')).toEqual([]);
  expect(await offered('sitebus --as analyst ledger check --ke')).toEqual(['--keys']);
  expect(await offered('sitebus whoami --ga')).toEqual(['--gateway']);
});

test('every command of the program is in every script, and the scripts are read by their shells where those are', async () => {
  const { out: help } = await runCli(['--help']);
  const listed = help.split('Commands:\n')[1]?.split('\n\n')[0] ?? '';
  const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
  expect(names.length).toBeGreaterThan(20);
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { out, code } = await runCli(['completion', shell]);
    expect([shell, code, names.filter((name) => !new RegExp(`\\b${name}\\b`).test(out))]).toEqual([shell, 0, []]);
    const checked = spawnSync(shell, [shell === 'fish' ? '--no-execute' : '-n'], { input: out, encoding: 'utf8' });
    if (checked.error === undefined) expect([shell, checked.status, checked.stderr]).toEqual([shell, 0, '']);
    else process.stderr.write(`completion.test: ${shell} is not installed here, so its script was not read by it\n`);
  }
});

test('a shell that is not known is a mistake that names those that are', async () => {
  const { code, err } = await runCli(['completion', 'toString']);
  expect([code, err]).toEqual([2, expect.stringContaining('one of bash, zsh, fish')]);
});
