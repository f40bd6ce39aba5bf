// /v1/spills: records that nobody is to read any more: one administrator asks, another confirms, each signs the same text; a
// reviewer sees who was sent one.
// Holds: nobody is told of a cell that their view does not read; administrators are shown no content: where it lies, its hash,
// and the id and agency it says of itself; what is confirmed is the text that was signed. Source: README.md#spills

import { createHash, randomUUID } from 'node:crypto';
import { createAdmit, previousOf, recordAt, spillId, spillText } from '@sitebus/kit';
import type { SkipList, SpillEntry, SpillOrder } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import { fromObsTopic, gatewayPrincipal, groupOf, writerOf } from '@sitebus/sdk';
import type { BusRecord } from '@sitebus/sdk';
import { Type } from 'typebox';
import { failClosed, invalidBody, notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { extractOf } from '../release.ts';
import type { Released } from '../release.ts';
import { mostMs } from '../spills/commands.ts';
import { recipientsOf } from '../spills/recipients.ts';
import type { Subject } from '../subject.ts';
import { keyOf } from './disclosures.ts';
import { registryCommandsOf } from './registry-answers.ts';

/** Routes of spills. */
export const spillRoutes: Routes = async (app, parts) => {
  const { ledger, ledgerSalt, spilledProducts, intakes, idempotency, log } = parts;

  app.get('/v1/spills', { schema: list }, async (request) => {
    const spills = spillsFor(parts, request.subject);
    const entries = [...spills.orders, ...spills.proposals.filter(({ order }) => parts.clock.now() < order.until)];
    return about({ items: entries.map((entry) => bodyOf(entry, parts)) }, entries.map(({ order }) => order.cell), parts);
  });

  app.get('/v1/spills/:id', { schema: one }, async (request) => {
    const entry = entryOf(parts, request.subject, request.params.id);
    return about(bodyOf(entry, parts), [entry.order.cell], parts);
  });

  app.post('/v1/spills/preview', { schema: preview }, async (request) => {
    const order = await orderFor(parts, request.subject, request.body);
    return about({ ...orderBody(order), toSign: spillText(order) }, [order.cell], parts);
  });

  app.post('/v1/spills', { schema: propose }, async (request, reply) => {
    spillsFor(parts, request.subject);
    const { person } = request.subject;
    const { answer: entry, replayed } = await idempotency.once(
      { scope: `${person} POST /v1/spills`, key: keyOf(request), body: request.body },
      async () => {
        const made = await registryCommandsOf(parts).proposeSpill(person, request.body.note);
        log.info({ spill: spillId(made.order) }, 'spill proposed');
        return made;
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).header('location', `/v1/spills/${spillId(entry.order)}`);
    return about({ ...bodyOf(entry, parts), state: 'PROPOSED' }, [entry.order.cell], parts);
  });

  app.post('/v1/spills/:id/confirm', { schema: confirm }, async (request, reply) => {
    const { subject, params, body } = request;
    entryOf(parts, subject, params.id);
    const { answer, replayed } = await idempotency.once(
      { scope: `${subject.person} POST /v1/spills/${params.id}/confirm`, key: keyOf(request), body },
      async () => {
        const made = await registryCommandsOf(parts).confirmSpill(subject.person, params.id, body.note);
        log.warn({ spill: spillId(made.order) }, 'spill in force');
        const { agency, topic } = made.order;
        return { entry: made, isErased: await erase(made, intakes(agency ?? writerOf(fromObsTopic(topic)?.writer ?? ''))) };
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    const { entry, isErased } = answer;
    return about({ ...bodyOf(entry, parts), state: 'IN_FORCE', tombstone: isErased ? 'WRITTEN' : 'NOT_WRITTEN' }, [entry.order.cell], parts);
  });

  app.get('/v1/spills/:id/recipients', { schema: recipients }, async (request) => {
    const entry = entryOf(parts, request.subject, request.params.id);
    if (ledger.state() !== 'ok') throw failClosed({ part: 'ledger' });
    const found = await recipientsOf(entry, spilledProducts.spansOf(entry), ledger, ledgerSalt).catch((cause: unknown) => {
      throw failClosed({ part: 'ledger' }, cause);
    });
    return about({ id: spillId(entry.order), ...found }, [entry.order.cell], parts);
  });
}; // prettier-ignore

/** What is known in the view, to who may enter it. */
function spillsFor({ spills }: GatewayParts, subject: Subject) {
  if (!subject.mayEnter) throw notFound({});
  if (spills.state() !== 'ok') throw failClosed({ part: 'spills' });
  return spills.current();
}

function entryOf(parts: GatewayParts, subject: Subject, id: string): SpillEntry {
  const { orders, proposals } = spillsFor(parts, subject);
  const open = proposals.filter(({ order }) => parts.clock.now() < order.until);
  const found = [...orders, ...open].find(({ order }) => spillId(order) === id);
  if (found === undefined) throw notFound({});
  return found;
}

/** The order that would come next for what lies at the coordinates. */
async function orderFor(
  parts: GatewayParts,
  subject: Subject,
  { coordinates, reason }: { readonly coordinates: string; readonly reason: string },
): Promise<SpillOrder> {
  const { policy, clock } = parts;
  const spills = spillsFor(parts, subject);
  const [, topic = '', partition = '', offset = ''] = COORDINATES.exec(coordinates) ?? [];
  const list = spills.list(fromObsTopic(topic)?.cell ?? '');
  const record = list && (await lyingAt(parts, topic, Number(partition), BigInt(offset)));
  if (list === undefined || record?.value == null || spills.isSpilled(record)) throw unknownCoordinates();
  const at = clock.now();
  return {
    cell: list.cell, ...nextPlace(list), topic, partition: Number(partition), offset,
    key: record.key?.toString('base64url') ?? null,
    sha256: createHash('sha256').update(record.value).digest('hex'),
    ...namesOf(record, parts),
    reason, by: subject.person, at, until: at + mostMs(policy), policyVersion: policy.version,
  };
} // prettier-ignore

function nextPlace({ orders }: SkipList): Pick<SpillOrder, 'seq' | 'previous'> {
  return { seq: orders.length + 1, previous: previousOf(orders) };
}

/** Of what no reader admits nothing is believed. */
function namesOf(record: BusRecord, { codec, policy }: GatewayParts): Pick<SpillOrder, 'id' | 'agency'> {
  const admission = createAdmit()(record, { codec, policy });
  return admission.kind === 'admitted' ? { id: admission.envelope.id, agency: admission.agency } : { id: null, agency: null };
} // prettier-ignore

/** Reads the one record; undefined where none lies there. */
async function lyingAt(
  { bus, view }: GatewayParts,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<BusRecord | undefined> {
  const ends = await bus.inspect.ends(topic).catch((cause: unknown) => {
    if ((cause as { code?: string }).code === 'NOT_ALLOWED') return []; // no such topic, or none of this view
    throw failClosed({ part: 'kafka' }, cause);
  });
  const end = ends.find((each) => each.partition === partition);
  if (end === undefined || offset < end.earliest || offset >= end.next) return undefined;
  const groupId = groupOf(gatewayPrincipal(view.id), `spilled.${randomUUID().slice(0, 8)}`);
  const record = await recordAt(bus, { topic, partition, offset }, { groupId, withinMs: READ_WITHIN_MS });
  if (record === 'unanswered') throw failClosed({ part: 'kafka' });
  return record;
}

const READ_WITHIN_MS = 20_000;
const COORDINATES = /^(obs\.[a-z0-9-]+\.[a-z0-9-]+)\/(\d{1,5})\/(0|[1-9]\d{0,18})$/;

/** The agency's own service alone can write the tombstone; where it cannot now, the record is skipped all the same. */
async function erase(entry: SpillEntry, intake: ReturnType<GatewayParts['intakes']>): Promise<boolean> {
  return (await intake?.erase?.(entry.note).catch(() => false)) ?? false;
}

function orderBody({ cell, topic, partition, offset, sha256, id, agency, reason, by, at, until }: SpillOrder) {
  return {
    cell, coordinates: `${topic}/${partition}/${offset}`, sha256, reason, by,
    at: new Date(at).toISOString(), until: new Date(until).toISOString(),
    ...(id === null ? {} : { observation: id }), ...(agency === null ? {} : { agency }),
  };
} // prettier-ignore

function bodyOf(entry: SpillEntry, { spills }: Pick<GatewayParts, 'spills'>) {
  const isInForce = spills.current().orders.some(({ order }) => spillId(order) === spillId(entry.order));
  return {
    id: spillId(entry.order),
    state: isInForce ? 'IN_FORCE' : 'PROPOSED',
    ...orderBody(entry.order),
    persons: entry.by,
    changedAt: new Date(entry.at).toISOString(),
    toSign: spillText(entry.order),
  };
}

/** Marked as high as its cells go: a reason may be of anything that lies there. */
function about<T>(body: T, cells: readonly string[], { policy }: GatewayParts): Released<T> {
  const ceilings: readonly Marking[] = policy.cells.filter(({ id }) => cells.includes(id)).map(({ ceiling }) => ceiling);
  return extractOf(body, ceilings, policy.homeNation);
} // prettier-ignore

function unknownCoordinates() {
  return invalidBody({
    errors: [{ pointer: '/coordinates', code: 'UNKNOWN_COORDINATES', detail: 'no record that this view reads lies there', hint: '<topic>/<partition>/<offset> of a record that is not spilled; --view names the view' }],
  });
} // prettier-ignore

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[a-z0-9-]{1,64}\\.[1-9]\\d{0,9}$' });
const Note = Type.Object({ note: Type.String({ minLength: 1, maxLength: 16_384, description: 'The text with a signature, as a signed note.' }) }, closed); // prettier-ignore
const OrderBody = {
  cell: Type.String(),
  coordinates: Type.String(),
  sha256: Type.String(),
  reason: Type.String(),
  by: Type.String(),
  at: Type.String(),
  until: Type.String(),
  observation: Type.Optional(Type.String()),
  agency: Type.Optional(Type.String()),
  toSign: Type.String({ description: 'What two persons sign, byte for byte.' }),
};
const SpillBody = Type.Object({
  id: Type.String(),
  state: Type.String({ description: 'PROPOSED or IN_FORCE.' }),
  ...OrderBody,
  persons: Type.Array(Type.String()),
  changedAt: Type.String(),
  tombstone: Type.Optional(Type.String({ description: 'WRITTEN or NOT_WRITTEN; erased when the broker compacts.' })),
});
const tags = ['spills'];
const params = Type.Object({ id: Id });
const list = {
  summary: 'Records that are skipped, and what waits for a second person',
  tags,
  querystring: query({}),
  response: { 200: Type.Object({ items: Type.Array(SpillBody) }) },
};
const one = { summary: 'One of them', tags, params, querystring: query({}), response: { 200: SpillBody } };
const preview = {
  summary: 'The order for the record at these coordinates, to be signed; changes nothing',
  tags,
  querystring: query({}),
  body: Type.Object(
    {
      coordinates: Type.String({ maxLength: 256, description: '<topic>/<partition>/<offset>' }),
      reason: Type.String({ minLength: 1, maxLength: 1_000 }),
    },
    closed,
  ),
  response: { 200: Type.Object(OrderBody) },
};
const propose = {
  summary: 'Asks for it; another administrator confirms',
  tags,
  querystring: query({}),
  body: Note,
  response: { 201: SpillBody },
};
const confirm = {
  summary: 'Puts it into force: the record is skipped at every fetch, and gone from every store',
  tags,
  params,
  querystring: query({}),
  body: Note,
  response: { 200: SpillBody },
};
const recipients = {
  summary: 'Who was sent it in this view, or an assessment while it rested on it, from the ledger',
  tags,
  params,
  querystring: query({}),
  response: {
    200: Type.Object({
      id: Type.String(),
      fromLeaf: Type.Integer({ description: 'Leaves from this index on were looked at; 0: all.' }),
      items: Type.Array(
        Type.Object({
          person: Type.String(),
          onBehalfOf: Type.Optional(Type.String()),
          at: Type.String(),
          leaf: Type.Integer(),
          as: Type.Union([Type.Literal('observation'), Type.Object({ assessment: Type.String() })]),
          marking: Type.String(),
        }),
      ),
    }),
  },
};
