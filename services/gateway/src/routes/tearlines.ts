// /v1/tearlines: a lower observation made from a higher one, word by word approved by its originators.

import { GUARD_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { MarkingBody, SignatureBody } from '../shapes/bodies.ts';
import { addDisclosureRoutes } from './disclosures.ts';

const { request, draft, submit, approve, refuse, publish, withdraw } = GUARD_COMMANDS.tearline;

/** Routes of tearlines. */
export const tearlineRoutes: Routes = async (app, parts) => {
  addDisclosureRoutes(app, parts, {
    kind: 'tearline',
    path: '/v1/tearlines',
    summaries: {
      request: 'Asks for a tearline of an observation that you read',
      list: 'Tearlines of what you read, newest first',
      one: 'One tearline, with the text its originators sign',
    },
    request,
    recordIn: 'source',
    shown: {
      source: Type.String(),
      for: Type.String(),
      draft: Type.Optional(Type.Object({ text: Type.String(), marking: MarkingBody, contentHash: Type.String() })),
      approvals: Type.Array(SignatureBody),
      awaiting: Type.Array(Type.String(), { description: 'Agencies that have not approved yet.' }),
      toSign: Type.Optional(Type.String({ description: 'What an approval signs: Ed25519 over exactly this text.' })),
      published: Type.Optional(Type.String({ description: 'Id of the lower observation.' })),
    },
    commands: {
      draft: { summary: 'Drafts it, or drafts it again, which voids approvals', body: draft },
      submit: { summary: 'Asks its originators', body: submit },
      approve: { summary: 'Approves this text for your agency', body: approve },
      refuse: { summary: 'Refuses it for your agency', body: refuse },
      publish: { summary: 'Publishes what was approved as a new, lower observation', body: publish },
      withdraw: { summary: 'Recalls what was published', body: withdraw },
    },
  });
};
