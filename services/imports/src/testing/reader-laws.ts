// The laws that every format reader obeys, as property tests: a reader's own test says what its items look like.
// Holds: whatever order, repetition or neighbours, an item has one fate, and the same things get the same ids.

import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ImportFormat, Policy } from '@sitebus/sdk';
import { createTableService } from '../agency-table.ts';
import { deriveId } from '../ids.ts';
import type { FormatReader, Reading } from '../reading.ts';
import { aReadingContext, createImportBench, draftsOf, importAll } from './index.ts';

/** A reader, and what its files are made of. */
export interface ReaderUnderTest<I> {
  readonly reader: FormatReader;
  readonly agency: string;
  readonly source: string;
  /** Items that can be read, each a thing of its own. */
  readonly good: fc.Arbitrary<readonly I[]>;
  /** An item that is refused, and says nothing of any other. */
  readonly bad: fc.Arbitrary<I>;
  /** A file of these items, each of which is one item of the answer. */
  readonly fileOf: (items: readonly I[]) => Buffer;
}

/** Runs of a law, more where somebody has time. */
const RUNS = Number(process.env['SITEBUS_READER_RUNS'] ?? 100);

/** Defines the tests; call it once, at the top level of a test file. */
export function readerObeysItsLaws<I>({ reader, agency, source, good, bad, fileOf }: ReaderUnderTest<I>): void {
  const format: ImportFormat = reader.format;
  let policy: Policy;
  beforeAll(async () => {
    ({ policy } = await createImportBench());
  });
  const read = (items: readonly I[]): Reading =>
    reader.read(fileOf(items), aReadingContext(policy, { agency, source, format }));
  const written = (reading: Reading): readonly string[] => {
    const namespace = policy.agencies.find(({ id }) => id === agency)?.namespace ?? '';
    return draftsOf(reading)
      .map((draft) => `${deriveId(namespace, draft.native)} ${JSON.stringify(draft)}`)
      .sort();
  };

  test(`${format}: every item has one fate, and one that is good is refused never`, () => {
    fc.assert(
      fc.property(good, (items) => {
        const { fates } = read(items);
        expect(fates).toHaveLength(items.length);
        expect(fates.filter(({ status }) => status === 'refused')).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test(`${format}: the order of items changes neither ids nor content`, () => {
    const shuffled = good.chain((items) =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray([...items], { minLength: items.length })),
    );
    fc.assert(
      fc.property(shuffled, ([items, other]) => {
        expect(written(read(other))).toEqual(written(read(items)));
      }),
      { numRuns: RUNS },
    );
  });

  test(`${format}: a bad item costs only itself`, () => {
    fc.assert(
      fc.property(good, bad, fc.nat(), (items, each, place) => {
        const at = place % (items.length + 1);
        const reading = read([...items.slice(0, at), each, ...items.slice(at)]);
        expect(reading.fates).toHaveLength(items.length + 1);
        expect(reading.fates[at]?.status).toBe('refused');
        expect(written(reading)).toEqual(written(read(items)));
      }),
      { numRuns: RUNS },
    );
  });

  test(`${format}: the same file twice, its items in any order, yields nothing new`, async () => {
    const shuffled = fc
      .tuple(good, bad)
      .chain(([items, each]) =>
        fc.tuple(fc.constant([...items, each]), fc.shuffledSubarray([...items, each], { minLength: items.length + 1 })),
      );
    await fc.assert(
      fc.asyncProperty(shuffled, async ([items, other]) => {
        const bench = await createImportBench();
        const service = createTableService({ agency, readers: [reader], drops: [] }, bench);
        await service.start();
        const first = await importAll(service, format, source, fileOf(items));
        const { accepted, refused, skipped } = first.summary;
        expect(accepted + refused + skipped).toBe(items.length);
        expect(accepted).toBeGreaterThan(0); // what is good passes the observation checks, or this law says nothing
        const count = bench.observations().length;
        const second = await importAll(service, format, source, fileOf(other));
        expect(second.summary).toEqual(first.summary);
        expect(second.answers.filter((answer) => answer.status === 'accepted' && answer.known !== true)).toEqual([]);
        expect(bench.observations()).toHaveLength(count);
        await service.stop();
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
}
