// /v1/feedback: what recipients say of products; what was not passed on, why, and until when.
// Holds: nothing is decided here. Source: README.md#feedback

import { FEEDBACK_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { addMatterRoutes } from './matters.ts';

/** Routes of feedback. */
export const feedbackRoutes: Routes = async (app, parts) => {
  const { open, forward, 'not-forward': notForward } = FEEDBACK_COMMANDS;
  addMatterRoutes(app, parts, {
    kind: 'feedback',
    path: '/v1/feedback',
    summaries: { open: 'Says of a product whether it helped', list: 'Feedback, newest first', one: 'One person’s feedback' },
    open,
    shown: {
      productId: Type.String(),
      useful: Type.String(),
      action: Type.String(),
      from: Type.String(),
      notForwarded: Type.Array(Type.Object({ reason: Type.String(), reviewBy: Type.String() })),
    },
    commands: {
      forward: { summary: 'Says that it was passed on after all', body: forward },
      'not-forward': { summary: 'Keeps it back for another time, with a reason', body: notForward },
    },
  });
}; // prettier-ignore
