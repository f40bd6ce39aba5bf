// A snapshot: the state of one view and the cut it stands at, as bytes that know whether they are whole and whose.
// Holds: an optimisation and nothing else; whatever is not certainly ours, whole and of today's versions is refused with the
// reason, and the cuts are replayed instead. It holds what the view may read. Source: README.md#snapshots

import { createHash } from 'node:crypto';
import type { Marking } from '@sitebus/marking';
import { fromWire, toWire, type CutInput, type WireMarking } from '@sitebus/sdk';
import type { Versions } from './cut.ts';
import type { Departed } from './engine/records/departed.ts';
import type { Image, ImageHead, ImageIssued, ImageRecord } from './engine/image.ts';

const FORMAT = 'sitebus-fusion-snapshot/2';
/** About five milliseconds of work. */
const SLICE_CHARS = 262_144;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Where the state stands. */
export interface SnapshotPlace {
  readonly view: string;
  readonly versions: Versions;
  readonly seq: number;
  /** Time of the last cut. */
  readonly now: number;
  /** Assessments written by all cuts so far. */
  readonly published: number;
  /** Next offset of lane.<view>; cuts from there on may have been applied already. */
  readonly lane: number;
  /** How far every partition has been cut. */
  readonly inputs: readonly CutInput[];
}

/** What a file gave. */
export type SnapshotRead =
  | { readonly kind: 'snapshot'; readonly place: SnapshotPlace; readonly image: Image }
  | { readonly kind: 'refused'; readonly reason: SnapshotRefusal };

/** Why a file is not used. */
export type SnapshotRefusal =
  'not a snapshot' | 'another format' | 'another view' | 'truncated' | 'corrupt' | 'other versions' | 'other spills';

/** The first line. */
interface Header extends SnapshotPlace {
  readonly format: string;
}

/** The last line: length and checksum of all before it. */
interface Trailer {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The bytes of a snapshot, a slice at a time, made as they are asked for. The state must not go on before the last.
 * Cost: the whole state.
 */
export function* toSnapshot(place: SnapshotPlace, image: Image): Generator<Buffer> {
  const digest = createHash('sha256');
  let text = `${JSON.stringify({ format: FORMAT, ...place } satisfies Header)}\n`;
  let bytes = 0;
  const slice = (): Buffer => {
    const piece = Buffer.from(text);
    text = '';
    digest.update(piece);
    bytes += piece.length;
    return piece;
  };
  for (const line of linesOf(image)) {
    text += line;
    if (text.length >= SLICE_CHARS) yield slice();
  }
  yield slice();
  yield Buffer.from(`${JSON.stringify({ bytes, sha256: digest.digest('hex') } satisfies Trailer)}\n`);
}

/** What the bytes hold, if they are this view's, whole, and made under these versions. Cost: one pass for the checksum. */
export function fromSnapshot(file: Buffer, view: string, versions: Versions): SnapshotRead {
  const header = jsonOf(file, 0, file.indexOf(NEWLINE)) as Header | undefined;
  if (header === undefined) return refused('not a snapshot');
  if (header.format !== FORMAT) return refused('another format');
  if (header.view !== view) return refused('another view');
  if ((header.versions as Partial<Versions>).spills !== versions.spills) return refused('other spills');
  const end = file.lastIndexOf(NEWLINE, file.length - 2) + 1;
  const trailer = jsonOf(file, end, file.length - 1) as Partial<Trailer> | undefined;
  if (trailer?.bytes === undefined || file.at(-1) !== NEWLINE) return refused('truncated');
  const sha256 = createHash('sha256').update(file.subarray(0, end)).digest('hex');
  if (trailer.bytes !== end || trailer.sha256 !== sha256) return refused('corrupt');
  const names = Object.keys(versions) as (keyof Versions)[];
  if (names.some((name) => header.versions[name] !== versions[name])) return refused('other versions');
  return { kind: 'snapshot', place: header, image: imageIn(file.subarray(file.indexOf(NEWLINE) + 1, end)) };
}

const refused = (reason: SnapshotRefusal): SnapshotRead => ({ kind: 'refused', reason });

function jsonOf(file: Buffer, start: number, end: number): unknown {
  if (file[start] !== 0x7b || end < start) return undefined;
  try {
    return JSON.parse(file.toString('utf8', start, end));
  } catch {
    return undefined; // a file of some other kind, or damaged just here
  }
}

/** A letter a kind of line, then its JSON; in the order in which `restore` wants them. */
function* linesOf({ head, issued, departed, records }: Image): Generator<string> {
  const numbers = new Map<Marking, number>();
  yield `h0 ${JSON.stringify(head)}\n`;
  for (const { marking, ...each } of issued) {
    if (!numbers.has(marking)) yield markingLine(numbers, marking);
    yield `i${numbers.get(marking)} ${JSON.stringify(each)}\n`;
  }
  for (const each of departed) yield `d0 ${JSON.stringify(each)}\n`;
  for (const { observation, ...place } of records) {
    const { marking, ...said } = observation;
    if (!numbers.has(marking)) yield markingLine(numbers, marking);
    yield `r${numbers.get(marking)} ${JSON.stringify([place, said])}\n`;
  }
}

/** A marking is written once, before the first line that names its number. */
function markingLine(numbers: Map<Marking, number>, marking: Marking): string {
  numbers.set(marking, numbers.size);
  return `m0 ${JSON.stringify(toWire(marking))}\n`;
}

function imageIn(body: Buffer): Image {
  const [head] = linesIn(body, 'h');
  const markings = Array.from(linesIn(body, 'm'), ({ said }) => fromWire(said as WireMarking));
  return {
    head: head!.said as ImageHead,
    issued: {
      *[Symbol.iterator]() {
        for (const { number, said } of linesIn(body, 'i'))
          yield { ...(said as Omit<ImageIssued, 'marking'>), marking: markings[number]! };
      },
    },
    departed: {
      *[Symbol.iterator]() {
        for (const { said } of linesIn(body, 'd')) yield said as Departed;
      },
    },
    records: {
      *[Symbol.iterator]() {
        for (const { number, said } of linesIn(body, 'r')) {
          const [place, observation] = said as StoredRecord;
          yield { ...place, observation: { ...observation, marking: markings[number]! } };
        }
      },
    },
  };
}

type StoredRecord = [Omit<ImageRecord, 'observation'>, Omit<ImageRecord['observation'], 'marking'>];

/** The lines of one letter: the number of their marking, and what follows it. */
function* linesIn(body: Buffer, kind: string): Generator<{ readonly number: number; readonly said: unknown }> {
  const letter = kind.charCodeAt(0);
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(NEWLINE, start);
    if (body[start] === letter) {
      const space = body.indexOf(SPACE, start);
      const said: unknown = JSON.parse(body.toString('utf8', space + 1, end));
      yield { number: Number(body.toString('latin1', start + 1, space)), said };
    }
    start = end + 1;
  }
}
