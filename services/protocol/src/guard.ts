// The guard as gateways reach it: one command at a time for each disclosure, by persons as the registry has them now.
// Holds: every refusal and every handing down is on the ledger before it is answered or done; nothing is decided before the
// records have been read; what a caller may not see they are not answered with. Source: README.md

import { randomUUID } from 'node:crypto';
import { GUARD_COMMANDS, type Disclosure, type DisclosureKind, type GuardCaller, type GuardPort } from '@sitebus/kit';
import { fromWire, toWire, type Clock, type Codec, type Policy } from '@sitebus/sdk';
import { Compile } from 'typebox/compile';
import { createAsker, type Asker, type Check } from './asker.ts';
import { commandDowngrade, expireDowngrade, finishDowngrade, requestDowngrade } from './commands/downgrade.ts';
import { commandIdentityRelease, expireIdentityRelease, requestIdentityRelease } from './commands/identity-release.ts';
import type { CommandParts } from './commands/command-parts.ts';
import { commandTearline, finishTearline, requestTearline } from './commands/tearline.ts';
import { downgradeBody, identityReleaseBody, suppressedTarget, tearlineBody } from './disclosure-body.ts';
import type { Disclosures, Held } from './disclosures.ts';
import { disclosureUnknown, recordNotRead } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { createEventWriter, type PeopleRegistry } from './event-writer.ts';
import type { GuardLedger } from './guard-ledger.ts';
import type { HandDown } from './hand-down.ts';
import type { ReadRecord, RecordIndex } from './record-index.ts';

/** What the guard is made of. */
export interface GuardParts {
  readonly disclosures: Disclosures;
  readonly log: EventLog;
  readonly ledger: GuardLedger;
  readonly index: RecordIndex;
  readonly handDown: HandDown;
  readonly people: PeopleRegistry;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
}

/** The guard, and what its clock does. */
export interface Guard extends GuardPort {
  /** Finishes what was begun before a stop, and lets what has run out of time end. Cost: one look at each disclosure. */
  tick(): Promise<void>;
}

/** Makes it; everything it is made of has been started. */
export function createGuard(parts: GuardParts): Guard {
  const { disclosures, people, policy, index } = parts;
  const turns = createTurns();
  const given: CommandParts = { ...parts, writer: createEventWriter(parts) };

  const find: GuardPort['find'] = async (kind, id, { person, view }) => {
    const held = disclosures.get(kind, id);
    return held === undefined || held.view !== view ? undefined : shown(held, person, index, policy);
  };
  const answer = async (kind: DisclosureKind, id: string, by: GuardCaller): Promise<Disclosure> => {
    const found = await find(kind, id, by);
    if (found === undefined) throw disclosureUnknown({});
    return found;
  };

  return {
    find,
    list: async (kind, { view }) =>
      Promise.all(disclosures.of(kind, view).map((held) => shown(held, undefined, index, policy))),
    async request(kind, record, args, by) {
      whenRead(index);
      const id = randomUUID();
      const person = people.personNamed(by.person);
      const asker = createAsker(parts, { checks: CHECKS[kind], id, by, person, marking: toWire(record.marking) });
      const checked = await asker.checked('request', args);
      const source = await index.read(record);
      if (source === undefined) throw recordNotRead({});
      await asker.cleared(source);
      if (source.isRecalled) await asker.refuse('SOURCE_RECALLED');
      await turns(id, () => REQUESTS[kind](given, asker, source, checked));
      return answer(kind, id, by);
    },
    async command(kind, id, name, args, by) {
      const held = disclosures.get(kind, id);
      if (held === undefined || held.view !== by.view) throw disclosureUnknown({});
      whenRead(index);
      const person = people.personNamed(by.person);
      const asker = createAsker(parts, { checks: CHECKS[kind], id, by, person, marking: held.marking });
      const checked = await asker.checked(name, args);
      await asker.cleared({ marking: fromWire(held.marking) });
      await turns(id, () => COMMANDS[kind](given, asker, name, checked));
      return answer(kind, id, by);
    },
    async tick() {
      if (index.state() !== 'ok') return; // what lies on the bus already must not be handed over again
      const failed: unknown[] = [];
      for (const { id, act } of [...due(parts)])
        await turns(id, () => act(given, id)).catch((cause: unknown) => failed.push(cause)); // the others go on
      if (failed.length > 0) throw failed[0];
    },
  };
}

const CHECKS = Object.fromEntries(
  Object.entries(GUARD_COMMANDS).map(([kind, commands]) => [
    kind,
    Object.fromEntries(Object.entries(commands).map(([name, schema]) => [name, Compile(schema)])),
  ]),
) as Readonly<Record<DisclosureKind, Readonly<Record<string, Check | undefined>>>>;

type Request = (parts: CommandParts, asker: Asker, source: ReadRecord, args: unknown) => Promise<void>;
type Command = (parts: CommandParts, asker: Asker, name: string, args: unknown) => Promise<void>;
type Finish = (parts: CommandParts, id: string) => Promise<void>;

const REQUESTS: Readonly<Record<DisclosureKind, Request>> = {
  tearline: requestTearline,
  downgrade: requestDowngrade,
  'identity-release': requestIdentityRelease,
};

const COMMANDS: Readonly<Record<DisclosureKind, Command>> = {
  tearline: commandTearline,
  downgrade: commandDowngrade,
  'identity-release': commandIdentityRelease,
};

/** What nobody has to ask for any more. */
function* due({ disclosures, clock }: GuardParts): Iterable<{ readonly id: string; readonly act: Finish }> {
  const now = clock.now();
  for (const { id, state } of disclosures.all('tearline'))
    if (state.inHand !== undefined) yield { id, act: finishTearline };
  for (const { id, state } of disclosures.all('downgrade')) {
    const isOpen = state.state === 'SIGNING' || state.state === 'GRANTED';
    if (state.isInHand === true) yield { id, act: finishDowngrade };
    else if (isOpen && now >= (state.expires ?? 0)) yield { id, act: expireDowngrade };
  }
  for (const { id, state } of disclosures.all('identity-release'))
    if (state.state === 'REQUESTED' && now >= (state.dueAt ?? 0)) yield { id, act: expireIdentityRelease };
}

async function shown<K extends DisclosureKind>(
  held: Held<K>,
  person: string | undefined,
  index: RecordIndex,
  policy: Policy,
): Promise<Disclosure> {
  const { kind, id, marking, atMs } = held;
  return { kind, id, marking: fromWire(marking), atMs, body: await bodyOf(held, person, index, policy) };
}

async function bodyOf(
  { kind, id, state }: Held<DisclosureKind>,
  person: string | undefined,
  index: RecordIndex,
  { homeNation }: Policy,
): Promise<Disclosure['body']> {
  switch (kind) {
    case 'tearline':
      return tearlineBody(id, state as Held<'tearline'>['state'], homeNation);
    case 'downgrade':
      return downgradeBody(id, state as Held<'downgrade'>['state'], homeNation);
    case 'identity-release': {
      const release = state as Held<'identity-release'>['state'];
      const { product, suppressedRef = '', decision, requester } = release;
      const isForThem = decision === 'APPROVED' && person !== undefined && person === requester;
      const record = isForThem && product !== undefined ? await index.readAgain(product) : undefined;
      return identityReleaseBody(release, record && suppressedTarget(record.value, suppressedRef));
    }
  }
}

/** Half an index does not know what was recalled, or handed down before. */
function whenRead(index: RecordIndex): void {
  if (index.state() !== 'ok') throw recordNotRead({});
}

/** One at a time by key, in the order of asking. */
function createTurns(): <T>(key: string, act: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const own = (last.get(key) ?? Promise.resolve()).then(act);
    const settled = own.catch(() => undefined);
    last.set(key, settled);
    try {
      return await own;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
