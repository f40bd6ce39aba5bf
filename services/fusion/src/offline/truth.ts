// Which observations belong together, as a file says: what a grouping is judged by, and never fed.
// Holds: one label an observation; the first bad line refuses the whole file, because a truth with holes judges wrongly.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { truthInvalid } from '../errors.ts';

/** Reads `{obsId, campaign}` a line, other fields ignored. Rejects with TRUTH_INVALID naming the line (0: the file). */
export async function loadTruth(file: string): Promise<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() === '') continue;
      const { obsId, campaign } = parse(text);
      if (typeof obsId !== 'string' || typeof campaign !== 'string')
        throw truthInvalid({ file, line, reason: 'must have obsId and campaign, both text' });
      if (labels.has(obsId)) throw truthInvalid({ file, line, reason: 'repeats an obsId' });
      labels.set(obsId, campaign);
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'TRUTH_INVALID') throw cause;
    throw truthInvalid({ file, line, reason: 'cannot be read as a JSON object a line' }, cause);
  }
  if (labels.size === 0) throw truthInvalid({ file, line, reason: 'has no lines' });
  return labels;
}

function parse(text: string): { readonly obsId?: unknown; readonly campaign?: unknown } {
  return (JSON.parse(text.replace(/^\ufeff/, '')) ?? {}) as object;
}
