// The research room as gateways ask it: who may, what happens, what is shown.
// Holds: a person at arm's length who is a member of the project, in the view it was registered in, and nobody else; what a
// command changes is on the ledger before it counts; a file is on the record as sent before its bytes are handed out.
// Source: README.md

import { randomUUID } from 'node:crypto';
import type { GuardCaller, ResearchFile, ResearchFormat, ResearchItem, ResearchPort } from '@sitebus/kit';
import { cellsOf, createMarking, joinAll, type Marking } from '@sitebus/marking';
import { fromWire, type Clock, type Policy } from '@sitebus/sdk';
import { askerOf, type Asker, type PeopleRegistry } from './asker.ts';
import { catalogueEntry, datasetItem, projectItem } from './bodies.ts';
import type { Collect } from './collect.ts';
import { datasetCommands } from './dataset-commands.ts';
import { filesOf } from './dataset-file.ts';
import type { Journal } from './journal.ts';
import type { Dataset, Project } from './machine.ts';
import { projectCommands } from './project-commands.ts';
import { researchClearance } from './research-clearance.ts';
import type { ResearchLedger } from './research-ledger.ts';
import type { Skipped } from './skipped.ts';
import type { ResearchStore } from './store/store.ts';

/** What the room is made of. */
export interface ResearchParts {
  readonly store: ResearchStore;
  readonly journal: Journal;
  readonly ledger: ResearchLedger;
  readonly collect: Collect;
  readonly skipped: Skipped;
  /** Whether observations of this short name can be on the bus. */
  readonly isType: (type: string) => boolean;
  readonly people: PeopleRegistry;
  readonly policy: Policy;
  readonly clock: Clock;
}

/** What commands are carried out with. */
export interface Room extends ResearchParts {
  /** Of everything a project says of itself: as high as what its view lets research read. */
  readonly markingOf: (view: string) => Marking;
  /** Of a data set: of its project, and of everything it was frozen from. */
  readonly markingOfDataset: (dataset: Dataset, project: Project) => Marking;
  /** The caller's own, or RESEARCH_UNKNOWN. */
  ownProject(asker: Asker, id: string): Promise<Project>;
  ownDataset(asker: Asker, id: string): Promise<{ readonly dataset: Dataset; readonly project: Project }>;
  shownDataset(id: string, by: string): ResearchItem;
}

/** Makes the room. */
export function createResearch(parts: ResearchParts): ResearchPort {
  const room = roomOf(parts);
  const { journal } = parts;
  const asking = (by: GuardCaller, id: string): Promise<Asker> => askerOf(by, id, room);
  const projects = projectCommands(room);
  const datasets = datasetCommands(room);
  const fileOf = filesOf(room);
  const isOwn = (project: Project | undefined, { person, view }: Pick<Asker, 'person' | 'view'>): boolean =>
    project !== undefined && project.view === view && project.members.includes(person);

  const all = (kind: 'project' | 'dataset', asker: Asker): readonly ResearchItem[] => {
    const known = journal.known();
    if (kind === 'project')
      return [...known.projects]
        .filter(([, project]) => isOwn(project, asker))
        .map(([id, project]) => projectItem(id, project, room.markingOf(project.view)));
    return [...known.datasets]
      .filter(([, { project }]) => isOwn(known.projects.get(project), asker))
      .map(([id]) => room.shownDataset(id, asker.person));
  };
  return {
    add: (what, args, by) =>
      journal.run(async (write) => {
        const id = randomUUID();
        const asker = await asking(by, id);
        return what === 'dataset' ? datasets.define(args, asker, id, write) : projects[what](args, asker, id, write);
      }),
    command: (id, name, args, by) =>
      journal.run(async (write) => datasets[name](id, args, await asking(by, id), write)),
    async find(kind, id, by) {
      const asker = await asking(by, id);
      return all(kind, asker).find((item) => item.id === id);
    },
    list: async (kind, by) => newestFirst(all(kind, await asking(by, kind))),
    catalogue: async (view) =>
      newestFirst(
        [...journal.known().projects]
          .filter(([, project]) => project.view === view)
          .map(([id, project]) => catalogueEntry(id, project, room.markingOf(view))),
      ),
    file: (id: string, format: ResearchFormat, by: GuardCaller): Promise<ResearchFile> =>
      journal.run(async (write) => fileOf(id, format, await asking(by, id), write)),
  };
}

function roomOf(parts: ResearchParts): Room {
  const { journal, policy } = parts;
  const markings = new Map<string, Marking>();
  const room: Room = {
    ...parts,
    markingOf(view) {
      const marking = markings.get(view) ?? markingOfView(policy, view);
      markings.set(view, marking);
      return marking;
    },
    markingOfDataset: ({ frozen }, { view }) =>
      frozen === undefined ? room.markingOf(view) : joinAll([room.markingOf(view), fromWire(frozen.marking)]),
    async ownProject(asker, id) {
      const project = journal.known().projects.get(id);
      const isOwn = project?.view === asker.view && project.members.includes(asker.person);
      return isOwn ? project : asker.unknown(id, room.markingOf(asker.view));
    },
    async ownDataset(asker, id) {
      const dataset = journal.known().datasets.get(id);
      const project = dataset === undefined ? undefined : journal.known().projects.get(dataset.project);
      const isOwn = project?.view === asker.view && project.members.includes(asker.person);
      if (dataset === undefined || project === undefined || !isOwn)
        return asker.unknown(id, room.markingOf(asker.view));
      return { dataset, project };
    },
    shownDataset(id, by) {
      const dataset = journal.known().datasets.get(id)!;
      const project = journal.known().projects.get(dataset.project)!;
      const marking = room.markingOfDataset(dataset, project);
      return datasetItem(id, dataset, project, by, marking, { k: policy.research.k });
    },
  };
  return room;
}

/** The join of the ceilings that research reads there; above the open cell for those in its group. */
function markingOfView(policy: Policy, view: string): Marking {
  const cells = cellsOf(researchClearance(policy, view), policy.cells);
  const ceiling = joinAll(cells.map((cell) => cell.ceiling));
  return cells.length > 1 ? createMarking({ ...ceiling, needToKnow: [[policy.research.group]] }) : ceiling;
}

function newestFirst(items: readonly ResearchItem[]): readonly ResearchItem[] {
  return [...items].sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1));
}
