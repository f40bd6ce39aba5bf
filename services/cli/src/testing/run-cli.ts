// One run of the CLI inside a test: words in, what a person would see out; and a gateway that answers as the test says.
// Holds: a real HTTP server on a port the system picks; nothing of the CLI is replaced but its streams.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../program.ts';

/** What came of one run. */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The world of one run; everything has a default. */
export interface CliWorld {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Readable;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Sees stdout as it is written. */
  readonly onOut?: (text: string) => void;
}

const CONTRACT = fileURLToPath(new URL('../../../../schemas', import.meta.url));
/** A config folder that is none: whoever runs the tests may have signed in somewhere. */
const NOBODYS_CONFIG = '/dev/null/config';
export const NOW = Date.UTC(2031, 9, 2, 14, 5, 15);

/** Runs `sitebus <words>`. */
export async function runCli(words: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  let out = '';
  let err = '';
  const code = await runCommandLine(words, {
    out: (text) => {
      out += text;
      world.onOut?.(text);
    },
    err: (text) => void (err += text),
    stdin: typeof world.stdin === 'object' ? world.stdin : Readable.from([world.stdin ?? '']),
    env: { SITEBUS_SCHEMAS: CONTRACT, XDG_CONFIG_HOME: NOBODYS_CONFIG, ...world.env },
    cwd: world.cwd ?? '/',
    columns: world.columns,
    signal: world.signal ?? new AbortController().signal,
    fetch,
    now: () => NOW,
  });
  return { code, out, err };
}

/** A request as the gateway received it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers one request; the path chooses. */
export type Answer = (request: Received, response: ServerResponse) => void;

export interface FakeGateway {
  readonly env: Readonly<Record<string, string>>;
  readonly received: readonly Received[];
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves `answers` by `METHOD /path`; anything else is the contract's constant 404. */
export async function startGateway(answers: Readonly<Record<string, Answer>>): Promise<FakeGateway> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://gateway');
      const seen = {
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body,
      };
      received.push(seen);
      (answers[`${seen.method} ${seen.path}`] ?? notFound)(seen, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    env: { SITEBUS_GATEWAY: origin, SITEBUS_TOKEN: 'sbk_test' },
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers JSON under a marking. */
export const json =
  (
    body: unknown,
    {
      status = 200,
      marking,
      headers = {},
    }: { status?: number; marking?: string; headers?: Record<string, string> } = {},
  ): Answer =>
  (_request, response) => {
    response.writeHead(status, {
      'content-type': status >= 400 ? 'application/problem+json' : 'application/json',
      ...(marking === undefined ? {} : { 'sitebus-marking': marking }),
      ...headers,
    });
    response.end(JSON.stringify(body));
  };

/** Answers a problem document. */
export const problem = (slug: string, status: number, title: string, more: object = {}): Answer =>
  json({ type: `urn:sitebus:problem:${slug}`, title, status, ...more }, { status });

/** Answers lines of NDJSON. */
export const ndjson =
  (lines: readonly unknown[], marking?: string): Answer =>
  (_request, response) => {
    response.writeHead(200, {
      'content-type': 'application/x-ndjson',
      ...(marking === undefined ? {} : { 'sitebus-marking': marking }),
    });
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  };

const notFound: Answer = problem('not-found', 404, 'Not found');
