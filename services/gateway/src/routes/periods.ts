// /v1/periods: where an election stands for the protocol; the writ, the end of the caretaker period, the independent review.
// Holds: periods live in the public view, whichever gateway is asked; before the writ there is nothing kept, and policy alone says
// that there is such an election. Source: README.md#cases

import { PERIOD_COMMANDS } from '@sitebus/kit';
import type { Matter } from '@sitebus/kit';
import { Type } from 'typebox';
import { illegalTransition } from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { UNMARKED } from '../release.ts';
import { PUBLIC_VIEW } from '../subject.ts';
import type { Subject } from '../subject.ts';
import { askProtocol, matterBody, releaseMatter } from './matters.ts';

const ByElection = Type.Object({ election: Type.String({ maxLength: 64 }) });
const Shown = matterBody({
  dissolvedAt: Type.Optional(Type.String()),
  closedAt: Type.Optional(Type.String()),
  body: Type.Optional(Type.String({ description: 'Who reviews.' })),
});
const SUMMARIES: Readonly<Record<keyof typeof PERIOD_COMMANDS, string>> = {
  dissolution: 'The writ: the caretaker period begins',
  'government-sworn-in': 'A government is sworn in: the caretaker period ends',
  'returning-result-clear': 'The result is clear: the caretaker period ends',
  'independent-review': 'Opens the independent review',
};

/** Routes of periods. */
export const periodRoutes: Routes = async (app, parts) => {
  const one = { summary: 'Where an election stands', tags: ['periods'], params: ByElection, querystring: query({}), response: { 200: Shown } };
  app.get('/v1/periods/:election', { schema: one }, async (request) => {
    const { election } = request.params;
    return releaseMatter(parts, await periodOf(parts, election, request.subject), request.subject, election);
  });

  for (const [name, body] of Object.entries(PERIOD_COMMANDS)) {
    const summary = SUMMARIES[name as keyof typeof PERIOD_COMMANDS];
    const schema = { summary, tags: ['periods'], params: ByElection, querystring: query({}), body, response: { 200: Shown } };
    app.post(`/v1/periods/:election/${name}`, { schema }, async (request) => {
      const { subject } = request;
      const { election } = request.params;
      const before = await periodOf(parts, election, subject);
      if (before === undefined) return releaseMatter(parts, undefined, subject, election);
      const by = callerIn(subject);
      const isFirst = before.atMs === 0;
      if (isFirst && name !== 'dissolution') throw illegalTransition({ possible: ['dissolution'] });
      const after = await askProtocol(parts, (protocol) =>
        isFirst
          ? protocol.open('period', { electionId: election, ...(request.body as object) }, by)
          : protocol.command('period', election, name, request.body, by),
      );
      return releaseMatter(parts, after, subject, election);
    });
  }
}; // prettier-ignore

/** The period of an election of policy; undefined for any other. */
async function periodOf(parts: GatewayParts, election: string, subject: Subject): Promise<Matter | undefined> {
  if (!parts.policy.elections.some(({ id }) => id === election)) return undefined;
  const found = await askProtocol(parts, (protocol) => protocol.find('period', election, callerIn(subject)));
  const body = { state: 'PRE_WRIT', possible: ['dissolution'] };
  return found ?? { kind: 'period', id: election, marking: UNMARKED, atMs: 0, body, parts: [] };
}

function callerIn({ person }: Subject) {
  return { person, view: PUBLIC_VIEW };
}
