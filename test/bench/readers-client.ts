// A thousand readers of the alert stream in one process, so that their memory and CPU are not those of the gateway.
// Holds: it judges nothing: it opens what it is told, and says what came to whom, in order, and how long after it was
// raised. It shares the machine with what it measures, so it looks at each event's bytes where they lie and makes no text of
// them. Commands on the process channel: open, count, report, close. Source: WHATWG HTML §9.2.6 (parsing a stream)

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
  /** Bytes of an event whose end has not come yet. */
  rest: Buffer | undefined;
  /** Its first `lastIdBytes`; none before the first id. */
  readonly lastId: Buffer;
  lastIdBytes: number;
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
  const reader: OneReader = {
    url,
    token,
    seqs: [],
    rest: undefined,
    lastId: Buffer.alloc(MOST_ID_BYTES),
    lastIdBytes: 0,
    response: undefined,
  };
  readers.push(reader);
  return connect(reader);
}

function connect(reader: OneReader): Promise<string | undefined> {
  const { url, token, lastId, lastIdBytes } = reader;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(lastIdBytes === 0 ? {} : { 'last-event-id': lastId.toString('latin1', 0, lastIdBytes) }),
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
  reader.rest = undefined;
  setTimeout(() => readers.includes(reader) && void connect(reader), RETRY_MS);
}

function take(reader: OneReader, chunk: Buffer): void {
  const nowMs = performance.timeOrigin + performance.now();
  bytes += chunk.length;
  const text = reader.rest === undefined ? chunk : Buffer.concat([reader.rest, chunk]);
  let from = 0;
  for (let end = text.indexOf(BLANK_LINE); end !== -1; end = text.indexOf(BLANK_LINE, from)) {
    note(reader, text, from, end, nowMs);
    from = end + BLANK_LINE.length;
  }
  reader.rest = from === text.length ? undefined : Buffer.from(text.subarray(from)); // a copy: it may stay for long
}

const BLANK_LINE = Buffer.from('\n\n');
const RETRY_LINE = Buffer.from('retry: ');
const ID_LINE = Buffer.from('id: ');
const ALERT_LINES = Buffer.from('event: alert\ndata: {"id":"');
const GAP_LINE = Buffer.from('event: gap\n');
const AT = Buffer.from('"at":"');
const LINE_END = 10;
const ID_CHARS = alertId(0).length;
const MOST_ID_BYTES = 200;

/** Takes one event, whose lines lie from `start` to `end`. */
function note(reader: OneReader, text: Buffer, start: number, end: number, nowMs: number): void {
  let at = start;
  if (startsWith(text, at, RETRY_LINE)) at = text.indexOf(LINE_END, at) + 1; // the head of the stream
  if (startsWith(text, at, ID_LINE)) {
    const line = text.indexOf(LINE_END, at);
    const lineEnd = line === -1 || line > end ? end : line;
    reader.lastIdBytes = text.copy(reader.lastId, 0, at + ID_LINE.length, lineEnd);
    at = lineEnd + 1;
  }
  if (startsWith(text, at, GAP_LINE)) gaps += 1;
  if (!startsWith(text, at, ALERT_LINES)) return; // a heartbeat, the head
  const idEnd = at + ALERT_LINES.length + ID_CHARS;
  reader.seqs.push(hexAt(text, idEnd - SEQ_DIGITS, idEnd));
  const latencyMs = nowMs - timeAt(text, text.indexOf(AT, idEnd) + AT.length);
  latencyCounts[Math.min(MOST_LATENCY_MS, Math.max(0, Math.round(latencyMs)))]! += 1;
  received += 1;
}

function startsWith(text: Buffer, at: number, wanted: Buffer): boolean {
  for (let i = 0; i < wanted.length; i += 1) if (text[at + i] !== wanted[i]) return false;
  return true;
}

function hexAt(text: Buffer, from: number, to: number): number {
  let n = 0;
  for (let at = from; at < to; at += 1) n = n * 16 + ((text[at]! & 15) + (text[at]! > DIGIT_9 ? 9 : 0));
  return n;
}

/** UTC milliseconds of `2031-10-02T14:05:15.000Z`. */
function timeAt(text: Buffer, at: number): number {
  const number = (from: number, to: number): number => {
    let n = 0;
    for (let i = at + from; i < at + to; i += 1) n = n * 10 + (text[i]! & 15);
    return n;
  };
  return Date.UTC(number(0, 4), number(5, 7) - 1, number(8, 10), number(11, 13), number(14, 16), number(17, 19), number(20, 23)); // prettier-ignore
}

const DIGIT_9 = 0x39;

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
