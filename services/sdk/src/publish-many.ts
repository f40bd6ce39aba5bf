// Publishes a stream of drafts, many at a time, and tells what became of each in the order of the input.
// Holds: accepted + refused = items read; a refusal costs its draft only; the source is read no faster than the bus takes.

import type { Draft } from './draft.ts';
import { isRefusal, type Refusal } from './errors.ts';
import type { Fault } from './fault.ts';
import type { BatchSummary, ItemAnswer } from './item-answer.ts';

/** Observations under way at once; more would only wait in the queue of the bus. */
const MAX_UNDER_WAY = 1_000;

/** How a stream is followed and ended. After `signal` nothing further is read; what was read is answered. */
export interface PublishManyOptions {
  readonly onItem?: ((answer: ItemAnswer) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects only with what the source or `onItem` throws, or with an error that is no refusal. */
export async function publishMany(
  drafts: Iterable<Draft> | AsyncIterable<Draft>,
  publish: (draft: Draft) => Promise<{ readonly id: string; readonly cell: string }>,
  { onItem = () => undefined, signal }: PublishManyOptions = {},
): Promise<BatchSummary> {
  const underWay: Promise<ItemAnswer>[] = [];
  const tally = { accepted: 0, refused: 0, skipped: 0 };
  const tell = async (): Promise<void> => {
    const answer = await underWay.shift();
    if (answer === undefined) return;
    tally[answer.status] += 1;
    onItem(answer);
  };
  let items = 0;
  for await (const draft of drafts) {
    items += 1;
    const answer = toAnswer(items, publish(draft));
    answer.catch(() => undefined); // told below; a bug must not become an unhandled rejection on the way
    underWay.push(answer);
    if (underWay.length >= MAX_UNDER_WAY) await tell();
    if (signal?.aborted) break;
  }
  while (underWay.length > 0) await tell();
  return { items, ...tally };
}

async function toAnswer(
  line: number,
  publishing: Promise<{ readonly id: string; readonly cell: string }>,
): Promise<ItemAnswer> {
  try {
    const { id, cell } = await publishing;
    return { line, status: 'accepted', id, cell };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return toRefused(line, error);
  }
}

function toRefused(line: number, { code, retriable, details }: Refusal): ItemAnswer {
  const [first, ...more] = Array.isArray(details['faults']) ? (details['faults'] as readonly Fault[]) : [];
  if (first === undefined) {
    const fix = retriable ? 'send it again' : 'see the table of failures in the README of the SDK';
    return { line, status: 'refused', code, reason: `the bus answered ${code}`, fix };
  }
  const others =
    more.length === 0 ? '' : `; ${more.length} more: ${more.map((one) => `${one.pointer} ${one.code}`).join(', ')}`;
  return {
    line,
    status: 'refused',
    code: first.code,
    pointer: first.pointer,
    reason: `${first.detail}${others}`,
    fix: first.hint ?? 'correct it and send it again',
  };
}
