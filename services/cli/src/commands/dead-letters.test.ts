import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

const letter = (over: object = {}) => ({
  id: 'l1', causes: ['MARKING_REQUIRED'], cell: 'pb-can', sha256: 'ab'.repeat(32), state: 'WAITING', times: 2, format: 'tips',
  source: 'rcmp-tips', lastAt: 't', words: [], ...over,
}); // prettier-ignore
const came = (refused: number, codes: string[]) => ({
  words: [{ kind: 'redrive', came: { accepted: 3, refused, skipped: 0, codes } }],
});

test('letters are counted by cause and listed with the hash of their bytes', async () => {
  gateway = await startGateway({ 'GET /v1/dead-letters': json({ items: [letter(), letter({ id: 'l2', causes: ['BAD_JSON'] })] }) });
  const { out } = await runCli(['dead', 'list', '--state', 'waiting'], { env: gateway.env });
  expect(out).toContain('1  BAD_JSON\n1  MARKING_REQUIRED\n');
  expect(out).toContain('abababababababab');
  expect(gateway.received[0]?.query).toMatchObject({ state: 'WAITING' });
}); // prettier-ignore

test('a redrive shows before and after; what goes on waiting is exit 3', async () => {
  gateway = await startGateway({
    'GET /v1/dead-letters/l1': json(letter()),
    'POST /v1/dead-letters/l1/redrive': json(letter({ state: 'WAITING', ...came(1, ['MARKING_REQUIRED']) })),
  });
  const { out, code } = await runCli(['dead', 'redrive', 'l1', '--reason', 'again'], { env: gateway.env });
  expect(out).toContain('before  WAITING  MARKING_REQUIRED');
  expect(out).toContain('after   WAITING  accepted 3 · refused 1 (MARKING_REQUIRED) · skipped 0');
  expect(code).toBe(3);
});

test('what was taken in is exit 0, and a dry run sends nothing', async () => {
  gateway = await startGateway({
    'GET /v1/dead-letters/l1': json(letter()),
    'POST /v1/dead-letters/l1/redrive': json(letter({ state: 'REDRIVEN', ...came(0, []) })),
  });
  expect((await runCli(['dead', 'redrive', 'l1', '--reason', 'again', '--dry-run'], { env: gateway.env })).code).toBe(
    0,
  );
  expect(gateway.received.map(({ method }) => method)).toEqual(['GET']);
  expect((await runCli(['dead', 'redrive', 'l1', '--reason', 'again'], { env: gateway.env })).code).toBe(0);
});
