// The first minutes of a newcomer, with the commands of the README, on a stack started as they start it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { placesOf } from '../../deploy/local/places.ts';
import { isAlive } from '../../deploy/setup/folder-lock.ts';
import { eventually } from '../support/eventually.ts';
import { removeStack, startStackProcess, type StackProcess } from '../support/stack-process.ts';

const CHECKOUT = resolve(import.meta.dirname, '..', '..');
const PORT_BASE = 32_000;
const places = placesOf(CHECKOUT, PORT_BASE);
let stack: StackProcess;

beforeAll(async () => {
  stack = await startStackProcess(PORT_BASE, ['--fresh', '--seconds-per-day', '0']);
});

afterAll(async () => {
  await stack.interrupt(); // the last test has done so already; then this returns at once
  await removeStack(PORT_BASE);
});

test('the card names every address, and a token for each of ten roles', async () => {
  const { card, gateway, tokens } = stack.state;
  expect(card).toContain(`${gateway}/docs`);
  expect((await sitebus('card')).stdout.trim()).toBe(card.trim());
  expect(Object.keys(tokens)).toEqual(
    expect.arrayContaining([
      'analyst',
      'operator',
      'panel-member',
      'secretariat',
      'cleared-rep',
      'partner-admin',
      'researcher',
      'reviewer',
      'administrator',
      'public',
    ]),
  );
});

test('what the operator publishes is found by the analyst, linked with what another agency saw, and explained', async () => {
  const published = await sitebus(
    'publish',
    'IndicatorReport',
    '--as',
    'operator',
    '--domains',
    'mirror-check[.]example',
    '--grade',
    'B2',
    '--marking',
    'UNCLASSIFIED//TLP:CLEAR',
  );
  expect(published).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^UNCLASSIFIED\/\/TLP:CLEAR\n.*open · acknowledged by the bus.*domain mirror-check\.example.*curl.*\nUNCLASSIFIED\/\/TLP:CLEAR\n$/s,
    ),
  });
  await eventually(
    async () =>
      /^yes\s+domain\s+mirror-check\.example/m.test(
        (await sitebus('lookup', 'mirror-check.example', '--as', 'analyst')).stdout,
      ),
    { what: 'the look-up' },
  );
  await sitebus(
    'publish',
    'IndicatorReport',
    '--as',
    'analyst',
    '--domains',
    'mirror-check.example',
    '--grade',
    'A2',
    '--marking',
    'UNCLASSIFIED//TLP:CLEAR',
  );

  const tailed = await sitebus(
    'tail',
    'alerts',
    '--as',
    'analyst',
    '--from',
    '2026-01-01T00:00:00Z',
    '--filter',
    'category=OTHER',
    '--limit',
    '1',
    '--json',
  );
  expect(tailed).toMatchObject({ code: 0, stdout: expect.stringContaining('mirror-check.example') });
  const [alert] = jsonLines(tailed.stdout);
  expect(alert).toMatchObject({ assessmentId: expect.any(String) });
  await eventually(
    async () => {
      const explained = await sitebus('explain', String(alert?.['assessmentId']), '--as', 'analyst');
      expect(explained).toMatchObject({ code: 0, stdout: expect.stringMatching(/mirror-check.example/) });
      expect(explained.stdout).toMatch(/cse[\s\S]*rcmp|rcmp[\s\S]*cse/);
      return true;
    },
    { what: 'both agencies in the explanation' },
  );
});

test('a dropped file is answered item by item, and its copy adds nothing', async () => {
  const inbox = join(places.inboxDir, 'cse');
  await mkdir(inbox, { recursive: true });
  await copyFile(join(CHECKOUT, 'services/agencies/cse/samples/exchange.misp.json'), join(inbox, 'exchange.misp.json'));
  const answered = join(inbox, 'exchange.misp.json.answer.json');
  const answer = (await eventually(async () => JSON.parse(await readFile(answered, 'utf8')) as object, {
    what: 'the answer',
  })) as { summary: { items: number; accepted: number; refused: number; skipped: number } };
  const { items, accepted, refused, skipped } = answer.summary;
  expect(items).toBeGreaterThan(0);
  expect(accepted + refused + skipped).toBe(items);
});

test('sources and doctor find nothing wrong', async () => {
  expect((await sitebus('sources', '--as', 'analyst')).stdout).toMatch(/open\.rcmp\s+ok/);
  // It waits for nobody: on a busy machine it may find somebody late.
  await eventually(
    async () => {
      const doctor = await sitebus('doctor');
      expect([doctor.code, doctor.stdout.match(/^RED.*$/gm) ?? []]).toEqual([0, []]);
      return true;
    },
    { withinMs: 180_000, what: 'doctor finds nothing wrong' },
  );
});

test('a second start on the same folders prints the card of the running stack and leaves it alone', async () => {
  const again = await run(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', 'deploy/local/main.ts', '--port-base', String(PORT_BASE)],
    CHECKOUT,
  );
  expect([again.code, again.stdout.includes(stack.state.card.trim())]).toEqual([0, true]);
});

test('Ctrl-C stops everything that was started', async () => {
  expect(await stack.interrupt()).toBe(130);
  const alive = Object.values(stack.state.pids).filter(isAlive);
  expect(alive).toEqual([]);
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the terminal tool where its stack's state file lies. */
const sitebus = (...words: readonly string[]): Promise<Ended> =>
  run(process.execPath, [join(CHECKOUT, 'services/cli/bin/sitebus.js'), ...words], dirname(dirname(places.stateFile)));

function run(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((done) => {
    const { INIT_CWD: _npmStandsHere, ...env } = process.env; // a terminal of the user's own, not the one npm test ran in
    const child = execFile(file, [...args], { cwd, env, timeout: 300_000 }, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
