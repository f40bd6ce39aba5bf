// Check 1: what was taken in, by view and by agency; and what is sent on D-1 and taken in by nobody.

import { fileURLToPath } from 'node:url';
import { cellOf, cellsOf } from '@sitebus/marking';
import { deadTopic, fromWire, obsTopic, opsTopic, type WireMarking } from '@sitebus/sdk';
import { loadRows } from '../player.ts';
import { FOREIGN_ENVELOPE, MARKED_SECRET, REFUSED_FILES } from '../refused.ts';
import { ROWS } from '../rows.ts';
import type { Checking } from './checks.ts';
import { DOWNGRADE } from './downgrade-act.ts';
import { INPUTS, MATTERS, NEVER_MEMBERS, WRITTEN, type TrueView } from './ground-truth.ts';
import { drop, until } from './in-memory.ts';

const refusedFolder = fileURLToPath(new URL('../refused/', import.meta.url));
const VIEWS = Object.keys(INPUTS) as TrueView[];

/** Check 1, what is there. */
export function countFaults({ parts, played }: Checking): readonly string[] {
  const told = [...new Set([...Object.values(MATTERS).flat(2), ...NEVER_MEMBERS])];
  const written = new Map<string, number>();
  for (const { agency } of [...Object.values(ROWS), DOWNGRADE]) written.set(agency, (written.get(agency) ?? 0) + 1);
  const cells = cellsWritten({ parts, played });
  return [
    ...told.filter((row) => !played.made.has(row)).map((row) => `row ${row} is not there`),
    ...played.refused.filter(({ answer }) => answer.status === 'refused').map(({ row }) => `row ${row} is refused`),
    ...Object.entries(WRITTEN).flatMap(([agency, count]) => (written.get(agency) === count ? [] : [`${agency} wrote ${written.get(agency) ?? 0}, not ${count}`])),
    ...VIEWS.flatMap((view) => {
      const { clearance } = parts.policy.views.find(({ id }) => id === view)!;
      const own = new Set(cellsOf(clearance, parts.policy.cells).map(({ id }) => id));
      const count = cells.filter((cell) => own.has(cell)).length;
      return count === INPUTS[view] ? [] : [`${view} reads ${count} records, not ${INPUTS[view]}`];
    }),
  ];
} // prettier-ignore

/** Check 1, what is refused; afterwards everything is as before. */
export async function refusedFaults(checking: Checking): Promise<readonly string[]> {
  const { parts, played } = checking;
  const faults: string[] = [];
  const before = cellsWritten(checking).length;
  const published = () => VIEWS.map((view) => played.assessments(view).length).join();
  const said = published();
  for (const row of await loadRows(refusedFolder)) {
    const wanted = REFUSED_FILES[row.row];
    const answers = await drop(row, refusedFolder, played.services);
    const codes = [...new Set(answers.flatMap((answer) => (answer.status === 'refused' ? [answer.code] : [])))];
    const isNew = answers.some((answer) => answer.status === 'accepted' && answer.known !== true);
    const known = new Set(answers.flatMap((answer) => (answer.status === 'accepted' ? [answer.id] : []))).size;
    const unexplained = answers.filter((answer) => answer.status === 'refused' && (answer.fix === '' || answer.line < 1));
    if (JSON.stringify(codes) !== JSON.stringify(wanted?.refused)) faults.push(`${row.row} is refused with ${codes.join()}, not ${wanted?.refused.join() ?? ''}`);
    if (isNew) faults.push(`${row.row} brings something new`);
    if (known !== wanted?.known) faults.push(`${row.row} has ${known} known records, not ${wanted?.known ?? 0}`);
    if (unexplained.length > 0) faults.push(`${row.row} is refused without line or fix`);
  }
  faults.push(...(await secretFaults(checking)), ...(await foreignFaults(checking)));
  await played.bus.settled();
  if (cellsWritten(checking).length !== before + 1) faults.push('the observations are not those from before'); // one: the foreign envelope itself
  if (published() !== said) faults.push('an assessment has changed');
  return parts.policy.views.length === 0 ? ['there are no views'] : faults;
} // prettier-ignore

/** A partner's record with a classification. */
async function secretFaults({ played }: Checking): Promise<readonly string[]> {
  const { by, view, status, type, marking } = MARKED_SECRET;
  const body = { type: 'InfluenceActivity', envelope: { marking } };
  await played.offices?.beat();
  const answer = await played.offices?.ask({ by, view, method: 'POST', path: '/v1/observations', body });
  const said = (answer?.body as { readonly type?: string } | undefined)?.type ?? '';
  return answer?.status === status && said.endsWith(type) ? [] : [`a partner’s SECRET is answered with ${answer?.status ?? 0} ${said}`]; // prettier-ignore
}

/** A ministry's record on the partners' topic: quarantined, and the view's operators are told. */
async function foreignFaults({ played }: Checking): Promise<readonly string[]> {
  const { cell, writer, claims } = FOREIGN_ENVELOPE;
  const [record] = played.bus.records(obsTopic(cell, claims));
  if (record === undefined) return [`${claims} has written nothing in ${cell}`];
  const topic = obsTopic(cell, writer);
  const producer = await played.bus.connect.bus.createProducer();
  await producer.send({ topic, key: String(record.key), value: record.value });
  const isSaid = (place: string): boolean =>
    played.bus.records(place).some(({ value }) => String(value).includes(`"topic":"${topic}"`));
  const hasCome = () => isSaid(deadTopic(cell, writer)) && isSaid(opsTopic(cell));
  await until(hasCome, 'a foreign envelope is quarantined and its operators are told').catch(() => undefined);
  return hasCome() ? [] : ['a foreign envelope is not quarantined, or nobody is told'];
}

/** The cell of every observation on the bus. */
function cellsWritten({ parts, played }: Pick<Checking, 'parts' | 'played'>): readonly string[] {
  return played.bus.records().flatMap(({ topic, value }) => {
    if (!topic.startsWith('obs.') || value === null) return [];
    const { envelope } = parts.codec.decode(value).value as { readonly envelope: { readonly marking: WireMarking } };
    return [cellOf(fromWire(envelope.marking), parts.policy.cells)?.id ?? ''];
  });
}
