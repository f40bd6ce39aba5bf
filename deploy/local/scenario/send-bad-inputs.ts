// Sends a running stack everything that it must refuse: files, a partner's record over HTTP, and one on the bus.
// Holds: each is said to be refused only where it was, with the code that the scenario states (refused.ts); nothing is retried.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { recordAt } from '@sitebus/kit';
import { agencyPrincipal, deadTopic, groupOf, GUARD_PRINCIPAL, obsTopic, type ItemAnswer } from '@sitebus/sdk';
import type { Stack } from '../stack.ts';
import { dropFile, loadRows, type World } from './player.ts';
import { FOREIGN_ENVELOPE, MARKED_SECRET, REFUSED_FILES } from './refused.ts';
import type { ScenarioRow } from './row.ts';

/** What became of one of them. */
export interface Refused {
  readonly what: string;
  /** With what it was refused. */
  readonly code: string;
  /** What was not as it must be; absent where all was. */
  readonly fault?: string;
}

const WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 100;

/** Sends them one after the other. @returns one outcome for each, in the order of sending. */
export async function sendBadInputs(
  stack: Pick<Stack, 'gateway' | 'tokens' | 'busOf'>,
  world: Pick<World, 'taken' | 'settled'>,
  from: {
    readonly source: string;
    readonly inboxOf: (agency: string) => string;
    readonly pollingDayMs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly Refused[]> {
  const outcomes: Refused[] = [];
  for (const row of await loadRows(from.source)) outcomes.push(await sendFile(row, world, from));
  outcomes.push(await sendSecret(stack, from.signal), await sendForeign(stack, from.signal));
  await world.settled();
  return outcomes;
}

async function sendFile(
  row: ScenarioRow,
  world: Pick<World, 'taken'>,
  { source, inboxOf, pollingDayMs }: Parameters<typeof sendBadInputs>[2],
): Promise<Refused> {
  const inbox = inboxOf(row.agency);
  await world.taken(row.agency, () => dropFile(row, { source, inbox, pollingDayMs }));
  const answered = await readFile(join(inbox, `${row.dropAs}.answer.json`), 'utf8').catch(() => undefined);
  const { answers: items = [] } =
    answered === undefined ? {} : (JSON.parse(answered) as { readonly answers?: readonly ItemAnswer[] });
  const codes = codesOf(items);
  const isNew = items.some((item) => item.status === 'accepted' && item.known !== true);
  const wanted = REFUSED_FILES[row.row]?.refused ?? [];
  const said = { what: `${row.agency} ${row.dropAs}`, code: codes.join(', ') };
  if (codes.join() !== wanted.join()) return { ...said, fault: `${codes.join() || 'nothing'}, not ${wanted.join()}` };
  return isNew ? { ...said, fault: 'something of it is new' } : said;
}

/** Codes of what is refused in a file, each once, in the order of its items. */
export function codesOf(items: readonly ItemAnswer[]): readonly string[] {
  return [...new Set(items.flatMap((item) => (item.status === 'refused' ? [item.code] : [])))];
}

async function sendSecret(
  { gateway, tokens }: Pick<Stack, 'gateway' | 'tokens'>,
  signal: AbortSignal,
): Promise<Refused> {
  const { by, view, status, type, marking } = MARKED_SECRET;
  const token = tokens.find(({ person }) => person.person === by)?.token ?? '';
  const answer = await fetch(`${gateway}/v1/observations?view=${view}`, {
    method: 'POST',
    signal,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': 'bad-input-secret',
    },
    body: JSON.stringify({ type: 'InfluenceActivity', envelope: { marking } }),
  });
  const said = ((await answer.json()) as { readonly type?: string }).type ?? '';
  const outcome = { what: `a record of ${by} marked SECRET`, code: `${answer.status} ${said.split(':').at(-1) ?? ''}` };
  return answer.status === status && said.endsWith(type)
    ? outcome
    : { ...outcome, fault: `answered with ${outcome.code}` };
}

/** A ministry's record, once more, on the partners' topic: as whoever holds the partners' credentials could. */
async function sendForeign({ busOf }: Pick<Stack, 'busOf'>, signal: AbortSignal): Promise<Refused> {
  const { cell, writer, claims, code } = FOREIGN_ENVELOPE;
  const outcome = { what: `a record on ${obsTopic(cell, writer)} whose envelope says ${claims}`, code };
  const reader = busOf(GUARD_PRINCIPAL);
  const [place] = (await reader.inspect.ends(obsTopic(cell, claims))).filter(({ earliest, next }) => earliest < next);
  if (place === undefined) return { ...outcome, fault: `${claims} has written nothing in ${cell}` };
  const groupId = groupOf(GUARD_PRINCIPAL, `bad-input.${randomUUID().slice(0, 8)}`);
  const record = await recordAt(reader, { ...place, offset: place.earliest }, { groupId, withinMs: WITHIN_MS });
  if (record === undefined || record === 'unanswered')
    return { ...outcome, fault: 'what was to be sent again was not read' };
  const own = busOf(agencyPrincipal(writer, cell));
  const lettersNow = async (): Promise<bigint> => (await own.inspect.ends(deadTopic(cell, writer))).reduce((sum, { next }) => sum + next, 0n); // prettier-ignore
  const before = await lettersNow();
  const producer = await own.createProducer();
  await producer.send({ topic: obsTopic(cell, writer), key: String(record.key), value: record.value });
  await producer.close();
  const giveUpAt = performance.now() + WITHIN_MS;
  while ((await lettersNow()) <= before) {
    if (signal.aborted || performance.now() > giveUpAt) return { ...outcome, fault: 'it is in no dead letter' };
    await pause(LOOK_AGAIN_MS);
  }
  return outcome;
}
