// Row 1.18: the leak's report is lowered by the guard, on the word of two release authorities, of whom one is the originator's.
// Holds: nothing here writes an observation: the originator's own service does, when the guard has judged the grant.

import { createHash } from 'node:crypto';
import type { AgencyIntake, GuardPort } from '@sitebus/kit';
import { createMarking, parse } from '@sitebus/marking';
import { createGuardService } from '@sitebus/protocol';
import { fromWire, toWire, signatureKeyOf, signStatement, silentLog, type Clock, type Codec, type Person, type Policy, type WireMarking } from '@sitebus/sdk'; // prettier-ignore
import type { TestBus } from '@sitebus/sdk/testing';

/** What people did, in place of a file. */
export const DOWNGRADE = Object.freeze({
  row: '1.18',
  of: '1.11',
  agency: 'cse',
  day: -4,
  asker: 'ama-lindqvist',
  signers: ['farida-lund', 'hugo-paquin'],
  view: 's-can',
  to: 'UNCLASSIFIED//TLP:AMBER',
  group: 'community',
});

/** Where it is done. */
export interface ActParts {
  readonly bus: TestBus;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly intakes: (agency: string) => AgencyIntake | undefined;
}

/** Lowers the record with this id. @returns the id of the lower one. Rejects with what the guard refuses. */
export async function lower(id: string, parts: ActParts): Promise<string> {
  const { bus, policy } = parts;
  const people = new Map(policy.people.map((row) => [row.person, withKey(row)]));
  const guard = createGuardService({
    ...parts,
    bus: bus.connect.bus,
    config: { ledgerSalt: Buffer.alloc(32, 9).toString('base64url'), tickMs: 2 ** 30 },
    log: silentLog,
    registry: {
      personNamed: (person) => people.get(person),
      persons: () => [...people.values()],
      state: () => 'fresh',
      onPolicyVersion: () => undefined,
      fatal: new Promise(() => undefined),
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
  });
  await guard.start();
  try {
    return await grantAndApply(guard, id, parts);
  } finally {
    await guard.stop();
  }
}

async function grantAndApply(guard: GuardPort, id: string, { bus, policy, codec, clock }: ActParts): Promise<string> {
  const { agency, asker, signers, view, to, group } = DOWNGRADE;
  const by = (person: string) => ({ person, view });
  const marking = markingOf(bus, codec, agency, id);
  const args = {
    record: id,
    to: toWire(createMarking({ ...parse(to, { homeNation: policy.homeNation }), needToKnow: [[group]] })),
    reason: 'platforms must be able to act on the altered leak',
    expires: new Date(clock.now() + 7 * 86_400_000).toISOString(),
  };
  await bus.settled();
  const { id: downgrade } = await guard.request('downgrade', { id, agency, ...marking }, args, by(asker));
  for (const person of signers) {
    const seen = await guard.find('downgrade', downgrade, by(person));
    const signature = signStatement(String(seen?.body['toSign']), seedOf(person));
    await guard.command('downgrade', downgrade, 'sign', { signature }, by(person));
  }
  const applied = await guard.command('downgrade', downgrade, 'apply', {}, by(signers[0] ?? ''));
  return String(applied.body['applied']);
}

function markingOf(bus: TestBus, codec: Codec, agency: string, id: string) {
  for (const { topic, value } of bus.records()) {
    if (!topic.startsWith('obs.') || !topic.endsWith(`.${agency}`) || value === null) continue;
    const { envelope } = codec.decode(value).value as { envelope: { id: string; marking: WireMarking } };
    if (envelope.id === id) return { cell: topic.split('.')[1] ?? '', marking: fromWire(envelope.marking) };
  }
  throw new Error(`the record to be lowered, ${id}, is not on the bus`);
}

/** Keys of test persons: from their names. */
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
const withKey = (row: Person): Person => ({ ...row, signatureKeys: [signatureKeyOf(seedOf(row.person))] });
