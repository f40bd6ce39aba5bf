// The guard as commands of people reach it: looks the person up, lets the machine decide, verifies what was signed, writes
// the event, hands down.
// Holds: roles, clearances and keys are the registry's of this moment, whatever the caller says; every refusal and every
// handing down is on the ledger before it is answered or done; one disclosure is decided on at a time. Source: README.md

import { randomBytes, randomUUID } from 'node:crypto';
import { GUARD_COMMANDS, type Disclosure, type DisclosureKind, type GuardCaller, type GuardPort, type TearlineDraftArgs } from '@sitebus/kit'; // prettier-ignore
import { dominates, isAtLeast } from '@sitebus/marking';
import { featuresOf, fromWire, toWire, type Clock, type Codec, type HandedDown, type Person, type Policy, type Signature } from '@sitebus/sdk'; // prettier-ignore
import { Compile } from 'typebox/compile';
import { isBelow } from './below.ts';
import { downgradeBody, identityReleaseBody, suppressedTarget, tearlineBody } from './disclosure-body.ts';
import { MACHINES, type Disclosures, type EventOf, type Held } from './disclosures.ts';
import { decideDowngrade, type DowngradeCommand } from './downgrade.ts';
import { draftOf, givenMarking } from './drafting.ts';
import { commandRefused, disclosureUnknown, recordNotRead, type DraftFault, type RefusedCode } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { approvalText, grantFault, grantText, signerFault } from './grant.ts';
import type { GuardLeaf, GuardLedger } from './guard-ledger.ts';
import type { HandDown } from './hand-down.ts';
import { decideIdentityRelease, type IdentityReleaseCommand } from './identity-release.ts';
import { framed, isRefused, type Asking, type Decision, type Happening } from './machine.ts';
import type { ReadRecord, RecordIndex } from './record-index.ts';
import { CITING_TYPES, downgradedRecords, recallOf, tearlineRecords } from './released-records.ts';
import { decideTearline, originsOf, type TearlineCommand } from './tearline.ts';

/** What the guard looks people up in. Throws a retriable refusal where its copy may not be answered from. */
export interface PeopleRegistry {
  personNamed(person: string): Person | undefined;
}

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
  /** Finishes what was begun before a stop, and lets what has run out of time end. Cost: one look at each open disclosure. */
  tick(): Promise<void>;
}

/** Makes it; everything it is made of has been started. */
export function createGuard(parts: GuardParts): Guard {
  const { disclosures, people, policy, index, clock } = parts;
  const turns = createTurns();
  const desk = createDesk(parts);

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
      const asker = createAsker(parts, { kind, id, by, person: people.personNamed(by.person), marking: toWire(record.marking) }); // prettier-ignore
      const checked = await asker.checked('request', args);
      const source = await index.read(record);
      if (source === undefined) throw recordNotRead({});
      await asker.cleared(source);
      await turns(id, () => desk.request(kind, asker, source, checked));
      return answer(kind, id, by);
    },
    async command(kind, id, name, args, by) {
      const held = disclosures.get(kind, id);
      if (held === undefined || held.view !== by.view) throw disclosureUnknown({});
      whenRead(index);
      const asker = createAsker(parts, { kind, id, by, person: people.personNamed(by.person), marking: held.marking });
      const checked = await asker.checked(name, args);
      await asker.cleared({ marking: fromWire(held.marking) });
      await turns(id, () => desk.command(kind, asker, name, checked));
      return answer(kind, id, by);
    },
    async tick() {
      if (index.state() !== 'ok') return; // what lies on the bus already must not be handed over again
      const now = clock.now();
      for (const { id, state } of [...disclosures.all('tearline')])
        if (state.inHand !== undefined) await turns(id, () => desk.finishTearline(id));
      for (const { id, state } of [...disclosures.all('downgrade')]) {
        if (state.isInHand === true) await turns(id, () => desk.finishDowngrade(id));
        else if (isOpen(state.state) && now >= (state.expires ?? 0))
          await turns(id, () => desk.expire('downgrade', id));
      }
      for (const { id, state } of [...disclosures.all('identity-release')])
        if (state.state === 'REQUESTED' && now >= (state.dueAt ?? 0))
          await turns(id, () => desk.expire('identity-release', id));
    },
  };
}

/** One person with one command: refuses on the ledger, and knows who they are by the registry. */
interface Asker {
  readonly id: string;
  readonly view: string;
  readonly asking: Asking;
  readonly role: string;
  /** The arguments as the command's schema has them. */
  checked(name: string, args: unknown): Promise<unknown>;
  /** Refuses whoever does not dominate the record as of now. */
  cleared(source: Pick<ReadRecord, 'marking'>): Promise<void>;
  refuse(code: RefusedCode, possible?: readonly string[], faults?: readonly DraftFault[]): Promise<never>;
  leaf(leaf: Pick<GuardLeaf, 'decision' | 'reason' | 'records'>): Promise<void>;
}

function createAsker(
  { ledger, clock }: GuardParts,
  asked: {
    readonly kind: DisclosureKind;
    readonly id: string;
    readonly by: GuardCaller;
    readonly person: Person | undefined;
    readonly marking: GuardLeaf['marking'];
  },
): Asker {
  const { kind, id, by, person, marking } = asked;
  const asking: Asking = {
    person: by.person,
    ...(person?.agency === undefined ? {} : { agency: person.agency }),
    roles: person?.roles ?? [], // nobody whom the registry does not have may do anything
  };
  const leaf: Asker['leaf'] = (rest) =>
    ledger.append({
      ...rest,
      view: by.view,
      who: by.person,
      ...(asking.agency === undefined ? {} : { onBehalfOf: asking.agency }),
      epoch: person?.clearance.epoch ?? 0,
      marking,
    });
  const refuse: Asker['refuse'] = async (code, possible = [], faults = []) => {
    await leaf({ decision: 'REFUSED', reason: code, records: [{ id }] });
    throw commandRefused({ code, possible, faults });
  };
  return {
    id,
    view: by.view,
    asking,
    role: asking.roles.find((role) => role === 'release-authority') ?? asking.roles[0] ?? 'none',
    leaf,
    refuse,
    async checked(name, args) {
      const check = CHECKS[kind][name];
      if (check === undefined) return refuse('ILLEGAL_TRANSITION');
      if (check.Check(args)) return args;
      const faults = check.Errors(args).slice(0, 20);
      return refuse(
        'INVALID_DRAFT',
        [],
        faults.map(({ instancePath, message }) => ({ pointer: instancePath, code: 'SHAPE', detail: message })),
      );
    },
    async cleared(source) {
      if (person === undefined || !dominates(person.clearance, source.marking, clock.now()))
        await refuse('READER_NOT_CLEARED');
    },
  };
}

const CHECKS = Object.fromEntries(
  Object.entries(GUARD_COMMANDS).map(([kind, commands]) => [
    kind,
    Object.fromEntries(Object.entries(commands).map(([name, schema]) => [name, Compile(schema)])),
  ]),
) as Readonly<Record<DisclosureKind, Readonly<Record<string, ReturnType<typeof Compile> | undefined>>>>;

/** Carries decisions out: verifies, writes the event, hands down. Each call has the disclosure to itself. */
function createDesk(parts: GuardParts) {
  const { disclosures, log, index, handDown, people, policy, codec, clock } = parts;

  const held = <K extends DisclosureKind>(kind: K, id: string): Held<K> | undefined => disclosures.get(kind, id);
  const stateOf = <K extends DisclosureKind>(kind: K, id: string): Held<K>['state'] =>
    held(kind, id)?.state ?? MACHINES[kind].start;

  /** Writes what was decided; its refusal goes on the ledger. */
  const carryOut = async <K extends DisclosureKind>(
    kind: K,
    asker: Asker,
    decision: Decision<EventOf[K]>,
    marking = held(kind, asker.id)?.marking,
  ): Promise<void> => {
    if (isRefused(decision)) return asker.refuse(decision.refused, decision.possible, decision.faults);
    const { asking, role } = asker;
    for (const happening of decision)
      await write(kind, asker.id, asker.view, happening, { person: asking.person, role, agency: asking.agency ?? null }, marking!); // prettier-ignore
  };
  const write = async <K extends DisclosureKind>(
    kind: K,
    id: string,
    view: string,
    happening: Happening<EventOf[K]>,
    by: EventOf[K]['by'],
    marking: EventOf[K]['marking'],
  ): Promise<void> => {
    const about = { id, at: clock.now(), by, marking } as Pick<EventOf[K], 'id' | 'at' | 'by' | 'marking'>;
    const event = framed<EventOf[K]>(happening, held(kind, id)?.end, MACHINES[kind].empty, about);
    await log.append(view, MACHINES[kind].subject, event);
    disclosures.apply(view, MACHINES[kind].subject, event);
  };
  /** What the guard itself finds or finishes. */
  const ofGuard = async <K extends DisclosureKind>(
    kind: K,
    id: string,
    decision: Decision<EventOf[K]>,
  ): Promise<void> => {
    const { view, marking } = held(kind, id)!;
    if (isRefused(decision)) throw commandRefused({ code: decision.refused, possible: decision.possible, faults: [] });
    for (const happening of decision) await write(kind, id, view, happening, CLOCK, marking);
  };

  const signatureBy = ({ asking }: Asker, signature: string): Signature => ({
    person: asking.person,
    agency: asking.agency ?? null,
    at: clock.now(),
    signature,
  });
  const facts = () => ({ personOf: (person: string) => people.personNamed(person), now: clock.now() });

  async function request(kind: DisclosureKind, asker: Asker, source: ReadRecord, args: unknown): Promise<void> {
    const { cited, isRecalled } = source;
    if (isRecalled) return asker.refuse('SOURCE_RECALLED');
    switch (kind) {
      case 'tearline': {
        const { for: wanted, by } = args as { readonly for: string; readonly by?: string };
        const command = { kind: 'request', source: cited, for: wanted, wantedBy: by === undefined ? null : Date.parse(by) } as const; // prettier-ignore
        return carryOut(kind, asker, decideTearline(MACHINES.tearline.start, command, asker.asking), cited.marking);
      }
      case 'downgrade': {
        const { to, reason, expires } = args as {
          readonly to: unknown;
          readonly reason: string;
          readonly expires: string;
        };
        if (CITING_TYPES.includes(source.type)) return asker.refuse('NOT_RELEASABLE');
        const lowered = givenMarking(to, policy, source.marking.origins);
        if ('faults' in lowered) return asker.refuse(lowered.code, [], lowered.faults);
        if (!isBelow(lowered, source.marking))
          return asker.refuse('TARGET_NOT_BELOW', [], [{ pointer: '/to', code: 'TARGET_NOT_BELOW', detail: 'is not below the record' }]); // prettier-ignore
        const command = { kind: 'request', record: cited, lowered: toWire(lowered), reason, expires: Date.parse(expires) } as const; // prettier-ignore
        return carryOut(kind, asker, decideDowngrade(MACHINES.downgrade.start, command, asker.asking, clock.now()), cited.marking); // prettier-ignore
      }
      case 'identity-release': {
        const { suppressedRef } = args as { readonly suppressedRef: string };
        if (suppressedTarget(source.value, suppressedRef) === undefined) return asker.refuse('NO_SUCH_SUPPRESSION');
        const command = { kind: 'request', product: cited, suppressedRef } as const;
        return carryOut(kind, asker, decideIdentityRelease(MACHINES[kind].start, command, asker.asking, clock.now()), cited.marking); // prettier-ignore
      }
    }
  }

  async function command(kind: DisclosureKind, asker: Asker, name: string, args: unknown): Promise<void> {
    switch (kind) {
      case 'tearline':
        return tearlineCommand(asker, name, args);
      case 'downgrade':
        return downgradeCommand(asker, name, args);
      case 'identity-release': {
        const given = { ...(args as object), kind: name } as IdentityReleaseCommand; // its schema has established the rest
        const decision = decideIdentityRelease(stateOf(kind, asker.id), given, asker.asking, clock.now());
        await carryOut(kind, asker, decision);
        const { state, product } = stateOf(kind, asker.id);
        if (name === 'approve' && state === 'APPROVED')
          await asker.leaf({ decision: 'IDENTITY_APPROVED', reason: 'IDENTITY', records: [{ id: asker.id }, { id: product!.id }] }); // prettier-ignore
      }
    }
  }

  async function tearlineCommand(asker: Asker, name: string, args: unknown): Promise<void> {
    const { id, asking } = asker;
    const tearline = stateOf('tearline', id);
    const decide = (given: TearlineCommand) => decideTearline(tearline, given, asking);
    switch (name) {
      case 'draft': {
        const trial = decide({ kind: 'draft', draft: NO_DRAFT });
        if (isRefused(trial)) return carryOut('tearline', asker, trial);
        const source = await index.readAgain(tearline.source!);
        if (source === undefined) return asker.refuse('SOURCE_GONE');
        const { features } = featuresOf(codec, source);
        const draft = draftOf(args as TearlineDraftArgs, { source: tearline.source!, features, policy, now: clock.now() }); // prettier-ignore
        if ('faults' in draft) return asker.refuse(draft.code, [], draft.faults);
        return carryOut('tearline', asker, decide({ kind: 'draft', draft }));
      }
      case 'approve': {
        const contentHash = tearline.draft?.contentHash ?? '';
        const signature = signatureBy(asker, (args as { readonly signature: string }).signature);
        const decision = decide({ kind: 'approve', contentHash, signature });
        if (!isRefused(decision)) {
          const fault = signerFault(
            signature,
            approvalText(id, contentHash),
            fromWire(tearline.source!.marking),
            facts(),
          );
          if (fault !== undefined) return asker.refuse(fault);
        }
        return carryOut('tearline', asker, decision);
      }
      case 'publish': {
        const decision = decide({ kind: 'publish', handedDown: freshIds(true) });
        if (isRefused(decision)) return carryOut('tearline', asker, decision);
        const fault = await approvalsFault(id);
        if (fault !== undefined) return asker.refuse(fault);
        await asker.leaf({ decision: 'HANDED_DOWN', reason: 'TEARLINE', records: [{ id }, { id: tearline.source!.id, contentHash: tearline.draft!.contentHash }] }); // prettier-ignore
        await carryOut('tearline', asker, decision);
        return finishTearline(id);
      }
      case 'withdraw': {
        const { reason } = args as { readonly reason: string };
        const decision = decide({ kind: 'withdraw', reason });
        if (!isRefused(decision)) {
          const { source, draft, published } = tearline;
          await asker.leaf({ decision: 'HANDED_DOWN', reason: 'RECALL', records: [{ id }, { id: published!.id }] });
          const recall = recallOf(randomUUID(), published!.id, draft!.marking, reason, clock.now());
          const handed = await handDown(source!.agency, [recall]);
          if ('refused' in handed) return asker.refuse('AGENCY_REFUSED');
        }
        return carryOut('tearline', asker, decision);
      }
      default:
        return carryOut('tearline', asker, decide({ ...(args as object), kind: name } as TearlineCommand)); // as its schema says
    }
  }

  /** Why what was approved may not be published today: the source, and each who approved, as they are now. */
  async function approvalsFault(id: string): Promise<RefusedCode | undefined> {
    const { source, draft, approvals } = stateOf('tearline', id);
    const now = await index.readAgain(source!);
    if (now === undefined) return 'SOURCE_GONE';
    if (now.isRecalled) return 'SOURCE_RECALLED';
    const text = approvalText(id, draft!.contentHash);
    for (const approval of approvals) {
      const fault = signerFault(approval, text, now.marking, facts());
      if (fault !== undefined) return fault;
    }
    return originsOf({ source: source! }).every((origin) => approvals.some(({ agency }) => agency === origin))
      ? undefined
      : 'ORIGIN_MISSING';
  }

  async function finishTearline(id: string): Promise<void> {
    const { source, draft, inHand } = stateOf('tearline', id);
    if (source === undefined || draft === undefined || inHand === undefined) return;
    const { lower, link } = tearlineRecords(draft, source, inHand, clock.now());
    const handed = await handDown(source.agency, [link, lower]);
    const given: TearlineCommand =
      'refused' in handed ? { kind: 'give-up', reason: handed.refused } : { kind: 'confirm' };
    await ofGuard('tearline', id, decideTearline(stateOf('tearline', id), given, GUARD));
    if ('refused' in handed) throw commandRefused({ code: 'AGENCY_REFUSED', possible: [], faults: [] });
  }

  async function downgradeCommand(asker: Asker, name: string, args: unknown): Promise<void> {
    const { id, asking } = asker;
    const downgrade = stateOf('downgrade', id);
    const decide = (given: DowngradeCommand) => decideDowngrade(downgrade, given, asking, clock.now());
    const { record, lowered, reason = '', expires = 0, signatures } = downgrade;
    const grant = { id, record: record!, to: lowered!, reason, expires, signatures };
    switch (name) {
      case 'sign': {
        const signature = signatureBy(asker, (args as { readonly signature: string }).signature);
        const decision = decide({ kind: 'sign', signature });
        if (!isRefused(decision)) {
          const fault = signerFault(signature, grantText(grant), fromWire(record!.marking), facts());
          if (fault !== undefined) return asker.refuse(fault);
        }
        return carryOut('downgrade', asker, decision);
      }
      case 'apply': {
        const source = await index.readAgain(record!);
        const contentHash = source?.cited.contentHash ?? '';
        const decision = decide({ kind: 'apply', contentHash, handedDown: freshIds(false) });
        if (isRefused(decision) && decision.refused === 'ILLEGAL_TRANSITION')
          return carryOut('downgrade', asker, decision);
        const isApplied = downgrade.state === 'APPLIED';
        const fault = grantFault(grant, { ...facts(), isApplied, source: source && { ...source, contentHash } });
        if (fault !== undefined) return asker.refuse(fault, isRefused(decision) ? decision.possible : []);
        if (isRefused(decision)) return carryOut('downgrade', asker, decision);
        await asker.leaf({ decision: 'HANDED_DOWN', reason: 'DOWNGRADE', records: [{ id }, { id: record!.id, contentHash }] }); // prettier-ignore
        await carryOut('downgrade', asker, decision);
        return finishDowngrade(id);
      }
      default:
        return carryOut('downgrade', asker, decide({ ...(args as object), kind: name } as DowngradeCommand)); // as its schema says
    }
  }

  async function finishDowngrade(id: string): Promise<void> {
    const { record, lowered, handedDown, isInHand } = stateOf('downgrade', id);
    if (isInHand !== true || record === undefined || lowered === undefined || handedDown === undefined) return;
    const source = await index.readAgain(record);
    const isSame = source?.cited.contentHash === record.contentHash;
    const handed = isSame ? await handDown(record.agency, toRecords(source)) : { refused: 'CONTENT_CHANGED' };
    const given: DowngradeCommand =
      'refused' in handed ? { kind: 'give-up', reason: handed.refused } : { kind: 'confirm' };
    await ofGuard('downgrade', id, decideDowngrade(stateOf('downgrade', id), given, GUARD, clock.now()));
    if ('refused' in handed) throw commandRefused({ code: 'AGENCY_REFUSED', possible: [], faults: [] });

    function toRecords(from: ReadRecord) {
      // A record below may name as its parent only what its own readers may know of.
      const keeps = (parent: string): boolean =>
        index.markingsOf(parent).some((marking) => isAtLeast(ownedAs(lowered!), ownedAs(toWire(marking))));
      const { lower, link } = downgradedRecords(from, record!, lowered!, handedDown!, clock.now(), keeps);
      return [link, lower];
    }
  }

  async function expire(kind: 'downgrade' | 'identity-release', id: string): Promise<void> {
    const tick = { kind: 'tick' } as const;
    if (kind === 'downgrade') return ofGuard(kind, id, decideDowngrade(stateOf(kind, id), tick, GUARD, clock.now()));
    return ofGuard(kind, id, decideIdentityRelease(stateOf(kind, id), tick, GUARD, clock.now()));
  }

  return { request, command, finishTearline, finishDowngrade, expire };
}

/** Whose it is does not decide who reads it. */
function ownedAs(wire: GuardLeaf['marking']): ReturnType<typeof fromWire> {
  return fromWire({ ...wire, owners: [], origins: [] });
}

async function shown<K extends DisclosureKind>(
  { kind, id, marking, atMs, state }: Held<K>,
  person: string | undefined,
  index: RecordIndex,
  { homeNation }: Policy,
): Promise<Disclosure> {
  const body = async (): Promise<Readonly<Record<string, unknown>>> => {
    switch (kind) {
      case 'tearline':
        return tearlineBody(id, state as Held<'tearline'>['state'], homeNation);
      case 'downgrade':
        return downgradeBody(id, state as Held<'downgrade'>['state'], homeNation);
      default: {
        const release = state as Held<'identity-release'>['state'];
        const { product, suppressedRef = '', decision, requester } = release;
        const isForThem = decision === 'APPROVED' && person !== undefined && person === requester;
        const record = isForThem && product !== undefined ? await index.readAgain(product) : undefined;
        return identityReleaseBody(release, record && suppressedTarget(record.value, suppressedRef));
      }
    }
  };
  return { kind, id, marking: fromWire(marking), atMs, body: await body() };
}

/** Random, so that they tell neither when nor after what a record was made. */
function freshIds(withOrigin: boolean): HandedDown {
  const origin = withOrigin ? `tearline:${randomBytes(24).toString('base64url')}` : null;
  return { id: randomUUID(), linkId: randomUUID(), origin };
}

const GUARD: Asking = Object.freeze({ person: 'guard', roles: [] });
const CLOCK = Object.freeze({ person: 'guard', role: 'timer', agency: null });
/** Stands in a question that has nothing to do with what a draft says. */
const NO_DRAFT = Object.freeze({
  text: '', lang: 'en', title: '', category: '', soWhat: '', values: [], contentHash: '',
  marking: toWire(fromWire({
    classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'CLEAR', orcon: false,
    owners: [], origins: [], needToKnow: [],
  })),
}); // prettier-ignore

/** Half an index does not know what was recalled, or handed down before. */
function whenRead(index: RecordIndex): void {
  if (index.state() !== 'ok') throw recordNotRead({});
}

function isOpen(state: string | undefined): boolean {
  return state === 'SIGNING' || state === 'GRANTED';
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
