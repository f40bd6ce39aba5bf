import { expect, test } from '@jest/globals';
import { readFileLine } from './file-line.ts';

const GOOD = {
  obsId: 'o-1',
  agency: 'cse',
  eventTime: '2031-05-01T12:00:00.000Z',
  features: [{ type: 'domain', value: 'a.example' }],
};
const line = (over: object) => JSON.stringify({ ...GOOD, ...over });

test('an observation is read without what a file may say beside it, its truth above all', () => {
  expect(readFileLine(line({ campaign: 'secret', actor: 'x' }))).toEqual({
    is: 'observation',
    observation: { ...GOOD, eventTime: Date.UTC(2031, 4, 1, 12) },
  });
});

test('a line with object and account is a share', () => {
  const share = { kind: 'url', object: 'u', account: 'a', content: 'c', t: 1_600_000_000 };
  expect(readFileLine(JSON.stringify(share))).toEqual({ is: 'share', share });
});

test.each([
  ['what is not JSON', '{"obsId":', 'NOT_JSON', ''],
  ['a list', '[]', 'NOT_AN_OBSERVATION', ''],
  ['nothing', 'null', 'NOT_AN_OBSERVATION', ''],
  ['an id that is a number', line({ obsId: 7 }), 'NOT_AN_OBSERVATION', '/obsId'],
  ['an empty agency', line({ agency: '' }), 'NOT_AN_OBSERVATION', '/agency'],
  ['a time without a zone', line({ eventTime: '2031-05-01T12:00:00' }), 'NOT_AN_OBSERVATION', '/eventTime'],
  ['a day that is none', line({ eventTime: '2031-02-31T25:00:00Z' }), 'NOT_AN_OBSERVATION', '/eventTime'],
  ['features that are no list', line({ features: {} }), 'NOT_AN_OBSERVATION', '/features'],
  [
    'a feature without a value',
    line({ features: [...GOOD.features, { type: 'ip' }] }),
    'NOT_AN_OBSERVATION',
    '/features/1',
  ],
  [
    'a share at half a second',
    JSON.stringify({ kind: 'u', object: 'o', account: 'a', content: 'c', t: 1.5 }),
    'NOT_AN_OBSERVATION',
    '/t',
  ],
])('%s is refused, with the place', (_, text, code, pointer) => {
  expect(readFileLine(text)).toMatchObject({ is: 'refused', refusal: { code, pointer } });
});

test('a reason never quotes the line', () => {
  const answer = readFileLine('{"obsId": canary');
  expect(JSON.stringify(answer)).toContain('NOT_JSON');
  expect(JSON.stringify(answer)).not.toContain('canary');
});
