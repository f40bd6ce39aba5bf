// A snapshot: the state of one view and the cut it stands at, as bytes that know whether they are whole and whose.
// Holds: an optimisation and nothing else; whatever is not certainly ours, whole and of today's versions is refused with the
// reason, and the cuts are replayed instead. It holds what the view may read. Source: README.md#snapshots

import { createHash } from 'node:crypto';
import { fromWire, toWire, type CutInput, type WireMarking } from '@sitebus/sdk';
import type { Versions } from './cut.ts';
import type { Departed } from './engine/departed.ts';
import type { Image, ImageHead, ImageIssued, ImageRecord } from './engine/image.ts';

const FORMAT = 'sitebus-fusion-snapshot/1';
const CHUNK_BYTES = 1_048_576;
const NEWLINE = 0x0a;

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
  'not a snapshot' | 'another format' | 'another view' | 'truncated' | 'corrupt' | 'other versions';

interface Header extends SnapshotPlace {
  readonly format: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The bytes of a snapshot, in pieces. The state must not go on meanwhile. Cost: the whole state. */
export function toSnapshot(place: SnapshotPlace, image: Image): Buffer[] {
  const pieces: Buffer[] = [];
  const digest = createHash('sha256');
  let lines: string[] = [];
  let length = 0;
  let bytes = 0;
  const flush = (): void => {
    const piece = Buffer.from(lines.join(''));
    digest.update(piece);
    bytes += piece.length;
    pieces.push(piece);
    lines = [];
    length = 0;
  };
  for (const line of linesOf(image)) {
    lines.push(line, '\n');
    length += line.length;
    if (length >= CHUNK_BYTES) flush();
  }
  flush();
  const header: Header = { format: FORMAT, ...place, bytes, sha256: digest.digest('hex') };
  return [Buffer.from(`${JSON.stringify(header)}\n`), ...pieces];
}

/** What the bytes hold, if they are this view's, whole, and made under these versions. Cost: one pass for the checksum. */
export function fromSnapshot(file: Buffer, view: string, versions: Versions): SnapshotRead {
  const header = headerOf(file);
  if (header === undefined) return refused('not a snapshot');
  if (header.format !== FORMAT) return refused('another format');
  if (header.view !== view) return refused('another view');
  const body = file.subarray(file.indexOf(NEWLINE) + 1);
  if (body.length < header.bytes) return refused('truncated');
  if (body.length > header.bytes || createHash('sha256').update(body).digest('hex') !== header.sha256)
    return refused('corrupt');
  const names = Object.keys(versions) as (keyof Versions)[];
  if (names.some((name) => header.versions[name] !== versions[name])) return refused('other versions');
  return { kind: 'snapshot', place: header, image: imageIn(body) };
}

const refused = (reason: SnapshotRefusal): SnapshotRead => ({ kind: 'refused', reason });

function headerOf(file: Buffer): Header | undefined {
  const end = file.indexOf(NEWLINE);
  if (end < 0 || file[0] !== 0x7b) return undefined;
  try {
    return JSON.parse(file.toString('utf8', 0, end)) as Header;
  } catch {
    return undefined; // a file of some other kind, or the first bytes are damaged
  }
}

/** A letter a kind of line, then its JSON; in the order in which `restore` wants them. */
function* linesOf({ head, issued, departed, records }: Image): Generator<string> {
  yield `h${JSON.stringify(head)}`;
  for (const each of issued) yield `i${JSON.stringify({ ...each, marking: toWire(each.marking) })}`;
  for (const each of departed) yield `d${JSON.stringify(each)}`;
  for (const each of records) {
    const { observation } = each;
    yield `r${JSON.stringify({ ...each, observation: { ...observation, marking: toWire(observation.marking) } })}`;
  }
}

function imageIn(body: Buffer): Image {
  const [head] = ofKind<ImageHead>(body, 'h');
  return {
    head: head!,
    issued: {
      *[Symbol.iterator]() {
        for (const each of ofKind<Stored<ImageIssued>>(body, 'i')) yield { ...each, marking: fromWire(each.marking) };
      },
    },
    departed: { [Symbol.iterator]: () => ofKind<Departed>(body, 'd') },
    records: {
      *[Symbol.iterator]() {
        for (const { observation, ...rest } of ofKind<StoredRecord>(body, 'r'))
          yield { ...rest, observation: { ...observation, marking: fromWire(observation.marking) } };
      },
    },
  };
}

type Stored<T extends { readonly marking: unknown }> = Omit<T, 'marking'> & { readonly marking: WireMarking };
type StoredRecord = Omit<ImageRecord, 'observation'> & { readonly observation: Stored<ImageRecord['observation']> };

function* ofKind<T>(body: Buffer, kind: string): Generator<T> {
  const letter = kind.charCodeAt(0);
  for (let start = 0; start < body.length;) {
    const end = body.indexOf(NEWLINE, start);
    if (body[start] === letter) yield JSON.parse(body.toString('utf8', start + 1, end)) as T;
    start = end + 1;
  }
}
