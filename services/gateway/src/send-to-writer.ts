// Hands one item to the one agency that may write its record type, on behalf of somebody who may enter it there: a platform
// its own ads, the ministry its accounts.
// Holds: the gateway writes nothing; the agency's own service judges, marks and answers; a refusal names what was sent.
// Source: README.md#public-matters

import type { FastifyReply, FastifyRequest } from 'fastify';
import { cellsOf } from '@sitebus/marking';
import type { ImportFormat, ItemAnswer } from '@sitebus/sdk';
import { notDurable } from './errors.ts';
import type { GatewayParts } from './parts.ts';
import { problemOfItem } from './publishing.ts';
import { statement } from './release.ts';
import type { Released } from './release.ts';
import { keyOf } from './routes/disclosures.ts';

/** What is sent where. */
export interface Entry {
  readonly agency: string;
  readonly format: ImportFormat;
  readonly source: string;
  /** Columns of the format; what is undefined is left out. */
  readonly row: Readonly<Record<string, unknown>>;
  /** The body's name of a column, where a fault is shown at its place. */
  readonly fieldOf: (column: string) => string;
}

/** What became of it. `flags` are what the service remarked; without `id` there was nothing to observe yet. */
export interface EntryAnswer {
  readonly id?: string;
  readonly cell?: string;
  readonly outcome: string;
  readonly flags: readonly string[];
}

const FLAG = 'flag ';

/** Sends it once for an idempotency key. Throws `invalid-observation` and its kin where it is refused. */
export async function sendToWriter(
  parts: GatewayParts,
  request: FastifyRequest,
  reply: FastifyReply,
  entry: Entry,
  status: 201 | 202,
): Promise<Released<EntryAnswer>> {
  const { subject, url } = request;
  const { view, policy, idempotency, intakes } = parts;
  const scope = `${subject.person} POST ${new URL(url, 'http://gateway').pathname}`;
  const { answer, replayed } = await idempotency.once<EntryAnswer & object>(
    { scope, key: keyOf(request), body: request.body },
    async () => {
      const intake = intakes(entry.agency);
      if (intake === undefined) throw notDurable({}, new Error('the agency has no service here'));
      const cells = cellsOf(view.clearance, policy.cells).map(({ id }) => id); // nobody publishes above the view they name
      const content = Buffer.from(JSON.stringify(entry.row));
      const onBehalfOf = { person: subject.person, agency: entry.agency, cells };
      for await (const item of intake.importFile(entry.format, entry.source, content, onBehalfOf))
        if (!('summary' in item)) return answerOf(item, entry);
      throw notDurable({}, new Error('no answer from the intake'));
    },
  );
  if (replayed) reply.header('idempotency-replayed', 'true');
  reply.code(status);
  if (answer.id !== undefined) reply.header('location', `/v1/observations/${answer.id}`);
  return statement(answer);
}

function answerOf(item: ItemAnswer, { fieldOf }: Entry): EntryAnswer {
  if (item.status !== 'accepted') {
    if (item.status === 'refused') throw problemOfItem({ ...item, pointer: pointerIn(item.pointer, fieldOf) });
    return { outcome: item.code, flags: [] };
  }
  const flags = (item.warnings ?? []).flatMap((each) => (each.startsWith(FLAG) ? [each.slice(FLAG.length)] : []));
  return { id: item.id, cell: item.cell, outcome: 'ACCEPTED', flags };
}

/** `/0/platform_id` of the service is `/platformId` of the body. */
function pointerIn(pointer: string | undefined, fieldOf: (column: string) => string): string {
  const column = /^\/0\/(.+)$/.exec(pointer ?? '')?.[1];
  return column === undefined ? '' : `/${fieldOf(column)}`;
}
