// The file of a data set: made from its frozen rows each time, and the same each time.
// Holds: a file is handed out to a member, of a set that was exported, when an export would be possible now, and never of one
// that was made from a record which was spilled since; that it was
// sent to this person is kept before its bytes are answered. Source: README.md#files

import { sha256Of, type ResearchFile, type ResearchFormat } from '@sitebus/kit';
import { joinAll, print, type Marking } from '@sitebus/marking';
import type { Asker } from './asker.ts';
import { datasetItem } from './bodies.ts';
import { quasiOf } from './columns.ts';
import { recordsUnreadable } from './errors.ts';
import { fileNameOf, toFile } from './files.ts';
import { fromBytes, type FrozenRows } from './freeze.ts';
import type { Write } from './journal.ts';
import { anonymise, type ExportReport } from './k-anonymity.ts';
import { judgeDataset, possibleForDataset, type Dataset, type Project } from './machine.ts';
import type { Room } from './research.ts';
import { restsOnSkipped } from './skipped.ts';

/** A file, or the sizes of the groups that stand in its way. */
export type Exported =
  | { readonly bytes: Buffer; readonly report: ExportReport; readonly marking: Marking }
  | { readonly sizes: readonly number[] };

/** @returns what the rows make as a file. */
export function exportOf(
  { policy, markingOfDataset }: Pick<Room, 'policy' | 'markingOfDataset'>,
  { dataset, project }: { readonly dataset: Dataset; readonly project: Project },
  { rows, removed, marking: read }: FrozenRows & { readonly marking?: Marking },
  format: ResearchFormat,
): Exported {
  const made = anonymise(rows, quasiOf(dataset.columns, dataset.quasi), policy.research);
  if ('sizes' in made) return made;
  const marking = joinAll([markingOfDataset(dataset, project), ...(read === undefined ? [] : [read])]);
  const report = { removed, ...made.report };
  const head = { marking: print(marking, { homeNation: policy.homeNation }), report };
  return { bytes: toFile(format, dataset.columns, made.rows, head), report, marking };
}

/** Whether a frozen edition was made from a record that must not be read any more: its rows are then handed to nobody. */
export async function isSpilled(
  { skipped }: Pick<Room, 'skipped'>,
  { dataset: { frozen }, project }: { readonly dataset: Dataset; readonly project: Project },
): Promise<boolean> {
  return restsOnSkipped(await skipped(project.view), frozen?.sources);
}

/** Makes the hand-out of files. */
export function filesOf(
  room: Room,
): (id: string, format: ResearchFormat, asker: Asker, write: Write) => Promise<ResearchFile> {
  const { store, clock, policy } = room;
  return async (id, format, asker, write) => {
    const { dataset, project } = await room.ownDataset(asker, id);
    const marking = room.markingOfDataset(dataset, project);
    const refused = judgeDataset(dataset, project, 'fetch', asker.person, clock.now());
    if (refused !== undefined) return asker.refuse(refused, id, marking);
    const exported = dataset.exports.find((each) => each.format === format);
    if (exported === undefined) return asker.unknown(id, marking);
    if (await isSpilled(room, { dataset, project }))
      return asker.refuse({ refused: 'SPILLED', possible: possibleForDataset(dataset, asker.person) }, id, marking);
    const { edition } = dataset;
    const kept = await store.rowsOf({ dataset: id, edition });
    if (kept === undefined || sha256Of(kept) !== dataset.frozen?.sha256) throw recordsUnreadable({});
    const rows = { rows: fromBytes(kept), removed: dataset.frozen.removed };
    const made = exportOf(room, { dataset, project }, rows, format);
    if ('sizes' in made || sha256Of(made.bytes) !== exported.sha256)
      throw new Error('a data set does not make the file that was exported'); // a defect: nothing may leave by it
    const { bytes } = made;
    const event = { kind: 'fetched', by: asker.person, at: clock.now(), edition, format } as const;
    await write('dataset', id, event, (contentHash) => {
      const records = [
        { id, contentHash: exported.sha256 },
        { id, contentHash },
      ]; // the file, and that it was sent
      return asker.leaf({ decision: 'EXPORTED', reason: `file ${format}`, records, marking, bytes: bytes.length });
    });
    const item = datasetItem(id, dataset, project, asker.person, marking, { k: policy.research.k });
    return {
      ...item,
      body: { dataset: id, edition, format, sha256: exported.sha256, bytes: bytes.length },
      bytes,
      fileName: fileNameOf(print(marking, { homeNation: policy.homeNation }), id, edition, format),
      mediaType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet',
    };
  };
}
