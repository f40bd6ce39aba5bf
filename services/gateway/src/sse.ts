// Writes the frames of a stream as server-sent events.
// Holds: a frame is checked in the turn in which it is written (stream-life.ts); nothing is queued here beyond what the
// connection holds back, which is told; whatever is still on its way when a stream ends has a second to go.
// Source: WHATWG HTML §9.2 (server-sent events); README.md#stream

import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { print, joinAll, cellsOf } from '@sitebus/marking';
import type { GatewayParts } from './parts.ts';
import { open } from './release.ts';
import { writeHead } from './reply-hooks.ts';
import type { AlertStream, Sink } from './stream.ts';

/** What a browser waits before it connects again. */
const RETRY_MS = 2_000;
/** How long a reader has to take the last frame; then the connection is cut, with what it still holds. */
const LAST_FRAME_MS = 1_000;

/** Writes the head and hands the connection to the stream, which ends it. */
export function serveStream(
  stream: AlertStream,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: GatewayParts,
): void {
  const { view, policy } = parts;
  // A stream's content is not known when its head is written: it carries the highest it may hold.
  const banner = print(joinAll(cellsOf(view.clearance, policy.cells).map(({ ceiling }) => ceiling)), {
    homeNation: policy.homeNation,
  });
  reply.opened = { body: undefined, banner, leaf: undefined };
  reply.type('text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
  writeHead(parts, request, reply);
  reply.hijack();
  const { raw } = reply;
  // The connection goes with the stream, or a stopping gateway would wait for it; so its end is the body's, and no frame is wrapped
  // in a chunk of its own (RFC 9112 §6.3).
  raw.removeHeader('transfer-encoding');
  raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), connection: 'close' });
  // An id without data is remembered and is no event.
  raw.write(`retry: ${RETRY_MS}\n${stream.firstId === undefined ? '' : `id: ${stream.firstId}\n`}\n`);
  connect(raw, stream);
}

/** Apart, so that what stays as long as the stream holds the connection alone, and neither request nor reply. */
function connect(raw: ServerResponse, stream: AlertStream): void {
  // Whoever left while their request waited said so before anybody listened: nobody would ever hear of it again.
  if (raw.destroyed) return stream.close();
  raw.once('close', () => stream.close());
  raw.on('drain', () => stream.drained());
  stream.attach(sinkOf(raw));
}

function sinkOf(raw: ServerResponse): Sink {
  return {
    write: (frame) => raw.destroyed || raw.write(open(frame).body),
    waitingBytes: () => raw.writableLength,
    end: (frame) => endOrCut(raw, open(frame).body),
  };
}

/** A reader who takes nothing would keep the socket and its megabyte until the network gives up. */
function endOrCut(raw: ServerResponse, last: Buffer): void {
  if (raw.destroyed) return;
  const cut = setTimeout(() => raw.destroy(), LAST_FRAME_MS);
  raw.once('close', () => clearTimeout(cut));
  raw.end(last);
}
