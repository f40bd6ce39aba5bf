import { expect, test } from '@jest/globals';
import { refusal, silentLog } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import type { Service } from './service.ts';
import { createSupervised } from './supervised.ts';

const passing = refusal({ code: 'PASSING', retriable: true });
const lasting = refusal({ code: 'LASTING', retriable: false });

/** Services whose ends the test brings about. */
function made() {
  const all: { end: (cause: Error) => void; log: string[] }[] = [];
  const create = (): Service => {
    const log: string[] = [];
    let end: (cause: Error) => void = () => undefined;
    const fatal = new Promise<Error>((resolve) => (end = resolve));
    all.push({ end, log });
    return {
      fatal,
      start: () => Promise.resolve(void log.push('start')),
      stop: () => Promise.resolve(void log.push('stop')),
      ready: () => ({ ready: true, parts: {} }),
    };
  };
  return { all, supervised: createSupervised({ name: 'one', create, log: silentLog, pauseMs: 0 }) };
}

test('a service that ends for a passing cause is stopped, and another takes its place', async () => {
  const { all, supervised } = made();
  await supervised.start();
  all[0]!.end(passing({}));
  await eventually(() => all[1]?.log.includes('start') && supervised.ready().ready);
  expect(all.map(({ log }) => log)).toEqual([['start', 'stop'], ['start']]);
  await supervised.stop();
  expect(all[1]!.log).toEqual(['start', 'stop']);
});

test('a lasting cause, or a bug, is the end', async () => {
  for (const cause of [lasting({}), new Error('a bug')]) {
    const { all, supervised } = made();
    await supervised.start();
    all[0]!.end(cause);
    expect(await supervised.fatal).toBe(cause);
    expect(all).toHaveLength(1);
  }
});

test('a service that ends again and again is given up', async () => {
  const { all, supervised } = made();
  await supervised.start();
  for (let n = 0; n < 6; n += 1) {
    await eventually(() => all[n]?.log.includes('start') && supervised.ready().ready);
    all[n]!.end(passing({}));
  }
  expect(await supervised.fatal).toMatchObject({ code: 'PASSING' });
});
