// /v1/identity-releases: a suppressed identity, to the one person who asked for it.

import { GUARD_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { addDisclosureRoutes } from './disclosures.ts';

const { request, justify, approve, refuse, review } = GUARD_COMMANDS['identity-release'];

/** Routes of identity releases. */
export const identityReleaseRoutes: Routes = async (app, parts) => {
  addDisclosureRoutes(app, parts, {
    kind: 'identity-release',
    path: '/v1/identity-releases',
    summaries: {
      request: 'Asks who stands behind a suppressed name in an observation that you read',
      list: 'Identity releases of what you read, newest first, without identities',
      one: 'One identity release; the identity is shown to its requester alone',
    },
    request,
    recordIn: 'product',
    shown: {
      product: Type.String(),
      holder: Type.String({ description: 'The agency that holds the identity.' }),
      suppressedRef: Type.String(),
      requester: Type.String(),
      dueAt: Type.Optional(Type.String({ description: 'By when it must be justified.' })),
      deciders: Type.Array(Type.String()),
      decision: Type.Optional(Type.String()),
      identity: Type.Optional(Type.Object({ kind: Type.String(), ref: Type.String() })),
    },
    commands: {
      justify: { summary: 'Says by what authority and why', body: justify },
      approve: { summary: 'Approves it for the holder; two persons must', body: approve },
      refuse: { summary: 'Refuses it for the holder', body: refuse },
      review: { summary: 'Says what a review found', body: review },
    },
  });
};
