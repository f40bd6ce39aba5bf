// Posts to webhooks with the platform's own client.
// Holds: one request, no redirect, an answer within its time or none; of the answer the status alone is read.

import type { PostOutcome, WebhookPort } from '../webhook-port.ts';

/** Makes the port. */
export function createFetchWebhook(): WebhookPort {
  const stop = new AbortController();
  return {
    async post(url, headers, body, withinMs) {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(withinMs)]);
      try {
        const answer = await fetch(url, { method: 'POST', headers: { ...headers }, body, redirect: 'manual', signal });
        await answer.body?.cancel();
        return outcomeOf(answer.status);
      } catch (cause) {
        const isLate = (cause as { name?: string }).name === 'TimeoutError';
        return { isTaken: false, code: isLate ? 'TIMEOUT' : 'UNREACHABLE', isGone: false };
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
