// What of many writes goes in one transaction, and in which order.

import { expect, test } from '@jest/globals';
import { createGroupedWrites, type Change } from './grouped-writes.ts';

const keys = (...names: readonly string[]): readonly Change[] => names.map((key) => ({ key, row: {} }));

/** Writes that are taken, and let go one transaction at a time. */
function aTopic() {
  const transactions: string[][] = [];
  const open: { readonly resolve: () => void; readonly reject: (cause: Error) => void }[] = [];
  const grouped = createGroupedWrites((changes) => {
    transactions.push(changes.map(({ key }) => key));
    return new Promise<void>((resolve, reject) => open.push({ resolve, reject }));
  });
  const turns = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    ...grouped,
    transactions,
    async commit() {
      await turns();
      open.shift()?.resolve();
      await turns();
    },
    async refuse(cause: Error) {
      await turns();
      open.shift()?.reject(cause);
      await turns();
    },
  };
}

test('what is asked for while a transaction is on its way goes in the next one, but a heartbeat alone and first', async () => {
  const topic = aTopic();
  const noted: string[] = [];
  const put = (key: string) => topic.write({ changes: [{ key, row: {}, note: () => noted.push(key) }] });
  const first = put('a');
  await Promise.resolve();
  const rest = Promise.all([put('b'), topic.write({ changes: keys('beat'), isAlone: true }), put('c')]);
  await topic.commit();
  expect([topic.transactions, noted]).toEqual([[['a'], ['beat']], ['a']]); // the beat counts what has been written, and no more
  await topic.commit();
  expect(topic.transactions.at(-1)).toEqual(['b', 'c']);
  await topic.commit();
  await Promise.all([first, rest, topic.idle()]);
  expect(noted).toEqual(['a', 'b', 'c']);
});

test('a transaction takes no more rows once it has two hundred, whoever asked for them', async () => {
  const topic = aTopic();
  const asked = Array.from({ length: 5 }, (_, n) => topic.write({ changes: keys(...Array.from({ length: 90 }, (__, m) => `${n}.${m}`)) }));
  await topic.commit();
  await topic.commit();
  await Promise.all(asked);
  expect(topic.transactions.map(({ length }) => length)).toEqual([270, 180]);
}); // prettier-ignore

test('a refused transaction refuses those who were in it, and nobody else', async () => {
  const topic = aTopic();
  const outcomes: string[] = [];
  const put = (key: string) =>
    topic.write({ changes: keys(key) }).then(
      () => outcomes.push(`${key} written`),
      (cause: unknown) => outcomes.push(`${key} ${(cause as Error).message}`),
    );
  const [a] = [put('a')];
  await Promise.resolve();
  const rest = [put('b'), put('c')];
  await topic.commit();
  await topic.refuse(new Error('refused'));
  const d = put('d');
  await topic.commit();
  await Promise.all([a, ...rest, d]);
  expect(outcomes).toEqual(['a written', 'b refused', 'c refused', 'd written']);
});
