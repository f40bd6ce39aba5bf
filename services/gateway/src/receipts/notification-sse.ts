// Writes a stream of notifications as server-sent events.
// Holds: one frame at a time: the next is asked for when the last one has left this process, so nothing is queued, and what
// is told of as sent was sent; a connection that takes nothing is cut. Source: WHATWG HTML §9.2; README.md#receipts

import type { ServerResponse } from 'node:http';
import { cellsOf, joinAll, print } from '@sitebus/marking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayParts } from '../parts.ts';
import { open } from '../release.ts';
import { writeHead } from '../reply-hooks.ts';
import type { NotificationFrame, NotificationStream } from './notification-stream.ts';

/** What a browser waits before it connects again. */
const RETRY_MS = 2_000;
/** A connection that takes nothing for this many heartbeats is cut. */
const MAX_STALLED_BEATS = 4;

/** Writes until the stream ends or the reader leaves. */
export async function serveNotifications(
  stream: NotificationStream,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: GatewayParts,
): Promise<void> {
  const { view, policy, streamLimits } = parts;
  const ceilings = cellsOf(view.clearance, policy.cells).map(({ ceiling }) => ceiling);
  // What comes is not known when the head is written: it carries the highest it may hold.
  reply.opened = {
    body: undefined,
    banner: print(joinAll(ceilings), { homeNation: policy.homeNation }),
    leaf: undefined,
  };
  reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  writeHead(parts, request, reply);
  reply.hijack();
  const { raw } = reply;
  if (raw.destroyed) {
    stream.close(); // they left while their request waited, and nobody heard of it
    return;
  }
  raw.once('close', () => stream.close());
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), connection: 'close' });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  const stalledMs = streamLimits.heartbeatMs * MAX_STALLED_BEATS;
  try {
    for await (const frame of stream.frames) {
      if (!frame.isCurrent() || !(await hasGone(raw, frame, stalledMs))) break;
      frame.written?.();
    }
  } catch (cause) {
    parts.log.error({ code: (cause as { code?: string }).code, traceId: request.traceId }, 'stream failed');
  } finally {
    stream.close();
    if (await hasGone(raw, stream.endFrame, stalledMs)) raw.end();
    else raw.destroy();
  }
}

/** Writes one frame. @returns true once the connection has taken it whole. */
function hasGone(raw: ServerResponse, frame: NotificationFrame, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (raw.destroyed) return resolve(false);
    const settle = (isGone: boolean): void => {
      clearTimeout(timer);
      raw.off('close', onClose);
      resolve(isGone);
    };
    const onClose = (): void => settle(false);
    const timer = setTimeout(() => settle(false), withinMs);
    raw.once('close', onClose);
    raw.write(textOf(frame), (failed) => settle(failed === undefined || failed === null));
  });
}

function textOf({ event, data }: NotificationFrame): string {
  return `event: ${event}\ndata: ${JSON.stringify(open(data).body)}\n\n`;
}
