// One agency's own service: takes in what is submitted, imported or dropped, and is the only writer of its topics.
// Holds: wires, decides nothing; ready only when every cell of the agency has a producer.

import { randomUUID } from 'node:crypto';
import {
  agencyPrincipal,
  groupOf,
  notYourAgency,
  writerOf,
  type BusPort,
  type Clock,
  type Codec,
  type ItemAnswer,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import { askPolicyInForce, createPolicyAge } from '@sitebus/kit';
import type { AgencyIntake, OnBehalfOf, Readiness, Service } from '@sitebus/kit';
import { fileToKeep, importFile, takeReading, type ImportAnswer, type ImportParts } from './import-file.ts';
import { createInbox, type DropRule } from './inbox.ts';
import { openKnownSpills } from './known-spills.ts';
import { createMemoryJournal, openFileJournal, type Journal } from './journal.ts';
import { cellsOfAgency, createBusPublisher, restrictedTo } from './publish-port.ts';
import type { FormatReader } from './reading.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createDue, type Recurring } from './recurring.ts';
import { createAcceptedMemory } from './accepted-memory.ts';
import { submitAll, takeReleased } from './submit.ts';
import { purgeTombstones } from './purge.ts';
import { tombstoneOf } from './tombstone.ts';
import { withoutSpilled } from './without-spilled.ts';

/** What the host gives an agency’s service. */
export interface AgencyServiceParts {
  readonly agency: string;
  readonly policy: Policy;
  readonly codec: Codec;
  /** The bus as this agency's principal for the cell sees it; closed by who gave it. */
  readonly connect: (cell: string) => BusPort;
  /** The task force's key for source tokens; never logged. */
  readonly signerKey: Buffer;
  readonly readers: readonly FormatReader[];
  /** What the agency observes by itself when time has come. */
  readonly recurring?: readonly Recurring[];
  /** The file drop; without one, files come over HTTP alone. */
  readonly inbox?: {
    readonly dir: string;
    readonly rules: readonly DropRule[];
    readonly stableMs?: number;
    readonly retryMs?: number;
  };
  /** File of the journal; without one it is in memory, and a restart knows nothing of earlier imports. */
  readonly journalPath?: string;
  readonly clock: Clock;
  /** What time it is for what the agency observes by itself, where that is not the time of day; default: `clock`. */
  readonly dueClock?: Clock;
  readonly log: Log;
}

/** One agency’s service: its life, its intake, and its file drop. */
export interface AgencyService extends Service, AgencyIntake {
  /** Resolves when no dropped file waits or is in hand. For hosts and tests instead of waiting. */
  inboxIdle(): Promise<void>;
  /** Dropped files taken in since the start. */
  inboxTaken(): number;
  /** Takes in what is due now, without waiting for its time. For hosts with a clock of their own; absent where nothing recurs. */
  takeDue?(): Promise<readonly ItemAnswer[]>;
}

/** Makes the service; nothing connects before `start`. */
export function createAgencyService(parts: AgencyServiceParts): AgencyService {
  const { agency, policy, log } = parts;
  const namespace = policy.agencies.find(({ id }) => id === agency)?.namespace;
  if (namespace === undefined) throw notYourAgency({ agency });
  const publisher = createBusPublisher(parts);
  const way = withoutSpilled(() => spills.orders(), publisher, agency);
  const accepted = createAcceptedMemory();
  const fatal = deferred<Error>();
  let journal: Journal = createMemoryJournal();
  let spills = openKnownSpills(journal, policy);
  const importParts = (cells?: readonly string[]): ImportParts => ({
    ...parts,
    namespace,
    journal,
    publisher: cells === undefined ? way : restrictedTo(cells, way, policy),
  });
  const mine = (onBehalfOf: OnBehalfOf): void => {
    if (onBehalfOf.agency !== agency) throw notYourAgency({ agency: onBehalfOf.agency });
  };
  const inTurn = createTurns();
  const importNow = async function* (
    format: string,
    source: string,
    content: Buffer,
    cells?: readonly string[],
  ): AsyncGenerator<ImportAnswer> {
    // The turn is over before the first answer goes out: who does not read theirs holds up nobody else.
    const taken = inTurn(() => importFile(format, source, content, importParts(cells)));
    yield* await taken.finally(() => due.wind());
  };
  const dueClock = parts.dueClock ?? parts.clock;
  const due = createDue({
    ...parts,
    clock: dueClock,
    recurring: parts.recurring ?? [],
    importParts: () => ({ ...importParts(), clock: dueClock }),
    take: (reading) => inTurn(() => takeReading(reading(), importParts())),
  });
  const submitNow: AgencyIntake['submit'] = (items, onBehalfOf) =>
    submitAll(items, { ...importParts(onBehalfOf.cells), codec: parts.codec, accepted });
  const deadLetters = createDeadLetters({
    ...parts,
    publisher,
    learn: (notes) => spills.learn(notes),
    submit: submitNow,
    importFile: (format, source, content, { cells }) => importNow(format, source, content, cells),
  });
  const inbox =
    parts.inbox === undefined
      ? undefined
      : createInbox(
          { ...parts.inbox, take: importNow, toKeep: (...file) => fileToKeep(...file, parts), log },
          fatal.resolve,
        );
  return {
    agency,
    fatal: fatal.promise,
    async start() {
      await askPolicy(parts);
      if (parts.journalPath !== undefined) journal = await openFileJournal(parts.journalPath);
      spills = openKnownSpills(journal, policy);
      await publisher.open();
      await inbox?.start();
      void (inbox?.caughtUp() ?? Promise.resolve()).then(() => due.wind()); // what waits in the inbox comes first
    },
    async stop() {
      await inbox?.stop();
      await due.stop();
      await deadLetters.close();
      await publisher.close();
    },
    ready: () => readiness(cellsOfAgency(policy, agency), publisher.connected()),
    async submit(items, onBehalfOf) {
      mine(onBehalfOf);
      return submitNow(items, onBehalfOf);
    },
    async erase(note) {
      const spilled = tombstoneOf(note, parts);
      if (spilled !== undefined) await spills.learn([note]); // or the same record would be taken in again
      const tombstones =
        spilled === undefined ? purgeTombstones(note, { ...parts, nowMs: parts.clock.now() }) : [spilled];
      for (const tombstone of tombstones) await publisher.erase(tombstone);
      return tombstones.length > 0;
    },
    takeReleased: (item) => takeReleased(item, { ...importParts(), codec: parts.codec, accepted }),
    async *importFile(format, source, content, onBehalfOf) {
      mine(onBehalfOf);
      yield* importNow(format, source, content, onBehalfOf.cells);
    },
    deadLetters: {
      async list(onBehalfOf) {
        mine(onBehalfOf);
        return deadLetters.list(onBehalfOf);
      },
      async redrive(id, reason, onBehalfOf, spilled) {
        mine(onBehalfOf);
        return deadLetters.redrive(id, reason, onBehalfOf, spilled);
      },
      async discard(id, reason, onBehalfOf) {
        mine(onBehalfOf);
        return deadLetters.discard(id, reason, onBehalfOf);
      },
    },
    inboxIdle: async () => inbox?.idle(),
    inboxTaken: () => inbox?.taken() ?? 0,
    takeDue: () => due.run(),
  };
}

/** Tenants share a writer, whose service has asked for them all. Rejects with POLICY_OUTDATED (not retriable). */
async function askPolicy({ agency, policy, connect }: AgencyServiceParts): Promise<void> {
  const [cell] = cellsOfAgency(policy, agency);
  if (cell === undefined || writerOf(agency) !== agency) return;
  const groupId = groupOf(agencyPrincipal(agency, cell), `policy.${randomUUID().slice(0, 8)}`);
  await askPolicyInForce(connect(cell), createPolicyAge(policy.version), groupId);
}

function readiness(cells: readonly string[], connected: ReadonlySet<string>): Readiness {
  const parts = Object.fromEntries(cells.map((cell) => [`bus ${cell}`, connected.has(cell) ? 'ok' : 'not connected']));
  return { ready: cells.every((cell) => connected.has(cell)), parts };
}

/** Imports of one agency take turns: two files of one thing must see each other in the journal. */
function createTurns(): <T>(take: () => Promise<T>) => Promise<T> {
  let before: Promise<void> = Promise.resolve();
  return (take) => {
    const taken = before.then(take);
    const over = (): void => undefined; // nothing of it is kept
    before = taken.then(over, over);
    return taken;
  };
}

/** `Promise.withResolvers` is younger than Node 20. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
