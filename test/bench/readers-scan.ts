// What stands in a piece of an alert stream, found by its bytes: which alerts, when they were raised, where to go on from.
// Holds: pure; an event counts once it is there to its end, and what is left over is handed back; bytes of chunks between events are
// passed over, because a gateway writes whole events. Source: WHATWG HTML §9.2.6 (parsing a stream); RFC 9112 §7.1

import { alertId, SEQ_DIGITS } from './readers-draws.ts';

/** One alert of the load as it came. */
export interface ScannedAlert {
  readonly seq: number;
  /** UTC milliseconds. */
  readonly atMs: number;
}

/** What a piece held, in order. */
export interface Scanned {
  readonly alerts: readonly ScannedAlert[];
  /** How many events said that something is missing. */
  readonly gaps: number;
  /** Of the last event that is there to its end; undefined where there is none. */
  readonly lastEventId: string | undefined;
  /** From behind the last whole event on; a view into the piece. */
  readonly rest: Buffer;
}

const END = Buffer.from('\n\n');
const ALERT = Buffer.from('\nevent: alert\ndata: {"id":"');
const GAP = Buffer.from('\nevent: gap\n');
const ID = Buffer.from('id: ');
const AT = Buffer.from('"at":"');
const AT_CHARS = '2031-10-02T14:05:15.000Z'.length;
const ID_CHARS = alertId(0).length;
const LINE_FEED = 10;

/** When each alert was raised: the same text goes to every reader. */
const raisedAt: number[] = [];

/** Looks through a piece that begins where an event, or the head of the answer, does. */
export function scanStream(piece: Buffer): Scanned {
  const lastEnd = piece.lastIndexOf(END);
  if (lastEnd === -1) return { alerts: [], gaps: 0, lastEventId: undefined, rest: piece };
  const whole = piece.subarray(0, lastEnd + END.length);
  const alerts: ScannedAlert[] = [];
  for (let at = whole.indexOf(ALERT); at !== -1; at = whole.indexOf(ALERT, at + ALERT.length)) {
    const idEnd = at + ALERT.length + ID_CHARS;
    const seq = hexIn(whole, idEnd - SEQ_DIGITS, idEnd);
    alerts.push({ seq, atMs: (raisedAt[seq] ??= timeIn(whole, idEnd)) });
  }
  let gaps = 0;
  for (let at = whole.indexOf(GAP); at !== -1; at = whole.indexOf(GAP, at + GAP.length)) gaps += 1;
  return { alerts, gaps, lastEventId: lastIdIn(whole), rest: piece.subarray(whole.length) };
}

function hexIn(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const code = bytes[at] as number;
    value = value * 16 + (code < 58 ? code - 48 : code - 87); // 0 to 9, a to f
  }
  return value;
}

function timeIn(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(AT, from) + AT.length;
  return Date.parse(bytes.toString('latin1', at, at + AT_CHARS));
}

/** Data is one line of JSON: where a line begins with an id, it is one. */
function lastIdIn(bytes: Buffer): string | undefined {
  for (let at = bytes.lastIndexOf(ID); at !== -1; at = at === 0 ? -1 : bytes.lastIndexOf(ID, at - 1))
    if (at === 0 || bytes[at - 1] === LINE_FEED)
      return bytes.toString('latin1', at + ID.length, bytes.indexOf(LINE_FEED, at));
  return undefined;
}
