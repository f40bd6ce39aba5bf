// Writes the frames of a stream as server-sent events.
// Holds: a frame is checked once more in the same turn in which it is written; nothing is queued here beyond what the
// connection takes, so a frame that is no longer allowed cannot be on its way; a reader who takes nothing is ended.
// Source: WHATWG HTML §9.2 (server-sent events); README.md#stream

import type { FastifyReply, FastifyRequest } from 'fastify';
import { print, joinAll, cellsOf } from '@sitebus/marking';
import type { GatewayParts } from './parts.ts';
import { open } from './release.ts';
import { writeHead } from './reply-hooks.ts';
import type { AlertStream, Frame } from './stream.ts';

/** What a browser waits before it connects again. */
const RETRY_MS = 2_000;
const MAX_WAITING_BYTES = 1024 * 1024;
/** How long a reader has to take the last frame; then the connection is cut, with what it still holds. */
const LAST_FRAME_MS = 1_000;
/** A connection that takes nothing for this many heartbeats is ended. */
const MAX_STALLED_BEATS = 4;

/** Writes until the stream ends or the reader leaves. */
export async function serveStream(
  stream: AlertStream,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: GatewayParts,
): Promise<void> {
  const { view, policy, streamLimits } = parts;
  // A stream's content is not known when its head is written: it carries the highest it may hold.
  const banner = print(joinAll(cellsOf(view.clearance, policy.cells).map(({ ceiling }) => ceiling)), {
    homeNation: policy.homeNation,
  });
  reply.opened = { body: undefined, banner, leaf: undefined };
  reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  writeHead(parts, request, reply);
  reply.hijack();
  const { raw } = reply;
  raw.once('close', () => stream.close());
  // The connection goes with the stream, or a stopping gateway would wait for it.
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), connection: 'close' });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  try {
    for await (const frame of stream.frames) {
      if (!frame.isCurrent()) break;
      if (!raw.write(textOf(frame)) && !(await drained(raw, stream, streamLimits))) break;
    }
  } catch (cause) {
    parts.log.error({ code: (cause as { code?: string }).code, traceId: request.traceId }, 'stream failed');
  } finally {
    stream.close();
    endOrCut(raw, textOf(stream.endFrame));
  }
}

/** A reader who takes nothing would keep the socket and its megabyte until the network gives up. */
function endOrCut(raw: FastifyReply['raw'], last: string): void {
  if (raw.destroyed) return;
  const cut = setTimeout(() => raw.destroy(), LAST_FRAME_MS);
  raw.once('close', () => clearTimeout(cut));
  raw.end(last);
}

function textOf({ event, id, data }: Frame): string {
  const { body } = open(data);
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(body)}\n\n`;
}

/** @returns false when the reader has fallen too far behind, or left. */
async function drained(
  raw: FastifyReply['raw'],
  stream: AlertStream,
  limits: GatewayParts['streamLimits'],
): Promise<boolean> {
  stream.mark();
  const settled = drainOrClose(raw);
  const looks = (limits.heartbeatMs * MAX_STALLED_BEATS) / LOOK_MS;
  for (let look = 0; look < looks; look += 1) {
    const outcome = await Promise.race([settled, pause(LOOK_MS)]);
    if (outcome !== undefined) return outcome === 'drain';
    if (stream.waitingSince() >= limits.maxWaitingEvents || raw.writableLength > MAX_WAITING_BYTES) return false;
  }
  return false;
}

/** How often a stalled connection is looked at. */
const LOOK_MS = 100;

function drainOrClose(raw: FastifyReply['raw']): Promise<'drain' | 'close'> {
  return new Promise((resolve) => {
    if (raw.destroyed) return resolve('close');
    const settle = (outcome: 'drain' | 'close') => () => {
      raw.off('drain', onDrain);
      raw.off('close', onClose);
      resolve(outcome);
    };
    const onDrain = settle('drain');
    const onClose = settle('close');
    raw.once('drain', onDrain);
    raw.once('close', onClose);
  });
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
