// What becomes of one observation that was refused: an answer with its faults, and its bytes kept where they may lie.
// Holds: bytes are never kept below a marking that can be read in them; with an unreadable one, in the agency’s highest cell.
// Source: README.md#submitting

import { createHash } from 'node:crypto';
import { createMarking, isWithin, joinAll, type Marking } from '@sitebus/marking';
import type { ObservationJson } from '@sitebus/kit';
import { isRefusal, type AvroObject, type Fault, type ItemAnswer } from '@sitebus/sdk';
import { givenMarking } from './given-marking.ts';
import type { ImportParts } from './import-file.ts';
import { readRecord } from './json-to-record.ts';
import { cellsOfAgency } from './publish-port.ts';
import { at, listAt, objectAt } from './untrusted.ts';

/** Keeps the bytes where its markings say, for redrive; nowhere when this agency may write no cell that may hold them. */
export async function refuseItem(
  item: ObservationJson,
  line: number,
  faults: readonly Fault[],
  parts: ImportParts,
): Promise<ItemAnswer> {
  const [first] = faults;
  if (first === undefined) throw new Error('a refusal has a fault');
  const bytes = Buffer.from(JSON.stringify(item), 'utf8');
  const cell = cellFor(item, parts);
  const headers = { format: 'observation', codes: [...new Set(faults.map(({ code }) => code))].sort().join(' ') };
  if (cell === undefined)
    parts.log.warn({ agency: parts.agency, codes: headers.codes }, 'refused bytes may lie nowhere');
  else await keep(cell, bytes, headers, parts);
  const more =
    faults.length > 1
      ? `; ${faults.length - 1} more: ${faults
          .slice(1)
          .map(({ pointer, code }) => `${pointer} ${code}`)
          .join(', ')}`
      : '';
  return {
    line,
    status: 'refused',
    code: first.code,
    pointer: first.pointer,
    reason: `${first.detail}${more}`,
    fix: first.hint ?? 'correct it and send it again',
  };
}

async function keep(
  cell: string,
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  { publisher, log, agency }: ImportParts,
): Promise<void> {
  try {
    await publisher.keepRefused(cell, { key: createHash('sha256').update(bytes).digest('hex'), value: bytes, headers });
  } catch (cause) {
    if (!isRefusal(cause) || cause.retriable) throw cause;
    log.warn({ agency, cell, code: cause.code }, 'refused bytes could not be kept');
  }
}

/**
 * The lowest cell that holds the join of everything marked in it, paragraphs included: an envelope that says too little
 * must not carry them down. What is unmarked or unreadable goes to the highest cell the agency may write.
 */
function cellFor(item: ObservationJson, parts: ImportParts): string | undefined {
  const cells = cellsOfAgency(parts.policy, parts.agency);
  const paragraphs = [...listAt(objectAt(item, 'report'), 'portions'), ...listAt(item, 'portions')];
  const markings = [item['envelope'], ...paragraphs].map((marked) => readMarking(at(marked, 'marking'), parts));
  const readable = markings.filter((marking) => marking !== undefined);
  const floor = joinAll(readable.length > 0 ? readable : [UNMARKED]);
  const fitting = cells.find((id) =>
    parts.policy.cells.some((cell) => cell.id === id && isWithin(floor, cell.ceiling)),
  );
  return readable.length === markings.length || fitting === undefined ? fitting : cells.at(-1);
}

const UNMARKED = createMarking({ classified: 'UNCLASSIFIED' });

function readMarking(marking: unknown, parts: ImportParts): Marking | undefined {
  const { value } = readRecord({ envelope: { marking } }, MARKED, parts.policy.homeNation);
  const read = givenMarking(value, parts);
  return 'faults' in read ? undefined : read;
}

/** Just enough schema to read a marking where an envelope has it. */
const MARKED: AvroObject = {
  type: 'record',
  name: 'Marked',
  fields: [
    {
      name: 'envelope',
      type: {
        type: 'record',
        name: 'MarkedEnvelope',
        fields: [{ name: 'marking', type: { type: 'record', name: 'ca.sitebus.observation.Marking', fields: [] } }],
      },
    },
  ],
};
