// POST /v1/distributions, /v1/distributions/{id}/recall
// Holds: a product goes to named persons alone; what a sender learns of one who may not have it is `WITHHELD`, the same as of
// a name that is nobody's; the same key is the same distribution, after a restart too. Source: README.md#receipts

import { isDeepStrictEqual } from 'node:util';
import { isGroup, statusOfNotification } from '@sitebus/kit';
import { fromWire } from '@sitebus/sdk';
import type { Distribution } from '@sitebus/sdk';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { v4 as randomUuid, v5 as uuidOf } from 'uuid';
import {
  idempotencyMismatch,
  illegalTransition,
  invalidBody,
  markingNotAllowed,
  notFound,
  notYours,
  unexpandableGroup,
} from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { notificationIdOf } from '../receipts/facts.ts';
import { toDistributionItem } from '../receipts/items.ts';
import type { StoredNotification } from '../receipts/items.ts';
import type { DistributionOrder } from '../receipts/receipts.ts';
import { isOfAgency } from '../receipts/whose.ts';
import { isWithheld } from '../release.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';

/** Routes of distributions. */
export const distributionRoutes: Routes = async (app, parts) => {
  const { receipts, readModel, monitor, policy, view } = parts;

  app.post('/v1/distributions', { schema: distribute }, async (request, reply) => {
    const { subject } = request;
    const { product, recipients, precedence, decision } = request.body;
    const key = keyOf(request);
    const { answer, replayed } = await parts.idempotency.once(
      { scope: `${subject.person} POST /v1/distributions`, key, body: request.body },
      async () => {
        const id = key === undefined ? randomUuid() : uuidOf(`distribution ${subject.person} ${key}`, view.namespace);
        const known = receipts.board.distribution(id);
        if (known !== undefined) return sameOrder(known, request.body).id;
        const assessment = await readModel.assessment(product);
        const judged = monitor.judge(assessment, subject);
        if (assessment === undefined || isWithheld(judged)) {
          await monitor.release(undefined, subject, product); // leaves the leaf that any absent id leaves
          throw notFound({});
        }
        mustBeTheirs(subject, isOfAgency(assessment, subject.agency));
        mustBeReleasable(assessment.marking.orcon);
        const named = recipientsOf(recipients, policy);
        if (assessment.value.status !== 'LIVE') throw illegalTransition({ possible: [] });
        const version = { productId: product, productVersion: assessment.value.version };
        const order: DistributionOrder = { ...version, id, productKind: 'ASSESSMENT', recipients: named, precedence, reason: decision.reason }; // prettier-ignore
        return (await receipts.distribute(order, subject)).id;
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    const released = await released201(answer, subject);
    reply.code(201).header('location', `/v1/receipts?${new URLSearchParams({ product }).toString()}`);
    return released;
  });

  app.post('/v1/distributions/:id/recall', { schema: recall }, async (request, reply) => {
    const { subject } = request;
    const { id } = request.params;
    const { answer, replayed } = await parts.idempotency.once(
      { scope: `${subject.person} POST /v1/distributions/${id}/recall`, key: keyOf(request), body: request.body },
      async () => {
        const present = receipts.board.distribution(id);
        if (present === undefined || isWithheld(monitor.judge(itemOf(parts, present), subject))) {
          await monitor.release(undefined, subject, id);
          throw notFound({});
        }
        const version = receipts.shelf.get(present);
        mustBeTheirs(
          subject,
          present.sender === subject.person || (version !== undefined && isOfAgency(version, subject.agency)),
        );
        const what = { productId: present.productId, productVersion: present.productVersion, distributionId: id };
        await receipts.recall(what, { cause: 'ORDERED', by: subject.person, reason: request.body.reason });
        return id;
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return released201(answer, subject);
  });

  /** The same for a fresh and a repeated order: as it stands now. */
  async function released201(id: string, subject: Subject): Promise<Released<unknown>> {
    const present = receipts.board.distribution(id);
    const outcome = await monitor.release(present && itemOf(parts, present), subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  }
};

function itemOf(
  { receipts, view }: Pick<GatewayParts, 'receipts' | 'view'>,
  present: Distribution,
): StoredNotification {
  return toDistributionItem(present, fromWire(present.marking), (person) => {
    const entry = receipts.board.notificationsOf(person).find((each) => each.distributions.includes(present.id));
    return {
      id: notificationIdOf(view.namespace, present, person),
      status: entry ? statusOfNotification(entry.state) : 'NONE',
    };
  });
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return Array.isArray(key) ? key.join() : key;
}

/** An answer that is kept no longer, or another replica's: the key says that it is this order, the body must agree. */
function sameOrder(known: Distribution, body: DistributionInput): Distribution {
  const { product, recipients, precedence, decision } = body;
  const then = [known.productId, known.recipients.map(({ person }) => person), known.precedence, known.reason];
  if (!isDeepStrictEqual(then, [product, [...new Set(recipients)], precedence, decision.reason]))
    throw idempotencyMismatch({});
  return known;
}

/** The secretariat and the chair distribute any product, an analyst those that rest on what their agency reported. */
function mustBeTheirs({ roles }: Subject, isOwn: boolean): void {
  if (!isOwn && !roles.includes('secretariat') && !roles.includes('chair')) throw notYours({});
}

function mustBeReleasable(orcon: boolean): void {
  if (!orcon) return;
  const detail = 'it leaves only with the recorded consent of each origin';
  throw markingNotAllowed({ errors: [{ pointer: '/product', code: 'ORCON', detail }] });
}

function recipientsOf(names: readonly string[], policy: GatewayParts['policy']): readonly string[] {
  const errors = names.flatMap((name, at) =>
    isGroup(name, policy)
      ? [{ pointer: `/recipients/${at}`, code: 'UNEXPANDABLE_GROUP', detail: 'stands for many; name the persons' }]
      : [],
  );
  if (errors.length > 0) throw unexpandableGroup({ errors });
  if (names.length === 0)
    throw invalidBody({ errors: [{ pointer: '/recipients', code: 'EMPTY', detail: 'names nobody' }] });
  return [...new Set(names)];
}

interface DistributionInput {
  readonly product: string;
  readonly recipients: readonly string[];
  readonly precedence: Distribution['precedence'];
  readonly decision: { readonly reason: string };
}

const Reason = Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' });
const Key = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };
const headers = Type.Object(Key, { additionalProperties: true });
const DistributionBody = Type.Object({
  id: Type.String(),
  product: Type.Object({ id: Type.String(), version: Type.Integer(), kind: Type.String() }),
  precedence: Type.String(),
  from: Type.String(),
  reason: Type.String(),
  issuedAt: Type.String(),
  recipients: Type.Array(
    Type.Object({
      person: Type.String(),
      status: Type.String({ description: 'WITHHELD: nothing is sent; why is not said.' }),
      notification: Type.Optional(Type.String()),
      deadlineAt: Type.Optional(Type.String()),
    }),
  ),
  marking: MarkingBody,
});
const distribute = {
  summary: 'Issues a product to named persons',
  tags: ['receipts'],
  querystring: query({}),
  headers,
  body: Type.Object(
    {
      product: Type.String({
        maxLength: 64,
        description: 'Id of an assessment; its version of this moment is issued.',
      }),
      recipients: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 200 }),
      precedence: Type.Union([
        Type.Literal('FLASH'),
        Type.Literal('IMMEDIATE'),
        Type.Literal('PRIORITY'),
        Type.Literal('ROUTINE'),
      ]),
      decision: Type.Object({ reason: Reason }, { additionalProperties: false }),
    },
    { additionalProperties: false },
  ),
  response: { 201: DistributionBody },
};
const recall = {
  summary: 'Recalls what a distribution issued, from everyone who may have it',
  tags: ['receipts'],
  params: ById,
  querystring: query({}),
  headers,
  body: Type.Object({ reason: Reason }, { additionalProperties: false }),
  response: { 200: DistributionBody },
};
