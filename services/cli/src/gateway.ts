// The gateway over HTTP, as commands ask it: one request, a value with its marking, or a CliError.
// Holds: every answer carries the marking of its header; redirects are never followed silently (a merged assessment
// must be announced); a connection that fails is exit code 5 with the address that did not answer.

import type { CliContext, GlobalFlags } from './context.ts';
import { CliError, EXIT, problemError } from './errors.ts';
import type { Problem } from './errors.ts';
import type { Session } from './session.ts';

/** A released answer. */
export interface Released<T> {
  readonly body: T;
  /** Join of everything in the body; undefined where the answer has no content of records. */
  readonly marking: string | undefined;
  readonly status: number;
  readonly location: string | undefined;
  /** Of the bytes that were read; undefined where the answer has none. */
  readonly etag: string | undefined;
  /** `Sitebus-Ledger`, redeemable for a proof. */
  readonly ledger: string | undefined;
  /** Server's clock, UTC milliseconds; undefined when it sent none. */
  readonly serverTimeMs: number | undefined;
}

/** One request. `path` begins with a slash; `query` leaves out what is undefined. */
export interface GatewayRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  /** Raw body with its content type, instead of `json`. */
  readonly raw?: { readonly body: Buffer | string; readonly contentType: string };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Gateway {
  /** Answers of 2xx and of 307; anything else rejects with a CliError. */
  json<T>(request: GatewayRequest): Promise<Released<T>>;
  /** NDJSON answer, an object a line, as they arrive. */
  lines<T>(
    request: GatewayRequest,
  ): Promise<{ readonly marking: string | undefined; readonly items: AsyncIterable<T> }>;
  /** The raw response of a stream (text/event-stream). */
  open(request: GatewayRequest): Promise<Response>;
  /** The same request as a person would type it; the bearer appears as a command, never as a secret. */
  curl(request: GatewayRequest): string;
}

/** A gateway seen by one session. */
export function createGateway(session: Session, context: CliContext, flags: GlobalFlags): Gateway {
  const open = (request: GatewayRequest): Promise<Response> => send(session, context, flags, request);
  return {
    open,
    async json(request) {
      const response = await open(request);
      const text = await response.text();
      return { ...headersOf(response), body: (text === '' ? undefined : JSON.parse(text)) as never };
    },
    async lines<T>(request: GatewayRequest) {
      const response = await open(request);
      return { marking: response.headers.get('sitebus-marking') ?? undefined, items: ndjson<T>(response) };
    },
    curl: (request) => curlOf(session, flags, request),
  };
}

async function send(
  session: Session,
  context: CliContext,
  flags: GlobalFlags,
  request: GatewayRequest,
): Promise<Response> {
  const url = urlOf(session, flags, request);
  let response: Response;
  try {
    response = await context.fetch(url, {
      method: request.method ?? 'GET',
      redirect: 'manual',
      signal: context.signal,
      headers: {
        accept: 'application/json, application/x-ndjson, text/event-stream',
        'accept-language': flags.lang ?? 'en',
        ...(session.token === undefined ? {} : { authorization: `Bearer ${session.token}` }),
        ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(request.raw === undefined ? {} : { 'content-type': request.raw.contentType }),
        ...request.headers,
      },
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
      ...(request.raw === undefined ? {} : { body: new Uint8Array(Buffer.from(request.raw.body)) }),
    });
  } catch (cause) {
    if (context.signal.aborted) throw new CliError(EXIT.interrupted, 'interrupted', { cause });
    throw new CliError(EXIT.unreachable, `${session.gateway} does not answer`, {
      where: [`${request.method ?? 'GET'} ${request.path}`],
      next: 'sitebus doctor',
      cause,
    });
  }
  if (response.ok || response.status === 307) return response;
  throw problemError(await problemOf(response), `${request.method ?? 'GET'} ${request.path}`);
}

function urlOf(session: Session, flags: GlobalFlags, request: GatewayRequest): URL {
  const url = new URL(session.gateway + request.path);
  for (const [name, value] of Object.entries({ view: flags.view, ...request.query })) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as Partial<Problem>;
    if (typeof body.title === 'string')
      return { type: 'about:blank', status: response.status, ...body, title: body.title };
  } catch {
    // not a problem document: whatever answered is not the gateway
  }
  return { type: 'about:blank', title: `unexpected answer ${response.status}`, status: response.status };
}

function headersOf(response: Response) {
  const date = response.headers.get('date');
  return {
    marking: response.headers.get('sitebus-marking') ?? undefined,
    etag: response.headers.get('etag') ?? undefined,
    ledger: response.headers.get('sitebus-ledger') ?? undefined,
    location: response.headers.get('location') ?? undefined,
    status: response.status,
    serverTimeMs: date === null ? undefined : Date.parse(date),
  };
}

async function* ndjson<T>(response: Response): AsyncIterable<T> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as T;
}

function curlOf(session: Session, flags: GlobalFlags, request: GatewayRequest): string {
  const url = urlOf(session, flags, request).toString();
  const bearer = session.role === undefined ? '$SITEBUS_TOKEN' : `$(npx sitebus token ${session.role})`;
  const words = [
    'curl',
    ...(request.method === undefined || request.method === 'GET' ? [] : ['-X', request.method]),
    ...(session.token === undefined ? [] : ['-H', `"Authorization: Bearer ${bearer}"`]),
    ...(request.json === undefined
      ? []
      : ['-H', "'Content-Type: application/json'", '-d', quoted(JSON.stringify(request.json))]),
    quoted(url),
  ];
  return words.join(' ');
}

/** For a POSIX shell: single quotes end, an escaped one, begin again. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
