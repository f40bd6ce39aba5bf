// /v1/purges: advertisements whose time of keeping is over are erased: one administrator asks, another one orders, each signs the
// same text. Holds: nothing is erased here: the agency's own service verifies the order again and writes its tombstones;
// administrators are shown no content: how many, and keys. Source: README.md#purges

import { MOST_PURGED, parsePurgeText, purgeText, SPILL_SIGNERS, spillSigners } from '@sitebus/kit';
import type { PurgeOrder } from '@sitebus/kit';
import { POLICY_ORIGIN } from '@sitebus/sdk';
import { parseNote } from '@sitebus/sdk/merkle';
import { Type } from 'typebox';
import { adStanding } from '../ads/ad-window.ts';
import { invalidBody, notDurable, notFound } from '../errors.ts';
import { noteRefused, secondPersonNeeded } from '../order-refusals.ts';
import { createTurns, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { extractOf } from '../release.ts';
import type { Released } from '../release.ts';
import { mostMs } from '../spills/commands.ts';
import type { Subject } from '../subject.ts';
import { keyOf } from './disclosures.ts';

/** What the first of the two is told who would do it alone. */
const SECOND = 'two persons sign, and the second one sends it';

/** Routes of purges. */
export const purgeRoutes: Routes = async (app, parts) => {
  const { policy, clock, intakes, log } = parts;

  app.post('/v1/purges/preview', { schema: preview }, async ({ subject, body }) => {
    if (!subject.mayEnter) throw notFound({});
    const { election, reason } = body;
    const due = await dueOf(parts, election);
    const keys = due.slice(0, MOST_PURGED);
    if (keys.length === 0)
      throw invalidBody({ errors: [{ pointer: '/election', code: 'NOTHING_DUE', detail: 'no advertisement of it is past its time of keeping' }] });
    const at = clock.now();
    const order: PurgeOrder = {
      agency: writerIn(parts), cell: lowestCell(parts), election, keys, reason, by: subject.person,
      at, until: at + mostMs(policy), policyVersion: policy.version,
    };
    return about({ records: keys.length, left: due.length - keys.length, until: new Date(order.until).toISOString(), toSign: purgeText(order) }, parts);
  });

  app.post('/v1/purges', { schema: order }, async (request, reply) => {
    const { subject, body } = request;
    if (!subject.mayEnter) throw notFound({});
    const scope = `${subject.person} POST /v1/purges`;
    const { answer, replayed } = await parts.idempotency.once({ scope, key: keyOf(request), body }, () => carryOut(body.note, subject));
    if (replayed) reply.header('idempotency-replayed', 'true');
    return about(answer, parts);
  });

  /** Has it erased by the agency's own service. Throws what is wrong with the order. */
  async function carryOut(note: string, subject: Subject) {
    const asked = parsePurgeText(parseNote(note)?.text ?? '');
    if (asked === undefined) throw noteRefused('NO_ORDER', 'is no signed order');
    const names = spillSigners(note, policy.signers ?? []);
    if (names === undefined) throw noteRefused('SIGNATURE_INVALID', 'a signature is not of this text');
    if (names.length < SPILL_SIGNERS || asked.by === subject.person) throw secondPersonNeeded(SECOND);
    // A key that bears the name of a person of the registry is that person's: each of the two has signed themselves.
    const persons = new Set(parts.registry.persons().map(({ person }) => person));
    const strangers = names.map((name) => name.slice(POLICY_ORIGIN.length + 1)).filter((name) => persons.has(name) && name !== asked.by && name !== subject.person);
    if (strangers.length > 0) throw noteRefused('KEY_OF_ANOTHER', 'a key that signed is another person’s');
    if (asked.agency !== writerIn(parts) || asked.cell !== lowestCell(parts)) throw noteRefused('OTHER_RECORDS', 'is about records that are kept for good');
    const due = new Set(await dueOf(parts, asked.election));
    if (asked.keys.some((key) => !due.has(key))) throw noteRefused('NOT_DUE', 'names a record that is not past its time of keeping, or is gone');
    const intake = intakes(asked.agency);
    if (intake?.erase === undefined) throw notDurable({}, new Error('the agency has no service here'));
    const isErased = await intake.erase(note).catch((cause: unknown) => {
      throw notDurable({}, cause);
    });
    if (!isErased) throw noteRefused('REFUSED_BY_WRITER', 'the agency’s own service does not take it for an order');
    log.warn({ election: asked.election, records: asked.keys.length, by: [asked.by, subject.person] }, 'advertisements erased');
    return { election: asked.election, records: asked.keys.length, persons: [asked.by, subject.person] };
  }
}; // prettier-ignore

/** Keys of advertisements of the election that are past their time of keeping, sorted, each once; corrected ones too. */
async function dueOf({ readModel, policy, clock }: GatewayParts, election: string): Promise<readonly string[]> {
  const turn = createTurns();
  const keys = new Set<string>();
  for await (const record of readModel.ofType('AdDisclosure')) {
    await turn();
    const { electionId, publishUntil, retainUntil } = record.value;
    const window = { electionId: String(electionId), publishUntil: dayOf(publishUntil), retainUntil: dayOf(retainUntil) };
    const isDue = window.electionId === election && adStanding(window, policy, clock.now()) === 'PURGED';
    if (isDue && record.recordKey !== undefined) keys.add(record.recordKey);
  }
  return [...keys].sort();
} // prettier-ignore

/** Stored days are numbers since 1970-01-01. */
function dayOf(day: unknown): string {
  return typeof day === 'number' ? new Date(day * 86_400_000).toISOString().slice(0, 10) : '';
}

const writerIn = ({ policy }: GatewayParts): string => policy.writers['AdDisclosure']?.[0] ?? '';
const lowestCell = ({ policy }: GatewayParts): string => policy.cells[0]?.id ?? '';

function about<T>(body: T, { policy }: GatewayParts): Released<T> {
  return extractOf(body, policy.cells.slice(0, 1).map(({ ceiling }) => ceiling), policy.homeNation);
} // prettier-ignore

const closed = { additionalProperties: false } as const;
const tags = ['purges'];
const preview = {
  summary: 'The order for advertisements of an election whose time of keeping is over, to be signed by two; changes nothing',
  tags,
  querystring: query({}),
  body: Type.Object(
    { election: Type.String({ minLength: 1, maxLength: 64 }), reason: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S' }) },
    closed,
  ),
  response: {
    200: Type.Object({
      records: Type.Integer(),
      left: Type.Integer({ description: 'That take another order.' }),
      until: Type.String(),
      toSign: Type.String({ description: 'What two persons sign, byte for byte.' }),
    }),
  },
}; // prettier-ignore
const order = {
  summary: 'Has them erased: the note has both signatures, and the second person sends it',
  tags,
  querystring: query({}),
  body: Type.Object({ note: Type.String({ minLength: 1, maxLength: 262_144 }) }, closed),
  response: {
    200: Type.Object({ election: Type.String(), records: Type.Integer(), persons: Type.Array(Type.String()) }),
  },
};
