// Posts to webhooks with the platform's own client.
// Holds: one request, no redirect, an answer within its time or none; of the answer the status alone is read.

import type { PostOutcome, WebhookPort } from '../webhook-port.ts';

/** Makes the port. */
export function createFetchWebhook(): WebhookPort {
  const stop = new AbortController();
  return {
    async post(url, headers, body, withinMs) {
      const over = new AbortController(); // Node 20 may collect a timeout that only AbortSignal.any holds: it then never comes
      const end = (): void => over.abort();
      const late = new DOMException('no answer in time', 'TimeoutError');
      const timer = setTimeout(() => over.abort(late), withinMs);
      stop.signal.addEventListener('abort', end);
      try {
        stop.signal.throwIfAborted();
        const answer = await fetch(url, {
          method: 'POST',
          headers: { ...headers },
          body,
          redirect: 'manual',
          signal: over.signal,
        });
        await answer.body?.cancel();
        return outcomeOf(answer.status);
      } catch (cause) {
        return { isTaken: false, code: cause === late ? 'TIMEOUT' : 'UNREACHABLE', isGone: false };
      } finally {
        clearTimeout(timer);
        stop.signal.removeEventListener('abort', end);
      }
    },
    close: () => stop.abort(),
  };
}

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { isTaken: true };
  return { isTaken: false, code: `HTTP_${status}`, isGone: status === GONE };
}

const GONE = 410;
