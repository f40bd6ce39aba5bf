// The agency's dead letters: an index of what was refused, and the two things that may be done with it.
// Holds: the index is read again from the agency's own topics when somebody asks, and holds no bytes; what is redriven passes
// every check anew; each word is on the topic before it is told; one tenant never sees another's. Source: README.md#dead-letters

import { createHash, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { recordAt } from '@sitebus/kit';
import type {
  DeadLetterItem,
  DeadLetters,
  DeadLetterWord,
  ObservationJson,
  OnBehalfOf,
  RecordPlace,
} from '@sitebus/kit';
import {
  agencyPrincipal,
  deadTopic,
  groupOf,
  SitebusError,
  writerOf,
  type BusConsumer,
  type BusPort,
  type BusRecord,
  type Clock,
  type ItemAnswer,
  type Policy,
} from '@sitebus/sdk';
import { MAX_FILE_BYTES } from './import-file.ts';
import { cellsOfAgency, type PublishPort } from './publish-port.ts';

/** A letter with the place of its bytes. */
interface Letter {
  item: DeadLetterItem;
  /** Undefined where readers refused a record: its bytes are not here. */
  readonly at?: { readonly partition: number; readonly offset: bigint };
}

interface Shelf {
  /** By id; the bytes of a letter are read again from its place. */
  readonly letters: Map<string, Letter>;
  readonly consumer: BusConsumer;
  /** Resolves once everything was read that there is now. */
  caughtUp(): Promise<void>;
}

/** The header by which a word on a letter is told from a letter. */
const WORD = 'word';
const READ_WITHIN_MS = 20_000;
/** Silence after which a partition counts as read: its last offset may be the marker of a transaction. */
const QUIET_MS = 1_000;

/** The dead letters of one agency; nothing is read before somebody asks. */
export function createDeadLetters(parts: {
  readonly agency: string;
  readonly policy: Policy;
  readonly connect: (cell: string) => BusPort;
  readonly publisher: Pick<PublishPort, 'keepRefused'>;
  readonly clock: Clock;
  /** Takes note of what is to be skipped: both ways of trying again then refuse it. Rejects as `KnownSpills.learn` does. */
  readonly learn: (spilled: readonly string[]) => Promise<void>;
  readonly submit: (items: readonly ObservationJson[], onBehalfOf: OnBehalfOf) => Promise<readonly ItemAnswer[]>;
  readonly importFile: (
    format: string, source: string, content: Buffer, onBehalfOf: OnBehalfOf,
  ) => AsyncIterable<ItemAnswer | { readonly summary: unknown }>;
}): DeadLetters & { close(): Promise<void> } {
  const { agency, policy, connect, clock } = parts;
  const shelves = new Map<string, Promise<Shelf>>();
  const shelfOf = (cell: string): Promise<Shelf> => {
    const present = shelves.get(cell);
    if (present !== undefined) return present;
    const opening = openShelf({ agency, cell, bus: connect(cell) });
    shelves.set(cell, opening);
    opening.then(({ consumer }) => void consumer.fatal.then(() => shelves.delete(cell)), () => shelves.delete(cell)); // the next question reads anew
    return opening;
  };
  const shelvesFor = async (cells: readonly string[] | undefined): Promise<readonly Shelf[]> => {
    const own = cellsOfAgency(policy, agency).filter((cell) => cells?.includes(cell) !== false);
    const open = await Promise.all(own.map(shelfOf));
    await Promise.all(open.map((shelf) => shelf.caughtUp()));
    return open;
  };
  const find = async (id: string, { cells }: OnBehalfOf): Promise<Letter> => {
    const found = (await shelvesFor(cells)).map(({ letters }) => letters.get(id)).find((letter) => letter !== undefined);
    if (found === undefined) throw new SitebusError('DEAD_LETTER_UNKNOWN', false, {});
    if (found.item.state !== 'WAITING') throw new SitebusError('DEAD_LETTER_OVER', false, { state: found.item.state });
    return found;
  };
  const say = async ({ item }: Letter, word: DeadLetterWord, onBehalfOf: OnBehalfOf): Promise<DeadLetterItem> => {
    await parts.publisher.keepRefused(item.cell, {
      key: item.id, value: Buffer.from(JSON.stringify(word)), headers: { [WORD]: word.kind, agency },
    });
    return (await shelvesFor(onBehalfOf.cells)).map(({ letters }) => letters.get(item.id)?.item).find((each) => each !== undefined) ?? withWord(item, word);
  };

  return {
    async list({ cells }) {
      const open = await shelvesFor(cells);
      return open
        .flatMap(({ letters }) => [...letters.values()].map(({ item }) => item))
        .sort((a, b) => b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1));
    },
    async redrive(id, reason, onBehalfOf, spilled) {
      const letter = await find(id, onBehalfOf);
      const { item, at } = letter;
      if (at === undefined) throw new SitebusError('DEAD_LETTER_NO_BYTES', false, {});
      const bytes = await bytesAt(connect(item.cell), groupFor(agency, item.cell), { topic: deadTopic(item.cell, agency), ...at });
      if (bytes === undefined) throw new SitebusError('DEAD_LETTER_NO_BYTES', false, {});
      await parts.learn(spilled);
      const answers = await again(item, bytes, onBehalfOf);
      const word: DeadLetterWord = { kind: 'redrive', by: onBehalfOf.person, reason, at: clock.now(), came: cameOf(answers) };
      return say(letter, word, onBehalfOf);
    },
    async discard(id, reason, onBehalfOf) {
      const letter = await find(id, onBehalfOf);
      return say(letter, { kind: 'discard', by: onBehalfOf.person, reason, at: clock.now() }, onBehalfOf);
    },
    async close() {
      const open = await Promise.allSettled(shelves.values());
      shelves.clear();
      for (const shelf of open) if (shelf.status === 'fulfilled') await shelf.value.consumer.close();
    },
  };

  async function again({ format = '', source = '' }: DeadLetterItem, bytes: Buffer, onBehalfOf: OnBehalfOf): Promise<readonly ItemAnswer[]> {
    if (format === SUBMITTED) return parts.submit([JSON.parse(bytes.toString('utf8')) as ObservationJson], onBehalfOf);
    const answers: ItemAnswer[] = [];
    for await (const answer of parts.importFile(format, source, bytes, onBehalfOf)) if (!('summary' in answer)) answers.push(answer);
    return answers;
  }
} // prettier-ignore

/** What `refused-item.ts` calls an observation that was submitted. */
const SUBMITTED = 'observation';

function cameOf(answers: readonly ItemAnswer[]): NonNullable<DeadLetterWord['came']> {
  const count = (status: ItemAnswer['status']): number => answers.filter((answer) => answer.status === status).length;
  const codes = answers.flatMap((answer) => (answer.status === 'refused' ? [answer.code] : []));
  return { accepted: count('accepted'), refused: count('refused'), skipped: count('skipped'), codes: [...new Set(codes)].sort() }; // prettier-ignore
}

async function openShelf({ agency, cell, bus }: { agency: string; cell: string; bus: BusPort }): Promise<Shelf> {
  const topic = deadTopic(cell, agency);
  const letters = new Map<string, Letter>();
  const read = new Map<number, bigint>(); // next offset, by partition
  const waiting = new Set<() => void>();
  const consumer = await bus.createConsumer({
    groupId: groupFor(agency, cell),
    topics: [topic],
    from: 'earliest',
    commit: 'never',
    onBatch: async ({ partition, records }) => {
      for (const record of records) {
        take(letters, record, { agency, cell });
        read.set(partition, record.offset + 1n);
      }
      for (const wake of [...waiting]) wake();
    },
  });
  await consumer.assigned;
  const isRead = async (): Promise<boolean> =>
    (await bus.inspect.ends(topic)).every(
      ({ partition, earliest, next }) => earliest === next || (read.get(partition) ?? 0n) >= next,
    );
  return {
    letters,
    consumer,
    async caughtUp() {
      while (!(await isRead())) {
        const came = await new Promise<boolean>((resolve) => {
          const wake = (): void => {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve(true);
          };
          const timer = setTimeout(() => {
            waiting.delete(wake);
            resolve(false);
          }, QUIET_MS);
          waiting.add(wake);
        });
        if (!came) return;
      }
    },
  };
}

/** A record of the topic: a word on a letter, refused bytes, or the place of a record that readers refused. */
function take(letters: Map<string, Letter>, record: BusRecord, own: { readonly agency: string; readonly cell: string }): void {
  const { headers, value, timestampMs } = record;
  if (value === null) return;
  const isShared = writerOf(own.agency) !== own.agency;
  if (isShared && headers['agency'] !== own.agency) return; // another tenant's, or nobody's that can be named
  if (headers[WORD] !== undefined) {
    const id = String(record.key);
    const letter = letters.get(id);
    const word = wordIn(value);
    if (letter !== undefined && word !== undefined) letter.item = withWord(letter.item, word);
    return;
  }
  const { cell, agency } = own;
  const codes = (headers['codes'] ?? '').split(' ').filter((code) => code !== '');
  const isHeld = headers['format'] !== undefined;
  const stated = isHeld ? undefined : placeIn(value);
  if (!isHeld && stated === undefined) return;
  const sha256 = stated?.sha256 ?? createHash('sha256').update(contentOf(value, headers)).digest('hex');
  const id = createHash('sha256').update(`${cell} ${agency} ${headers['format'] ?? ''} ${headers['source'] ?? ''} ${sha256}`).digest('hex').slice(0, 32);
  const before = letters.get(id)?.item;
  letters.set(id, {
    ...(isHeld && { at: { partition: record.partition, offset: record.offset } }),
    item: {
      id, agency, cell, sha256,
      causes: stated === undefined ? [...new Set(codes)].sort() : [stated.code],
      ...(isHeld && { bytes: contentOf(value, headers).length, format: headers['format'] ?? '' }),
      ...(headers['source'] !== undefined && { source: headers['source'] }),
      ...(stated !== undefined && { place: stated.place }),
      firstAt: before?.firstAt ?? timestampMs,
      lastAt: timestampMs,
      times: (before?.times ?? 0) + 1,
      state: 'WAITING',
      words: before?.words ?? [],
    },
  });
} // prettier-ignore

function withWord(item: DeadLetterItem, word: DeadLetterWord): DeadLetterItem {
  const isMended = word.kind === 'redrive' && word.came?.refused === 0;
  const state = word.kind === 'discard' ? 'DISCARDED' : isMended ? 'REDRIVEN' : item.state;
  return { ...item, state, words: [...item.words, word] };
}

function wordIn(value: Buffer): DeadLetterWord | undefined {
  return jsonIn(value) as DeadLetterWord | undefined; // written here alone
}

function placeIn(value: Buffer): { code: string; sha256: string; place: NonNullable<DeadLetterItem['place']> } | undefined {
  const { topic, partition, offset, sha256, code } = (jsonIn(value) ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof topic !== 'string' || typeof partition !== 'number' || typeof offset !== 'string') return undefined;
  return typeof sha256 === 'string' && typeof code === 'string' ? { code, sha256, place: { topic, partition, offset } } : undefined;
} // prettier-ignore

function jsonIn(value: Buffer): object | undefined {
  try {
    const parsed: unknown = JSON.parse(value.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined; // not of our writing: nothing is known of it
  }
}

function contentOf(value: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  if (headers['content-encoding'] !== 'gzip') return value;
  try {
    return gunzipSync(value, { maxOutputLength: MAX_FILE_BYTES });
  } catch {
    return value;
  }
}

const groupFor = (agency: string, cell: string): string =>
  groupOf(agencyPrincipal(agency, cell), `dead.${randomUUID().slice(0, 8)}`);

async function bytesAt(bus: BusPort, groupId: string, place: RecordPlace): Promise<Buffer | undefined> {
  const record = await recordAt(bus, place, { groupId, withinMs: READ_WITHIN_MS });
  if (record === undefined || record === 'unanswered' || record.value === null) return undefined;
  return contentOf(record.value, record.headers);
}
