// Check 1: what was taken in, by view and by agency; and what is sent on D-1 and taken in by nobody.
// Holds: what is recorded is counted on the bus; judging it asks nobody.

import { fileURLToPath } from 'node:url';
import { cellOf, cellsOf } from '@sitebus/marking';
import { deadTopic, fromWire, obsTopic, opsTopic, type WireMarking } from '@sitebus/sdk';
import { loadRows } from '../player.ts';
import { FOREIGN_ENVELOPE, MARKED_SECRET, REFUSED_FILES } from '../refused.ts';
import { codesOf } from '../send-bad-inputs.ts';
import type { Run } from './checks.ts';
import { INPUTS, MADE_BY_GUARD, MATTERS, NEVER_MEMBERS, WRITTEN, type TrueView } from './ground-truth.ts';
import { drop, until } from './in-memory.ts';

const refusedFolder = fileURLToPath(new URL('../refused/', import.meta.url));
const VIEWS = Object.keys(INPUTS) as TrueView[];

/** A bad file, as it was answered. */
interface BadFile {
  readonly codes: readonly string[];
  readonly known: number;
  readonly isNew: boolean;
  /** Everything refused names its line and what mends it. */
  readonly isExplained: boolean;
}

/** What is recorded of the intake. */
export interface IntakeRecord {
  /** Rows of which there is a record, and rows of which something was refused. */
  readonly made: readonly string[];
  readonly refused: readonly string[];
  /** Observations by agency, and by view that reads them, before anything bad was sent. */
  readonly written: Readonly<Record<string, number>>;
  readonly read: Readonly<Record<string, number>>;
  /** By number of the file. */
  readonly bad: Readonly<Record<string, BadFile>>;
  readonly secret: { readonly status: number; readonly type: string };
  readonly foreign: { readonly isDeadLetter: boolean; readonly isAnnounced: boolean };
  /** Observations that came of all of them, and whether fusion said anything. */
  readonly added: number;
  readonly isSilent: boolean;
}

/** Counts, then sends what must be refused. */
export async function recordIntake(run: Run): Promise<IntakeRecord> {
  const { parts, played } = run;
  const before = envelopesOf(run);
  const cells = before.map(({ marking }) => cellOf(fromWire(marking), parts.policy.cells)?.id ?? '');
  const read = VIEWS.map((view) => {
    const { clearance } = parts.policy.views.find(({ id }) => id === view)!;
    const own = new Set(cellsOf(clearance, parts.policy.cells).map(({ id }) => id));
    return [view, cells.filter((cell) => own.has(cell)).length] as const;
  });
  const written: Record<string, number> = {};
  for (const { agency } of before) written[agency] = (written[agency] ?? 0) + 1;
  const published = (): string => VIEWS.map((view) => played.assessments(view).length).join();
  const said = published();
  const bad: Record<string, BadFile> = {};
  for (const row of await loadRows(refusedFolder)) {
    const answers = await drop(row, refusedFolder, played.services);
    bad[row.row] = {
      codes: codesOf(answers),
      known: new Set(answers.flatMap((answer) => (answer.status === 'accepted' ? [answer.id] : []))).size,
      isNew: answers.some((answer) => answer.status === 'accepted' && answer.known !== true),
      isExplained: answers.every((answer) => answer.status !== 'refused' || (answer.fix !== '' && answer.line >= 1)),
    };
  }
  const [secret, foreign] = [await sendSecret(run), await sendForeign(run)];
  await played.bus.settled();
  return {
    made: [...played.made].sort(),
    refused: played.refused.filter(({ answer }) => answer.status === 'refused').map(({ row }) => row),
    written,
    read: Object.fromEntries(read),
    bad,
    secret,
    foreign,
    added: envelopesOf(run).length - before.length,
    isSilent: published() === said,
  };
}

/** Check 1. */
export function intakeFaults(record: IntakeRecord): readonly string[] {
  const { made, refused, written, read, secret, foreign } = record;
  const told = [...new Set([...Object.values(MATTERS).flat(2), ...NEVER_MEMBERS])];
  const agencies = [...new Set([...Object.keys(WRITTEN), ...Object.keys(written)])];
  const wantedOf = (agency: string): number => (WRITTEN[agency] ?? 0) + (MADE_BY_GUARD[agency] ?? 0);
  return [
    ...told.filter((row) => !made.includes(row)).map((row) => `row ${row} is not there`),
    ...refused.map((row) => `row ${row} is refused`),
    ...agencies.flatMap((agency) => (written[agency] === wantedOf(agency) ? [] : [`${agency} wrote ${written[agency] ?? 0}, not ${wantedOf(agency)}`])),
    ...VIEWS.flatMap((view) => (read[view] === INPUTS[view] ? [] : [`${view} reads ${read[view] ?? 0} records, not ${INPUTS[view]}`])),
    ...badFileFaults(record),
    ...(secret.status === MARKED_SECRET.status && secret.type.endsWith(MARKED_SECRET.type) ? [] : [`a partner’s SECRET is answered with ${secret.status} ${secret.type}`]),
    ...(foreign.isDeadLetter && foreign.isAnnounced ? [] : ['a foreign envelope is not quarantined, or nobody is told']),
    ...(record.added === 1 ? [] : ['the observations are not those from before']), // one: the foreign envelope itself
    ...(record.isSilent ? [] : ['an assessment has changed']),
  ];
} // prettier-ignore

function badFileFaults({ bad }: IntakeRecord): readonly string[] {
  return [...new Set([...Object.keys(REFUSED_FILES), ...Object.keys(bad)])].flatMap((file) => {
    const [wanted, found] = [REFUSED_FILES[file], bad[file]];
    if (wanted === undefined || found === undefined) return [`${file} was not sent, or is unknown`];
    return [
      ...(found.codes.join() === wanted.refused.join() ? [] : [`${file} is refused with ${found.codes.join()}, not ${wanted.refused.join()}`]),
      ...(found.isNew ? [`${file} brings something new`] : []),
      ...(found.known === wanted.known ? [] : [`${file} has ${found.known} known records, not ${wanted.known}`]),
      ...(found.isExplained ? [] : [`${file} is refused without line or fix`]),
    ];
  });
} // prettier-ignore

/** A partner's record with a classification. */
async function sendSecret({ played }: Run): Promise<IntakeRecord['secret']> {
  const { by, view, marking } = MARKED_SECRET;
  const body = { type: 'InfluenceActivity', envelope: { marking } };
  await played.offices?.beat();
  const answer = await played.offices?.ask({ by, view, method: 'POST', path: '/v1/observations', body });
  const { type = '' } = (answer?.body ?? {}) as { readonly type?: string };
  return { status: answer?.status ?? 0, type };
}

/** A ministry's record on the partners' topic: to be quarantined, and the view's operators told. */
async function sendForeign({ played }: Run): Promise<IntakeRecord['foreign']> {
  const { cell, writer, claims } = FOREIGN_ENVELOPE;
  const [record] = played.bus.records(obsTopic(cell, claims));
  if (record === undefined) return { isDeadLetter: false, isAnnounced: false };
  const topic = obsTopic(cell, writer);
  const producer = await played.bus.connect.bus.createProducer();
  await producer.send({ topic, key: String(record.key), value: record.value });
  const isSaid = (place: string): boolean =>
    played.bus.records(place).some(({ value }) => String(value).includes(`"topic":"${topic}"`));
  const found = () => ({ isDeadLetter: isSaid(deadTopic(cell, writer)), isAnnounced: isSaid(opsTopic(cell)) });
  const hasCome = () => Object.values(found()).every((each) => each);
  await until(hasCome, 'a foreign envelope is quarantined and its operators are told').catch(() => undefined);
  return found();
}

/** The envelope of every observation on the bus. */
function envelopesOf({ parts, played }: Run): readonly { readonly agency: string; readonly marking: WireMarking }[] {
  return played.bus.records().flatMap(({ topic, value }) => {
    if (!topic.startsWith('obs.') || value === null) return [];
    const { envelope } = parts.codec.decode(value).value as { readonly envelope: { readonly agency: string; readonly marking: WireMarking } }; // prettier-ignore
    return [envelope];
  });
}
