import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Runs a small service in a process of its own, sends signals as its lines appear, and gives its exit code and lines. */
async function run(service: string, onLine: Readonly<Record<string, NodeJS.Signals>> = {}, drainMs = 5_000) {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      'tsx',
      join(import.meta.dirname, 'testing/process-under-test.ts'),
      service,
      String(drainMs),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    const signal = onLine[line];
    if (signal !== undefined) child.kill(signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines };
}

test('a signal drains the service, and the exit code is 0', async () => {
  expect(await run('quick', { started: 'SIGTERM' })).toEqual({
    code: 0,
    lines: ['started', 'stopping', 'drained', 'stopped'],
  });
});

test('a drain that takes too long ends non-zero', async () => {
  expect(await run('endless', { started: 'SIGINT' }, 50)).toEqual({
    code: 1,
    lines: ['started', 'stopping', 'drain took too long'],
  });
});

test('a second signal ends at once', async () => {
  expect(await run('endless', { started: 'SIGTERM', stopping: 'SIGTERM' })).toEqual({
    code: 1,
    lines: ['started', 'stopping'],
  });
});

test('a service that cannot go on is drained and ends non-zero', async () => {
  expect(await run('fatal')).toEqual({ code: 1, lines: ['started', 'cannot go on', 'drained', 'stopped'] });
});

test('a start that fails ends non-zero', async () => {
  expect(await run('unstartable')).toEqual({ code: 1, lines: ['cannot go on', 'drained', 'stopped'] });
});

test('an error nobody caught ends non-zero', async () => {
  expect(await run('careless')).toEqual({ code: 1, lines: ['started', 'cannot go on', 'drained', 'stopped'] });
});

test('a service with nothing left to run ends non-zero', async () => {
  expect(await run('idle')).toEqual({ code: 1, lines: ['started', 'cannot go on', 'drained', 'stopped'] });
});
