import { expect, test } from '@jest/globals';
import { createTestBus } from '@sitebus/sdk/testing';
import { readPublished } from './published.ts';
import { loadShipped } from './testing/lane.ts';

test('where joining takes longer than reading may, the reader is told, once it has joined', async () => {
  const { codec } = await loadShipped();
  const inner = createTestBus().connect.bus;
  let fire: () => void = () => undefined;
  const pace = { now: () => 0, after: (_ms: number, run: () => void) => ((fire = run), () => undefined) };
  const late: typeof inner.createConsumer = async (options) => {
    fire();
    await new Promise((resolve) => setImmediate(resolve)); // a rejection nobody waits for would end the process by now
    return inner.createConsumer(options);
  };
  const parts = { bus: { ...inner, createConsumer: late }, codec, pace, view: 'partner', instance: 'a', withinMs: 1 };
  await expect(readPublished(parts, { count: 8 })).rejects.toMatchObject({ code: 'ISSUED_INCOMPLETE' });
});
