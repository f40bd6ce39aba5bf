// Commands on data sets: define, collect, freeze, export, retract, take note of a recall.
// Holds: judged by the machine before anything is read; an edition's key is destroyed in the step that keeps its rows; an
// export is put down before it is answered, and says nothing of any row. Source: README.md#machine

import { randomUUID } from 'node:crypto';
import {
  sha256Of,
  RESEARCH_COMMANDS,
  type DatasetArgs,
  type ExportArgs,
  type ResearchCommand,
  type ResearchItem,
} from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import { checked } from './arguments.ts';
import type { Asker } from './asker.ts';
import { datasetItem } from './bodies.ts';
import { COLUMNS, type ColumnName } from './columns.ts';
import { exportOf, isSpilled } from './dataset-file.ts';
import { freeze, fromBytes, toBytes, type FrozenRows } from './freeze.ts';
import { recordsUnreadable, type Refused, type RefusedCode } from './errors.ts';
import type { Keep, Write } from './journal.ts';
import { judgeDataset, possibleForDataset, type Dataset, type DatasetCommand, type DatasetEvent, type Project } from './machine.ts'; // prettier-ignore
import { createKey } from './pseudonym.ts';
import type { AddCommand } from './project-commands.ts';
import type { Room } from './research.ts';

type Command = (id: string, args: unknown, asker: Asker, write: Write) => Promise<ResearchItem>;

/** Makes them over the room. */
export function datasetCommands(
  room: Room,
): Readonly<Record<ResearchCommand, Command>> & { readonly define: AddCommand } {
  const { clock, policy, store } = room;

  /** The caller's own data set, where the command is possible now. */
  const judged = async (asker: Asker, id: string, kind: DatasetCommand['kind']): Promise<Seen> => {
    const seen = await room.ownDataset(asker, id);
    const refused = judgeDataset(seen.dataset, seen.project, kind, asker.person, clock.now());
    return refused === undefined ? { ...seen, id } : refuse(asker, { ...seen, id }, refused);
  };
  const refuse = (asker: Asker, { id, dataset, project }: Seen, refused: Refused): Promise<never> =>
    asker.refuse(refused, id, room.markingOfDataset(dataset, project));
  const say = (asker: Asker, { dataset }: Seen, refused: RefusedCode): Refused => ({
    refused,
    possible: possibleForDataset(dataset, asker.person),
  });
  const happen = async (
    asker: Asker,
    { id, dataset, project }: Seen,
    event: DatasetEvent,
    write: Write,
    keep?: Keep,
  ): Promise<ResearchItem> => {
    const marking = room.markingOfDataset(dataset, project);
    const before = (contentHash: string): Promise<void> =>
      asker.leaf({ decision: 'CHANGED', reason: event.kind, records: [{ id, contentHash }], marking });
    await write('dataset', id, event, before, keep);
    return room.shownDataset(id, asker.person);
  };
  const now = (asker: Asker): { readonly by: string; readonly at: number } => ({ by: asker.person, at: clock.now() });
  const place = ({ id, dataset }: Seen) => ({ dataset: id, edition: dataset.edition });

  /** Rows as they would be frozen now; refused where there are none, or too many. */
  const rowsNow = async (asker: Asker, seen: Seen, key: Uint8Array) => {
    const { dataset, project } = seen;
    const { retentionMs = -1 } = policy.topics.find(({ kind }) => kind === 'obs') ?? {};
    // What the bus keeps no longer would be missing without a word.
    if (retentionMs >= 0 && project.from < clock.now() - retentionMs)
      return refuse(asker, seen, say(asker, seen, 'RECORDS_EXPIRED'));
    const { records, marking, sources } = await room.collect({
      view: project.view,
      types: dataset.types,
      from: project.from,
      to: Math.min(project.to, clock.now() + 1),
    });
    const frozen = freeze(records, dataset.columns, key, policy);
    if (marking === undefined || frozen.rows.length === 0) return refuse(asker, seen, say(asker, seen, 'NOTHING_COLLECTED')); // prettier-ignore
    if (frozen.rows.length > policy.research.maxRows) return refuse(asker, seen, say(asker, seen, 'TOO_MANY_ROWS'));
    return { ...frozen, marking, sources };
  };
  const frozenRows = async (asker: Asker, seen: Seen): Promise<FrozenRows> => {
    if (await isSpilled(room, seen)) return refuse(asker, seen, say(asker, seen, 'SPILLED'));
    const bytes = await store.rowsOf(place(seen));
    const { frozen } = seen.dataset;
    if (bytes === undefined || frozen === undefined || sha256Of(bytes) !== frozen.sha256) throw recordsUnreadable({});
    return { rows: fromBytes(bytes), removed: frozen.removed };
  };

  return {
    async define(args, asker, id, write) {
      const marking = room.markingOf(asker.view);
      const given = await checked<DatasetArgs>(RESEARCH_COMMANDS.dataset, args, asker, id, marking);
      await room.ownProject(asker, given.project);
      const faults = [...typeFaults(given, room.isType), ...columnFaults(given)];
      if (faults.length > 0) return asker.refuse({ refused: 'INVALID_REQUEST', possible: [], faults }, id, marking);
      const { title, types, columns, quasi = [] } = given;
      const names = { columns: columns as readonly ColumnName[], quasi: quasi as readonly ColumnName[] };
      const event = { kind: 'defined', ...now(asker), project: given.project, title, types, ...names } as const;
      await write('dataset', id, event, (contentHash) =>
        asker.leaf({ decision: 'CHANGED', reason: 'defined', records: [{ id, contentHash }], marking }),
      );
      return room.shownDataset(id, asker.person);
    },
    async collect(id, args, asker, write) {
      await checked(RESEARCH_COMMANDS.datasets.collect, args, asker, id, room.markingOf(asker.view));
      const seen = await judged(asker, id, 'collect');
      const edition = seen.dataset.edition + 1;
      const event = { kind: 'collecting', ...now(asker), edition, keyId: randomUUID() } as const;
      return happen(asker, seen, event, write, (kept) =>
        store.beginEdition(kept, { dataset: id, edition }, createKey()),
      );
    },
    async freeze(id, args, asker, write) {
      await checked(RESEARCH_COMMANDS.datasets.freeze, args, asker, id, room.markingOf(asker.view));
      const seen = await judged(asker, id, 'freeze');
      const key = await store.keyOf(place(seen));
      if (key === undefined) throw recordsUnreadable({});
      const { rows, removed, marking, sources } = await rowsNow(asker, seen, key);
      const bytes = toBytes(rows);
      const { edition } = seen.dataset;
      const event = {
        kind: 'frozen',
        ...{
          ...now(asker),
          edition,
          rows: rows.length,
          removed,
          sha256: sha256Of(bytes),
          marking: toWire(marking),
          sources,
        },
      } as const;
      return happen(asker, seen, event, write, (kept) => store.freeze(kept, place(seen), bytes));
    },
    async export(id, args, asker, write) {
      const given = await checked<ExportArgs>(RESEARCH_COMMANDS.datasets.export, args, asker, id, room.markingOf(asker.view)); // prettier-ignore
      const { format, dryRun = false } = given;
      const seen = await judged(asker, id, dryRun ? 'dry-run' : 'export');
      const { dataset } = seen;
      const rows: FrozenRows & { readonly marking?: Marking } =
        dataset.state === 'FROZEN' ? await frozenRows(asker, seen) : await rowsNow(asker, seen, createKey());
      const made = exportOf(room, seen, rows, format);
      if ('sizes' in made) return refuse(asker, seen, { ...say(asker, seen, 'K_UNREACHABLE'), sizes: made.sizes });
      const { bytes, report, marking } = made;
      const shown = (): ResearchItem => {
        const { dataset: after, project: of } = shownNow(room, id);
        return datasetItem(id, after, of, asker.person, marking, { k: policy.research.k, report });
      };
      if (dryRun) {
        await asker.leaf({ decision: 'CHANGED', reason: 'dry-run', records: [{ id }], marking });
        return shown();
      }
      const sha256 = sha256Of(bytes);
      const { edition } = dataset;
      const event = { kind: 'exported', ...now(asker), edition, format, sha256, bytes: bytes.length, report } as const;
      await write('dataset', id, event, (contentHash) => {
        const records = [
          { id, contentHash: sha256 },
          { id, contentHash },
        ]; // the file, and that it was made
        return asker.leaf({ decision: 'EXPORTED', reason: format, records, marking, bytes: bytes.length });
      });
      return shown();
    },
    async retract(id, args, asker, write) {
      const { reason } = await checked<{ reason: string }>(RESEARCH_COMMANDS.datasets.retract, args, asker, id, room.markingOf(asker.view)); // prettier-ignore
      const seen = await judged(asker, id, 'retract');
      const marking = room.markingOfDataset(seen.dataset, seen.project);
      // A leaf for each who has a file: the recall is owed to every one of them by name.
      for (const holder of seen.dataset.holders)
        await asker.leaf({ decision: 'RECALLED', reason: holder, records: [{ id }], marking });
      return happen(asker, seen, { kind: 'retracted', ...now(asker), reason }, write, (kept) =>
        store.retract(kept, id),
      );
    },
    async acknowledge(id, args, asker, write) {
      await checked(RESEARCH_COMMANDS.datasets.acknowledge, args, asker, id, room.markingOf(asker.view));
      const seen = await judged(asker, id, 'acknowledge');
      return happen(asker, seen, { kind: 'recall-acknowledged', ...now(asker) }, write);
    },
  };
}

interface Seen {
  readonly id: string;
  readonly dataset: Dataset;
  readonly project: Project;
}

function shownNow({ journal }: Room, id: string): { readonly dataset: Dataset; readonly project: Project } {
  const dataset = journal.known().datasets.get(id)!;
  return { dataset, project: journal.known().projects.get(dataset.project)! };
}

function typeFaults({ types }: DatasetArgs, isType: (type: string) => boolean) {
  return types.flatMap((type, at) =>
    isType(type) ? [] : [{ pointer: `/types/${at}`, code: 'NO_SUCH_TYPE', detail: 'is no type of observation' }],
  );
}

function columnFaults({ columns, quasi = [] }: DatasetArgs) {
  const fault = (list: 'columns' | 'quasi', at: number, code: string, detail: string) => ({
    pointer: `/${list}/${at}`,
    code,
    detail,
  });
  return [
    ...columns.flatMap((name, at) =>
      Object.hasOwn(COLUMNS, name) ? [] : [fault('columns', at, 'NO_SUCH_COLUMN', 'is no column of data sets')],
    ),
    ...quasi.flatMap((name, at) => {
      if (!columns.includes(name)) return [fault('quasi', at, 'NO_SUCH_COLUMN', 'is not among the columns')];
      const role = Object.hasOwn(COLUMNS, name) ? COLUMNS[name as ColumnName].role : 'label';
      return role === 'token' || role === 'text'
        ? [fault('quasi', at, 'NOT_COARSENABLE', 'cannot be made coarser')]
        : [];
    }),
  ];
}
