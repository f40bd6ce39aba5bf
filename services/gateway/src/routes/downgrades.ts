// /v1/downgrades: the same content again under a lower marking, by a grant of two persons and every origin.

import { GUARD_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { MarkingBody, SignatureBody } from '../shapes/bodies.ts';
import { addDisclosureRoutes } from './disclosures.ts';

const { request, sign, refuse, apply } = GUARD_COMMANDS.downgrade;

/** Routes of downgrades. */
export const downgradeRoutes: Routes = async (app, parts) => {
  addDisclosureRoutes(app, parts, {
    kind: 'downgrade',
    path: '/v1/downgrades',
    summaries: {
      request: 'Asks for a lower marking of an observation that you read',
      list: 'Downgrades of what you read, newest first',
      one: 'One downgrade: its grant, and the text that is signed',
    },
    request,
    recordIn: 'record',
    shown: {
      record: Type.String(),
      from: MarkingBody,
      to: MarkingBody,
      contentHash: Type.String({ description: 'SHA-256 of the record as it lies on the bus.' }),
      reason: Type.String(),
      expires: Type.String(),
      signatures: Type.Array(SignatureBody),
      awaiting: Type.Array(Type.String(), { description: 'Originating agencies that have not signed yet.' }),
      toSign: Type.String({ description: 'What is signed: Ed25519 over exactly this text.' }),
      applied: Type.Optional(Type.String({ description: 'Id of the new observation.' })),
    },
    commands: {
      sign: { summary: 'Signs the grant', body: sign },
      refuse: { summary: 'Refuses it for your agency', body: refuse },
      apply: { summary: 'Applies the grant, once: a new observation', body: apply },
    },
  });
};
