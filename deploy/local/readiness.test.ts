import { expect, test } from '@jest/globals';
import type { Readiness } from '@sitebus/kit';
import { allReady, type Named } from './readiness.ts';

const NEVER = new Promise<Error>(() => undefined);
const READY: Readiness = { ready: true, parts: { bus: 'ok' } };
const WAITING: Readiness = { ready: false, parts: { bus: 'ok', registry: 'stale' } };

test('a stack is ready when the last of its services is', async () => {
  let looks = 0;
  const late: Named = ['late', { fatal: NEVER, ready: () => ((looks += 1) < 3 ? WAITING : READY) }];
  await allReady([['quiet', { fatal: NEVER }], late]);
  expect(looks).toBe(3);
});

test('a service that ends while others wait is told at once, with its cause, not after the time is up', async () => {
  const cause = new Error('the group is gone');
  const ended: Named = ['agency partners', { fatal: Promise.resolve(cause), ready: () => WAITING }];
  await expect(allReady([ended])).rejects.toMatchObject({
    message: 'agency partners ended: the group is gone',
    cause,
  });
});
