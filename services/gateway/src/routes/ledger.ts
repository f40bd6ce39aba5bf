// GET /v1/ledger/…: checkpoints and proofs, and the leaves of one's own releases.
// Holds: a ledger's size tells how busy its view is, so it is told to those who may enter the view (the public view's to
// anyone); a leaf is shown to the person it names and to reviewers, and only while they dominate its marking; the salt that
// opens a leaf goes to that person alone. Source: RFC 9162 §2.1.3, §2.1.4; C2SP signed-note; README.md#ledger

import { dominates, parse } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { failClosed, notFound } from '../errors.ts';
import type { LedgerEntry } from '../ledger-copy.ts';
import { LEDGER_FORKED } from '../ledger-copy.ts';
import { leafSalt } from '../ledger.ts';
import { createTurns, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { extractOf, statement, UNMARKED } from '../release.ts';
import type { Released } from '../release.ts';
import type { Subject } from '../subject.ts';

/** Routes of the ledger. */
export const ledgerRoutes: Routes = async (app, parts) => {
  const { ledger, cursors, view, subjects, policy } = parts;

  app.get('/v1/ledger/checkpoint', { schema: newest, config: NOTE }, async (request, reply) => {
    entered(request.subject);
    return asText(reply, found(proofs(parts).newest()).note);
  });

  app.get('/v1/ledger/checkpoints/:size', { schema: ofSize, config: NOTE }, async (request, reply) => {
    entered(request.subject);
    return asText(reply, found(proofs(parts).checkpoint(request.params.size)).note);
  });

  app.get('/v1/ledger/proof/inclusion', { schema: inclusion }, async (request) => {
    entered(request.subject);
    const { index, size } = request.query;
    return statement({ index, size, ...found(proofs(parts).inclusion(index, size)) });
  });

  app.get('/v1/ledger/proof/consistency', { schema: consistency }, async (request) => {
    entered(request.subject);
    const { from, to } = request.query;
    return statement({ from, to, hashes: found(proofs(parts).consistency(from, to)) });
  });

  app.get('/v1/ledger/entries/:index', { schema: one }, async (request) => {
    const subject = subjects.current(request.subject.identity);
    const entry = ledger.entry(request.params.index);
    const marking = entry && markingShown(entry, subject, parts);
    if (entry === undefined || marking === undefined) throw notFound({}); // not yours and not there are one answer
    return extractOf(entryBody(entry, subject, parts), [marking], policy.homeNation);
  });

  app.get('/v1/ledger/entries', { schema: list }, async (request) => {
    const subject = subjects.current(request.subject.identity);
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = request.query;
    const scope = { person: subject.person, view: view.id, resource: 'ledger' };
    const before = cursor === undefined ? undefined : Number(cursors.open(scope, cursor, filter).offset);
    const shown: { readonly entry: LedgerEntry; readonly marking: Marking }[] = [];
    const turn = createTurns();
    for (const entry of ledger.entries(before)) {
      await turn();
      if (!fits(entry, filter)) continue;
      const marking = markingShown(entry, subject, parts);
      if (marking !== undefined) shown.push({ entry, marking });
      if (shown.length > limit) break;
    }
    const page = shown.slice(0, limit);
    const last = page.at(-1)?.entry.index;
    const isMore = shown.length > limit && last !== undefined;
    return extractOf(
      {
        items: page.map(({ entry }) => entryBody(entry, subject, parts)),
        ...(isMore ? { next: cursors.seal(scope, { offset: BigInt(last), epoch: subject.epoch }, filter) } : {}),
      },
      page.map(({ marking }) => marking),
      policy.homeNation,
    );
  });
};

const DEFAULT_LIMIT = 50;
const NOTE_TYPE = 'text/plain; charset=utf-8';
const NOTE = { produces: 'text/plain' };

/** The copy, while nothing in it contradicts a checkpoint. */
function proofs({ ledger }: Pick<GatewayParts, 'ledger'>): GatewayParts['ledger'] {
  if (ledger.state() === LEDGER_FORKED) throw failClosed({ part: 'ledger' });
  return ledger;
}

/** Only once there is something to answer: a refusal is written as JSON. */
function asText(reply: FastifyReply, note: string): Released<string> {
  void reply.type(NOTE_TYPE).serializer((text: unknown) => text as string);
  return statement(note);
}

function entered(subject: Subject): void {
  if (!subject.mayEnter) throw notFound({});
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound({});
  return value;
}

/** @returns the marking under which this reader is shown the leaf; undefined where they are not. */
function markingShown(entry: LedgerEntry, subject: Subject, { policy, clock }: GatewayParts): Marking | undefined {
  const { who, decision, marking } = entry.leaf;
  const isReviewer = subject.roles.includes('reviewer');
  const isTheirs = who === subject.person && decision === 'RELEASED';
  if (!subject.mayEnter || (!isReviewer && !isTheirs)) return undefined;
  if (typeof marking !== 'string') return UNMARKED; // a denial, the same for hidden and absent
  try {
    const parsed = parse(marking, { homeNation: policy.homeNation });
    return dominates(subject.clearance, parsed, clock.now()) ? parsed : undefined;
  } catch {
    return undefined; // a marking that cannot be read is dominated by nobody
  }
}

function entryBody({ index, text, leaf }: LedgerEntry, subject: Subject, parts: GatewayParts): Record<string, unknown> {
  const { at, who, decision, reason, marking, records, nonce } = leaf;
  const isTheirs = who === subject.person && typeof nonce === 'string';
  return {
    index, at, who, decision, reason, records, text,
    ...(marking === undefined ? {} : { marking }),
    ...(isTheirs ? { salt: leafSalt(parts.ledgerSalt, nonce).toString('base64url') } : {}),
  }; // prettier-ignore
}

interface EntryFilter {
  readonly who?: string;
  readonly decision?: string;
  readonly from?: string;
  readonly to?: string;
}

function fits({ leaf }: LedgerEntry, { who, decision, from, to }: EntryFilter): boolean {
  const at = Date.parse(String(leaf['at']));
  return (
    (who === undefined || leaf['who'] === who) &&
    (decision === undefined || leaf['decision'] === decision) &&
    (from === undefined || at >= Date.parse(from)) &&
    (to === undefined || at <= Date.parse(to))
  );
}

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Hashes = Type.Array(Type.String({ description: 'Base64, 32 bytes.' }));
const EntryBody = Type.Object({
  index: Type.Integer(),
  at: Type.String(),
  who: Type.String(),
  decision: Type.String(),
  reason: Type.String(),
  marking: Type.Optional(Type.String()),
  records: Type.Integer(),
  text: Type.String({ description: 'The leaf, byte for byte: what is hashed.' }),
  salt: Type.Optional(Type.String({ description: 'Opens the leaf’s commitment; base64url; for the person it names.' })),
});

const newest = {
  summary: 'The newest signed checkpoint',
  tags: ['ledger'],
  produces: ['text/plain'],
  querystring: query({}),
  response: { 200: Type.String({ description: 'A signed note: origin, size, root, time, signatures.' }) },
};
const ofSize = {
  ...newest,
  summary: 'The signed checkpoint of a size, if one of the newest has it',
  params: Type.Object({ size: Count }),
};
const inclusion = {
  summary: 'That a leaf is in the tree of a size',
  tags: ['ledger'],
  querystring: query({ index: Count, size: Count }),
  response: {
    200: Type.Object({ index: Type.Integer(), size: Type.Integer(), leafHash: Type.String(), hashes: Hashes }),
  },
};
const consistency = {
  summary: 'That the tree of a size is the beginning of that of another',
  tags: ['ledger'],
  querystring: query({ from: Count, to: Count }),
  response: { 200: Type.Object({ from: Type.Integer(), to: Type.Integer(), hashes: Hashes }) },
};
const one = {
  summary: 'One leaf of your own',
  tags: ['ledger'],
  params: Type.Object({ index: Count }),
  querystring: query({}),
  response: { 200: EntryBody },
};
const list = {
  summary: 'Your releases, newest first; for reviewers everyone’s, and denials',
  tags: ['ledger'],
  querystring: query({
    who: Type.Optional(Type.String({ maxLength: 128 })),
    decision: Type.Optional(Type.String({ maxLength: 32 })),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    ...paging,
  }),
  response: { 200: pageBody(EntryBody) },
};
