// /v1/sitreps, /v1/sitrep-series: situation reports, each in the rendition of the view that is asked.
// Holds: nothing is decided here; a report is named by its number, newest first where two series have it; a paragraph without a
// mark is refused by its place. Source: README.md#sitreps

import { SITREP_COMMANDS, SITREP_SERIES_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { GatewayParts, Routes } from '../parts.ts';
import type { Subject } from '../subject.ts';
import { addMatterRoutes, askProtocol, callerOf } from './matters.ts';
import { sitrepAsFile, sitrepAsPage } from './sitrep-documents.ts';

const Open = Type.Object({}, { additionalProperties: true });
const List = Type.Array(Open);

/** Routes of situation reports and their series. */
export const sitrepRoutes: Routes = async (app, parts) => {
  const { contribute, nil, approve, issue, correct } = SITREP_COMMANDS;
  addMatterRoutes(app, parts, {
    kind: 'sitrep',
    path: '/v1/sitreps',
    summaries: { list: 'Situation reports, newest first', one: 'One report, in the rendition of this view' },
    hasPast: true,
    isProduct: true,
    alsoAs: {
      'text/html': (request, reply) => sitrepAsPage(parts, request, reply),
      'application/pdf': (request, reply) => sitrepAsFile(parts, request, reply),
    },
    idNamed: (name, subject) => reportNumbered(parts, name, subject),
    shown: {
      number: Type.Integer(),
      version: Type.Integer({ description: '0 until it is issued.' }),
      electionId: Type.String(),
      cadence: Type.String(),
      cutOff: Type.String(),
      contributions: Type.Array(Open, { description: 'How each member stands: SUBMITTED, NIL or LATE.' }),
      lateContributions: Type.Array(Type.String()),
      sections: List,
      gaps: Open,
      difference: Type.Optional(Open),
      distribution: Type.Array(Type.String()),
      corrections: List,
      stuckSince: Type.Optional(Type.String()),
    },
    commands: {
      contribute: { summary: 'Contributes paragraphs, each with its mark', body: contribute },
      nil: { summary: 'Says that your agency has nothing to report', body: nil, needsNoBody: true },
      approve: { summary: 'Approves it, as the chair of policy', body: approve, needsNoBody: true },
      issue: { summary: 'Sends it to named persons', body: issue },
      correct: { summary: 'Corrects it, and recalls what was sent', body: correct },
    },
  });

  addMatterRoutes(app, parts, {
    kind: 'sitrep-series',
    path: '/v1/sitrep-series',
    summaries: { open: 'Begins a series of reports', list: 'Series of reports', one: 'One series' },
    open: SITREP_SERIES_COMMANDS.open,
    shown: {
      electionId: Type.String(),
      cadence: Type.String(),
      number: Type.Integer({ description: 'Of the report that was opened last.' }),
      cutOff: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
    },
    commands: { stop: { summary: 'Ends a series; the report that is open is still compiled', body: SITREP_SERIES_COMMANDS.stop } },
  });
}; // prettier-ignore

/** The newest report of this number in this view; a name that is no number is an id. */
async function reportNumbered(parts: GatewayParts, name: string, subject: Subject): Promise<string | undefined> {
  if (!/^\d{1,6}$/.test(name)) return name;
  const reports = await askProtocol(parts, (protocol) => protocol.list('sitrep', callerOf(parts, subject)));
  return reports.find(({ body }) => body['number'] === Number(name))?.id;
}
