// Runs one service as a process: from its start to an exit code.
// Holds: the exit code is 0 only after a signal and a complete drain; a service that cannot go on, a start that fails and an
// error nobody caught end the process non-zero, so that whoever runs it starts it again; a second signal ends at once.
// Source: README.md#lifecycle

import closeWithGrace from 'close-with-grace';
import type { Log } from '@sitebus/sdk';
import type { Service } from './service.ts';

/** How long what is in hand may take after the first signal, ms. */
export const DRAIN_MS = 10_000;

/** What is run, and how its life is told. */
export interface ProcessParts {
  readonly service: Pick<Service, 'start' | 'stop' | 'fatal'>;
  readonly log: Log;
  readonly drainMs?: number;
}

/** Starts the service and stays until the process ends; resolves when the service has started. */
export async function runProcess({ service, log, drainMs = DRAIN_MS }: ProcessParts): Promise<void> {
  let failure: Error | undefined;
  let isEnding = false;
  const ending = closeWithGrace(
    {
      delay: drainMs,
      logger: false,
      skip: ['beforeExit'],
      onTimeout: () => log.error({ drainMs }, 'drain took too long'),
    },
    async ({ signal, err }) => {
      isEnding = true;
      failure ??= err;
      if (failure === undefined) log.info({ signal }, 'stopping');
      else log.error(toKeys(failure), 'cannot go on');
      await service.stop();
      log.info({}, 'stopped');
      if (failure !== undefined) throw failure; // makes the exit code
    },
  );
  function end(cause: unknown): void {
    failure ??= toFailure(cause);
    if (!isEnding) ending.close();
    isEnding = true;
  }
  void service.fatal.then(end);
  process.once('beforeExit', () => end(new Error('nothing is left running')));
  try {
    await service.start();
    log.info({}, 'started');
  } catch (error) {
    end(error);
  }
}

/** JavaScript lets anything be thrown. */
function toFailure(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error('something that is no error was thrown', { cause });
}

/** Code and place of a failure and what lies behind it: for operators of this process, not for readers. */
function toKeys(failure: Error): Record<string, unknown> {
  const { code, details, message, cause } = failure as Error & { code?: unknown; details?: unknown };
  return {
    code,
    details,
    failure: message,
    ...(cause !== undefined && { cause: cause instanceof Error ? String(cause) : typeof cause }),
  };
}
