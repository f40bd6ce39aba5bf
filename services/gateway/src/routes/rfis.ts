// /v1/rfis: questions to agencies, and what they answer; each answer is released by its own marking.
// Holds: nothing is decided here. Source: README.md#rfis

import { RFI_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { addMatterRoutes } from './matters.ts';

/** Routes of requests for information. */
export const rfiRoutes: Routes = async (app, parts) => {
  const { open, answer, close } = RFI_COMMANDS;
  addMatterRoutes(app, parts, {
    kind: 'rfi',
    path: '/v1/rfis',
    summaries: { open: 'Asks agencies a question', list: 'Questions, newest first', one: 'One question with its answers' },
    open,
    shown: {
      question: Type.String(),
      toAgencies: Type.Array(Type.String()),
      dueAt: Type.String(),
      askedBy: Type.String(),
      about: Type.Optional(Type.String({ description: 'Id of the product that it is about.' })),
      awaiting: Type.Array(Type.String(), { description: 'Agencies that have not answered.' }),
      isPastDue: Type.Boolean(),
      reason: Type.Optional(Type.String()),
      answers: Type.Array(Type.Object({}, { additionalProperties: true })),
    },
    commands: {
      answer: { summary: 'Answers for your agency', body: answer },
      close: { summary: 'Closes it', body: close },
    },
  });
}; // prettier-ignore
