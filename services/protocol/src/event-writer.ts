// Writes down what was decided: frames it, appends it, takes it in; what was refused goes onto the ledger.
// Holds: nothing counts as having happened before its event is durable. Source: README.md#events

import type { DisclosureKind } from '@sitebus/kit';
import type { Clock, Person, Signature } from '@sitebus/sdk';
import type { Asker } from './asker.ts';
import { MACHINES, type Disclosures, type EventOf, type StateOf } from './disclosures.ts';
import { commandRefused } from './errors.ts';
import type { EventLog } from './event-log.ts';
import { framed, isRefused, type Decision, type Happening } from './machine.ts';

/** What the guard looks people up in. Throws a retriable refusal where its copy may not be answered from. */
export interface PeopleRegistry {
  personNamed(person: string): Person | undefined;
  /** Everybody. Throws likewise. */
  persons(): readonly Person[];
}

/** What decisions are carried out with. */
export interface EventWriter {
  stateOf<K extends DisclosureKind>(kind: K, id: string): StateOf[K];
  /** Writes what a person's command came to; `marking` is needed for the first event. Rejects with its refusal. */
  carryOut<K extends DisclosureKind>(
    kind: K,
    asker: Asker,
    decision: Decision<EventOf[K]>,
    marking?: EventOf[K]['marking'],
  ): Promise<void>;
  /** Writes what the guard itself found or finished. */
  ofGuard<K extends DisclosureKind>(kind: K, id: string, decision: Decision<EventOf[K]>): Promise<void>;
  /** What a signature is held against, as of now. */
  facts(): { readonly personOf: (person: string) => Person | undefined; readonly now: number };
  signatureBy(asker: Asker, signature: string): Signature;
}

/** Makes it over what is known. */
export function createEventWriter(parts: {
  readonly disclosures: Disclosures;
  readonly log: EventLog;
  readonly people: PeopleRegistry;
  readonly clock: Clock;
}): EventWriter {
  const { disclosures, log, people, clock } = parts;

  const write = async <K extends DisclosureKind>(
    kind: K,
    id: string,
    view: string,
    happening: Happening<EventOf[K]>,
    by: EventOf[K]['by'],
    marking: EventOf[K]['marking'],
  ): Promise<void> => {
    const about = { id, at: clock.now(), by, marking } as Pick<EventOf[K], 'id' | 'at' | 'by' | 'marking'>;
    const { subject, empty } = MACHINES[kind];
    const event = framed<EventOf[K]>(happening, disclosures.get(kind, id)?.end, empty, about);
    await log.append([{ view, subject, event }]);
    disclosures.apply(view, subject, event);
  };

  return {
    stateOf: (kind, id) => disclosures.get(kind, id)?.state ?? MACHINES[kind].start,
    async carryOut(kind, asker, decision, marking = disclosures.get(kind, asker.id)?.marking) {
      if (isRefused(decision)) return asker.refuse(decision.refused, decision.possible, decision.faults);
      const { id, view, asking, role } = asker;
      const by = { person: asking.person, role, agency: asking.agency ?? null };
      for (const happening of decision) await write(kind, id, view, happening, by, marking!);
    },
    async ofGuard(kind, id, decision) {
      const { view, marking } = disclosures.get(kind, id)!;
      if (isRefused(decision))
        throw commandRefused({ code: decision.refused, possible: decision.possible, faults: [] });
      for (const happening of decision) await write(kind, id, view, happening, CLOCK, marking);
    },
    facts: () => ({ personOf: (person) => people.personNamed(person), now: clock.now() }),
    signatureBy: ({ asking }, signature) => ({
      person: asking.person,
      agency: asking.agency ?? null,
      at: clock.now(),
      signature,
    }),
  };
}

/** Who an event names where no person has done it. */
const CLOCK = Object.freeze({ person: 'guard', role: 'timer', agency: null });
