// A research project and its data sets: `decide*` says what happens, `evolve*` what it changes.
// Holds: pure. Nothing is exported without a signed agreement, an ethics reference and an embargo that has ended; collection
// begins inside the declared window alone; each edition has a key of its own; what was retracted is exported no more, and
// its recall is owed to everybody who was sent it. Source: README.md#machine

import type { Bilingual, WireMarking } from '@sitebus/sdk';
import type { ColumnName } from './columns.ts';
import type { ExportReport } from './k-anonymity.ts';
import type { Refused, RefusedCode } from './errors.ts';
import type { Sources } from './sources.ts';

/** The two formats of a file. */
export type ExportFormat = 'csv' | 'parquet';

/** What every event says beside what happened. */
export interface Happened {
  readonly by: string;
  /** UTC milliseconds. */
  readonly at: number;
}

/** What is agreed with the team, by the document that its lead signed. */
export interface Agreement {
  /** SHA-256 of the signed document, hexadecimal. */
  readonly documentSha256: string;
  /** The other party. */
  readonly with: string;
  readonly allowsText: boolean;
}

/** What happens to a project. */
export type ProjectEvent = Happened &
  (
    | {
        readonly kind: 'registered';
        readonly view: string;
        readonly title: Bilingual;
        readonly from: number;
        /** Exclusive. */
        readonly to: number;
        readonly embargoUntil: number;
        readonly ethicsRef?: string;
        readonly members: readonly string[];
      }
    | ({ readonly kind: 'agreement-signed'; readonly ethicsRef?: string } & Agreement)
    | { readonly kind: 'output-registered'; readonly id: string; readonly title: Bilingual; readonly url: string }
  );

/** A project as its events have made it. */
export interface Project {
  readonly view: string;
  readonly title: Bilingual;
  readonly from: number;
  readonly to: number;
  readonly embargoUntil: number;
  readonly ethicsRef?: string;
  /** Who may see anything unpublished of it; the lead first. */
  readonly members: readonly string[];
  readonly agreement?: Agreement & Happened;
  readonly outputs: readonly { readonly id: string; readonly title: Bilingual; readonly url: string; readonly at: number }[];
  readonly atMs: number;
} // prettier-ignore

/** What happens to a data set. */
export type DatasetEvent = Happened &
  (
    | {
        readonly kind: 'defined';
        readonly project: string;
        readonly title: string;
        readonly types: readonly string[];
        readonly columns: readonly ColumnName[];
        readonly quasi: readonly ColumnName[];
      }
    | { readonly kind: 'collecting'; readonly edition: number; readonly keyId: string }
    | { readonly kind: 'frozen'; readonly edition: number; readonly rows: number; readonly sha256: string; readonly removed: number; readonly marking: WireMarking; readonly sources?: Sources }
    | { readonly kind: 'exported'; readonly edition: number; readonly format: ExportFormat; readonly sha256: string; readonly bytes: number; readonly report: ExportReport }
    | { readonly kind: 'fetched'; readonly edition: number; readonly format: ExportFormat }
    | { readonly kind: 'retracted'; readonly reason: string }
    | { readonly kind: 'recall-acknowledged' }
  ); // prettier-ignore

/** States of a data set. */
export type DatasetState = 'DEFINED' | 'COLLECTING' | 'FROZEN' | 'RETRACTED';

/** A data set as its events have made it. */
export interface Dataset {
  readonly state: DatasetState;
  readonly project: string;
  readonly title: string;
  readonly types: readonly string[];
  readonly columns: readonly ColumnName[];
  readonly quasi: readonly ColumnName[];
  /** From 1; 0 before anything was collected. */
  readonly edition: number;
  readonly keyId?: string;
  readonly frozen?: { readonly rows: number; readonly sha256: string; readonly removed: number; readonly marking: WireMarking; readonly sources?: Sources; readonly at: number };
  /** Of this edition. */
  readonly exports: readonly { readonly format: ExportFormat; readonly sha256: string; readonly bytes: number; readonly report: ExportReport; readonly at: number }[];
  /** Everybody who was sent a file of any edition, each once, in the order of the first. */
  readonly holders: readonly string[];
  readonly retracted?: { readonly reason: string; readonly at: number };
  /** Holders who took note of the recall. */
  readonly acknowledged: readonly string[];
  readonly atMs: number;
} // prettier-ignore

/** What a person may ask of a data set. */
export type DatasetCommand =
  | { readonly kind: 'collect'; readonly keyId: string }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'export' }
  | { readonly kind: 'dry-run' }
  | { readonly kind: 'fetch' }
  | { readonly kind: 'retract' }
  | { readonly kind: 'acknowledge' };

/** @returns undefined where the command may go on, else why not. `now`: UTC milliseconds. */
export function judgeDataset(
  dataset: Dataset,
  project: Project,
  command: DatasetCommand['kind'],
  by: string,
  now: number,
): Refused | undefined {
  const possible = possibleForDataset(dataset, by);
  const refuse = (refused: RefusedCode, more: Partial<Refused> = {}): Refused => ({ refused, possible, ...more });
  if (!possible.includes(command)) return refuse('ILLEGAL_TRANSITION');
  switch (command) {
    case 'collect':
      return now < project.from || now >= project.to ? refuse('OUTSIDE_WINDOW') : undefined;
    case 'freeze':
      return textFault(dataset, project) ? refuse('TEXT_NOT_AGREED') : undefined;
    case 'export':
    case 'fetch':
      if (project.agreement === undefined) return refuse('NO_AGREEMENT');
      if (project.ethicsRef === undefined) return refuse('NO_ETHICS_REFERENCE');
      if (textFault(dataset, project)) return refuse('TEXT_NOT_AGREED');
      return now < project.embargoUntil
        ? refuse('EMBARGOED', { until: new Date(project.embargoUntil).toISOString() })
        : undefined;
    case 'dry-run':
    case 'retract':
    case 'acknowledge':
      return undefined;
  }
}

/** @returns the names of the commands that this person may give in this state. */
export function possibleForDataset({ state, exports, holders, acknowledged }: Dataset, by: string): readonly string[] {
  switch (state) {
    case 'DEFINED':
      return ['collect'];
    case 'COLLECTING':
      return ['freeze', 'dry-run', 'retract'];
    case 'FROZEN':
      return ['collect', 'export', 'dry-run', ...(exports.length > 0 ? ['fetch'] : []), 'retract'];
    case 'RETRACTED':
      return holders.includes(by) && !acknowledged.includes(by) ? ['acknowledge'] : [];
  }
}

/** @returns the project with one event taken in. */
export function evolveProject(project: Project | undefined, event: ProjectEvent): Project {
  switch (event.kind) {
    case 'registered': {
      const { kind: _kind, by: _by, at, ...rest } = event;
      return { ...rest, outputs: [], atMs: at };
    }
    case 'agreement-signed': {
      const { kind: _kind, ethicsRef, ...agreement } = event;
      return { ...project!, agreement, ...(ethicsRef === undefined ? {} : { ethicsRef }) };
    }
    case 'output-registered': {
      const { id, title, url, at } = event;
      return { ...project!, outputs: [...project!.outputs, { id, title, url, at }] };
    }
  }
}

/** @returns the data set with one event taken in. */
export function evolveDataset(dataset: Dataset | undefined, event: DatasetEvent): Dataset {
  switch (event.kind) {
    case 'defined': {
      const { kind: _kind, by: _by, at, ...rest } = event;
      return { ...rest, state: 'DEFINED', edition: 0, exports: [], holders: [], acknowledged: [], atMs: at };
    }
    case 'collecting': {
      const { frozen: _before, ...rest } = dataset!;
      return { ...rest, state: 'COLLECTING', edition: event.edition, keyId: event.keyId, exports: [] };
    }
    case 'frozen': {
      const { rows, sha256, removed, marking, sources, at } = event;
      return {
        ...dataset!,
        state: 'FROZEN',
        frozen: { rows, sha256, removed, marking, ...(sources && { sources }), at },
      };
    }
    case 'exported': {
      const { format, sha256, bytes, report, at } = event;
      const others = dataset!.exports.filter((each) => each.format !== format); // the same bytes again
      return { ...dataset!, exports: [...others, { format, sha256, bytes, report, at }] };
    }
    case 'fetched':
      return dataset!.holders.includes(event.by) ? dataset! : { ...dataset!, holders: [...dataset!.holders, event.by] };
    case 'retracted':
      return { ...dataset!, state: 'RETRACTED', retracted: { reason: event.reason, at: event.at } };
    case 'recall-acknowledged':
      return { ...dataset!, acknowledged: [...dataset!.acknowledged, event.by] };
  }
}

/** @returns who has a file of it and has not taken note that it was retracted. */
export function recallsOwed({ state, holders, acknowledged }: Dataset): readonly string[] {
  return state === 'RETRACTED' ? holders.filter((holder) => !acknowledged.includes(holder)) : [];
}

function textFault({ columns }: Dataset, { agreement }: Project): boolean {
  return columns.includes('text') && agreement?.allowsText !== true;
}
