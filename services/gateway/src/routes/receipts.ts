// GET /v1/receipts: who was sent, opened, acknowledged what, now or as of a moment.
// Holds: the secretariat and reviewers see all they dominate, an analyst what their agency's products or they themselves
// sent, everyone what was sent to them; nobody sees that something was withheld from them. Source: README.md#receipts

import { Type } from 'typebox';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { NotificationEntry } from '../receipts/board.ts';
import { toReceiptItem, toWithheldItem } from '../receipts/items.ts';
import type { StoredNotification } from '../receipts/items.ts';
import { isOfAgency } from '../receipts/whose.ts';
import { MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';

/** The route of receipts. */
export const receiptRoutes: Routes = async (app, parts) => {
  const { monitor, cursors, view } = parts;
  app.get('/v1/receipts', { schema: list }, async (request, reply) => {
    const { limit: _limit, cursor: _cursor, view: _view, ...filter } = request.query;
    return answerPage<StoredNotification>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'receipts' },
      filter,
      from: (cursor) => rowsOf(parts, request.subject, filter, cursor?.id ?? ''),
      keep: ({ record }) => fits(record.value, filter),
      positionOf: ({ id }) => ({ id }),
    });
  });
};

interface ReceiptFilter {
  readonly product?: string;
  readonly person?: string;
  readonly state?: string;
  readonly overdue?: boolean;
  readonly asOf?: string;
}

/** By id, after `after`: the same order whatever has happened. */
async function* rowsOf(
  { receipts, clock }: GatewayParts,
  subject: Subject,
  filter: ReceiptFilter,
  after: string,
): AsyncGenerator<StoredNotification> {
  const { board, shelf } = receipts;
  const asOf = filter.asOf === undefined ? clock.now() : Date.parse(filter.asOf);
  const isAll = subject.roles.includes('secretariat') || subject.roles.includes('reviewer');
  const isSender = (distributions: readonly string[]): boolean =>
    distributions.some((id) => board.distribution(id)?.sender === subject.person);
  const isOwnProduct = (of: { productId: string; productVersion: number }): boolean => {
    const version = subject.roles.includes('analyst') ? shelf.get(of) : undefined;
    return version !== undefined && isOfAgency(version, subject.agency);
  };
  const mayBeShown = (entry: NotificationEntry): boolean =>
    (isAll || entry.person === subject.person || isSender(entry.distributions) || isOwnProduct(entry)) &&
    (entry.person !== subject.person || entry.state.facts.WITHHELD === undefined);
  const withheld = board
    .withheld()
    .filter(({ id, at, person }) => id > after && at <= asOf && person !== subject.person)
    .filter((entry) => isAll || isSender([entry.distribution]) || isOwnProduct(entry))
    .sort((a, b) => (a.id < b.id ? 1 : -1)); // taken from the end
  for (const entry of board.notificationsAfter(after)) {
    for (let next = withheld.at(-1); next !== undefined && next.id < entry.id; next = withheld.at(-1))
      yield* shown(toWithheldItem(withheld.pop() ?? next, board));
    if (mayBeShown(entry)) yield* shown(toReceiptItem(entry, board, asOf));
  }
  for (const entry of withheld.reverse()) yield* shown(toWithheldItem(entry, board));
}

function shown(item: StoredNotification | undefined): readonly StoredNotification[] {
  return item === undefined ? [] : [item];
}

function fits(row: StoredNotification['value'], { product, person, state, overdue }: ReceiptFilter): boolean {
  return (
    (product === undefined || (row['product'] as { id?: unknown }).id === product) &&
    (person === undefined || row['person'] === person) &&
    (state === undefined || row['status'] === state) &&
    (overdue === undefined || (row['isOverdue'] ?? false) === overdue)
  );
}

const Times = Type.Record(Type.String(), Type.String());
const RowBody = Type.Object({
  product: Type.Object({ id: Type.String(), version: Type.Integer(), kind: Type.String() }),
  person: Type.String(),
  status: Type.String(),
  precedence: Type.String(),
  from: Type.String(),
  distributions: Type.Array(Type.String()),
  times: Times,
  receipts: Type.Array(
    Type.Object({
      kind: Type.String(),
      at: Type.String(),
      channel: Type.String(),
      leafIndex: Type.Optional(Type.Integer()),
      contentHash: Type.Optional(Type.String()),
      text: Type.Optional(Type.String()),
    }),
  ),
  told: Type.Array(Type.Object({ kind: Type.String(), to: Type.String(), at: Type.String() })),
  marking: MarkingBody,
});
const list = {
  summary: 'Who was sent, opened and acknowledged what, now or as of a moment',
  tags: ['receipts'],
  querystring: query({
    product: Type.Optional(Type.String({ maxLength: 64 })),
    person: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(Type.String({ maxLength: 20, description: 'Such as QUEUED, DELIVERED, OPENED or WITHHELD.' })),
    overdue: Type.Optional(Type.Boolean()),
    asOf: Type.Optional(Type.String({ format: 'date-time', description: 'As the receipts stood then.' })),
    ...paging,
  }),
  response: { 200: pageBody(RowBody) },
};
