// What is shown of projects and data sets, as JSON of the API.
// Holds: pure; the catalogue says title, window and published outputs, and nothing else of a project.

import type { ResearchItem } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import type { ExportReport } from './k-anonymity.ts';
import { possibleForDataset, recallsOwed, type Dataset, type Project } from './machine.ts';

type Body = ResearchItem['body'];

const instant = (ms: number): string => new Date(ms).toISOString();

/** @returns a project for its members. */
export function projectItem(id: string, project: Project, marking: Marking): ResearchItem {
  const { title, agreement, members, ethicsRef, atMs } = project;
  const body: Body = {
    title,
    window: windowOf(project),
    embargoUntil: instant(project.embargoUntil),
    members,
    ...(ethicsRef === undefined ? {} : { ethicsRef }),
    ...(agreement === undefined ? {} : { agreement: agreementOf(agreement) }),
    outputs: outputsOf(project),
  };
  return { kind: 'project', id, marking, atMs, body };
}

/** @returns a data set for its members; `more`: what a command came to. */
export function datasetItem(
  id: string,
  dataset: Dataset,
  project: Project,
  by: string,
  marking: Marking,
  more: { readonly k: number; readonly report?: ExportReport },
): ResearchItem {
  const { frozen, exports, retracted, keyId, edition, state, title, types, columns, quasi } = dataset;
  const { agreement, ethicsRef } = project;
  const body: Body = {
    project: dataset.project,
    state,
    title,
    window: windowOf(project),
    embargoUntil: instant(project.embargoUntil),
    ...(ethicsRef === undefined ? {} : { ethicsRef }),
    ...(agreement === undefined ? {} : { agreement: agreementOf(agreement) }),
    types,
    columns,
    quasi,
    edition,
    pseudonymisation: { ...(keyId === undefined ? {} : { keyId }), k: more.k },
    ...(frozen === undefined ? {} : { frozen: { rows: frozen.rows, sha256: frozen.sha256, at: instant(frozen.at) } }),
    exports: exports.map(({ format, sha256, bytes, report, at }) => ({
      format,
      sha256,
      bytes,
      ...report,
      at: instant(at),
    })),
    outputs: outputsOf(project),
    ...(retracted === undefined
      ? {}
      : {
          retracted: { reason: retracted.reason, at: instant(retracted.at) },
          recalls: { owed: recallsOwed(dataset), acknowledged: dataset.acknowledged },
        }),
    ...(more.report ?? {}),
    possible: possibleForDataset(dataset, by).filter((name) => name !== 'fetch' && name !== 'dry-run'),
  };
  return { kind: 'dataset', id, marking, atMs: dataset.atMs, body };
}

/** @returns what everybody may know of a project. */
export function catalogueEntry(id: string, project: Project, marking: Marking): ResearchItem {
  const body: Body = { title: project.title, window: windowOf(project), outputs: outputsOf(project) };
  return { kind: 'catalogue-entry', id, marking, atMs: project.atMs, body };
}

function windowOf({ from, to }: Project): Body {
  return { from: instant(from), to: instant(to) };
}

function agreementOf({ documentSha256, with: other, allowsText, by, at }: NonNullable<Project['agreement']>): Body {
  return { documentSha256, with: other, allowsText, signedBy: by, signedAt: instant(at) };
}

function outputsOf({ outputs }: Project): readonly Body[] {
  return outputs.map(({ id, title, url, at }) => ({ id, title, url, registeredAt: instant(at) }));
}
