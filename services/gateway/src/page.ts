// One page of a list: filled after the release check, under one ledger leaf, with a sealed cursor to the next.
// Holds: what is not released changes neither the size of a page nor its cursor; no totals. Source: README.md#lists

import { Type, type TProperties, type TSchema } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CursorPosition, Cursors, CursorScope } from './cursor.ts';
import { cursorStale } from './errors.ts';
import type { Stored } from './read-model/model.ts';
import type { Body } from './redact.ts';
import { isWithheld } from './release.ts';
import type { Judged, Monitor, Released } from './release.ts';
import type { Subject } from './subject.ts';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
/** Records looked at between two turns of the event loop, so that one long scan does not hold up every reader. */
const SCAN_SLICE = 100;

/** Counts what a scan looks at; await it for each record. */
export function createTurns(): () => Promise<void> | undefined {
  let scanned = 0;
  return () => ((scanned += 1) % SCAN_SLICE === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined);
}

/** A query string: these parameters, `view`, and nothing else. */
export const query = <P extends TProperties>(properties: P) =>
  Type.Object(
    {
      ...properties,
      view: Type.Optional(Type.String({ maxLength: 64, description: 'One of your views; default your home view.' })),
    },
    { additionalProperties: false },
  );

/** Parameters of every list. */
export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ maxLength: 400, description: '`next` of the page before.' })),
};

/** The body of every list. */
export const pageBody = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) }, { additionalProperties: false });

/** A page as it is written. */
export interface Page {
  readonly items: readonly Body[];
  readonly next?: string;
}

/** What a list needs beside its source. */
export interface ListParts {
  readonly monitor: Monitor;
  readonly cursors: Cursors;
}

/** Answers one page and sets `Link: rel="next"`. */
export async function answerPage<R extends Stored>(
  { monitor, cursors }: ListParts,
  request: FastifyRequest,
  reply: FastifyReply,
  list: {
    readonly subject: Subject;
    readonly scope: CursorScope;
    /** Bound into the cursor: everything of the query but limit and cursor. */
    readonly filter: Readonly<Record<string, unknown>>;
    readonly from: (cursor: CursorPosition | undefined) => AsyncIterable<R>;
    readonly keep: (judged: Judged & { readonly record: R }) => boolean;
    readonly positionOf: (record: R) => Partial<CursorPosition>;
    /** What is kept beside the records of a page, asked for once they are chosen; they are judged anew with it. */
    readonly beside?: (records: readonly R[]) => Promise<readonly R[]>;
    /** Whether what stands before a cursor's position is gone by retention, or with the store it was sealed for. */
    readonly isStale?: (position: CursorPosition) => boolean | Promise<boolean>;
  },
): Promise<Released<Page>> {
  const { limit = DEFAULT_LIMIT, cursor } = request.query as { limit?: number; cursor?: string };
  const position = cursor === undefined ? undefined : cursors.open(list.scope, cursor, list.filter);
  if (position !== undefined && (await list.isStale?.(position)) === true) throw cursorStale({});
  const judged: (Judged & { readonly record: R })[] = [];
  const turn = createTurns();
  for await (const record of list.from(position)) {
    await turn();
    const outcome = monitor.judge(record, list.subject);
    if (isWithheld(outcome)) continue;
    const kept = { ...outcome, record };
    if (list.keep(kept)) judged.push(kept);
    if (judged.length > limit) break;
  }
  const chosen = judged.slice(0, limit);
  const last = chosen.at(-1)?.record;
  const next =
    judged.length > limit && last !== undefined
      ? cursors.seal(list.scope, { ...list.positionOf(last), epoch: list.subject.epoch }, list.filter)
      : undefined;
  const shown =
    list.beside === undefined
      ? chosen
      : (await list.beside(chosen.map(({ record }) => record)))
          .map((record) => monitor.judge(record, list.subject))
          .flatMap((each) => (isWithheld(each) ? [] : [each]));
  const released = await monitor.releaseAll(shown, list.subject, 'LIST', (bodies) => ({
    items: bodies,
    ...(next === undefined ? {} : { next }),
  }));
  if (next !== undefined) reply.header('link', `<${withCursor(request.url, next)}>; rel="next"`);
  return released;
}

function withCursor(url: string, cursor: string): string {
  const [path = '', search = ''] = url.split('?');
  const parameters = new URLSearchParams(search);
  parameters.set('cursor', cursor);
  return `${path}?${parameters.toString()}`;
}
