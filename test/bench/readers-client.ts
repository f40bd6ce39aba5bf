// A thousand readers of the alert stream in one process, so that their memory and CPU are not those of the gateway.
// Holds: it judges nothing: it opens what it is told, and says what came to whom, in order, and how long after it was raised. It
// shares the machine with what it measures, so it reads plain sockets into one buffer, looks only where an alert begins, and makes
// neither text nor JSON of what it reads (readers-scan.ts). Commands on the process channel: open, count, report, close.

import { connect as connectTo, type Socket } from 'node:net';
import { scanStream, type Scanned } from './readers-scan.ts';

/** What the bench asks. */
export type ReadersCommand =
  | { readonly open: readonly { readonly url: string; readonly token: string }[] }
  /** From which alert on the time to it counts: those before it warm everything up. */
  | { readonly timeFrom: number }
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
  /** The same of each second in which alerts were raised, its p99: one late second, or all of them. */
  readonly p99MsBySecond: readonly number[];
  readonly gaps: number;
  readonly ended: number;
  readonly bytes: number;
}

const MOST_LATENCY_MS = 60_000;
const OPENED_AT_ONCE = 20;
const RETRY_MS = 2_000;
/** What one read takes at most; all sockets are read into the same place, one after the other. */
const readInto = Buffer.allocUnsafe(256 * 1024);
const NOTHING = Buffer.alloc(0);

interface OneReader {
  readonly url: string;
  readonly token: string;
  readonly seqs: number[];
  /** Of an event that has not come whole. */
  rest: Buffer;
  lastEventId: string | undefined;
  socket: Socket | undefined;
  /** After a head that said 200. */
  isOpen: boolean;
}

const readers: OneReader[] = [];
const latencyCounts = new Uint32Array(MOST_LATENCY_MS + 1);
/** By UTC second. */
const latenciesBySecond = new Map<number, number[]>();
let [received, gaps, ended, bytes] = [0, 0, 0, 0];
let timeFrom = 0;

process.on('message', (command: ReadersCommand) => void obey(command).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.exit(0)); // the bench is gone

async function obey(command: ReadersCommand): Promise<ReadersAnswer> {
  if ('open' in command) return { opened: await openAll(command.open) };
  if ('count' in command) return { received, open: readers.filter(({ isOpen }) => isOpen).length };
  if ('timeFrom' in command) {
    ({ timeFrom } = command);
    return {};
  }
  if ('report' in command) return { report: everything() };
  for (const { socket } of readers.splice(0)) socket?.destroy();
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

/** @returns undefined once the head is here and says 200, else what came instead. */
function openOne(url: string, token: string): Promise<string | undefined> {
  const reader: OneReader = { url, token, seqs: [], rest: NOTHING, lastEventId: undefined, socket: undefined, isOpen: false }; // prettier-ignore
  readers.push(reader);
  return connect(reader);
}

const OK = 'HTTP/1.1 200 ';

function connect(reader: OneReader): Promise<string | undefined> {
  const { hostname, port, pathname, search } = new URL(reader.url);
  return new Promise((resolve) => {
    const callback = (length: number): boolean => {
      const nowMs = performance.timeOrigin + performance.now();
      if (!reader.isOpen) {
        reader.isOpen = readInto.toString('latin1', 0, OK.length) === OK;
        resolve(reader.isOpen ? undefined : readInto.toString('latin1', 0, Math.min(length, OK.length + 20)));
      }
      if (reader.isOpen) take(reader, length, nowMs);
      else socket.destroy(); // refused, such as for load: tried again; left open it would wait for nothing
      return true;
    };
    const socket = connectTo({ host: hostname, port: Number(port), onread: { buffer: readInto, callback } });
    reader.socket = socket;
    const resumed = reader.lastEventId === undefined ? '' : `last-event-id: ${reader.lastEventId}\r\n`;
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${reader.token}\r\n${resumed}\r\n`); // prettier-ignore
    socket.on('error', (cause) => resolve(cause.message));
    socket.on('close', () => {
      reader.isOpen = false;
      resolve('closed');
      again(reader);
    });
  });
}

/** As a browser does: after the time the stream named, from where it stood. */
function again(reader: OneReader): void {
  if (!readers.includes(reader)) return;
  ended += 1;
  reader.rest = NOTHING;
  setTimeout(() => readers.includes(reader) && void connect(reader), RETRY_MS);
}

/** Takes what has been read into the common place. */
function take(reader: OneReader, length: number, nowMs: number): void {
  bytes += length;
  const read = readInto.subarray(0, length);
  const { rest } = reader;
  const scanned = scanStream(rest.length === 0 ? read : Buffer.concat([rest, read]));
  note(reader, scanned, nowMs);
  reader.rest = scanned.rest.length === 0 ? NOTHING : Buffer.from(scanned.rest); // the next read is into the same place
}

function note(reader: OneReader, { alerts, gaps: gapsSeen, lastEventId }: Scanned, nowMs: number): void {
  for (const { seq, atMs } of alerts) {
    reader.seqs.push(seq);
    if (seq < timeFrom) continue;
    const latencyMs = Math.min(MOST_LATENCY_MS, Math.max(0, Math.round(nowMs - atMs)));
    latencyCounts[latencyMs]! += 1;
    const second = Math.floor(atMs / 1_000);
    const ofSecond = latenciesBySecond.get(second) ?? [];
    latenciesBySecond.set(second, ofSecond);
    ofSecond.push(latencyMs);
  }
  received += alerts.length;
  gaps += gapsSeen;
  reader.lastEventId = lastEventId ?? reader.lastEventId;
}

function everything(): ReadersReport {
  return {
    seqs: readers.map(({ seqs }) => Buffer.from(Uint32Array.from(seqs).buffer).toString('base64')),
    latencyCounts: [...latencyCounts],
    p99MsBySecond: [...latenciesBySecond].sort(([a], [b]) => a - b).map(([, latencies]) => p99Of(latencies)),
    gaps,
    ended,
    bytes,
  };
}

function p99Of(latencies: readonly number[]): number {
  const sorted = Uint32Array.from(latencies).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)] ?? 0;
}
