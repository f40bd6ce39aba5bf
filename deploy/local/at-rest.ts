// When a stack is at rest: what was taken in has been fused, protocol has read what came of it, and what is due is done.
// For whoever moves the election's clock: a second of theirs may be a day of the election.
// Holds: nothing is slept for; every wait ends when it is so, when the signal aborts, or after `WITHIN_MS` with the name of
// what was waited for. It reads on the principals that do so anyway. Cost: one look at the end of every topic.

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AgencyService } from '@sitebus/imports';
import { cellsOf } from '@sitebus/marking';
import {
  assessTopic,
  fusionPrincipal,
  groupOf,
  GUARD_PRINCIPAL,
  laneTopic,
  obsTopic,
  writerOf,
  type BusConsumer,
  type Codec,
  type Cut,
  type PartitionEnds,
  type Policy,
} from '@sitebus/sdk';
import type { Buses } from './buses.ts';
import type { LocalGuard } from './guard.ts';

/** A stack that can be waited for. */
export interface AtRest {
  /**
   * Resolves when what lies on the bus has been fused and read, and what is due by now has been done.
   * @returns what was waited for in vain; empty where all is at rest, or the signal has aborted.
   */
  settled(signal: AbortSignal): Promise<readonly string[]>;
  /** Does what is due by now, without looking at the bus. */
  due(): Promise<void>;
  /** Resolves when the agency has taken in one more dropped file than before `drop`, in time. @returns whether it has. */
  taken(agency: string, drop: () => Promise<void>, signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

const WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 10;
/** Silence after which assessments count as read: the last offsets may be markers of transactions, which nobody sees. */
const QUIET_MS = 1_000;

/** Makes it over a stack's parts; it reads nothing before it is first asked. */
export function createAtRest(parts: {
  readonly policy: Policy;
  readonly codec: Codec;
  readonly busOf: Buses['as'];
  readonly guard: Pick<LocalGuard, 'look' | 'readTo'>;
  readonly agencies: ReadonlyMap<string, AgencyService>;
}): AtRest {
  const { policy, guard, agencies, busOf } = parts;
  const lanes = createLaneWatch(parts);
  const endsOf = async (topics: readonly string[]): Promise<readonly PartitionEnds[]> =>
    (await Promise.all(topics.map((topic) => busOf(GUARD_PRINCIPAL).inspect.ends(topic)))).flat().filter(({ earliest, next }) => earliest < next); // prettier-ignore
  const obsTopics = [...new Set(policy.views.flatMap(({ id }) => topicsOf(id, policy)))].sort();
  const assessTopics = policy.views.map(({ id }) => assessTopic(id));
  const isRead = ({ topic, partition, next }: PartitionEnds, behind: bigint): boolean =>
    (guard.readTo(topic, partition) ?? 0n) + behind >= next;

  const due = async (): Promise<boolean> => {
    const answers = await Promise.all([...agencies.values()].map(async (service) => (await service.takeDue?.()) ?? []));
    await guard.look();
    return answers.flat().some(({ status }) => status === 'accepted');
  };
  const round = async (signal: AbortSignal): Promise<readonly string[]> => {
    await lanes.start();
    const ends = await endsOf(obsTopics);
    const waits: (readonly [string, boolean])[] = [
      ['protocol reads the observations', await until(() => ends.every((end) => isRead(end, 0n)), signal)],
      ['every view fuses the observations', await until(() => policy.views.every(({ id }) => lanes.hasFused(id, ends)), signal)], // prettier-ignore
    ];
    const assessed = await endsOf(assessTopics);
    const quiet = AbortSignal.any([signal, AbortSignal.timeout(QUIET_MS)]);
    await until(() => assessed.every((end) => isRead(end, 1n)), quiet);
    return waits.flatMap(([what, isSo]) => (isSo ? [] : [what]));
  };
  return {
    async due() {
      await due();
    },
    async settled(signal) {
      const late: string[] = [];
      do late.push(...(await round(signal)));
      while ((await due()) && !signal.aborted && late.length === 0);
      return signal.aborted ? [] : late;
    },
    async taken(agency, drop, signal) {
      const service = agencies.get(writerOf(agency));
      const before = service?.inboxTaken() ?? 0;
      await drop();
      return service === undefined || until(() => service.inboxTaken() > before, signal);
    },
    stop: () => lanes.stop(),
  };
}

/** Topics of the cells that a view reads. */
function topicsOf(view: string, policy: Policy): readonly string[] {
  const clearance = policy.views.find(({ id }) => id === view)?.clearance;
  if (clearance === undefined) return [];
  const cells = new Set(cellsOf(clearance, policy.cells).map(({ id }) => id));
  const topics = policy.agencies.flatMap(({ id, cells: own }) => own.filter((cell) => cells.has(cell)).map((cell) => obsTopic(cell, writerOf(id)))); // prettier-ignore
  return [...new Set(topics)];
}

/** Follows the cuts of every view: how far each has read. */
function createLaneWatch({ policy, codec, busOf }: { readonly policy: Policy; readonly codec: Codec; readonly busOf: Buses['as'] }) {
  const fused = new Map<string, Map<string, bigint>>();
  let consumers: Promise<readonly BusConsumer[]> | undefined;
  const follow = (view: string): Promise<BusConsumer> => {
    const done = new Map<string, bigint>();
    fused.set(view, done);
    return busOf(fusionPrincipal(view)).createConsumer({
      groupId: groupOf(fusionPrincipal(view), `at-rest.${randomUUID().slice(0, 8)}`),
      topics: [laneTopic(view)],
      from: 'earliest',
      commit: 'never',
      async onBatch({ records }) {
        for (const { value } of records)
          for (const { topic, partition, next } of value === null ? [] : (codec.decode(value).value as Cut).inputs)
            done.set(`${topic}/${partition}`, BigInt(next));
      },
    });
  };
  return {
    start: async (): Promise<void> => {
      consumers ??= Promise.all(policy.views.map(({ id }) => follow(id)));
      await consumers;
    },
    hasFused(view: string, ends: readonly PartitionEnds[]): boolean {
      const own = new Set(topicsOf(view, policy));
      return ends.every(({ topic, partition, next }) => !own.has(topic) || (fused.get(view)?.get(`${topic}/${partition}`) ?? 0n) >= next); // prettier-ignore
    },
    stop: async (): Promise<void> => {
      await Promise.allSettled(((await consumers) ?? []).map((consumer) => consumer.close()));
    },
  };
} // prettier-ignore

/** Looks until it is so. @returns false where the time or the signal ended it. */
async function until(isSo: () => boolean, signal: AbortSignal): Promise<boolean> {
  const giveUpAt = performance.now() + WITHIN_MS;
  while (!isSo()) {
    if (signal.aborted || performance.now() > giveUpAt) return false;
    await pause(LOOK_AGAIN_MS);
  }
  return true;
}
