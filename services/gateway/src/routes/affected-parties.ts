// /v1/affected-parties: whether somebody who is affected is told; the default is to tell.
// Holds: nothing is decided here; each command says what it has read. Source: README.md#affected-parties

import { AFFECTED_PARTY_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { addMatterRoutes } from './matters.ts';

const Open = Type.Object({}, { additionalProperties: true });

/** Routes of decisions on affected parties. */
export const affectedPartyRoutes: Routes = async (app, parts) => {
  const { notify, withhold } = AFFECTED_PARTY_COMMANDS;
  addMatterRoutes(app, parts, {
    kind: 'affected-party',
    path: '/v1/affected-parties',
    summaries: { list: 'Decisions on affected parties, newest first', one: 'One decision' },
    shown: {
      party: Type.String(),
      about: Type.String(),
      category: Type.String(),
      dueAt: Type.String({ description: 'Until when somebody decides, or it is told.' }),
      escalations: Type.Integer(),
      text: Type.Optional(Open),
      proposed: Type.Optional(Open),
      withheld: Type.Optional(Open),
      notifiedAt: Type.Optional(Type.String()),
    },
    commands: {
      notify: { summary: 'Tells them now', body: notify, needsNoBody: true },
      withhold: { summary: 'Proposes to wait until a day; a second person who says the same decides it', body: withhold },
    },
  });
}; // prettier-ignore
