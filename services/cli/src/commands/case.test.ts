import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const BANNER = 'SECRET//CANADIAN EYES ONLY';
const HASH = 'ab'.repeat(32);
const CASE = {
  id: 'c-1',
  state: 'EVALUATING',
  evidenceHash: HASH,
  possible: ['rate', 'vote'],
  marking: { banner: BANNER },
};
const tagged = (body: unknown) => json(body, { headers: { etag: '"v1"', 'sitebus-marking': BANNER } });

let gateway: FakeGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

test.each(['case', 'ceipp', 'cripp'])('%s vote says the evidence that was read, and votes on it', async (word) => {
  gateway = await startGateway({ 'GET /v1/cases/c-1': tagged(CASE), 'POST /v1/cases/c-1/vote': tagged(CASE) });
  const { code, err } = await runCli([word, 'vote', 'c-1', 'AGREE', '--reasons', 'it is small'], { env: gateway.env });
  expect([code, err.includes(HASH)]).toEqual([0, true]);
  const given = gateway.received[1];
  expect(given?.headers['if-match']).toBe('"v1"');
  expect(JSON.parse(given?.body ?? '')).toEqual({ vote: 'AGREE', reasons: 'it is small', evidenceHash: HASH });
});

test('case rate reads each point as name, level and reason, and refuses another form', async () => {
  gateway = await startGateway({ 'GET /v1/cases/c-1': tagged(CASE), 'POST /v1/cases/c-1/rate': tagged(CASE) });
  const words = [
    'case',
    'rate',
    'c-1',
    '--criterion',
    'credibility=LOW:few: believe it',
    '--factor',
    'attributable=HIGH:a state',
  ];
  expect((await runCli(words, { env: gateway.env })).code).toBe(0);
  expect(JSON.parse(gateway.received[1]?.body ?? '')).toMatchObject({
    criteria: [{ name: 'credibility', level: 'LOW', rationale: 'few: believe it' }],
    factors: [{ name: 'attributable', level: 'HIGH', rationale: 'a state' }],
  });
  const bad = await runCli(['case', 'rate', 'c-1', '--criterion', 'credibility', '--factor', 'x=LOW:y'], {
    env: gateway.env,
  });
  expect([bad.code, bad.err.includes('name=LEVEL:why')]).toEqual([2, true]);
});

test('what changed meanwhile ends with 1, and says what the evidence is now', async () => {
  const changed = json(
    { type: 'urn:sitebus:problem:evidence-changed', title: 'changed', status: 409, evidenceHash: 'cd'.repeat(32) },
    { status: 409, headers: { 'content-type': 'application/problem+json' } },
  );
  gateway = await startGateway({ 'GET /v1/cases/c-1': tagged(CASE), 'POST /v1/cases/c-1/vote': changed });
  const { code, err } = await runCli(['case', 'vote', 'c-1', 'DISAGREE', '--reasons', 'no', '--json'], {
    env: gateway.env,
  });
  expect([code, err.includes('cd'.repeat(32))]).toEqual([1, true]);
});

test('a repeated option becomes a list, one that is not given is left out', async () => {
  gateway = await startGateway({ 'GET /v1/cases/c-1': tagged(CASE), 'POST /v1/cases/c-1/inform': tagged(CASE) });
  await runCli(['case', 'inform', 'c-1', '--summary', 's', '--gap', 'one', '--gap', 'two'], { env: gateway.env });
  expect(JSON.parse(gateway.received[1]?.body ?? '')).toEqual({ summary: 's', gaps: ['one', 'two'] });
});

test('period dissolution and notice draft say what the API takes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-'));
  const file = join(folder, 'notice.json');
  const text = { title: 't', known: 'k', steps: ['s'] };
  await writeFile(file, JSON.stringify({ caseId: 'c-1', kind: 'ANNOUNCEMENT', en: text, fr: text }));
  gateway = await startGateway({
    'POST /v1/periods/ge-demo/dissolution': tagged({ id: 'ge-demo', state: 'CARETAKER', possible: [] }),
    'POST /v1/notices/drafts': tagged({ id: 'd-1' }),
    'GET /v1/cases/c-1': tagged(CASE),
    'PUT /v1/notices/drafts/d-1': tagged({ id: 'd-1' }),
  });
  const first = await runCli(['period', 'dissolution', 'ge-demo', '--at', '2031-09-14T04:00:00Z'], {
    env: gateway.env,
  });
  const second = await runCli(['notice', 'draft', '--file', file], { env: gateway.env });
  const third = await runCli(['notice', 'draft', '--file', file, '--id', 'd-1'], { env: gateway.env });
  await rm(folder, { recursive: true });
  expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
  const drafted = { caseId: 'c-1', kind: 'ANNOUNCEMENT', en: text, fr: text };
  expect(gateway.received.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { at: '2031-09-14T04:00:00Z' },
    drafted,
    drafted,
  ]);
  expect(gateway.received.at(-1)?.headers['if-match']).toBe('"v1"');
});
