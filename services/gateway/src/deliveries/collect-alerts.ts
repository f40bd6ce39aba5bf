// The alerts that a subscription lets through from one position on, as far as they may go its way.
// Holds: filters are applied to what is judged alone; what the reader does not see at all counts nowhere; a long stretch that
// lets nothing through is walked in parts, and never holds up anybody else. Source: README.md#deliveries

import { matches } from '../filter.ts';
import type { Filter } from '../filter.ts';
import { createTurns } from '../page.ts';
import type { AlertLog, StoredAlert } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import { bytesOf } from '../released-texts.ts';
import type { Judged, Monitor } from '../release.ts';
import { throughChannel } from './channel-readers.ts';
import type { ChannelReader } from './channel-readers.ts';

/** One stretch of alert.<view>. */
export interface CollectedAlerts {
  readonly judged: readonly Judged[];
  readonly alerts: readonly StoredAlert[];
  /** Of the stretch: what the reader sees and what may not go this way. */
  readonly withheld: number;
  /** The position after the stretch. */
  readonly next: bigint;
  /** Id of the alert before `next`; undefined where there was none. */
  readonly lastId: string | undefined;
  /** Whether anything is left after it. */
  readonly isEnd: boolean;
}

const READ = 100;
/** Alerts of one stretch, whatever becomes of them. */
const MOST_WALKED = 5_000;
const MOST_BYTES = 256 * 1024;

/** Walks from `from` until `limit` alerts are found, or the stretch is long enough. */
export async function collectAlerts(
  { monitor, log }: { readonly monitor: Pick<Monitor, 'judgeAs'>; readonly log: AlertLog },
  wanted: {
    readonly from: bigint;
    readonly reader: Pick<ChannelReader, 'sight' | 'ownSight'>;
    readonly filter: Filter;
    readonly limit: number;
  },
): Promise<CollectedAlerts> {
  const { reader, filter, limit } = wanted;
  const [judged, alerts]: [Judged[], StoredAlert[]] = [[], []];
  let [next, bytes, withheld, walked] = [wanted.from, 0, 0, 0];
  let lastId: string | undefined;
  const turn = createTurns();
  const isFull = (): boolean => judged.length >= limit || bytes >= MOST_BYTES;
  while (!isFull() && walked < MOST_WALKED) {
    if (log.ends().next <= next) return { judged, alerts, withheld, next, lastId, isEnd: true };
    const batch = await log.read(next, READ);
    for (const alert of batch) {
      await turn();
      next = alert.offset + 1n;
      lastId = alert.id;
      walked += 1;
      const outcome = throughChannel(monitor, alert, reader);
      if (outcome === 'withheld') {
        const own = monitor.judgeAs(alert, reader.ownSight);
        withheld += !isWithheld(own) && matches(own.body, filter) ? 1 : 0;
      } else if (outcome !== 'unseen' && matches(outcome.judged.body, filter)) {
        judged.push(outcome.judged);
        alerts.push(alert);
        bytes += bytesOf(outcome.judged);
        if (isFull()) break;
      }
    }
    if (batch.length === 0) return { judged, alerts, withheld, next, lastId, isEnd: true }; // the first one is still waited for
  }
  return { judged, alerts, withheld, next, lastId, isEnd: log.ends().next <= next };
}
