// The alert stream: server-sent events that go on by themselves after a break.
// Holds: resumes with the last id seen, so that nothing comes twice and a gap is told; a first connection that fails is an
// error, a later one is tried again until the signal aborts. Source: WHATWG HTML §9.2 (server-sent events)

import { setTimeout as pause } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { EventSourceMessage } from 'eventsource-parser';
import { CliError, EXIT } from './errors.ts';
import type { Gateway } from './gateway.ts';

/** One event as the server sent it; `id` is the cursor after it. */
export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
  /** Marking of the response it came in. */
  readonly marking: string | undefined;
}

export interface StreamOptions {
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Cursor to go on after. */
  readonly after?: string | undefined;
  readonly signal: AbortSignal;
  /** Told of every break, with the pause before the next attempt. */
  readonly onBreak?: (why: string, waitMs: number) => void;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

/** Yields events until the signal aborts; heartbeats included. Rejects with the gateway's CliError when it refuses. */
export async function* follow(gateway: Gateway, options: StreamOptions): AsyncGenerator<StreamEvent> {
  let cursor = options.after;
  let retryMs = FIRST_RETRY_MS;
  let hasConnected = false;
  const isOver = (): boolean => options.signal.aborted;
  while (!isOver()) {
    let why = 'the stream ended';
    try {
      const response = await gateway.open(requestOf(options, cursor, hasConnected));
      hasConnected = true;
      for await (const message of messagesOf(response, (ms) => (retryMs = ms))) {
        cursor = message.id ?? cursor;
        retryMs = FIRST_RETRY_MS;
        if (message.event === 'end') break; // one constant body whatever the cause: go on from the cursor
        yield {
          event: message.event ?? 'message',
          id: message.id,
          data: parse(message.data),
          marking: response.headers.get('sitebus-marking') ?? undefined,
        };
      }
    } catch (error) {
      if (isOver()) return;
      if (!hasConnected || isRefusal(error)) throw error;
      why = 'the connection broke';
    }
    if (isOver()) return;
    options.onBreak?.(why, retryMs);
    await pause(retryMs, undefined, { signal: options.signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
  }
}

/** After the first connection the cursor alone says where to go on; `from` would start over. */
function requestOf({ path, query }: StreamOptions, cursor: string | undefined, hasConnected: boolean) {
  const { from, ...rest } = query;
  return {
    path,
    query: hasConnected && cursor !== undefined ? rest : { ...rest, from },
    headers: { accept: 'text/event-stream', ...(cursor === undefined ? {} : { 'last-event-id': cursor }) },
  };
}

async function* messagesOf(response: Response, onRetry: (ms: number) => void): AsyncGenerator<EventSourceMessage> {
  // The DOM's and Node's types of one and the same stream classes do not know each other.
  const decoder: never = new TextDecoderStream() as never;
  const parser: never = new EventSourceParserStream({ onRetry }) as never;
  const stream: AsyncIterable<EventSourceMessage> | undefined = response.body?.pipeThrough(decoder).pipeThrough(parser);
  if (stream !== undefined) yield* stream;
}

/** A refusal is final; an unreachable or overloaded server is not. */
const isRefusal = (error: unknown): boolean => error instanceof CliError && error.exitCode !== EXIT.unreachable;

function parse(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}
