// The candidates of an election as reference data: who may be named, by a public id `cand:<election>/<riding>/<slug>`.
// Holds: an item is a row; nothing is observed, so every good row is noted and skipped with its reason; one person and
// riding, one id, whatever the spelling of accents; two of one id are not told apart by guessing. Source: README.md#candidates

import type { Election } from '@sitebus/sdk';
import type { JournalNote } from '../journal.ts';
import { toDayMs } from '../instants.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import { createTally } from '../tally.ts';
import { readRows, type WrittenRow } from './written-rows.ts';

const CANDIDATE = 'candidate';
const REQUIRED = ['riding', 'last_name', 'first_name'];

/** A candidate of an election, as published. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly riding: string;
  readonly party: string | null;
}

/** Reads lists of candidates. The election is named, or is the one of policy that polls on the day stated. */
export const candidatesReader: FormatReader = {
  format: 'candidates',
  read(content, context) {
    const tally = createTally();
    const notes = new Map<string, JournalNote>();
    for (const row of readRows(content, context, tally)) {
      const candidate = readCandidate(row, context);
      if (candidate === null) continue;
      if (notes.has(candidate.id)) {
        row.refuse('last_name', 'DUPLICATE', 'another row of this riding has the same name', 'tell the two apart in their names'); // prettier-ignore
        continue;
      }
      notes.set(candidate.id, { kind: CANDIDATE, key: candidate.id, value: { ...candidate } });
      row.item.skip({ code: 'NOTED', reason: `reference data, kept as ${candidate.id}`, fix: 'nothing' });
    }
    return { ...tally.reading(), notes: [...notes.values()] };
  },
};

/** The candidates noted so far, by id. */
export function candidatesOf({ notesOf }: Pick<ReadingContext, 'notesOf'>): ReadonlyMap<string, Candidate> {
  return new Map((notesOf?.(CANDIDATE) ?? new Map<string, unknown>()) as ReadonlyMap<string, unknown>) as ReadonlyMap<string, Candidate>; // prettier-ignore
}

/** The public id of a candidate. */
export function candidateId(electionId: string, riding: string, name: string): string {
  return `cand:${electionId}/${slugOf(riding)}/${slugOf(name)}`;
}

function readCandidate(row: WrittenRow, { policy, mapping }: ReadingContext): Candidate | null {
  const missing = REQUIRED.find((column) => row.text(column) === undefined);
  if (missing !== undefined) return row.refuse(missing, 'MISSING_COLUMN', `${missing} is empty`, `give ${missing}`);
  const dayMs = toDayMs(row.text('polling_day') ?? '', mapping.dateFormat ?? 'yyyy-mm-dd');
  const election = electionOf(row.text('election_id'), dayMs, policy.elections);
  if (election === undefined)
    return row.refuse('election_id', 'UNKNOWN_ELECTION', 'policy knows no such election', 'name an election of policy, or its polling day'); // prettier-ignore
  const riding = row.text('riding') ?? '';
  const name = `${row.text('first_name') ?? ''} ${row.text('last_name') ?? ''}`;
  if (slugOf(riding) === '' || slugOf(name) === '')
    return row.refuse('riding', 'BAD_VALUE', 'riding or name has no letter that an id can hold', 'spell it in Latin letters'); // prettier-ignore
  return { id: candidateId(election.id, riding, name), name, riding, party: row.text('party') ?? null };
}

function electionOf(
  id: string | undefined,
  pollingMs: number | undefined,
  elections: readonly Election[],
): Election | undefined {
  if (id !== undefined) return elections.find((each) => each.id === id);
  return elections.find(({ pollingDay }) => pollingMs !== undefined && Date.parse(pollingDay) === pollingMs);
}

/** Lower-case letters and digits without accents, hyphens between. */
function slugOf(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
