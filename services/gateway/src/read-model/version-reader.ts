// One version of an assessment, read again from the place on the bus where it lies.
// Holds: it reads one record and keeps the newest few that were asked for; two at a time, so that nobody's curiosity is everybody's
// load; where the bus does not answer nothing is said. Source: README.md#history

import { recordAt } from '@sitebus/kit';
import type { Assessment, BusPort, BusRecord, Codec } from '@sitebus/sdk';
import { failClosed } from '../errors.ts';
import type { VersionPlace } from './model.ts';

/** Reads a version; undefined where it is no longer there. Throws `fail-closed` where the bus does not answer. */
export type ReadVersion = (place: VersionPlace) => Promise<Assessment | undefined>;

const READ_WITHIN_MS = 10_000;
const KEPT = 200;
const AT_ONCE = 2;

/** Makes the reader of one topic. */
export function createVersionReader(parts: {
  readonly bus: BusPort;
  readonly topic: string;
  readonly codec: Codec;
  /** A group of its own for each reading. */
  readonly groupId: () => string;
}): ReadVersion {
  const { codec } = parts;
  const kept = new Map<string, Promise<Assessment | undefined>>();
  const waiting: (() => void)[] = [];
  let running = 0;
  const inTurn = async <T>(act: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await act();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
  const read = async (place: VersionPlace): Promise<Assessment | undefined> => {
    const record = await inTurn(() => lyingAt(parts, place));
    return record?.value == null ? undefined : (codec.decode(record.value).value as Assessment); // its topic holds nothing else
  };
  return (place) => {
    const key = `${place.partition}/${place.offset}`;
    const present = kept.get(key);
    if (present !== undefined) return present;
    const reading = read(place);
    reading.catch(() => kept.delete(key));
    kept.set(key, reading);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
}

async function lyingAt(
  { bus, topic, groupId }: { readonly bus: BusPort; readonly topic: string; readonly groupId: () => string },
  { partition, offset }: VersionPlace,
): Promise<BusRecord | undefined> {
  const ends = (await bus.inspect.ends(topic)).find((each) => each.partition === partition);
  if (ends === undefined || offset < ends.earliest) return undefined;
  const record = await recordAt(bus, { topic, partition, offset }, { groupId: groupId(), withinMs: READ_WITHIN_MS });
  if (record === 'unanswered') throw failClosed({ part: 'kafka' });
  return record;
}
