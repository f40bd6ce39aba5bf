// GET /v1/ledger/…: checkpoints and proofs, and the leaves of one's own releases; `tree=denials`: the same of what was denied.
// Holds: that there is a tree of denials is a reviewer's to see, and nobody else's; a ledger's size tells how busy its view is, so it is told to those who may enter the view (the public view's to
// anyone); a leaf is shown to the person it names and to reviewers, and only while they dominate its marking; the salt that
// opens a leaf goes to that person alone, of a denial to reviewers, who can test an id against it; who received a product is told of
// one that the reviewer is shown. Source: RFC 9162 §2.1.3, §2.1.4; C2SP signed-note; README.md#ledger

import { dominates, parse } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { LedgerTree } from '@sitebus/sdk/merkle';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { failClosed, notFound } from '../errors.ts';
import type { LedgerCopy, LedgerEntry } from '../ledger-copy.ts';
import { LEDGER_FORKED } from '../ledger-copy.ts';
import { leafSalt } from '@sitebus/kit';
import { createTurns, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { extractOf, statement, UNMARKED } from '../release.ts';
import type { Released } from '../release.ts';
import { isNamed, leafTag } from '../spills/leaf-tags.ts';
import { isShownProduct } from '../shown-product.ts';
import type { Subject } from '../subject.ts';

/** Routes of the ledger. */
export const ledgerRoutes: Routes = async (app, parts) => {
  const { cursors, view, subjects, policy } = parts;

  app.get('/v1/ledger/checkpoint', { schema: newest, config: NOTE }, async (request, reply) => {
    return asText(reply, found(treeFor(request, parts).newest(request.query.before)).note);
  });

  app.get('/v1/ledger/checkpoints/:size', { schema: ofSize, config: NOTE }, async (request, reply) => {
    return asText(reply, found(treeFor(request, parts).checkpoint(request.params.size)).note);
  });

  app.get('/v1/ledger/proof/inclusion', { schema: inclusion }, async (request) => {
    const { index, size } = request.query;
    return statement({ index, size, ...found(treeFor(request, parts).inclusion(index, size)) });
  });

  app.get('/v1/ledger/proof/consistency', { schema: consistency }, async (request) => {
    const { from, to } = request.query;
    return statement({ from, to, hashes: found(treeFor(request, parts).consistency(from, to)) });
  });

  app.get('/v1/ledger/entries/:index', { schema: one }, async (request) => {
    const subject = subjects.current(request.subject.identity);
    const entry = treeOf(request.query.tree, subject, parts).entry(request.params.index);
    const marking = entry && markingShown(entry, subject, parts);
    if (entry === undefined || marking === undefined) throw notFound({}); // not yours and not there are one answer
    return extractOf(entryBody(entry, subject, parts), [marking], policy.homeNation);
  });

  app.get('/v1/ledger/entries', { schema: list }, async (request) => {
    const subject = subjects.current(request.subject.identity);
    const { limit = DEFAULT_LIMIT, cursor, tree, ...filter } = request.query;
    const { product } = filter;
    const tag = product === undefined ? undefined : leafTag(parts.ledgerSalt, product);
    // Who read a record that one may not know of is told no more than who read one that is not there: their own releases alone.
    const isOfAll =
      product === undefined || !subject.roles.includes('reviewer') || (await isShownProduct(parts, subject, product));
    const entries = treeOf(tree, subject, parts);
    const scope = { person: subject.person, view: view.id, resource: tree === 'denials' ? 'denials' : 'ledger' };
    const before = cursor === undefined ? undefined : Number(cursors.open(scope, cursor, filter).offset);
    const shown: { readonly entry: LedgerEntry; readonly marking: Marking }[] = [];
    const turn = createTurns();
    for (const entry of entries.entries(before)) {
      await turn();
      if (!isOfAll && entry.leaf['who'] !== subject.person) continue;
      if (!fits(entry, filter) || (tag !== undefined && !isNamed(entry.leaf['named'], tag))) continue;
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

/** The tree that is asked for, of a view that the caller may enter, while nothing in it contradicts a checkpoint. */
function treeFor(
  request: { readonly subject: Subject; readonly query: { readonly tree?: LedgerTree } },
  parts: GatewayParts,
): LedgerCopy {
  if (!request.subject.mayEnter) throw notFound({});
  const tree = treeOf(request.query.tree, request.subject, parts);
  if (tree.state() === LEDGER_FORKED) throw failClosed({ part: 'ledger' });
  return tree;
}

/** To everyone but a reviewer of the view there is one tree. */
function treeOf(tree: LedgerTree | undefined, subject: Subject, { ledger, denials }: GatewayParts): LedgerCopy {
  if (tree !== 'denials') return ledger;
  if (!subject.mayEnter || !subject.roles.includes('reviewer')) throw notFound({});
  return denials;
}

/** Only once there is something to answer: a refusal is written as JSON. */
function asText(reply: FastifyReply, note: string): Released<string> {
  void reply.type(NOTE_TYPE).serializer((text: unknown) => text as string);
  return statement(note);
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
  const isTheirs = (who === subject.person || decision === 'WITHHELD') && typeof nonce === 'string'; // only reviewers see denials
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

const Tree = {
  tree: Type.Optional(
    Type.Union([Type.Literal('releases'), Type.Literal('denials')], {
      description: 'Default releases; denials are for reviewers.',
    }),
  ),
};
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
  salt: Type.Optional(
    Type.String({
      description: 'Opens the leaf’s commitment; base64url; for the person it names, and reviewers of a denial.',
    }),
  ),
});

const newest = {
  summary: 'The newest signed checkpoint',
  tags: ['ledger'],
  produces: ['text/plain'],
  querystring: query({
    ...Tree,
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The newest of fewer leaves than so many: from one to the one before it.',
      }),
    ),
  }),
  response: { 200: Type.String({ description: 'A signed note: origin, size, root, time, signatures.' }) },
};
const ofSize = {
  ...newest,
  querystring: query({ ...Tree }),
  summary: 'The signed checkpoint of a size, if one of the newest has it',
  params: Type.Object({ size: Count }),
};
const inclusion = {
  summary: 'That a leaf is in the tree of a size',
  tags: ['ledger'],
  querystring: query({ ...Tree, index: Count, size: Count }),
  response: {
    200: Type.Object({ index: Type.Integer(), size: Type.Integer(), leafHash: Type.String(), hashes: Hashes }),
  },
};
const consistency = {
  summary: 'That the tree of a size is the beginning of that of another',
  tags: ['ledger'],
  querystring: query({ ...Tree, from: Count, to: Count }),
  response: { 200: Type.Object({ from: Type.Integer(), to: Type.Integer(), hashes: Hashes }) },
};
const one = {
  summary: 'One leaf of your own',
  tags: ['ledger'],
  params: Type.Object({ index: Count }),
  querystring: query({ ...Tree }),
  response: { 200: EntryBody },
};
const list = {
  summary: 'Your releases, newest first; for reviewers everyone’s, or the denials',
  tags: ['ledger'],
  querystring: query({
    ...Tree,
    who: Type.Optional(Type.String({ maxLength: 128 })),
    product: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Id of a record that was released; of denials none is named.',
      }),
    ),
    decision: Type.Optional(Type.String({ maxLength: 32 })),
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    ...paging,
  }),
  response: { 200: pageBody(EntryBody) },
};
