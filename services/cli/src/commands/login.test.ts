import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { statePath, writeState } from '../state-file.ts';
import { json, problem, runCli, startGateway } from '../testing/run-cli.ts';
import type { Answer, CliWorld, FakeGateway } from '../testing/run-cli.ts';

const PEOPLE: Readonly<Record<string, string>> = { sbk_one: 'Ama Lindqvist', sbk_two: 'Boris Halloran' };
const me: Answer = (request, response) => {
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  const name = PEOPLE[token];
  if (name === undefined) return problem('not-authenticated', 401, 'Not signed in')(request, response);
  json({ person: name.toLowerCase().replace(' ', '-'), name, roles: ['analyst'] })(request, response);
};

let home: string;
let gateway: FakeGateway;
let other: FakeGateway;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-login-'));
  [gateway, other] = await Promise.all([startGateway({ 'GET /v1/me': me }), startGateway({ 'GET /v1/me': me })]);
});
afterEach(async () => {
  await Promise.all([gateway.close(), other.close()]);
  await rm(home, { recursive: true, force: true });
});

const kept = (): string => join(home, 'sitebus', 'sign-ins.json');
const run = (words: readonly string[], world: CliWorld = {}) =>
  runCli(words, { cwd: home, ...world, env: { XDG_CONFIG_HOME: home, ...world.env } });
const login = (token: string, ...words: string[]) =>
  run(['login', '--gateway', gateway.origin, '--token-file', '-', ...words], { stdin: `${token}\n` });
const nameSeen = (out: string): string | undefined => (JSON.parse(out) as { name?: string }).name;

test('what login keeps is used by the commands that follow, readable by its owner alone, and printed nowhere', async () => {
  const { code, out, err } = await login('sbk_one');
  expect([code, out, err]).toEqual([0, '', expect.stringContaining('as Ama Lindqvist (analyst)')]);
  expect(err).not.toContain('sbk_one');
  expect((await stat(kept())).mode & 0o777).toBe(0o600);
  expect(nameSeen((await run(['whoami', '--json'])).out)).toBe('Ama Lindqvist');
});

test('a token that the gateway refuses is not kept', async () => {
  const { code, err } = await login('sbk_wrong');
  expect([code, err.split('\n')[0]]).toEqual([4, 'error: Not signed in']);
  await expect(readFile(kept())).rejects.toThrow('ENOENT');
});

test('several sign-ins at one gateway are told apart by name, and the newest counts without one', async () => {
  await login('sbk_one', '--as', 'day');
  await login('sbk_two', '--as', 'night');
  expect(nameSeen((await run(['whoami', '--json'])).out)).toBe('Boris Halloran');
  expect(nameSeen((await run(['whoami', '--json', '--as', 'day'])).out)).toBe('Ama Lindqvist');
  expect((await run(['token', 'day'])).out).toBe('sbk_one\n');
  expect((await run(['whoami', '--as', 'noon'])).code).toBe(4);
});

test('a token is sent to no other gateway than the one it was given for', async () => {
  await login('sbk_one');
  await run(['whoami', '--gateway', other.origin]);
  expect(other.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test('the environment wins over what is kept', async () => {
  await login('sbk_one');
  expect(nameSeen((await run(['whoami', '--json'], { env: { SITEBUS_TOKEN: 'sbk_two' } })).out)).toBe('Boris Halloran');
});

test('a file that others may read is not used, and what to do is said', async () => {
  await login('sbk_one');
  await chmod(kept(), 0o644);
  const { code, err } = await run(['whoami']);
  expect([code, err]).toEqual([1, expect.stringContaining(`next:  chmod 600 ${kept()}`)]);
});

test('a file that is none is said to be none, and can be forgotten', async () => {
  await login('sbk_one');
  await writeFile(kept(), '{"signIns":[{}]}');
  expect((await run(['whoami'])).err).toContain('next:  sitebus logout --all');
  expect((await run(['logout', '--all'])).code).toBe(0);
  await expect(readFile(kept())).rejects.toThrow('ENOENT');
});

test('logout forgets one sign-in by name, then the rest; after the last the file is gone', async () => {
  await login('sbk_one', '--as', 'day');
  await login('sbk_two', '--as', 'night');
  expect((await run(['logout', '--as', 'night'])).code).toBe(0);
  expect(nameSeen((await run(['whoami', '--json'])).out)).toBe('Ama Lindqvist');
  expect((await run(['logout'])).err).toContain(`1 sign-in at ${gateway.origin}`);
  await expect(readFile(kept())).rejects.toThrow('ENOENT');
  expect((await run(['logout', '--gateway', gateway.origin])).code).toBe(4);
});

test('a role on the card of the running stack needs no token, and is who one is from then on', async () => {
  const state = { gateway: gateway.origin, admin: '', tokens: { analyst: 'sbk_one', operator: 'sbk_two' }, bus: { bootstrap: '' }, registry: '', card: '', pids: {} }; // prettier-ignore
  await writeState(statePath(home), state);
  expect(nameSeen((await run(['whoami', '--json'])).out)).toBe('Ama Lindqvist');
  expect((await run(['login', '--as', 'operator'])).code).toBe(0);
  expect(nameSeen((await run(['whoami', '--json'])).out)).toBe('Boris Halloran');
});

test('nobody is asked where nobody sits, and what is typed at a terminal is not shown', async () => {
  const words = ['login', '--gateway', gateway.origin];
  expect((await run(words)).err).toContain('error: no key or token: nobody can be asked here');
  const modes: boolean[] = [];
  const terminal = Object.assign(Readable.from(['sbk_onX\u007fe\r']), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) }); // prettier-ignore
  const { code, err } = await run(words, { stdin: terminal });
  expect([code, modes]).toEqual([0, [true, false]]);
  expect(err).not.toContain('sbk');
  expect((await run([...words, '--no-input'], { stdin: Object.assign(Readable.from([]), { isTTY: true }) })).code).toBe(
    2,
  );
});

test('Ctrl-C at the question keeps nothing', async () => {
  const terminal = Object.assign(Readable.from(['sbk_one\u0003']), { isTTY: true, setRawMode: () => {} });
  expect((await run(['login', '--gateway', gateway.origin], { stdin: terminal })).code).toBe(130);
  await expect(readFile(kept())).rejects.toThrow('ENOENT');
});
