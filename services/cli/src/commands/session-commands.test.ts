import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findState, statePath, writeState } from '../state-file.ts';
import type { StateFile } from '../state-file.ts';
import { json, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const STATE: StateFile = {
  gateway: 'http://127.0.0.1:1',
  admin: 'http://127.0.0.1:1',
  tokens: { analyst: 'sbk_analyst_x', operator: 'sbk_operator_y' },
  bus: { bootstrap: '127.0.0.1:1' },
  registry: 'http://127.0.0.1:1/apis/ccompat/v7',
  card: 'sitebus 0.1.0 · ready\n',
  pids: { stack: process.pid },
};
const ME = {
  person: 'p-lindqvist',
  name: 'Ama Lindqvist',
  agency: 'cse',
  roles: ['analyst'],
  homeView: 's-can',
  view: 's-can',
  clearance: {
    classified: 'SECRET',
    protected: 'B',
    compartments: [],
    nations: ['CAN'],
    validUntil: '2032-01-01T00:00:00.000Z',
  },
  views: [{ id: 'public' }, { id: 's-can' }],
  degraded: [],
};

let checkout: string;
let gateway: FakeGateway | undefined;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'checkout-'));
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await rm(checkout, { recursive: true });
});

test('a token is printed alone, so that it can stand in a command line', async () => {
  await writeState(statePath(checkout), STATE);
  expect(await runCli(['token', 'operator'], { cwd: checkout })).toEqual({ code: 0, out: 'sbk_operator_y\n', err: '' });
});

test('a role without a token is exit code 4, and the roles there are are named', async () => {
  await writeState(statePath(checkout), STATE);
  const { code, out, err } = await runCli(['token', 'minister'], { cwd: checkout });
  expect([code, out, err.split('\n')[1]]).toEqual([4, '', 'where: roles of this stack: analyst, operator']);
});

test('the state of a stack is found from any folder below its checkout, and only its owner can read it', async () => {
  const below = join(checkout, 'services', 'somewhere');
  await mkdir(below, { recursive: true });
  await writeState(statePath(checkout), STATE);
  expect(await findState(below)).toEqual({ path: statePath(checkout), state: STATE });
  expect((await stat(statePath(checkout))).mode & 0o777).toBe(0o600);
});

test('the card is the one the stack printed', async () => {
  await writeState(statePath(checkout), STATE);
  expect((await runCli(['card'], { cwd: checkout })).out).toBe(STATE.card);
});

test('who I am is asked of the gateway with the token of the named role', async () => {
  gateway = await startGateway({ 'GET /v1/me': json(ME) });
  await writeState(statePath(checkout), { ...STATE, gateway: gateway.origin });
  const { code, out } = await runCli(['whoami', '--as', 'operator'], { cwd: checkout });
  expect([code, gateway.received[0]?.headers.authorization]).toEqual([0, 'Bearer sbk_operator_y']);
  expect(out).toContain('person     Ama Lindqvist (p-lindqvist) of cse');
  expect(out).toContain('views      public, s-can (home s-can)');
});

test('flags that stand everywhere may come before the command or after it', async () => {
  gateway = await startGateway({ 'GET /v1/me': json(ME) });
  const before = await runCli(['--json', '--view', 's-can', 'whoami'], { env: gateway.env });
  const after = await runCli(['whoami', '--json', '--view', 's-can'], { env: gateway.env });
  expect(after).toEqual(before);
  expect([JSON.parse(after.out), gateway.received[1]?.query]).toEqual([ME, { view: 's-can' }]);
});

test.each([
  [['--help'], 0],
  [['publish', '--help'], 0],
  [['nonsense'], 2],
  [['whoami', '--nonsense'], 2],
  [[], 2],
])('%j ends with %i', async (words, code) => {
  expect((await runCli(words)).code).toBe(code);
});

test('the help of a command begins with two examples and ends with no stack trace', async () => {
  const { out } = await runCli(['tail', '--help']);
  expect(
    out
      .split('\n')
      .slice(0, 3)
      .map((line) => line.trim().split(' ').slice(0, 2).join(' ')),
  ).toEqual(['Examples:', 'sitebus tail', 'sitebus tail']);
});

test('without a running stack doctor names what is missing and what to do', async () => {
  const { code, out } = await runCli(['doctor'], { cwd: checkout, env: { XDG_STATE_HOME: checkout } });
  expect(code).toBe(1);
  expect(out).toContain('next: npm start');
});

test('doctor finds every part of a stack that answers, and each token', async () => {
  gateway = await startGateway({
    'GET /livez': json({}),
    'GET /readyz': json({ ready: true, parts: { kafka: 'ok', ledger: 'ok' } }),
    'GET /version': json({ version: '0.1.0' }),
    'GET /apis/ccompat/v7/config': json({ compatibilityLevel: 'FULL_TRANSITIVE' }),
    'GET /v1/me': json(ME),
  });
  const { origin } = gateway;
  await writeState(statePath(checkout), {
    ...STATE,
    gateway: origin,
    admin: origin,
    registry: `${origin}/apis/ccompat/v7`,
    bus: { bootstrap: origin.replace('http://', '') },
  });
  const { out } = await runCli(['--json', 'doctor'], { cwd: checkout });
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; state: string });
  const red = results.filter(({ state }) => state === 'red').map(({ name }) => name);
  expect(results.filter(({ state }) => state === 'ok').map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'broker',
      'schema registry',
      'services alive',
      'services ready',
      'tokens',
      'process stack',
    ]),
  );
  expect(red.filter((name) => name !== 'clock')).toEqual(['schema lock']); // no provision has written one beside this state
});

test('a dependency that is not ready is red with its own words', async () => {
  gateway = await startGateway({
    'GET /livez': json({}),
    'GET /readyz': json({ ready: false, parts: { ledger: 'the last leaf was not acknowledged' } }, { status: 503 }),
    'GET /v1/me': problem('not-authenticated', 401, 'No'),
  });
  await writeState(statePath(checkout), { ...STATE, gateway: gateway.origin, admin: gateway.origin });
  const { code, out } = await runCli(['doctor'], { cwd: checkout });
  expect(code).toBe(1);
  expect(out).toMatch(/RED +ready: ledger +the last leaf was not acknowledged/);
  expect(out).toMatch(/RED +token analyst +refused with 401/);
});
