// An open stream of alerts over real HTTP, and everything that has come on it.

import { collectEvents, type StreamEvent } from '../support/stream-events.ts';
import { patiently, type World } from '../support/world.ts';

/** It reads for itself until it is closed, by either side. */
export interface AlertStreamReader {
  events(): readonly StreamEvent[];
  alerts(): readonly StreamEvent[];
  /** True once the other side has closed the connection. */
  isEnded(): boolean;
  close(): Promise<void>;
}

/** Opens one as the person; `at` is another gateway's address, `lastEventId` where an earlier stream stood. Throws unless 200. */
export async function openAlertStream(
  world: World,
  as: string,
  query = '',
  { at = world.gateway, lastEventId }: { readonly at?: string | undefined; readonly lastEventId?: string } = {},
): Promise<AlertStreamReader> {
  const token = world.tokens.find(({ person }) => person.person === as)?.token;
  const stop = new AbortController();
  const headers = {
    authorization: `Bearer ${token ?? ''}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  const response = await patiently(() => fetch(`${at}/v1/alerts/stream${query}`, { signal: stop.signal, headers }));
  if (response.status !== 200 || response.body === null)
    throw new Error(`the stream answered ${response.status} ${await response.text()}`);
  const events: StreamEvent[] = [];
  let isEnded = false;
  const reading = collectEvents(response.body, events).then(
    () => void (isEnded = true),
    (cause: unknown) => {
      if (!stop.signal.aborted) isEnded = true; // cut instead of ended: closed all the same
      return cause;
    },
  );
  return {
    events: () => events,
    alerts: () => events.filter(({ event }) => event === 'alert'),
    isEnded: () => isEnded,
    async close() {
      stop.abort();
      await reading;
    },
  };
}
