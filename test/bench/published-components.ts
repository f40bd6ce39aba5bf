// What a view has published, read as anyone would: the newest version of each assessment, committed records only.

import type { Assessment, BusPort, Codec } from '@sitebus/sdk';
import { assessTopic } from '@sitebus/sdk';
import { toText } from './expected-components.ts';

const READ_WITHIN_MS = 120_000;

/** The live assessments of two and more members, as `expectedComponents` gives them. */
export async function publishedComponents(bus: BusPort, codec: Codec, view: string): Promise<string[]> {
  const topic = assessTopic(view);
  const left = new Map(
    (await bus.inspect.ends(topic)).flatMap(({ partition, next }) => (next > 0n ? [[partition, next]] : [])),
  );
  const newest = new Map<string, Assessment>();
  if (left.size === 0) return [];
  await new Promise<void>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${topic} was not read to its end`)), READ_WITHIN_MS);
    const opening = bus.createConsumer({
      groupId: `bench-check-${process.pid}-${Date.now()}`,
      topics: [topic],
      from: 'earliest',
      commit: 'never',
      onBatch: async ({ partition, records }) => {
        for (const { value } of records) {
          const assessment = codec.decode(value!).value as Assessment;
          if ((newest.get(assessment.id)?.version ?? 0) < assessment.version) newest.set(assessment.id, assessment);
        }
        // The last offset is the marker of a transaction, which nobody is handed.
        if (records.at(-1)!.offset + 2n >= (left.get(partition) ?? 0n)) left.delete(partition);
        if (left.size === 0) {
          clearTimeout(timer);
          void opening.then((consumer) => consumer.close()).then(done, fail);
        }
      },
    });
    opening.catch(fail);
  });
  return [...newest.values()]
    .filter(({ status, members }) => status === 'LIVE' && members.length > 1)
    .map(({ members }) => toText(members.map(({ id }) => id)))
    .sort();
}
