import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';
import { toFeature } from './lookup.ts';

let gateway: FakeGateway | undefined;
afterEach(() => gateway?.close());

test.each([
  ['mirror-check[.]example', 'domain', 'mirror-check[.]example'],
  ['élection.example', 'domain', 'élection.example'],
  ['192.0.2.7', 'ip', '192.0.2.7'],
  ['2001:db8::1', 'ip', '2001:db8::1'],
  ['hxxps://a.example/x', 'url', 'hxxps://a.example/x'],
  ['someone@a.example', 'email', 'someone@a.example'],
  ['d41d8cd98f00b204e9800998ecf8427e', 'hash', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['account:chirrup:@votefacts', 'account', 'chirrup:@votefacts'],
])('%s is looked up as %s', (word, kind, value) => {
  expect(toFeature(word)).toEqual({ kind, value });
});

test('a value without a shape is a usage error, not a guess', async () => {
  const { code, err } = await runCli(['lookup', 'hello']);
  expect([code, err.split('\n')[0]]).toEqual([2, 'error: "hello" has no shape that says what it is']);
});

test('the answer stands beside each value, seen or not', async () => {
  gateway = await startGateway({
    'POST /v1/features/lookup': json({
      items: [
        { kind: 'domain', value: 'a.example', seen: true, first: 't1', last: 't2', observations: ['o1'] },
        { kind: 'ip', value: '192.0.2.7', seen: false, observations: [], context: 'HUB' },
      ],
    }),
  });
  const { out } = await runCli(['lookup', 'a.example', '192.0.2.7'], { env: gateway.env });
  expect(out.split('\n')).toEqual([
    'SEEN  KIND    VALUE      FIRST  LAST  OBSERVATIONS',
    'yes   domain  a.example  t1     t2    o1',
    'no    ip      192.0.2.7               HUB',
    '',
  ]);
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({
    features: [
      { kind: 'domain', value: 'a.example' },
      { kind: 'ip', value: '192.0.2.7' },
    ],
  });
});
