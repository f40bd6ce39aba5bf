// A thousand readers of the alert stream in one process, so that their memory and CPU are not those of the gateway.
// Holds: it judges nothing: it opens what it is told, and says what came to whom, in order, and how long after it was
// raised. It shares the machine with what it measures, so it looks only where a line may begin, and parses no JSON. Commands on
// the process channel: open, count, report, close. Source: WHATWG HTML §9.2.6 (parsing a stream)

import { get, type IncomingMessage } from 'node:http';
import { alertId, SEQ_DIGITS } from './readers-draws.ts';

/** What the bench asks. */
export type ReadersCommand =
  | { readonly open: readonly { readonly url: string; readonly token: string }[] }
  | { readonly count: true }
  | { readonly report: true }
  | { readonly close: true };

/** What the readers answer, one answer a command. */
export interface ReadersAnswer {
  /** Streams that answered 200, and what the others answered. */
  readonly opened?: { readonly ok: number; readonly refused: readonly string[] };
  readonly received?: number;
  readonly open?: number;
  readonly report?: ReadersReport;
  readonly closed?: true;
}

/** Everything that came. */
export interface ReadersReport {
  /** By reader, in the order of `open`: numbers of alerts as they came, little-endian 32-bit words in base64. */
  readonly seqs: readonly string[];
  /** From raising to receiving, ms: how many by whole millisecond, the last for all above. */
  readonly latencyCounts: readonly number[];
  readonly gaps: number;
  readonly ended: number;
  readonly bytes: number;
  readonly cpuMicros: number;
}

const MOST_LATENCY_MS = 60_000;
const OPENED_AT_ONCE = 20;
const RETRY_MS = 2_000;

interface OneReader {
  readonly url: string;
  readonly token: string;
  seqs: number[];
  rest: string;
  lastEventId: string | undefined;
  response: IncomingMessage | undefined;
}

const readers: OneReader[] = [];
const latencyCounts = new Uint32Array(MOST_LATENCY_MS + 1);
let [received, gaps, ended, bytes] = [0, 0, 0, 0];

process.on('message', (command: ReadersCommand) => void obey(command).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0)); // the bench is gone

async function obey(command: ReadersCommand): Promise<ReadersAnswer> {
  if ('open' in command) return { opened: await openAll(command.open) };
  if ('count' in command)
    return { received, open: readers.filter(({ response }) => response?.closed === false).length };
  if ('report' in command) return { report: everything() };
  for (const { response } of readers.splice(0)) response?.destroy();
  return { closed: true };
}

async function openAll(streams: readonly { readonly url: string; readonly token: string }[]) {
  const refused: string[] = [];
  for (let at = 0; at < streams.length; at += OPENED_AT_ONCE) {
    const some = streams.slice(at, at + OPENED_AT_ONCE).map(({ url, token }) => openOne(url, token));
    for (const outcome of await Promise.all(some)) if (outcome !== undefined) refused.push(outcome);
  }
  return { ok: readers.length - refused.length, refused };
}

/** @returns undefined once the head is here, else what was answered instead. */
function openOne(url: string, token: string): Promise<string | undefined> {
  const reader: OneReader = { url, token, seqs: [], rest: '', lastEventId: undefined, response: undefined };
  readers.push(reader);
  return connect(reader);
}

function connect(reader: OneReader): Promise<string | undefined> {
  const { url, token, lastEventId } = reader;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
  return new Promise((resolve) => {
    const request = get(url, { agent: false, headers }, (response) => {
      reader.response = response;
      response.on('data', (chunk: Buffer) => take(reader, chunk));
      response.on('error', () => undefined); // closed by us
      response.on('close', () => again(reader));
      resolve(response.statusCode === 200 ? undefined : String(response.statusCode));
    });
    request.on('error', (cause) => {
      again(reader);
      resolve(cause.message);
    });
  });
}

/** As a browser does: after the time the stream named, from where it stood. */
function again(reader: OneReader): void {
  if (!readers.includes(reader)) return;
  ended += 1;
  reader.rest = '';
  setTimeout(() => readers.includes(reader) && void connect(reader), RETRY_MS);
}

function take(reader: OneReader, chunk: Buffer): void {
  const nowMs = performance.timeOrigin + performance.now();
  bytes += chunk.length;
  const text = reader.rest + chunk.toString('latin1');
  let from = 0;
  for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n', from)) {
    note(reader, text, from, end, nowMs);
    from = end + 2;
  }
  reader.rest = text.slice(from);
}

const RETRY = 'retry: ';
const ID = 'id: ';
const GAP = 'event: gap\n';
const ALERT = 'event: alert\ndata: {"id":"';
const ALERT_ID_CHARS = alertId(0).length;
const AT = '"at":"';
const AT_CHARS = '2031-10-02T14:05:15.000Z'.length;

/** Takes one event, whose lines lie from `start` to `end`. */
function note(reader: OneReader, text: string, start: number, end: number, nowMs: number): void {
  let at = text.startsWith(RETRY, start) ? text.indexOf('\n', start) + 1 : start; // the head of a stream
  if (text.startsWith(ID, at)) {
    const line = text.indexOf('\n', at);
    const lineEnd = line === -1 || line > end ? end : line;
    reader.lastEventId = text.slice(at + ID.length, lineEnd);
    at = lineEnd + 1;
  }
  if (text.startsWith(GAP, at)) gaps += 1;
  if (!text.startsWith(ALERT, at)) return; // a heartbeat, the head
  const idEnd = at + ALERT.length + ALERT_ID_CHARS;
  reader.seqs.push(Number.parseInt(text.slice(idEnd - SEQ_DIGITS, idEnd), 16));
  const raisedAt = text.indexOf(AT, idEnd) + AT.length;
  const latencyMs = nowMs - Date.parse(text.slice(raisedAt, raisedAt + AT_CHARS));
  latencyCounts[Math.min(MOST_LATENCY_MS, Math.max(0, Math.round(latencyMs)))]! += 1;
  received += 1;
}

function everything(): ReadersReport {
  const { user, system } = process.cpuUsage();
  return {
    seqs: readers.map(({ seqs }) => Buffer.from(Uint32Array.from(seqs).buffer).toString('base64')),
    latencyCounts: [...latencyCounts],
    gaps,
    ended,
    bytes,
    cpuMicros: user + system,
  };
}
