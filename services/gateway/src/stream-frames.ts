// What stands in the frames of alert streams, made once for all readers whom it is the same for, as the bytes that go out.
// Holds: alerts that are passed over change nothing of a frame but the position after it: not how many it holds, nor where it
// ends; a frame's alerts share one leaf, and each can be proved alone. Source: WHATWG HTML §9.2 (server-sent events);
// README.md#stream

import type { View } from '@sitebus/sdk';
import type { Clock } from '@sitebus/sdk';
import { WHOSE_CHARS } from './cursor.ts';
import { matches } from './filter.ts';
import type { Filter } from './filter.ts';
import type { LeafPlace } from './ledger.ts';
import { loopTurns } from './loop-turns.ts';
import type { AlertLog, StoredAlert } from './read-model/model.ts';
import { isWithheld, statement } from './release.ts';
import type { Judged, Monitor, Withheld } from './release.ts';
import { bytesOf } from './released-texts.ts';
import type { Sight } from './sight.ts';
import type { Frame } from './stream.ts';

/** What a stream cannot give. */
export interface Gap {
  readonly fromMs: number;
  readonly reason: 'retention' | 'clearance' | 'rebuilt';
}

/** Alerts for one kind of reader from one position on, and the position after them. */
export interface Collected {
  /** Empty where everything up to `next` is passed over. */
  readonly judged: readonly Judged[];
  readonly alerts: readonly StoredAlert[];
  readonly next: bigint;
  /** Id of the last alert before `next`, shown or not; undefined where there was none. */
  readonly lastId: string | undefined;
}

/** Readers who are alike: the same position, the same sight, the same filter. */
export interface Wanted {
  readonly from: bigint;
  readonly sight: Sight;
  readonly filter: Filter;
  /** At most so many alerts. */
  readonly limit: number;
}

/** The most alerts of one frame. */
export const FRAME_ALERTS = 64;
/** A frame ends after the alert with which it reaches this many bytes. */
const FRAME_BYTES = 256 * 1024;
/** Alerts read at once. */
const READ = 100;
/** Alerts whose judgements are kept for the readers still to come. */
const REMEMBERED = 2_000;

/** Collects the alerts of one frame; rejects with what reading or judging throws. */
export type Collect = (wanted: Wanted) => Promise<Collected>;

/** Collects frames for one gateway; what one reader had judged is not judged again for their like. */
export function createCollector(monitor: Monitor, log: AlertLog): Collect {
  const remembered = new Map<bigint, StoredAlert>();
  const judgements = new WeakMap<StoredAlert, Map<Sight, Judged | Withheld>>();

  /** The object that was judged, while it and its assessment are still the same. */
  const asRemembered = (alert: StoredAlert): StoredAlert => {
    const before = remembered.get(alert.offset);
    if (before !== undefined && before.value === alert.value && before.assessment === alert.assessment) return before;
    remembered.delete(alert.offset);
    remembered.set(alert.offset, alert);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return alert;
  };
  const judgedAs = (alert: StoredAlert, sight: Sight): Judged | Withheld => {
    const known = judgements.get(alert) ?? new Map<Sight, Judged | Withheld>();
    judgements.set(alert, known);
    const judged = known.get(sight) ?? monitor.judgeAs(alert, sight);
    known.set(sight, judged);
    return judged;
  };
  return async ({ from, sight, filter, limit }) => {
    const [judged, alerts]: [Judged[], StoredAlert[]] = [[], []];
    let [next, bytes] = [from, 0];
    let lastId: string | undefined;
    const isFull = (): boolean => judged.length >= limit || bytes >= FRAME_BYTES;
    while (!isFull()) {
      const batch = await log.read(next, READ);
      await loopTurns.next(); // neither a long scan nor many readers at places of their own hold up everybody
      for (const each of batch) {
        const alert = asRemembered(each);
        next = alert.offset + 1n;
        lastId = alert.id;
        const outcome = judgedAs(alert, sight);
        if (isWithheld(outcome) || !matches(outcome.body, filter)) continue;
        judged.push(outcome);
        alerts.push(alert);
        bytes += bytesOf(outcome);
        if (isFull()) break;
      }
      if (batch.length < READ) break;
    }
    return { judged, alerts, next, lastId };
  };
}

/** A reader's own in a frame: what their cursors begin with, and the place of their leaf. */
export interface FrameOf {
  readonly whose: Buffer;
  readonly leaf: LeafPlace | undefined;
}

/** Gives where an alert stands, as the cursors of all its readers end. Sealed once for each object. */
export type WhereOf = (alert: StoredAlert) => string;

/** Makes it of what seals. */
export function createWheres(seal: (alert: StoredAlert) => string): WhereOf {
  const made = new WeakMap<StoredAlert, string>();
  return (alert) => {
    const where = made.get(alert) ?? seal(alert);
    made.set(alert, where);
    return where;
  };
}

/**
 * Writes the frames of all readers of what was collected. What they share is written once; a reader's frame is a copy of it
 * with their own in the places left for it, which are as long for all whose leaf is named by as many digits.
 */
export function createFrameWriter(
  { alerts }: Collected,
  whereOf: WhereOf,
): (texts: readonly string[], own: FrameOf) => Buffer {
  const forms = new Map<number, FrameForm>();
  const copyOf = createCopies();
  return (texts, { whose, leaf }) => {
    const place = leaf === undefined ? '' : `"leafIndex":${leaf.index},"checkpoint":${leaf.checkpoint}`;
    const form = forms.get(place.length) ?? formOf(texts, alerts.map(whereOf), place, leaf);
    forms.set(place.length, form);
    const frame = copyOf(form.bytes);
    for (const at of form.cursorsAt) frame.set(whose, at);
    for (const at of form.placesAt) for (let i = 0; i < place.length; i += 1) frame[at + i] = place.charCodeAt(i); // ASCII
    return frame;
  };
}

/**
 * Copies share memory: one piece for each would be a quarter of what a frame costs. A connection that takes nothing holds one
 * frame, and so one stretch of it.
 */
function createCopies(): (bytes: Buffer) => Buffer {
  let stretch = Buffer.alloc(0);
  let used = 0;
  return (bytes) => {
    if (bytes.length > STRETCH_BYTES / 2) return Buffer.from(bytes);
    if (used + bytes.length > stretch.length) [stretch, used] = [Buffer.allocUnsafeSlow(STRETCH_BYTES), 0];
    const copy = stretch.subarray(used, (used += bytes.length));
    copy.set(bytes); // whole: nothing of what was there before is left
    return copy;
  };
}

const STRETCH_BYTES = 128 * 1024;

/** A frame without its reader, and where their own stands in it. */
interface FrameForm {
  readonly bytes: Buffer;
  readonly cursorsAt: readonly number[];
  readonly placesAt: readonly number[];
}

function formOf(
  texts: readonly string[],
  wheres: readonly string[],
  place: string,
  leaf: LeafPlace | undefined,
): FrameForm {
  const pieces: Buffer[] = [];
  const [cursorsAt, placesAt]: [number[], number[]] = [[], []];
  let length = 0;
  const add = (text: string): void => {
    const piece = Buffer.from(text);
    pieces.push(piece);
    length += piece.length;
  };
  for (const [at, text] of texts.entries()) {
    cursorsAt.push(length + ID_LINE.length);
    add(`${ID_LINE}${' '.repeat(WHOSE_CHARS)}${wheres[at]}\nevent: alert\ndata: ${leaf === undefined ? text : `${text.slice(0, -1)},"delivery":{`}`);
    if (leaf !== undefined) placesAt.push(length);
    add(leaf === undefined ? '\n\n' : `${place}${wayOf(leaf, at, texts.length)}}}\n\n`);
  }
  return { bytes: Buffer.concat(pieces), cursorsAt, placesAt };
} // prettier-ignore

const ID_LINE = 'id: ';

/** Of several records under a leaf: the place of this one and the way to their common root. */
function wayOf({ pathOf }: LeafPlace, at: number, of: number): string {
  if (of === 1) return '';
  const path = (pathOf?.(at) ?? []).map((hash) => `"${hash}"`).join(); // base64: nothing to escape
  return `,"record":${at},"records":${of},"path":[${path}]`;
}

/** @returns a heartbeat, with the cursor it carries. */
export function heartbeatFrame(nowMs: number, id: string): Frame {
  return eventFrame('heartbeat', JSON.stringify({ at: new Date(nowMs).toISOString() }), id);
}

/** @returns what a stream says of a gap before its first alert. */
export function gapFrame(
  { fromMs, reason }: Gap,
  id: string,
  { view, clock }: { readonly view: View; readonly clock: Clock },
): Frame {
  const from = new Date(fromMs).toISOString();
  const to = new Date(clock.now()).toISOString();
  const list = `/v1/alerts?${new URLSearchParams({ view: view.id, from, to }).toString()}`;
  return eventFrame('gap', JSON.stringify({ from, to, reason, list }), id);
}

/** The last frame: one constant, whatever the cause. */
export const END_FRAME: Frame = eventFrame('end', '{"ended":true}');

/** One event that holds no record. */
function eventFrame(event: 'heartbeat' | 'gap' | 'end', json: string, id?: string): Frame {
  return statement(Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`));
}
