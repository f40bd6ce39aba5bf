// One person with one command: who they are by the registry of this moment, and how they are refused.
// Holds: roles, agency and clearance are the registry's, whatever the caller says; nobody whom the registry does not have may
// do anything; a refusal is on the ledger before it is answered. Source: README.md#ledger

import type { GuardCaller } from '@sitebus/kit';
import { dominates } from '@sitebus/marking';
import type { Clock, Person } from '@sitebus/sdk';
import type { Compile } from 'typebox/compile';
import { commandRefused, type DraftFault, type RefusedCode } from './errors.ts';
import type { GuardLeaf, GuardLedger } from './guard-ledger.ts';
import type { Asking } from './machine.ts';
import type { ReadRecord } from './record-index.ts';

/** The person and their command. */
export interface Asker {
  /** Of the disclosure. */
  readonly id: string;
  readonly view: string;
  readonly asking: Asking;
  /** The role that an event names. */
  readonly role: string;
  /** @returns the arguments as the command's schema has them; refuses any other. */
  checked(name: string, args: unknown): Promise<unknown>;
  /** Refuses whoever does not dominate the record as of now. */
  cleared(source: Pick<ReadRecord, 'marking'>): Promise<void>;
  /** Rejects with COMMAND_REFUSED once its leaf is durable, or with LEDGER_CLOSED. */
  refuse(
    code: RefusedCode,
    possible?: readonly string[],
    faults?: readonly DraftFault[],
    current?: string,
  ): Promise<never>;
  /** Resolves when the leaf is durable; rejects with LEDGER_CLOSED. */
  leaf(leaf: Pick<GuardLeaf, 'decision' | 'reason' | 'records'>): Promise<void>;
}

/** What arguments are held against. */
export type Check = ReturnType<typeof Compile>;

/** What is known of them. */
export interface Asked {
  /** What the arguments of each command must be. */
  readonly checks: Readonly<Record<string, Check | undefined>>;
  readonly id: string;
  readonly by: GuardCaller;
  readonly person: Person | undefined;
  readonly marking: GuardLeaf['marking'];
}

/** Makes one. */
export function createAsker(parts: { readonly ledger: GuardLedger; readonly clock: Clock }, asked: Asked): Asker {
  const { ledger, clock } = parts;
  const { checks, id, by, person, marking } = asked;
  const agency = person?.agency === undefined ? {} : { agency: person.agency };
  const asking: Asking = { person: by.person, ...agency, roles: person?.roles ?? [] };
  const leaf: Asker['leaf'] = (rest) =>
    ledger.append({
      ...rest,
      view: by.view,
      who: by.person,
      ...(asking.agency === undefined ? {} : { onBehalfOf: asking.agency }),
      epoch: person?.clearance.epoch ?? 0,
      marking,
    });
  const refuse: Asker['refuse'] = async (code, possible = [], faults = [], current) => {
    await leaf({ decision: 'REFUSED', reason: code, records: [{ id }] });
    throw commandRefused({ code, possible, faults, ...(current === undefined ? {} : { current }) });
  };
  return {
    id,
    view: by.view,
    asking,
    role: asking.roles.find((role) => role === 'release-authority') ?? asking.roles[0] ?? 'none',
    leaf,
    refuse,
    async checked(name, args) {
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) return refuse('ILLEGAL_TRANSITION');
      const broken = brokenText(args, '');
      if (broken !== undefined)
        return refuse('INVALID_DRAFT', [], [{ pointer: broken, code: 'NOT_TEXT', detail: 'holds half a character' }]);
      if (check.Check(args)) return args;
      const faults = check.Errors(args).slice(0, MOST_FAULTS);
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

/**
 * @returns where a text holds half of a pair of surrogates. UTF-8 has no bytes for it: what is hashed and signed here would
 * not be what is read back from the bus.
 */
function brokenText(value: unknown, at: string): string | undefined {
  if (typeof value === 'string') return /\p{Surrogate}/u.test(value) ? at : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = /\p{Surrogate}/u.test(name) ? at : brokenText(inner, `${at}/${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const MOST_FAULTS = 20;
